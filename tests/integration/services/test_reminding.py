"""Reminders: what came due, once, and gone when somebody saw to it."""

from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.model.placement import Placement, PlacementStatus
from matcher.model.reminder import ReminderKind
from matcher.permissions import WORKER
from matcher.services.reminding import done_reminder, months_later, remind, reminders
from matcher.storage.work import EditedMeanwhile, Store
from tests.integration.conftest import OURS, Database
from tests.integration.small_town import LEAD, fill, host


def _found(store: Store) -> list[tuple[str, str, date]]:
    with store.work(OURS, WORKER) as work:
        remind(work)
    with store.work(OURS, LEAD) as work:
        return [(s.record.kind.value, s.record.host_id, s.record.due_on) for s in reminders(work)]


def test_follow_ups_come_due_after_a_week_and_one_three_and_six_months(store: Store, database: Database) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        work.add(
            Placement(
                placement_id=uuid4(),
                status=PlacementStatus.TAKING_PART,
                person_id="P1",
                opening_id="O1",
                request_key="k",
                agreed_on=date(2026, 12, 1),
                visited_on=date(2026, 12, 1),
            )
        )
    assert _found(store) == []
    due = []
    for days, day in ((7, date(2026, 12, 8)), (24, date(2027, 1, 1)), (60, date(2027, 3, 1)), (92, date(2027, 6, 1))):
        database.clock.pass_(days=days)
        due.append(("follow_up", "", day))
        assert [f for f in _found(store) if f[0] == "follow_up"] == due
        assert [f for f in _found(store) if f[0] == "follow_up"] == due


def test_an_answer_becomes_old_and_an_unanswered_host_waits_from_today(store: Store, database: Database) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        work.add(host("H2", surveyed_on=None), host("H3", surveyed_on=date(2025, 11, 30)))
    assert _found(store) == [("survey_stale", "H3", date(2026, 11, 30)), ("survey_stale", "H2", date(2026, 12, 1))]
    database.clock.pass_(days=3)
    assert len(_found(store)) == 2


def test_what_somebody_saw_to_waits_no_more(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        work.add(host("H2", surveyed_on=date(2025, 1, 1)))
    assert len(_found(store)) == 1
    with store.work(OURS, LEAD) as work:
        (waiting,) = reminders(work)
        assert waiting.record.kind is ReminderKind.SURVEY_STALE
        done_reminder(work, waiting.record, waiting.version)
        with pytest.raises(EditedMeanwhile):
            done_reminder(work, waiting.record, waiting.version)
    assert _found(store) == []


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 120))
def test_months_later_is_in_the_month_that_was_meant(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and months_later(later, 0) == later)
