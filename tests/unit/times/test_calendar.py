"""Dated sessions, against walking the days and asking each pattern in the plainest way."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.times import (
    EveryOtherWeek,
    LastWeekday,
    NthWeekday,
    Once,
    Pattern,
    Schedule,
    Session,
    Span,
    Weekly,
    is_holiday,
    parse,
    sessions,
    spans_on,
)
from tests.unit.times.strategies import FIRST, LAST, dates, schedules

DAY = timedelta(days=1)
HOLIDAYS = {
    date(year, month, day)
    for year, months in {
        2026: {1: (1, 12), 2: (11, 23), 3: (20,), 4: (29,), 5: (3, 4, 5, 6), 7: (20,), 8: (11,), 9: (21, 22, 23),
               10: (12,), 11: (3, 23)},
        2027: {1: (1, 11), 2: (11, 23), 3: (21, 22), 4: (29,), 5: (3, 4, 5), 7: (19,), 8: (11,), 9: (20, 23),
               10: (11,), 11: (3, 23)},
    }.items()
    for month, days in months.items()
    for day in days
}  # fmt: skip


def days_between(first: date, last: date) -> list[date]:
    days = []
    while first <= last:
        days.append(first)
        first += DAY
    return days


def month_days(day: date) -> list[date]:
    """The days of the same month and weekday, in order."""
    around = days_between(max(FIRST, day - 31 * DAY), day + 31 * DAY)
    return [d for d in around if (d.year, d.month, d.weekday()) == (day.year, day.month, day.weekday())]


def plainly_on(pattern: Pattern, day: date) -> bool:
    if isinstance(pattern, Weekly):
        return any(day.weekday() == d for d in pattern.days) or (pattern.holidays and day in HOLIDAYS)
    if isinstance(pattern, NthWeekday):
        return day.weekday() == pattern.day and month_days(day).index(day) + 1 in pattern.nths
    if isinstance(pattern, LastWeekday):
        return day.weekday() == pattern.day and month_days(day)[-1] == day
    if isinstance(pattern, EveryOtherWeek):
        step, turn = (14 * DAY, pattern.anchor)
        while turn < day:
            turn += step
        while turn > day:
            turn -= step
        return turn == day
    assert isinstance(pattern, Once)
    return pattern.date == day


def plainly(schedule: Schedule, day: date) -> set[Span]:
    if schedule.no_holidays and day in HOLIDAYS:
        return set()
    if any(day in days_between(s.first, s.last) for s in schedule.off):
        return set()
    return {(p.start, p.end) for p in schedule.patterns if plainly_on(p, day)}


@given(schedules(), dates, st.integers(0, 70))
def test_sessions_are_what_a_walk_through_the_days_finds(schedule: Schedule, first: date, length: int) -> None:
    last = min(first + length * DAY, LAST)
    found = list(sessions(schedule, first, last))
    assert found == [
        Session(day, *span) for day in days_between(first, last) for span in sorted(plainly(schedule, day))
    ]
    assert found == sorted(set(found))


@given(schedules(), dates)
def test_spans_of_a_day_are_its_minutes(schedule: Schedule, day: date) -> None:
    spans = spans_on(schedule, day)
    assert {m for a, b in spans for m in range(a, b)} == {m for a, b in plainly(schedule, day) for m in range(a, b)}
    assert all(a[1] < b[0] for a, b in pairwise(spans))


def found(cell: str, first: str, last: str) -> list[str]:
    schedule = parse(cell)
    assert schedule is not None
    return [s.date.isoformat() for s in sessions(schedule, date.fromisoformat(first), date.fromisoformat(last))]


def test_public_holidays_of_two_years() -> None:
    assert {day for day in days_between(FIRST, LAST) if is_holiday(day)} == HOLIDAYS


@pytest.mark.parametrize("day", [date.min, date(1900, 1, 1), date(9999, 12, 31), date.max])
def test_far_away_days_can_be_asked(day: date) -> None:
    assert is_holiday(day) in (True, False)


def test_substitute_holidays_and_days_between_holidays() -> None:
    assert found("水・祝 9:00-10:00", "2026-05-01", "2026-05-10") == [
        "2026-05-03",
        "2026-05-04",
        "2026-05-05",
        "2026-05-06",
    ]
    assert found("祝 9:00-10:00", "2026-09-15", "2026-09-30") == ["2026-09-21", "2026-09-22", "2026-09-23"]
    assert found("月 9:00-10:00 / 祝日除く", "2027-03-15", "2027-03-29") == ["2027-03-15", "2027-03-29"]


def test_working_days_do_not_ask_for_public_holidays() -> None:
    assert found("平日 9:00-10:00", "2026-11-02", "2026-11-08") == [f"2026-11-0{d}" for d in range(2, 7)]
    assert found("平日 9:00-10:00 / 祝日除く", "2026-11-02", "2026-11-08") == [f"2026-11-0{d}" for d in (2, 4, 5, 6)]
    assert found("土日祝 9:00-10:00", "2026-11-02", "2026-11-08") == ["2026-11-03", "2026-11-07", "2026-11-08"]


def test_across_the_end_of_the_year() -> None:
    first, last = "2026-12-20", "2027-01-17"
    assert found("火 9:00-10:00 / 除く 2026-12-29〜2027-01-03", first, last) == [
        "2026-12-22",
        "2027-01-05",
        "2027-01-12",
    ]
    assert found("隔週土 9:00-10:00 (2026-12-05)", first, last) == ["2027-01-02", "2027-01-16"]
    assert found("最終木 9:00-10:00", first, last) == ["2026-12-31"]
    assert found("第1・第5金 9:00-10:00", first, last) == ["2027-01-01"]
    assert found("金 9:00-10:00 / 祝日除く", "2026-12-25", "2027-01-08") == ["2026-12-25", "2027-01-08"]


def test_every_other_week_counts_in_both_directions() -> None:
    assert found("隔週土 9:00-10:00 (2026-12-05)", "2026-11-01", "2026-12-31") == [
        "2026-11-07",
        "2026-11-21",
        "2026-12-05",
        "2026-12-19",
    ]


def test_identical_sessions_are_one_and_others_stay_apart() -> None:
    schedule = parse("火 10:00-12:00 / 2026-12-01 10:00-12:00 / 第1火 11:00-13:00 / 平日 10:00-12:00")
    assert schedule is not None
    day = date(2026, 12, 1)
    assert sessions(schedule, day, day) == (Session(day, 600, 720), Session(day, 660, 780))
    assert spans_on(schedule, day) == [(600, 780)]


def test_touching_spans_are_one() -> None:
    schedule = parse("火 12:00-13:00 / 火 10:00-12:00 / 火 14:00-15:00")
    assert schedule is not None
    assert spans_on(schedule, date(2026, 12, 1)) == [(600, 780), (840, 900)]
    assert spans_on(schedule, date(2026, 12, 2)) == []


def test_both_ends_are_included_and_a_reversed_horizon_is_empty() -> None:
    assert found("毎日 9:00-10:00", "2026-12-01", "2026-12-02") == ["2026-12-01", "2026-12-02"]
    assert found("毎日 9:00-10:00", "2026-12-02", "2026-12-01") == []


def test_the_last_days_that_there_are() -> None:
    assert found("毎日 9:00-10:00 / 最終金 11:00-12:00 / 祝 8:00-9:00", "9999-12-30", "9999-12-31") == [
        "9999-12-30",
        "9999-12-31",
        "9999-12-31",
    ]
