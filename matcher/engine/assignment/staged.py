"""Solving the program stage by stage, with a proven bound for each stage. Runs in the child process.

One weighted program finds the plan; where its first three stages do not meet bounds that need no solving, the stages
are solved by themselves and the plan again under them. So a later stage never costs an earlier one, whatever the
weights, and what is called proven is proven by a bound and not by the weights.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver.python import model_builder_helper as mb
from scipy.sparse import csr_matrix, vstack

Floats = NDArray[np.float64]
WHOLE = 1e-6  # how far from a whole number a value may lie and still count as whole


class SolverFailure(RuntimeError):
    """The solver gave neither a solution nor a bound."""


@dataclass(frozen=True)
class Arrays:
    """The program as plain arrays: maximise over 0 ≤ x ≤ upper, A·x ≤ row_upper; `whole` must be integers."""

    upper: Floats
    matrix: csr_matrix
    row_upper: Floats
    stages: Mapping[str, Floats]
    whole: NDArray[np.bool_]
    limits: Mapping[str, float]  # bounds of stages that need no solving


@dataclass(frozen=True)
class Outcome:
    """A plan and what was proven about it. `bound` leaves out the constants of the stages."""

    x: Floats
    bound: Mapping[str, float]
    proven: bool


def solve_staged(program: Arrays, found: Callable[[Floats], None]) -> Outcome:
    """The best plan by stages; `found` is told of every whole plan on the way."""
    weights = _weights(program)
    x, total = _maximise(program, _mix(program, weights), found)
    found(x)
    value = {s: float(v @ x) for s, v in program.stages.items()}
    bound = dict(program.limits)
    if any(value[s] < program.limits[s] - 0.5 for s in ("s1", "s2", "s3")):
        first = _people_weights(program)
        xs, _ = _maximise(program, _mix(program, first), found)
        best = {s: float(program.stages[s] @ xs) for s in ("s1", "s2", "s3")}
        bound.update(best)
        if any(abs(best[s] - value[s]) > 0.5 for s in best):
            kept = _keeping(program, best)
            late = {s: w for s, w in weights.items() if s in ("s4", "s5", "s6")}
            x, rest = _maximise(kept, _mix(program, late), found)
            found(x)
            value = {s: float(v @ x) for s, v in program.stages.items()}
            total = rest + sum(weights[s] * value[s] for s in best)
    # What the weighted bound leaves for s4 once the first stages are paid; s5 adds nothing and s6 takes nothing at best.
    early = sum(weights[s] * value[s] for s in ("s1", "s2", "s3"))
    late = weights["s5"] * value["s5"] + weights["s6"] * value["s6"]
    bound["s4"] = value["s4"] + max(0.0, float(np.floor(total - early - late - value["s4"] + 0.999 - 1e-3)))
    proven = all(abs(bound[s] - value[s]) < 0.5 for s in ("s1", "s2", "s3", "s4"))
    return Outcome(x, bound, proven)


def _weights(program: Arrays) -> dict[str, float]:
    """Weights that keep the order nearly always; it is checked afterwards, never assumed.

    s5 and s6 together stay under one thousandth of fit, the unit of s4.
    """
    most_s5 = float(program.stages["s5"].clip(min=0) @ program.upper)
    most_s6 = float(-(program.stages["s6"].clip(max=0) @ program.upper))
    s5 = 0.45 / (most_s5 + 1) if most_s5 else 0.0
    s6 = min(s5 or 0.9, 0.9) / (most_s6 + 1) * 0.5
    return {"s1": 120_000.0, "s2": 24_000.0, "s3": 6_000.0, "s4": 1.0, "s5": s5, "s6": s6}


def _people_weights(program: Arrays) -> dict[str, float]:
    """Exact weights for s1 to s3 alone: a unit of one is more than all of the next."""
    s2 = program.limits["s3"] + 1
    return {"s1": s2 * (program.limits["s2"] + 1), "s2": s2, "s3": 1.0}


def _mix(program: Arrays, weights: Mapping[str, float]) -> Floats:
    return sum((w * program.stages[s] for s, w in weights.items()), start=np.zeros(len(program.upper)))


def _keeping(program: Arrays, best: Mapping[str, float]) -> Arrays:
    """The same program with the values of stages kept."""
    rows = csr_matrix(np.array([-program.stages[s] for s in best]))
    return Arrays(
        program.upper,
        vstack([program.matrix, rows], format="csr"),
        np.concatenate([program.row_upper, [-v + WHOLE for v in best.values()]]),
        program.stages,
        program.whole,
        program.limits,
    )


def _maximise(program: Arrays, objective: Floats, found: Callable[[Floats], None]) -> tuple[Floats, float]:
    """The best whole x and a proven bound on its objective.

    The linear relaxation is whole or nearly so; only where it is not, whole variables are asked for.
    """
    x, bound = _solve(program, objective, whole=False)
    own = x[program.whole]
    if np.all(np.abs(own - np.rint(own)) < WHOLE):
        return _rounded(program, x), bound
    x, bound = _solve(program, objective, whole=True)
    return _rounded(program, x), bound


def _rounded(program: Arrays, x: Floats) -> Floats:
    rounded = np.where(np.abs(x - np.rint(x)) < WHOLE, np.rint(x), x)
    rounded[program.whole] = np.rint(x[program.whole])
    return rounded


def _solve(program: Arrays, objective: Floats, *, whole: bool) -> tuple[Floats, float]:
    """One call of HiGHS: x and the proven bound.

    Raises:
        SolverFailure: no solution came back.
    """
    model = mb.ModelBuilderHelper()
    rows = len(program.row_upper)
    model.fill_model_from_sparse_data(
        np.zeros_like(program.upper), program.upper, objective, np.full(rows, -np.inf), program.row_upper, program.matrix
    )
    model.set_maximize(True)
    solver = mb.ModelSolverHelper("highs")
    if whole:
        for i in np.flatnonzero(program.whole):
            model.set_var_integrality(int(i), True)
        solver.set_solver_specific_parameters("mip_rel_gap=0")
    solver.solve(model)
    if not solver.has_solution():
        raise SolverFailure(solver.status_string())
    x = np.array(solver.variable_values(), dtype=np.float64)
    return x, float(solver.best_objective_bound() if whole else objective @ x)
