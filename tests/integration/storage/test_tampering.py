"""Seven ways of tampering with the audit, as the owner of the database with all triggers off, and an eighth: every one is found."""

import json
import os
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from matcher.permissions import OPERATOR
from matcher.settings import Settings
from matcher.storage import audit, heads
from matcher.storage.keys import made_keys
from matcher.storage.migrating import engine_of
from matcher.storage.work import Store
from tests.integration.conftest import OURS, THEIRS, Database

ROUNDS = 200 if os.environ.get("DEBAN_LONG") == "1" else 5
EVENTS = 40
Chance = random.Random
CONTENT = ("at", "actor", "action", "noun", "noun_key", "facts", "before", "digest", "version")


def events(db: Connection, council: str = OURS) -> list[dict[str, Any]]:
    rows = db.execute(text("SELECT * FROM audit_event WHERE council_id = :c ORDER BY number"), {"c": council})
    return [dict(row._mapping) for row in rows]


def written(db: Connection, row: dict[str, Any]) -> None:
    names = ", ".join(row)
    values = {**row, "facts": json.dumps(row["facts"])}
    db.execute(text(f"INSERT INTO audit_event ({names}) VALUES ({', '.join(':' + n for n in row)})"), values)


def some(chance: Chance) -> int:
    return chance.randint(1, EVENTS)


def head_to(db: Connection, number: int, digest: bytes) -> None:
    db.execute(
        text("UPDATE audit_head SET number = :n, digest = :d WHERE council_id = :c"),
        {"n": number, "d": digest, "c": OURS},
    )


def change_a_field(db: Connection, chance: Chance) -> None:
    number, name = some(chance), chance.choice(CONTENT)
    row = events(db)[number - 1]
    other: Any = {
        "at": row["at"] + timedelta(microseconds=1),
        "facts": json.dumps({**row["facts"], "n": chance.randint(1000, 2000)}),
        "before": os.urandom(32),
        "digest": os.urandom(32),
        "version": 2,
    }.get(name, f"{row[name]}x")
    db.execute(
        text(f"UPDATE audit_event SET {name} = :v WHERE council_id = :c AND number = :n"),
        {"v": other, "c": OURS, "n": number},
    )


def delete_one(db: Connection, chance: Chance) -> None:
    db.execute(text("DELETE FROM audit_event WHERE council_id = :c AND number = :n"), {"c": OURS, "n": some(chance)})


def insert_a_forged_one(db: Connection, chance: Chance) -> None:
    """With everything after it moved by one, and digests that look well without the key."""
    at = some(chance)
    rows = events(db)
    db.execute(text("DELETE FROM audit_event WHERE council_id = :c"), {"c": OURS})
    forged = {**rows[at - 1], "action": "person.seen", "noun_key": "P9"}
    for number, row in enumerate([*rows[: at - 1], forged, *rows[at - 1 :]], start=1):
        written(db, {**row, "number": number})
    head_to(db, EVENTS + 1, bytes(rows[-1]["digest"]))


def reorder_two(db: Connection, chance: Chance) -> None:
    one, two = chance.sample(range(1, EVENTS + 1), 2)
    db.execute(
        text(
            "UPDATE audit_event SET number = CASE number WHEN :a THEN 1000 + :b WHEN :b THEN 1000 + :a END "
            "WHERE council_id = :c AND number IN (:a, :b)"
        ),
        {"a": one, "b": two, "c": OURS},
    )
    db.execute(
        text("UPDATE audit_event SET number = number - 1000 WHERE council_id = :c AND number > 1000"), {"c": OURS}
    )


def truncate_the_end(db: Connection, chance: Chance) -> None:
    """And the head is set back to what is left, as the application would have it."""
    left = chance.randint(0, EVENTS - 1)
    rows = events(db)
    db.execute(text("DELETE FROM audit_event WHERE council_id = :c AND number > :n"), {"c": OURS, "n": left})
    head_to(db, left, bytes(rows[left - 1]["digest"]) if left else audit.NOTHING)


def replay_an_old_one(db: Connection, chance: Chance) -> None:
    rows = events(db)
    old = rows[some(chance) - 1]
    written(db, {**old, "number": EVENTS + 1, "before": rows[-1]["digest"]})
    head_to(db, EVENTS + 1, bytes(old["digest"]))


def rewrite_a_tail(db: Connection, chance: Chance) -> None:
    """With all digests made anew by a key that is not the installation's."""
    begin, key = some(chance), made_keys().audit
    rows = events(db)
    db.execute(text("DELETE FROM audit_event WHERE council_id = :c AND number >= :n"), {"c": OURS, "n": begin})
    before = bytes(rows[begin - 2]["digest"]) if begin > 1 else audit.NOTHING
    for row in rows[begin - 1 :]:
        again = {**row, "actor": "operator", "action": "nothing.done", "before": before}
        before = audit.digest(again, key)
        written(db, {**again, "digest": before})
    head_to(db, EVENTS, before)


def move_another_councils_in(db: Connection, chance: Chance) -> None:
    begin = some(chance)
    theirs = events(db, THEIRS)
    db.execute(text("DELETE FROM audit_event WHERE council_id = :c AND number >= :n"), {"c": OURS, "n": begin})
    for row in theirs[begin - 1 :]:
        written(db, {**row, "council_id": OURS})
    head_to(db, len(theirs), bytes(theirs[-1]["digest"]))


KINDS: tuple[Callable[[Connection, Chance], None], ...] = (
    change_a_field,
    delete_one,
    insert_a_forged_one,
    reorder_two,
    truncate_the_end,
    replay_an_old_one,
    rewrite_a_tail,
    move_another_councils_in,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home")
    settings.make_home()
    return settings


@pytest.fixture
def chains(store: Store, settings: Settings) -> Store:
    """Two chains of so many events, their heads exported."""
    chance = random.Random(7)
    for council in (OURS, THEIRS):
        for number in range(2, EVENTS + 1):
            with store.work(council, OPERATOR) as work:
                work.note(chance.choice(("person.seen", "host.changed")), "person", f"P{number}", n=number)
    heads.export_heads(store, settings)
    return store


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_tampering_is_found(
    chains: Store, settings: Settings, database: Database, kind: Callable[[Connection, Chance], None]
) -> None:
    chance = random.Random(f"{kind.__name__}")
    engine = engine_of(database.addresses.owner)
    assert list(heads.verify_all(chains, settings)) == []
    for _ in range(ROUNDS):
        with engine.connect() as db:
            db.execute(text("SET session_replication_role = replica"))
            kept = {council: events(db, council) for council in (OURS, THEIRS)}
            kept_head = db.execute(
                text("SELECT number, digest FROM audit_head WHERE council_id = :c"), {"c": OURS}
            ).one()
            kind(db, chance)
            db.commit()
            found = list(heads.verify_all(chains, settings))
            assert found and {broken.council for broken in found} == {OURS}
            assert all(heads.plain(broken) for broken in found)
            db.execute(text("DELETE FROM audit_event"))
            for rows in kept.values():
                for row in rows:
                    written(db, row)
            head_to(db, kept_head.number, bytes(kept_head.digest))
            db.commit()
    assert list(heads.verify_all(chains, settings)) == []


def test_an_end_that_was_cut_off_and_grew_anew_is_found(chains: Store, settings: Settings, database: Database) -> None:
    """The application goes on at the cut with the right key: only the exported head tells."""
    with engine_of(database.addresses.owner).connect() as db:
        db.execute(text("SET session_replication_role = replica"))
        rows = events(db)
        db.execute(text("DELETE FROM audit_event WHERE council_id = :c AND number > 30"), {"c": OURS})
        head_to(db, 30, bytes(rows[29]["digest"]))
        db.commit()
    for number in range(31, EVENTS + 3):
        with chains.work(OURS, OPERATOR) as work:
            work.note("person.seen", "person", f"Q{number}")
        if number in (EVENTS, EVENTS + 2):  # exported at the very number that was exported before, and beyond it
            heads.export_heads(chains, settings)
    assert [broken.code for broken in heads.verify_all(chains, settings)] == ["not_the_exported_head"]


def test_a_council_that_is_gone_with_its_chain_is_found(chains: Store, settings: Settings, database: Database) -> None:
    with engine_of(database.addresses.owner).connect() as db:
        db.execute(text("SET session_replication_role = replica"))
        for table in ("audit_event", "audit_head", "council"):
            db.execute(text(f"DELETE FROM {table} WHERE council_id = :c"), {"c": OURS})
        db.commit()
    assert [(b.council, b.code) for b in heads.verify_all(chains, settings)] == [(OURS, "cut_off")]


def test_the_triggers_refuse_all_of_it_without_such_powers(chains: Store, database: Database) -> None:
    from sqlalchemy.exc import IntegrityError

    for attempt in ("UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event"):
        with (
            engine_of(database.addresses.owner).connect() as db,
            pytest.raises(IntegrityError, match="only ever added"),
        ):
            db.execute(text(attempt))
