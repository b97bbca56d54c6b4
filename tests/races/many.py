"""Many processes at the same thing at once: forked, so that each has its own connection, and counted by the database."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.sharedctypes import SynchronizedArray
from uuid import UUID, uuid4

from matcher.model.placement import HOLDING, Placement
from matcher.permissions import Actor, Kind
from matcher.storage.schema import table_of
from matcher.storage.work import Store, Work
from tests.integration.conftest import OURS, Database
from tests.integration.small_town import area, host, opening, person, wished

TAKEN, REFUSED, BROKEN = 1, 2, 3
Try = Callable[[Work, UUID, str], bool]  # takes the seat of a suggestion; whether it got it
LONG = os.environ.get("DEBAN_LONG") == "1"


def contest(store: Store, database: Database, rounds: int, processes: int, attempt: Try) -> tuple[int, int, int]:
    """Rounds in which so many processes want one seat at once.

    Returns:
        Rounds with more placements than the one seat; rounds in which a process was told it had the seat and the database
        has no such placement, or nobody got it; processes that ended with anything but yes or no.
    """
    wishes = _prepared(store, rounds, processes)
    context = multiprocessing.get_context("fork")
    outcome: SynchronizedArray[int] = context.Array("b", rounds * processes)
    together = context.Barrier(processes)
    store.engine.dispose()  # no connection may be shared with the children
    children = [
        context.Process(target=_contestant, args=(database, wishes, n, processes, attempt, together, outcome))
        for n in range(processes)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return _counted(store, wishes, list(outcome), processes)


def _prepared(store: Store, rounds: int, processes: int) -> list[list[UUID]]:
    lead = Actor(Kind.LEAD, uuid4())
    wishes = []
    with store.work(OURS, lead) as work:
        work.add(area(), host())
        work.add(*(person(f"P{n}") for n in range(processes)))
        work.add(*(opening(f"O{r}") for r in range(rounds)))
        for r in range(rounds):
            wishes.append([wished(work, f"P{n}", f"O{r}") for n in range(processes)])
    return wishes


def _contestant(
    database: Database,
    wishes: list[list[UUID]],
    number: int,
    processes: int,
    attempt: Try,
    together: "multiprocessing.synchronize.Barrier",
    outcome: "SynchronizedArray[int]",
) -> None:
    store = Store(database.addresses.app, database.keys, clock=database.clock)
    lead = Actor(Kind.LEAD, uuid4())
    for r, round_of_wishes in enumerate(wishes):
        together.wait()
        try:
            with store.work(OURS, lead) as work:
                got = attempt(work, round_of_wishes[number], f"{r}/{number}")
            outcome[r * processes + number] = TAKEN if got else REFUSED
        except Exception:
            outcome[r * processes + number] = BROKEN
    store.engine.dispose()


def _counted(store: Store, wishes: list[list[UUID]], outcome: list[int], processes: int) -> tuple[int, int, int]:
    with store.work(OURS, Actor(Kind.LEAD, uuid4())) as work:
        held = work.rows(Placement, table_of(Placement).c.status.in_([status.value for status in HOLDING]))
    by_opening: dict[str, list[UUID | None]] = {}
    for stored in held:
        by_opening.setdefault(stored.record.opening_id, []).append(stored.record.suggestion_id)
    over = lost = 0
    for r, round_of_wishes in enumerate(wishes):
        there = by_opening.get(f"O{r}", [])
        told = [w for n, w in enumerate(round_of_wishes) if outcome[r * processes + n] == TAKEN]
        over += len(there) > 1
        lost += len(there) < 1 or any(w not in there for w in told) or len(told) != len(there)
    return over, lost, outcome.count(BROKEN)


def killed_at_random(run: Callable[[int], None], wait: Callable[[], None]) -> None:
    """Fork a process that does `run(pipe to write to)`, wait, and kill it where it stands."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with suppress(BaseException):
            run(writing)
        os._exit(0)
    os.close(writing)
    try:
        wait()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
