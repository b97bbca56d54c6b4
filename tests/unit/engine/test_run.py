"""Whole runs on small towns, through the real solving process."""

import os
import signal
from dataclasses import replace

import pytest

from matcher.engine.problem import waiting_class
from matcher.engine.run import run
from matcher.engine.solver.process import SolverProcess
from matcher.words import default_reader
from tests.unit.engine.town import HORIZON, town


def matched(bundle, **options):
    with SolverProcess() as process:
        return run(bundle, HORIZON, default_reader(), process, **options)


def of(done, person="P1"):
    return next(a for a in done.answers if a.person_id == person)


def people(*numbers, **common):
    base = {
        "municipality": "町",
        "area_id": "A1",
        "interests": "花を育てること",
        "availability": "毎日 9:00-17:00",
        "consent": "share",
    }
    return [{"person_id": f"P{n}", **base, **common} for n in numbers]


def test_one_person_and_one_opening_meet_on_the_first_day():
    done = matched(town())
    idea = of(done).suggestions[0]
    assert (idea.opening_id, idea.companion_id) == ("O1", None)
    assert idea.first_session.isoformat() == "2026-12-01T10:00:00"
    assert done.plan.optimal
    assert done.plan.objective["s1"] == done.plan.bound["s1"] == 1
    quoted = next(r for r in idea.reasons if r.code == "interest").data
    assert (quoted["person"], quoted["opening"]) == ("花を育てること", "花壇の水やり") or quoted[
        "opening"
    ] in "花壇の水やり"


def test_one_seat_goes_to_whoever_waited_longer():
    bundle = town(people=[*people(2, waiting_since="2025-01-01"), *people(3, waiting_since="2026-11-01")])
    done = matched(bundle)
    assert [a.person_id for a in done.answers if a.suggestions] == ["P2"]
    assert done.plan.objective["s2"] == 3


def test_the_order_of_rows_changes_nothing():
    bundle = town(people=people(2, 3, 4), openings=[{"opening_id": "O1", "capacity": 2}])
    turned = replace(bundle, people=bundle.people[::-1], openings=bundle.openings[::-1])
    assert matched(bundle).answers == matched(turned).answers


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"consent": "none"}, "needs_consent"),
        ({"consent": ""}, "needs_consent"),
        ({"availability": ""}, "needs_information"),
        ({"interests": "経理の書類"}, "no_fit"),
        ({"interests": ""}, "no_fit"),
        ({"roles": "attend"}, "no_fit"),
    ],
)
def test_whoever_gets_nothing_has_a_status_that_says_why(changes, status):
    answer = of(matched(town(people=[{"person_id": "P1", **changes}])))
    assert (answer.status, answer.suggestions) == (status, ())


def test_without_consent_there_are_ideas_but_no_seat():
    answer = of(matched(town(people=[{"person_id": "P1", "consent": "none"}])))
    assert [i.opening_id for i in answer.options] == ["O1"]


def test_whoever_has_their_place_is_left_alone():
    done = matched(town(history=[{"person_id": "P1", "opening_id": "O1", "status": "placed"}]))
    assert (of(done).status, of(done).suggestions, of(done).options) == ("placed", (), ())


def test_a_companion_goes_to_one_person_at_a_time():
    bundle = town(
        people=[{"person_id": "P1", "needs_companion": "yes"}, *people(2, needs_companion="yes")],
        openings=[{"opening_id": "O1", "capacity": 5}],
    )
    done = matched(bundle)
    visits = sorted(i.first_session for a in done.answers for i in a.suggestions)
    assert [v.isoformat()[:10] for v in visits] == ["2026-12-01", "2026-12-08"]
    assert all(i.companion_id == "C1" for a in done.answers for i in a.suggestions)


def test_no_more_first_visits_a_week_than_the_companion_makes():
    bundle = town(
        people=people(1, 2, 3, needs_companion="yes"),
        openings=[{"opening_id": "O1", "capacity": 5, "schedule": "平日 10:00-12:00"}],
        companions=[{"companion_id": "C1", "per_week": 1}],
    )
    weeks = [i.first_session.isocalendar().week for a in matched(bundle).answers for i in a.suggestions]
    assert len(weeks) == len(set(weeks)) == 3


def test_a_host_takes_no_more_newcomers_than_it_said():
    bundle = town(
        people=people(1, 2, 3),
        hosts=[{"host_id": "H1", "max_newcomers": 2}],
        openings=[{"opening_id": "O1", "capacity": 5}],
    )
    done = matched(bundle)
    assert (done.plan.objective["s1"], done.plan.objective["s6"]) == (2, -1)


def test_a_host_with_room_for_nobody_gets_nobody():
    assert of(matched(town(hosts=[{"host_id": "H1", "max_newcomers": 0}]))).status == "no_fit"


def test_people_who_must_not_meet_do_not():
    bundle = town(
        people=people(1, 2),
        openings=[{"opening_id": "O1", "capacity": 5}],
        conflicts=[{"person_a": "P1", "person_b": "P2"}],
    )
    assert matched(bundle).plan.objective["s1"] == 1


def test_two_wishes_never_lie_over_each_other():
    second = {
        "opening_id": "O2",
        "host_id": "H1",
        "title": "花の植えかえ",
        "role": "help",
        "schedule": "火 11:00-13:00",
    }
    bundle = town(people=[{"person_id": "P1", "wants": 2}], openings=[second])
    assert len(of(matched(bundle)).suggestions) == 1
    later = town(people=[{"person_id": "P1", "wants": 2}], openings=[second | {"schedule": "水 11:00-13:00"}])
    assert len(of(matched(later)).suggestions) == 2


def test_what_blocks_comes_with_the_smallest_change():
    answer = of(matched(town(people=[{"person_id": "P1", "availability": "火 11:30-17:00"}])))
    assert [(b.code, b.openings) for b in answer.blocked] == [("time", 1)]
    assert answer.blocked[0].nearest.data["minutes"] == 30
    assert answer.blocked[0].nearest.data["side"] == "earlier"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"hosts": [{"host_id": "H1", "accepts": ""}]}, "acceptance_unknown"),
        ({"hosts": [{"host_id": "H1", "accepts": "conditional", "conditions": "検温"}]}, "acceptance_conditional"),
        ({"hosts": [{"host_id": "H1", "surveyed_on": "2024-04-01"}]}, "survey_old"),
        ({"openings": [{"opening_id": "O1", "schedule": ""}]}, "by_arrangement"),
        ({"people": [{"person_id": "P1", "availability": ""}]}, "hours_unknown"),
        ({"people": [{"person_id": "P1", "area_id": ""}]}, "area_unknown"),
        ({"people": [{"person_id": "P1", "wheelchair": "yes"}]}, "wheelchair_unknown"),
        (
            {"people": [{"person_id": "P1", "contact_max": 3}], "openings": [{"opening_id": "O1", "contact": ""}]},
            "contact_unknown",
        ),
        ({"people": [{"person_id": "P1", "consent": "internal"}]}, "share_consent_needed"),
    ],
)
def test_what_is_unknown_is_asked(changes, code):
    assert code in {a.code for a in of(matched(town(**changes))).options[0].asks}


def test_a_killed_process_still_leaves_everybody_an_answer():
    with SolverProcess() as process:
        os.kill(process.pid, signal.SIGKILL)
        done = run(town(), HORIZON, default_reader(), process)
    assert (done.plan.optimal, done.plan.ended) == (False, "gone")
    assert of(done).suggestions[0].opening_id == "O1"


def test_waiting_classes_count_whole_months():
    from datetime import date

    first = date(2026, 12, 1)
    since = [
        date(2026, 9, 2),
        date(2026, 9, 1),
        date(2026, 6, 2),
        date(2026, 6, 1),
        date(2025, 12, 2),
        date(2025, 12, 1),
    ]
    assert [waiting_class(d, first) for d in since] == [0, 1, 1, 2, 2, 3]
    assert waiting_class(None, first) == 0
