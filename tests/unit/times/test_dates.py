"""The ways to write a date inside a cell."""

import re
from datetime import date

import pytest

from matcher.times.dates import DATE, date_of


def found(text: str) -> re.Match[str] | None:
    return re.fullmatch(DATE, text, re.ASCII)


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-04",
        "2026-12-4",
        "2026/12/4",
        "2026.12.04",
        "2026–12–04",
        "2026−12−04",
        "2026ー12ー04",
        "2026 / 12 / 4",
        "2026年12月4日",
        "2026年 12月 04日",
        "2026年12月4",
        "令和8年12月4日",
        "令和 8 年 12 月 4 日",
        "令和08年12月4日",
        "R8.12.4",
        "r8.12.04",
        "R8/12/4",
        "R8-12-4",
        "R8年12月4日",
    ],
)
def test_one_date_in_many_ways(text: str) -> None:
    match = found(text)
    assert match is not None
    assert date_of(match) == date(2026, 12, 4)


@pytest.mark.parametrize(
    "text",
    ["2026-12/04", "2026-12", "12-04", "26-12-04", "2026-12-041", "2026〜12〜04", "８年12月4日", "令和8年", "H30.1.1"],
)
def test_what_is_no_date(text: str) -> None:
    assert found(text) is None


@pytest.mark.parametrize("text", ["2026-11-31", "2027-02-29", "2026-13-01", "2026-00-10", "0000-01-01", "R0.12.1"])
def test_days_that_do_not_exist(text: str) -> None:
    match = found(text)
    assert match is not None
    assert date_of(match) is None


@pytest.mark.parametrize(
    ("text", "expected"), [("令和元年5月1日", date(2019, 5, 1)), ("R1.4.30", None), ("令和1年1月1日", None)]
)
def test_reiwa_began_on_a_first_of_may(text: str, expected: date | None) -> None:
    match = found(text)
    assert match is not None
    assert date_of(match) == expected


def test_a_date_does_not_begin_inside_a_longer_figure_or_word() -> None:
    assert re.search(DATE, "12026-12-04", re.ASCII) is None
    assert re.search(DATE, "AR8.12.4", re.ASCII) is None
