"""Random changes are of every kind, and each leaves a sound plan."""

import random

from matcher.engine.assignment import Assignment
from matcher.engine.solver.process import SolverProcess
from matcher.engine.standing import StandingPlan
from tests.bench.changes import measure, random_changes
from tests.bench.instance import make_instance
from tests.unit.bench.test_peers import crowded
from tests.unit.engine.town import HORIZON


def test_changes_of_every_kind_are_solved():
    instance = make_instance(crowded(1), HORIZON.first)
    found = measure(instance, 12)
    assert (found.count, found.unsolved) == (12, 0)
    assert 0 < found.p50 <= found.p95 <= found.slowest
    judged = instance.judged
    with SolverProcess() as process:
        standing = StandingPlan(judged, Assignment(judged.problem, judged.pairs, process).finish(60))
    drawn = random_changes(instance, standing, 50, random.Random(1))
    assert {type(c).__name__ for c in drawn} == {"Ban", "Seats", "Newcomers", "Pin", "Close", "PutPerson"}
