"""`deban demo` tells from the store what the same bundles give as files, and leaves nothing behind."""

import tempfile
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import seed_data
from matcher.cli import match
from matcher.cli.demo import FIRST, WEEKS
from matcher.cli.main import main
from matcher.services.match import match_bundle


def test_the_store_gives_the_same_answers_as_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@nowhere.invalid/none")  # a demonstration touches no other
    done = CliRunner().invoke(main, ["demo"])
    assert done.exit_code == 0, done.output
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("deban-demo")]
    sections = done.stdout.split("＝＝\n")
    for name, told in zip(("casebook", "demo"), sections[1:], strict=True):
        matched = match_bundle(Path(seed_data.__file__).parent / name, FIRST, WEEKS, today=FIRST)

        @click.command()
        def show(matched: object = matched) -> None:
            match.show(matched)

        asked = CliRunner().invoke(show, [])
        assert told.split("＝＝")[0].strip() == asked.stdout.strip()
