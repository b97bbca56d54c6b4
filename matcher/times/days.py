"""The days of a pattern, which stand before its hours: 火・木, 平日, 土日祝, 第1・第3日, 最終金, 隔週土, a date."""

import re
from collections.abc import Sequence
from datetime import date

from matcher.times.dates import DATE, SHORT_DATE, WEEKDAY_NOTE, date_of
from matcher.times.hours import Hours
from matcher.times.patterns import DAY_NAMES, EveryOtherWeek, LastWeekday, NthWeekday, Once, Pattern, Weekly
from matcher.times.problems import Code, Problem

Token = re.Match[str]

# 火曜日曜, 毎日曜 and 祝日曜 end in a Sunday, so 曜日, 毎日, 平日 and 祝日 are only taken where no 曜 follows.
_TOKEN = re.compile(
    r"(?P<between>[ ・·•、,]+)"
    r"|(?P<weekday>[月火水木金土日])(?:曜日(?!曜)|曜)?"
    r"|(?P<several>平日|毎日)(?!曜)"
    r"|(?P<holiday>祝日(?!曜)|祝)"
    r"|第 ?(?P<nth>\d{1,4}|[一二三四五六七八九十])"
    r"|(?P<last>最終)"
    r"|(?P<every>毎週|毎月)"
    r"|(?P<other>隔週)"
    rf"|(?P<dated>{DATE})"
    rf"|(?P<short>{SHORT_DATE})"
    rf"|(?P<noted>{WEEKDAY_NOTE})"
    r"|(?P<number>\d{1,4})"
    r"|(?P<unknown>[^ ・·•、,月火水木金土日平毎祝第最隔\d令Rr(]+|.)",
    re.ASCII | re.DOTALL,
)
_ANCHOR = re.compile(rf"(\( ?)?{DATE} ?(?:{WEEKDAY_NOTE})? ?(?:から|より|起点)?(?(1) ?\))", re.ASCII)
_SHORT_ANCHOR = re.compile(rf"\(? ?({SHORT_DATE})", re.ASCII)
_SEVERAL = {"平日": (0, 1, 2, 3, 4), "毎日": (0, 1, 2, 3, 4, 5, 6)}
_KANJI = "〇一二三四五六七八九十"
_NTHS = range(1, 6)
_LAST = -1  # stands among the ordinals for 最終


def read_days(head: str, tail: str, part: str, hours: Hours, problems: list[Problem]) -> list[Pattern]:
    """The patterns of one part of a cell; empty, and what is wrong in `problems`, where its days cannot be read.

    Args:
        head: what stands before the hours.
        tail: what stands after them: the date to count from after 隔週, nothing otherwise.
        part: the whole part, for quoting.
        hours: start and end in minutes since midnight.
        problems: where faults are added.
    """
    if "隔週" in head:
        return _every_other(head, tail, part, hours, problems)
    if tail:
        problems.append(Problem(Code.LEFT_OVER, part, {"rest": tail}))
    tokens = [t for t in _TOKEN.finditer(head) if t.lastgroup != "between"]
    kinds = {t.lastgroup for t in tokens}
    if not tokens:
        problems.append(Problem(Code.NO_DAY, part))
        return []
    if "unknown" in kinds or "short" in kinds:
        _unknown(tokens, part, problems)
        return []
    if "dated" in kinds:
        return _dates(tokens, part, hours, problems)
    if "nth" in kinds or "last" in kinds:
        return _in_month(tokens, part, hours, problems)
    return _weekly(tokens, part, hours, problems)


def check_weekday(dated: date, note: str | None, part: str, problems: list[Problem]) -> None:
    """A weekday noted beside a date must be the date's own."""
    if note and DAY_NAMES[dated.weekday()] != note:
        problems.append(Problem(Code.WRONG_WEEKDAY, part, _which_day(dated, note)))


def _which_day(dated: date, wanted: str) -> dict[str, str]:
    return {"date": dated.isoformat(), "found": DAY_NAMES[dated.weekday()], "wanted": wanted}


def _unknown(tokens: Sequence[Token], part: str, problems: list[Problem]) -> None:
    """Name what has no place in any reading: dates without a year, else the first run of unknown characters."""
    short = dict.fromkeys(t["short"] for t in tokens if t["short"])
    if short:
        problems.extend(Problem(Code.NO_YEAR, part, {"date": s}) for s in short)
        return
    word: list[str] = []
    end = -1
    for token in tokens:
        if token.lastgroup in ("unknown", "number"):
            if word and token.start() != end:
                break
            word.append(token[0])
            end = token.end()
    problems.append(Problem(Code.UNKNOWN_DAY, part, {"word": "".join(word)}))


def _weekday(token: Token) -> int | None:
    name = token["weekday"] or (None if token["also"] else token["note"])
    return DAY_NAMES.index(name) if name else None


def _weekly(tokens: Sequence[Token], part: str, hours: Hours, problems: list[Problem]) -> list[Pattern]:
    days: set[int] = set()
    holidays = False
    for token in tokens:
        day = _weekday(token)
        if day is not None:
            days.add(day)
        elif token["several"]:
            days.update(_SEVERAL[token["several"]])
        elif token["holiday"]:
            holidays = True
        elif token[0] != "毎週":
            problems.append(Problem(Code.UNKNOWN_DAY, part, {"word": token[0]}))
            return []
    if not days and not holidays:
        problems.append(Problem(Code.UNKNOWN_DAY, part, {"word": tokens[0][0]}))
        return []
    return [Weekly(tuple(sorted(days)), holidays and len(days) < len(DAY_NAMES), *hours)]


def _dates(tokens: Sequence[Token], part: str, hours: Hours, problems: list[Problem]) -> list[Pattern]:
    patterns: list[Pattern] = []
    dated: date | None = None
    notable = False
    for token in tokens:
        if token["dated"]:
            dated = date_of(token)
            if dated is None:
                problems.append(Problem(Code.NO_SUCH_DATE, part, {"date": token["dated"]}))
            else:
                patterns.append(Once(dated, *hours))
        elif token["noted"] and notable:
            if dated is not None:
                check_weekday(dated, token["note"], part, problems)
        else:
            problems.append(Problem(Code.UNKNOWN_DAY, part, {"word": token[0]}))
            return []
        notable = token["dated"] is not None
    return patterns


def _in_month(tokens: Sequence[Token], part: str, hours: Hours, problems: list[Problem]) -> list[Pattern]:
    """Groups of ordinals, each followed by exactly one weekday.

    Two weekdays after one group are refused: 第1・第3火・木 may mean every Thursday, and 第2土日 the second weekend or
    the second Saturday and the second Sunday, which are not the same.
    """
    groups: dict[int, set[int]] = {}  # weekday → ordinals
    ordinals: set[int] = set()
    for token in tokens:
        day = _weekday(token)
        if token["nth"] or (token["number"] and ordinals):
            ordinals.add(_ordinal(token["nth"] or token["number"]))
        elif token["last"]:
            ordinals.add(_LAST)
        elif day is not None and ordinals:
            groups.setdefault(day, set()).update(ordinals)
            ordinals = set()
        elif token[0] != "毎月" or groups or ordinals:
            problems.append(Problem(Code.AMBIGUOUS_NTH, part))
            return []
    if ordinals:
        problems.append(Problem(Code.AMBIGUOUS_NTH, part))
    patterns: list[Pattern] = []
    for day, found in groups.items():
        nths = tuple(sorted(found - {_LAST}))
        if nths:
            patterns.append(NthWeekday(nths, day, *hours))
        if _LAST in found:
            patterns.append(LastWeekday(day, *hours))
    outside = sorted(set().union(*groups.values()) - {_LAST, *_NTHS})
    problems.extend(Problem(Code.NO_SUCH_NTH, part, {"nth": str(n)}) for n in outside)
    return patterns


def _ordinal(text: str) -> int:
    return _KANJI.index(text) if text in _KANJI else int(text)


def _every_other(head: str, tail: str, part: str, hours: Hours, problems: list[Problem]) -> list[Pattern]:
    """隔週 with exactly one weekday, and the date to count from in front of the hours or behind them."""
    anchor = _ANCHOR.search(head)
    if anchor:
        head = f"{head[: anchor.start()]} {head[anchor.end() :]}"
        if tail:
            problems.append(Problem(Code.LEFT_OVER, part, {"rest": tail}))
    else:
        anchor = _ANCHOR.fullmatch(tail)
    tokens = [t for t in _TOKEN.finditer(head) if t.lastgroup != "between"]
    if any(t.lastgroup in ("unknown", "short") for t in tokens):
        _unknown(tokens, part, problems)
        return []
    days = [d for d in map(_weekday, tokens) if d is not None]
    if len(days) != 1 or len(tokens) != 2:
        problems.append(Problem(Code.EVERY_OTHER_DAYS, part))
        return []
    if anchor is None:
        short = _SHORT_ANCHOR.match(tail)
        problems.append(Problem(Code.NO_YEAR, part, {"date": short[1]}) if short else Problem(Code.NO_ANCHOR, part))
        return []
    first = date_of(anchor)
    if first is None:
        problems.append(Problem(Code.NO_SUCH_DATE, part, {"date": anchor[0].strip("() ")}))
        return []
    check_weekday(first, anchor["note"], part, problems)
    if first.weekday() != days[0]:
        problems.append(Problem(Code.ANCHOR_WEEKDAY, part, _which_day(first, DAY_NAMES[days[0]])))
    return [EveryOtherWeek(days[0], *hours, first)]
