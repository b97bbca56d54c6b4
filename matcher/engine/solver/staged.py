"""Solving the program stage by stage, each best_plan and with a proven bound. Runs in the solving process.

Three facts carry it (docs/decisions/0002):

- A stage's bound needs no rows for the stages before it. If no point of the relaxation has w·s1 + s2 above L, then no plan
  that reaches s1 has s2 above L - w·s1, whatever w is.
- A variable whose bound costs more (its reduced cost) than what the relaxation is ahead of a plan, is at that bound in
  every plan as good. So whole numbers are asked for among few variables only.
- What is left falls apart into pieces that share no row; each is solved by itself, and those where the relaxation is
  whole are solved already.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.engine.solver.mathopt import Relaxed, Rows, SolverFailure, relax
from matcher.engine.solver.task import Floats, Outcome
from matcher.engine.solver.whole import best_plan

HALF = 0.5
WEIGHED = "s4"  # the first stage that is no count of people
COUNT = 10_000.0  # weight of the last count beside the weighed stage, in thousandths of fit
STEP = 20.0  # weight of a count beside the next
LEAST = 1e-5  # a weight under this would be lost in the sums
WIDER = 3  # times that the weights are made wider where they were too narrow

__all__ = ["Arrays", "SolverFailure", "solve_most", "solve_staged"]


@dataclass(frozen=True)
class Arrays:
    """A program ready for the solver: rows, and the stages' objectives in their order. All stages are whole numbers."""

    rows: Rows
    stages: Mapping[str, Floats]

    def mix(self, weights: Mapping[str, float]) -> Floats:
        """(n,) the weighted sum of stages."""
        return sum((w * self.stages[s] for s, w in weights.items()), start=np.zeros(len(self.rows.upper)))

    def values(self, x: Floats) -> dict[str, float]:
        """What each stage comes to."""
        return {s: float(np.rint(v @ x)) for s, v in self.stages.items()}


def solve_staged(
    program: Arrays, found: Callable[[Floats], None] = lambda x: None, known: Mapping[str, float] | None = None
) -> Outcome:
    """The best plan by stages; `found` is told of whole plans on the way.

    `known` are proven bounds of the stages from a program that is never worse: counts that meet them need no proof.

    Raises:
        SolverFailure: the solver gave no answer.
    """
    names = list(program.stages)
    counts = [s for s in names[: names.index(WEIGHED)] if program.stages[s].any()]
    step = STEP
    for _ in range(WIDER):
        weights = _weights(program, counts, step)
        objective = program.mix(weights)
        relaxed = relax(program.rows, objective)
        best = best_plan(program.rows, objective, relaxed)
        x, whole = best.x, best.proven
        found(x)
        value = program.values(x)
        bound, better = _count_bounds(program, counts, step, value, known or {}, relaxed)
        if not (whole and better):
            break  # a plan that was not solved as a whole may fall short under any weights
        step *= 10
    else:
        raise SolverFailure("no weights keep the stages in their order")
    bound = {s: bound.get(s, value[s]) for s in names[: names.index(WEIGHED)]}
    met = all(bound[s] == value[s] for s in bound)
    if whole and met:
        bound[WEIGHED] = value[WEIGHED]
    else:
        rest = sum(weights[s] * value[s] for s in counts) + _least_after(program, weights)
        bound[WEIGHED] = float(np.floor(best.bound - rest + 1e-6))
    return Outcome(x, bound, met and bound[WEIGHED] == value[WEIGHED])


def solve_most(program: Arrays) -> Floats:
    """The plan with the greatest sum of fits, other stages aside; nothing is said about it."""
    objective = program.stages[WEIGHED]
    return best_plan(program.rows, objective, relax(program.rows, objective)).x


def _weights(program: Arrays, counts: Sequence[str], step: float) -> dict[str, float]:
    """Weights that keep the order nearly always; that of the counts is checked afterwards, never assumed.

    What follows the sum of fits stays, all together, under one thousandth of fit, its unit.
    """
    last = len(counts) - 1
    weights = {s: COUNT * step ** (last - k) for k, s in enumerate(counts)} | {WEIGHED: 1.0}
    names = list(program.stages)
    unit = 1.0
    for stage in names[names.index(WEIGHED) + 1 :]:
        most = float(np.abs(program.stages[stage]) @ program.rows.upper)
        weights[stage] = max(0.5 * unit / (most + 1), LEAST)
        unit = weights[stage]
    return weights


def _count_bounds(
    program: Arrays,
    counts: Sequence[str],
    step: float,
    value: Mapping[str, float],
    known: Mapping[str, float],
    whole_sum: Relaxed,
) -> tuple[dict[str, float], bool]:
    """Proven bounds of the counts, each under the earlier ones as they are; and whether a plan with better counts is there.

    `whole_sum` is the relaxation of all stages: it is nearly always the best for the counts too, so that each begins there.
    """
    if known and all(known.get(s) == value[s] for s in counts):
        return {s: value[s] for s in counts}, False
    bound: dict[str, float] = {}
    better = False
    for k, stage in enumerate(counts):
        weights = {s: step ** (k - j) for j, s in enumerate(counts[: k + 1])}
        objective = program.mix(weights)
        relaxed = relax(program.rows, objective, whole_sum.basis)
        over = np.floor(_short(weights, value, relaxed.value, stage) + 1e-6)
        bound[stage] = value[stage] + max(0.0, float(over))
        if over >= 1:
            # The relaxation promises more: ask for whole plans, by the counts alone.
            plan = best_plan(program.rows, objective, relaxed)
            best = program.values(plan.x)
            if [best[s] for s in weights] > [value[s] for s in weights]:
                better = True
            else:
                over = np.floor(_short(weights, value, plan.bound, stage) + 1e-6)
                bound[stage] = value[stage] + max(0.0, float(over))
    return bound, better


def _least_after(program: Arrays, weights: Mapping[str, float]) -> float:
    """The least that what follows the sum of fits can come to, weighted."""
    names = list(program.stages)
    after = names[names.index(WEIGHED) + 1 :]
    return float(sum(weights[s] * np.minimum(program.stages[s], 0.0) @ program.rows.upper for s in after))


def _short(weights: Mapping[str, float], value: Mapping[str, float], bound: float, stage: str) -> float:
    """How far below its bound a count is; under 1 it has met it."""
    return (bound - sum(w * value[s] for s, w in weights.items())) / weights[stage]
