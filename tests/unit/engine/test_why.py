"""Why somebody was not given an opening: each standing a pair can have, and what giving it would cost."""

from itertools import product
from math import prod

import pytest

from matcher.engine.changes import Pin, applied
from matcher.engine.fit import PARTS
from matcher.engine.solver.process import SolverProcess
from matcher.engine.why import NoSuchPair, Standing, why
from tests.oracle.comparing import fits_of
from tests.oracle.facts import Facts
from tests.oracle.instances import instance
from tests.oracle.search import begin, sets, stages
from tests.unit.engine.standing import counts, opening, pairs, someone, stand
from tests.unit.engine.town import town


@pytest.fixture(scope="module")
def process():
    """The real solving process: a pair that cannot be given has no plan."""
    with SolverProcess() as process:
        yield process


def asked(process, person="P1", opening_id="O1", **rows):
    return why(stand(town(**rows)), person, opening_id, process)


def test_what_is_decided_is_held(process):
    found = asked(process, history=[{"person_id": "P1", "opening_id": "O1", "status": "placed"}])
    assert (found.standing, found.idea, found.cost) == (Standing.HELD, None, None)


def test_what_is_suggested_is_given_and_suits(process):
    found = asked(process)
    assert found.standing is Standing.GIVEN
    assert {r.code for r in found.idea.reasons} >= {"interest", "hours", "near"}


def test_every_rule_against_it_is_named_with_what_would_lift_it(process):
    people = [{"person_id": "P1", "availability": "火 11:30-17:00", "roles": "attend", "area_id": "A3"}]
    found = asked(process, people=people)
    assert found.standing is Standing.FORBIDDEN
    assert [o.code for o in found.obstacles] == ["time", "reach", "role"]
    assert found.obstacles[0].data["minutes"] == 30
    assert found.obstacles[2].data["role"] == "help"
    assert found.idea is None


def test_a_rule_comes_before_consent_and_thinness(process):
    found = asked(process, people=[{"person_id": "P1", "roles": "attend", "interests": "将棋", "consent": ""}])
    assert (found.standing, found.status) == (Standing.FORBIDDEN, "needs_consent")


@pytest.mark.parametrize(
    ("cells", "status"), [({"consent": ""}, "needs_consent"), ({"availability": ""}, "needs_information")]
)
def test_whoever_takes_no_part_yet_is_not_asked(process, cells, status):
    found = asked(process, people=[{"person_id": "P1", **cells}])
    assert (found.standing, found.status) == (Standing.NOT_ASKED, status)


def test_whoever_has_all_they_want_is_not_asked(process):
    held = [{"person_id": "P1", "opening_id": "O2", "status": "pinned"}]
    found = asked(process, openings=[opening(2)], history=held)
    assert (found.standing, found.status) == (Standing.NOT_ASKED, "placed")


def test_what_does_not_meet_the_persons_words_is_thin(process):
    found = asked(process, people=[{"person_id": "P1", "interests": "将棋"}])
    assert found.standing is Standing.THIN
    assert 0 < found.fit < 0.5


def test_where_what_is_decided_leaves_no_room_it_is_impossible(process):
    rows = {
        "people": [someone(2)],
        "hosts": [{"host_id": "H1", "max_newcomers": 1}],
        "openings": [opening(2)],
        "history": [{"person_id": "P2", "opening_id": "O1", "status": "pinned"}],
    }
    found = asked(process, opening_id="O2", **rows)
    assert (found.standing, found.cost) == (Standing.IMPOSSIBLE, None)
    assert found.idea is not None


def test_what_lies_over_what_is_decided_is_impossible(process):
    found = asked(
        process,
        opening_id="O2",
        people=[{"person_id": "P1", "wants": 2}],
        openings=[opening(2, schedule="火 11:00-13:00")],
        history=[{"person_id": "P1", "opening_id": "O1", "status": "placed"}],
    )
    assert found.standing is Standing.IMPOSSIBLE


def test_what_was_passed_over_has_a_price(process):
    rows = {
        "people": [someone(2, waiting_since="2025-01-01")],
        "openings": [opening(2, role="attend", title="将棋の相手")],
    }
    found = asked(process, **rows)
    assert found.standing is Standing.PASSED
    assert dict(found.cost.difference) == {"s2": (3, 0)}
    assert [(m.person_id, m.code) for m in found.cost.moved] == [("P1", "gained"), ("P2", "capacity")]
    assert pairs(found.cost.after) == {("P1", "O1")}


def test_what_was_passed_over_for_the_person_themselves_costs_fit_alone(process):
    found = asked(process, openings=[opening(2)])
    assert found.standing is Standing.PASSED
    assert set(found.cost.difference) == {"s4"}
    assert [(m.person_id, m.code) for m in found.cost.moved] == [("P1", "decided")]


def test_fit_and_its_parts_are_always_told(process):
    for rows in ({}, {"people": [{"person_id": "P1", "roles": "attend"}]}):
        found = asked(process, **rows)
        assert tuple(found.parts) == PARTS
        assert sum(found.parts.values()) == pytest.approx(found.fit, abs=0.0006)


@pytest.mark.parametrize(
    ("pair", "said"), [(("P9", "O1"), "本人ID「P9」はいません"), (("P1", "O9"), "枠ID「O9」はありません")]
)
def test_an_id_that_is_not_there_is_named(process, pair, said):
    with pytest.raises(NoSuchPair) as error:
        asked(process, *pair)
    assert str(error.value) == f"{said}。IDを確かめてください。"


TRIED, SMALL_ENOUGH = 60, 2000  # towns, and plans of one at most


def test_a_price_is_that_of_the_best_of_all_plans_that_give_the_pair(process):
    prices = 0
    for seed in range(TRIED):
        small = instance(seed)
        plan = stand(small.bundle, small.horizon)
        facts = Facts(plan.judged.bundle, plan.judged.problem.horizon, fits_of(plan.judged.problem, plan.judged.pairs))
        every = [list(sets(facts, person)) for person in facts.chances]
        if prod(map(len, every)) > SMALL_ENOUGH:
            continue
        possible = []
        for choice in product(*every):
            given = tuple(c for own in choice for c in own)
            if begin(facts, given, only_last=True) is not None:
                possible.append((stages(facts, given)[:3], {(c.person, c.opening) for c in given}))
        for chance in [c for own in facts.chances.values() for c in own]:
            pair = chance.person, chance.opening
            found = why(plan, *pair, process)
            best = max((value for value, given in possible if pair in given), default=None)
            where = f"{pair} of town {seed}"
            if pair in pairs(plan):
                assert found.standing is Standing.GIVEN, where
            elif best is None:
                assert found.standing is Standing.IMPOSSIBLE, where
            else:
                assert found.standing is Standing.PASSED, where
                assert counts(found.cost.after) == best, where
                assert found.cost.after.faults() == [], where
                assert pair in pairs(found.cost.after), where
                prices += 1
    assert prices > 100


def test_a_price_agrees_with_the_pair_pinned(process):
    plan = stand(town(people=[someone(2, waiting_since="2025-01-01"), someone(3)], openings=[opening(2)]))
    without = next(p.person_id for p in plan.judged.problem.people if p.person_id not in plan.given())
    found = why(plan, without, "O1", process)
    pinned = stand(applied(plan.judged.bundle, [Pin(without, "O1")]))
    assert found.cost.after.plan.objective["s1"] == pinned.plan.objective["s1"] + 1
    assert found.cost.after.plan.objective["s3"] == pinned.plan.objective["s3"] + 1
