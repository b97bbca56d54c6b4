"""Whatever is handed in, reading ends with a result or one sentence, in bounded memory and time."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
MEMORY = 256  # MiB


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the process that reads hostile files said. It is one of its own, so that its memory can be measured."""
    done = subprocess.run(
        [sys.executable, str(HERE / "hostile_files.py"), str(tmp_path_factory.mktemp("hostile"))],
        # Measured alone: what watches the tests would be counted as the reader's memory.
        env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")}
        | {"PYTHONPATH": str(HERE.parents[2])},
        capture_output=True,
        text=True,
        timeout=1800,  # only so that a reader that hangs does not hang everything
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_only_a_result_or_one_sentence(told: dict[str, Any]) -> None:
    assert told["wrong"] == []


def test_there_were_many_and_of_both_kinds(told: dict[str, Any]) -> None:
    assert told["read"] + told["refused"] >= 500
    assert min(told["read"], told["refused"]) >= 100


def test_memory_is_bounded(told: dict[str, Any]) -> None:
    assert told["memory"] <= MEMORY, told["largest"]
