"""Days of a pattern: what reads one way only, and what does not."""

from datetime import date

import pytest

from matcher.times import DAY_NAMES, TimesError, format_cell, parse


def days_of(text: str) -> str:
    """The days of a cell in canonical form."""
    schedule = parse(f"{text} 10:00-12:00")
    assert schedule is not None
    return format_cell(schedule).replace(" 10:00-12:00", "")


def refusal(cell: str) -> list[tuple[str, dict[str, str]]]:
    with pytest.raises(TimesError) as caught:
        parse(cell)
    return [(p.code.value, {k: v for k, v in p.data.items() if k != "fix"}) for p in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("火木", "火・木"),
        ("木火", "火・木"),
        ("火、木", "火・木"),
        ("火,木", "火・木"),
        ("火，木", "火・木"),
        ("火･木", "火・木"),
        ("火·木", "火・木"),
        ("火 木", "火・木"),
        ("火・火", "火"),
        ("火曜日", "火"),
        ("火曜・木曜", "火・木"),
        ("火曜木曜日", "火・木"),
        ("火曜日曜", "火・日"),
        ("火曜日曜日", "火・日"),
        ("火曜日木", "火・木"),
        ("火曜 日", "火・日"),
        ("日曜日曜日", "日"),
        ("毎週火", "火"),
        ("毎週火・木曜日", "火・木"),
        ("毎週 火", "火"),
        ("(火)", "火"),
        ("㈫", "火"),
        ("火、木、", "火・木"),
        ("日曜日", "日"),
        ("月日", "月・日"),
        ("月火水木金", "平日"),
        ("土・日", "土日"),
        ("日土", "土日"),
        ("月火水木金土日", "毎日"),
        ("平日・土", "月・火・水・木・金・土"),
        ("平日土日", "毎日"),
        ("毎日", "毎日"),
        ("毎週土日", "土日"),
        ("祝", "祝"),
        ("祝日", "祝"),
        ("土日祝", "土日・祝"),
        ("土日祝日", "土日・祝"),
        ("土・日・祝日", "土日・祝"),
        ("火・祝", "火・祝"),
        ("日祝", "日・祝"),
        ("平日・祝", "平日・祝"),
        ("毎日・祝", "毎日"),
        ("月火水木金土日祝", "毎日"),
        ("第1日", "第1日"),
        ("第1・第3日", "第1・第3日"),
        ("第1第3日", "第1・第3日"),
        ("第1・3日", "第1・第3日"),
        ("第3・第1日", "第1・第3日"),
        ("第1、第3日曜日", "第1・第3日"),
        ("第１・第３日曜", "第1・第3日"),
        ("毎月第1・第3日", "第1・第3日"),
        ("第一・第三日曜", "第1・第3日"),
        ("第 2 土", "第2土"),
        ("第1・第1土", "第1土"),
        ("第5月", "第5月"),
        ("第2(土)", "第2土"),
        ("第1火・第3木", "第1火 / 第3木"),
        ("第1火曜、第3火曜", "第1・第3火"),
        ("第1・第3火、第2木", "第1・第3火 / 第2木"),
        ("最終金", "最終金"),
        ("最終金曜日", "最終金"),
        ("毎月最終日曜", "最終日"),
        ("第2・最終金", "第2金 / 最終金"),
        ("2026-12-24", "2026-12-24"),
        ("2026-12-24(木)", "2026-12-24"),
        ("2026年12月24日(木曜日)", "2026-12-24"),
        ("2026-11-03(火・祝)", "2026-11-03"),
        ("2026-11-03(火祝)", "2026-11-03"),
        ("2026-12-24、2026-12-25", "2026-12-24 / 2026-12-25"),
        ("2026-12-24(木)・2026-12-25(金)", "2026-12-24 / 2026-12-25"),
    ],
)
def test_days_that_read_one_way(text: str, canonical: str) -> None:
    assert days_of(text) == canonical


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("灯", "灯"),
        ("火と木", "と"),
        ("月〜金", "〜"),
        ("毎日曜", "毎"),
        ("曜日", "曜"),
        ("毎週", "毎週"),
        ("週末", "週末"),
        ("1・3日", "1"),
        ("24日", "24"),
        ("毎月火", "毎月"),
        ("火 2026-12-01", "火"),
        ("2026-12", "2026-12"),
        ("第火", "第"),
        ("2026-12-01〜2026-12-03", "〜"),
        ("(火・祝)", "(火・祝)"),
        ("火(隔)", "(隔)"),
        ("2026-2-29-1", "-1"),
        ("2026-12-241", "2026-12-241"),
        ("隔週灯", "灯"),
    ],
)
def test_days_that_are_unknown(text: str, word: str) -> None:
    assert refusal(f"{text} 10:00-12:00") == [("unknown_day", {"word": word})]


@pytest.mark.parametrize(
    "text",
    [
        "第1・第3火・木",
        "第1・第3火木",
        "第1土・日",
        "第2土日",
        "第1平日",
        "第1・祝",
        "第1火・祝",
        "第1火・3木",
        "第1・第3",
        "毎週第1火",
        "火・第1木",
        "第1毎月火",
        "第1火・毎月第2火",
    ],
)
def test_weeks_of_the_month_that_read_two_ways(text: str) -> None:
    assert refusal(f"{text} 10:00-12:00") == [("ambiguous_nth", {})]


@pytest.mark.parametrize(
    ("text", "nths"),
    [
        ("第6日", ["6"]),
        ("第1・第6日", ["6"]),
        ("第13日", ["13"]),
        ("第六日曜", ["6"]),
        ("第0月・第7月", ["0", "7"]),
        ("第9999土", ["9999"]),
    ],
)
def test_there_are_five_weeks_in_a_month(text: str, nths: list[str]) -> None:
    assert refusal(f"{text} 10:00-12:00") == [("no_such_nth", {"nth": n}) for n in nths]


@pytest.mark.parametrize(
    "cell",
    [
        "隔週土 10:00-12:00 (2026-12-05)",
        "隔週土曜日 10:00-12:00（2026/12/5）",
        "隔週土10:00-12:00 2026-12-05",
        "隔週 土 10:00-12:00 (R8.12.5から)",
        "隔週土(2026-12-05) 10:00-12:00",
        "隔週土 2026年12月5日から 10:00-12:00",
        "隔週土 10:00-12:00 (2026-12-05(土))",
        "隔週土 10:00-12:00 ( 2026-12-05 起点 )",
    ],
)
def test_every_other_week_and_its_date(cell: str) -> None:
    schedule = parse(cell)
    assert schedule is not None
    assert format_cell(schedule) == "隔週土 10:00-12:00 (2026-12-05)"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("隔週土 10:00-12:00", [("no_anchor", {})]),
        ("隔週土 10:00-12:00 来週から", [("no_anchor", {})]),
        ("隔週土 10:00-12:00 (2026-12-05", [("no_anchor", {})]),
        ("隔週土 10:00-12:00 (12/5)", [("no_year", {"date": "12/5"})]),
        ("隔週土(12月5日) 10:00-12:00", [("no_year", {"date": "12月5日"})]),
        ("隔週土 10:00-12:00 (2026-11-31)", [("no_such_date", {"date": "2026-11-31"})]),
        (
            "隔週土 10:00-12:00 (2026-12-04)",
            [("anchor_weekday", {"date": "2026-12-04", "found": "金", "wanted": "土"})],
        ),
        (
            "隔週土 10:00-12:00 (2026-12-05(日))",
            [("wrong_weekday", {"date": "2026-12-05", "found": "土", "wanted": "日"})],
        ),
        ("隔週土(2026-12-05) 10:00-12:00 (2026-12-19)", [("left_over", {"rest": "(2026-12-19)"})]),
        ("隔週火・木 10:00-12:00 (2026-12-01)", [("every_other_days", {})]),
        ("隔週 10:00-12:00 (2026-12-01)", [("every_other_days", {})]),
        ("隔週平日 10:00-12:00 (2026-12-01)", [("every_other_days", {})]),
        ("隔週第1火 10:00-12:00 (2026-12-01)", [("every_other_days", {})]),
    ],
)
def test_every_other_week_needs_one_day_and_a_date_on_it(cell: str, expected: list[tuple[str, dict[str, str]]]) -> None:
    assert refusal(cell) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-31", [("no_such_date", {"date": "2026-11-31"})]),
        (
            "2026年2月29日、2026-13-01",
            [("no_such_date", {"date": "2026年2月29日"}), ("no_such_date", {"date": "2026-13-01"})],
        ),
        ("2026-12-24(金)", [("wrong_weekday", {"date": "2026-12-24", "found": "木", "wanted": "金"})]),
        ("2026-11-31(火)", [("no_such_date", {"date": "2026-11-31"})]),
        ("12/24", [("no_year", {"date": "12/24"})]),
        ("12月24日(木)", [("no_year", {"date": "12月24日"})]),
    ],
)
def test_dates_are_checked(text: str, expected: list[tuple[str, dict[str, str]]]) -> None:
    assert refusal(f"{text} 15:00-17:00") == expected


@pytest.mark.parametrize(
    ("cell", "rest"),
    [
        ("火 10:00-12:00 祝日除く", "祝日除く"),
        ("火 10:00-12:00、14:00-16:00", "、14:00-16:00"),
        ("火 10:00-12:00;木 10:00-12:00", ";木 10:00-12:00"),
        ("土 10:00-12:00 (2026-12-05)", "(2026-12-05)"),
        ("火 10:00-12:00-13:00", "-13:00"),
        ("火 10:00-12:00。", "。"),
    ],
)
def test_nothing_may_be_left_over(cell: str, rest: str) -> None:
    assert refusal(cell) == [("left_over", {"rest": rest})]


@pytest.mark.parametrize("day", range(7))
def test_names_of_days_count_from_monday(day: int) -> None:
    first = date(2026, 11, 30 if day == 0 else 1) if day == 0 else date(2026, 12, day)
    assert days_of(f"{first}({DAY_NAMES[day]})") == first.isoformat()
