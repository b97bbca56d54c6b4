"""From a cell to a schedule: the grammar of formats.md, "Times"."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from matcher.times.dates import DATE, SHORT_DATE
from matcher.times.days import read_days
from matcher.times.errors import TimesError
from matcher.times.exceptions import NO_HOLIDAYS, read_off
from matcher.times.hours import HOURS, read_hours
from matcher.times.patterns import DateSpan, Pattern, Schedule
from matcher.times.problems import Code, Problem
from matcher.times.remedies import with_fixes

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")  # comes along with text copied from a page
_BLANKS = re.compile(r"[ \t]{2,}|\t")
_LINE_END = re.compile("[\n\r\v\f\x85\u2028\u2029]")
# A slash inside a date, even one without its year, separates nothing.
_SEPARATOR = re.compile(rf"(?P<kept>{DATE}|{SHORT_DATE})|/|{_LINE_END.pattern}", re.ASCII)

_SPOKEN_HOURS = re.compile(r"\d時.*\d時", re.ASCII)
_ONE_END = re.compile(r"\d:\d|\d時|以降|以後|以前|から|まで", re.ASCII)
_ANY_HOURS = (9 * 60, 17 * 60)  # stand in where the hours are wrong, so that the days are still looked at

_REMEMBERED = 65_536
_LONGEST_REMEMBERED = 200  # characters; longer cells are rare, and keeping them would cost memory
_MOST_MARKS = 30  # on one letter, as in Unicode's stream-safe text


def parse(cell: str) -> Schedule | None:
    """Read a cell of times. An empty cell is None: not answered.

    Time and memory grow linearly with the cell, whatever stands in it.

    Raises:
        TimesError: with every fault of the cell.
    """
    found = _remembered(cell) if len(cell) <= _LONGEST_REMEMBERED else _read(_without_towers(cell))
    if isinstance(found, tuple):
        raise TimesError(found)
    return found


def _read(cell: str) -> Schedule | tuple[Problem, ...] | None:
    text = _normalised(cell)
    if not text:
        return None
    problems: list[Problem] = []
    schedule = _schedule(text, problems)
    return with_fixes(tuple(dict.fromkeys(problems)), _understood) if problems else schedule


_remembered = lru_cache(maxsize=_REMEMBERED)(_read)


def _understood(text: str) -> Schedule | None:
    """The schedule of a text that is already normalised; None where it has any fault."""
    problems: list[Problem] = []
    schedule = _schedule(text, problems)
    return None if problems else schedule


def _normalised(cell: str) -> str:
    text = unicodedata.normalize("NFKC", cell)
    return _BLANKS.sub(" ", _INVISIBLE.sub("", text)).strip()


def _without_towers(cell: str) -> str:
    """Combining marks beyond the thirtieth on one letter taken off: NFKC sorts a run of them in quadratic time."""
    kept: list[str] = []
    marks = 0
    for character in cell:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _parts(text: str) -> Iterator[str]:
    pieces: list[str] = []
    if "/" not in text:
        pieces = _LINE_END.split(text)
    else:
        start = 0
        for found in _SEPARATOR.finditer(text):
            if found.lastgroup != "kept":
                pieces.append(text[start : found.start()])
                start = found.end()
        pieces.append(text[start:])
    return (p for p in map(str.strip, pieces) if p)


def _schedule(text: str, problems: list[Problem]) -> Schedule:
    patterns: list[Pattern] = []
    off: list[DateSpan] = []
    no_holidays = False
    only_exceptions = True
    for part in _parts(text):
        hours = HOURS.search(part)
        if NO_HOLIDAYS.fullmatch(part):
            no_holidays = True
        elif part.startswith("除く") or (part.endswith("除く") and not hours):
            off += read_off(part, problems)
        else:
            only_exceptions = False
            patterns += _patterns(part, hours, problems) if hours else _half(part, problems)
    if only_exceptions:
        problems.append(Problem(Code.ONLY_EXCEPTIONS if no_holidays or off or problems else Code.UNREADABLE, text))
    return Schedule(tuple(dict.fromkeys(patterns)), no_holidays, tuple(sorted(set(off))))


def _patterns(part: str, found: re.Match[str], problems: list[Problem]) -> list[Pattern]:
    hours = read_hours(found, part, problems)
    head, tail = part[: found.start()].strip(), part[found.end() :].strip()
    return read_days(head, tail, part, hours or _ANY_HOURS, problems)


def _half(part: str, problems: list[Problem]) -> list[Pattern]:
    """A part without hours is never a pattern; say what it lacks."""
    of_days: list[Problem] = []
    read_days(part, "", part, _ANY_HOURS, of_days)
    if not any(p.code is Code.UNKNOWN_DAY for p in of_days):
        problems += of_days
        problems.append(Problem(Code.NO_TIME, part))
    elif _SPOKEN_HOURS.search(part):
        problems.append(Problem(Code.SPOKEN_HOURS, part))
    elif _ONE_END.search(part):
        problems.append(Problem(Code.OPEN_ENDED, part))
    else:
        problems.append(Problem(Code.UNREADABLE, part))
    return []
