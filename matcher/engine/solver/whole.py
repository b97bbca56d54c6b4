"""Whole plans from a relaxation: the few variables that may differ from it, piece by piece. Runs in the solving process."""

import numpy as np

from matcher.engine.solver.borders import across_borders
from matcher.engine.solver.mathopt import Bools, Relaxed, Rows, SolverFailure, best_whole
from matcher.engine.solver.pieces import NEAR, at_bounds, is_whole, pieces, rounded
from matcher.engine.solver.task import Best, Floats

LARGEST = 10_000  # variables of a piece that is solved as a whole
NEAREST = 35_000  # variables around a fractional one that are solved anew in a larger piece
SLACK = 200.0  # what a relaxation is seldom farther ahead of the best plan than, in thousandths of fit


def best_plan(rows: Rows, objective: Floats, relaxed: Relaxed) -> Best:
    """The best x that is whole where it must be.

    It is proven to be, but where a piece is too large to be solved as a whole. If towns make it so large, the rows that
    they share are priced (`borders`); else only the surroundings of what the relaxation leaves fractional are solved,
    one after the other.

    Raises:
        SolverFailure: the solver ended without an answer.
    """
    fractional = ~is_whole(rows, relaxed.x)
    if not fractional.any():
        return Best(rounded(rows, relaxed.x), relaxed.value, True)
    slack = SLACK
    while True:
        free = np.abs(relaxed.reduced) <= slack + NEAR
        wanted = [p for p in pieces(rows, at_bounds(rows, relaxed, free), free) if fractional[p.at].any()]
        if max(len(p.at) for p in wanted) > LARGEST and rows.shared.any():
            best = across_borders(rows, objective, relaxed)
            if best is not None:
                return best
        x, whole = _within(rows, objective, relaxed, free)
        short = np.inf if x is None else relaxed.value - float(objective @ x)
        if x is not None and (short <= slack + NEAR or free.all() or not whole):
            return Best(x, float(objective @ x) if whole else relaxed.value, whole)
        if free.all():
            raise SolverFailure("there is no plan at all")
        slack = short if x is not None else slack * 10


def _within(rows: Rows, objective: Floats, relaxed: Relaxed, free: Bools) -> tuple[Floats | None, bool]:
    """The best whole x in which only free variables leave the bounds at which the relaxation has them.

    False where a piece was too large to be solved as a whole.
    """
    x = at_bounds(rows, relaxed, free)
    fractional = ~is_whole(rows, relaxed.x)
    as_a_whole = True
    for piece in pieces(rows, x, free):
        if not fractional[piece.at].any():
            continue
        if len(piece.at) > LARGEST:
            as_a_whole = False
            best = _around(piece.rows, objective[piece.at], x[piece.at])
        else:
            best, proven = best_whole(piece.rows, objective[piece.at])
            as_a_whole &= proven
        if best is None:
            return None, as_a_whole
        x[piece.at] = best
    return rounded(rows, x), as_a_whole


def _around(rows: Rows, objective: Floats, x: Floats) -> Floats | None:
    """x made whole: around one fractional variable after the other what shares a row with it is solved anew.

    None where that cannot be done.
    """
    x = x.copy()
    touches = rows.matrix.astype(bool)
    back = touches.T.tocsr()
    while (fractional := np.flatnonzero(~is_whole(rows, x))).size:
        near = np.zeros(len(x), dtype=np.bool_)
        near[fractional[0]] = True
        while near.sum() < NEAREST:
            wider = near | (back @ ((touches @ near) > 0) > 0)
            if (wider == near).all():
                break
            near = wider
        found = None
        for piece in pieces(rows, x, near | ~is_whole(rows, x)):
            if (~is_whole(rows, x))[piece.at].any():
                found, _ = best_whole(piece.rows, objective[piece.at])
                if found is None:
                    return None
                x[piece.at] = found
        if found is None:
            return None
    return x
