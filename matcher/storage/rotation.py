"""Rotation of keys: every sealed value is sealed anew by the key that writes, while others go on working.

Which key sealed a value stands in the value itself, so a rotation that was broken off is simply begun again. Rows are
taken a few at a time; those that somebody else is changing are left for a later round.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, or_, select, text, update

from matcher.errors import DebanError
from matcher.model.noun import Noun
from matcher.model.tables import NOUNS
from matcher.permissions import OPERATOR
from matcher.storage.rows import row_key
from matcher.storage.schema import table_of
from matcher.storage.sealing import key_number
from matcher.storage.work import Store, Work

SEALED: tuple[type[Noun], ...] = tuple(noun for noun in NOUNS if noun.sealed)
BATCH = 200  # rows of one transaction
_RUNNING = text(
    "SELECT count(*) FILTER (WHERE query = '<insufficient privilege>'), count(*) FILTER (WHERE xact_start < :made_at) "
    "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class KeysStillUsed(DebanError):
    """Old keys cannot be given up: values were sealed by them, or somebody may still be writing by them."""


def rotate(store: Store, owner: Store, told: Callable[[str, str, int], None] = lambda *_: None) -> dict[str, int]:
    """Seal every value anew that was not sealed by the key that writes. Values sealed anew, by council.

    Rows keep their version: nobody's editing is disturbed. Each transaction leaves an event with its count.

    Args:
        store: the application's, which knows the councils.
        owner: the owner's, held to the same walls; what is only ever added to may be sealed anew by the owner alone.
        told: is told council, table and how many values so far.
    """
    return {council: _rotate(owner, council, told) for council in store.councils()}


def by_key(owner: Store, council: str) -> Counter[int]:
    """How many sealed values of a council each key is needed for."""
    counted: Counter[int] = Counter()
    with owner.work(council, OPERATOR, snapshot=True) as work:
        for noun in SEALED:
            table = table_of(noun)
            for name in sorted(noun.sealed):
                number = _number(table, name)
                rows = work.db.execute(
                    select(number, func.count()).where(work.ours(table), table.c[name].is_not(None)).group_by(number)
                )
                counted.update({key_number(b"\0" + bytes(head)): n for head, n in rows})
    return counted


def check_retire(store: Store, owner: Store, made_at: datetime) -> None:
    """That the older keys are needed no more.

    Args:
        made_at: when the key that writes was made; whoever began before may still write by an older one.

    Raises:
        KeysStillUsed: a value was sealed by an older key, or a transaction is older than the key that writes.
    """
    with owner.engine.connect() as db:
        hidden, older = db.execute(_RUNNING, {"made_at": made_at}).one()
    if hidden:
        raise KeysStillUsed(
            "ほかの処理が動いているかどうかを、この接続では確かめられません。古い鍵は残してあります。"
            "docs/operations.md のとおり、所有者に pg_read_all_stats の権限をつけてください。"
        )
    if older:
        raise KeysStillUsed(
            f"新しい鍵より前に始まった処理が、まだ {older} 件動いています。古い鍵は残してあります。終わってから、もう一度実行してください。"
        )
    needed: Counter[int] = Counter()
    for council in store.councils():
        needed += by_key(owner, council)
    old = {number: n for number, n in needed.items() if number != store.sealer.keys.current}
    if old:
        listed = "、".join(f"鍵{number} で {n} 件" for number, n in sorted(old.items()))
        raise KeysStillUsed(
            f"古い鍵で守られている値があります（{listed}）。古い鍵は残してあります。先に deban keys rotate を実行してください。"
        )


def _rotate(owner: Store, council: str, told: Callable[[str, str, int], None]) -> int:
    total = 0
    for noun in SEALED:
        patient = False
        while True:
            seen = done = 0
            for keys in _batches(_old_rows(owner, council, noun), 1 if patient else BATCH):
                seen += len(keys)
                done += _seal_anew(owner, council, noun, keys, patient)
                told(council, noun.table, total + done)
            total += done
            if not seen:
                break
            patient = done == 0  # only rows that others hold are left: wait for each, holding nothing else
    return total


def _old_rows(owner: Store, council: str, noun: type[Noun]) -> Iterator[tuple[Any, ...]]:
    """The identities of rows with a value by another key than the one that writes, as they stood at the beginning."""
    table = table_of(noun)
    with owner.work(council, OPERATOR, snapshot=True) as work:
        rows = work.db.execute(
            select(*(table.c[name] for name in noun.identity), text("1")).where(work.ours(table), _old(work, noun)),
            execution_options={"yield_per": BATCH},
        )
        for row in rows:
            yield tuple(row)[:-1]


def _seal_anew(owner: Store, council: str, noun: type[Noun], keys: Sequence[tuple[Any, ...]], wait: bool) -> int:
    table, done = table_of(noun), 0
    with owner.work(council, OPERATOR) as work:
        for key in keys:
            this = and_(
                work.ours(table), *(table.c[name] == value for name, value in zip(noun.identity, key, strict=True))
            )
            found = work.db.execute(
                select(table).where(this, _old(work, noun)).with_for_update(key_share=True, skip_locked=not wait)
            ).one_or_none()
            if found is None:
                continue
            row = dict(found._mapping)
            current = work.keys.current
            anew = {}
            for name in noun.sealed:
                sealed = row[name]
                if sealed is not None and key_number(bytes(sealed)) != current:
                    place = (council, noun.table, row_key(noun, row), name)
                    anew[name] = work.sealer.seal(place, work.sealer.open(place, bytes(sealed)))
            work.db.execute(update(table).where(this).values(anew))
            done += len(anew)
        if done:
            work.note("keys.rotated", noun, values=done, by_key=work.keys.current)
    return done


def _old(work: Work, noun: type[Noun]) -> ColumnElement[bool]:
    table, number = table_of(noun), work.keys.current.to_bytes(2)
    return or_(*(_number(table, name) != number for name in sorted(noun.sealed)))


def _number(table: Table, name: str) -> ColumnElement[bytes]:
    return func.substring(table.c[name], 2, 2)


def _batches(rows: Iterator[tuple[Any, ...]], size: int) -> Iterator[list[tuple[Any, ...]]]:
    while batch := list(islice(rows, size)):
        yield batch
