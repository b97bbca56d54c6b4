"""Files for spreadsheets: texts that stay texts, whole bundles as CSV or as a workbook, nothing half-written."""

import csv
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from matcher.exchange.sheet import BundleError, Cell
from matcher.exchange.table import is_guarded, is_risky
from matcher.model import SHEETS, Bundle, Coded, Record
from matcher.times import Schedule, format_cell

_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def guarded(text: str) -> str:
    """A text with an apostrophe before it where a spreadsheet would take it for a formula; reading takes it off."""
    return "'" + text if is_risky(text) or is_guarded(text) else text


def written(record: Record, column: str) -> str:
    """A value as the cell that reads back as the same value."""
    value = getattr(record, column)
    if value is None:
        return ""
    if isinstance(value, Coded):
        return value.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    if isinstance(value, Schedule):
        return format_cell(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return ";".join(v.value if isinstance(v, Coded) else str(v) for v in value)
    return str(value)


def write_bundle(bundle: Bundle, directory: Path) -> list[Path]:
    """Write a bundle as CSV files (UTF-8 with BOM, English headers), empty sheets left out.

    Raises:
        BundleError: the folder cannot be written.
    """
    make_folder(directory)
    return [
        write_csv(directory / f"{model.sheet}.csv", [list(model.headers()), *_cells(model, rows)])
        for model, rows in _sheets(bundle)
    ]


def write_workbook(bundle: Bundle, path: Path) -> Path:
    """Write a bundle as one workbook with Japanese sheet names and headers, empty sheets left out.

    Raises:
        BundleError: the workbook cannot be written.
    """
    make_folder(path.parent)
    return write_sheets(
        path, {m.sheet_ja: [list(m.headers().values()), *_cells(m, rows)] for m, rows in _sheets(bundle)}
    )


def _sheets(bundle: Bundle) -> list[tuple[type[Record], tuple[Record, ...]]]:
    found = [(model, getattr(bundle, model.sheet)) for model in SHEETS]
    return [(model, rows) for model, rows in found if rows] or [found[0]]


def _cells(model: type[Record], rows: Iterable[Record]) -> Iterable[list[str]]:
    return ([guarded(written(row, column)) for column in model.headers()] for row in rows)


def make_folder(directory: Path) -> None:
    """Make a folder to write to.

    Raises:
        BundleError: something else has the name, or it may not be made.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BundleError(f"{directory} に書けません（{error.strerror}）。場所と権限を確かめてください。") from None


def write_csv(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    """Write cells as they are to a CSV that a spreadsheet opens with its characters intact."""

    def fill(file: IO[bytes]) -> None:
        lines = csv.writer(_Encoded(file), lineterminator="\r\n")
        file.write(b"\xef\xbb\xbf")
        lines.writerows(rows)

    return replace(path, fill)


class _Encoded:
    """The one method the CSV writer needs; half a surrogate pair, which no encoding holds, becomes a mark."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode("utf-8", "replace"))


def write_sheets(path: Path, sheets: Mapping[str, Iterable[Sequence[Cell]]]) -> Path:
    """Write cells to a workbook: text stays text, numbers and dates stay what they are."""
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        page: WriteOnlyWorksheet = book.create_sheet(name)
        for row in rows:
            page.append([_workbook_cell(page, cell) for cell in row])
    return replace(path, book.save)


def _workbook_cell(page: WriteOnlyWorksheet, value: Cell) -> Any:
    if not isinstance(value, str):
        return value
    if not value:
        return None
    value = value.encode("utf-8", "replace").decode("utf-8")
    cell: Any = WriteOnlyCell(page, "")
    # Set past openpyxl's own setter, which would cut long texts without a word.
    cell._value = _NOT_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", value)
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def replace(path: Path, fill: Callable[[IO[bytes]], object]) -> Path:
    """Fill a file under a temporary name beside its place, then put it there in one step.

    Raises:
        BundleError: the place cannot be written; what stood there before is untouched.
    """
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem[:20]}-", suffix=path.suffix)
        with os.fdopen(handle, "wb") as file:
            fill(file)
        os.replace(temporary, path)
        temporary = None
    except OSError as error:
        raise BundleError(f"{path} に書けません（{error.strerror}）。場所と権限を確かめてください。") from None
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
    return path
