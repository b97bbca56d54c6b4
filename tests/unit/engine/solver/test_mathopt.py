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
