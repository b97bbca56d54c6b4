"""A week as bits, one a minute: a quick necessary condition, and the picture behind a week grid."""

from collections.abc import Iterable

from matcher.times.patterns import Once, Pattern, Schedule, Weekly, weekdays

Week = tuple[int, int, int, int, int, int, int]  # Monday first; bit m is the minute that begins m after midnight


def week(schedule: Schedule) -> Week:
    """The minutes of each weekday in which the schedule can ever have somebody there; a clear bit means never.

    Patterns bound to weeks of the month, every other week and single dates count on their weekday, public holidays
    on every day. Exceptions take nothing away, since they leave other weeks as they are.
    """
    return _bits((p, weekdays(p)) for p in schedule.patterns)


def usual_week(schedule: Schedule) -> Week:
    """The week to draw: as `week`, but without public holidays and single dates, which belong to no weekday."""
    drawn = [p for p in schedule.patterns if not isinstance(p, Once)]
    return _bits((p, p.days if isinstance(p, Weekly) else weekdays(p)) for p in drawn)


def common_minutes(a: Week, b: Week) -> int:
    """Minutes of the week that both have."""
    return sum((x & y).bit_count() for x, y in zip(a, b, strict=True))


def _bits(patterns: Iterable[tuple[Pattern, tuple[int, ...]]]) -> Week:
    days = [0] * 7
    for pattern, on in patterns:
        for weekday in on:
            days[weekday] |= (1 << pattern.end) - (1 << pattern.start)
    return days[0], days[1], days[2], days[3], days[4], days[5], days[6]
