"""The search for the best plan itself: what it leaves out is of no use, and every stage matters."""

from functools import cache
from math import prod

import pytest

from tests.oracle.comparing import Both, both, coarse
from tests.oracle.search import STAGES, Values, sets, values_of_all

FEW, MANY, LOOKED_AT = 8, 3000, 600


def plans(it: Both) -> int:
    """How many combinations of what people can be given there are."""
    return prod(len(list(sets(it.facts, person))) for person in it.facts.chances)


@cache
def small(solve) -> list[tuple[Both, set[Values]]]:
    """Problems with so few plans that every one can be looked at, with the stages of each plan."""
    found = [solve(seed) for seed in range(LOOKED_AT)]
    return [(it, values_of_all(it.facts)) for it in found if FEW <= plans(it) <= MANY]


@pytest.mark.parametrize("solve", [both, coarse])
def test_what_the_search_leaves_out_is_of_no_use(solve):
    assert len(small(solve)) >= LOOKED_AT / 3
    assert [it.drawn.seed for it, every in small(solve) if max(every) != it.best.values] == []


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_decides_between_plans_that_are_equal_before_it(stage):
    at = STAGES.index(stage)
    left = [[v[at] for v in every if v[:at] == max(every)[:at]] for _, every in small(coarse)]
    assert sum(min(values) < max(values) for values in left) >= 0.05 * len(left)
