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
from threading import Thread, Timer
from types import TracebackType
from typing import Self

import numpy as np

from matcher.engine.solver.task import Floats, Task

GRACE = 0.5  # seconds beside the limit, for a process that stopped in the middle of what it sends


@dataclass(frozen=True)
class Found:
    """What came back: the last plan, and bounds where the solving came to its end."""

    x: Floats
    bound: Mapping[str, float]
    proven: bool
    ended: str  # "" at its end; "time" at the limit; "gone" when the process disappeared (no memory); "failed" with the solver


class SolverProcess:
    """A child process that solves one task after the other. Use it as a context: it never outlives the block.

    A process that was killed or went away is replaced when the next task comes.
    """

    def __init__(self) -> None:
        self._sending: Thread | None = None
        self._begin()

    def _begin(self) -> None:
        self._spent = False  # a task was begun whose end was not seen
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def _end(self) -> None:
        self._process.kill()
        self._process.join()
        if self._sending is not None:
            self._sending.join()  # with nobody at the other end it stops at once
            self._sending = None
        self._ours.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    @property
    def pid(self) -> int | None:
        """The child's process id."""
        return self._process.pid

    def start(self, task: Task) -> None:
        """Hand over what is to be solved; the caller may do other things meanwhile.

        A process that does not read would hold up whoever sends, limit or not: so a thread does it.
        """
        if self._spent or (self._sending is not None and not self._process.is_alive()):
            self._end()
            self._begin()
        self._spent = True
        sending = Thread(target=self._send, args=(task,), daemon=True)
        try:
            sending.start()
        except RuntimeError:  # no memory for a thread: told as gone when the answer is collected
            self._process.kill()
        else:
            self._sending = sending

    def _send(self, task: Task) -> None:
        with suppress(OSError):  # a process that has gone is told when its answer is collected
            self._ours.send(task)

    def collect(self, seconds: float) -> Found:
        """Wait so many seconds for the end; later, the process is killed and the best plan so far comes back."""
        end = time.monotonic() + seconds
        best = np.zeros(0)
        ended = "gone"
        stuck = Timer(seconds + GRACE, self._process.kill)
        stuck.daemon = True
        with suppress(RuntimeError):  # no memory for a thread: then only the wait between messages is watched
            stuck.start()
        try:
            while True:
                if not self._ours.poll(max(0.0, end - time.monotonic())):
                    self._process.kill()
                    ended = "time"
                    break
                kind, content = self._ours.recv()
                if kind == "done":
                    self._spent = False
                    return Found(content.x, content.bound, content.proven, "")
                if kind == "failed":
                    self._spent = False
                    ended = "failed"
                    break
                best = content
        except (EOFError, OSError, MemoryError):
            ended = "time" if time.monotonic() >= end else "gone"
        finally:
            stuck.cancel()
        return Found(best, {}, False, ended)


def _serve(pipe: Connection) -> None:
    """Solve one task after the other until the parent goes, or memory does."""
    # The solver prints lines on standard output, which belongs to the answer. Whoever finds no memory complains on
    # standard error; the parent tells it in its own words.
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    from matcher.engine.solver.companionship import solve

    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        try:
            outcome = solve(task, lambda x: pipe.send(("plan", x)))
        except MemoryError:  # whatever is left is of no use: a new process takes the next task
            return
        except Exception as error:  # whatever the solver raises: told, and the parent makes do
            pipe.send(("failed", f"{type(error).__name__}: {error}"))
        else:
            pipe.send(("done", outcome))
