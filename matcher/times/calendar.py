"""Dated sessions of a schedule, with Japanese public holidays."""

from calendar import monthrange
from datetime import date
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
    weekdays,
)


@lru_cache(maxsize=8192)
def is_holiday(day: date) -> bool:
    """Whether the day is a public holiday in Japan, substitute holidays and days between two holidays included.

    The equinoxes of years that have not been announced yet are computed ones.
    """
    return day.year < date.max.year and bool(jpholiday.is_holiday(day))  # the library looks at days around


@lru_cache(maxsize=8192)
def sessions(schedule: Schedule, first: date, last: date) -> tuple[Session, ...]:
    """All sessions from `first` to `last`, both included, sorted, each once; empty where `last` lies before.

    They are remembered: many openings share their hours, and a plan that stands is changed again and again.
    """
    possible = {weekday for pattern in schedule.patterns for weekday in weekdays(pattern)}
    found: list[Session] = []
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        if (ordinal - 1) % 7 in possible:  # the first of all days, 0001-01-01, was a Monday
            day = date.fromordinal(ordinal)
            found += [Session(day, start, end) for start, end in sorted(set(_hours_on(schedule, day)))]
    return tuple(found)


def spans_on(schedule: Schedule, day: date) -> list[Span]:
    """The hours of a day, sorted and disjoint: what overlaps or touches is one."""
    hours = _hours_on(schedule, day)
    return merge(hours) if len(hours) > 1 else hours


def _hours_on(schedule: Schedule, day: date) -> list[Span]:
    hours = [(p.start, p.end) for p in schedule.patterns if _falls_on(p, day)]
    return hours if hours and _open(schedule, day) else []


def _open(schedule: Schedule, day: date) -> bool:
    return not any(s.first <= day <= s.last for s in schedule.off) and not (schedule.no_holidays and is_holiday(day))


def _falls_on(pattern: Pattern, day: date) -> bool:
    match pattern:
        case Weekly(days, holidays):
            return day.weekday() in days or (holidays and is_holiday(day))
        case NthWeekday(nths, weekday):
            return day.weekday() == weekday and (day.day - 1) // 7 + 1 in nths
        case LastWeekday(weekday):
            return day.weekday() == weekday and day.day + 7 > monthrange(day.year, day.month)[1]
        case EveryOtherWeek(anchor=anchor):
            return (day - anchor).days % 14 == 0
        case Once(only):
            return day == only
