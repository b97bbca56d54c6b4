"""Solving the program stage by stage, with a proven bound for each stage. Runs in the child process.

One weighted program finds the plan; where its first three stages do not meet bounds that need no solving, the stages
are solved by themselves and the plan again under them. So a later stage never costs an earlier one, whatever the
weights, and what is called proven is proven by a bound and not by the weights.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver.python import model_builder_helper as mb
from scipy.sparse import csr_matrix, vstack

from matcher.engine.solver.task import Floats, Outcome

PEOPLE = ("s1", "s2", "s3")  # stages that count people: whole numbers, proven one after the other
HALF = 0.5
WHOLE = 1e-6  # how far from a whole number a value may lie and still count as whole


class SolverFailure(RuntimeError):
    """The solver gave neither a solution nor a bound."""


@dataclass(frozen=True)
class Arrays:
    """A program ready for the solver: maximise over 0 ≤ x ≤ upper, A·x ≤ row_upper; `whole` must be whole numbers."""

    upper: Floats
    matrix: csr_matrix
    row_upper: Floats
    stages: Mapping[str, Floats]
    whole: NDArray[np.bool_]
    limits: Mapping[str, float]  # bounds of stages that need no solving
    worth: float  # the least s4 of any suggestion
    good: float  # the least s4 of a suggestion that counts for s3


def solve_weighted(program: Arrays) -> Floats:
    """The best plan by weights alone, nothing proven."""
    return _maximise(program, _mix(program, _weights(program)))[0]


def solve_staged(program: Arrays, found: Callable[[Floats], None] = lambda x: None) -> Outcome:
    """The best plan by stages; `found` is told of every whole plan on the way."""
    weights = _weights(program)
    x, total = _maximise(program, _mix(program, weights))
    found(x)
    value = _values(program, x)
    bound = dict(program.limits)
    best: dict[str, float] = {}
    for stage in PEOPLE:
        bound[stage] = (
            value[stage] if value[stage] > bound[stage] - HALF else _bound(program, stage, best, weights, value)
        )
        best[stage] = value[stage]
        if value[stage] < bound[stage] - HALF:
            # The weights were not enough, or the relaxation promises too much: solve the stage by itself.
            xs, most = _maximise(_keeping(program, best | {stage: 0.0}), program.stages[stage])
            bound[stage], best[stage] = float(np.floor(most + WHOLE)), float(np.rint(program.stages[stage] @ xs))
            if best[stage] > value[stage] + HALF:
                late = {s: (0.0 if s in best else w) for s, w in weights.items()}
                x, rest = _maximise(_keeping(program, best), _mix(program, late))
                found(x)
                value = _values(program, x)
                total = rest + sum(weights[s] * value[s] for s in best)
    # What the weighted bound leaves for s4 once everything else is paid.
    paid = sum(weights[s] * value[s] for s in weights if s != "s4")
    bound["s4"] = value["s4"] + max(0.0, float(np.floor(total - paid - value["s4"] + 1e-12 * abs(total))))
    proven = all(abs(bound[s] - value[s]) < HALF for s in (*PEOPLE, "s4"))
    return Outcome(x, bound, proven)


def _bound(
    program: Arrays, stage: str, best: Mapping[str, float], weights: Mapping[str, float], value: Mapping[str, float]
) -> float:
    """A proven bound of a stage that counts people, the earlier stages kept.

    For s3 the weights may already prove it: a plan with one more good fit would have to give up more of s4 than any
    plan has, since every suggestion is worth something and a good one more.
    """
    least_s4 = program.worth * value["s1"] + (program.good - program.worth) * (value["s3"] + 1)
    if stage == "s3" and weights["s3"] > value["s4"] - least_s4 + 2:
        return value["s3"]
    relaxed = _solve(_keeping(program, best), program.stages[stage], whole=False)[1]
    return min(program.limits[stage], float(np.floor(relaxed + WHOLE)))


def _values(program: Arrays, x: Floats) -> dict[str, float]:
    return {s: float(v @ x) for s, v in program.stages.items()}


def _weights(program: Arrays) -> dict[str, float]:
    """Weights that keep the order nearly always; it is checked afterwards, never assumed.

    s5 and s6 together stay under one thousandth of fit, the unit of s4.
    """
    most_s5 = float(program.stages["s5"].clip(min=0) @ program.upper)
    most_s6 = float(-(program.stages["s6"].clip(max=0) @ program.upper))
    s5 = 0.45 / (most_s5 + 1) if most_s5 else 0.0
    s6 = min(s5 or 0.9, 0.9) / (most_s6 + 1) * 0.5
    s3 = max(1000.0, float(np.ceil(0.5 * program.limits["s4"])))
    return {"s1": 40 * s3, "s2": 4 * s3, "s3": s3, "s4": 1.0, "s5": s5, "s6": s6}


def _mix(program: Arrays, weights: Mapping[str, float]) -> Floats:
    return sum((w * program.stages[s] for s, w in weights.items()), start=np.zeros(len(program.upper)))


def _keeping(program: Arrays, best: Mapping[str, float]) -> Arrays:
    """The same program with stages kept at these values."""
    if not best:
        return program
    rows = csr_matrix(np.array([-program.stages[s] for s in best]))
    return replace(
        program,
        matrix=vstack([program.matrix, rows], format="csr"),
        row_upper=np.concatenate([program.row_upper, [-v for v in best.values()]]),
    )


def _maximise(program: Arrays, objective: Floats) -> tuple[Floats, float]:
    """The best whole x and a proven bound on its objective.

    The linear relaxation is whole or nearly so; only where it is not, whole variables are asked for.
    """
    x, bound = _solve(program, objective, whole=False)
    own = x[program.whole]
    if not np.all(np.abs(own - np.rint(own)) < WHOLE):
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
    model: Any = mb.ModelBuilderHelper()  # its stub asks for array types that NumPy does not know
    rows = len(program.row_upper)
    model.fill_model_from_sparse_data(
        np.zeros_like(program.upper),
        program.upper,
        objective,
        np.full(rows, -np.inf),
        program.row_upper,
        program.matrix,
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
