"""What the engine is given: what was decided here as history, and nobody and nothing that is away."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from matcher.engine.answer import Horizon
from matcher.engine.problem import make_problem
from matcher.model import Bundle, HistoryEntry, HistoryStatus, Opening, Person
from matcher.model.contact import Pause
from matcher.model.placement import Placement, PlacementStatus
from matcher.model.suggestion import Suggestion, SuggestionStatus
from matcher.services.bundle_of import HELD_BACK, bundle_of, gathered
from matcher.services.erasing import Why, erase_person
from matcher.storage.work import Store, Work
from matcher.times import DateSpan
from tests.integration.conftest import NOON, OURS
from tests.integration.small_town import LEAD, fill, host, opening, person

TODAY, LAST = date(2026, 12, 1), date(2026, 12, 28)


@pytest.fixture
def work(store: Store) -> Iterator[Work]:
    with store.work(OURS, LEAD) as work:
        fill(work, 2, openings=2)
        work.note("filled", "council")
        yield work


def placement(status: PlacementStatus, **more: object) -> Placement:
    row = {
        "placement_id": uuid4(), "status": status, "person_id": "P1", "opening_id": "O1", "request_key": str(uuid4()),
        "agreed_on": date(2026, 10, 1), **more,
    }  # fmt: skip
    return Placement(**row)


def paused(work: Work, starts_on: date, ends_on: date | None, opening_id: str = "") -> UUID:
    made = Pause(pause_id=uuid4(), host_id="H1", opening_id=opening_id, starts_on=starts_on, ends_on=ends_on)
    work.add(made)
    return made.pause_id


def there(bundle: Bundle) -> dict[str, Opening]:
    return {o.opening_id: o for o in bundle.openings}


def test_the_rows_of_the_council(work: Work) -> None:
    bundle = bundle_of(work, TODAY)
    assert set(bundle.people) == {person("P1"), person("P2")}
    assert bundle.hosts == (host(),) and set(bundle.openings) == {opening("O1"), opening("O2")}
    assert [a.area_id for a in bundle.areas] == ["A1"] and [c.companion_id for c in bundle.companions] == ["C1"]


@pytest.mark.parametrize(
    ("status", "told", "on"),
    [
        (PlacementStatus.AGREED, HistoryStatus.PINNED, date(2026, 10, 1)),
        (PlacementStatus.TAKING_PART, HistoryStatus.PLACED, date(2026, 10, 6)),
        (PlacementStatus.PAUSED, HistoryStatus.PLACED, date(2026, 10, 6)),
        (PlacementStatus.ENDED, None, None),
        (PlacementStatus.UNDONE, None, None),
    ],
)
def test_placements_hold_their_seat(
    work: Work, status: PlacementStatus, told: HistoryStatus | None, on: date | None
) -> None:
    work.add(placement(status, visited_on=date(2026, 10, 6)))
    found = [(h.status, h.on) for h in bundle_of(work, TODAY).history]
    assert found == ([(told, on)] if told else [])


def test_a_seat_without_a_date_of_the_first_visit_has_that_of_the_agreement(work: Work) -> None:
    work.add(placement(PlacementStatus.TAKING_PART))
    assert [h.on for h in bundle_of(work, TODAY).history] == [date(2026, 10, 1)]


@pytest.mark.parametrize("status", list(SuggestionStatus))
def test_what_is_talked_about_is_proposed(work: Work, status: SuggestionStatus) -> None:
    made = Suggestion(suggestion_id=uuid4(), status=status, person_id="P1", opening_id="O1", made_at=NOON)
    late = NOON.replace(hour=23) - timedelta(days=1)  # in UTC it would be another day a few hours later
    work.add(made.model_copy(update={"decided_at": late}))
    talked = status in (SuggestionStatus.TOLD, SuggestionStatus.WISHED, SuggestionStatus.OFFERED)
    found = [(h.status, h.on) for h in bundle_of(work, TODAY).history]
    assert found == ([(HistoryStatus.PROPOSED, date(2026, 11, 30))] if talked else [])


def test_a_pause_takes_its_days_out(work: Work) -> None:
    paused(work, date(2026, 12, 5), date(2026, 12, 10), "O1")
    paused(work, date(2026, 12, 11), date(2026, 12, 12))
    paused(work, date(2026, 11, 1), date(2026, 11, 30))  # over
    found = there(bundle_of(work, TODAY, LAST))
    assert found["O1"].schedule and found["O1"].schedule.off == (DateSpan(date(2026, 12, 5), date(2026, 12, 12)),)
    assert found["O2"].schedule and found["O2"].schedule.off == (DateSpan(date(2026, 12, 11), date(2026, 12, 12)),)
    problem = make_problem(bundle_of(work, TODAY, LAST), Horizon(TODAY, 4))
    days = {int(problem.timetable.slots[s][0]) for s in problem.timetable.slot[list(problem.timetable.sessions_of(0))]}
    assert days == {0, 2, 14, 16, 21, 23}  # Tuesdays and Thursdays, those of the second week less


def test_what_is_away_all_the_time_is_left_out_and_counted(work: Work) -> None:
    paused(work, date(2026, 11, 1), None, "O1")
    found = gathered(work, TODAY, LAST)
    assert set(there(found.bundle)) == {"O2"} and found.left_out == {"O1": "paused"}
    assert gathered(work, date(2026, 10, 1), date(2026, 10, 28)).left_out == {}


def test_two_pauses_that_touch_are_one(work: Work) -> None:
    paused(work, date(2026, 11, 1), date(2026, 12, 14))
    paused(work, date(2026, 12, 15), date(2026, 12, 31), "O1")
    assert gathered(work, TODAY, LAST).left_out == {"O1": "paused"}


def test_without_an_end_of_the_days_only_what_is_closed_is_left_out(work: Work) -> None:
    paused(work, date(2026, 11, 1), date(2030, 1, 1), "O1")
    paused(work, date(2026, 11, 1), None, "O2")
    assert gathered(work, TODAY).left_out == {"O2": "paused"}


def test_by_arrangement_and_ended_is_left_out(work: Work) -> None:
    work.add(opening("O3", schedule=None, ends_on=date(2026, 11, 30)), opening("O4", schedule=None))
    found = gathered(work, TODAY, LAST)
    assert found.left_out == {"O3": "ended"} and "O4" in there(found.bundle)


@pytest.mark.parametrize("schedule", [None, opening().schedule])
def test_a_seat_at_a_closed_opening_is_still_held_and_nobody_else_gets_one(work: Work, schedule: object) -> None:
    work.add(opening("O3", schedule=schedule, capacity=9), placement(PlacementStatus.TAKING_PART, opening_id="O3"))
    work.add(HistoryEntry(person_id="P2", opening_id="O1", status=HistoryStatus.DECLINED))
    paused(work, date(2026, 11, 1), None)
    found = gathered(work, TODAY, LAST)
    assert set(there(found.bundle)) == {"O3"} and len(found.left_out) == 3
    assert [h.opening_id for h in found.bundle.history] == ["O3"]
    problem = make_problem(found.bundle, Horizon(TODAY, 4))
    assert not problem.timetable.arranged.any() and not len(problem.timetable.slot)
    assert list(problem.p.wants_left) == [0, 1]


def test_a_pair_held_back_is_withheld_and_no_history(work: Work) -> None:
    work.add(HistoryEntry(person_id="P1", opening_id="O1", status=HistoryStatus.FORBIDDEN, reason=HELD_BACK))
    found = bundle_of(work, TODAY)
    assert found.withheld == {("P1", "O1")} and not found.history


def test_nobody_who_was_erased(store: Store, work: Work) -> None:
    work.add(placement(PlacementStatus.AGREED))
    erase_person(work, "P1", Why.ASKED)
    found = bundle_of(work, TODAY)
    assert [p.person_id for p in found.people] == ["P2"] and not found.history
    assert Person is type(found.people[0])
