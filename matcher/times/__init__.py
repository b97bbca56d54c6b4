"""Times: cells of patterns, dated sessions, public holidays, overlap. Pure; source: formats.md, "Times"."""

from matcher.times.bitmaps import Week, common_minutes, usual_week, week
from matcher.times.calendar import is_holiday, sessions, spans_on
from matcher.times.errors import TimesError
from matcher.times.grammar import parse
from matcher.times.overlap import MIN_STAY, merge, stay
from matcher.times.patterns import (
    DAY_NAMES,
    DateSpan,
    EveryOtherWeek,
    LastWeekday,
    NthWeekday,
    Once,
    Pattern,
    Schedule,
    Session,
    Span,
    Weekly,
)
from matcher.times.printing import clock, format_cell
from matcher.times.problems import Code, Problem
from matcher.times.wording import sentence

__all__ = [
    "DAY_NAMES",
    "MIN_STAY",
    "Code",
    "DateSpan",
    "EveryOtherWeek",
    "LastWeekday",
    "NthWeekday",
    "Once",
    "Pattern",
    "Problem",
    "Schedule",
    "Session",
    "Span",
    "TimesError",
    "Week",
    "Weekly",
    "clock",
    "common_minutes",
    "format_cell",
    "is_holiday",
    "merge",
    "parse",
    "sentence",
    "sessions",
    "spans_on",
    "stay",
    "usual_week",
    "week",
]
