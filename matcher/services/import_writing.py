"""Carrying out many changes at once, and what must be kept so that they can be taken back."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from matcher.exchange.writing import written
from matcher.model import Opening, Person, Record
from matcher.model.noun import Noun
from matcher.model.placement import HOLDING, Placement
from matcher.model.tables import NOUNS
from matcher.services.import_plan import Change, among
from matcher.services.seats import hold_on
from matcher.storage.columns import COUNCIL, VERSION
from matcher.storage.rows import to_row
from matcher.storage.schema import table_of
from matcher.storage.work import Work

_BY_TABLE = {noun.table: noun for noun in NOUNS}
_HOURS = {Opening: {"schedule", "starts_on", "ends_on"}, Person: {"availability"}}


def write(work: Work, changes: Sequence[Change]) -> None:
    """Carry changes out, each kind of row in one go; rows taken out go last of their kind."""
    work.add(*(c.after for c in changes if c.before is None and c.after is not None))
    rewrite(work, [c for c in changes if c.before is not None and c.after is not None])
    for change in changes:
        if change.after is None:
            work.remove(type(change.row), *change.row.key)


def rewrite(work: Work, changes: Iterable[Change]) -> None:
    """Write rows over the versions that were seen; they must be locked since then."""
    by_noun: dict[type[Noun], list[dict[str, Any]]] = {}
    for change in changes:
        if change.before is None or change.after is None:
            continue
        row = to_row(work.council, change.after, work.sealer)
        named = {f"at_{name}": row.pop(name) for name in (COUNCIL, *type(change.after).identity)}
        by_noun.setdefault(type(change.after), []).append({**row, VERSION: change.before.version + 1, **named})
    for noun, rows in by_noun.items():
        table = table_of(noun)
        same = (table.c[name].is_not_distinct_from(bindparam(f"at_{name}")) for name in (COUNCIL, *noun.identity))
        work.db.execute(update(table).where(*same), rows)


def remove_all(work: Work, noun: type[Noun], keys: Sequence[tuple[Any, ...]]) -> None:
    """Take many rows away."""
    table = table_of(noun)
    if len(noun.identity) == 1 and keys:
        work.db.execute(delete(table).where(work.ours(table), among(table.c[noun.identity[0]], (k[0] for k in keys))))
        return
    for key in keys:
        work.remove(noun, *key)


def in_use(work: Work, noun: type[Noun], keys: Sequence[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    """Those of the rows that other rows refer to."""
    used: set[tuple[Any, ...]] = set()
    for other in NOUNS if keys else ():
        for refers in other.refers:
            if refers.table != noun.table or refers.targets != noun.identity:
                continue
            table = table_of(other)
            columns = [table.c[name] for name in refers.columns]
            named = among(columns[-1], (key[-1] for key in keys))
            used |= {tuple(row) for row in work.db.execute(select(*columns).where(work.ours(table), named).distinct())}
    return used & set(keys)


def hold_on_after(work: Work, changes: Iterable[Change]) -> None:
    """Work out anew the seats held by people, or at openings, whose hours the changes touch."""
    openings, people = set[str](), set[str]()
    for change in changes:
        if change.before is None or not set(change.columns) & _HOURS.get(type(change.row), set()):
            continue
        if isinstance(change.row, Opening):
            openings.add(change.row.opening_id)
        elif isinstance(change.row, Person):
            people.add(change.row.person_id)
    table = table_of(Placement)
    holding = table.c.status.in_(HOLDING)
    for column, asked in ((table.c.opening_id, openings), (table.c.person_id, people)):
        if asked:
            for name in work.db.scalars(
                select(column).where(work.ours(table), holding, among(column, asked)).distinct()
            ).all():
                hold_on(work, **{column.name: name})


def kept(change: Change) -> dict[str, Any]:
    """What must be kept of a change to take it back: which row, at which version it was left, and what stood before."""
    before = None if change.before is None else plain(change.before.record)
    version = 0 if change.after is None else 1 if change.before is None else change.before.version + 1
    kept = {"table": change.row.table, "key": key_cells(change.row), "before": before, "version": version}
    return kept | {"after": told(change.after)} if isinstance(change.after, Placement) else kept


def told(placement: Placement) -> dict[str, Any]:
    """What people say of a placement; its sessions are worked out anew every night, and its version moves with them."""
    return placement.model_dump(mode="json", exclude={"sessions"})


def key_cells(record: Noun) -> dict[str, str]:
    """A row's identity as JSON holds it, by column: whoever is erased is found by these names."""
    named = zip(record.identity, record.key, strict=True)
    return {name: "" if value is None else str(value) for name, value in named}


def plain(record: Noun) -> dict[str, Any]:
    """A row as JSON types, from which `restored` makes the same row."""
    if isinstance(record, Record):
        return {name: cell for name in type(record).model_fields if (cell := written(record, name))}
    return record.model_dump(mode="json")


def noun_of(table: str) -> type[Noun]:
    """The noun whose rows stand in a table."""
    return _BY_TABLE[table]


def restored(table: str, row: dict[str, Any]) -> Noun:
    """The row that was kept."""
    return _BY_TABLE[table].model_validate(row)
