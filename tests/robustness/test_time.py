"""A limit holds for the whole of what is done: reading, judging, solving, checking, trying."""

import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

import seed_data
from matcher.engine.answer import Horizon
from matcher.engine.block import blocks
from matcher.engine.checker import check
from matcher.engine.judged import Judged
from matcher.engine.pairs import OutOfTime, judge_blocks
from matcher.engine.run import run
from matcher.engine.solver.process import SolverProcess
from matcher.engine.tried import NothingKnown, tried
from matcher.exchange import read_bundle
from matcher.words import default_reader
from tests.bench.city import FIRST, Size, write_city
from tests.robustness.towns import FOUR_WEEKS, TOWNS

LATE = 5  # seconds beyond a limit
SAID = "時間が足りず、みんなの分を見終えられませんでした"
UNTRIED = "お願いをひとつずつ試すのに、時間かメモリーが足りませんでした"


def made(folder: Path, size: Size) -> Path:
    write_city(folder, size)
    return folder


@pytest.fixture(scope="module")
def dense(tmp_path_factory) -> Path:
    """A ward in which nearly everybody could do nearly everything, a third as large: its limits pass at every step too."""
    return made(tmp_path_factory.mktemp("dense"), Size(700, 500, 50, 24, (1, 1, 2, 3)))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = made(tmp_path_factory.mktemp("small"), Size(200, 100, 8, 24, (1, 1, 2, 3)))
    return read_bundle(folder).bundle


def deban(*arguments: object) -> tuple[int, str, float]:
    """Exit code, standard error and seconds of a command in a process of its own."""
    began = time.monotonic()
    command = [sys.executable, "-c", "from matcher.cli.main import run; run()", *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=Path(seed_data.__file__).parent.parent
    )
    return done.returncode, done.stderr, time.monotonic() - began


@pytest.mark.parametrize(
    "command", [("match",), ("why", "--person", "P0", "--opening", "O0"), ("gaps",)], ids=lambda c: c[0]
)
def test_a_command_ends_with_an_answer_or_one_plain_sentence_when_its_time_is_over(dense, command):
    limit = 1
    while True:
        code, said, seconds = deban(*command, dense, "--from", FIRST, "--time-limit", limit)
        assert seconds <= limit + LATE
        assert code in (0, 2)
        assert said.startswith((SAID, UNTRIED)) and said.count("\n") == 1 if code else said == ""
        if code == 0:
            break
        limit *= 2


def test_what_is_given_when_time_is_over_breaks_no_rule(dense):
    bundle, limit = read_bundle(dense).bundle, 1
    done = None
    with SolverProcess() as process:
        while done is None:
            began = time.monotonic()
            try:
                done = run(bundle, Horizon(FIRST, 4), default_reader(), process, seconds=limit)
            except OutOfTime:
                limit *= 2
            assert time.monotonic() - began <= limit + LATE
    assert [a.person_id for a in done.answers] == sorted(p.person_id for p in bundle.people)
    assert check(bundle, Horizon(FIRST, 4), done.answers) == []
    assert done.plan.optimal == (done.plan.ended == "")


def test_no_block_is_judged_after_the_limit():
    judged = Judged.of(TOWNS["one_and_one"]().bundle, FOUR_WEEKS, default_reader())
    begun = []

    def watched():
        for block in blocks(judged.problem):
            begun.append(block)
            yield block

    with pytest.raises(OutOfTime):
        judge_blocks(judged.problem, judged.profiles, watched(), until=time.monotonic() - 1)
    assert len(begun) == 1
    assert len(judge_blocks(judged.problem, judged.profiles, watched(), until=time.monotonic() + 600).person) == 1


def test_a_limit_that_passes_between_judging_and_drafting_is_told():
    place = TOWNS["one_and_one"]()

    def slow(what: str) -> None:
        if what == "みんなの分を合わせています":  # all pairs are judged by then
            time.sleep(3)

    with SolverProcess() as process, pytest.raises(OutOfTime, match=SAID):
        run(place.bundle, place.horizon, default_reader(), process, seconds=2.5, progress=slow)


def test_gaps_are_tried_until_the_time_is_over_and_no_longer(small):
    with SolverProcess() as process:
        standing = run(small, Horizon(date(2099, 12, 1), 4), default_reader(), process).standing
        whole = tried(standing, process, seconds=600)
        began = time.monotonic()
        part = tried(standing, process, seconds=2)
        assert time.monotonic() - began <= 2 + LATE
        with pytest.raises(NothingKnown):
            tried(standing, process, seconds=0)
    assert whole
    assert all(t.more > 0 and t.together >= t.more for t in (*whole, *part))
    known = {t.ask: (t.more, t.fit) for t in whole}
    assert all(known.get(t.ask, (t.more, t.fit)) == (t.more, t.fit) for t in part)
