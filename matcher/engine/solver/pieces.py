"""Whole plans from a relaxation: the few variables that may differ from it, piece by piece. Runs in the solving process."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from matcher.engine.solver.mathopt import Bools, Ints, Relaxed, Rows, SolverFailure, best_whole
from matcher.engine.solver.task import Floats

NEAR = 1e-6  # how far from a whole number a value may lie and still count as whole
LARGEST = 10_000  # variables of a piece that is solved as a whole
NEAREST = 35_000  # variables around a fractional one that are solved anew in a larger piece
SLACK = 200.0  # what a relaxation is seldom farther ahead of the best plan than, in thousandths of fit


@dataclass(frozen=True)
class Piece:
    """Variables (indices) that share rows with each other and with no others that are free; their own rows."""

    at: Ints
    rows: Rows


def best_plan(rows: Rows, objective: Floats, relaxed: Relaxed) -> tuple[Floats, bool]:
    """The best x that is whole where it must be, and whether it is proven to be the best.

    It always is, but where a piece is too large to be solved as a whole: there only the surroundings of what the
    relaxation leaves fractional are solved, one after the other.

    Raises:
        SolverFailure: the solver ended without an answer.
    """
    fractional = ~_is_whole(rows, relaxed.x)
    if not fractional.any():
        return _rounded(rows, relaxed.x), True
    slack = SLACK
    while True:
        free = np.abs(relaxed.reduced) <= slack + NEAR
        x, whole = _within(rows, objective, relaxed, free)
        short = np.inf if x is None else relaxed.value - float(objective @ x)
        if x is not None and (short <= slack + NEAR or free.all() or not whole):
            return x, whole
        if free.all():
            raise SolverFailure("there is no plan at all")
        slack = short if x is not None else slack * 10


def _within(rows: Rows, objective: Floats, relaxed: Relaxed, free: Bools) -> tuple[Floats | None, bool]:
    """The best whole x in which only free variables leave the bounds at which the relaxation has them.

    False where a piece was too large to be solved as a whole.
    """
    x = relaxed.x.copy()
    fixed = np.where(relaxed.reduced > 0, rows.upper, rows.lower)
    x[~free] = fixed[~free]
    fractional = ~_is_whole(rows, relaxed.x)
    as_a_whole = True
    for piece in _pieces(rows, x, free):
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
    return _rounded(rows, x), as_a_whole


def _around(rows: Rows, objective: Floats, x: Floats) -> Floats | None:
    """x made whole: around one fractional variable after the other what shares a row with it is solved anew.

    None where that cannot be done.
    """
    x = x.copy()
    touches = rows.matrix.astype(bool)
    back = touches.T.tocsr()
    while (fractional := np.flatnonzero(~_is_whole(rows, x))).size:
        near = np.zeros(len(x), dtype=np.bool_)
        near[fractional[0]] = True
        while near.sum() < NEAREST:
            wider = near | (back @ ((touches @ near) > 0) > 0)
            if (wider == near).all():
                break
            near = wider
        found = None
        for piece in _pieces(rows, x, near | ~_is_whole(rows, x)):
            if (~_is_whole(rows, x))[piece.at].any():
                found, _ = best_whole(piece.rows, objective[piece.at])
                if found is None:
                    return None
                x[piece.at] = found
        if found is None:
            return None
    return x


def _pieces(rows: Rows, x: Floats, free: Bools) -> Iterator[Piece]:
    """The free variables in pieces; the others stay as they are in x."""
    columns = np.flatnonzero(free)
    part = rows.matrix[:, columns]
    rest = rows.limit - rows.matrix @ np.where(free, 0.0, x)
    bound = np.diff(part.indptr) > 0
    part, rest = part[bound], rest[bound]
    # No slack beyond the limits: a helper of 1.000001 would buy thousandths of fit at the weight of a person.
    rest = np.where(np.abs(rest - np.rint(rest)) < NEAR, np.rint(rest), rest)
    count, piece_of = _components(part)
    order = np.argsort(piece_of[: len(columns)], kind="stable")
    row_order = np.argsort(piece_of[len(columns) :], kind="stable")
    column_edges = np.searchsorted(piece_of[: len(columns)][order], np.arange(count + 1))
    row_edges = np.searchsorted(piece_of[len(columns) :][row_order], np.arange(count + 1))
    for k in range(count):
        own = np.sort(order[column_edges[k] : column_edges[k + 1]])
        here = np.sort(row_order[row_edges[k] : row_edges[k + 1]])
        if len(own):
            at = columns[own].astype(np.int32)
            yield Piece(
                at,
                Rows(rows.lower[at], rows.upper[at], part[here][:, own], rest[here], rows.whole[at]),
            )


def _components(matrix: csr_matrix) -> tuple[int, Ints]:
    """Pieces of the graph whose nodes are columns, then rows, joined where a row uses a column."""
    rows, columns = matrix.shape
    entries = matrix.tocoo()
    graph = csr_matrix(
        (np.ones(entries.nnz, dtype=np.int8), (entries.col, entries.row + columns)),
        shape=(rows + columns, rows + columns),
    )
    count, piece_of = connected_components(graph, directed=False)
    return int(count), piece_of


def _is_whole(rows: Rows, x: Floats) -> Bools:
    whole: Bools = ~rows.whole | (np.abs(x - np.rint(x)) < NEAR)
    return whole


def _rounded(rows: Rows, x: Floats) -> Floats:
    return np.where(rows.whole, np.rint(x), x)
