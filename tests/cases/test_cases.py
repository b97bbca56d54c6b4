"""Every named case: a small problem, its right answer, and why it is right."""

from pathlib import Path

import pytest

from matcher.engine.run import run
from matcher.words import default_reader
from tests.cases.comparing import differences, unmet
from tests.cases.reading import read_cases
from tests.unit.engine.inline import InlineSolver


def _params():
    return [pytest.param(case, id=case.id) for case in read_cases(Path(__file__).parent)]


@pytest.mark.parametrize("case", _params())
def test_the_answer_is_right(case):
    done = run(case.bundle, case.horizon, default_reader(), InlineSolver())
    for title, lines in (
        ("what it takes for granted does not hold", unmet(case, done)),
        ("the answer is not right", wrong := differences(case, done)),
    ):
        if lines and not (lines is wrong and case.disagrees):
            told = "\n".join(f"  - {line}" for line in lines)
            pytest.fail(f"{case.id}: {title}\n{told}\n  why: {case.why}", pytrace=False)
    if wrong:
        pytest.xfail(case.disagrees)
    if case.disagrees:
        pytest.fail(f"{case.id}: the answer is right now; take `disagrees` out", pytrace=False)
