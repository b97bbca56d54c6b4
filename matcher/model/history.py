"""History (これまで): what became of a person and an opening so far."""

from typing import ClassVar

from pydantic import Field

from matcher.model.cells import Day, Id, StatusCode, Text
from matcher.model.noun import Refers
from matcher.model.record import Record


class HistoryEntry(Record):
    """One status of one pair. Pinned and placed hold their seat; declined, refused and forbidden stand against it."""

    sheet: ClassVar[str] = "history"
    sheet_ja: ClassVar[str] = "これまで"
    table: ClassVar[str] = "history"
    identity: ClassVar[tuple[str, ...]] = ("person_id", "opening_id", "status", "on")
    sealed: ClassVar[frozenset[str]] = frozenset({"reason"})
    refers: ClassVar[tuple[Refers, ...]] = (
        Refers(("person_id",), "person", ("person_id",), "CASCADE"),
        Refers(("opening_id",), "opening", ("opening_id",), "CASCADE"),
    )

    person_id: Id = Field(title="本人ID")
    opening_id: Id = Field(title="枠ID")
    status: StatusCode = Field(title="状態")
    on: Day = Field(default=None, title="日付")
    reason: Text = Field(default="", title="理由")
