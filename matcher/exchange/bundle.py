"""Reading a bundle: a folder of CSV files or one workbook → validated rows whose references all resolve."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeVar

from matcher.exchange.csv_file import read_csv
from matcher.exchange.result import Notice, ReadResult, Refusal, SheetResult
from matcher.exchange.sheet import MOST_CELLS, MOST_FILLED, BundleError, Sheet, shown
from matcher.exchange.table import Row, Table, plain, quoted, read_table
from matcher.exchange.workbook import read_workbook
from matcher.model import (
    SHEETS,
    Area,
    Bundle,
    Companion,
    Conflict,
    HistoryEntry,
    HistoryStatus,
    Host,
    Opening,
    Person,
    Record,
)

_NAMES = {unicodedata.normalize("NFKC", x).lower(): m for m in SHEETS for x in (m.sheet, m.sheet_ja)}
_MOST_FILES = 1000
_SEPARATORS = re.compile("[;；、]")
_R = TypeVar("_R", bound=Record)
_STANDS_AGAINST = {
    unicodedata.normalize("NFKC", word)
    for status in (HistoryStatus.DECLINED, HistoryStatus.REFUSED, HistoryStatus.FORBIDDEN)
    for word in (status.value, *status.words)
}


def read_bundle(path: Path, *, also_known: Callable[[type[Record]], Iterable[str]] = lambda model: ()) -> ReadResult:
    """Read a folder of CSV files or an .xlsx workbook.

    Args:
        path: the folder or the workbook.
        also_known: IDs that exist elsewhere (a database that has the other half), by noun.

    Raises:
        BundleError: nothing there, or a file that cannot be read at all; one sentence names place and remedy.
    """
    sheets, notices = _sheets(path)
    tables = {model: read_table(sheet, model) for model, sheet in sheets.items()}
    for table in tables.values():
        _drop_repeats(table)
    withheld = _resolve(tables, also_known)
    rows = {model: tuple(r.record for r in tables[model].rows) if model in tables else () for model in SHEETS}
    bundle = Bundle(
        areas=_typed(rows[Area], Area),
        hosts=_typed(rows[Host], Host),
        openings=_typed(rows[Opening], Opening),
        people=_typed(rows[Person], Person),
        companions=_typed(rows[Companion], Companion),
        history=_typed(rows[HistoryEntry], HistoryEntry),
        conflicts=_typed(rows[Conflict], Conflict),
        withheld=frozenset(withheld),
    )
    for table in tables.values():
        notices += table.notices
    notices.sort(key=lambda notice: notice.code != "withheld")  # people must see these before all others
    refused = [r for table in tables.values() for r in sorted(table.refusals, key=lambda r: r.row)]
    return ReadResult(bundle, tuple(refused), tuple(notices), tuple(_result(t) for t in tables.values()))


def _typed(rows: tuple[Record, ...], model: type[_R]) -> tuple[_R, ...]:
    return tuple(r for r in rows if isinstance(r, model))


def _sheets(path: Path) -> tuple[dict[type[Record], Sheet], list[Notice]]:
    found: dict[type[Record], Sheet] = {}
    others: list[str] = []
    rows = cells = 0
    for name, load in _sources(path):
        model = _NAMES.get(unicodedata.normalize("NFKC", name).strip().lower())
        if model is None:
            others.append(shown(name))
            continue
        sheet = load()
        if model in found:
            raise BundleError(
                f"{model.sheet_ja}が二つあります（{found[model].file} と {sheet.file}）。どちらか一つにしてください。"
            )
        found[model] = sheet
        for _, row in sheet.filled():
            rows, cells = rows + 1, cells + sum(c not in ("", None) for c in row)
        if rows > MOST_FILLED or cells > MOST_CELLS:
            raise BundleError(
                f"{shown(path.name)} の行かセルが多すぎます。圏域などで、いくつかの一式に分けてください。"
            )
    if not found:
        raise BundleError(
            f"{shown(str(path))} に読めるシートがありません。"
            "people.csv（本人）や openings.csv（受け入れ枠）などの名前にしてください。"
        )
    notices = []
    if others:
        listed = "、".join(sorted(others)[:8]) + (" ほか" if len(others) > 8 else "")
        notices.append(Notice(shown(path.name), 0, "", "other_files", f"次のものは読みませんでした: {listed}。"))
    return {m: found[m] for m in SHEETS if m in found}, notices


def _sources(path: Path) -> list[tuple[str, Callable[[], Sheet]]]:
    place = shown(str(path))
    try:
        if not path.exists():
            raise BundleError(f"{place} が見つかりません。フォルダかExcelブックの場所を確かめてください。")
        files = sorted(p for p in path.iterdir() if not p.name.startswith((".", "~$"))) if path.is_dir() else None
    except OSError as error:
        raise BundleError(f"{place} を開けません（{error.strerror}）。場所と権限を確かめてください。") from None
    if files is not None:
        if len(files) > _MOST_FILES:
            raise BundleError(f"{place} のファイルが多すぎます。この一式だけを入れたフォルダにしてください。")
        found: list[tuple[str, Callable[[], Sheet]]] = []
        for file in files:
            if file.suffix.lower() == ".csv":
                found.append((file.stem, partial(read_csv, file)))
            elif file.suffix.lower() == ".xlsx" and not any(f.suffix.lower() == ".csv" for f in files):
                raise BundleError(f"フォルダではなく、ブック {shown(str(file))} そのものを指定してください。")
            else:
                found.append((file.name, partial(read_csv, file)))
        return found
    if path.suffix.lower() in (".xlsx", ".xlsm", ".xls"):
        return [(s.name, partial(_itself, s)) for s in read_workbook(path)]
    if path.suffix.lower() == ".csv":
        raise BundleError(f"{place} は一つのCSVファイルです。それを入れたフォルダを指定してください。")
    raise BundleError(
        f"{place} は読めない種類のファイルです。CSVを入れたフォルダか、.xlsx のブックを指定してください。"
    )


def _itself(sheet: Sheet) -> Sheet:
    return sheet


def _drop_repeats(table: Table) -> None:
    """The first row of an ID stays; a later one that differs is refused, one that is the same is skipped."""
    first: dict[tuple[object, ...], Row] = {}
    kept = []
    for row in table.rows:
        known = first.setdefault(row.record.key, row)
        if known is row:
            kept.append(row)
        elif known.record == row.record or isinstance(row.record, Conflict):
            table.notice(
                row.number, "", "repeated", f"{row.number}行目は{known.number}行目と同じなので、読みとばしました。"
            )
        else:
            column = table.model.identity[0] if table.model is not Area else "area_id"
            table.refuse(
                row.number,
                column,
                table.cell(row.number, column),
                "repeated_id",
                f"このIDは{known.number}行目にもあり、中身がちがいます。{known.number}行目を生かしました。"
                "別のIDにするか、どちらかを消してください。",
            )
    table.rows = kept


_REFERENCES: dict[type[Record], tuple[tuple[str, type[Record]], ...]] = {
    Host: (("area_id", Area),),
    Opening: (("host_id", Host),),
    Person: (("area_id", Area),),
    Companion: (("area_ids", Area),),
    HistoryEntry: (("person_id", Person), ("opening_id", Opening)),
    Conflict: (("person_a", Person), ("person_b", Person)),
}


def _resolve(
    tables: dict[type[Record], Table], also_known: Callable[[type[Record]], Iterable[str]]
) -> set[tuple[str, str]]:
    """Refuse rows that refer to nothing, sheet after sheet, so that causes come before what follows from them."""
    known: dict[type[Record], set[str]] = {}
    for model in SHEETS:
        table = tables.get(model)
        if table is None:
            known[model] = set(also_known(model))
            continue
        good = []
        for row in table.rows:
            missing = [
                (column, value, target)
                for column, target in _REFERENCES.get(model, ())
                for value in _values(row.record, column)
                if value not in known[target] and not _optional(target, tables)
            ]
            for column, value, target in missing:
                table.refuse(
                    row.number,
                    column,
                    table.cell(row.number, column),
                    "unknown_reference",
                    _missing(value, target, tables),
                )
            if missing:
                if model is not HistoryEntry and model is not Conflict:
                    table.broken_ids.setdefault(str(row.record.key[-1]), row.number)
            else:
                good.append(row)
        table.rows = good
        _resolve_refused(table, known, tables)
        known[model] = set(also_known(model)) | {str(r.record.key[-1]) for r in good}
        _check_neighbours(table)
    return _withheld(tables, known)


def _resolve_refused(table: Table, known: dict[type[Record], set[str]], tables: dict[type[Record], Table]) -> None:
    """A row refused for another reason is told its missing references too, so that it is mended in one go."""
    told = {(r.row, r.column) for r in table.refusals}
    for number in sorted({r.row for r in table.refusals if r.code != "extra_cells"}):
        for column, target in _REFERENCES.get(table.model, ()):
            if (number, table.header_of(column)) in told or _optional(target, tables):
                continue
            cell = table.cell(number, column)
            names = _SEPARATORS.split(plain(cell)) if column == "area_ids" else [plain(cell)]
            for name in filter(None, map(str.strip, names)):
                if name not in known[target]:
                    table.refuse(number, column, cell, "unknown_reference", _missing(name, target, tables))


def _values(record: Record, column: str) -> tuple[str, ...]:
    value = getattr(record, column)
    return value if isinstance(value, tuple) else (value,) if value else ()


def _optional(target: type[Record], tables: dict[type[Record], Table]) -> bool:
    """Areas may be named without a sheet of areas: the names then stand for themselves."""
    return target is Area and Area not in tables


def _missing(value: str, target: type[Record], tables: dict[type[Record], Table]) -> str:
    table = tables.get(target)
    if table is not None and value in table.broken_ids:
        return (
            f"「{quoted(value)}」は {table.sheet.file} の{table.broken_ids[value]}行目にありますが、"
            "その行が受け入れられなかったため、ありません。先にそちらを直してください。"
        )
    return (
        f"「{quoted(value)}」という{target.sheet_ja}はありません。IDを確かめるか、{target.sheet_ja}に足してください。"
    )


def _check_neighbours(table: Table) -> None:
    if table.model is not Area:
        return
    ids = {r.record.key[-1] for r in table.rows}
    for row in table.rows:
        for name in _values(row.record, "neighbours"):
            if name not in ids:
                table.notice(
                    row.number,
                    table.header_of("neighbours"),
                    "unknown_neighbour",
                    f"隣接圏域「{quoted(name)}」という圏域はありません。隣どうしとしては扱いません。",
                )


def _withheld(tables: dict[type[Record], Table], known: dict[type[Record], set[str]]) -> set[tuple[str, str]]:
    """Pairs held back because a row that stands against them was refused. The report says so first."""
    table = tables.get(HistoryEntry)
    if table is None:
        return set()
    pairs = set()
    for number in sorted({r.row for r in table.refusals}):
        if not all(c in table.columns for c in ("person_id", "opening_id", "status")):
            continue
        person, opening, status = (plain(table.cell(number, c)) for c in ("person_id", "opening_id", "status"))
        if status in _STANDS_AGAINST and person in known[Person] and opening in known[Opening]:
            pairs.add((person, opening))
            table.notices.insert(
                0,
                Notice(
                    table.sheet.file,
                    number,
                    table.header_of("status"),
                    "withheld",
                    f"辞退・不可の記録が読めませんでした。直すまで {person} に {opening} は提案しません。",
                ),
            )
    return pairs


def _result(table: Table) -> SheetResult:
    messages: dict[int, list[str]] = {}
    for refusal in table.refusals:
        where = f"{refusal.column}: " if refusal.column else ""
        messages.setdefault(refusal.row, []).append(where + refusal.text)
    return SheetResult(
        sheet=table.sheet,
        header_row=table.header_row,
        headers=table.headers,
        columns=table.columns,
        good=len(table.rows),
        refused={row: " ／ ".join(texts) for row, texts in messages.items()},
        extra={"–".join(map(str, r.record.key)): r.extra for r in table.rows if r.extra},
    )


__all__ = ["Refusal", "read_bundle"]
