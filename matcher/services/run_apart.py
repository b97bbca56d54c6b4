"""A run in a process of its own, with limits on time and memory: whatever becomes of it, the worker goes on.

The process and the solver it starts are one group; the group ends with the run, with its limit, and with the worker.
"""

import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from importlib.metadata import version
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any

from matcher.errors import DebanError
from matcher.model import Bundle
from matcher.services.working_runs import Result

MEMORY = 6_000_000_000  # bytes of address space of each process of the group; the solver reserves more than it uses
BETWEEN_BEATS = 4.0  # seconds
GRACE = 15.0  # seconds beside the run's limit, for loading and for what cannot be interrupted


class RunFailed(DebanError):
    """The run could not be done; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(FAILURES[code])
        self.code = code


FAILURES = {
    "time": "時間内に終わりませんでした。期間を短くするか、時間の上限をのばして、もう一度お試しください。",
    "memory": "メモリーが足りませんでした。ほかの仕事が終わってから、もう一度お試しください。",
    "gone": "計算のプログラムが途中で止まりました。もう一度お試しください。",
    "worker_gone": "担当プログラムが何度も途中で止まりました。運用の担当者に deban doctor を頼んでください。",
    "nothing": "マッチングする本人か受け入れ枠が、まだありません。",
    "faulty": "答えの検算が合わなかったので、使わずに止めました。運用の担当者に知らせてください。",
    "error": "思わぬことで止まりました。運用の担当者に、この時刻の記録を見てもらってください。",
}


def run_apart(
    bundle: Bundle,
    first: date,
    weeks: int,
    seconds: int,
    beat: Callable[[str], None],
    memory: int = MEMORY,
) -> Result:
    """Match everybody of a bundle in a process of its own.

    Args:
        beat: called every few seconds with how far the run is; whatever it raises ends the run and is raised.
        memory: bytes of address space that each process may take.

    Raises:
        RunFailed: there is nothing to match, time or memory was short, or the checker found the answer unsound.
    """
    if not bundle.people or not bundle.openings:
        raise RunFailed("nothing")
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, memory))
    process.start()
    theirs.close()
    sending = Thread(target=_send, args=(ours, (bundle, first, weeks, seconds)), daemon=True)
    sending.start()
    try:
        return _follow(ours, time.monotonic() + seconds + GRACE, beat)
    finally:
        _end(process)
        ours.close()
        sending.join()


def _send(pipe: Connection, task: object) -> None:
    with suppress(OSError):
        pipe.send(task)


def _follow(pipe: Connection, end: float, beat: Callable[[str], None]) -> Result:
    progress = ""
    while True:
        try:
            if pipe.poll(BETWEEN_BEATS):
                kind, content = pipe.recv()
                if kind == "done":
                    return Result(**content)
                if kind == "failed":
                    raise RunFailed(content)
                progress = content
        except (EOFError, OSError):
            raise RunFailed("gone") from None
        beat(progress)
        if time.monotonic() > end:
            raise RunFailed("time")


def _end(process: multiprocessing.process.BaseProcess) -> None:
    """End the whole group, the solver in it too."""
    if process.pid is not None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
    process.join()


def _serve(pipe: Connection, memory: int) -> None:
    """Match what comes through the pipe; end with whoever holds its other end."""
    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    bundle, first, weeks, seconds = pipe.recv()
    Thread(target=_watch, args=(pipe,), daemon=True).start()
    try:
        pipe.send(("done", _matched(bundle, first, weeks, seconds, lambda said: pipe.send(("progress", said)))))
    except MemoryError:
        pipe.send(("failed", "memory"))
    except DebanError as error:
        pipe.send(("failed", _CODES.get(type(error).__name__, "error")))


_CODES = {"OutOfTime": "time", "FaultyPlan": "faulty", "ProblemError": "error"}


def _watch(pipe: Connection) -> None:
    """Nothing more comes through the pipe: when it ends, so did the worker, and the group goes with it."""
    with suppress(EOFError, OSError):
        pipe.recv()
    os.killpg(0, signal.SIGKILL)


def _matched(bundle: Bundle, first: date, weeks: int, seconds: int, progress: Callable[[str], None]) -> dict[str, Any]:
    from matcher.engine.answer import Horizon
    from matcher.engine.assignment.program import STAGES
    from matcher.engine.fairness import fairness
    from matcher.engine.run import run
    from matcher.engine.solver.process import SolverProcess
    from matcher.services import fairness_text
    from matcher.services.stored_answer import to_stored
    from matcher.words import default_reader

    with SolverProcess() as process:
        done = run(bundle, Horizon(first, weeks), default_reader(), process, seconds=seconds, progress=progress)
    areas = {(a.municipality, a.area_id): a.name for a in bundle.areas}
    return {
        "solved": "optimal" if done.plan.optimal else "feasible",
        "objective": {s: int(done.plan.objective[s]) for s in STAGES},
        "bound": {s: int(done.plan.bound[s]) for s in STAGES},
        "versions": versions(),
        "people": {a.person_id: to_stored(a) for a in done.answers},
        "answer": {
            "gaps": [
                {
                    "area_id": g.area_id,
                    "role": g.role,
                    "when": g.when,
                    "activity": g.activity,
                    "people": list(g.people),
                }
                for g in done.gaps
            ],
            "fairness": fairness_text.as_json(fairness(done.problem, done.pairs, done.answers), areas),
            "seconds": round(done.seconds, 3),
        },
    }


def versions() -> dict[str, str]:
    """Versions and weights by which a run can be explained later."""
    from matcher.engine.fit import CIRCUMSTANCES, SOURCES, WORDS

    weights = {"words": WORDS, **SOURCES, **CIRCUMSTANCES}
    return {
        **{name: version(name) for name in ("deban", "ortools", "sudachidict_core")},
        "weights": " ".join(f"{name}={weight}" for name, weight in weights.items()),
    }
