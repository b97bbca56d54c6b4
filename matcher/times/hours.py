"""The hours of a pattern: 9:00-17:30, with any of the dashes."""

import re

from matcher.times.dates import TO
from matcher.times.problems import Code, Problem

Hours = tuple[int, int]  # start and end in minutes since midnight

# Digits are taken more generously than they may be, so that 25:00 or 10:5 is named as what it is.
HOURS = re.compile(rf"(?<![\d:])(\d{{1,4}}):(\d{{1,4}}) ?{TO} ?(\d{{1,4}}):(\d{{1,4}})(?![\d:])(?: ?まで)?", re.ASCII)
_MIDNIGHT = 24 * 60


def read_hours(found: re.Match[str], part: str, problems: list[Problem]) -> Hours | None:
    """Start and end of a match of `HOURS`; None, and what is wrong in `problems`, where they do not hold."""
    hour, minute, end_hour, end_minute = found.groups()
    start, end = _minutes(hour, minute), _minutes(end_hour, end_minute)
    if start == _MIDNIGHT:  # 24:00 only ends a day
        start = None
    if start is None:
        problems.append(Problem(Code.NO_SUCH_TIME, part, {"time": f"{hour}:{minute}"}))
    if end is None:
        problems.append(Problem(Code.NO_SUCH_TIME, part, {"time": f"{end_hour}:{end_minute}"}))
    if start is None or end is None:
        return None
    if end <= start:
        times = {"start": f"{hour}:{minute}", "end": f"{end_hour}:{end_minute}"}
        problems.append(Problem(Code.END_BEFORE_START, part, times))
        return None
    return start, end


def _minutes(hour: str, minute: str) -> int | None:
    if len(hour) > 2 or len(minute) != 2 or minute > "59":
        return None
    minutes = int(hour) * 60 + int(minute)
    return minutes if minutes <= _MIDNIGHT else None
