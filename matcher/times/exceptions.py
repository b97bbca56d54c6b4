"""Parts of a cell that take days away: 祝日除く, 除く 2026-12-29〜2027-01-03."""

import re

from matcher.times.dates import DATE, SHORT_DATE, TO, WEEKDAY_NOTE, date_of
from matcher.times.days import check_weekday
from matcher.times.patterns import DateSpan
from matcher.times.problems import Code, Problem

NO_HOLIDAYS = re.compile(r"祝日?(?:は|を)? ?(?:除く|休み)|除く ?[:、]? ?祝日?")
_EXCEPT = re.compile(r"^除く ?[:、]? ?|(?<! ) ?(?:は|を)? ?除く$")
_DAY = re.compile(rf"(?P<whole>{DATE})(?: ?{WEEKDAY_NOTE})?", re.ASCII)
_TO = re.compile(rf" ?{TO} ?")
_NEXT = re.compile(r" ?(?:まで)? ?[、,・] ?")
_END = re.compile(r"(?: ?まで)?")
_SHORT = re.compile(SHORT_DATE, re.ASCII)


def read_off(part: str, problems: list[Problem]) -> list[DateSpan]:
    """The dates and spans of dates of a part; what does not hold is left out and told in `problems`."""
    body = _EXCEPT.sub("", part, count=1)
    days = list(_DAY.finditer(body))
    gaps = [
        body[a:b] for a, b in zip([0, *(d.end() for d in days)], [*(d.start() for d in days), len(body)], strict=True)
    ]
    spans: list[list[re.Match[str]]] = []
    readable = bool(days) and not gaps[0] and _END.fullmatch(gaps[-1]) is not None
    for day, gap in zip(days, gaps[:-1], strict=True):
        if not spans or _NEXT.fullmatch(gap):
            spans.append([day])
        elif _TO.fullmatch(gap) and len(spans[-1]) == 1:
            spans[-1].append(day)
        else:
            readable = False
    if not readable:
        short = dict.fromkeys(s for gap in gaps for s in _SHORT.findall(gap))
        problems.extend(Problem(Code.NO_YEAR, part, {"date": s}) for s in short)
        if not short:
            problems.append(Problem(Code.EXCEPTION_UNREADABLE, part))
        return []
    return [s for s in (_span(span, part, problems) for span in spans) if s is not None]


def _span(days: list[re.Match[str]], part: str, problems: list[Problem]) -> DateSpan | None:
    ends = [date_of(day) for day in days]
    for day, end in zip(days, ends, strict=True):
        if end is None:
            problems.append(Problem(Code.NO_SUCH_DATE, part, {"date": day["whole"]}))
        else:
            check_weekday(end, day["note"], part, problems)
    first, last = ends[0], ends[-1]
    if first is None or last is None:
        return None
    if last < first:
        problems.append(Problem(Code.OFF_REVERSED, part, {"first": days[0]["whole"], "last": days[-1]["whole"]}))
        return None
    return DateSpan(first, last)
