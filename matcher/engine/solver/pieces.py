"""A program falls apart into pieces that share no row, once most variables stay where they are. Runs in the solving process."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from matcher.engine.solver.mathopt import Bools, Ints, Relaxed, Rows
from matcher.engine.solver.task import Floats

NEAR = 1e-6  # how far from a whole number a value may lie and still count as whole


@dataclass(frozen=True)
class Piece:
    """Variables (indices) that share rows with each other and with no others that are free; their own rows."""

    at: Ints
    rows: Rows


def pieces(rows: Rows, x: Floats, free: Bools) -> Iterator[Piece]:
    """The free variables in pieces; the others stay as they are in x."""
    columns = np.flatnonzero(free)
    part = rows.matrix[:, columns]
    rest = rows.limit - rows.matrix @ np.where(free, 0.0, x)
    bound = np.diff(part.indptr) > 0
    part, rest, shared = part[bound], rest[bound], rows.shared[bound]
    # No slack beyond the limits: a helper of 1.000001 would buy thousandths of fit at the weight of a person.
    rest = np.where(np.abs(rest - np.rint(rest)) < NEAR, np.rint(rest), rest)
    count, piece_of = components(part)
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
                Rows(rows.lower[at], rows.upper[at], part[here][:, own], rest[here], rows.whole[at], shared[here]),
            )


def components(matrix: csr_matrix) -> tuple[int, Ints]:
    """Pieces of the graph whose nodes are columns, then rows, joined where a row uses a column."""
    rows, columns = matrix.shape
    entries = matrix.tocoo()
    graph = csr_matrix(
        (np.ones(entries.nnz, dtype=np.int8), (entries.col, entries.row + columns)),
        shape=(rows + columns, rows + columns),
    )
    count, piece_of = connected_components(graph, directed=False)
    return int(count), piece_of


def at_bounds(rows: Rows, relaxed: Relaxed, free: Bools) -> Floats:
    """The relaxation's x with every variable that is not free at the bound that its reduced cost holds it to."""
    bound = np.where(relaxed.reduced > 0, rows.upper, rows.lower)
    return np.where(free, relaxed.x, bound)


def is_whole(rows: Rows, x: Floats) -> Bools:
    """(n,) variables that are as whole as they must be."""
    whole: Bools = ~rows.whole | (np.abs(x - np.rint(x)) < NEAR)
    return whole


def rounded(rows: Rows, x: Floats) -> Floats:
    """x without the last millionth that keeps it from being whole."""
    return np.where(rows.whole, np.rint(x), x)
