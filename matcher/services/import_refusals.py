"""What this store must refuse of a bundle that could be read: people who were erased, references to nothing here."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from matcher.exchange import ReadResult, Refusal, SheetResult
from matcher.exchange.sheet import Cell
from matcher.exchange.table import is_guarded
from matcher.model import SHEETS, Area, Bundle, Companion, Conflict, HistoryEntry, Host, Opening, Person, Record
from matcher.model.noun import Noun
from matcher.model.wording import sentence
from matcher.services.erasing import erased_ids
from matcher.services.import_plan import among
from matcher.storage.schema import table_of
from matcher.storage.work import Work

_ERASED = (
    "この本人の記録は、ここで消されています。同じIDでは入れられません。あらためて始めるときは、新しいIDにしてください。"
)
_REFERENCES: Mapping[type[Record], tuple[tuple[str, type[Record]], ...]] = {
    Opening: (("host_id", Host),),
    HistoryEntry: (("person_id", Person), ("opening_id", Opening)),
    Conflict: (("person_a", Person), ("person_b", Person)),
}
_NAMES: Mapping[type[Record], str] = {m: m.identity[-1] if m is Area else m.identity[0] for m in SHEETS}
Wrong = tuple[str, str, str]  # column, code, sentence


def accepted(work: Work, read: ReadResult) -> ReadResult:
    """The bundle without the rows that cannot stand here; each is refused with its place and what would be right."""
    known = _known(work, read.bundle)
    named = {p.person_id for p in read.bundle.people} | {r.person_id for r in read.bundle.history}
    named |= {name for c in read.bundle.conflicts for name in (c.person_a, c.person_b)}
    erased = erased_ids(work, named) if named else set()
    refused: dict[type[Record], list[tuple[Record, Wrong]]] = {}
    rows: dict[type[Record], tuple[Record, ...]] = {}
    for model in SHEETS:
        good = []
        for row in getattr(read.bundle, model.sheet):
            wrong = next(_faults(row, known, erased), None)
            if wrong is None:
                good.append(row)
            else:
                refused.setdefault(model, []).append((row, wrong))
                known.get(model, set()).discard(getattr(row, _NAMES[model]))
        rows[model] = tuple(good)
    withheld = frozenset((p, o) for p, o in read.bundle.withheld if p in known[Person] and o in known[Opening])
    if not refused and withheld == read.bundle.withheld:
        return read
    sheets: dict[str, Any] = {model.sheet: rows[model] for model in SHEETS}
    bundle = replace(read.bundle, withheld=withheld, **sheets)
    return _told(replace(read, bundle=bundle), refused)


def _faults(row: Record, known: Mapping[type[Record], set[str]], erased: set[str]) -> Iterator[Wrong]:
    for name in type(row).model_fields:
        value = getattr(row, name)
        if any("\0" in text for text in (value if isinstance(value, tuple) else (value,)) if isinstance(text, str)):
            yield name, "odd_characters", sentence("odd_characters", {})
    if isinstance(row, Person) and row.person_id in erased:
        yield "person_id", "erased", _ERASED
    for column, target in _REFERENCES.get(type(row), ()):
        value = getattr(row, column)
        if value not in known[target]:
            text = _ERASED if target is Person and value in erased else _missing(target)
            yield column, "erased" if text is _ERASED else "unknown_reference", text


def _missing(target: type[Record]) -> str:
    return f"この{target.sheet_ja}はありません。IDを確かめるか、{target.sheet_ja}に足してください。"


def _known(work: Work, bundle: Bundle) -> dict[type[Record], set[str]]:
    """IDs that may be referred to: those of the file, and those that stand here."""
    asked: dict[type[Record], set[str]] = {Host: set(), Opening: set(), Person: set()}
    for model, references in _REFERENCES.items():
        for column, target in references:
            asked[target] |= {getattr(row, column) for row in getattr(bundle, model.sheet)}
    asked[Person] |= {person for person, _ in bundle.withheld}
    asked[Opening] |= {opening for _, opening in bundle.withheld}
    own = {noun: {getattr(row, _NAMES[noun]) for row in getattr(bundle, noun.sheet)} for noun in asked}
    return {noun: own[noun] | _there(work, noun, _NAMES[noun], asked[noun] - own[noun]) for noun in asked}


def _there(work: Work, noun: type[Noun], column: str, names: Iterable[str]) -> set[str]:
    table, asked = table_of(noun), set(names)
    if not asked:
        return set()
    return set(work.db.scalars(select(table.c[column]).where(work.ours(table), among(table.c[column], asked))))


def _told(read: ReadResult, refused: Mapping[type[Record], list[tuple[Record, Wrong]]]) -> ReadResult:
    refusals = list(read.refused)
    sheets = list(read.sheets)
    for model, rows in refused.items():
        at = next((i for i, s in enumerate(sheets) if _is(s, model)), None)
        numbers = {} if at is None else _numbers(sheets[at], model)
        messages: dict[int, str] = {}
        for row, (column, code, text) in rows:
            number = numbers.get(row.key, 0)
            header = model.headers()[column]
            file = model.sheet if at is None else sheets[at].sheet.file
            refusals.append(Refusal(file, number, header, _shown(row, column), code, text, "–".join(map(str, row.key))))
            messages[number] = f"{header}: {text}"
        if at is not None:
            left = sheets[at].good - len(rows)
            sheets[at] = replace(sheets[at], good=left, refused={**sheets[at].refused, **messages})
    return replace(read, refused=tuple(refusals), sheets=tuple(sheets))


def _shown(row: Record, column: str) -> str:
    value = getattr(row, column)
    return value if column in _NAMES.values() or column.startswith("person_") else ""


def _is(sheet: SheetResult, model: type[Record]) -> bool:
    return sheet.sheet.name.strip().lower() in (model.sheet, model.sheet_ja)


def _numbers(sheet: SheetResult, model: type[Record]) -> dict[tuple[object, ...], int]:
    """The row numbers of a sheet's good rows, by identity, as the file was read; the first of two stays."""
    found: dict[tuple[object, ...], int] = {}
    for number, cells in sheet.sheet.filled():
        if number <= sheet.header_row or number in sheet.refused:
            continue
        named = zip(sheet.columns, cells, strict=False)
        values = {name: _unguarded(cell) for name, cell in named if name and cell not in ("", None)}
        with suppress(ValidationError):  # the template's example rows need not be right
            found.setdefault(model.model_validate(values).key, number)
    return found


def _unguarded(cell: Cell) -> Cell:
    return cell[1:] if isinstance(cell, str) and is_guarded(cell) else cell


def known_rows(work: Work) -> dict[type[Record], frozenset[str]]:
    """The IDs that stand here, by noun: what a file may refer to without bringing it."""
    return {
        noun: frozenset(work.db.scalars(select(table_of(noun).c[_NAMES[noun]]).where(work.ours(table_of(noun)))))
        for noun in (Area, Host, Opening, Person, Companion)
    }
