"""SciPy's `milp` (HiGHS) on the program's arrays: `python -m tests.bench.peers.highs FOLDER SECONDS WAY`."""

from pathlib import Path

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from tests.bench.peers.peer import Clock, Program, Reached, peer


def solve(folder: Path, seconds: float, way: str) -> Reached:
    """One weighted objective, or stage after stage; the gap is closed, not left at SciPy's 0.01 %."""
    program = Program.load(folder)
    clock = Clock()
    rows = [LinearConstraint(program.matrix, -np.inf, program.row_upper)]
    clock.built()
    plan, worth, bound, status = None, None, None, "nothing"
    objectives = program.objectives(way)
    for number, objective in enumerate(objectives):
        found = milp(
            -objective,
            integrality=program.whole.astype(np.uint8),
            bounds=Bounds(0, program.upper),
            constraints=rows,
            options={"time_limit": max(1.0, seconds - clock.running()), "mip_rel_gap": 0.0},
        )
        if found.x is not None:
            plan, worth, status = found.x, -float(found.fun), "not proven"
        bound = None if found.mip_dual_bound is None else -float(found.mip_dual_bound)
        if found.status != 0:
            break
        if number + 1 == len(objectives):
            status = "proven"
        rows.append(LinearConstraint(objective[np.newaxis, :], round(worth), np.inf))
    clock.solved()
    if way == "stages":
        return Reached(clock, status, x=plan)
    return Reached(clock, status, worth, bound, x=plan)


if __name__ == "__main__":
    peer(solve)
