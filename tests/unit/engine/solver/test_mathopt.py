"""The reduced costs that whole programs are cut down by are those of the problem."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from matcher.engine.solver.mathopt import Rows, relax

# Three pairs of three share one row each: at the optimum x = (½, ½, ½) every row binds, with duals that price x to nothing.
MATRIX = csr_matrix(np.array([[1.0, 1, 0, 1], [0, 1, 1, 1], [1, 0, 1, 1]]))
OBJECTIVE = np.array([3.0, 2.0, 2.0, 1.0])


def test_reduced_costs_are_what_entering_would_cost():
    rows = Rows(np.zeros(4), np.ones(4), MATRIX, np.ones(3), np.ones(4, dtype=np.bool_), np.zeros(3, dtype=np.bool_))
    found = relax(rows, OBJECTIVE)
    duals = np.linalg.solve(MATRIX.toarray()[:, :3].T, OBJECTIVE[:3])  # (1.5, 0.5, 1.5)
    assert found.value == pytest.approx(duals.sum())
    assert found.x == pytest.approx([0.5, 0.5, 0.5, 0.0])
    assert found.price == pytest.approx(duals)
    assert found.reduced == pytest.approx(OBJECTIVE - MATRIX.T @ duals)


def test_another_objective_may_begin_where_one_ended():
    rows = Rows(np.zeros(4), np.ones(4), MATRIX, np.ones(3), np.ones(4, dtype=np.bool_), np.zeros(3, dtype=np.bool_))
    found = relax(rows, OBJECTIVE)
    for other in (np.ones(4), np.array([0.0, 0.0, 0.0, 5.0])):
        warm, cold = relax(rows, other, found.basis), relax(rows, other)
        assert warm.value == pytest.approx(cold.value)
        assert other @ warm.x == pytest.approx(cold.value)
        assert (MATRIX @ warm.x <= 1 + 1e-9).all()


def test_a_relaxation_without_rows_has_the_upper_bounds():
    rows = Rows(
        np.zeros(2), np.ones(2), MATRIX[:0, :2], np.zeros(0), np.ones(2, dtype=np.bool_), np.zeros(0, dtype=np.bool_)
    )
    found = relax(rows, np.array([1.0, 2.0]))
    assert relax(rows, np.array([2.0, 1.0]), found.basis).value == found.value == 3.0
