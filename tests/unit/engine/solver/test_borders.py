"""Towns that share rows, solved one by one at prices: the plan keeps every row, and the bound is one."""

import numpy as np
import pytest
from scipy.sparse import block_diag, csr_matrix, vstack

from matcher.engine.solver import whole
from matcher.engine.solver.borders import across_borders
from matcher.engine.solver.mathopt import Rows, best_whole, relax
from matcher.engine.solver.whole import best_plan


def towns(seed):
    """Five towns in which triangles of pairs make the relaxation fractional, and rows that two of them share."""
    draw = np.random.default_rng(seed)
    triangle = np.array([[1.0, 1, 0], [0, 1, 1], [1, 0, 1]])
    own = csr_matrix(block_diag([block_diag([triangle] * 2) for _ in range(5)]))
    shared = np.zeros((6, own.shape[1]))
    for row in shared:
        one, two = draw.choice(5, 2, replace=False)
        row[[6 * one + draw.integers(6), 6 * two + draw.integers(6)]] = 1.0
    matrix = csr_matrix(vstack([own, csr_matrix(shared)]))
    n, m = matrix.shape[1], matrix.shape[0]
    is_shared = np.arange(m) >= own.shape[0]
    rows = Rows(np.zeros(n), np.ones(n), matrix, np.ones(m), np.ones(n, dtype=np.bool_), is_shared)
    return rows, draw.integers(500, 900, n).astype(np.float64)


@pytest.mark.parametrize("seed", range(20))
def test_no_plan_is_above_the_bound_and_the_plan_keeps_every_row(seed):
    rows, fits = towns(seed)
    relaxed = relax(rows, fits)
    best, proven = best_whole(rows, fits)
    assert proven
    found = across_borders(rows, fits, relaxed)
    assert (rows.matrix @ found.x <= rows.limit).all()
    assert set(found.x.tolist()) <= {0.0, 1.0}
    assert fits @ found.x <= fits @ best <= found.bound + 1e-6
    assert found.bound < relaxed.value - 100  # each triangle is one and a half to the relaxation, one to a plan


def test_prices_are_asked_for_where_towns_make_a_piece_too_large(monkeypatch):
    rows, fits = towns(1)
    relaxed = relax(rows, fits)
    assert best_plan(rows, fits, relaxed).proven
    monkeypatch.setattr(whole, "LARGEST", 0)
    found = best_plan(rows, fits, relaxed)
    assert (found.proven, found.bound) == (False, across_borders(rows, fits, relaxed).bound)


def test_without_shared_rows_a_piece_that_is_too_large_is_made_whole_around_what_is_fractional(monkeypatch):
    rows, fits = towns(1)
    alone = Rows(rows.lower, rows.upper, rows.matrix, rows.limit, rows.whole, np.zeros_like(rows.shared))
    relaxed = relax(alone, fits)
    monkeypatch.setattr(whole, "LARGEST", 0)
    found = best_plan(alone, fits, relaxed)
    assert (found.proven, found.bound) == (False, relaxed.value)
    assert (rows.matrix @ found.x <= rows.limit).all()
