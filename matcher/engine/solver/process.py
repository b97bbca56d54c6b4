"""The process that solves: started early, so that loading the solver costs no time, and ended from outside at the limit.

A solver's own time limit is not a hard one; a killed process is. Plans found on the way come back as they are found.
"""

import multiprocessing
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from threading import Thread
from types import TracebackType
from typing import Self

import numpy as np

from matcher.engine.solver.task import Floats, Task


@dataclass(frozen=True)
class Found:
    """What came back: the last plan, and bounds where the solving came to its end."""

    x: Floats
    bound: Mapping[str, float]
    proven: bool
    ended: str  # "" at its end; "time" at the limit; "gone" when the process disappeared; "failed" with the solver


class SolverProcess:
    """A child process that waits for one task. Use it as a context: it never outlives the block."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self._sending: Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.join()
        if self._sending is not None:
            self._sending.join()  # with nobody at the other end it stops at once
        self._ours.close()

    @property
    def pid(self) -> int | None:
        """The child's process id."""
        return self._process.pid

    def start(self, task: Task) -> None:
        """Hand over what is to be solved; the caller may do other things meanwhile.

        A process that does not read would hold up whoever sends, limit or not: so a thread does it.
        """
        self._sending = Thread(target=self._send, args=(task,), daemon=True)
        self._sending.start()

    def _send(self, task: Task) -> None:
        with suppress(OSError):  # a process that has gone is told when its answer is collected
            self._ours.send(task)

    def collect(self, seconds: float) -> Found:
        """Wait so many seconds for the end; later, the process is killed and the best plan so far comes back."""
        end = time.monotonic() + seconds
        best = np.zeros(0)
        ended = "gone"
        try:
            while True:
                if not self._ours.poll(max(0.0, end - time.monotonic())):
                    self._process.kill()
                    ended = "time"
                    break
                kind, content = self._ours.recv()
                if kind == "done":
                    return Found(content.x, content.bound, content.proven, "")
                if kind == "failed":
                    ended = "failed"
                    break
                best = content
        except (EOFError, OSError):
            ended = "gone"
        return Found(best, {}, False, ended)


def _serve(pipe: Connection) -> None:
    # The solver prints a banner on standard output, which belongs to the answer.
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    from matcher.engine.solver.companionship import solve
    from matcher.engine.solver.staged import SolverFailure

    try:
        task = pipe.recv()
    except EOFError:
        return
    try:
        outcome = solve(task, lambda x: pipe.send(("plan", x)))
    except SolverFailure as error:
        pipe.send(("failed", str(error)))
    else:
        pipe.send(("done", outcome))
