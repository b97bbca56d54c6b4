"""What the solving process sends back. Kept apart from the solving itself, so that reading it loads no solver."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """A plan and what was proven about it. `bound` leaves out the constants of the stages."""

    x: Floats
    bound: Mapping[str, float]
    proven: bool
