"""Reminders: at night, whose follow-up has come due and whose answer has become old; by day, what still waits."""

from datetime import date, timedelta

from matcher.model.council import Council
from matcher.model.host import Host
from matcher.model.placement import Placement, PlacementStatus
from matcher.model.reminder import Reminder, ReminderKind
from matcher.permissions import Action
from matcher.services.service import service
from matcher.storage.schema import table_of
from matcher.storage.work import TOKYO, Stored, Work

AFTER_WEEK = timedelta(days=7)
AFTER_MONTHS = (1, 3, 6)  # after the first visit; domain.md: whether somebody stays on


@service(Action.KEEP)
def remind(work: Work) -> int:
    """Note what has come due by today and is not noted yet; how much is new."""
    today = work.now.astimezone(TOKYO).date()
    known = {s.record.key for s in work.rows(Reminder)}
    stale_already = {s.record.host_id for s in work.rows(Reminder) if s.record.done_at is None}
    months = work.get(Council).record.survey_stale_months
    new = [r for r in _follow_ups(work, today) if r.key not in known]
    for stored in work.rows(Host):
        host = stored.record
        due = months_later(host.surveyed_on, months) if host.surveyed_on else today
        if due <= today and host.host_id not in stale_already:
            made = Reminder(kind=ReminderKind.SURVEY_STALE, host_id=host.host_id, due_on=due, made_at=work.now)
            new += [made] if made.key not in known else []
    work.add(*new)
    work.note("reminder.made", Reminder, count=len(new))
    return len(new)


def _follow_ups(work: Work, today: date) -> list[Reminder]:
    found = []
    taking_part = table_of(Placement).c.status == PlacementStatus.TAKING_PART.value
    for stored in work.rows(Placement, taking_part):
        visited = stored.record.visited_on
        if visited is None:
            continue
        days = [visited + AFTER_WEEK, *(months_later(visited, n) for n in AFTER_MONTHS)]
        passed = [day for day in days if day <= today]
        found += [
            Reminder(kind=ReminderKind.FOLLOW_UP, placement_id=stored.record.placement_id, due_on=day, made_at=work.now)
            for day in passed[-1:]  # an earlier one that was missed is not asked for any more
        ]
    return found


@service(Action.RECORD, noted=False)
def reminders(work: Work) -> list[Stored[Reminder]]:
    """What still waits, longest first. It names hosts and placements by number, nobody by name."""
    return work.rows(Reminder, table_of(Reminder).c.done_at.is_(None), order=("due_on", "kind", "host_id"))


@service(Action.RECORD)
def done_reminder(work: Work, reminder: Reminder, seen: int) -> int:
    """Somebody saw to it; the new version.

    Raises:
        EditedMeanwhile: somebody else did.
    """
    version = work.change(reminder.model_copy(update={"done_at": work.now}), seen)
    work.note("reminder.done", Reminder, reminder.kind.value)
    return version


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")
