"""The empty workbook that people fill in: headers, examples, lists to choose from, and how to write."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from matcher.exchange.column_notes import GUIDE, NOTES
from matcher.exchange.sheet import BundleError
from matcher.exchange.writing import make_folder, replace
from matcher.model import SHEETS, Coded, Record
from matcher.times import Schedule

FILE = "出番テンプレート.xlsx"
GUIDE_SHEET = "書き方"
_LAST_ROW = 5000  # as far down as lists to choose from are offered
_REQUIRED, _OPTIONAL = PatternFill("solid", fgColor="FCE4C8"), PatternFill("solid", fgColor="E6EEF5")
_EXAMPLE = Font(italic=True, color="777777")
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def write_template(directory: Path) -> Path:
    """Write the template to a folder.

    Raises:
        BundleError: the folder cannot be written, or a template, perhaps filled in, stands there already.
    """
    make_folder(directory)
    if (directory / FILE).exists():
        raise BundleError(
            f"{directory / FILE} はもうあります。別のフォルダを指定するか、名前を変えてからお試しください。"
        )
    book = Workbook()
    first = book.active
    if first is not None:
        book.remove(first)
    _guide(book.create_sheet(GUIDE_SHEET))
    for model in SHEETS:
        _fill(book.create_sheet(model.sheet_ja), model)
    return replace(directory / FILE, book.save)


def _guide(page: Worksheet) -> None:
    page.column_dimensions["A"].width = 46
    page.column_dimensions["B"].width = 90
    for head, text in GUIDE:
        page.append([head, text])
        for cell in page[page.max_row]:
            cell.alignment = _WRAPPED
        page.cell(page.max_row, 1).font = Font(bold=True)


def _fill(page: Worksheet, model: type[Record]) -> None:
    page.freeze_panes = "A2"
    for index, (column, header) in enumerate(model.headers().items(), start=1):
        letter = get_column_letter(index)
        note, example = NOTES[model.sheet][column]
        needed = column in model.required()
        head = page.cell(1, index, header)
        head.font = Font(bold=True)
        head.fill = _REQUIRED if needed else _OPTIONAL
        head.comment = Comment(note, "出番", width=320, height=110)
        kinds = set(_kinds(model.model_fields[column].annotation))
        dimension = page.column_dimensions[letter]
        dimension.width = max(12, min(36, 2 * max(len(header), len(example)) + 3))
        shown = page.cell(2, index, _figure(example) if kinds & {int, float} and bool not in kinds else example or None)
        shown.font = _EXAMPLE
        if _is_text(column, kinds):
            dimension.number_format = shown.number_format = "@"
        words = choices(kinds)
        if words:
            page.add_data_validation(_choice(words, f"{letter}2:{letter}{_LAST_ROW}", strict=tuple not in kinds))


def _figure(example: str) -> float | int | None:
    return None if not example else float(example) if "." in example else int(example)


def _kinds(annotation: Any) -> Iterator[Any]:
    """The types a column's values can have; `tuple` stands for a list."""
    origin = get_origin(annotation)
    if origin is tuple:
        yield tuple
    if origin in (Union, UnionType, tuple):
        for part in get_args(annotation):
            yield from _kinds(part)
    elif annotation not in (type(None), ...):
        yield annotation


def _is_text(column: str, kinds: set[Any]) -> bool:
    """Columns that a spreadsheet would otherwise make figures or dates of."""
    return bool(kinds & {date, Schedule}) or column.endswith(("_id", "_ids")) or column in ("person_a", "person_b")


def choices(kinds: set[Any]) -> tuple[str, ...]:
    """The Japanese words to choose from, for coded and yes/no columns."""
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, Coded):
            return tuple(code.ja for code in kind)
    return ("はい", "いいえ") if bool in kinds else ()


def _choice(words: tuple[str, ...], cells: str, *, strict: bool) -> DataValidation:
    """A list to choose from; where several may stand in a cell, other texts are let through."""
    choice = DataValidation(type="list", formula1='"' + ",".join(words) + '"', allow_blank=True, sqref=cells)
    choice.showErrorMessage = strict
    choice.errorTitle, choice.error = "一覧から選んでください", "一覧にあることばを選ぶか、空のままにしてください。"
    return choice
