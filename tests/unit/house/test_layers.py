"""The direction of imports is checked, and the check fails on a planted violation."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(folder)}
    )


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("times/calendar.py", "from matcher.words import Reader"),
        ("words/tokens.py", "from matcher.model import Person"),
        ("engine/fit.py", "from matcher.exchange import read_bundle"),
        ("exchange/bundle.py", "from matcher.engine.fit import WORTH"),
        ("services/match.py", "from matcher.cli.report import report"),
        ("engine/fit.py", "import flask"),
        ("engine/solver/staged.py", "from matcher.engine.fit import WORTH"),
    ],
)
def test_a_planted_violation_is_found(tmp_path, module, line):
    shutil.copytree(ROOT / "matcher", tmp_path / "matcher", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path = tmp_path / "matcher" / module
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    assert lint(tmp_path).returncode == 1


def test_the_project_itself_keeps_its_layers():
    assert lint(ROOT).returncode == 0
