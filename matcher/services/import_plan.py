"""What an import would do, row by row: the dry run shows it, and the import carries out the very same."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from matcher.exchange import ReadResult
from matcher.model import Record
from matcher.model.noun import Noun
from matcher.storage.work import Stored


@dataclass(frozen=True, slots=True)
class Change:
    """One row that is put in (`before` None), changed in these columns, or taken out (`after` None)."""

    after: Noun | None
    before: Stored[Any] | None
    columns: tuple[str, ...] = ()

    @property
    def row(self) -> Noun:
        """The row that it is about."""
        if self.after is not None:
            return self.after
        if self.before is None:
            raise ValueError("a change of nothing")
        row: Noun = self.before.record
        return row


@dataclass(frozen=True, slots=True)
class Objection:
    """Where a file says otherwise than what was decided here: what was decided here stays.

    `code` says why, `columns` which cells of the row were left out; all of the row where there are none.
    """

    sheet: type[Record]
    key: tuple[str, ...]
    code: str
    columns: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What stays, and what can be done."""
        return OBJECTIONS[self.code]


OBJECTIONS: Mapping[str, str] = {
    "consent_decided": "同意はここで記録されたものが残ります。ちがうときは、本人に確かめて「同意の記録」を直してください。",
    "consent_empty": "ファイルの同意が空なので、ここの同意がそのまま残ります。取り消すときは「同意の記録」を直してください。",
    "answer_newer": "受け入れ先の返事は、ここにある新しいほうが残ります。ファイルのほうが新しいなら、回答日も書いてください。",
    "already_ended": "この参加は、ここではもう終わっています。また始めるときは、画面で参加を決めてください。",
    "already_taking_part": "ここでは、もう参加が始まっています。ファイルの「決定済み」は古い内容です。",
    "not_yet_visited": "ここでは、まだはじめの日を待っています。もう参加していれば、画面ではじめの日を記録してください。",
    "talked_again": "見送りのあと、ここでまた話が進んでいます。見送りのままなら、画面でもう一度記録してください。",
    "out_of_order": "ここにある内容と合わせると、年齢か日付の順が逆になります。ファイルに両方の列を入れてください。",
}


@dataclass(slots=True)
class SheetPlan:
    """What becomes of the good rows of one sheet."""

    sheet: type[Record]
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    objections: list[Objection] = field(default_factory=list)

    @property
    def new(self) -> int:
        """Rows that were not there."""
        return sum(c.before is None for c in self.changes)

    @property
    def changed(self) -> int:
        """Rows that were there, and otherwise."""
        return len(self.changes) - self.new

    @property
    def columns(self) -> dict[str, int]:
        """In how many rows each column changes."""
        return dict(Counter(name for c in self.changes if c.before is not None for name in c.columns))


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do. `read` is the bundle as it was read, with what this store must refuse of it besides.

    `beside` are changes that no row of the file names by itself: consents, pairs held back, words about a seat.
    """

    read: ReadResult
    sheets: tuple[SheetPlan, ...]
    beside: tuple[Change, ...] = ()

    def __iter__(self) -> Iterator[Change]:
        """Every change, in an order in which each row comes after those it refers to."""
        for sheet in self.sheets:
            yield from sheet.changes
        yield from self.beside

    @property
    def nothing(self) -> bool:
        """Whether all of it is there already."""
        return next(iter(self), None) is None

    @property
    def objections(self) -> list[Objection]:
        """Where the file says otherwise than what was decided here, sheet after sheet."""
        return [o for sheet in self.sheets for o in sheet.objections]

    @property
    def columns_left_out(self) -> list[tuple[str, str]]:
        """Columns (file, header) that the store has no place for: they stay in the file alone."""
        return [(n.file, n.column) for n in self.read.notices if n.code == "unknown_column"]

    @property
    def counts(self) -> dict[str, Any]:
        """How many rows are new, changed, unchanged, refused, left as decided here: codes and numbers alone."""
        refused = {s.sheet.name: len(s.refused) for s in self.read.sheets}
        return {
            plan.sheet.sheet: {
                "new": plan.new,
                "changed": plan.changed,
                "unchanged": plan.unchanged,
                "refused": sum(refused.get(name, 0) for name in {plan.sheet.sheet, plan.sheet.sheet_ja}),
                "kept": len(plan.objections),
            }
            for plan in self.sheets
        }


def among(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """That a column holds one of many values, sent as one."""
    return column == func.any(literal(sorted(set(values)), ARRAY(column.type)))


def differing(before: Noun, after: Noun, columns: Iterable[str]) -> tuple[str, ...]:
    """The columns in which two rows differ."""
    return tuple(name for name in columns if getattr(before, name) != getattr(after, name))
