"""What every peer has in common: it is a process of its own, reads a folder, and writes what it reached into it.

A peer reaches a plan either of the program's arrays (`x`) or of its own making (`taken`).
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]

# One objective by rule of thumb. A later stage must never cost an earlier one: what one more person served costs others
# is a matter of a few people, never of thousands, so powers of ten keep the order. Nothing guarantees that; whether they
# did is read off the results, where every stage is counted for itself. All are whole multiples of the last.
WEIGHTS = {"s1": 1e6, "s2": 1e5, "s3": 1e4, "s4": 1.0, "s5": 1e-2, "s6": 1e-4}


@dataclass(frozen=True)
class Program:
    """Maximise over 0 ≤ x ≤ upper with A·x ≤ row_upper; A row by row, `stages` the objectives in their order.

    `most` is what each stage can come to at most, whatever the plan.
    """

    upper: Floats
    starts: NDArray[np.int64]
    indices: NDArray[np.int32]
    values: Floats
    row_upper: Floats
    whole: NDArray[np.bool_]
    stages: Floats
    most: Floats

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what an instance saved."""
        return cls(**np.load(folder / "program.npz"))

    @property
    def matrix(self) -> csr_matrix:
        """A."""
        shape = len(self.row_upper), len(self.upper)
        return csr_matrix((self.values, self.indices, self.starts), shape=shape)

    def objectives(self, way: str) -> list[Floats]:
        """What is maximised, one after the other.

        Args:
            way: "weights", one sum by rule of thumb; "strict", one sum whose weights guarantee the order of s1 to s4
                (for a ward it nears 1e15, and 64-bit numbers have no digits left for more stages); "stages", each stage under the earlier.
        """
        if way == "weights":
            return [np.array(list(WEIGHTS.values())) @ self.stages]
        if way == "strict":
            weights = np.ones(4)
            for k in (2, 1, 0):
                weights[k] = 1 + sum(weights[k + 1 :] * self.most[k + 1 : 4])
            return [weights @ self.stages[:4]]
        if way == "stages":
            return [row for row in self.stages if row.any()]
        raise ValueError(way)


@dataclass
class Clock:
    """Seconds of making the model, and of solving it."""

    began: float = field(default_factory=time.perf_counter)
    build: float = 0.0
    solve: float = 0.0

    def running(self) -> float:
        """Seconds since the last mark."""
        return time.perf_counter() - self.began

    def built(self) -> None:
        """The model is made, the solving begins."""
        self.build = self.running()
        self.began = time.perf_counter()

    def solved(self) -> None:
        """The solver has answered."""
        self.solve = self.running()


@dataclass
class Reached:
    """What a peer came to: "proven", "not proven" or "nothing"; its own objective and what it proved of it, if it did."""

    clock: Clock
    status: str
    objective: float | None = None
    bound: float | None = None
    x: Floats | None = None
    taken: Sequence[tuple[int, int, int, int | None, int | None]] | None = None


def peer(solve: Callable[[Path, float, str], Reached]) -> None:
    """The peer's `main`: FOLDER SECONDS WAY on the command line, `reached.json` and `x.npy` into the folder."""
    folder, seconds, way = Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
    reached = solve(folder, seconds, way)
    if reached.x is not None:
        np.save(folder / "x.npy", reached.x)
    content = {
        "build": reached.clock.build,
        "solve": reached.clock.solve,
        "status": reached.status,
        "objective": reached.objective,
        "bound": reached.bound,
        "taken": reached.taken,
    }
    (folder / "reached.json").write_text(json.dumps(content), encoding="utf-8")
