"""Schedules for property tests, and the many ways in which people write one and the same schedule."""

from datetime import date

from hypothesis import strategies as st

from matcher.times import (
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

MIDNIGHT = 24 * 60
FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)  # the years whose public holidays the tests know by heart

dates = st.dates(FIRST, LAST)
days = st.integers(0, 6)


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int]:
    """Hours of a day; quarters of an hour are likelier than odd minutes, so that spans touch and coincide."""
    moments = st.one_of(st.integers(0, MIDNIGHT // 15).map(lambda q: q * 15), st.integers(0, MIDNIGHT))
    start, end = sorted(draw(st.lists(moments, min_size=2, max_size=2, unique=True)))
    return start, end


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    start, end = draw(spans())
    kind = draw(st.sampled_from((Weekly, Weekly, NthWeekday, LastWeekday, EveryOtherWeek, Once)))
    if kind is Weekly:
        on = tuple(sorted(draw(st.sets(days, max_size=7))))
        return Weekly(on, len(on) < 7 and (not on or draw(st.booleans())), start, end)
    if kind is NthWeekday:
        return NthWeekday(tuple(sorted(draw(st.sets(st.integers(1, 5), min_size=1)))), draw(days), start, end)
    if kind is LastWeekday:
        return LastWeekday(draw(days), start, end)
    anchor = draw(dates)
    return EveryOtherWeek(anchor.weekday(), start, end, anchor) if kind is EveryOtherWeek else Once(anchor, start, end)


@st.composite
def date_spans(draw: st.DrawFn) -> DateSpan:
    first, last = sorted((draw(dates), draw(dates)))
    return DateSpan(first, first if draw(st.booleans()) else last)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Any schedule that a cell can give."""
    return Schedule(
        tuple(draw(st.lists(patterns(), min_size=1, max_size=4, unique=True))),
        draw(st.booleans()),
        tuple(sorted(draw(st.sets(date_spans(), max_size=2)))),
    )


@st.composite
def written(draw: st.DrawFn) -> tuple[str, Schedule]:
    """A schedule and one of the many cells that say it."""
    schedule = draw(schedules())
    parts = [_written_pattern(draw, p) for p in schedule.patterns]
    off = [_written_off(draw, s) for s in schedule.off]
    if schedule.no_holidays:
        off.append(draw(st.sampled_from(("祝日除く", "祝日を除く", "祝除く", "祝日は休み", "除く 祝日"))))
    cell = parts[0]
    for part in parts[1:] + draw(st.permutations(off)):
        cell += draw(st.sampled_from(("/", " / ", "／", "\n", "　／　", "\r\n", " \n ", "//"))) + part
    return _wide(draw, draw(st.sampled_from(("", " ", "\n"))) + cell), schedule


def _wide(draw: st.DrawFn, text: str) -> str:
    if not draw(st.booleans()):
        return text
    wide = {c: chr(ord(c) + 0xFEE0) for c in "0123456789:-~/,()."} | {" ": "\u3000"}
    return "".join(wide.get(c, c) for c in text)


def _written_pattern(draw: st.DrawFn, pattern: Pattern) -> str:
    blank = draw(st.sampled_from((" ", "  ", "\t")))
    hours = _written_hours(draw, pattern.start, pattern.end)
    match pattern:
        case Weekly(on, holidays):
            return _written_days(draw, on, holidays) + draw(st.sampled_from(("", blank))) + hours
        case NthWeekday(nths, day):
            return _written_nths(draw, nths) + _written_day(draw, day) + draw(st.sampled_from(("", blank))) + hours
        case LastWeekday(day):
            return draw(st.sampled_from(("最終", "毎月最終"))) + _written_day(draw, day) + blank + hours
        case EveryOtherWeek(day, anchor=anchor):
            first = _written_date(draw, anchor)
            behind = draw(st.sampled_from((f" ({first})", f"({first}から)", f"{blank}{first}", f" {first} 起点")))
            if draw(st.booleans()):
                return f"隔週{_written_day(draw, day)}{blank}{hours}{behind}"
            return f"隔週{_written_day(draw, day)}({first}){blank}{hours}"
        case Once(dated):
            note = draw(st.sampled_from(("", f"({DAY_NAMES[dated.weekday()]})", f" ({DAY_NAMES[dated.weekday()]}曜)")))
            return f"{_written_date(draw, dated)}{note}{blank}{hours}"


def _written_hours(draw: st.DrawFn, start: int, end: int) -> str:
    dash = draw(st.sampled_from((*"-–—−‐~〜～ー－", " - ", " 〜 ", "から")))
    digits = draw(st.sampled_from(("{}:{:02d}", "{:02d}:{:02d}")))
    return f"{digits.format(*divmod(start, 60))}{dash}{digits.format(*divmod(end, 60))}" + "まで" * (dash == "から")


def _written_day(draw: st.DrawFn, day: int) -> str:
    return DAY_NAMES[day] + draw(st.sampled_from(("", "", "曜", "曜日")))


def _written_days(draw: st.DrawFn, on: tuple[int, ...], holidays: bool) -> str:
    link = draw(st.sampled_from(("・", "、", ",", "", "･", " ")))
    names = [_written_day(draw, day) for day in draw(st.permutations(on))]
    if not link:  # 火曜日 closed up is one day, so there all are written alike
        ending = draw(st.sampled_from(("", "曜", "曜日")))
        names = [name[0] + ending for name in names]
    if on in (tuple(range(5)), tuple(range(7))) and draw(st.booleans()):
        names = ["平日" if len(on) == 5 else "毎日"]
    if holidays:
        names.append(draw(st.sampled_from(("祝", "祝日"))))
    return draw(st.sampled_from(("", "毎週"))) * bool(on) + link.join(names)


def _written_nths(draw: st.DrawFn, nths: tuple[int, ...]) -> str:
    written = "第" + draw(st.sampled_from(("・第", "第", "、", "・", ",第"))).join(
        map(str, draw(st.permutations(nths)))
    )
    kanji = draw(st.booleans()) and str.maketrans("12345", "一二三四五")
    if kanji and written.count("第") == len(nths):
        written = written.translate(kanji)
    return draw(st.sampled_from(("", "毎月"))) + written


def _written_date(draw: st.DrawFn, dated: date) -> str:
    year, month, day = dated.year, dated.month, dated.day
    return draw(
        st.sampled_from(
            (
                dated.isoformat(),
                f"{year}-{month}-{day}",
                f"{year}/{month}/{day}",
                f"{year}/{month:02d}/{day:02d}",
                f"{year}年{month}月{day}日",
                f"令和{year - 2018}年{month}月{day}日",
                f"R{year - 2018}.{month}.{day}",
            )
        )
    )


def _written_off(draw: st.DrawFn, span: DateSpan) -> str:
    first, last = _written_date(draw, span.first), _written_date(draw, span.last)
    dash = draw(st.sampled_from(("〜", "～", "-", "–", " ~ ", "から")))
    body = first if span.first == span.last else f"{first}{dash}{last}"
    return draw(st.sampled_from(("除く {}", "除く{}", "除く：{}", "{}除く", "{} を除く"))).format(body)
