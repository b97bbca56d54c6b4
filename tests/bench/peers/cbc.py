"""PuLP with the CBC it ships, on the program's arrays: `python -m tests.bench.peers.cbc FOLDER SECONDS WAY`."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pulp

from tests.bench.peers.peer import Clock, Program, Reached, peer


def solve(folder: Path, seconds: float, way: str) -> Reached:
    """One weighted objective, or stage after stage, each kept by a row; every whole variable declared so."""
    program = Program.load(folder)
    clock = Clock()
    problem, x = _model(program)
    clock.built()
    objectives = program.objectives(way)
    log = folder / "cbc.log"
    plan, worth, bound, status = None, None, None, "nothing"
    for number, objective in enumerate(objectives):
        expression = _sum(x, objective)
        problem.setObjective(expression)
        left = seconds - clock.running()
        problem.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=max(1.0, left), gapRel=0, logPath=str(log)))
        if problem.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
            plan = np.array([v.value() or 0.0 for v in x])
            worth = float(objective @ plan)
            status = "not proven"
        if problem.sol_status != pulp.LpSolutionOptimal:
            bound = _bound(log)
            break
        if number + 1 < len(objectives):
            problem += expression >= round(worth)
        else:
            bound, status = worth, "proven"
    clock.solved()
    if way == "stages":
        return Reached(clock, status, x=plan)
    return Reached(clock, status, worth, bound, x=plan)


def _model(program: Program) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    kinds = np.where(program.whole, pulp.LpInteger, pulp.LpContinuous).tolist()
    bounds = zip(program.upper.tolist(), kinds, strict=True)
    x = [pulp.LpVariable(f"x{i}", 0, upper, kind) for i, (upper, kind) in enumerate(bounds)]
    problem = pulp.LpProblem("plan", pulp.LpMaximize)
    indices, values, starts = (a.tolist() for a in (program.indices, program.values, program.starts))
    for row, limit in enumerate(program.row_upper.tolist()):
        own = range(starts[row], starts[row + 1])
        problem += pulp.LpAffineExpression([(x[indices[k]], values[k]) for k in own]) <= limit
    return problem, x


def _sum(x: list[pulp.LpVariable], weights: Any) -> pulp.LpAffineExpression:
    return pulp.LpAffineExpression([(x[i], float(weights[i])) for i in np.flatnonzero(weights)])


def _bound(log: Path) -> float | None:
    """What CBC had proven when it stopped; PuLP does not pass it on. (PuLP minimises the negative.)"""
    found = re.findall(r"(?:Lower bound|best possible):?\s+(-?[\d.e+]+)", log.read_text(errors="replace"))
    return -float(found[-1]) if found else None


if __name__ == "__main__":
    peer(solve)
