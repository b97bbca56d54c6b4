"""One change to a standing plan, re-solved in process: how long it takes, and how many people it moves.

The changes are what a week brings: somebody declines, a host takes one fewer or closes, a seat more or fewer, a coordinator
decides, a new person comes. Each is tried on the same standing plan.
"""

import random
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from matcher.engine.assignment import Assignment
from matcher.engine.changes import Ban, Change, Close, Newcomers, Pin, PutPerson, Seats
from matcher.engine.solver.process import SolverProcess
from matcher.engine.standing import FaultyChange, StandingPlan
from matcher.model import HistoryStatus
from tests.bench.instance import Instance

COUNTS = {"city": 200, "ward": 60}  # random changes tried
FIRST_LIMIT = 300.0  # seconds for the standing plan


@dataclass(frozen=True)
class Changes:
    """How many changes were tried, and what became of them.

    Attributes:
        p50, p95, slowest: seconds that half, 95 % and all of them stayed under.
        moved: people whose suggestions changed, on average.
        unsolved: changes after which no plan, or none that keeps every rule, was found.
    """

    count: int
    p50: float
    p95: float
    slowest: float
    moved: float
    unsolved: int


def measure(instance: Instance, count: int, seed: int = 1) -> Changes:
    """Try so many random changes, each on the plan of the instance."""
    draw = random.Random(seed)
    judged = instance.judged
    seconds, moved, unsolved = [], [], 0
    with SolverProcess() as process:
        standing = StandingPlan(judged, Assignment(judged.problem, judged.pairs, process).finish(FIRST_LIMIT))
        for change in random_changes(instance, standing, count, draw):
            began = perf_counter()
            try:
                changed = standing.change([change], process)
            except FaultyChange:
                unsolved += 1
            else:
                unsolved += bool(changed.after.plan.ended)
                moved.append(len(changed.moved))
            seconds.append(perf_counter() - began)
    p50, p95 = np.percentile(seconds, (50, 95))
    return Changes(count, float(p50), float(p95), max(seconds), float(np.mean(moved or [0])), unsolved)


def random_changes(instance: Instance, standing: StandingPlan, count: int, draw: random.Random) -> list[Change]:
    """So many changes, each of a kind and of somebody drawn by chance."""
    bundle, problem = instance.judged.bundle, instance.problem
    taken = [(problem.people[t.person].person_id, problem.openings[t.opening].opening_id) for t in standing.plan.taken]
    pairs = [(problem.people[c.person].person_id, problem.openings[c.opening].opening_id) for c in instance.candidates]
    hosts = [o.host_id for o in bundle.openings]

    def newcomer(number: int) -> PutPerson:
        """Somebody of whom the same is known as of one who is there."""
        other = draw.choice(bundle.people)
        return PutPerson(other.model_copy(update={"person_id": f"{other.person_id}-again{number}"}))

    kinds = (
        lambda n: Ban(*draw.choice(taken), HistoryStatus.DECLINED),
        lambda n: Seats(draw.choice(pairs)[1], draw.choice((-1, 1))),
        lambda n: Newcomers(draw.choice(hosts), draw.choice((-1, 1))),
        lambda n: Pin(*draw.choice(pairs)),
        lambda n: Close(draw.choice(hosts)),
        newcomer,
    )
    return [draw.choice(kinds)(number) for number in range(count)]
