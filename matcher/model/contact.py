"""Contacts (連絡先) of hosts and companions, and pauses of hosts and openings."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from matcher.model.cells import Line, RequiredLine, Text
from matcher.model.noun import Noun, Refers


class HostContact(Noun):
    """Whom to ring at a host."""

    table: ClassVar[str] = "host_contact"
    identity: ClassVar[tuple[str, ...]] = ("host_id",)
    sealed: ClassVar[frozenset[str]] = frozenset({"name", "phone", "email", "note"})
    refers: ClassVar[tuple[Refers, ...]] = (Refers(("host_id",), "host", ("host_id",), "CASCADE"),)

    host_id: RequiredLine
    name: Line = Field(default="", title="連絡先の氏名")
    phone: Line = Field(default="", title="電話")
    email: Line = Field(default="", title="メールアドレス")
    note: Text = Field(default="", title="連絡のしかた")


class CompanionContact(Noun):
    """How to reach a companion."""

    table: ClassVar[str] = "companion_contact"
    identity: ClassVar[tuple[str, ...]] = ("companion_id",)
    sealed: ClassVar[frozenset[str]] = frozenset({"phone", "email", "note"})
    refers: ClassVar[tuple[Refers, ...]] = (Refers(("companion_id",), "companion", ("companion_id",), "CASCADE"),)

    companion_id: RequiredLine
    phone: Line = Field(default="", title="電話")
    email: Line = Field(default="", title="メールアドレス")
    note: Text = Field(default="", title="連絡のしかた")


class Pause(Noun):
    """Days on which a host, or one opening of it (where `opening_id` is given), takes nobody in (お休み)."""

    table: ClassVar[str] = "pause"
    identity: ClassVar[tuple[str, ...]] = ("pause_id",)
    sealed: ClassVar[frozenset[str]] = frozenset({"reason"})
    refers: ClassVar[tuple[Refers, ...]] = (
        Refers(("host_id",), "host", ("host_id",), "CASCADE"),
        Refers(("opening_id",), "opening", ("opening_id",), "CASCADE"),
    )

    pause_id: UUID
    host_id: RequiredLine
    opening_id: Line = ""
    starts_on: date = Field(title="お休みの始まり")
    ends_on: date | None = Field(default=None, title="お休みの終わり")
    reason: Text = Field(default="", title="理由")
