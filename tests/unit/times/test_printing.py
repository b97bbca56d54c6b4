"""Canonical cells."""

import pytest
from hypothesis import given

from matcher.times import Schedule, Weekly, clock, format_cell, parse
from tests.unit.times.strategies import schedules


@given(schedules())
def test_reading_a_printed_cell_gives_the_schedule_back(schedule: Schedule) -> None:
    assert parse(format_cell(schedule)) == schedule


@pytest.mark.parametrize(
    ("days", "holidays", "expected"),
    [
        ((1, 3), False, "火・木"),
        ((0, 1, 2, 3, 4), False, "平日"),
        ((5, 6), False, "土日"),
        ((0, 1, 2, 3, 4, 5, 6), False, "毎日"),
        ((5, 6), True, "土日・祝"),
        ((6,), True, "日・祝"),
        ((), True, "祝"),
        ((0, 1, 2, 3, 4, 5), False, "月・火・水・木・金・土"),
    ],
)
def test_words_for_days_where_they_apply(days: tuple[int, ...], holidays: bool, expected: str) -> None:
    assert format_cell(Schedule((Weekly(days, holidays, 540, 1440),))) == f"{expected} 9:00-24:00"


def test_every_kind_of_part_in_canonical_form() -> None:
    cell = (
        "火・木 11:00-16:00 / 第1・第3日 13:30-15:30 / 最終金 0:05-9:00 / 隔週土 10:00-12:00 (2026-12-05) / "
        "2026-12-24 15:00-24:00 / 祝日除く / 除く 2026-12-24 / 除く 2026-12-29〜2027-01-03"
    )
    schedule = parse(cell)
    assert schedule is not None
    assert format_cell(schedule) == cell


@pytest.mark.parametrize(("minutes", "expected"), [(0, "0:00"), (545, "9:05"), (1020, "17:00"), (1440, "24:00")])
def test_clock(minutes: int, expected: str) -> None:
    assert clock(minutes) == expected
