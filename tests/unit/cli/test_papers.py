"""The pages of docs that are drawn from the code are what is drawn now."""

from pathlib import Path

import pytest

from matcher.cli.papers import papers, write
from matcher.model.tables import MACHINES

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("name", papers())
def test_the_page_is_as_the_code_draws_it(name):
    assert (DOCS / name).read_text(encoding="utf-8") == papers()[name], "run `make papers`"


def test_writing_draws_every_page(tmp_path):
    write(tmp_path)
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == dict(papers())


def test_every_machine_is_drawn():
    for machine in MACHINES:
        assert machine.diagram() in papers()["statuses.md"]
