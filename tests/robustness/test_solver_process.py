"""Whatever happens to the solving process, its parent learns of it in time, and the next task is solved rightly."""

import os
import resource
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matcher.engine.checker import check
from matcher.engine.run import run
from matcher.engine.solver.process import Found, SolverProcess
from matcher.engine.solver.task import Task
from matcher.words import default_reader
from tests.robustness.towns import TOWNS
from tests.unit.engine.solver.test_companionship import crowded, task_of

LATE = 5  # seconds beyond a limit


@pytest.fixture(scope="module")
def task() -> Task:
    return task_of(crowded(1, 4))


@pytest.fixture(scope="module")
def long_task() -> Task:
    """Its plan is larger than what the system keeps in between, so it has no end before somebody collects it."""
    return task_of(TOWNS["alike_in_need_of_company"]().bundle)


@pytest.fixture(scope="module")
def right(task) -> np.ndarray:
    with SolverProcess() as process:
        process.start(task)
        return process.collect(60).x


def begun(process: SolverProcess, task: Task, long_task: Task) -> None:
    """The solver is loaded, and is at work on the long task."""
    ready(process, task)
    idle = used(process.pid)
    process.start(long_task)
    until(lambda: used(process.pid) > idle + 0.05)


def until(true: Callable[[], bool]) -> None:
    """Wait for something that is bound to come."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() < began + 60
        time.sleep(0.001)


def used(pid: int) -> float:
    """Seconds of the processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def given_room(pid: int, megabytes: int) -> None:
    """Let the process have so much memory and no more, beyond what it has now."""
    now = int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    limit = now + megabytes * 2**20
    resource.prlimit(pid, resource.RLIMIT_AS, (limit, limit))


def ready(process: SolverProcess, task: Task) -> None:
    """The solver is loaded and has solved something."""
    process.start(task)
    assert process.collect(60).ended == ""


def killed_before(process: SolverProcess, task: Task, long_task: Task) -> Found:
    os.kill(process.pid, signal.SIGKILL)
    process.start(task)
    return process.collect(60)


def killed_while_idle(process: SolverProcess, task: Task, long_task: Task) -> Found:
    ready(process, task)
    os.kill(process.pid, signal.SIGKILL)
    process.start(task)
    return process.collect(60)


def killed_while_solving(process: SolverProcess, task: Task, long_task: Task) -> Found:
    begun(process, task, long_task)
    os.kill(process.pid, signal.SIGKILL)
    return process.collect(60)


def stopped_before(process: SolverProcess, task: Task, long_task: Task) -> Found:
    os.kill(process.pid, signal.SIGSTOP)
    process.start(task)
    return process.collect(1)


def stopped_while_idle(process: SolverProcess, task: Task, long_task: Task) -> Found:
    ready(process, task)
    os.kill(process.pid, signal.SIGSTOP)
    process.start(task)
    return process.collect(1)


def stopped_while_solving(process: SolverProcess, task: Task, long_task: Task) -> Found:
    begun(process, task, long_task)
    os.kill(process.pid, signal.SIGSTOP)
    return process.collect(1)


def out_of_time(process: SolverProcess, task: Task, long_task: Task) -> Found:
    begun(process, task, long_task)
    return process.collect(0)


def no_memory_to_begin_with(process: SolverProcess, task: Task, long_task: Task) -> Found:
    until(lambda: os.readlink(f"/proc/{process.pid}/fd/2") == os.devnull)  # it runs, and begins to load the solver
    given_room(process.pid, 0)
    process.start(task)
    return process.collect(60)


def no_memory_to_solve(process: SolverProcess, task: Task, long_task: Task) -> Found:
    ready(process, task)
    given_room(process.pid, 0)
    process.start(long_task)
    return process.collect(60)


def never_collected(process: SolverProcess, task: Task, long_task: Task) -> Found:
    process.start(long_task)
    return Found(np.zeros(0), {}, False, "")


def impossible(process: SolverProcess, task: Task, long_task: Task) -> Found:
    process.start(replace(task, row_upper=np.full_like(task.row_upper, -1.0)))
    return process.collect(60)


EVENTS: dict[Callable[[SolverProcess, Task, Task], Found], set[str]] = {
    killed_before: {"gone"},
    killed_while_idle: {"gone", ""},  # replaced at once where the system has noticed its end
    killed_while_solving: {"gone"},
    stopped_before: {"time"},
    stopped_while_idle: {"time"},
    stopped_while_solving: {"time"},
    out_of_time: {"time"},
    no_memory_to_begin_with: {"gone"},
    no_memory_to_solve: {"gone", "failed"},
    never_collected: {""},
    impossible: {"failed"},
}


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: e.__name__)
def test_what_happened_is_told_and_the_next_task_is_solved_rightly(event, task, long_task, right, capfd):
    with SolverProcess() as process:
        found = event(process, task, long_task)
        assert found.ended in EVENTS[event]
        assert found.proven == (found.ended == "" and event is not never_collected)
        for _ in range(2):
            process.start(task)
            again = process.collect(60)
            assert (again.ended, again.proven) == ("", True)
            assert np.array_equal(again.x, right)
    assert capfd.readouterr() == ("", "")


def test_a_process_stopped_in_the_middle_of_what_it_sends_holds_up_nobody(task):
    columns = len(task.upper) - len(task.ride_slot)
    idle = 300_000  # variables that can only be nought, so that a plan is larger than what the system keeps in between
    at = columns  # before the rides, which are the last
    wide = replace(
        task,
        upper=np.insert(task.upper, at, np.zeros(idle)),
        indices=np.where(task.indices >= at, task.indices + idle, task.indices).astype(np.int32),
        stages={s: np.insert(v, at, np.zeros(idle)) for s, v in task.stages.items()},
    )
    with SolverProcess() as process:
        process.start(wide)
        assert process._ours.poll(60), "nothing is sent"
        time.sleep(0.2)
        os.kill(process.pid, signal.SIGSTOP)
        began = time.monotonic()
        found = process.collect(1)
        assert time.monotonic() - began <= 1 + LATE
        assert found.ended == "time"
        process.start(task)
        assert process.collect(60).ended == ""


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSTOP], ids=lambda s: s.name)
def test_a_run_whose_process_is_lost_answers_everybody_and_breaks_no_rule(sign):
    place = TOWNS["alike_in_need_of_company"]()
    with SolverProcess() as process:
        os.kill(process.pid, sign)
        began = time.monotonic()
        done = run(place.bundle, place.horizon, default_reader(), process, seconds=10)
        assert time.monotonic() - began <= 10 + LATE
    assert done.plan.ended == {signal.SIGKILL: "gone", signal.SIGSTOP: "time"}[sign]
    assert not done.plan.optimal
    assert any(a.suggestions for a in done.answers)
    assert check(place.bundle, place.horizon, done.answers) == []
