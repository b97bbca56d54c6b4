"""A wrong answer, a premise that does not hold and a case badly written are all noticed."""

from pathlib import Path

import pytest

from matcher.engine.run import run
from matcher.words import default_reader
from tests.cases.comparing import differences, unmet
from tests.cases.reading import read_cases
from tests.unit.engine.inline import InlineSolver

PLAIN = '[[case]]\nname = "plain"\nwhy = "Nothing is changed."\n'


def case_of(folder: Path, text: str):
    (folder / "plain.toml").write_text(PLAIN + text, encoding="utf-8")
    return read_cases(folder)[0]


def compared(case):
    done = run(case.bundle, case.horizon, default_reader(), InlineSolver())
    return unmet(case, done) + differences(case, done)


def test_what_is_right_is_silent(tmp_path):
    expected = 'expect.P1 = { openings = ["O1"], first = [2026-12-01T10:00:00], companion = [""], options = ["O1"] }'
    assert compared(case_of(tmp_path, expected + '\nobjective = { s1 = 1 }\ngiven = ["P1-O1 >= 500"]\ntold = []')) == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("expect.P1 = {}", "suggested ['O1'], not suggested []"),
        ("expect.P1 = { count = 2 }", "suggested 1, not suggested 2"),
        ('expect.P1 = { status = "no_fit" }', "not no_fit"),
        ('expect.P1 = { openings = ["O1"], first = [2026-12-08T10:00:00] }', "not '2026-12-08 10:00'"),
        ('expect.P1 = { openings = ["O1"], companion = ["C1"] }', "not 'C1'"),
        ('expect.P1 = { openings = ["O1"], options = [] }', "options ['O1']"),
        ('expect.P1 = { openings = ["O1"], ask = ["hours_unknown"] }', "asks []"),
        ('expect.P1 = { openings = ["O1"], blocked.time = { openings = 1 } }', "not by time"),
        ('expect.P1 = { openings = ["O1"] }\nobjective = { s1 = 2 }', "objective {'s1': 1}"),
        ('expect.P1 = { openings = ["O1"] }\ntold = ["P1 O1 age"]', "told []"),
        ('expect.P1 = { openings = ["O1"] }\ngiven = ["P1-O1 < 500"]', "P1-O1 < 500"),
        ('expect.P1 = { openings = ["O1"] }\ngiven = ["P1-O9 < 500"]', "'P1-O9': None"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, text, part):
    (told,) = compared(case_of(tmp_path, text))
    assert part in told


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("expect.P1 = { opening = [] }", "opening"),
        ("expect = {}", "everybody"),
        ("expect.P1 = {}\nexpect.P2 = {}", "nobody else"),
        ("expect.P1 = {}\nhosts.H1 = { accept = 'no' }", "accept"),
        ("expect.P1 = {}\nobjektive = {}", "objektive"),
        ("expect.P1 = {}\n" + PLAIN + "expect.P1 = {}", "twice"),
    ],
)
def test_a_case_badly_written_is_refused(tmp_path, text, part):
    with pytest.raises(ValueError, match=part):
        case_of(tmp_path, text)
