"""The patterns a cell of times is made of. Minutes count from midnight; weekdays from 0 = Monday."""

from dataclasses import dataclass
from datetime import date

DAY_NAMES = "月火水木金土日"
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Weekly:
    """Every week on these days, and on public holidays too where `holidays` says so."""

    days: tuple[int, ...]
    holidays: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NthWeekday:
    """The first, third … such weekday of each month."""

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
    """Every other such weekday, counted from `anchor` in both directions."""

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


@dataclass(frozen=True, slots=True, order=True)
class DateSpan:
    """Dates on which nothing happens, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Schedule:
    """What one cell says: patterns, less public holidays where asked, less the spans in `off`."""

    patterns: tuple[Pattern, ...]
    no_holidays: bool = False
    off: tuple[DateSpan, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Session:
    """One dated occurrence, in minutes of the day."""

    date: date
    start: int
    end: int
