"""Dated sessions of a schedule, with Japanese public holidays."""

from datetime import date, timedelta
from functools import lru_cache

import jpholiday

from matcher.times.overlap import merge
from matcher.times.patterns import (
    EveryOtherWeek,
    LastWeekday,
    NthWeekday,
    Once,
    Pattern,
    Schedule,
    Session,
    Span,
    Weekly,
)


@lru_cache(maxsize=4096)
def is_holiday(day: date) -> bool:
    """Whether the day is a public holiday in Japan, substitute holidays included."""
    return bool(jpholiday.is_holiday(day))


def happens(pattern: Pattern, day: date) -> bool:
    """Whether the pattern falls on the day, exceptions aside."""
    match pattern:
        case Weekly(days, holidays):
            return day.weekday() in days or (holidays and is_holiday(day))
        case NthWeekday(nths, weekday):
            return day.weekday() == weekday and (day.day - 1) // 7 + 1 in nths
        case LastWeekday(weekday):
            return day.weekday() == weekday and (day + timedelta(days=7)).month != day.month
        case EveryOtherWeek(_, anchor=anchor):
            return (day - anchor).days % 14 == 0
        case Once(only):
            return day == only


def _open(schedule: Schedule, day: date) -> bool:
    return not any(s.first <= day <= s.last for s in schedule.off) and not (schedule.no_holidays and is_holiday(day))


def sessions(schedule: Schedule, first: date, last: date) -> list[Session]:
    """All sessions from `first` to `last`, both included, sorted, each once."""
    found = set()
    for i in range((last - first).days + 1):
        day = first + timedelta(days=i)
        hits = [p for p in schedule.patterns if happens(p, day)]
        if hits and _open(schedule, day):
            found |= {Session(day, p.start, p.end) for p in hits}
    return sorted(found)


def spans_on(schedule: Schedule, day: date) -> list[Span]:
    """Hours of a day as disjoint spans: what overlaps or touches is one."""
    hits = [(p.start, p.end) for p in schedule.patterns if happens(p, day)]
    return merge(hits) if hits and _open(schedule, day) else []
