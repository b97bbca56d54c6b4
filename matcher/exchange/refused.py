"""Refused rows handed back: files of the same shape with one more column, so that nobody types anything twice."""

import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import count
from pathlib import Path

from matcher.exchange.result import ReadResult, SheetResult
from matcher.exchange.sheet import BundleError, Cell
from matcher.exchange.table import ERROR_COLUMN, is_risky
from matcher.exchange.writing import make_folder, write_csv, write_sheets

_STAMP = "docProps/core.xml"  # the part of a workbook that holds when it was saved


def write_refused(result: ReadResult, directory: Path) -> list[Path]:
    """Write the refused rows to a folder: CSV files come back as CSV files, a workbook as a workbook.

    Cells stand as they stood; only what a spreadsheet would take for a formula gets an apostrophe before it, which
    reading takes off again. A file of the same name from an earlier time is kept under another name.

    Returns:
        The files, none where nothing was refused.

    Raises:
        BundleError: the folder is the one the bundle came from, or it cannot be written.
    """
    sheets = [s for s in result.sheets if s.refused]
    if not sheets:
        return []
    for source in {s.sheet.path for s in sheets}:
        if _same_place(source.parent, directory):
            raise BundleError(
                f"{directory} は元の一式のフォルダです。元のファイルを消さないように、別のフォルダを指定してください。"
            )
    make_folder(directory)
    if sheets[0].sheet.path.suffix.lower() == ".csv":
        return [_put_csv(directory / s.sheet.path.name, _rows(s)) for s in sheets]
    target = directory / sheets[0].sheet.path.with_suffix(".xlsx").name
    aside = _step_aside(target)
    write_sheets(target, {s.sheet.name: _rows(s) for s in sheets})
    _forget_same(target, aside)
    return [target]


def _put_csv(target: Path, rows: list[list[Cell]]) -> Path:
    aside = _step_aside(target)
    write_csv(target, [[_text(cell) for cell in row] for row in rows])
    _forget_same(target, aside)
    return target


def _rows(sheet: SheetResult) -> list[list[Cell]]:
    """The header as it stands, then the refused rows, each with its message in the last column."""
    by_number = dict(sheet.sheet.rows)
    header = by_number.get(sheet.header_row, sheet.headers)
    rows = [by_number[number] for number in sorted(sheet.refused)]
    old = [i for i, name in enumerate(sheet.headers) if name == ERROR_COLUMN]
    width = max(len(sheet.headers), *(_filled(row) for row in rows))
    table = [[*_shaped(header, width, old), ERROR_COLUMN]]
    for number, row in zip(sorted(sheet.refused), rows, strict=True):
        table.append([*_shaped(row, width, old), _safe(sheet.refused[number])])
    return table


def _filled(row: Sequence[Cell]) -> int:
    return max((i + 1 for i, cell in enumerate(row) if cell not in ("", None)), default=0)


def _shaped(row: Sequence[Cell], width: int, leave_out: list[int]) -> list[Cell]:
    cells = [*row[:width], *[""] * (width - len(row))]
    return [_safe(cell) for i, cell in enumerate(cells) if i not in leave_out]


def _safe(cell: Cell) -> Cell:
    return "'" + cell if isinstance(cell, str) and is_risky(cell) else cell


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _same_place(folder: Path, other: Path) -> bool:
    return other.exists() and folder.resolve() == other.resolve()


def _step_aside(target: Path) -> Path | None:
    """Somebody may be mending an earlier file: it is kept beside the new one."""
    if not target.exists():
        return None
    aside = next(
        path for n in count(1) if not (path := target.with_name(f"{target.stem}（前の{n}）{target.suffix}")).exists()
    )
    try:
        return target.rename(aside)
    except OSError as error:
        raise BundleError(f"{target} に書けません（{error.strerror}）。場所と権限を確かめてください。") from None


def _forget_same(target: Path, aside: Path | None) -> None:
    if aside is not None and _content(target) == _content(aside):
        aside.replace(target)


def _content(path: Path) -> object:
    if path.suffix.lower() == ".csv":
        return path.read_bytes()
    try:
        with zipfile.ZipFile(path) as book:
            return sorted((m.filename, m.CRC) for m in book.infolist() if m.filename != _STAMP)
    except (zipfile.BadZipFile, OSError):
        return path.read_bytes()
