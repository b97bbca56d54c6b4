"""What the store notes about its own work: audit events, imports that can be taken back, requests already answered."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from matcher.model.cells import Line
from matcher.model.noun import Noun


class AuditEvent(Noun):
    """One thing that happened, chained to the one before it. No personal data stands in it: codes, IDs and counts."""

    table: ClassVar[str] = "audit_event"
    identity: ClassVar[tuple[str, ...]] = ("number",)

    number: int
    at: datetime
    actor: str
    action: str
    noun: str
    noun_key: Line = ""
    facts: dict[str, Any]
    before: bytes
    digest: bytes


class AuditHead(Noun):
    """The end of a council's chain; each new event moves it."""

    table: ClassVar[str] = "audit_head"
    identity: ClassVar[tuple[str, ...]] = ()

    number: int
    digest: bytes


class ImportBatch(Noun):
    """An import, with what stood there before, so that it can be taken back."""

    table: ClassVar[str] = "import_batch"
    identity: ClassVar[tuple[str, ...]] = ("import_id",)
    alone: ClassVar[tuple[tuple[str, ...], ...]] = (("request_key",),)
    sealed: ClassVar[frozenset[str]] = frozenset({"undo"})

    import_id: UUID
    request_key: str
    at: datetime
    by: str
    counts: dict[str, Any]
    undo: list[dict[str, Any]]
    undone_at: datetime | None = None


class Answered(Noun):
    """A request that was already answered: asked again with the same key, it gets the same answer and does nothing."""

    table: ClassVar[str] = "answered"
    identity: ClassVar[tuple[str, ...]] = ("service", "request_key")

    service: str
    request_key: str
    at: datetime
    outcome: dict[str, Any]


class Erasure(Noun):
    """That a person's data was erased: when and by whom, and nothing of what it was."""

    table: ClassVar[str] = "erasure"
    identity: ClassVar[tuple[str, ...]] = ("person_id",)

    person_id: str
    at: datetime
    by: str
    rows: dict[str, int]
