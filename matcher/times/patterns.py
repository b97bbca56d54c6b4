"""The patterns a cell of times is made of. Minutes count from midnight; weekdays from 0 = Monday."""

from dataclasses import dataclass
from datetime import date

DAY_NAMES = "月火水木金土日"
Span = tuple[int, int]  # minutes of one day, start < end


@dataclass(frozen=True, slots=True)
class Weekly:
    """Every week on these days, and on every public holiday where `holidays` says so.

    `days` is sorted and without doubles; it may be empty where `holidays` is set. Every day of the week with
    `holidays` would say nothing more, so the grammar never sets both.
    """

    days: tuple[int, ...]
    holidays: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NthWeekday:
    """The first, third … such weekday of each month; `nths` is sorted, from 1 to 5."""

    nths: tuple[int, ...]
    day: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class LastWeekday:
    """The last such weekday of each month."""

    day: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EveryOtherWeek:
    """Every other such weekday, counted from `anchor` in both directions; `anchor` falls on `day`."""

    day: int
    start: int
    end: int
    anchor: date


@dataclass(frozen=True, slots=True)
class Once:
    """One date."""

    date: date
    start: int
    end: int


Pattern = Weekly | NthWeekday | LastWeekday | EveryOtherWeek | Once


def weekdays(pattern: Pattern) -> tuple[int, ...]:
    """The weekdays on which the pattern can fall, in some week or other."""
    match pattern:
        case Weekly(days, holidays):
            return tuple(range(7)) if holidays else days
        case Once(dated):
            return (dated.weekday(),)
        case _:
            return (pattern.day,)


@dataclass(frozen=True, slots=True, order=True)
class DateSpan:
    """Dates on which nothing happens, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Schedule:
    """What one cell says: patterns in the order written, less public holidays where asked, less the spans in `off`."""

    patterns: tuple[Pattern, ...]
    no_holidays: bool = False
    off: tuple[DateSpan, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Session:
    """One dated occurrence, in minutes of the day."""

    date: date
    start: int
    end: int
