"""Parts that take days away."""

from datetime import date

import pytest

from matcher.times import DateSpan, TimesError, parse

TURN_OF_YEAR = DateSpan(date(2026, 12, 29), date(2027, 1, 3))
EVE = DateSpan(date(2026, 12, 24), date(2026, 12, 24))


def off(part: str) -> tuple[DateSpan, ...]:
    schedule = parse(f"火 10:00-12:00 / {part}")
    assert schedule is not None
    assert not schedule.no_holidays
    return schedule.off


@pytest.mark.parametrize(
    "part",
    [
        "除く 2026-12-29〜2027-01-03",
        "除く2026-12-29～2027-01-03",
        "除く 2026-12-29~2027-1-3",
        "除く 2026-12-29-2027-01-03",
        "除く 2026-12-29 - 2027-01-03",
        "除く 2026–12–29–2027–01–03",
        "除く：2026-12-29—2027-01-03",
        "除く、2026/12/29〜2027/1/3",
        "除く 2026年12月29日から2027年1月3日まで",
        "除く 令和8年12月29日−令和9年1月3日",
        "除く R8.12.29-R9.1.3",
        "除く 2026-12-29(火)〜2027-01-03(日)",
        "2026-12-29〜2027-01-03除く",
        "2026-12-29〜2027-01-03 を除く",
        "2026-12-29〜2027-01-03は除く",
    ],
)
def test_spans_of_dates(part: str) -> None:
    assert off(part) == (TURN_OF_YEAR,)


@pytest.mark.parametrize(
    "part", ["除く 2026-12-24", "除く2026/12/24(木)", "2026年12月24日除く", "除く 2026-12-24〜2026-12-24"]
)
def test_single_dates(part: str) -> None:
    assert off(part) == (EVE,)


def test_a_single_digit_day_does_not_swallow_the_year_behind_the_dash() -> None:
    assert off("除く 2026-12-2-2027-01-03") == (DateSpan(date(2026, 12, 2), date(2027, 1, 3)),)


@pytest.mark.parametrize(
    "part",
    [
        "除く 2026-12-24、2026-12-29〜2027-01-03",
        "除く 2026-12-29〜2027-01-03・2026-12-24",
        "除く 2026-12-29から2027-01-03まで, 2026-12-24",
        "除く 2026-12-24/除く2026/12/29-2027/1/3",
    ],
)
def test_several_at_once(part: str) -> None:
    assert off(part) == (EVE, TURN_OF_YEAR)


@pytest.mark.parametrize(
    "part", ["祝日除く", "祝除く", "祝日を除く", "祝日は除く", "祝日休み", "祝日は休み", "除く祝日", "除く 祝"]
)
def test_public_holidays(part: str) -> None:
    schedule = parse(f"火 10:00-12:00 / {part}")
    assert schedule is not None
    assert schedule.no_holidays
    assert schedule.off == ()


@pytest.mark.parametrize(
    ("part", "codes"),
    [
        ("除く", ["exception_unreadable"]),
        ("除く 年末年始", ["exception_unreadable"]),
        ("除く 土日", ["exception_unreadable"]),
        ("土日祝除く", ["exception_unreadable"]),
        ("除く 火 10:00-12:00", ["exception_unreadable"]),
        ("除く 2026-12-29〜", ["exception_unreadable"]),
        ("除く 〜2026-12-29", ["exception_unreadable"]),
        ("除く 2026-12-29〜31", ["exception_unreadable"]),
        ("除く 2026-12-29 2027-01-03", ["exception_unreadable"]),
        ("除く 2026-12-24〜2026-12-29〜2027-01-03", ["exception_unreadable"]),
        ("除く 12/29〜1/3", ["no_year", "no_year"]),
        ("除く 2026/12/29〜1/3", ["no_year"]),
        ("除く 2026-12-29〜1月3日", ["no_year"]),
        ("除く 2026-11-31", ["no_such_date"]),
        ("除く 2026-11-31〜2027-02-29", ["no_such_date", "no_such_date"]),
        ("除く 2026-12-29〜2026-12-20", ["off_reversed"]),
        ("除く 2026-12-24(金)", ["wrong_weekday"]),
    ],
)
def test_what_cannot_be_left_out(part: str, codes: list[str]) -> None:
    with pytest.raises(TimesError) as caught:
        parse(f"火 10:00-12:00 / {part}")
    assert [p.code for p in caught.value.problems] == codes
    assert {p.part for p in caught.value.problems} == {part}


@pytest.mark.parametrize("cell", ["祝日除く", "除く 2026-12-29〜2027-01-03", "祝日除く / 除く 2026-12-29"])
def test_exceptions_alone_say_nothing(cell: str) -> None:
    with pytest.raises(TimesError) as caught:
        parse(cell)
    assert [(p.code, p.part) for p in caught.value.problems] == [("only_exceptions", cell)]
