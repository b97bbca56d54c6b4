"""Asks for people left without: every figure is that of a plan made anew with the ask granted."""

from collections import Counter
from itertools import pairwise

import pytest

import matcher.engine.tried as module
from matcher.engine.changes import Newcomers, Seats, applied
from matcher.engine.solver.process import SolverProcess
from matcher.engine.tried import tried
from matcher.model import Reach
from matcher.times import format_cell
from tests.oracle.instances import instance
from tests.unit.engine.inline import InlineSolver
from tests.unit.engine.standing import anew, host, opening, pairs, someone, stand
from tests.unit.engine.town import town

SOLVER = InlineSolver()
NOBODY_TAKEN = [{"host_id": "H1", "accepts": "no"}]


def asked(bundle, **options):
    """The asks of a town, each with its figures worked out again."""
    plan = stand(bundle)
    found = tried(plan, SOLVER, **options)
    confirm(plan, found)
    return found


def confirm(plan, found):
    """Grant each ask to the bundle as it was written, and solve from nothing."""
    bundle, horizon = plan.judged.bundle, plan.judged.problem.horizon
    served = {p for p, _ in pairs(plan)}
    together = []
    for item in found:
        assert item.more > 0
        after = stand(applied(bundle, item.ask.changes), horizon)
        for stage, figure in (("s1", item.more), ("s2", item.waiting)):
            assert after.plan.objective[stage] - plan.plan.objective[stage] == figure, item
        assert len(item.people) >= item.more
        assert served.isdisjoint(item.people)
        together += item.ask.changes
        everything = stand(applied(bundle, together), horizon)
        assert everything.plan.objective["s1"] - plan.plan.objective["s1"] == item.together, item
    for one, other in pairwise(found):
        assert (one.more, one.waiting, one.fit) >= (other.more, other.waiting, other.fit)
        assert one.together <= other.together
    assert len({x.ask for x in found}) == len(found)


def of(found, kind):
    return [x for x in found if x.ask.kind == kind]


def test_another_seat():
    (item,) = of(asked(town(people=[someone(2), someone(3)])), "seat")
    assert (item.ask.subject, item.ask.changes, item.more) == ("O1", (Seats("O1", 1),), 1)


def test_another_seat_at_a_host_with_a_limit_asks_for_both():
    hosts = [{"host_id": "H1", "max_newcomers": 1}]
    (item,) = of(asked(town(people=[someone(2)], hosts=hosts)), "seat")
    assert item.ask.changes == (Seats("O1", 1), Newcomers("H1", 1))


def test_another_seat_where_it_is_taken_by_somebody_who_goes_already():
    bundle = town(people=[someone(2)], history=[{"person_id": "P2", "opening_id": "O1", "status": "placed"}])
    (item,) = of(asked(bundle), "seat")
    assert item.people == ("P1",)


def test_another_hour_at_a_host():
    (item,) = of(asked(town(people=[{"person_id": "P1", "availability": "土 13:00-20:00"}])), "host_hour")
    assert (item.ask.subject, item.people) == ("H1", ("P1",))
    assert format_cell(item.ask.changes[0].hours) == "土 13:00-15:00"


def test_a_companions_hour():
    companions = [{"companion_id": "C1", "availability": "土 9:00-17:00"}]
    (item,) = of(
        asked(town(people=[{"person_id": "P1", "needs_companion": "yes"}], companions=companions)), "companion_hour"
    )
    assert item.ask.subject == "C1"
    assert format_cell(item.ask.changes[0].hours) == "火 10:00-11:00"


@pytest.mark.parametrize(
    ("area", "reach", "wider"),
    [("A2", "area", Reach.NEIGHBOUR), ("A3", "neighbour", Reach.CITY), ("A3", "", Reach.CITY)],
)
def test_a_persons_wider_reach(area, reach, wider):
    bundle = town(people=[{"person_id": "P1", "area_id": area, "reach": reach}])
    (item,) = of(asked(bundle), "reach")
    assert (item.ask.subject, item.ask.changes[0].reach) == ("P1", wider)


@pytest.mark.parametrize(("area", "reach"), [("A3", "area"), ("A1", "home")])
def test_a_reach_that_one_step_does_not_widen_enough_is_not_asked_for(area, reach):
    assert not of(asked(town(people=[{"person_id": "P1", "area_id": area, "reach": reach}])), "reach")


def test_a_new_opening():
    (item,) = asked(town(hosts=NOBODY_TAKEN))
    new = item.ask.changes[0]
    assert (item.ask.kind, item.ask.subject, new.area_id, new.role.value) == ("opening", "", "A1", "attend")
    assert (new.activity, format_cell(new.hours)) == ("花の世話", "月 9:00-11:00")


def test_two_new_openings_alike_but_for_their_hours_are_tried_together():
    found = asked(town(hosts=NOBODY_TAKEN, people=[someone(2, availability="土 9:00-17:00")]))
    assert [(x.ask.kind, x.more, x.together) for x in found] == [("opening", 1, 1), ("opening", 1, 2)]


def test_asks_for_the_same_person_are_counted_once_together():
    bundle = town(people=[{"person_id": "P1", "availability": "土 13:00-20:00"}])
    found = asked(bundle)
    assert {x.ask.kind for x in found} == {"host_hour", "opening"}
    assert [(x.more, x.together) for x in found] == [(1, 1), (1, 1)]


def test_most_people_come_first_then_who_waited_longest():
    late = "土 13:00-17:00"
    people = [
        {"person_id": "P1", "availability": late},
        someone(2, availability=late),
        someone(3, interests="将棋", waiting_since="2025-01-01"),
        someone(4, interests="料理"),
    ]
    bundle = town(people=people, openings=[{"opening_id": "O1", "capacity": 2}])
    found = asked(bundle)
    assert [(x.ask.kind, x.more, x.waiting, x.people) for x in found] == [
        ("host_hour", 2, 0, ("P1", "P2")),
        ("opening", 1, 3, ("P3",)),
        ("opening", 1, 0, ("P4",)),
        ("opening", 1, 0, ("P1",)),
    ]


def test_nothing_is_listed_that_serves_nobody():
    alone = town(people=[{"person_id": "P1", "interests": "", "strengths": ""}])
    assert asked(alone) == ()
    nobody_left = town()
    assert asked(nobody_left) == ()
    asking_first = town(hosts=NOBODY_TAKEN, people=[{"person_id": "P1", "availability": ""}])
    assert asked(asking_first) == ()


def test_an_ask_that_helps_one_by_taking_from_another_is_not_listed():
    one_week = [{"opening_id": "O1", "schedule": "2026-12-01 10:00-12:00", "capacity": 1}]
    conflict = [{"person_a": "P1", "person_b": "P2"}]
    found = asked(town(people=[someone(2)], openings=one_week, conflicts=conflict))
    assert not of(found, "seat")


def test_no_more_are_listed_than_wanted():
    people = [someone(2, interests="将棋"), someone(3, interests="料理"), someone(4, interests="写真")]
    assert len(asked(town(people=people))) == 3
    assert len(asked(town(people=people), most=2)) == 2


def test_no_kind_of_ask_is_crowded_out_by_many_of_another(monkeypatch):
    monkeypatch.setattr(module, "MOST_TRIED", 3)
    companions = [
        {"companion_id": f"C{n}", "name": "人", "kind": "peer", "municipality": "町", "availability": "土 9:00-17:00"}
        for n in (1, 2, 3)
    ]
    people = [{"person_id": "P1", "needs_companion": "yes"}, someone(2, area_id="A3", reach="neighbour")]
    found = asked(town(people=people, companions=companions))
    assert {"companion_hour", "reach"} <= {x.ask.kind for x in found}


@pytest.mark.parametrize("seed", range(30))
def test_every_figure_is_that_of_a_plan_made_anew(seed):
    small = instance(seed)
    plan = stand(small.bundle, small.horizon)
    confirm(plan, tried(plan, SOLVER))


def test_the_towns_drawn_have_asks_of_every_kind():
    kinds = Counter()
    for seed in range(30):
        small = instance(seed)
        kinds.update(x.ask.kind for x in tried(stand(small.bundle, small.horizon), SOLVER))
    assert set(kinds) == {"seat", "host_hour", "companion_hour", "reach", "opening"}


def test_through_the_real_process():
    plan = stand(town(people=[someone(2)], hosts=[host(2)], openings=[opening(2, host_id="H2", role="contribute")]))
    with SolverProcess() as process:
        assert tried(plan, process) == tried(plan, SOLVER)
    assert pairs(plan) == pairs(anew(plan.judged))
