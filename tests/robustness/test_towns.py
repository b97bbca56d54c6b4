"""Towns at the edge: everybody is answered, in time, and nothing breaks a rule."""

import time

import pytest

from matcher.engine.assignment.plan import stage_values
from matcher.engine.checker import check
from matcher.engine.held import breaches
from matcher.engine.run import run
from matcher.engine.solver.process import SolverProcess
from matcher.engine.tried import NothingKnown, tried
from matcher.engine.why import why
from matcher.model import Opening
from matcher.words import default_reader
from tests.robustness.towns import AGAINST_A_RULE, FOUR_WEEKS, TOWNS, Town, held_against
from tests.unit.engine.town import ROWS

LIMIT, SHORT, LATE = 20, 5, 5  # seconds: the limit of a run, a short one, and what either may take beyond


@pytest.fixture(scope="module")
def process():
    with SolverProcess() as process:
        yield process


def matched(place: Town, process: SolverProcess):
    began = time.monotonic()
    done = run(place.bundle, place.horizon, default_reader(), process, seconds=LIMIT)
    assert time.monotonic() - began <= LIMIT + LATE
    return done


def given(done):
    return {a.person_id: [i.opening_id for i in a.suggestions] for a in done.answers if a.suggestions}


def statuses(done):
    return {a.person_id: str(a.status) for a in done.answers}


@pytest.mark.parametrize("name", TOWNS)
def test_everybody_is_answered_and_no_rule_is_broken(name, process):
    place = TOWNS[name]()
    done = matched(place, process)
    assert [a.person_id for a in done.answers] == sorted(p.person_id for p in place.bundle.people)
    assert (done.dropped, done.plan.ended) == ((), "")
    assert check(place.bundle, place.horizon, done.answers) == []
    proposed = {s: v for s, v in stage_values(done.problem, done.plan.taken).items() if s != "s5"}
    assert proposed == {s: v for s, v in done.plan.objective.items() if s != "s5"}
    assert all(done.plan.objective[s] <= done.plan.bound[s] for s in ("s1", "s2", "s3", "s4"))


@pytest.mark.parametrize("name", TOWNS)
def test_why_and_gaps_are_answered_in_time(name, process):
    done = matched(TOWNS[name](), process)
    began = time.monotonic()
    answer = why(done.standing, "P1", "O1", process, LIMIT)
    assert time.monotonic() - began <= LIMIT + LATE
    assert (answer.standing == "given") == ("O1" in given(done).get("P1", []))
    began = time.monotonic()
    try:
        found = tried(done.standing, process, seconds=SHORT)
    except NothingKnown:  # the time was over before anything was found
        found = ()
    assert time.monotonic() - began <= SHORT + LATE
    assert all(t.more > 0 and t.together >= t.more for t in found)


@pytest.mark.parametrize("rule", AGAINST_A_RULE)
def test_a_pin_against_a_rule_stays_and_is_told(rule, process):
    done = matched(held_against(rule), process)
    problem = done.problem
    told = {
        (problem.people[p].person_id, problem.openings[o].opening_id, code)
        for p, o, code in breaches(problem, done.profiles)
    }
    if rule in ("seats", "newcomers"):  # told once, at one of those who are too many
        assert [code for _, o, code in told if o == "O1"] == [rule]
    else:
        assert ("P1", "O1", rule) in told
    assert statuses(done)["P1"] == "placed"
    assert given(done).keys() == {"P90"}


def test_seven_pinned_to_one_seat_leave_it_to_nobody_else(process):
    done = matched(held_against("seats"), process)
    assert given(done) == {"P90": ["O90"]}
    assert [b.code for b in next(a for a in done.answers if a.person_id == "P90").blocked] == ["capacity"]


@pytest.mark.parametrize("name", ["no_session_at_all", "everything_over_or_not_begun"])
def test_an_empty_horizon_gives_nobody_anything_and_says_it_is_time(name, process):
    done = matched(TOWNS[name](), process)
    assert statuses(done) == {"P1": "no_fit", "P2": "no_fit"}
    assert all([b.code for b in a.blocked] == ["time"] and not a.options for a in done.answers)


@pytest.mark.parametrize(
    ("name", "served"),
    [
        ("a_thousand_for_one_seat", 1),
        ("one_hour_for_one", 1),
        ("one_hour_for_fifty", 28),
        ("companion_busy_at_the_only_hour", 1),
        ("companions_who_never_can", 0),
        ("no_companions", 0),
        ("host_with_room_for_nobody", 0),
        ("nothing_known", 0),
        ("nobody_knows_their_hours", 0),
        ("no_words_anywhere", 0),
        ("nobody_agreed", 0),
        ("one_and_one", 1),
        ("over_the_years_end", 2),
        ("alike", 100),
        ("everybody_a_foe", 5),
        ("pinned_foes", 0),
        ("every_status_for_one_pair", 0),
        ("half_a_year_of_days", 16),
        ("alike_in_need_of_company", 27),  # three companions: two visits in each of four weeks, and the last Monday
    ],
)
def test_as_many_are_served_as_can_be(name, served, process):
    done = matched(TOWNS[name](), process)
    assert len(given(done)) == served
    assert done.plan.optimal


def test_nobody_is_in_two_places_at_one_hour(process):
    assert {len(own) for own in given(matched(TOWNS["one_hour_for_fifty"](), process)).values()} == {1}
    more = given(matched(TOWNS["alike_and_wanting_more"](), process))
    assert sum(map(len, more.values())) == 100
    assert max(map(len, more.values())) <= 2


def test_holidays_count_over_the_years_end(process):
    done = matched(TOWNS["over_the_years_end"](), process)
    first = {i.opening_id: str(i.first_session.date()) for a in done.answers for i in a.suggestions}
    # Monday 01-02 stands for New Year's Day, 01-09 is the Day of Coming of Age.
    assert first == {"O1": "2090-01-16", "O2": "2090-01-02"}


def test_nobody_whose_hours_or_consent_are_missing_gets_a_seat(process):
    assert set(statuses(matched(TOWNS["nothing_known"](), process)).values()) == {"needs_consent"}
    assert set(statuses(matched(TOWNS["nobody_knows_their_hours"](), process)).values()) == {"needs_information"}
    assert set(statuses(matched(TOWNS["nobody_agreed"](), process)).values()) == {"needs_consent"}


def test_there_is_no_opening_without_a_seat():
    with pytest.raises(ValueError, match="capacity"):
        Opening.model_validate({**ROWS["openings"][0], "capacity": 0})


def test_the_first_day_is_a_tuesday():
    assert FOUR_WEEKS.first.weekday() == 1
