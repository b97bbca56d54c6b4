"""`python -m matcher.cli.papers`: writes the pages of `docs/` that are drawn from tables of the code."""

from collections.abc import Mapping
from pathlib import Path

from matcher.model.tables import MACHINES
from matcher.permissions import TABLE, Action, Kind

FOLDER = Path("docs")
_DRAWN = "<!-- Drawn from the code by `make papers`; changes by hand are lost, and a test finds them. -->"


def papers() -> Mapping[str, str]:
    """Each drawn page, by its file's name."""
    return {"statuses.md": statuses(), "permissions.md": permissions()}


def statuses() -> str:
    """Every noun's statuses, as diagrams and tables of steps."""
    lines = [_DRAWN, "# Statuses", "", "Each noun moves by one table; the database holds it to the same moves."]
    for machine in sorted(MACHINES, key=lambda machine: machine.name):
        lines += ["", f"## {machine.name} ({machine.ja})", "", "```mermaid", machine.diagram(), "```", ""]
        lines += ["| status | 日本語 | step → status |", "|---|---|---|"]
        for status in machine.statuses:
            steps = machine.moves.get(status, {})
            told = ", ".join(f"`{step}` → `{then.value}`" for step, then in steps.items()) or "end"
            lines.append(f"| `{status.value}` | {status.ja} | {told} |")
    return "\n".join(lines) + "\n"


def permissions() -> str:
    """The table of permissions: an action a row, a kind of actor a column."""
    kinds = list(Kind)
    lines = [
        _DRAWN,
        "# Permissions",
        "",
        "● may, blank may not. Beyond the table: a coordinator sees and changes only people of their areas and those they",
        "carry; the bearer of a host's link acts for that host alone, and no bearer of a link has a person's file.",
        "",
        "| action | | " + " | ".join(f"{kind.value}<br>{kind.ja}" for kind in kinds) + " |",
        "|---|---|" + ":-:|" * len(kinds),
    ]
    for action in Action:
        marks = " | ".join("●" if kind in TABLE.get(action, frozenset()) else " " for kind in kinds)
        lines.append(f"| `{action.value}` | {action.ja} | {marks} |")
    return "\n".join(lines) + "\n"


def write(folder: Path = FOLDER) -> None:
    """Write all of them into a folder."""
    for name, content in papers().items():
        (folder / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    write()
