"""What says the same gives the same: other IDs, another order of rows, another run, another process."""

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.metamorphic.answers import digest, values, written
from tests.metamorphic.rewriting import named_back, names, renamed, shuffled
from tests.oracle.comparing import solved
from tests.oracle.instances import instance

SEEDS = range(30_000, 30_150)
ROOT = Path(__file__).parents[2]


def test_other_ids_in_the_same_order_change_nothing_but_names():
    changed = []
    for seed in SEEDS:
        drawn = instance(seed)
        new = names(drawn, Random(seed), in_order=True)
        old, answer = written(drawn), written(renamed(drawn, new))
        assert answer != old
        if named_back(answer, new) != old:
            changed.append(seed)
    assert changed == []


def test_other_ids_in_any_order_keep_every_stage():
    changed = []
    for seed in SEEDS:
        drawn = instance(seed)
        other = solved(renamed(drawn, names(drawn, Random(seed), in_order=False)))
        if values(solved(drawn)) != values(other):
            changed.append(seed)
    assert changed == []


def test_the_order_of_rows_changes_nothing():
    drawn = [instance(seed) for seed in SEEDS]
    assert [d.seed for d in drawn if written(shuffled(d, Random(d.seed))) != written(d)] == []


def test_a_second_run_writes_the_same():
    drawn = [instance(seed) for seed in SEEDS]
    assert [d.seed for d in drawn if written(d) != written(d)] == []


@pytest.mark.parametrize("hashing", ["1", "2"])
def test_another_process_writes_the_same(hashing, tmp_path):
    """Even one in which sets of words have another order, as they have in every process."""
    first, last, out = SEEDS[0], SEEDS[40], tmp_path / "digest"
    subprocess.run(
        [sys.executable, "-m", "tests.metamorphic.answers", str(first), str(last), str(out)],
        check=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": hashing},
        stdout=subprocess.DEVNULL,
    )
    assert out.read_text() == digest(range(first, last))
