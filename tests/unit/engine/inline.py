"""The solving process's methods without a process, for tests that run many small problems."""

from matcher.engine.solver.companionship import solve
from matcher.engine.solver.process import Found
from matcher.engine.solver.task import Task


class InlineSolver:
    """Stands in for `SolverProcess`: the task is solved in this very process, and always to its end."""

    def __init__(self) -> None:
        self._task: Task | None = None

    def start(self, task: Task) -> None:
        """Keep what is to be solved."""
        self._task = task

    def collect(self, seconds: float) -> Found:
        """Solve it, however long that takes.

        Raises:
            SolverFailure: the solver gave neither a solution nor a bound.
        """
        assert self._task is not None, "nothing was started"
        outcome = solve(self._task, lambda x: None)
        return Found(outcome.x, outcome.bound, outcome.proven, "")
