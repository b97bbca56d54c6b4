"""Whoever has something else after a change is told why."""

from datetime import date

import pytest

from matcher.engine.changes import (
    Ban,
    Close,
    PersonReach,
    Pin,
    PutPerson,
    Seats,
)
from matcher.model import HistoryStatus, Reach, Role
from matcher.times import parse
from tests.unit.engine.inline import InlineSolver
from tests.unit.engine.standing import codes, opening, pairs, put, row, someone, sound, stand
from tests.unit.engine.town import town

SOLVER = InlineSolver()
TWO = {"openings": [{"opening_id": "O1", "capacity": 2}], "people": [someone(2)]}


@pytest.mark.parametrize(
    ("bundle", "change", "code"),
    [
        ({}, lambda p: Close("H1"), "acceptance"),
        ({"people": [someone(2, consent="none")]}, lambda p: Pin("P2", "O1"), "capacity"),
        ({}, lambda p: Ban("P1", "O1", HistoryStatus.DECLINED), "declined"),
        ({}, lambda p: put(p, availability=parse("日 9:00-12:00")), "time"),
        ({}, lambda p: put(p, area_id="A3", reach=Reach.AREA), "reach"),
        ({}, lambda p: PersonReach("P1", Reach.HOME), "reach"),
        (
            {"hosts": [{"host_id": "H1", "lat": 35.7, "lon": 139.7}]},
            lambda p: put(p, lat=35.8, lon=139.7, max_travel_min=10),
            "travel",
        ),
        ({}, lambda p: put(p, roles=(Role.ATTEND,)), "role"),
        ({"openings": [{"opening_id": "O1", "min_age": 18}]}, lambda p: put(p, age=15), "age"),
        ({"openings": [{"opening_id": "O1", "contact": 4}]}, lambda p: put(p, contact_max=2), "contact"),
        ({"openings": [{"opening_id": "O1", "physical": 3}]}, lambda p: put(p, physical_max=1), "physical"),
        ({"openings": [{"opening_id": "O1", "wheelchair": "no"}]}, lambda p: put(p, wheelchair=True), "wheelchair"),
        (
            {"companions": [{"companion_id": "C1", "availability": "土 9:00-12:00"}]},
            lambda p: put(p, needs_companion=True),
            "companion",
        ),
        (
            {
                "people": [someone(2)],
                "conflicts": [{"person_a": "P1", "person_b": "P2"}],
                "openings": [{"opening_id": "O1", "capacity": 1}, opening(2)],
            },
            lambda p: Pin("P2", "O2"),
            "conflict",
        ),
        ({}, lambda p: put(p, avoid="花壇"), "avoid"),
        ({"openings": [opening(2)]}, lambda p: Pin("P1", "O2"), "decided"),
        ({}, lambda p: Pin("P1", "O1"), "settled"),
        ({}, lambda p: put(p, consent=None), "needs_consent"),
        ({}, lambda p: put(p, availability=None), "needs_information"),
        ({}, lambda p: put(p, interests="将棋"), "thin"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_who_lost_something_is_told_why(bundle, change, code):
    plan = stand(town(**bundle))
    plan = plan.change([], SOLVER, given={("P1", "O1")}).after
    assert ("P1", "O1") in pairs(plan)
    changed = plan.change([change(plan)], SOLVER)
    assert codes(changed)["P1"] == code
    sound(changed)


def test_who_wants_fewer_now_is_told_so():
    plan = stand(town(people=[{"person_id": "P1", "wants": 2}], openings=[opening(2)]))
    assert len(pairs(plan)) == 2
    assert codes(plan.change([put(plan, wants=1)], SOLVER)) == {"P1": "wants"}


def test_who_gave_way_is_told_what_became_better():
    plan = stand(town())
    long = PutPerson(
        row(plan).model_copy(update={"person_id": "P2", "waiting_since": date.fromisoformat("2025-01-01")})
    )
    changed = plan.change([long], SOLVER)
    assert [(m.person_id, m.code, m.stage) for m in changed.moved] == [("P1", "gave_way", "s2"), ("P2", "gained", "")]


def test_who_loses_a_seat_that_is_gone_is_not_told_that_anything_became_better():
    changed = stand(town(**TWO)).change([Seats("O1", -1)], SOLVER)
    assert [(m.code, m.stage, m.after) for m in changed.moved] == [("gave_way", "", ())]


def test_who_makes_room_for_somebody_who_lost_something_moves():
    bundle = town(
        people=[{"person_id": "P1", "roles": "help"}, someone(2)], openings=[opening(2), opening(3, role="attend")]
    )
    plan = stand(bundle).change([], SOLVER, given={("P1", "O1"), ("P2", "O2")}).after
    assert pairs(plan) == {("P1", "O1"), ("P2", "O2")}
    changed = plan.change([Ban("P1", "O1"), Ban("P2", "O1")], SOLVER)
    assert pairs(changed.after) == {("P1", "O2"), ("P2", "O3")}
    assert codes(changed)["P1"] == "declined"


def test_who_must_begin_on_another_day_is_told_so():
    plan = stand(town(openings=[{"opening_id": "O1", "schedule": "2026-12-01 10:00-12:00 / 2026-12-08 10:00-12:00"}]))
    guest = someone(2, availability="2026-12-01 9:00-13:00")
    bundle = town(
        openings=[{"opening_id": "O1", "schedule": "2026-12-01 10:00-12:00 / 2026-12-08 10:00-12:00"}], people=[guest]
    )
    person = next(p for p in bundle.people if p.person_id == "P2")
    changed = plan.change([PutPerson(person)], SOLVER)
    assert codes(changed) == {"P1": "other_day", "P2": "gained"}
    assert changed.moved[0].after[0].first_session.isoformat() == "2026-12-08T10:00:00"
