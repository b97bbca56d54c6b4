"""Solving with only as many companions in the program as matter. Runs in the child process.

Visits and who could ride to them make up most of the program, and companions seldom run out. So who gets what is solved
first as if there were company enough for everybody. Where every suggestion can then be accompanied, this is the best
plan, for the whole program can never come to more. Where some cannot, their companions are *scarce*: visits that only
scarce companions could accompany enter the program, and it is solved again; after a few rounds, with all of them.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matcher.engine.solver.mathopt import Rows
from matcher.engine.solver.staged import HALF, Arrays, solve_most, solve_staged
from matcher.engine.solver.task import Floats, Ints, Outcome, Task

Bools = NDArray[np.bool_]
ROUNDS = 4  # afterwards companions are scarce everywhere, and the whole program is the shorter way


def solve(task: Task, found: Callable[[Floats], None]) -> Outcome:
    """The best plan by stages; `found` is told of every whole plan on the way."""
    full = FullProgram(task)
    scarce = np.zeros(int(task.ride_companion.max(initial=-1)) + 1, dtype=np.bool_)
    known: Mapping[str, float] | None = None  # what the stages can come to, company or not
    for _ in range(ROUNDS):
        columns, rows = full.without_company_but_of(scarce)
        if columns.all():
            break
        first = solve_staged(full.part(columns, rows), known=known)
        plan = full.spread(columns, first.x)
        given = full.pairs(plan)
        columns = full.only(given)
        x = full.accompanied(plan, full.spread(columns, solve_most(full.part(columns, None))))
        lost = np.setdiff1d(given, full.pairs(x))
        if not len(lost):
            return Outcome(x, first.bound, first.proven)
        found(x)
        known = first.bound
        more = scarce | full.companions(lost)
        if (more == scarce).all():
            more = scarce | full.companions(given)
        scarce = more
    return solve_staged(full.part(None, None), found, known)


class FullProgram:
    """The program with every companion, and its parts."""

    def __init__(self, task: Task) -> None:
        shape = len(task.row_upper), len(task.upper)
        self._task = task
        self._matrix = csr_matrix((task.values, task.indices, task.starts), shape=shape)
        self._rides = len(task.upper) - len(task.ride_slot)  # the first ride
        self._whole = np.zeros(shape[1], dtype=np.bool_)
        self._whole[: len(task.pair)] = True
        self._whole[self._rides :] = True

    def part(self, columns: Bools | None, rows: Bools | None) -> Arrays:
        """The program of some variables and rows; rows that nothing is left of fall away."""
        task, matrix = self._task, self._matrix
        columns = np.ones(matrix.shape[1], dtype=np.bool_) if columns is None else columns
        rows = np.ones(matrix.shape[0], dtype=np.bool_) if rows is None else rows
        part = matrix[:, columns]
        rows = rows & (np.diff(part.indptr) > 0)
        upper = task.upper[columns]
        kept = Rows(
            np.zeros_like(upper), upper, part[rows], task.row_upper[rows], self._whole[columns], task.shared[rows]
        )
        return Arrays(kept, {s: v[columns] for s, v in task.stages.items()})

    def spread(self, columns: Bools, x: Floats) -> Floats:
        """A plan of some variables as one of all."""
        spread = np.zeros(len(columns))
        spread[columns] = x
        return spread

    def accompanied(self, plan: Floats, x: Floats) -> Floats:
        """A plan with the beginnings and rides of x; who is served is as it was."""
        both = plan.copy()
        both[: len(self._task.pair)] = x[: len(self._task.pair)]
        both[self._rides :] = x[self._rides :]
        return both

    def pairs(self, x: Floats) -> Ints:
        """Candidates that a plan suggests."""
        return self._task.pair[x[: len(self._task.pair)] > HALF]

    def only(self, pairs: Ints) -> Bools:
        """Variables left where only these candidates may be suggested."""
        task = self._task
        columns = np.ones(len(task.upper), dtype=np.bool_)
        columns[: len(task.pair)] = np.isin(task.pair, pairs)
        slots = np.unique(task.slot[columns[: len(task.pair)]])
        columns[self._rides :] = np.isin(task.ride_slot, slots)
        return columns

    def companions(self, pairs: Ints) -> Bools:
        """Companions who could ride with one of these candidates."""
        task = self._task
        riding = np.isin(task.ride_slot, task.slot[np.isin(task.pair, pairs)])
        found = np.zeros(int(task.ride_companion.max(initial=-1)) + 1, dtype=np.bool_)
        found[task.ride_companion[riding]] = True
        return found

    def without_company_but_of(self, scarce: Bools) -> tuple[Bools, Bools]:
        """Variables and rows of a program that is never worse than the whole one: anybody who is not scarce has time.

        A visit that somebody else could accompany takes no ride. Of such visits of one candidate, and of all before
        it, only the last is worth keeping: beginning later never takes more seats.
        """
        task = self._task
        bound = np.ones(len(task.slot_row), dtype=np.bool_)  # slots that only scarce companions ride to
        bound[task.ride_slot[~scarce[task.ride_companion]]] = False
        columns = np.ones(len(task.upper), dtype=np.bool_)
        columns[self._rides :] = bound[task.ride_slot]
        free = (task.slot >= 0) & ~np.append(bound, True)[task.slot]
        last = np.full(int(task.pair.max(initial=-1)) + 1, -1)
        np.maximum.at(last, task.pair[free], np.flatnonzero(free))
        columns[: len(task.pair)] = np.arange(len(task.pair)) >= last[task.pair]
        rows = np.ones(len(task.row_upper), dtype=np.bool_)
        rows[task.slot_row[~bound]] = False
        return columns, rows
