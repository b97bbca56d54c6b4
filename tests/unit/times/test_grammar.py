"""Cells to schedules: what is understood, and what is refused rather than guessed."""

import random
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matcher.times import (
    DateSpan,
    EveryOtherWeek,
    LastWeekday,
    NthWeekday,
    Once,
    Schedule,
    TimesError,
    Weekly,
    format_cell,
    parse,
    sentence,
)
from tests.unit.times.strategies import schedules, written

TUESDAY = Weekly((1,), False, 600, 720)
LONG = 140_000


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("火 11:00-16:00", Schedule((Weekly((1,), False, 660, 960),))),
        ("火・木 17:00-19:30", Schedule((Weekly((1, 3), False, 1020, 1170),))),
        ("平日 9:00-17:00", Schedule((Weekly((0, 1, 2, 3, 4), False, 540, 1020),))),
        ("土日 0:00-24:00", Schedule((Weekly((5, 6), False, 0, 1440),))),
        ("毎日 9:00-17:00", Schedule((Weekly((0, 1, 2, 3, 4, 5, 6), False, 540, 1020),))),
        ("祝 9:00-17:00", Schedule((Weekly((), True, 540, 1020),))),
        ("第1・第3日 13:30-15:30", Schedule((NthWeekday((1, 3), 6, 810, 930),))),
        ("最終金 10:00-12:00", Schedule((LastWeekday(4, 600, 720),))),
        ("隔週土 10:00-12:00 (2026-12-05)", Schedule((EveryOtherWeek(5, 600, 720, date(2026, 12, 5)),))),
        ("2026-12-24 15:00-17:00", Schedule((Once(date(2026, 12, 24), 900, 1020),))),
        ("火 10:00-12:00 / 祝日除く", Schedule((TUESDAY,), True)),
        (
            "火 10:00-12:00 / 除く 2026-12-29〜2027-01-03",
            Schedule((TUESDAY,), off=(DateSpan(date(2026, 12, 29), date(2027, 1, 3)),)),
        ),
    ],
)
def test_every_kind_of_pattern(cell: str, expected: Schedule) -> None:
    assert parse(cell) == expected


@pytest.mark.parametrize("cell", ["", " ", "\u3000\n\t", "\ufeff", "\u200b "])
def test_an_empty_cell_is_not_answered(cell: str) -> None:
    assert parse(cell) is None


@given(written())
def test_however_it_is_written_it_means_the_same(cell_and_schedule: tuple[str, Schedule]) -> None:
    cell, schedule = cell_and_schedule
    found = parse(cell)
    assert found is not None
    assert set(found.patterns) == set(schedule.patterns)
    assert (found.no_holidays, found.off) == (schedule.no_holidays, schedule.off)
    assert parse(format_cell(found)) == found


@pytest.mark.parametrize(
    ("cell", "canonical"),
    [
        ("火 10:00-15:00／2026/12/11 10:00-12:00", "火 10:00-15:00 / 2026-12-11 10:00-12:00"),
        ("火 10:00-15:00/2026-12-11 10:00-12:00", "火 10:00-15:00 / 2026-12-11 10:00-12:00"),
        ("2026/12/1 9:00-10:00/2026/12/2 9:00-10:00", "2026-12-01 9:00-10:00 / 2026-12-02 9:00-10:00"),
        ("火9:00-10:00/除く2026/12/29-2027/1/3/祝日除く", "火 9:00-10:00 / 祝日除く / 除く 2026-12-29〜2027-01-03"),
        ("火9:00-10:00/R8/12/24 9:00-10:00", "火 9:00-10:00 / 2026-12-24 9:00-10:00"),
        ("隔週土 10:00-12:00 2026/12/5/火 9:00-10:00", "隔週土 10:00-12:00 (2026-12-05) / 火 9:00-10:00"),
        ("月 10:00-12:00\u2028金 13:00–15:00\n\n", "月 10:00-12:00 / 金 13:00-15:00"),
        ("/火 10:00-12:00/ /", "火 10:00-12:00"),
    ],
)
def test_separators_without_blanks_beside_dates_with_slashes(cell: str, canonical: str) -> None:
    schedule = parse(cell)
    assert schedule is not None
    assert format_cell(schedule) == canonical


def test_what_is_said_twice_stands_once() -> None:
    assert parse("火 10:00-12:00 / 火曜 10:00〜12:00 / 除く 2026-12-29 / 除く 2026/12/29") == Schedule(
        (TUESDAY,), off=(DateSpan(date(2026, 12, 29), date(2026, 12, 29)),)
    )


def test_patterns_stay_in_the_order_written_and_exceptions_are_sorted() -> None:
    schedule = parse("除く 2027-01-02 / 土 9:00-10:00 / 火 10:00-12:00 / 除く 2026-12-29")
    assert schedule is not None
    assert format_cell(schedule) == "土 9:00-10:00 / 火 10:00-12:00 / 除く 2026-12-29 / 除く 2027-01-02"


def test_invisible_characters_of_copied_text_do_not_matter() -> None:
    assert parse("\ufeff火\u200b 10:00\u2060-12:00\u200e") == Schedule((TUESDAY,))


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("月\n10:00-12:00", [("no_time", "月"), ("no_day", "10:00-12:00")]),
        (
            "灯 16:00-14:00 / 第6日 25:00-26:00 / 除く 2026-11-31",
            [
                ("end_before_start", "灯 16:00-14:00"),
                ("unknown_day", "灯 16:00-14:00"),
                ("no_such_time", "第6日 25:00-26:00"),
                ("no_such_time", "第6日 25:00-26:00"),
                ("no_such_nth", "第6日 25:00-26:00"),
                ("no_such_date", "除く 2026-11-31"),
            ],
        ),
        ("除く 年末年始", [("exception_unreadable", "除く 年末年始"), ("only_exceptions", "除く 年末年始")]),
        ("12/24", [("no_year", "12/24"), ("no_time", "12/24")]),
        ("隔週土", [("no_anchor", "隔週土"), ("no_time", "隔週土")]),
        ("火 10:00-12:00 / 17時以降", [("open_ended", "17時以降")]),
        ("17時以降 / １７時以降", [("open_ended", "17時以降")]),
        ("/ /", [("unreadable", "/ /")]),
    ],
)
def test_all_faults_of_a_cell_come_at_once(cell: str, codes: list[tuple[str, str]]) -> None:
    with pytest.raises(TimesError) as caught:
        parse(cell)
    assert [(p.code, p.part) for p in caught.value.problems] == codes


@given(schedules(), st.data())
def test_a_foreign_character_anywhere_is_refused(schedule: Schedule, data: st.DataObject) -> None:
    cell = format_cell(schedule)
    at = data.draw(st.integers(0, len(cell)))
    character = data.draw(st.sampled_from("xあ%?時夜*+;"))
    with pytest.raises(TimesError):
        parse(cell[:at] + character + cell[at:])


@given(
    st.text("月火水木金土日祝平毎隔週最終第曜除く年月日令和R0123456789:：-〜～・、,./／()（） \n時から", max_size=40)
)
@example("除く除く")
@example("R0.1.1 9:00-10:00")
@example("2026-12-2410:00-12:00")
def test_whatever_is_typed_is_read_or_refused_with_reasons(cell: str) -> None:
    try:
        schedule = parse(cell)
    except TimesError as error:
        assert error.problems
        assert all(sentence(p) in str(error) for p in error.problems[:10])
        assert all(p.part for p in error.problems)
    else:
        assert schedule is None or parse(format_cell(schedule)) == schedule


@pytest.mark.parametrize(
    "cell",
    [
        "1" * LONG,
        "火" * LONG,
        "火" + " " * LONG + "x",
        "1:" * (LONG // 2),
        "10:00-" * (LONG // 6),
        "2026-" * (LONG // 5),
        "2026年" * (LONG // 5),
        "(" * LONG + "10:00-12:00",
        "x/" * (LONG // 2),
        "24 / 12 / " * (LONG // 10),
        "隔週土" * (LONG // 3) + " 10:00-12:00 (",
        "除く 2026-12-29〜" * (LONG // 14),
        "a" + "\u0301\u0316" * (LONG // 2),
        "".join(random.Random(1).choices("月火祝日平毎隔週第12345:-〜/・、() 年時", k=LONG)),
    ],
    ids=lambda cell: cell[:12],
)
def test_very_long_cells_are_refused_in_linear_time(cell: str) -> None:
    with pytest.raises(TimesError) as caught:
        parse(cell)
    assert len(str(caught.value)) < 4000


def test_a_very_long_cell_that_is_right_is_read() -> None:
    assert parse(" / ".join(["火 10:00-12:00"] * (LONG // 14))) == Schedule((TUESDAY,))
