"""A run in a process of its own ends with its limit, its memory, its worker, or its answer."""

import os
import signal
import time
from datetime import date

import psutil
import pytest

from matcher.model import Bundle
from matcher.services.run_apart import FAILURES, RunFailed, run_apart
from matcher.services.working_runs import TakenOver
from tests.integration.small_town import area, companion, host, opening, person

FIRST = date(2026, 12, 1)


def _bundle(people: int = 2) -> Bundle:
    return Bundle(
        areas=(area(),),
        hosts=(host(),),
        openings=(opening(),),
        people=tuple(person(f"P{n}") for n in range(people)),
        companions=(companion(),),
    )


def _children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


def test_an_answer_comes_back_with_its_proof_and_no_process_stays() -> None:
    before, said = _children(), list[str]()
    result = run_apart(_bundle(), FIRST, 4, 60, said.append)
    assert (result.solved, result.objective["s1"], result.bound["s1"]) == ("optimal", 1, 1)
    assert set(result.people) == {"P0", "P1"}
    assert "みんなの分を合わせています" in said
    assert _children() == before


def test_nothing_to_match_is_told_without_starting_anything() -> None:
    with pytest.raises(RunFailed) as told:
        run_apart(Bundle(), FIRST, 4, 60, lambda said: None)
    assert told.value.code == "nothing"


def test_whoever_cancels_ends_it_and_all_it_started() -> None:
    before = _children()

    def cancelled(said: str) -> None:
        raise TakenOver("取りやめ")

    with pytest.raises(TakenOver):
        run_apart(_bundle(), FIRST, 4, 60, cancelled)
    assert _children() == before


def test_a_killed_process_is_told_plainly() -> None:
    before = _children()

    def kill(said: str) -> None:
        for pid in _children() - before:
            os.kill(pid, signal.SIGKILL)

    with pytest.raises(RunFailed) as told:
        run_apart(_bundle(), FIRST, 4, 60, kill)
    assert told.value.code == "gone"


def test_too_little_memory_is_told_plainly() -> None:
    with pytest.raises(RunFailed) as told:
        run_apart(_bundle(), FIRST, 4, 60, lambda said: None, memory=300_000_000)
    assert told.value.code in ("memory", "gone")


def test_it_ends_with_its_worker() -> None:
    reading, writing = os.pipe()
    worker = os.fork()
    if worker == 0:

        def told(said: str) -> None:
            pids = " ".join(str(pid) for pid in _children())
            os.write(writing, f"{pids}\n".encode())
            time.sleep(60)

        run_apart(_bundle(), FIRST, 4, 60, told)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        children = [int(pid) for pid in pipe.readline().split()]
    assert children
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    _, alive = psutil.wait_procs([psutil.Process(p) for p in children if psutil.pid_exists(p)], timeout=20)
    assert not alive


@pytest.mark.parametrize("code", FAILURES)
def test_each_failure_has_a_sentence(code: str) -> None:
    assert str(RunFailed(code)).endswith("。")
