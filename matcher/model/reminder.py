"""Reminder (お知らせ): something that waits for a coordinator since a day; found at night, gone when it is done."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from matcher.model.cells import Line
from matcher.model.codes import Coded
from matcher.model.noun import Noun, Refers


class ReminderKind(Coded):
    """What waits."""

    SURVEY_STALE = "survey_stale", "返事が古い受け入れ先"
    FOLLOW_UP = "follow_up", "様子をうかがう時期"


class Reminder(Noun):
    """Of a host whose answer has become old, or of a placement that is to be followed up; `done_at` when somebody did."""

    table: ClassVar[str] = "reminder"
    identity: ClassVar[tuple[str, ...]] = ("kind", "host_id", "placement_id", "due_on")
    refers: ClassVar[tuple[Refers, ...]] = (
        Refers(("host_id",), "host", ("host_id",), "CASCADE"),
        Refers(("placement_id",), "placement", ("placement_id",), "CASCADE"),
    )

    kind: ReminderKind
    host_id: Line = ""
    placement_id: UUID | None = None
    due_on: date
    made_at: datetime
    done_at: datetime | None = None
