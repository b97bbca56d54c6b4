"""Placement (参加): a suggestion that both sides agreed to, from the first visit on; and what accompanies it."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from matcher.model.cells import Line, RequiredLine, Text
from matcher.model.codes import Coded
from matcher.model.noun import Noun, Refers
from matcher.model.statuses import Machine


class PlacementStatus(Coded):
    """Where a participation stands. A pause is a pause, not a failure."""

    AGREED = "agreed", "はじめの日を待つ"
    TAKING_PART = "taking_part", "参加中"
    PAUSED = "paused", "お休み中"
    ENDED = "ended", "終わった"
    UNDONE = "undone", "取り消した"


_P = PlacementStatus
PLACEMENTS = Machine(
    "placement",
    "参加",
    (_P.AGREED, _P.TAKING_PART),
    {
        _P.AGREED: {"visit": _P.TAKING_PART, "pause": _P.PAUSED, "end": _P.ENDED, "undo": _P.UNDONE},
        _P.TAKING_PART: {"pause": _P.PAUSED, "end": _P.ENDED},
        _P.PAUSED: {"return": _P.TAKING_PART, "end": _P.ENDED},
        _P.ENDED: {},
        _P.UNDONE: {},
    },
)
HOLDING = (_P.AGREED, _P.TAKING_PART, _P.PAUSED)


class Placement(Noun):
    """A participation. `sessions` are the dated occurrences at which its seat is held; empty by arrangement."""

    table: ClassVar[str] = "placement"
    identity: ClassVar[tuple[str, ...]] = ("placement_id",)
    alone: ClassVar[tuple[tuple[str, ...], ...]] = (("request_key",),)
    states: ClassVar[Machine] = PLACEMENTS
    refers: ClassVar[tuple[Refers, ...]] = (
        Refers(("suggestion_id",), "suggestion", ("suggestion_id",), "SET NULL"),
        Refers(("person_id",), "person", ("person_id",), "CASCADE"),
        Refers(("opening_id",), "opening", ("opening_id",)),
        Refers(("companion_id",), "companion", ("companion_id",), "SET NULL"),
    )

    placement_id: UUID
    status: PlacementStatus = PlacementStatus.AGREED
    suggestion_id: UUID | None = None
    person_id: RequiredLine
    opening_id: RequiredLine
    companion_id: Line = ""
    first_visit: datetime | None = None
    sessions: tuple[datetime, ...] = ()
    request_key: str
    agreed_on: date = Field(title="決まった日")
    visited_on: date | None = Field(default=None, title="はじめて行った日")
    ended_on: date | None = Field(default=None, title="終わった日")
    brought: bool = False  # came in with a file; its dates are the file's


class FollowUpKind(Coded):
    """What a record of accompaniment is about."""

    CONTACT = "contact", "連絡・訪問"
    VISIT = "visit", "見学・参加"
    PERSON = "person", "本人の様子"
    HOST = "host", "受け入れ先の様子"
    COMPANION = "companion", "同行者から"


class FollowUp(Noun):
    """One word of the record (伴走記録): when, about what, how it went (1 hard … 5 good), in whose words."""

    table: ClassVar[str] = "follow_up"
    identity: ClassVar[tuple[str, ...]] = ("follow_up_id",)
    sealed: ClassVar[frozenset[str]] = frozenset({"words"})
    refers: ClassVar[tuple[Refers, ...]] = (
        Refers(("person_id",), "person", ("person_id",), "CASCADE"),
        Refers(("placement_id",), "placement", ("placement_id",), "CASCADE"),
    )

    follow_up_id: UUID
    person_id: RequiredLine
    placement_id: UUID | None = None
    kind: FollowUpKind
    on: date = Field(title="日付")
    mood: int | None = Field(default=None, title="様子")
    words: Text = Field(default="", title="ひとこと")
    by: str
