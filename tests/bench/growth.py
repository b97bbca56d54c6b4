"""How time grows with a town, at the density of a ward: from 100 people to 3,200, doubling."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.bench.city import FIRST, grown, write_city
from tests.bench.contest import OURS, contest, whole_command
from tests.bench.instance import read_instance

PEOPLE = (100, 200, 400, 800, 1600, 3200)
FITTED = 400  # people from which on the exponent is fitted: below, starting up is most of the time
FEW = 800  # people up to which the whole command is run three times


@dataclass(frozen=True)
class Grown:
    """Seconds of the whole command and of the solve for so many people, None where they failed; `pairs` could be suggested."""

    people: int
    pairs: int
    whole: float | None
    solve: float | None


def measure(people: Sequence[int], seconds: float) -> Iterator[Grown]:
    """One town after the other."""
    for count in people:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_city(folder, grown(count))
            whole = whole_command(folder, FIRST, 3 if count <= FEW else 1, warm=False)
            instance = read_instance(folder, FIRST)
            solve = next(contest(instance, [OURS], seconds)).solve
        yield Grown(count, len(instance.candidates), whole.whole if whole.stages else None, solve)


def exponent(people: Sequence[float], seconds: Sequence[float]) -> float:
    """e of the line time = c · people^e through the points, by least squares of logarithms."""
    return float(np.polyfit(np.log(people), np.log(seconds), 1)[0])
