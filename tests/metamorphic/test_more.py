"""With more of anything the plan is never worse: whatever could be done before can be done still.

Not one stage by itself but the stages in their order: one more opening may serve somebody and so cost some fit.
"""

from collections.abc import Callable, Iterator

import pytest

from tests.metamorphic.answers import values
from tests.metamorphic.rewriting import IDS, held, without
from tests.oracle.comparing import solved
from tests.oracle.instances import Instance, Row, instance

SEEDS = range(10_000, 10_100)


def compared(pairs: Iterator[tuple[Instance, Instance]]) -> None:
    """Solve problems with less and with more of something; more is never worse, and better now and then."""
    worse, better, tried = [], 0, 0
    for less, more in pairs:
        before, after = values(solved(less)), values(solved(more))
        tried += 1
        better += before < after
        if before > after:
            worse.append(f"instance({less.seed}): {before} before, {after} with more")
    assert worse == []
    assert better >= 0.02 * tried
    assert tried >= len(SEEDS)


@pytest.mark.parametrize("sheet", ["openings", "companions", "people"])
def test_one_more(sheet):
    """One more opening, companion, or person. (Not one who holds a seat: without them the seat would be free.)"""
    key = IDS[sheet]

    def pairs() -> Iterator[tuple[Instance, Instance]]:
        for drawn in map(instance, SEEDS):
            holding = {row.get(key) for row in held(drawn)}
            for row in drawn.rows[sheet][-2:]:
                if row[key] not in holding:
                    yield without(drawn, sheet, row[key]), drawn

    compared(pairs())


def _one_more_newcomer(row: Row) -> Row:
    return {"max_newcomers": row["max_newcomers"] + 1} if row["max_newcomers"] != "" else {}


MORE: dict[str, tuple[str, Callable[[Row], Row]]] = {
    "seats": ("openings", lambda row: {"capacity": (row["capacity"] or 1) + 1}),
    "newcomers": ("hosts", _one_more_newcomer),
    "newcomers without limit": ("hosts", lambda row: {"max_newcomers": ""}),
    "visits a week": ("companions", lambda row: {"per_week": 3 if row["per_week"] == "" else row["per_week"] + 1}),
    "wishes": ("people", lambda row: {"wants": (row["wants"] or 1) + 1}),
}


@pytest.mark.parametrize("what", MORE)
def test_more_of_everybodys(what):
    sheet, change = MORE[what]

    def pairs() -> Iterator[tuple[Instance, Instance]]:
        for drawn in map(instance, SEEDS):
            yield drawn, drawn.but(**{sheet: [{**row, **change(row)} for row in drawn.rows[sheet]]})

    compared(pairs())


def test_fewer_who_must_not_meet():
    compared((drawn, drawn.but(conflicts=drawn.rows["conflicts"][1:])) for drawn in map(instance, SEEDS))
