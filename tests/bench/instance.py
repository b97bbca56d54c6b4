"""An instance: a bundle read once, judged, and made into arrays, so that every peer gets the very same."""

import pickle
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matcher.engine.answer import Horizon
from matcher.engine.answers import bare_answers
from matcher.engine.assignment import Assignment
from matcher.engine.assignment.columns import Candidate, make_candidates
from matcher.engine.assignment.plan import Taken, stage_values
from matcher.engine.assignment.program import STAGES
from matcher.engine.checker import Fault, check
from matcher.engine.fit import GOOD
from matcher.engine.judged import Judged
from matcher.engine.problem import Problem
from matcher.engine.solver.task import Task
from matcher.exchange import read_bundle
from matcher.model import Bundle
from matcher.words import default_reader

NEAR = 1e-6  # how far a row may be overrun by rounding


class _Kept:
    """Stands for the solving process, and keeps what it is handed."""

    task: Task

    def start(self, task: Task) -> None:
        self.task = task


@dataclass(frozen=True)
class Instance:
    """A bundle on its way to a plan. `build` are the seconds from judged pairs to the program's arrays."""

    judged: Judged
    candidates: Sequence[Candidate]
    task: Task
    build: float

    @property
    def problem(self) -> Problem:
        """The bundle as arrays."""
        return self.judged.problem

    @property
    def whole(self) -> NDArray[np.bool_]:
        """(n,) variables that are 0 or 1: the columns (the first) and the rides (the last)."""
        whole = np.zeros(len(self.task.upper), dtype=np.bool_)
        whole[: len(self.task.pair)] = True
        whole[len(self.task.upper) - len(self.task.ride_slot) :] = True
        return whole

    def taken(self, x: NDArray[np.float64]) -> list[Taken]:
        """The suggestions of a solution; sessions and companions are not named.

        Raises:
            AssertionError: the solution breaks a row.
        """
        task, whole = self.task, self.whole
        x = np.where(whole, np.rint(x), x)
        matrix = csr_matrix((task.values, task.indices, task.starts), shape=(len(task.row_upper), len(task.upper)))
        assert np.all(x >= -NEAR) and np.all(x <= task.upper + NEAR), "a solution beyond its bounds"
        assert np.all(matrix @ x <= task.row_upper + NEAR * 10), "a solution that breaks a row"
        given = [self.candidates[k] for k in task.pair[x[: len(task.pair)] > 0.5]]
        return [Taken(c.person, c.opening, c.fit, None, None) for c in given]

    def values(self, taken: Sequence[Taken]) -> dict[str, int]:
        """The stages of a plan, counted from its suggestions."""
        return stage_values(self.problem, taken)

    def faults(self, taken: Sequence[Taken]) -> list[Fault]:
        """What the engine's independent checker finds wrong with a plan."""
        return check(self.judged.bundle, self.problem.horizon, bare_answers(self.problem, taken))

    def _most(self) -> dict[str, float]:
        """What the stages could come to if nobody took anything from anybody."""
        best: dict[int, list[int]] = {}
        for c in self.candidates:
            best.setdefault(c.person, []).append(c.fit)
        p = self.problem.p
        fits = [sorted(own, reverse=True)[: int(p.wants_left[person])] for person, own in best.items()]
        return {
            "s1": len(best),
            "s2": sum(int(p.waiting_class[person]) for person in best),
            "s3": sum(own[0] >= GOOD for own in fits),
            "s4": sum(sum(own) for own in fits),
            "s5": len(self.candidates),
            "s6": 0,
        }

    def save(self, folder: Path) -> None:
        """Write what the peers read: `program.npz` (plain arrays), `task.pickle` and `pairs.pickle` (the engine's)."""
        task = self.task
        np.savez(
            folder / "program.npz",
            upper=task.upper,
            starts=task.starts,
            indices=task.indices,
            values=task.values,
            row_upper=task.row_upper,
            whole=self.whole,
            stages=np.array([task.stages[s] for s in STAGES]),
            most=np.array(list(self._most().values())),
        )
        bare = replace(self.judged.pairs, parts=np.zeros((0, 0), np.float32), obstacles=())
        (folder / "task.pickle").write_bytes(pickle.dumps(task))
        (folder / "pairs.pickle").write_bytes(pickle.dumps((self.problem, bare)))


def make_instance(bundle: Bundle, first: date, weeks: int = 4) -> Instance:
    """Judge a bundle's pairs and make the program.

    Raises:
        ValueError: there is no pair worth bringing up, so nothing to solve.
    """
    judged = Judged.of(bundle, Horizon(first, weeks), default_reader())
    candidates = make_candidates(judged.problem, judged.pairs)
    if not candidates:
        raise ValueError("nobody could be suggested anything")
    kept = _Kept()
    began = perf_counter()
    Assignment(judged.problem, judged.pairs, kept)
    return Instance(judged, candidates, kept.task, perf_counter() - began)


def read_instance(folder: Path, first: date) -> Instance:
    """Read a bundle's folder and make its instance."""
    return make_instance(read_bundle(folder).bundle, first)
