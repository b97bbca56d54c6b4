"""From a schedule to its canonical cell; `parse(format_cell(s)) == s`."""

from matcher.times.patterns import (
    DAY_NAMES,
    DateSpan,
    EveryOtherWeek,
    LastWeekday,
    NthWeekday,
    Once,
    Pattern,
    Schedule,
    Weekly,
)

_WORDS = {(0, 1, 2, 3, 4): "平日", (5, 6): "土日", (0, 1, 2, 3, 4, 5, 6): "毎日"}


def clock(minutes: int) -> str:
    """Minutes of the day as people write them: 9:05, 17:00, 24:00."""
    return f"{minutes // 60}:{minutes % 60:02d}"


def format_cell(schedule: Schedule) -> str:
    """The cell that says the same, in canonical form."""
    parts = [_pattern(p) for p in schedule.patterns]
    if schedule.no_holidays:
        parts.append("祝日除く")
    return " / ".join(parts + [_off(s) for s in schedule.off])


def _pattern(pattern: Pattern) -> str:
    hours = f"{clock(pattern.start)}-{clock(pattern.end)}"
    match pattern:
        case Weekly(days, holidays):
            names = [_WORDS[days]] if days in _WORDS else [DAY_NAMES[d] for d in days]
            return f"{'・'.join(names + ['祝'] * holidays)} {hours}"
        case NthWeekday(nths, day):
            return f"{'・'.join(f'第{n}' for n in nths)}{DAY_NAMES[day]} {hours}"
        case LastWeekday(day):
            return f"最終{DAY_NAMES[day]} {hours}"
        case EveryOtherWeek(day, anchor=anchor):
            return f"隔週{DAY_NAMES[day]} {hours} ({anchor})"
        case Once(dated):
            return f"{dated} {hours}"


def _off(span: DateSpan) -> str:
    return f"除く {span.first}" if span.first == span.last else f"除く {span.first}〜{span.last}"
