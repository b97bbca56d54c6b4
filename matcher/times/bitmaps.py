"""A typical week as bits, one a minute: a quick necessary condition, and the picture behind a week grid."""

from matcher.times.patterns import Once, Schedule, Weekly

MINUTES = 1440
Week = tuple[int, int, int, int, int, int, int]  # Monday first; bit m is the minute m of the day


def week(schedule: Schedule) -> Week:
    """Minutes of each weekday on which the schedule can ever have somebody there.

    Patterns bound to weeks of the month or single dates count on their weekday, public holidays on every day;
    exceptions are not taken away, so a clear bit means never.
    """
    days = [0] * 7
    for pattern in schedule.patterns:
        bits = (1 << pattern.end) - (1 << pattern.start)
        match pattern:
            case Weekly(weekdays, holidays):
                on = tuple(range(7)) if holidays else weekdays
            case Once(day):
                on = (day.weekday(),)
            case _:
                on = (pattern.day,)
        for weekday in on:
            days[weekday] |= bits
    return days[0], days[1], days[2], days[3], days[4], days[5], days[6]


def common_minutes(a: Week, b: Week) -> int:
    """Minutes of a typical week that both have."""
    return sum((x & y).bit_count() for x, y in zip(a, b, strict=True))
