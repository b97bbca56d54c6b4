"""From a cell to a schedule: the grammar of formats.md, "Times"."""

import re
import unicodedata
from datetime import date
from functools import lru_cache

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
from matcher.times.problems import Problem, TimesError

_DASH = "-~〜–—−‐‒―ー"
_TIME = re.compile(rf"(\d{{1,2}}):(\d{{1,2}})\s*[{_DASH}]\s*(\d{{1,2}}):(\d{{1,2}})")
_LOOKS_OPEN = re.compile(r"以降|以後|から|まで|以前|\d{1,2}:\d\d|\d時")
_DATE_SLASH = re.compile(r"(?<!\d)(\d{4})\s*/\s*(\d{1,2})\s*/\s*(\d{1,2})(?!\d)")
_DATE_KANJI = re.compile(r"(?<!\d)(\d{4})年\s*(\d{1,2})月\s*(\d{1,2})日")
_DATE_ERA = re.compile(r"(?:令和|R)\s*(\d{1,2}|元)(?:年\s*|[.])(\d{1,2})(?:月\s*|[.])(\d{1,2})日?")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SPAN = re.compile(rf"^{_DATE.pattern}\s*[{_DASH}から]+\s*{_DATE.pattern}(?:まで)?$")
_WORDS = {"平日": (0, 1, 2, 3, 4), "土日": (5, 6), "毎日": (0, 1, 2, 3, 4, 5, 6)}
_NTH = re.compile(r"^((?:第?\d{1,2}[・、,]?)+)\s*([月火水木金土日])$")
_NTHS = re.compile(r"第?(\d{1,2})")
_LONGEST_CELL = 4000  # nobody writes longer; what is longer is refused before anything is searched in it


@lru_cache(maxsize=65536)
def parse(cell: str) -> Schedule | None:
    """Read a cell of times. An empty cell is None: not answered.

    Raises:
        TimesError: with every fault of the cell.
    """
    text = unicodedata.normalize("NFKC", cell).strip()
    if not text:
        return None
    if len(text) > _LONGEST_CELL:
        raise TimesError([Problem("unreadable", text[:60])])
    text = _DATE_SLASH.sub(r"\1-\2-\3", text)
    text = _DATE_KANJI.sub(r"\1-\2-\3", text)
    text = _DATE_ERA.sub(lambda m: f"{2018 + (1 if m[1] == '元' else int(m[1]))}-{m[2]}-{m[3]}", text)
    patterns: list[Pattern] = []
    off: list[DateSpan] = []
    no_holidays = False
    problems: list[Problem] = []
    for part in (p.strip() for p in re.split(r"[/\n\r]", text)):
        if not part:
            continue
        try:
            if part in ("祝日除く", "祝日を除く", "祝除く", "祝日は除く", "祝日休み"):
                no_holidays = True
            elif part.startswith("除く"):
                off.append(_off(part))
            else:
                patterns.append(_pattern(part))
        except TimesError as error:
            problems += error.problems
    if not problems and not patterns:
        problems.append(Problem("only_exceptions", text))
    if problems:
        raise TimesError(problems)
    return Schedule(tuple(dict.fromkeys(patterns)), no_holidays, tuple(sorted(set(off))))


def _fail(code: str, part: str, **data: object) -> TimesError:
    return TimesError([Problem(code, part, data)])


def _date(groups: tuple[str, ...], part: str) -> date:
    try:
        return date(*map(int, groups))
    except ValueError:
        raise _fail("no_such_date", part, date="-".join(groups)) from None


def _off(part: str) -> DateSpan:
    body = part.removeprefix("除く").strip(" :　")
    single = _DATE.fullmatch(body)
    if single:
        day = _date(single.groups(), part)
        return DateSpan(day, day)
    both = _SPAN.match(body)
    if not both:
        raise _fail("unreadable", part)
    first, last = _date(both.groups()[:3], part), _date(both.groups()[3:], part)
    if last < first:
        raise _fail("off_reversed", part)
    return DateSpan(first, last)


def _pattern(part: str) -> Pattern:
    found = _TIME.search(part)
    if not found:
        if re.fullmatch(rf"[{DAY_NAMES}祝・、,\s]+|平日|土日祝?|毎日|{_DATE.pattern}", part):
            raise _fail("no_time", part)
        raise _fail("open_ended" if _LOOKS_OPEN.search(part) else "unreadable", part)
    head, tail = part[: found.start()].strip(), part[found.end() :].strip()
    h1, m1, h2, m2 = map(int, found.groups())
    if m1 > 59 or m2 > 59 or len(found[2]) != 2 or len(found[4]) != 2 or h1 > 23 or h2 * 60 + m2 > 1440:
        raise _fail("no_such_time", part)
    start, end = h1 * 60 + m1, h2 * 60 + m2
    if end <= start:
        raise _fail("end_before_start", part)
    if not head:
        raise _fail("no_day", part)
    if head.startswith("隔週"):
        return _every_other(head, tail, part, start, end)
    if tail:
        raise _fail("left_over", part, rest=tail)
    dated = _DATE.fullmatch(head) or re.fullmatch(rf"{_DATE.pattern}\s*\([{DAY_NAMES}]\)", head)
    if dated:
        return Once(_date(dated.groups()[:3], part), start, end)
    bare = re.sub(r"毎週|曜日|曜", "", head).strip()
    if bare.startswith("最終"):
        day = bare.removeprefix("最終").strip()
        if day not in DAY_NAMES or len(day) != 1:
            raise _fail("unknown_day", part)
        return LastWeekday(DAY_NAMES.index(day), start, end)
    if bare.startswith("第"):
        return _nth(bare, part, start, end)
    return _weekly(bare, part, start, end)


def _every_other(head: str, tail: str, part: str, start: int, end: int) -> EveryOtherWeek:
    day = re.sub(r"曜日|曜", "", head.removeprefix("隔週")).strip()
    if len(day) != 1 or day not in DAY_NAMES:
        raise _fail("unknown_day", part)
    anchor = re.fullmatch(rf"\(?\s*{_DATE.pattern}\s*(?:から|起点)?\s*\)?", tail)
    if not anchor:
        raise _fail("left_over", part, rest=tail) if tail else _fail("no_anchor", part)
    first = _date(anchor.groups()[:3], part)
    if first.weekday() != DAY_NAMES.index(day):
        raise _fail("anchor_weekday", part, date=first.isoformat(), found=DAY_NAMES[first.weekday()], wanted=day)
    return EveryOtherWeek(DAY_NAMES.index(day), start, end, first)


def _nth(bare: str, part: str, start: int, end: int) -> NthWeekday:
    found = _NTH.match(bare)
    if not found:
        days = [c for c in bare if c in DAY_NAMES]
        raise _fail("ambiguous_nth" if len(days) > 1 else "unknown_day", part)
    nths = sorted({int(n) for n in _NTHS.findall(found[1])})
    for nth in nths:
        if not 1 <= nth <= 5:
            raise _fail("no_such_nth", part, nth=nth)
    return NthWeekday(tuple(nths), DAY_NAMES.index(found[2]), start, end)


def _weekly(bare: str, part: str, start: int, end: int) -> Weekly:
    days: set[int] = set()
    holidays = False
    for name in (x for x in re.split(r"[・、,\s]+", bare) if x):
        if name.endswith("祝日"):
            name = name.removesuffix("日")
        if name.endswith("祝"):
            holidays, name = True, name.removesuffix("祝")
        if name in _WORDS:
            days |= set(_WORDS[name])
        elif all(c in DAY_NAMES for c in name):
            days |= {DAY_NAMES.index(c) for c in name}
        else:
            raise _fail("unknown_day", part)
    return Weekly(tuple(sorted(days)), holidays, start, end)
