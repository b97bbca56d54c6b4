"""Confirming takes a seat once, and only where everything allows it."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from matcher.model import Acceptance, Conflict, Consent, Host
from matcher.model.contact import Pause
from matcher.model.placement import Placement, PlacementStatus
from matcher.model.statuses import NotPossibleNow
from matcher.model.suggestion import Suggestion, SuggestionStatus
from matcher.permissions import Actor, Kind, NotAllowed
from matcher.services.confirming import NotToConfirm, confirm, undo_confirmation
from matcher.services.seats import NoSeat, newcomers_of_hosts
from matcher.storage.work import Store, Work
from matcher.times import parse
from tests.integration.conftest import OURS, Database
from tests.integration.small_town import LEAD, TUESDAY, fill, host, opening, person, wished


def _confirmed(store: Store, suggestion_id: UUID, key: str = "", **more: object) -> Placement:
    with store.work(OURS, LEAD) as work:
        placement_id = confirm(work, suggestion_id, request_key=key or str(uuid4()), **more)
    with store.work(OURS, LEAD) as work:
        return work.get(Placement, placement_id).record


def _suggestion(store: Store, suggestion_id: UUID) -> Suggestion:
    with store.work(OURS, LEAD) as work:
        return work.get(Suggestion, suggestion_id).record


def test_a_confirmed_suggestion_holds_every_session_from_the_first_visit_on(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        wish = wished(work, "P1", companion_id="C1")
    placement = _confirmed(store, wish)
    assert placement.status is PlacementStatus.AGREED
    assert (placement.first_visit, placement.companion_id) == (TUESDAY, "C1")
    assert placement.sessions[:3] == (TUESDAY, TUESDAY + timedelta(days=2), TUESDAY + timedelta(days=7))
    assert _suggestion(store, wish).status is SuggestionStatus.CONFIRMED


def test_pressing_twice_is_one_placement(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        wish = wished(work, "P1")
    assert _confirmed(store, wish, "same") == _confirmed(store, wish, "same")
    with pytest.raises(NotPossibleNow):
        _confirmed(store, wish, "another")


def test_the_last_seat_goes_to_one(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        first, second = wished(work, "P1"), wished(work, "P2")
    _confirmed(store, first)
    with pytest.raises(NoSeat) as refused:
        _confirmed(store, second)
    assert refused.value.code == "seats"
    assert _suggestion(store, second).status is SuggestionStatus.WISHED


def test_two_who_never_come_on_the_same_day_share_a_seat(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work, people=0)
        work.add(person("P1", availability=parse("火 13:00-17:00")), person("P2", availability=parse("木 13:00-17:00")))
        first, second = wished(work, "P1"), wished(work, "P2", first_session=TUESDAY + timedelta(days=2))
    _confirmed(store, first)
    assert _confirmed(store, second).sessions[0] == TUESDAY + timedelta(days=2)


def test_an_opening_by_arrangement_has_as_many_seats_as_it_says(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work, openings=0, people=3)
        work.add(opening("O1", schedule=None, capacity=2))
        wishes = [wished(work, f"P{n}", first_session=None) for n in (1, 2, 3)]
    assert _confirmed(store, wishes[0]).sessions == ()
    _confirmed(store, wishes[1])
    with pytest.raises(NoSeat) as refused:
        _confirmed(store, wishes[2])
    assert refused.value.code == "seats"


def test_a_host_takes_no_more_newcomers_than_it_said(store: Store, database: Database) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work, people=3, capacity=9, openings=2)
        stored = work.get(Host, "H1")
        work.change(stored.record.model_copy(update={"max_newcomers": 2}), stored.version)
        wishes = [wished(work, "P1"), wished(work, "P2", "O2"), wished(work, "P3")]
    _confirmed(store, wishes[0])
    _confirmed(store, wishes[1])
    with pytest.raises(NoSeat) as refused:
        _confirmed(store, wishes[2])
    assert refused.value.code == "host"


def test_who_came_more_than_four_weeks_ago_is_no_newcomer(store: Store, database: Database) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work, capacity=9)
        stored = work.get(Host, "H1")
        work.change(stored.record.model_copy(update={"max_newcomers": 1}), stored.version)
        first, second = wished(work, "P1"), wished(work, "P2", first_session=TUESDAY + timedelta(days=35))
    came = _confirmed(store, first)
    with store.work(OURS, LEAD) as work:
        work.move(Placement, "visit", came.placement_id, visited_on=date(2026, 12, 8))
    database.clock.pass_(days=20)
    with store.work(OURS, LEAD) as work:
        assert newcomers_of_hosts(work) == {"H1": 1}
    with pytest.raises(NoSeat):
        _confirmed(store, second)
    database.clock.pass_(days=15)
    with store.work(OURS, LEAD) as work:
        assert newcomers_of_hosts(work) == {}
    assert _confirmed(store, second).status is PlacementStatus.AGREED


def test_people_who_must_not_meet_are_not_put_together(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work, capacity=9, openings=2)
        work.add(Conflict.model_construct(person_a="P1", person_b="P2"))
        first, second = wished(work, "P1"), wished(work, "P2", "O2")
    _confirmed(store, first)
    with pytest.raises(NoSeat) as refused:
        _confirmed(store, second)
    assert refused.value.code == "conflict"


def test_a_companion_is_in_one_place_at_a_time_and_not_too_often(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work, people=4, capacity=9, openings=1)
        work.add(opening("O2", schedule=parse("火 15:00-17:00"), capacity=9))
        work.add(opening("O3", schedule=parse("水・金 14:00-16:00"), capacity=9))
        wishes = [
            wished(work, "P1", companion_id="C1"),
            wished(work, "P2", "O2", companion_id="C1", first_session=TUESDAY + timedelta(hours=1)),
            wished(work, "P3", "O3", companion_id="C1", first_session=TUESDAY + timedelta(days=1)),
            wished(work, "P4", "O3", companion_id="C1", first_session=TUESDAY + timedelta(days=3)),
        ]
    _confirmed(store, wishes[0])
    with pytest.raises(NoSeat) as busy:
        _confirmed(store, wishes[1])
    _confirmed(store, wishes[2])
    with pytest.raises(NoSeat) as often:
        _confirmed(store, wishes[3])
    assert (busy.value.code, often.value.code) == ("companion", "companion")
    assert _confirmed(store, wishes[3], companion_id="").companion_id == ""


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("consent", lambda work: _change(work, person("P1", consent=Consent.NONE))),
        ("host_no", lambda work: _change(work, host(accepts=Acceptance.NO))),
        ("paused", lambda work: _pause(work, "")),
        ("paused", lambda work: _pause(work, "O1")),
        ("no_session", lambda work: _change(work, opening("O1", schedule=parse("水 14:00-16:00")))),
        ("no_session", lambda work: _change(work, person("P1", availability=parse("火 9:00-11:00")))),
    ],
)
def test_what_only_people_can_settle_is_told(store: Store, code: str, change: object) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        wish = wished(work, "P1")
        change(work)
    with pytest.raises(NotToConfirm) as told:
        _confirmed(store, wish)
    assert told.value.code == code
    assert _suggestion(store, wish).status is SuggestionStatus.WISHED


def test_a_day_that_has_passed_is_not_confirmed(store: Store, database: Database) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        wish = wished(work, "P1")
    database.clock.pass_(days=10)
    with pytest.raises(NotToConfirm) as told:
        _confirmed(store, wish)
    assert told.value.code == "past"
    assert _confirmed(store, wish, first_visit=TUESDAY + timedelta(days=7)).first_visit == TUESDAY + timedelta(days=7)


def test_a_coordinator_of_another_area_may_not_confirm(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        wish = wished(work, "P1")
    other = Actor(Kind.COORDINATOR, uuid4(), frozenset({("若葉野市", "A9")}))
    with pytest.raises(NotAllowed), store.work(OURS, other) as work:
        confirm(work, wish, request_key="k")


def test_taking_it_back_frees_the_seat(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        first, second = wished(work, "P1"), wished(work, "P2")
    placement = _confirmed(store, first)
    with store.work(OURS, LEAD) as work:
        undo_confirmation(work, placement.placement_id)
    assert _suggestion(store, first).status is SuggestionStatus.WISHED
    _confirmed(store, second)
    with pytest.raises(NoSeat):
        _confirmed(store, first)


def _change(work: Work, record: object) -> None:
    stored = work.get(type(record), *record.key)
    work.change(record, stored.version)


def _pause(work: Work, opening_id: str) -> None:
    work.add(
        Pause(
            pause_id=uuid4(),
            host_id="H1",
            opening_id=opening_id,
            starts_on=date(2026, 12, 1),
            ends_on=date(2026, 12, 31),
        )
    )
