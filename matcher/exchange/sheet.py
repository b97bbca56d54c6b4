"""A sheet as rows of raw cells, whatever file it came from, with the row numbers that people see."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matcher.errors import DebanError

MOST_FILLED = 100_000  # rows of one bundle; 26,000 openings and as many people are fewer
MOST_CELLS = 1_500_000  # filled cells of one bundle
MOST_PLACES = 3_000_000  # cells of one sheet, empty ones between filled ones included
MOST_ROWS = 1_048_576  # rows that a spreadsheet can show
Cell = Any  # str from a CSV; str, int, float, bool, date, datetime, time or timedelta from a workbook


def shown(name: str) -> str:
    """A file's name as it can be printed: bytes that are no characters become marks."""
    return "".join(c if c.isprintable() else "?" for c in name.encode("utf-8", "replace").decode())


class BundleError(DebanError):
    """What makes a bundle, or a file of it, unreadable as a whole."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: `file` as people know it (people.csv, or the sheet's name), its kind, and its rows with numbers."""

    file: str
    name: str  # name without extension, as it stands
    rows: list[tuple[int, list[Cell]]]
    path: Path

    def filled(self) -> Iterator[tuple[int, list[Cell]]]:
        """Rows with anything in them."""
        return ((n, cells) for n, cells in self.rows if any(c not in ("", None) for c in cells))
