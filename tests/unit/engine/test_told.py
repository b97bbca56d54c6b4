"""What was told stays, and what is asked for is given."""

from datetime import date
from random import Random

import pytest

from matcher.engine.changes import (
    Ban,
    Close,
    Pin,
    PutPerson,
    Seats,
)
from matcher.engine.solver.process import SolverProcess
from matcher.model import HistoryStatus
from tests.oracle.comparing import fits_of
from tests.oracle.facts import Facts
from tests.oracle.instances import instance
from tests.oracle.search import begin, sets
from tests.unit.engine.inline import InlineSolver
from tests.unit.engine.random_changes import KINDS, drawn
from tests.unit.engine.standing import codes, opening, pairs, row, someone, sound, stand
from tests.unit.engine.town import town

SOLVER = InlineSolver()
TWO = {"openings": [{"opening_id": "O1", "capacity": 2}], "people": [someone(2)]}


@pytest.fixture(scope="module")
def process():
    """The real solving process, for what has no plan at all."""
    with SolverProcess() as process:
        yield process


# What was told.


@pytest.mark.parametrize("seed", range(60))
def test_what_was_told_is_never_taken_away(seed, process):
    small, draw = instance(2000 + seed), Random(seed)
    plan = stand(small.bundle, small.horizon)
    told = frozenset(p for p in sorted(pairs(plan)) if draw.random() < 0.6)
    for kind in draw.choices(KINDS, k=3):
        change = drawn(kind, small.bundle, draw)
        if change is None:
            continue
        changed = plan.change([change], process, told=told)
        assert changed.after.faults() == []
        problem = changed.after.judged.problem
        held = {
            (r.person_id, problem.openings[o].opening_id)
            for r, own in zip(problem.people, problem.held, strict=True)
            for o in own
        }
        kept = pairs(changed.after) | held
        assert set(changed.broken) == told - kept
        if not changed.broken:
            continue
        # None of them could have been kept beside the others that were told and kept.
        for pair in changed.broken:
            facts = Facts(changed.after.judged.bundle, problem.horizon, fits_of(problem, changed.after.judged.pairs))
            chances = {(c.person, c.opening): c for own in facts.chances.values() for c in own}
            beside = [chances[x] for x in sorted((told & pairs(changed.after)) | {pair}) if x in chances]
            if pair in chances and _one_person_may(facts, beside):
                assert begin(facts, tuple(beside)) is None, pair


def _one_person_may(facts, given) -> bool:
    return all(
        tuple(c for c in facts.chances[p] if c in given) in set(sets(facts, p)) for p in {c.person for c in given}
    )


def test_a_told_person_stays_where_another_would_serve_more():
    plan = stand(town())
    long = PutPerson(
        row(plan).model_copy(update={"person_id": "P2", "waiting_since": date.fromisoformat("2025-01-01")})
    )
    assert pairs(plan.change([long], SOLVER).after) == {("P2", "O1")}
    changed = plan.change([long], SOLVER, told={("P1", "O1")})
    assert (pairs(changed.after), changed.moved, changed.broken) == ({("P1", "O1")}, (), ())


def test_what_was_told_and_became_impossible_is_said():
    plan = stand(town(**TWO))
    told = {("P1", "O1"), ("P2", "O1")}
    changed = plan.change([Ban("P1", "O1", HistoryStatus.REFUSED)], SOLVER, told=told)
    assert changed.broken == (("P1", "O1"),)
    assert pairs(changed.after) == {("P2", "O1")}
    assert codes(changed) == {"P1": "declined"}


def test_told_people_for_whom_there_are_no_seats_any_more_do_not_stop_the_others(process):
    plan = stand(
        town(people=[someone(2, waiting_since="2025-01-01"), someone(3)], openings=[TWO["openings"][0], opening(2)])
    )
    both = [p for p, o in sorted(pairs(plan)) if o == "O1"]
    assert len(both) == 2
    changed = plan.change([Seats("O1", -1)], process, told={(p, "O1") for p in both})
    sound(changed)
    longest = "P2" if "P2" in both else both[0]
    assert changed.broken == tuple((p, "O1") for p in both if p != longest)


def test_what_was_told_and_is_decided_now_is_not_broken():
    plan = stand(town())
    changed = plan.change([Pin("P1", "O1")], SOLVER, told={("P1", "O1")})
    assert (changed.broken, codes(changed)) == ((), {"P1": "settled"})


def test_what_somebody_never_had_cannot_be_broken():
    plan = stand(town())
    assert plan.change([Close("H1")], SOLVER, told={("P1", "O9")}).broken == ()


# What is asked for.


def test_a_pair_asked_for_is_given_whatever_it_costs():
    plan = stand(town(people=[someone(2, waiting_since="2025-01-01")]))
    assert pairs(plan) == {("P2", "O1")}
    changed = plan.change([], SOLVER, given={("P1", "O1")})
    assert pairs(changed.after) == {("P1", "O1")}
    assert codes(changed) == {"P1": "gained", "P2": "capacity"}
    assert changed.difference["s2"] == (3, 0)


def test_what_was_told_goes_before_what_is_asked_for(process):
    plan = stand(town(people=[someone(2, waiting_since="2025-01-01")]))
    changed = plan.change([], process, told={("P2", "O1")}, given={("P1", "O1")})
    assert (pairs(changed.after), changed.moved) == ({("P2", "O1")}, ())
