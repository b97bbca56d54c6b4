"""Hours: dashes, digits, and the edges of the day."""

import pytest

from matcher.times import Schedule, TimesError, Weekly, parse


@pytest.mark.parametrize("dash", [*"-–—−‐‑―─ー－﹣〜～~∼", " - ", "　〜　", "から", " から "])
def test_every_dash(dash: str) -> None:
    assert parse(f"火 9:00{dash}12:30") == Schedule((Weekly((1,), False, 540, 750),))


@pytest.mark.parametrize(
    ("hours", "start", "end"),
    [
        ("0:00-0:01", 0, 1),
        ("00:00-24:00", 0, 1440),
        ("09:05-9:06", 545, 546),
        ("23:59-24:00", 1439, 1440),
        ("９：００〜１０：００まで", 540, 600),
    ],
)
def test_edges_of_the_day(hours: str, start: int, end: int) -> None:
    assert parse(f"火 {hours}") == Schedule((Weekly((1,), False, start, end),))


@pytest.mark.parametrize(
    ("hours", "wrong"),
    [
        ("25:00-26:00", ["25:00", "26:00"]),
        ("10:75-12:00", ["10:75"]),
        ("10:00-12:60", ["12:60"]),
        ("24:00-24:00", ["24:00"]),
        ("10:00-24:01", ["24:01"]),
        ("9:5-10:00", ["9:5"]),
        ("009:00-10:00", ["009:00"]),
        ("9:000-10:00", ["9:000"]),
    ],
)
def test_no_such_time(hours: str, wrong: list[str]) -> None:
    with pytest.raises(TimesError) as caught:
        parse(f"火 {hours}")
    assert [(p.code, p.data["time"]) for p in caught.value.problems] == [("no_such_time", w) for w in wrong]


@pytest.mark.parametrize("hours", ["16:00-14:00", "14:00-14:00", "22:00-2:00", "22:00-0:00"])
def test_the_end_comes_after_the_start(hours: str) -> None:
    with pytest.raises(TimesError) as caught:
        parse(f"金 {hours}")
    (problem,) = caught.value.problems
    assert problem.code == "end_before_start"
    assert f"{problem.data['start']}-{problem.data['end']}" == hours


@pytest.mark.parametrize(
    "cell", ["火 9時-12:00", "火 9-12", "火 9.00-12.00", "火 9:00:00-12:00:00", "火 9:00", "火 9:00-12"]
)
def test_other_ways_to_write_hours_are_not_guessed_at(cell: str) -> None:
    with pytest.raises(TimesError):
        parse(cell)
