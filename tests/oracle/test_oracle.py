"""The engine against all plans: on thousands of small problems it finds a best one, proves it, and keeps every rule.

A failure names its problem by number: `both(number)` and `coarse(number)` of comparing.py solve it again.
"""

import pytest

from tests.oracle.comparing import both, coarse, differences

PROBLEMS, TOGETHER = 2000, 50


BATCHES = pytest.mark.parametrize("first", range(0, PROBLEMS, TOGETHER))


def told(solve, first):
    """The differences of a batch, each under its problem's number."""
    found = {seed: list(differences(solve(seed))) for seed in range(first, first + TOGETHER)}
    return "\n".join(f"  {solve.__name__}({seed}):\n    " + "\n    ".join(d) for seed, d in found.items() if d)


@BATCHES
def test_no_plan_is_better_than_the_engines(first):
    if lines := told(both, first):
        pytest.fail(f"the engine and the oracle disagree:\n{lines}", pytrace=False)


@BATCHES
def test_nor_where_many_fits_are_equal(first):
    if lines := told(coarse, first):
        pytest.fail(f"the engine and the oracle disagree:\n{lines}", pytrace=False)
