"""The audit chain: each event carries a keyed digest of itself and of the one before it, one chain a council.

Whoever changes, removes, adds or swaps events in the database cannot make the digests again without the key. Cutting
off the end is found by the heads that are exported to a place outside the database.
"""

import hmac
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select, update

from matcher.errors import DebanError
from matcher.model.council import Council
from matcher.model.records import AuditEvent, AuditHead
from matcher.storage.columns import COUNCIL, VERSION
from matcher.storage.schema import table_of

NOTHING = bytes(32)  # before the first event
_AT_ONCE = 1000  # events held in memory while a chain is verified
_CODE = re.compile(r"[A-Za-z0-9_.:>/+-]{0,80}")


@dataclass(frozen=True, slots=True)
class Happened:
    """What is to be noted: an action, and to which row of which noun, with codes and counts that tell more."""

    action: str
    noun: str
    noun_key: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a council's chain at some time."""

    council: str
    number: int
    digest: str  # hexadecimal
    at: str


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a chain is not as it was written; `number` is the event's, `code` says what was found."""

    council: str
    number: int
    code: str


class PersonalFact(DebanError):
    """Something that may be personal was to be noted in the audit; only codes and numbers are."""


def checked_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts that are codes, numbers, yes or no, or lists of them.

    Raises:
        PersonalFact: a fact is free text.
    """
    for name, value in facts.items():
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, str) and not _CODE.fullmatch(one):
                raise PersonalFact(f"監査の記録には、ことばを書けません（{name}）。")
            if not isinstance(one, str | int | bool | None):
                raise PersonalFact(f"監査の記録には、符号と数だけを書けます（{name}）。")
    return {name: list(value) if isinstance(value, tuple) else value for name, value in facts.items()}


def append(db: Connection, council: str, actor: str, at: datetime, happened: Sequence[Happened], key: bytes) -> None:
    """Put events at the end of a council's chain; its head is locked until the transaction ends, so do it last."""
    if not happened:
        return
    heads, events = table_of(AuditHead), table_of(AuditEvent)
    head = db.execute(select(heads.c.number, heads.c.digest).where(heads.c[COUNCIL] == council).with_for_update()).one()
    number, before = head.number, bytes(head.digest)
    rows = []
    for one in happened:
        number += 1
        row = {
            COUNCIL: council,
            "number": number,
            "at": at,
            "actor": actor,
            "action": one.action,
            "noun": one.noun,
            "noun_key": one.noun_key,
            "facts": checked_facts(one.facts),
            "before": before,
        }
        before = digest(row, key)
        rows.append({**row, "digest": before})
    db.execute(insert(events), rows)
    db.execute(update(heads).where(heads.c[COUNCIL] == council).values(number=number, digest=before))


def digest(event: Mapping[str, Any], key: bytes) -> bytes:
    """The keyed digest of an event and of the one before it."""
    said = [
        event[COUNCIL],
        event["number"],
        event["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        event["actor"],
        event["action"],
        event["noun"],
        event["noun_key"],
        event["facts"],
        bytes(event["before"]).hex(),
    ]
    return hmac.new(key, json.dumps(said, ensure_ascii=False, sort_keys=True).encode(), sha256).digest()


def heads(db: Connection, at: datetime) -> list[Head]:
    """The heads of the councils that the connection may see."""
    table = table_of(AuditHead)
    rows = db.execute(select(table.c[COUNCIL], table.c.number, table.c.digest).order_by(table.c[COUNCIL]))
    return [Head(r[0], r.number, bytes(r.digest).hex(), at.isoformat(timespec="seconds")) for r in rows]


def verify(db: Connection, council: str, exported: Iterable[Head], key: bytes) -> Iterator[Broken]:
    """Every place where a council's chain is not as it was written, up to the last exported head and beyond.

    A number that was exported twice must have had the same digest both times: else the chain was cut and grew anew.
    """
    events = table_of(AuditEvent)
    known: dict[int, set[str]] = {}
    for exp in exported:
        if exp.council == council:
            known.setdefault(exp.number, set()).add(exp.digest)
    found = db.execute(
        select(events).where(events.c[COUNCIL] == council).order_by(events.c.number),
        execution_options={"yield_per": _AT_ONCE},
    )
    rows = (dict(r._mapping) for r in found)
    number, before = 0, NOTHING
    for row in rows:
        if row["number"] != number + 1:
            yield Broken(council, number + 1, "missing")
        elif bytes(row["before"]) != before:
            yield Broken(council, row["number"], "not_after_the_one_before")
        if row[VERSION] != 1 or not hmac.compare_digest(digest(row, key), bytes(row["digest"])):
            yield Broken(council, row["number"], "changed")
        number, before = row["number"], bytes(row["digest"])
        if number in known and known.pop(number) != {before.hex()}:
            yield Broken(council, number, "not_the_exported_head")
    for lost in sorted(n for n in known if n > number):
        yield Broken(council, lost, "cut_off")
    for absent in sorted(n for n in known if 0 < n <= number):
        yield Broken(council, absent, "missing")
    yield from _verify_head(db, council, number, before)


def _verify_head(db: Connection, council: str, number: int, before: bytes) -> Iterator[Broken]:
    table, councils = table_of(AuditHead), table_of(Council)
    head = db.execute(select(table.c.number, table.c.digest).where(table.c[COUNCIL] == council)).one_or_none()
    if head is None:
        if db.execute(select(councils.c[COUNCIL]).where(councils.c[COUNCIL] == council)).one_or_none() or number:
            yield Broken(council, number, "head_missing")
    elif (head.number, bytes(head.digest)) != (number, before):
        yield Broken(council, max(head.number, number), "not_the_head")
