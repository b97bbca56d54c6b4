"""What travels between the solving process and its parent. Kept apart from the solving, so that reading it loads no solver."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Task:
    """A program as plain arrays: maximise over 0 ≤ x ≤ upper, A·x ≤ row_upper.

    The first variables are the columns, sorted by candidate and then by when they begin; the last are the rides.

    Attributes:
        upper: (n,) bounds of the variables.
        starts, indices, values: A, row by row (compressed sparse rows).
        row_upper: (m,) limits of the rows.
        shared: (m,) rows that people of several towns stand in.
        stages: (n,) objective of each stage, the most important first. Each comes to a whole number.
        pair: (columns,) candidate of each column.
        slot: (columns,) slot of the visit that must be accompanied, -1 where none must.
        slot_row: (slots,) row that asks for somebody to ride to the visits of the slot.
        ride_slot: (rides,) slot of each ride.
        ride_companion: (rides,) companion of each ride.
    """

    upper: Floats
    starts: NDArray[np.int64]
    indices: Ints
    values: Floats
    row_upper: Floats
    shared: NDArray[np.bool_]
    stages: Mapping[str, Floats]
    pair: Ints
    slot: Ints
    slot_row: Ints
    ride_slot: Ints
    ride_companion: Ints


@dataclass(frozen=True)
class Outcome:
    """A plan of the full program and what was proven about it; `bound` holds each stage's, without its constant."""

    x: Floats
    bound: Mapping[str, float]
    proven: bool


@dataclass(frozen=True)
class Best:
    """A whole x for one objective, and what no whole x can exceed; `proven` where x itself comes to that."""

    x: Floats
    bound: float
    proven: bool
