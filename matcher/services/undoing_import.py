"""Taking an import back: what stood before stands again, except where somebody has gone on with it since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from matcher.errors import DebanError
from matcher.model import Area, Companion, Conflict, HistoryEntry, Host, Opening, Person
from matcher.model.consent import GivenConsent
from matcher.model.noun import Noun
from matcher.model.placement import FollowUp, Placement
from matcher.model.records import ImportBatch
from matcher.permissions import Action
from matcher.services.import_plan import Change, among, differing
from matcher.services.import_writing import (
    hold_on_after,
    in_use,
    key_cells,
    noun_of,
    remove_all,
    restored,
    rewrite,
    told,
)
from matcher.services.importing import one_at_a_time
from matcher.services.service import service
from matcher.storage.schema import table_of
from matcher.storage.work import Stored, Work

# What refers to others goes before them.
_ORDER: tuple[type[Noun], ...] = (
    GivenConsent, Conflict, FollowUp, Placement, HistoryEntry, Companion, Person, Opening, Host, Area,
)  # fmt: skip


class AlreadyTakenBack(DebanError):
    """The import was taken back before."""


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A row that was left as it is: `changed` or `used` by somebody since, or `gone`."""

    noun: type[Noun]
    key: tuple[Any, ...]
    code: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many rows were put back or removed, and which were left alone."""

    restored: int
    removed: int
    left: tuple[LeftAlone, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    key: Mapping[str, str]
    before: Noun | None
    version: int  # at which the import left it; 0 where it took the row out
    after: dict[str, Any] | None  # of a placement

    def is_as_left(self, now: Stored[Any] | None) -> bool:
        """Whether nobody has changed the row since."""
        if now is not None and self.after is not None:
            return told(now.record) == self.after
        return (now.version if now else 0) == self.version


@service(Action.IMPORT)
def imports_of(work: Work) -> list[ImportBatch]:
    """The imports so far, newest first; what they keep for being taken back is left out."""
    rows = work.rows(ImportBatch, order=("at", "import_id"))
    work.note("import.listed", ImportBatch, work.council, count=len(rows))
    return [stored.record.model_copy(update={"undo": []}) for stored in reversed(rows)]


@service(Action.IMPORT)
def undo_import(work: Work, import_id: UUID) -> TakenBack:
    """Take an import back. Rows that somebody has changed since, or that others build on, are left alone and told.

    Raises:
        NotThere: no such import.
        AlreadyTakenBack: it was taken back before.
    """
    one_at_a_time(work)
    batch = work.get(ImportBatch, import_id, lock=True)
    if batch.record.undone_at is not None:
        raise AlreadyTakenBack("この取り込みは、もう取り消してあります。何も変わっていません。")
    entries: dict[type[Noun], list[_Kept]] = {}
    for one in batch.record.undo:
        before = restored(one["table"], one["before"]) if one["before"] is not None else None
        entries.setdefault(noun_of(one["table"]), []).append(
            _Kept(_ordered(noun_of(one["table"]), one["key"]), before, one["version"], one.get("after"))
        )
    left: list[LeftAlone] = []
    put_back: list[Change] = []
    removed = 0
    for noun in _ORDER:
        changes, gone = _one_kind(work, noun, entries.get(noun, ()), left)
        put_back += changes
        removed += gone
    hold_on_after(work, put_back)
    work.change(batch.record.model_copy(update={"undone_at": work.now, "undo": []}), batch.version)
    work.note("import.undone", ImportBatch, import_id, restored=len(put_back), removed=removed, left=len(left))
    return TakenBack(len(put_back), removed, tuple(left))


def _one_kind(
    work: Work, noun: type[Noun], entries: Iterable[_Kept], left: list[LeftAlone]
) -> tuple[list[Change], int]:
    kept = list(entries)
    there = _locked(work, noun, kept)
    changes, lost, gone = list[Change](), list[Noun](), list[tuple[Any, ...]]()
    for one in kept:
        now = there.get(tuple(one.key.values()))
        if not one.is_as_left(now):
            left.append(LeftAlone(noun, tuple(one.key.values()), "changed" if now else "gone"))
        elif one.before is None:
            gone += [now.record.key] if now else []
        elif now is None:
            lost.append(one.before)
        else:
            changes.append(Change(one.before, now, differing(now.record, one.before, noun.model_fields)))
    changes, again = _moved_back(work, noun, changes, left)
    used = in_use(work, noun, gone)
    left += [LeftAlone(noun, key, "used") for key in gone if key in used]
    gone = [key for key in gone if key not in used]
    remove_all(work, noun, [*gone, *(row.key for row in again)])
    work.add(*lost, *again)
    rewrite(work, changes)
    return [*changes, *(Change(row, None) for row in (*lost, *again))], len(gone)


def _ordered(noun: type[Noun], key: Mapping[str, str]) -> dict[str, str]:
    """JSON in the database keeps no order."""
    return {name: key[name] for name in noun.identity}


def _locked(work: Work, noun: type[Noun], kept: Sequence[_Kept]) -> Mapping[tuple[str, ...], Stored[Any]]:
    if not kept:
        return {}
    first = "area_id" if noun is Area else noun.identity[0]
    column = table_of(noun).c[first]
    kind = column.type.python_type
    named = among(column, (kind(one.key[first]) for one in kept))
    return {tuple(key_cells(s.record).values()): s for s in work.rows(noun, named, lock=True)}


def _moved_back(
    work: Work, noun: type[Noun], changes: list[Change], left: list[LeftAlone]
) -> tuple[list[Change], list[Noun]]:
    """A status does not move backwards: a placement that began by the import is put in anew, where nothing hangs on it."""
    if noun is not Placement:
        return changes, []
    moved = [c for c in changes if "status" in c.columns]
    used = in_use(work, Placement, [c.row.key for c in moved])
    left += [LeftAlone(noun, c.row.key, "used") for c in moved if c.row.key in used]
    again = [c.row for c in moved if c.row.key not in used]
    return [c for c in changes if "status" not in c.columns], again
