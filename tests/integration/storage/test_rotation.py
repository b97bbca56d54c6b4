"""Rotation of keys: killed anywhere, while others work, and with nothing lost."""

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import select, text

from matcher.model.person import Person
from matcher.permissions import OPERATOR
from matcher.settings import Settings
from matcher.storage import audit
from matcher.storage.keys import Keys, read_keys, with_new_key, without_old_keys, write_keys
from matcher.storage.rotation import SEALED, KeysStillUsed, by_key, check_retire, rotate
from matcher.storage.schema import table_of
from matcher.storage.work import Store, now_in_tokyo
from tests.integration.conftest import OURS, THEIRS, Database
from tests.integration.storage.every_noun import add_all

LONG = os.environ.get("DEBAN_LONG") == "1"
PEOPLE = 300
_apart = multiprocessing.get_context("spawn")


@pytest.fixture
def filled(store: Store) -> Store:
    for council in (OURS, THEIRS):
        with store.work(council, OPERATOR) as work:
            add_all(work, council)
    return store


@pytest.fixture
def owner(database: Database) -> Iterator[Store]:
    owner = Store(database.addresses.owner, database.keys, clock=database.clock)
    yield owner
    owner.close()


def take_up(keys: Keys, *stores: Store) -> None:
    for store in stores:
        store.sealer.use(keys)


def people(store: Store, count: int = PEOPLE) -> None:
    with store.work(OURS, OPERATOR) as work:
        work.add(
            *(
                Person(person_id=f"R{i:04}", municipality="若葉野市", alias=f"呼び名{i}", note=f"メモ{i}")
                for i in range(count)
            )
        )


def everything(store: Store) -> dict[tuple[str, object], object]:
    """Every row of every sealed noun, opened, with its version."""
    found: dict[tuple[str, object], object] = {}
    for council in (OURS, THEIRS):
        with store.work(council, OPERATOR) as work:
            for noun in SEALED:
                for stored in work.rows(noun):
                    found[council, (noun.table, stored.record.key)] = (stored.record, stored.version)
    return found


def test_every_value_of_every_table_and_council_is_sealed_anew(filled: Store, owner: Store, database: Database) -> None:
    before = everything(filled)
    new = with_new_key(database.keys)
    take_up(new, filled, owner)
    done = rotate(filled, owner)
    assert done[OURS] == done[THEIRS] >= sum(len(noun.sealed) for noun in SEALED)
    assert by_key(owner, OURS) == by_key(owner, THEIRS) == {2: done[OURS]}
    take_up(without_old_keys(new), filled)
    assert everything(filled) == before
    assert rotate(filled, owner) == {OURS: 0, THEIRS: 0}


def test_each_council_is_told_by_events_with_counts(filled: Store, owner: Store, database: Database) -> None:
    take_up(with_new_key(database.keys), filled, owner)
    done = rotate(filled, owner)
    with filled.work(OURS, OPERATOR) as work:
        events = work.db.execute(text("SELECT noun, facts FROM audit_event WHERE action = 'keys.rotated'")).all()
        assert sum(facts["values"] for _, facts in events) == done[OURS]
        assert {noun for noun, _ in events} == {noun.table for noun in SEALED}
        assert all(facts["by_key"] == 2 for _, facts in events)
        assert list(audit.verify(work.db, OURS, [], database.keys.audit)) == []


def test_a_row_that_somebody_holds_is_waited_for(filled: Store, owner: Store, database: Database) -> None:
    people(filled, 5)
    new = with_new_key(database.keys)
    take_up(new, owner)
    child = _apart.Process(target=_hold_and_change, args=(database.addresses.app, database.keys))
    child.start()
    _until_locked(database)
    rotate(filled, owner)
    child.join()
    assert child.exitcode == 0
    take_up(new, filled)
    with filled.work(OURS, OPERATOR) as work:
        assert work.get(Person, "R0002").record.alias == "書きかえ中"
    rotate(filled, owner)  # what was written by the old key meanwhile
    assert set(by_key(owner, OURS)) == {2}


def _hold_and_change(address: str, keys: Keys) -> None:
    store = Store(address, keys)
    with store.work(OURS, OPERATOR) as work:
        stored = work.get(Person, "R0002", lock=True)
        work.db.execute(text("SELECT pg_sleep(1)"))
        work.change(stored.record.model_copy(update={"alias": "書きかえ中"}), stored.version)
        work.note("person.changed", Person, "R0002")
    store.close()


def _until_locked(database: Database) -> None:
    owner = Store(database.addresses.owner, database.keys)
    try:
        while True:
            with owner.engine.connect() as db:
                if db.scalar(
                    text(
                        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"
                    )
                ):
                    return
            time.sleep(0.01)
    finally:
        owner.close()


def test_killed_at_random_points_and_begun_again(filled: Store, owner: Store, database: Database) -> None:
    people(filled)
    before = everything(filled)
    new = with_new_key(database.keys)
    chance = random.Random(20261201)
    kills = 0
    while kills < (200 if LONG else 5):
        told, tell = _apart.Pipe(duplex=False)
        child = _apart.Process(
            target=_rotate_by_steps, args=(database.addresses.app, database.addresses.owner, new, tell)
        )
        child.start()
        tell.close()
        if _steps(told, chance.randrange(1, 30)):
            time.sleep(chance.uniform(0, 0.02))  # anywhere between two steps
            os.kill(child.pid or 0, signal.SIGKILL)
            kills += 1
        child.join()
        take_up(new, filled, owner)
        assert everything(filled) == before
        if set(by_key(owner, OURS)) == {new.current}:
            new = with_new_key(new)
    take_up(new, filled, owner)
    rotate(filled, owner)
    take_up(without_old_keys(new), filled)
    assert everything(filled) == before
    for council in (OURS, THEIRS):
        with filled.work(council, OPERATOR) as work:
            assert list(audit.verify(work.db, council, [], database.keys.audit)) == []


def _steps(told: Connection, count: int) -> bool:
    """Wait for so many steps; whether the rotation was still at work then."""
    try:
        for _ in range(count):
            told.recv()
    except EOFError:
        return False
    return True


def _rotate_by_steps(app: str, owner: str, keys: Keys, tell: Connection) -> None:
    """A rotation in small steps, so that there are many points to be killed at."""
    from matcher.storage import rotation

    rotation.BATCH = 7
    rotation.rotate(Store(app, keys), Store(owner, keys), lambda *_: tell.send(None))


def test_edits_during_a_rotation_are_not_lost(filled: Store, owner: Store, database: Database, tmp_path: Path) -> None:
    people(filled)
    settings = Settings(home=tmp_path)
    settings.make_home()
    write_keys(settings, database.keys)
    stop = _apart.Event()
    wrote = _apart.Queue()
    writers = [
        _apart.Process(target=_edit_until, args=(database.addresses.app, settings, n, stop, wrote)) for n in range(2)
    ]
    for writer in writers:
        writer.start()
    for _ in writers:
        wrote.get()  # each has made its first edit
    new = with_new_key(database.keys)
    write_keys(settings, new)
    take_up(new, filled, owner)
    rotate(filled, owner)
    stop.set()
    edits = [wrote.get() for _ in writers]
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    rotate(filled, owner)
    take_up(without_old_keys(new), filled)
    assert all(sum(n for _, n in edited.values()) > 10 for edited in edits)
    with filled.work(OURS, OPERATOR) as work:
        here = {stored.record.person_id: stored for stored in work.rows(Person)}
    for edited in edits:
        for person_id, (alias, count) in edited.items():
            assert (here[person_id].record.alias, here[person_id].version) == (alias, 1 + count)


def _edit_until(address: str, settings: Settings, writer: int, stop: object, wrote: object) -> None:
    """Edit one's own half of the people until told to stop; say who was given which name last, and how often."""
    from functools import partial

    store = Store(address, read_keys(settings), partial(read_keys, settings))
    edited: dict[str, tuple[str, int]] = {}
    chance = random.Random(writer)
    while not stop.is_set():
        person_id = f"R{chance.randrange(writer, PEOPLE, 2):04}"
        count = edited.get(person_id, ("", 0))[1] + 1
        with store.work(OURS, OPERATOR) as work:
            stored = work.get(Person, person_id)
            alias = f"編集{writer}の{count}"
            work.change(stored.record.model_copy(update={"alias": alias}), stored.version)
            work.note("person.changed", Person, person_id)
        edited[person_id] = (alias, count)
        if sum(n for _, n in edited.values()) == 1:
            wrote.put(None)
    wrote.put(edited)
    store.close()


def test_a_store_that_only_writes_takes_up_a_new_key(store: Store, database: Database, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    settings.make_home()
    write_keys(settings, database.keys)
    running = Store(database.addresses.app, database.keys, lambda: read_keys(settings))
    write_keys(settings, with_new_key(database.keys))
    people(running, 3)
    running.close()
    with store.work(OURS, OPERATOR) as work:
        heads = work.db.scalars(select(table_of(Person).c.alias)).all()
    assert {bytes(sealed)[1:3] for sealed in heads} == {b"\x00\x02"}


def test_old_keys_are_given_up_only_when_nothing_needs_them(filled: Store, owner: Store, database: Database) -> None:
    take_up(with_new_key(database.keys), filled, owner)
    with pytest.raises(KeysStillUsed, match="鍵1 で"):
        check_retire(filled, owner, now_in_tokyo())
    rotate(filled, owner)
    check_retire(filled, owner, now_in_tokyo())


def test_old_keys_stay_while_a_transaction_is_older_than_the_new_one(
    filled: Store, owner: Store, database: Database
) -> None:
    take_up(with_new_key(database.keys), filled, owner)
    rotate(filled, owner)
    with filled.work(OURS, OPERATOR) as work:
        work.db.execute(text("SELECT 1"))
        with pytest.raises(KeysStillUsed, match="1 件"):
            check_retire(filled, owner, now_in_tokyo() + timedelta(minutes=1))
        check_retire(filled, owner, now_in_tokyo() - timedelta(minutes=1))
