"""The solving process never holds up its parent, whatever happens to it."""

import os
import signal
from dataclasses import replace

import numpy as np
import pytest

from matcher.engine.solver.process import SolverProcess
from tests.unit.engine.solver.test_companionship import crowded, task_of


@pytest.fixture(scope="module")
def task():
    return task_of(crowded(1, 4))


def test_a_task_is_solved(task):
    with SolverProcess() as process:
        process.start(task)
        found = process.collect(60)
    assert (found.ended, found.proven) == ("", True)
    assert task.stages["s1"] @ found.x == found.bound["s1"] > 0


def test_a_process_that_does_not_even_read_is_given_up_at_the_limit(task):
    large = replace(task, values=np.zeros(2_000_000))  # more than the pipe holds
    with SolverProcess() as process:
        os.kill(process.pid, signal.SIGSTOP)
        process.start(large)
        found = process.collect(0.2)
    assert (found.ended, len(found.x)) == ("time", 0)


def test_a_process_that_is_killed_while_solving_is_told(task):
    with SolverProcess() as process:
        process.start(task)
        os.kill(process.pid, signal.SIGKILL)
        found = process.collect(60)
    assert found.ended == "gone"
    assert not found.proven


def test_a_program_that_cannot_be_solved_is_told(task):
    impossible = replace(task, row_upper=np.full_like(task.row_upper, -1.0))
    with SolverProcess() as process:
        process.start(impossible)
        assert process.collect(60).ended == "failed"
