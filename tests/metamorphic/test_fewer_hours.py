"""With fewer hours the plan is never better, if one takes care whose hours they are and which.

A companion's hours only ever help. A person's own hours do more than that: whoever can come to a session holds a seat
there, and whoever comes later in the day may find company then. So a person's fewer hours can let in somebody else, as
the last tests show. It holds for all hours of a person, and for every day before some day of one who wants one thing:
they could as well begin on that day.
"""

from collections.abc import Callable
from datetime import timedelta

from matcher.engine.answer import Horizon
from matcher.engine.run import MatchRun
from tests.metamorphic.answers import values
from tests.metamorphic.rewriting import held, with_cell
from tests.oracle.comparing import fits_of, solved
from tests.oracle.instances import MONDAY, Instance, Row, instance
from tests.unit.engine.town import ROWS

SEEDS = range(20_000, 20_080)
NEVER = "2020-01-01 9:00-10:00"  # long before any horizon


def compared(sheet: str, fewer: Callable[[Instance, Row], str], whose: Callable[[Instance, Row], bool]) -> None:
    """Take hours from each row by itself; that is never better, and worse now and then. Nor does any fit rise."""
    better, worse, tried = [], 0, 0
    for drawn in map(instance, SEEDS):
        before = solved(drawn)
        for row in drawn.rows[sheet]:
            if row["availability"] and whose(drawn, row):
                after = solved(with_cell(drawn, sheet, row, availability=fewer(drawn, row)))
                tried += 1
                worse += values(after) < values(before)
                if values(after) > values(before) or _some_fit_rises(before, after):
                    better.append(f"instance({drawn.seed}), {row}: {values(before)}, {values(after)} with fewer hours")
    assert better == []
    assert worse >= 0.02 * tried
    assert tried >= len(SEEDS)


def _some_fit_rises(before: MatchRun, after: MatchRun) -> bool:
    old, new = (fits_of(done.problem, done.pairs) for done in (before, after))
    return any(fit > old.get(pair, 0) for pair, fit in new.items())


def _second_half(drawn: Instance, row: Row) -> str:
    """The row's hours, but for the days before the middle of the horizon."""
    first, last = drawn.horizon.first, drawn.horizon.first + timedelta(days=len(drawn.horizon.dates) // 2)
    return f"{row['availability']} / 除く {first}〜{last}"


def _holds_nothing(drawn: Instance, person: Row) -> bool:
    return all(row["person_id"] != person["person_id"] for row in held(drawn))


def test_companions_with_no_hours_at_all():
    compared("companions", lambda drawn, row: NEVER, lambda drawn, row: True)


def test_companions_with_half_the_days():
    compared("companions", _second_half, lambda drawn, row: True)


def test_people_with_no_hours_at_all():
    compared("people", lambda drawn, row: NEVER, _holds_nothing)


def test_people_who_can_begin_later_only():
    compared("people", _second_half, lambda drawn, row: row["wants"] in ("", 1) and _holds_nothing(drawn, row))


def _town(openings: list[Row], people: list[Row], companions: list[Row]) -> Instance:
    """The one week of a small town in which the only thing to do is with flowers."""
    common = {"municipality": "町", "interests": "花を育てること", "consent": "share"}
    empty = dict.fromkeys(ROWS, ())
    rows = {
        **empty,
        "hosts": [{"host_id": "H1", "name": "花の会", "kind": "npo", "municipality": "町", "accepts": "yes"}],
        "openings": [{"host_id": "H1", "title": "花壇の水やり", "role": "help", **row} for row in openings],
        "people": [{**common, **row} for row in people],
        "companions": [{"name": "付き添い", "kind": "csw", "municipality": "町", **row} for row in companions],
    }
    return Instance(0, rows, Horizon(MONDAY, 1))


def _with_fewer(drawn: Instance, hours: str) -> tuple[int, int]:
    """People served, before the first person's hours are these and after."""
    fewer = with_cell(drawn, "people", drawn.rows["people"][0], availability=hours)
    return values(solved(drawn))[0], values(solved(fewer))[0]


def test_who_cannot_come_on_wednesday_leaves_that_seat_to_somebody_else():
    drawn = _town(
        [{"opening_id": "O1", "schedule": "火・水 10:00-12:00"}],
        [
            {"person_id": "P1", "availability": "火・水 9:00-17:00"},
            {"person_id": "P2", "availability": "水 9:00-17:00"},
        ],
        [],
    )
    assert _with_fewer(drawn, "火 9:00-17:00") == (1, 2)


def test_who_comes_later_in_the_day_may_find_company():
    drawn = _town(
        [{"opening_id": "O1", "schedule": "火 10:00-12:00", "companion_required": "yes"}],
        [{"person_id": "P1", "availability": "火 9:00-17:00"}],
        [{"companion_id": "C1", "availability": "火 11:00-12:00"}],
    )
    assert _with_fewer(drawn, "火 11:00-17:00") == (0, 1)
