"""Killed where it stands: what was acknowledged is there, nothing is there by halves, and every chain is whole."""

import os
import random
import time
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from matcher.exchange.result import ReadResult
from matcher.jobs import match, recover
from matcher.model import Bundle, Host, Person
from matcher.model.match_run import RunRecord, RunStatus
from matcher.model.placement import Placement
from matcher.model.records import ImportBatch
from matcher.model.suggestion import Suggestion, SuggestionStatus
from matcher.permissions import OPERATOR
from matcher.services.confirming import confirm
from matcher.services.importing import apply_import
from matcher.services.match_runs import request_run
from matcher.storage import audit
from matcher.storage.keys import with_new_key
from matcher.storage.rotation import by_key, rotate
from matcher.storage.work import Store
from tests.integration.conftest import OURS, Clock, Database
from tests.integration.small_town import LEAD, area, fill, host, opening, person, town, wished
from tests.races.many import LONG, killed_at_random

KILLS = 250 if LONG else 12
SEED = int(os.environ.get("DEBAN_SEED", "20261201"))


def _killed(database: Database, do: Callable[[Store, int], None], longest: float, rng: random.Random) -> list[str]:
    """Run it in a process that is killed after a random while; what it acknowledged, line by line."""
    acknowledged: list[str] = []
    reading, writing = os.pipe()

    def run(_: int) -> None:
        os.close(reading)
        do(Store(database.addresses.app, database.keys, clock=database.clock), writing)

    killed_at_random(run, lambda: time.sleep(rng.uniform(0.01, longest)))
    os.close(writing)
    with os.fdopen(reading) as pipe:
        acknowledged += [line.strip() for line in pipe if line.endswith("\n")]
    return acknowledged


def _whole_chain(store: Store, database: Database) -> bool:
    with store.work(OURS, OPERATOR) as work:
        return not list(audit.verify(work.db, OURS, audit.heads(work.db, work.now), database.keys.audit))


def test_confirming_is_whole_or_not_at_all(store: Store, database: Database) -> None:
    rng = random.Random(SEED)
    each = 40
    with store.work(OURS, LEAD) as work:
        work.add(area(), host())
        work.add(person("P1"))
        wishes = []
        for n in range(KILLS * each):
            work.add(opening(f"O{n}"))
            wishes.append(wished(work, "P1", f"O{n}"))
    store.engine.dispose()
    told: set[UUID] = set()
    for kill in range(KILLS):
        own = wishes[kill * each : (kill + 1) * each]

        def do(other: Store, pipe: int, own: list[UUID] = own) -> None:
            for suggestion_id in own:
                with other.work(OURS, LEAD) as work:
                    confirm(work, suggestion_id, request_key=str(suggestion_id))
                os.write(pipe, f"{suggestion_id}\n".encode())
            time.sleep(5)

        told |= {UUID(line) for line in _killed(database, do, 0.4, rng)}
    with store.work(OURS, LEAD) as work:
        placed = [s.record.suggestion_id for s in work.rows(Placement)]
        confirmed = {
            s.record.suggestion_id for s in work.rows(Suggestion) if s.record.status is SuggestionStatus.CONFIRMED
        }
    assert told
    assert told <= confirmed
    assert confirmed == set(placed)
    assert len(placed) == len(set(placed))
    assert _whole_chain(store, database)


def _read(mark: str) -> ReadResult:
    people = tuple(person(f"P{n}", interests=f"花の世話 {mark}") for n in range(30))
    hosts = tuple(host(f"H{n}", conditions=mark) for n in range(30))
    return ReadResult(Bundle(areas=(area(),), hosts=hosts, people=people), (), (), ())


def test_an_import_is_whole_or_not_at_all(store: Store, database: Database) -> None:
    rng = random.Random(SEED + 1)
    with store.work(OURS, LEAD) as work:
        apply_import(work, _read("0"), "first")
    store.engine.dispose()
    last = 0
    for kill in range(KILLS):
        marks = [str(kill * 100 + n + 1) for n in range(20)]

        def do(other: Store, pipe: int, marks: list[str] = marks) -> None:
            for mark in marks:
                with other.work(OURS, LEAD) as work:
                    apply_import(work, _read(mark), mark)
                os.write(pipe, f"{mark}\n".encode())
            time.sleep(5)

        told = _killed(database, do, 0.5, rng)
        last = max([last, *map(int, told)])
        with store.work(OURS, LEAD) as work:
            seen = {s.record.interests.split()[-1] for s in work.rows(Person)}
            seen |= {s.record.conditions for s in work.rows(Host)}
            keys = {s.record.request_key for s in work.rows(ImportBatch)}
        store.engine.dispose()
        assert len(seen) == 1
        (now,) = map(int, seen)
        assert now >= last
        assert now == 0 or str(now) in keys
        last = now
    assert last > 0
    assert _whole_chain(store, database)


def test_a_rotation_is_taken_up_again_and_everything_opens(store: Store, database: Database) -> None:
    rng = random.Random(SEED + 2)
    with store.work(OURS, LEAD) as work:
        apply_import(work, _read("種"), "first")
    keys = database.keys
    kills = 0
    while kills < KILLS:
        keys = with_new_key(keys)
        for _ in range(3):

            def do(other: Store, pipe: int, keys: object = keys) -> None:
                other.sealer.use(keys)
                owner = Store(database.addresses.owner, keys, clock=database.clock)
                rotate(other, owner)
                os.write(pipe, b"done\n")
                time.sleep(5)

            store.engine.dispose()
            told = _killed(database, do, 0.25, rng)
            kills += 1
            store.sealer.use(keys)
            with store.work(OURS, LEAD) as work:
                assert {s.record.interests for s in work.rows(Person)} == {"花の世話 種"}
            if told:
                break
        owner = Store(database.addresses.owner, keys, clock=database.clock)
        rotate(store, owner)
        assert set(by_key(owner, OURS)) == {keys.current}
        owner.close()
    assert _whole_chain(store, database)


def test_a_run_is_never_left_running_and_its_result_is_written_once(store: Store, database: Database) -> None:
    rng = random.Random(SEED + 3)
    with store.work(OURS, LEAD) as work:
        fill(work)
    for kill in range(KILLS if LONG else 4):
        with store.work(OURS, LEAD) as work:
            run_id = request_run(work, date(2026, 12, 1), 4, request_key=f"run-{kill}")
        store.engine.dispose()

        def do(other: Store, pipe: int, run_id: UUID = run_id) -> None:
            match(other, OURS, run_id)
            os.write(pipe, b"done\n")
            time.sleep(5)

        told = _killed(database, do, 3.0, rng)
        later = Clock(database.clock.now + timedelta(seconds=30))  # half a minute after the kill
        by_then = Store(database.addresses.app, database.keys, clock=later)
        recover(by_then)
        with by_then.work(OURS, LEAD) as work:
            status = work.get(RunRecord, run_id).record.status
            assert status in (RunStatus.QUEUED, RunStatus.DONE)
            assert status is RunStatus.DONE or not told
        match(by_then, OURS, run_id)
        with by_then.work(OURS, LEAD) as work:
            assert work.get(RunRecord, run_id).record.status is RunStatus.DONE
            found = [s.record for s in work.rows(Suggestion) if s.record.status is SuggestionStatus.SUGGESTED]
            assert len(found) == 1
        by_then.close()
    assert _whole_chain(store, database)


def test_the_harness_sees_what_is_done_by_halves(store: Store, database: Database) -> None:
    """Confirming in two transactions is found out."""
    town(store, OURS, people=1)
    with store.work(OURS, LEAD) as work:
        wishes = []
        for n in range(2, 600):
            work.add(opening(f"O{n}"))
            wishes.append(wished(work, "P1", f"O{n}"))
    store.engine.dispose()
    rng = random.Random(SEED + 4)

    def halves(other: Store, pipe: int) -> None:
        for suggestion_id in wishes:
            with other.work(OURS, LEAD) as work:
                wish = work.get(Suggestion, suggestion_id).record
                if wish.status is not SuggestionStatus.WISHED:
                    continue
                work.move(Suggestion, "confirm", suggestion_id)
            with other.work(OURS, LEAD) as work:
                work.add(
                    Placement(
                        placement_id=uuid4(),
                        suggestion_id=suggestion_id,
                        person_id="P1",
                        opening_id=wish.opening_id,
                        request_key=str(suggestion_id),
                        agreed_on=date(2026, 12, 1),
                    )
                )
        time.sleep(5)

    broken = 0
    for _ in range(40):
        _killed(database, halves, 0.15, rng)
        with store.work(OURS, LEAD) as work:
            placed = {s.record.suggestion_id for s in work.rows(Placement)}
            confirmed = {
                s.record.suggestion_id for s in work.rows(Suggestion) if s.record.status is SuggestionStatus.CONFIRMED
            }
        store.engine.dispose()
        broken = len(confirmed - placed)
        if broken:
            break
    assert broken > 0


@pytest.fixture(autouse=True)
def _no_shared_connections(store: Store) -> None:
    store.engine.dispose()
