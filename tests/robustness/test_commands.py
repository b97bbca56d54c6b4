"""The commands on towns at the edge, and with too little memory: an answer, or one plain sentence."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import seed_data
from matcher.cli.main import main
from matcher.exchange.writing import write_bundle
from tests.bench.city import FIRST, Size, write_city
from tests.robustness.towns import TOWNS

# Told by a library that ends the process itself, before anything of ours could tell it in Japanese.
BLAS = ("OpenBLAS error: Memory allocation still failed", "OpenBLAS: malloc failed")


@pytest.mark.parametrize("name", TOWNS)
def test_every_town_is_answered(name, tmp_path):
    place = TOWNS[name]()
    write_bundle(place.bundle, tmp_path / "bundle")
    when = [str(tmp_path / "bundle"), "--from", str(place.horizon.first), "--weeks", str(place.horizon.weeks)]
    out = tmp_path / "out.json"
    for command in (
        ["match", *when, "--json", str(out)],
        ["why", *when, "--person", "P1", "--opening", "O1"],
        ["gaps", *when, "--time-limit", "10"],
    ):
        done = CliRunner().invoke(main, command)
        assert isinstance(done.exception, SystemExit | None), done.exception
        if command[0] == "gaps" and done.exit_code == 2:
            assert "足りませんでした" in done.stderr
            continue
        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout
    answer = json.loads(out.read_text(encoding="utf-8"))
    assert {p["person_id"] for p in answer["people"]} == {p.person_id for p in place.bundle.people}
    assert answer["refused"] == []


def test_a_pin_that_breaks_a_rule_is_told_on_the_screen(tmp_path):
    write_bundle(TOWNS["pinned_against_age"]().bundle, tmp_path)
    done = CliRunner().invoke(main, ["match", str(tmp_path), "--from", str(FIRST)])
    assert "年齢の条件と合いません" in done.stdout.replace("\n  ", "")


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    write_city(folder, Size(200, 100, 8))
    return folder


def within(megabytes: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, whose address space, and that of its children, is so large and no larger."""
    most = megabytes * 2**20
    return subprocess.run(
        [sys.executable, "-c", "from matcher.cli.main import run; run()", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(seed_data.__file__).parent.parent,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most)),
    )


@pytest.mark.parametrize("command", ["match", "gaps"])
@pytest.mark.parametrize("megabytes", [60, 120, 180, 300, 440, 480, 500, 510, 520, 530, 550, 600])
def test_too_little_memory_ends_in_an_answer_or_one_plain_sentence(small, command, megabytes):
    done = within(megabytes, command, small, "--from", FIRST, "--time-limit", 10)
    if done.returncode == 0:
        assert done.stderr == ""
        assert "人" in done.stdout
    elif not done.stderr.startswith(BLAS):
        assert done.returncode == 2
        assert (done.stdout, done.stderr.count("\n")) == ("", 1)
        assert "メモリー" in done.stderr or "足りません" in done.stderr


def test_enough_memory_is_enough(small):
    assert within(2000, "match", small, "--from", FIRST).returncode == 0
