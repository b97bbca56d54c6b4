"""Cells that would be right, to show beside a fault. Each is read before it is shown; none is ever used by itself."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from matcher.times.dates import TO
from matcher.times.hours import HOURS
from matcher.times.patterns import DAY_NAMES, Once, Pattern, Schedule, Weekly
from matcher.times.printing import clock, format_cell
from matcher.times.problems import Code, Problem
from matcher.times.wording import TOLD

Understood = Callable[[str], Schedule | None]  # reads a candidate; None where it has any fault

_LONGEST = 80  # characters of a part for which a remedy is looked for; a longer one would not be shown whole
_MIDNIGHT = 24 * 60
_EVENING = 22 * 60
_MORNING = 9 * 60
_TIMES_OF_DAY = {
    "午前": "9:00-12:00", "朝": "7:00-9:00", "昼": "11:00-14:00", "午後": "13:00-17:00",
    "夕": "16:00-19:00", "夜": "18:00-21:00", "晩": "18:00-21:00",
}  # fmt: skip
_TIME = r"(午前|午後)? ?(\d{1,2})(?:時(?:(半)|(\d{1,2})分)?|:(\d\d))"
_ONE_TIME = re.compile(_TIME, re.ASCII)
_TWO_TIMES = re.compile(rf"{_TIME} ?{TO} ?{_TIME}", re.ASCII)
_DAY_RANGE = re.compile(rf"([{DAY_NAMES}])(?:曜日?)? ?{TO} ?([{DAY_NAMES}])(?:曜日?)?")
_LINKS = " ;、,・。()"
_EXAMPLE_WEEK = date(2026, 12, 1)


def with_fixes(problems: Sequence[Problem], understood: Understood) -> tuple[Problem, ...]:
    """The same problems; those that will be told have a `fix` in their data where one can be thought of."""
    return *(_with_fix(p, understood) for p in problems[:TOLD]), *problems[TOLD:]


def _with_fix(problem: Problem, understood: Understood) -> Problem:
    remedy = _REMEDIES.get(problem.code)
    if remedy is None or len(problem.part) > _LONGEST:
        return problem
    fix = next((c for c in remedy(problem, understood) if understood(c)), None)
    return replace(problem, data={**problem.data, "fix": fix}) if fix else problem


def _named_time_of_day(problem: Problem, _: Understood) -> Iterator[str]:
    for word, hours in _TIMES_OF_DAY.items():
        days, found, _rest = problem.part.partition(word)
        if found:
            yield f"{days.removesuffix('の')} {hours}"
            yield f"毎日 {hours}"


def _other_end(problem: Problem, _: Understood) -> Iterator[str]:
    found = _ONE_TIME.search(problem.part)
    if found:
        at = _minutes(found.groups())
        until = re.search(r"まで|(?<!午)前", problem.part)
        start, end = (min(_MORNING, at - 60), at) if until else (at, _EVENING if at < _EVENING else _MIDNIGHT)
        yield from _on_days(problem.part[: found.start()], start, end)


def _with_colons(problem: Problem, _: Understood) -> Iterator[str]:
    found = _TWO_TIMES.search(problem.part)
    if found:
        first, second = found.groups()[:5], found.groups()[5:]
        if first[0] == "午後" and not second[0]:  # 午後1時〜3時
            second = ("午後", *second[1:])
        yield from _on_days(problem.part[: found.start()], _minutes(first), _minutes(second))


def _minutes(time: Sequence[str | None]) -> int:
    half_day, hour, half, minute, digits = time
    minutes = int(hour or 0) * 60 + (30 if half else int(minute or digits or 0))
    return minutes + _MIDNIGHT // 2 if half_day == "午後" and minutes < _MIDNIGHT // 2 else minutes


def _on_days(head: str, start: int, end: int) -> Iterator[str]:
    if start >= 0:
        for days in (head.strip(" 、,の"), "毎日"):
            yield f"{days} {clock(start)}-{clock(end)}"


def _known_days(problem: Problem, understood: Understood) -> Iterator[str]:
    part = problem.part
    found = _DAY_RANGE.search(part)
    if found:
        first, last = DAY_NAMES.index(found[1]), DAY_NAMES.index(found[2])
        days = "".join(DAY_NAMES[d % 7] for d in range(first, (last if first < last else last + 7) + 1))
        fixed = understood(f"{part[: found.start()]}{days}{part[found.end() :]}")
        if fixed:
            yield format_cell(fixed)
    yield part.replace("週末", "土日")
    yield part.replace("毎", "毎週", 1)
    yield part.replace("と", "・")


def _a_day_before(problem: Problem, _: Understood) -> Iterator[str]:
    yield f"毎日 {problem.part}"


def _hours_behind(problem: Problem, _: Understood) -> Iterator[str]:
    yield f"{problem.part} 10:00-12:00"


def _past_midnight(problem: Problem, understood: Understood) -> Iterator[str]:
    head, _, tail = _around_hours(problem.part)
    evening = understood(f"{head}{problem.data['start']}-24:00{tail}")
    early = understood(f"毎日 0:00-{problem.data['end']}")
    if evening and early:
        nights = [(p, _day_after(p, early.patterns[0].end)) for p in evening.patterns]
        patterns = [p for night in nights for p in night if p is not None]
        if len(patterns) == 2 * len(nights):
            yield format_cell(Schedule(tuple(patterns)))
    elif evening:  # until 0:00, which is written 24:00
        yield format_cell(evening)


def _day_after(pattern: Pattern, end: int) -> Pattern | None:
    match pattern:
        case Weekly(days, holidays=False):
            return Weekly(tuple(sorted((d + 1) % 7 for d in days)), False, 0, end)
        case Once(dated) if dated < date.max:
            return Once(dated + timedelta(days=1), 0, end)
        case _:
            return None


def _an_anchor(problem: Problem, _: Understood) -> Iterator[str]:
    head, hours, _tail = _around_hours(problem.part)
    for days in range(7):
        yield f"{head}{hours} ({_EXAMPLE_WEEK + timedelta(days=days)})"


def _next_anchor(problem: Problem, _: Understood) -> Iterator[str]:
    dated, wanted = date.fromisoformat(problem.data["date"]), problem.data["wanted"]
    days = (DAY_NAMES.index(wanted) - dated.weekday()) % 7
    if (date.max - dated).days >= days:
        yield f"隔週{wanted} {_around_hours(problem.part)[1]} ({dated + timedelta(days=days)})"


def _separated(problem: Problem, _: Understood) -> Iterator[str]:
    head, hours, _tail = _around_hours(problem.part)
    rest = problem.data["rest"].strip(_LINKS)
    yield f"{head}{hours} / {rest}"
    yield f"{head}{hours} / {head.strip()} {rest}"


def _around_hours(part: str) -> tuple[str, str, str]:
    """What stands before the hours of a part, the hours, and what stands behind them."""
    found = HOURS.search(part)
    start, end = found.span() if found else (len(part), len(part))
    return part[:start], part[start:end], part[end:]


_REMEDIES: dict[Code, Callable[[Problem, Understood], Iterator[str]]] = {
    Code.UNREADABLE: _named_time_of_day,
    Code.OPEN_ENDED: _other_end,
    Code.SPOKEN_HOURS: _with_colons,
    Code.UNKNOWN_DAY: _known_days,
    Code.NO_DAY: _a_day_before,
    Code.NO_TIME: _hours_behind,
    Code.END_BEFORE_START: _past_midnight,
    Code.NO_ANCHOR: _an_anchor,
    Code.ANCHOR_WEEKDAY: _next_anchor,
    Code.LEFT_OVER: _separated,
}
