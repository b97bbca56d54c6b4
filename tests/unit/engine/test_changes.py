"""What each kind of change makes of a bundle, and that nothing is changed in place."""

from dataclasses import replace

import pytest

from matcher.engine.answer import Horizon
from matcher.engine.changes import (
    Ban,
    Close,
    CompanionHours,
    HostHours,
    Newcomers,
    NewOpening,
    PersonReach,
    Pin,
    PutPerson,
    Seats,
    UnknownId,
    applied,
)
from matcher.engine.problem import make_problem
from matcher.model import Acceptance, HistoryStatus, Reach, Role
from matcher.times import format_cell, parse
from tests.unit.engine.standing import host, opening, someone
from tests.unit.engine.town import HORIZON, town

EVENING = parse("火 17:00-19:00")


def one(rows, identity):
    return next(r for r in rows if r.key[0] == identity)


@pytest.mark.parametrize(("more", "seats"), [(1, 3), (-1, 1), (-5, 0)])
def test_seats(more, seats):
    bundle = town(openings=[{"opening_id": "O1", "capacity": 2}, opening(2)])
    after = applied(bundle, [Seats("O1", more)])
    assert [o.capacity for o in after.openings] == [seats, 1]
    assert [o.capacity for o in bundle.openings] == [2, 1]


@pytest.mark.parametrize(("limit", "more", "then"), [(2, 1, 3), (2, -1, 1), (0, -1, 0), ("", 1, None)])
def test_newcomers(limit, more, then):
    bundle = town(hosts=[{"host_id": "H1", "max_newcomers": limit}, host(2, max_newcomers=4)])
    assert [h.max_newcomers for h in applied(bundle, [Newcomers("H1", more)]).hosts] == [then, 4]


def test_a_host_opens_longer_for_all_it_does_at_set_hours():
    bundle = town(
        hosts=[host(2)],
        openings=[opening(2, schedule=""), opening(3, schedule="水 9:00-12:00 / 祝日除く"), opening(4, host_id="H2")],
    )
    after = applied(bundle, [HostHours("H1", EVENING)])
    shown = [o.schedule and format_cell(o.schedule) for o in after.openings]
    assert shown == [
        "火 10:00-12:00 / 火 17:00-19:00",
        None,
        "水 9:00-12:00 / 火 17:00-19:00 / 祝日除く",
        "水 10:00-12:00",
    ]
    assert applied(after, [HostHours("H1", EVENING)]) == after


def test_a_companion_has_more_time():
    bundle = town(companions=[{"companion_id": "C2", "name": "別", "kind": "peer", "municipality": "町"}])
    after = applied(bundle, [CompanionHours("C1", EVENING), CompanionHours("C2", EVENING)])
    assert format_cell(after.companions[0].availability) == "平日 9:00-17:00 / 火 17:00-19:00"
    assert after.companions[1].availability is None  # free at all hours already


def test_a_person_goes_farther():
    assert [p.reach for p in applied(town(people=[someone(2)]), [PersonReach("P1", Reach.CITY)]).people] == [
        Reach.CITY,
        Reach.NEIGHBOUR,
    ]


def test_a_new_opening_comes_with_a_host_that_takes_people_in():
    change = NewOpening("町", "A2", Role.HELP, "将棋", EVENING)
    after = applied(town(), [change])
    new, its_host = one(after.openings, change.opening_id), one(after.hosts, change.opening_id)
    assert (new.title, new.role, new.schedule, new.capacity) == ("将棋", Role.HELP, EVENING, 1)
    assert (its_host.municipality, its_host.area_id, its_host.accepts) == ("町", "A2", Acceptance.YES)


def test_new_openings_that_differ_in_anything_can_be_thought_of_together():
    every = [
        NewOpening(town_, area, role, activity, hours)
        for town_ in ("町", "村")
        for area in ("A1", "")
        for role in (Role.HELP, Role.ATTEND)
        for activity in ("将棋", "料理")
        for hours in (EVENING, parse("水 17:00-19:00"), None)
    ]
    make_problem(applied(town(), every), HORIZON)
    assert len({c.opening_id for c in every}) == len(every)


def test_pin_and_ban_are_rows_of_the_history():
    after = applied(town(), [Pin("P1", "O1"), Ban("P1", "O1", HistoryStatus.DECLINED), Ban("P1", "O1")])
    assert [r.status.value for r in after.history] == ["pinned", "declined", "forbidden"]
    assert applied(after, [Pin("P1", "O1")]) == after


def test_a_closed_host_takes_nobody():
    bundle = town(hosts=[host(2)])
    assert [h.accepts for h in applied(bundle, [Close("H1")]).hosts] == [Acceptance.NO, Acceptance.YES]


def test_a_person_comes_in_or_is_known_better():
    bundle = town()
    new = bundle.people[0].model_copy(update={"person_id": "P9"})
    better = bundle.people[0].model_copy(update={"age": 40})
    assert [p.person_id for p in applied(bundle, [PutPerson(new)]).people] == ["P1", "P9"]
    assert applied(bundle, [PutPerson(better)]).people == (better,)


def test_no_change_changes_nothing_and_several_come_one_after_the_other():
    bundle = town()
    assert applied(bundle, []) is bundle
    change = NewOpening("町", "A1", Role.HELP, "将棋", None)
    after = applied(bundle, [change, Seats(change.opening_id, 2)])
    assert one(after.openings, change.opening_id).capacity == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Seats("O9"), "受け入れ枠に「O9」がありません"),
        (Newcomers("H9"), "受け入れ先に「H9」がありません"),
        (HostHours("H9", EVENING), "受け入れ先に「H9」がありません"),
        (CompanionHours("C9", EVENING), "同行者に「C9」がありません"),
        (PersonReach("P9", Reach.CITY), "本人に「P9」がありません"),
        (Pin("P9", "O1"), "本人に「P9」がありません"),
        (Pin("P1", "O9"), "受け入れ枠に「O9」がありません"),
        (Ban("P1", "O9"), "受け入れ枠に「O9」がありません"),
        (Close("H9"), "受け入れ先に「H9」がありません"),
    ],
    ids=lambda x: type(x).__name__,
)
def test_an_id_that_is_not_there_is_named(change, said):
    with pytest.raises(UnknownId) as error:
        applied(town(), [change])
    assert str(error.value) == f"{said}。IDを確かめてください。"


def test_an_id_in_an_empty_sheet_is_named_too():
    with pytest.raises(UnknownId, match="「C1」がありません"):
        applied(replace(town(), companions=()), [CompanionHours("C1", EVENING)])


def test_the_problem_of_a_changed_bundle_is_that_of_the_same_rows_written_so():
    written = make_problem(town(openings=[{"opening_id": "O1", "capacity": 2}]), Horizon(HORIZON.first, 4))
    changed = make_problem(applied(town(), [Seats("O1")]), Horizon(HORIZON.first, 4))
    assert changed.openings == written.openings
