"""Workbooks (.xlsx): the gate measures them first, then calamine reads the cells."""

from pathlib import Path

from python_calamine import CalamineWorkbook

from matcher.exchange.gate import broken, check
from matcher.exchange.sheet import BundleError, Cell, Sheet, shown


def read_workbook(path: Path) -> list[Sheet]:
    """Read every sheet of a workbook.

    Raises:
        BundleError: not an .xlsx, hostile, damaged or too large.
    """
    check(path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        return [_sheet(workbook, name, path) for name in workbook.sheet_names]
    except BundleError:
        raise
    except Exception as error:  # whatever the reader says of a damaged file comes to the same for people
        raise broken(path) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how a failure inside the reader, written in Rust, shows
            raise
        raise broken(path) from error


def _sheet(workbook: CalamineWorkbook, name: str, path: Path) -> Sheet:
    sheet = workbook.get_sheet_by_name(name)
    rows: list[tuple[int, list[Cell]]] = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        row = list(cells)
        while row and row[-1] == "":
            row.pop()
        if row:
            rows.append((number, row))
    return Sheet(f"{shown(path.name)}「{shown(name)}」", name, rows, path)
