"""Many towns that share a few rows (seats that people of several towns may take). Runs in the solving process.

The relaxation says what a shared seat is worth: the price of its row. At these prices every town can be solved by itself
and to its end, for the relaxation's x is the best for each town at them. What the towns lose by being whole, the whole loses too
(Lagrangian duality): that makes the bound. Where they then ask for more of a shared row than there is, or leave some
of what costs something, the pieces around that row are solved once more, together and without prices.
"""

import numpy as np

from matcher.engine.solver.mathopt import Bools, Relaxed, Rows, best_whole
from matcher.engine.solver.pieces import NEAR, at_bounds, components, is_whole, pieces, rounded
from matcher.engine.solver.task import Best, Floats

SLACK = 500.0  # what a town is seldom less than the relaxation by, in thousandths of fit
LARGEST = 10_000  # variables of a piece of one town
TOGETHER = 35_000  # variables of pieces of several towns that are solved at once


def across_borders(rows: Rows, objective: Floats, relaxed: Relaxed) -> Best | None:
    """A whole x and a bound, both nearly the best; None where towns are not enough to make pieces that can be solved.

    Raises:
        SolverFailure: the solver ended without an answer.
    """
    alone = _apart(rows)
    priced = objective - rows.matrix.T @ np.where(rows.shared, relaxed.price, 0.0)
    free = np.abs(relaxed.reduced) <= SLACK + NEAR
    fractional = ~is_whole(rows, relaxed.x)
    x = at_bounds(rows, relaxed, free)
    count, town_of = components(alone.matrix)
    lost = np.zeros(count)  # what each town loses by being whole
    for piece in pieces(alone, x, free):
        if not fractional[piece.at].any():
            continue
        if len(piece.at) > LARGEST:
            return None
        best, proven = best_whole(piece.rows, priced[piece.at])
        if best is None:
            return None
        if proven:
            lost[town_of[piece.at[0]]] += float(priced[piece.at] @ (x[piece.at] - best))
        x[piece.at] = best
    # A plan of a town in which others than the free variables move loses at least SLACK.
    bound = relaxed.value - float(np.clip(lost, 0.0, SLACK).sum())
    together = _together(rows, objective, relaxed, rounded(rows, x), free)
    return None if together is None else Best(together, bound, False)


def _apart(rows: Rows) -> Rows:
    """The program without what towns share."""
    own = ~rows.shared
    return Rows(rows.lower, rows.upper, rows.matrix[own], rows.limit[own], rows.whole, rows.shared[own])


def _together(rows: Rows, objective: Floats, relaxed: Relaxed, x: Floats, free: Bools) -> Floats | None:
    """x within the shared rows: what stands around those that are overrun, or paid for and not used up, solved anew."""
    shared, price = rows.matrix[rows.shared], relaxed.price[rows.shared]
    left = rows.limit[rows.shared] - shared @ x
    amiss = (left < -NEAR) | ((left > NEAR) & (price > NEAR))
    around = ~is_whole(rows, relaxed.x)
    around[shared[amiss].indices] = True
    region = np.zeros(len(x), dtype=np.bool_)
    for piece in pieces(_apart(rows), x, free):
        region[piece.at] = around[piece.at].any()
    for piece in pieces(rows, x, region):
        if len(piece.at) > TOGETHER:
            return None
        best, _ = best_whole(piece.rows, objective[piece.at])
        if best is None:
            return None
        x[piece.at] = best
    return rounded(rows, x)
