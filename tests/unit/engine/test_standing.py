"""A standing plan after a change: as good as a new one in s1-s3, and whoever can stay stays."""

from dataclasses import replace
from itertools import product
from random import Random

import pytest

from matcher.engine.answer import Horizon
from matcher.engine.answers import bare_answers, start_of
from matcher.engine.assignment import Taken
from matcher.engine.changes import (
    CompanionHours,
    Newcomers,
    Seats,
)
from matcher.engine.checker import check
from matcher.engine.solver.process import Found
from matcher.engine.standing import FaultyChange, StandingPlan
from matcher.exchange import read_bundle
from matcher.times import parse
from tests.bench.city import FIRST, Size, write_city
from tests.oracle.comparing import fits_of
from tests.oracle.facts import Facts
from tests.oracle.instances import instance
from tests.oracle.search import begin, best, sets, stages
from tests.unit.engine.inline import InlineSolver
from tests.unit.engine.random_changes import KINDS, drawn
from tests.unit.engine.standing import anew, counts, opening, pairs, put, someone, sound, stand
from tests.unit.engine.town import town

SOLVER = InlineSolver()
TWO = {"openings": [{"opening_id": "O1", "capacity": 2}], "people": [someone(2)]}


# What stays.


@pytest.mark.parametrize("seed", range(60))
def test_without_a_change_nobody_moves(seed):
    small = instance(seed)
    plan = stand(small.bundle, small.horizon)
    changed = plan.change([], SOLVER)
    assert (changed.moved, changed.broken, changed.difference) == ((), (), {})
    assert changed.after.given() == plan.given()


@pytest.mark.parametrize("seed", range(60))
def test_nobody_moves_to_what_a_plan_made_anew_would_choose_of_equal_ones(seed):
    small = instance(seed)
    plan = _begun_otherwise(stand(small.bundle, small.horizon))
    changed = plan.change([], SOLVER)
    assert changed.moved == ()
    assert changed.after.given() == plan.given()


def _begun_otherwise(plan: StandingPlan) -> StandingPlan:
    """The best plan of the oracle, which begins at last sessions and with whoever comes first."""
    problem = plan.judged.problem
    found = best(Facts(plan.judged.bundle, problem.horizon, fits_of(problem, plan.judged.pairs)))
    person = {r.person_id: i for i, r in enumerate(problem.people)}
    openings = {r.opening_id: i for i, r in enumerate(problem.openings)}
    companion = {r.companion_id: i for i, r in enumerate(problem.companions)}
    taken = []
    for chance, way in found.begun:
        o = openings[chance.opening]
        own = {start_of(problem, s): s for s in problem.timetable.sessions_of(o)}
        first = None
        if way.first is not None:
            first = next(
                s
                for at, s in own.items()
                if at.date() == way.first.date and at.hour * 60 + at.minute == way.first.start
            )
        who = None if way.companion is None else companion[way.companion]
        taken.append(Taken(person[chance.person], o, chance.fit, first, who))
    taken.sort(key=lambda t: (t.person, t.opening))
    return StandingPlan(plan.judged, replace(plan.plan, taken=tuple(taken)))


def test_an_earlier_first_visit_is_no_reason_to_move():
    plan = stand(town())
    later = replace(plan.plan.taken[0], session=plan.plan.taken[0].session + 2)
    standing = StandingPlan(plan.judged, replace(plan.plan, taken=(later,)))
    changed = standing.change([Newcomers("H1", 1)], SOLVER)
    assert changed.moved == ()
    assert changed.after.given()["P1"][0].first_session.isoformat() == "2026-12-15T10:00:00"


def test_a_better_fit_is_no_reason_to_move():
    plan = stand(town(openings=[opening(2)]))
    assert pairs(plan) == {("P1", "O2")}
    asked = plan.change([], SOLVER, given={("P1", "O1")}).after
    assert pairs(asked) == {("P1", "O1")}
    assert asked.plan.objective["s4"] < plan.plan.objective["s4"]
    assert asked.change([], SOLVER).moved == ()


def test_a_companion_stays_though_another_would_come_first():
    second = {
        "companion_id": "C0",
        "name": "別の人",
        "kind": "peer",
        "municipality": "町",
        "availability": "水 9:00-17:00",
    }
    plan = stand(town(people=[{"person_id": "P1", "needs_companion": "yes"}], companions=[second]))
    assert plan.given()["P1"][0].companion_id == "C1"
    changed = plan.change([CompanionHours("C0", parse("火 9:00-17:00"))], SOLVER)
    assert (changed.moved, changed.after.given()) == ((), plan.given())
    assert anew(changed.after.judged).given()["P1"][0].companion_id == "C0"


SMALL_ENOUGH = 3000  # plans


@pytest.mark.parametrize("seed", range(80))
def test_of_plans_equal_in_the_counts_the_one_is_taken_that_moves_fewest(seed):
    small, draw = instance(seed), Random(seed)
    plan = stand(small.bundle, small.horizon)
    for kind in draw.choices(KINDS, k=3):
        change = drawn(kind, small.bundle, draw)
        if change is None:
            continue
        changed = plan.change([change], SOLVER)
        sound(changed)
        judged = changed.after.judged
        facts = Facts(judged.bundle, judged.problem.horizon, fits_of(judged.problem, judged.pairs))
        every = [list(sets(facts, person)) for person in facts.chances]
        plans = 1
        for own in every:
            plans *= len(own)
        if plans > SMALL_ENOUGH:
            continue
        had = {c for own in facts.chances.values() for c in own if (c.person, c.opening) in pairs(plan)}
        holders = {c.person for c in had}
        most = (-1, -1, -1, -1)
        for choice in product(*every):
            given = tuple(c for own in choice for c in own)
            value = (
                *stages(facts, given)[:3],
                sum(not any(c.person == p and c not in given for c in had) for p in holders),
            )
            if value > most and begin(facts, given, only_last=True) is not None:
                most = value
        kept = {c for c in had if (c.person, c.opening) in pairs(changed.after)}
        stayed = sum(not any(c.person == p and c not in kept for c in had) for p in holders)
        assert (*counts(changed.after), stayed) == most


@pytest.mark.parametrize("seed", range(80))
def test_who_keeps_an_opening_keeps_day_and_companion_wherever_possible(seed):
    small, draw = instance(1000 + seed), Random(seed)
    plan = stand(small.bundle, small.horizon)
    for kind in draw.choices(KINDS, k=5):
        change = drawn(kind, small.bundle, draw)
        if change is None:
            continue
        changed = plan.change([change], SOLVER)
        after, old = changed.after, plan.given()
        problem = after.judged.problem
        at = {p.person_id: i for i, p in enumerate(problem.people)}
        for moved in changed.moved:
            if moved.code != "other_day":
                continue
            others = [t for t in after.plan.taken if t.person != at[moved.person_id]]
            own = [t for t in _by_ids(after, old) if t.person == at[moved.person_id]]
            answers = bare_answers(problem, [*others, *own])
            assert len(own) < len(moved.before) or check(after.judged.bundle, problem.horizon, answers), moved


def _by_ids(after: StandingPlan, given) -> list[Taken]:
    """Suggestions by IDs as they would stand in the changed problem, where their session is still there."""
    problem = after.judged.problem
    person = {r.person_id: i for i, r in enumerate(problem.people)}
    openings = {r.opening_id: i for i, r in enumerate(problem.openings)}
    companion = {r.companion_id: i for i, r in enumerate(problem.companions)}
    found = []
    for p, own in given.items():
        for g in own:
            o = openings[g.opening_id]
            sessions = [s for s in problem.timetable.sessions_of(o) if start_of(problem, s) == g.first_session]
            if g.first_session is None or sessions:
                first = sessions[0] if sessions else None
                found.append(Taken(person[p], o, 0, first, companion[g.companion_id] if g.companion_id else None))
    return found


# When the solving gives no plan, and when a plan is unsound.


class _Gone:
    """A solving process that went away."""

    def start(self, task) -> None:
        pass

    def collect(self, seconds):
        import numpy as np

        return Found(np.zeros(0), {}, False, "gone")


def test_without_a_plan_what_can_stay_stays():
    plan = stand(town(people=[someone(2), someone(3)], openings=[{"opening_id": "O1", "capacity": 2}, opening(2)]))
    changed = plan.change([Seats("O1", -1)], _Gone())
    assert len(pairs(changed.after)) == 2
    assert pairs(changed.after) < pairs(plan)
    assert (changed.after.plan.ended, changed.after.plan.optimal) == ("gone", False)
    assert changed.after.answers(["P1"])[0].person_id == "P1"


def test_what_suits_no_longer_does_not_stay_even_then():
    plan = stand(town())
    assert pairs(plan.change([put(plan, interests="将棋")], _Gone()).after) == set()


def test_a_plan_that_breaks_a_rule_is_never_given(monkeypatch):
    plan = stand(town(**TWO))
    monkeypatch.setattr("matcher.engine.standing.Assignment", lambda *a: _Fixed(plan.plan))
    with pytest.raises(FaultyChange, match="この結果は使わないでください"):
        plan.change([Seats("O1", -1)], SOLVER)


class _Fixed:
    def __init__(self, plan) -> None:
        self.plan = plan

    def finish(self, seconds):
        return self.plan


# Many changes.


def test_after_many_changes_the_plan_is_still_sound_and_proven(tmp_path):
    write_city(tmp_path, Size(60, 36, 5, activities=10))
    horizon, draw = Horizon(FIRST, 4), Random(7)
    plan = stand(read_bundle(tmp_path).bundle, horizon)
    served, made = set(), 0
    while made < 200:
        kind = draw.choice(KINDS)
        change = drawn(kind, plan.judged.bundle, draw)
        if kind == "NewOpening" and change.opening_id in {o.opening_id for o in plan.judged.bundle.openings}:
            continue
        made += 1
        changed = plan.change([change], SOLVER)
        sound(changed)
        served.add(counts(changed.after))
        plan = changed.after if made % 20 else stand(read_bundle(tmp_path).bundle, horizon)  # or everything closes
    assert len(served) > 10
