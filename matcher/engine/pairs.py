"""Judging pairs: which are possible, how well they fit, and which rule stands in the way of the good ones."""

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.engine.block import Block, blocks
from matcher.engine.feasibility import CODES, forbidding, held
from matcher.engine.fit import PARTS, WORTH, fit
from matcher.engine.problem import Ints, Problem
from matcher.engine.profiles import Profiles
from matcher.errors import DebanError

THIN = 200  # thousandths: below this an opening is not even a thin idea


class OutOfTime(DebanError):
    """The time was over before everybody had been looked at, so there is nothing yet to solve or to show."""

    def __init__(self) -> None:
        super().__init__(
            "時間が足りず、みんなの分を見終えられませんでした。--time-limit の秒数をふやして、もう一度お試しください。"
        )


def check_time(until: float) -> None:
    """Raise `OutOfTime` after `until` (of `time.monotonic`)."""
    if time.monotonic() > until:
        raise OutOfTime


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A rule that forbids openings which would otherwise be worth bringing up.

    `near` are those that this rule alone forbids, else all of them, best fit first.
    """

    code: str
    openings: int
    near: Ints
    alone: bool  # this rule alone forbids them


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs that no rule forbids, sorted by person, then best fit first, then opening.

    Attributes:
        person, opening: (N,) indices.
        fit: (N,) thousandths.
        parts: (N, len(PARTS)) shares of the fit.
        avoidance: (N,) how near the opening is to what the person avoids, 0..1.
        first: (P + 1,) pairs of person p are first[p]:first[p + 1].
        obstacles: per person.
    """

    person: Ints
    opening: Ints
    fit: NDArray[np.int16]
    parts: NDArray[np.float32]
    avoidance: NDArray[np.float32]
    first: Ints
    obstacles: tuple[tuple[Obstacle, ...], ...]

    def of(self, person: int) -> range:
        """Positions of a person's pairs, best first."""
        return range(int(self.first[person]), int(self.first[person + 1]))

    def told(self, most: int) -> "Pairs":
        """Without what nobody is told: of each person the best so many pairs are left, and all worth bringing up."""
        rank = np.arange(len(self.person)) - self.first[self.person]
        kept = (rank < most) | (self.fit >= WORTH)
        first = np.concatenate([[0], np.cumsum(kept)])[self.first].astype(np.int32)
        return Pairs(
            self.person[kept],
            self.opening[kept],
            self.fit[kept],
            self.parts[kept],
            self.avoidance[kept],
            first,
            self.obstacles,
        )


def judge(problem: Problem, profiles: Profiles, at_least: int = THIN, until: float = math.inf) -> Pairs:
    """Judge every pair of the problem; keep those of at least so many thousandths that no rule forbids.

    Raises:
        OutOfTime: `until` came first.
    """
    return judge_blocks(problem, profiles, blocks(problem), at_least, until)


def judge_blocks(
    problem: Problem, profiles: Profiles, among: Iterable[Block], at_least: int = THIN, until: float = math.inf
) -> Pairs:
    """Judge the pairs of some blocks.

    Raises:
        OutOfTime: `until` came first; it is looked at before each block.
    """
    people, openings, fits, shares, uneasy = [], [], [], [], []
    obstacles: list[tuple[Obstacle, ...]] = [()] * len(problem.people)
    for block in among:
        check_time(until)
        worth, parts = fit(block, profiles)
        taken = held(block)
        forbidden = forbidding(block, profiles, (worth >= at_least) & ~taken)
        i, j = np.nonzero((forbidden == 0) & (worth >= at_least) & ~taken)
        people.append(block.people[i])
        openings.append(block.openings[j])
        fits.append(worth[i, j])
        shares.append(parts[i, j])
        uneasy.append(block.avoidance(profiles)[i, j])
        tempting = (worth >= WORTH) & (forbidden != 0) & ~taken
        for row, person in enumerate(block.people):
            columns = np.flatnonzero(tempting[row])
            if len(columns):
                obstacles[person] = _obstacles(forbidden[row, columns], worth[row, columns], block.openings[columns])
    person = np.concatenate(people) if people else np.zeros(0, np.int32)
    opening = np.concatenate(openings) if openings else np.zeros(0, np.int32)
    value = np.concatenate(fits) if fits else np.zeros(0, np.int16)
    part = np.concatenate(shares) if shares else np.zeros((0, len(PARTS)), np.float32)
    near = np.concatenate(uneasy) if uneasy else np.zeros(0, np.float32)
    order = np.lexsort((opening, -value, person))
    first = np.searchsorted(person[order], np.arange(len(problem.people) + 1)).astype(np.int32)
    return Pairs(person[order], opening[order], value[order], part[order], near[order], first, tuple(obstacles))


def _obstacles(forbidden: NDArray[np.uint16], worth: NDArray[np.int16], openings: Ints) -> tuple[Obstacle, ...]:
    found = []
    for k, code in enumerate(CODES):
        hit = np.flatnonzero(forbidden & (1 << k))
        if not len(hit):
            continue
        alone = forbidden[hit] == 1 << k
        among = hit[alone] if alone.any() else hit
        best_first = among[np.argsort(-worth[among], kind="stable")]  # of equal ones in their order
        found.append(Obstacle(code, len(hit), openings[best_first], bool(alone.any())))
    return tuple(found)
