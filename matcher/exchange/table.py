"""One sheet → validated rows: its header found, each row read with all its faults at once."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from matcher.exchange.result import Notice, Refusal
from matcher.exchange.sheet import BundleError, Cell, Sheet
from matcher.model import Record
from matcher.model.cells import is_era_date, text_of
from matcher.model.wording import sentence

ERROR_COLUMN = "エラー"
EXAMPLE = "例"  # rows whose ID starts so are the template's examples
_HEADER_ROWS = 10
_QUOTED = 60
_MOST_FAULTS = 50_000
_RISKY = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r]")  # full-width ones become the plain ones in some spreadsheets
_FIGURE = re.compile(r"\s*[+-]?\d{1,15}(?:\.\d{1,15})?\s*", re.ASCII)


def plain(cell: Cell) -> str:
    """A cell as text that never raises, for headers, messages and refused rows."""
    try:
        return text_of(cell)
    except Exception:  # too long: what is shown is shortened anyway
        return unicodedata.normalize("NFKC", str(cell)[: _QUOTED * 4]).strip()


def quoted(cell: Cell) -> str:
    """The head of a cell as it stands, for a message."""
    text = cell if isinstance(cell, str) else plain(cell)
    text = " ".join(text[: _QUOTED * 4].split())
    return text if len(text) <= _QUOTED else text[:_QUOTED] + "…"


@dataclass(frozen=True, slots=True)
class Row:
    """A good row: its number and record, and the cells of unknown columns."""

    number: int
    record: Record
    extra: dict[str, Cell]


@dataclass(slots=True)
class Table:
    """A sheet being read. `refused` maps a row to its messages; `cells` keeps raw rows for handing back."""

    sheet: Sheet
    model: type[Record]
    header_row: int
    headers: list[str]
    columns: list[str | None]
    rows: list[Row]
    refusals: list[Refusal]
    notices: list[Notice]
    broken_ids: dict[str, int]  # IDs that stand in refused rows → row
    cells: dict[int, list[Cell]]

    def header_of(self, column: str) -> str:
        """The header of a column as it stands in the file, else its Japanese name."""
        if column in self.columns:
            return self.headers[self.columns.index(column)]
        return self.model.headers().get(column, column)

    def refuse(self, number: int, column: str, value: Cell, code: str, text: str) -> None:
        """Refuse a row for one more reason."""
        if len(self.refusals) >= _MOST_FAULTS:
            raise BundleError(
                f"{self.sheet.file} には直す所が{_MOST_FAULTS:,}か所より多くあります。見出しと列の順を確かめてください。"
            )
        identity = "–".join(plain(self.cell(number, name)) for name in self.model.identity[:2] if name in self.columns)
        self.refusals.append(
            Refusal(self.sheet.file, number, self.header_of(column), quoted(value), code, text, identity)
        )

    def notice(self, number: int, column: str, code: str, text: str) -> None:
        """Tell something that stops nothing."""
        self.notices.append(Notice(self.sheet.file, number, column, code, text))

    def cell(self, number: int, column: str) -> Cell:
        """The raw cell of a row."""
        if column not in self.columns:
            return ""
        cells, at = self.cells[number], self.columns.index(column)
        return cells[at] if at < len(cells) else ""


def read_table(sheet: Sheet, model: type[Record]) -> Table:
    """Read a sheet's rows.

    Raises:
        BundleError: no header that names the required columns, or a header named twice.
    """
    table = _with_header(sheet, model)
    for number, cells in sheet.filled():
        if number > table.header_row:
            table.cells[number] = cells
            _read_row(table, number, cells)
    unknown = [h for h, c in zip(table.headers, table.columns, strict=True) if c is None and h and h != ERROR_COLUMN]
    for header in unknown:
        table.notice(
            table.header_row, header, "unknown_column", f"列「{header}」は知らない列です。中身はそのまま残します。"
        )
    return table


def _with_header(sheet: Sheet, model: type[Record]) -> Table:
    names = {unicodedata.normalize("NFKC", x).lower(): en for en, ja in model.headers().items() for x in (en, ja)}
    required = set(model.required())
    best: tuple[int, int, list[str], list[str | None]] | None = None
    for seen, (number, cells) in enumerate(sheet.filled()):
        if (number > _HEADER_ROWS and best is not None) or seen >= _HEADER_ROWS:
            break
        headers = [plain(_restored(c)) for c in cells]
        columns = [names.get(h.lower()) for h in headers]
        known = len({c for c in columns if c})
        if best is None or known > best[0]:
            best = known, number, headers, columns
        if required <= set(columns):
            break
    if best is None:
        return Table(sheet, model, 1, [], [], [], [], [], {}, {})
    _, number, headers, columns = best
    missing = [n for n in model.required() if n not in columns]
    if missing:
        listed = "、".join(f"{n}（{model.headers()[n]}）" for n in missing)
        raise BundleError(
            f"{sheet.file} の見出しに {listed} がありません。"
            "最初の行に見出しを書いてください（日本語でも英語でもかまいません）。"
        )
    doubled = sorted({c for c in columns if c and columns.count(c) > 1})
    if doubled:
        raise BundleError(
            f"{sheet.file} の見出し「{model.headers()[doubled[0]]}」が二つあります。どちらかの列を消してください。"
        )
    while headers and not headers[-1]:
        headers.pop()
        columns.pop()
    table = Table(sheet, model, number, headers, columns, [], [], [], {}, {})
    if number != next(n for n, _ in sheet.filled()):
        table.notice(number, "", "title_skipped", f"{number}行目を見出しとして読み、その上の行は読みとばしました。")
    return table


def _read_row(table: Table, number: int, cells: list[Cell]) -> None:
    width = len(table.headers)
    nameless = (c for i, c in enumerate(cells) if i >= width or not table.headers[i])
    surplus = next((c for c in nameless if c not in ("", None)), None)
    if surplus is not None:
        table.refuse(
            number,
            "",
            surplus,
            "extra_cells",
            "見出しより多いセルがあります。列がずれていないか確かめ、余ったセルを消してください。",
        )
        _remember_broken(table, number)
        return
    values: dict[str, Any] = {}
    extra: dict[str, Cell] = {}
    too_long = False
    for header, column, cell in zip(table.headers, table.columns, cells, strict=False):
        if column is not None:
            if cell is not None and cell != "":
                values[column] = _restored(cell)
        elif header and header != ERROR_COLUMN and cell not in ("", None):
            extra[header] = _restored(cell)
            if isinstance(cell, str) and len(cell) > 32_767:
                too_long = True
                table.refuse(
                    number, header, cell, "too_long", sentence("too_long", {"length": len(cell), "limit": 32_767})
                )
    first = table.model.identity[0] if table.model.identity[0] != "municipality" else "area_id"
    if plain(values.get(first, "")).startswith(EXAMPLE):
        table.notice(number, "", "example_skipped", f"{number}行目は記入例なので読みとばしました。")
        del table.cells[number]
        return
    try:
        record = table.model.model_validate(values)
    except ValidationError as error:
        _refuse_all(table, number, values, error)
        _refuse_what_is_left(table, number, values, error)
        _remember_broken(table, number)
        return
    if too_long:
        _remember_broken(table, number)
        return
    _tell_eras(table, number, values)
    table.rows.append(Row(number, record, extra))


def is_risky(text: str) -> bool:
    """Whether a spreadsheet would take a text for a formula."""
    return bool(_RISKY.match(text)) and not _FIGURE.fullmatch(text)


def is_guarded(text: str) -> bool:
    """Whether a text bears the apostrophe that our own exports put before risky texts."""
    return text[:1] == "'" and bool(text[1:2] == "'" or _RISKY.match(text, 1))


def _restored(cell: Cell) -> Cell:
    """Undo the guard that our own exports put before texts that a spreadsheet would take for a formula."""
    return cell[1:] if isinstance(cell, str) and is_guarded(cell) else cell


def _refuse_all(table: Table, number: int, values: dict[str, Any], error: ValidationError) -> None:
    for fault in error.errors(include_url=False):
        data = fault.get("ctx", {})
        column = str(fault["loc"][0]) if fault["loc"] else str(data.get("column", ""))
        code = "required" if fault["type"] == "missing" else fault["type"]
        table.refuse(number, column, values.get(column, ""), code, sentence(code, data))


def _refuse_what_is_left(table: Table, number: int, values: dict[str, Any], error: ValidationError) -> None:
    """Faults between columns show only once no column has a fault of its own: told as well, so that one go mends all."""
    wrong = {str(fault["loc"][0]) for fault in error.errors(include_url=False) if fault["loc"]}
    if not wrong or wrong & set(table.model.required()):
        return
    try:
        table.model.model_validate({name: cell for name, cell in values.items() if name not in wrong})
    except ValidationError as left:
        _refuse_all(table, number, values, left)


def _remember_broken(table: Table, number: int) -> None:
    identity = next((n for n in table.model.identity if n.endswith("_id")), None)
    if identity is not None and len(table.model.identity) <= 2:
        table.broken_ids.setdefault(plain(table.cell(number, identity)), number)


_is_date_column: Callable[[str], bool] = {"surveyed_on", "starts_on", "ends_on", "waiting_since", "on"}.__contains__


def _tell_eras(table: Table, number: int, values: dict[str, Any]) -> None:
    for column, cell in values.items():
        if _is_date_column(column) and is_era_date(cell):
            read = table.model.model_validate
            day = getattr(read(values), column)
            table.notice(
                number,
                table.header_of(column),
                "era_read",
                f"{table.header_of(column)}「{quoted(cell)}」を {day} と読みました。",
            )
