"""Consent given (同意の記録) and what was disclosed by it (伝えた内容)."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from matcher.model.cells import Line, RequiredLine, Text
from matcher.model.codes import Coded, Consent
from matcher.model.noun import Noun, Refers


class ConsentWay(Coded):
    """How it was given."""

    SPOKEN = "spoken", "口頭"
    WRITTEN = "written", "書面"
    BROUGHT = "brought", "取り込んだ記録"


class ConsentBasis(Coded):
    """On what ground something is done. Only the person's own consent ever lets anything go to a host."""

    PERSON = "person", "本人の同意"
    MEETING = "meeting", "支援会議（社会福祉法第106条の6）"


class Purpose(Coded):
    """What a host is told something for."""

    PROPOSAL = "proposal", "参加の相談"
    FIRST_VISIT = "first_visit", "はじめの日の準備"


class Told(Coded):
    """What a host may be told, at the most."""

    ALIAS = "alias", "呼び名"
    ROLE = "role", "関わり方"
    DAY = "day", "日時"
    COMPANION = "companion", "同行する人"
    AGREED = "agreed", "本人が伝えてよいと言ったこと"


class GivenConsent(Noun):
    """One consent of one person. A consent to `share` names the host and the purpose; it stands until withdrawn.

    `items` is what may be told, `agreed` the person's own wording of what the host may know.
    """

    table: ClassVar[str] = "consent"
    identity: ClassVar[tuple[str, ...]] = ("consent_id",)
    alone: ClassVar[tuple[tuple[str, ...], ...]] = (("consent_id", "person_id", "host_id", "purpose"),)
    sealed: ClassVar[frozenset[str]] = frozenset({"agreed", "witness"})
    refers: ClassVar[tuple[Refers, ...]] = (
        Refers(("person_id",), "person", ("person_id",), "CASCADE"),
        Refers(("host_id",), "host", ("host_id",)),
    )

    consent_id: UUID
    person_id: RequiredLine
    state: Consent
    basis: ConsentBasis = ConsentBasis.PERSON
    purpose: Purpose | None = None
    host_id: Line = ""
    items: tuple[Told, ...] = ()
    agreed: Text = ""
    way: ConsentWay
    witness: Line = ""
    given_on: date = Field(title="同意した日")
    recorded_at: datetime
    recorded_by: str
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""


class Disclosure(Noun):
    """What a host was told about a person, word for word, with the consent by which it was told.

    `about` is the suggestion (for a proposal) or the placement (for a first visit) that it was told for, where it was
    for one: when that is over, the host no longer sees it.
    """

    table: ClassVar[str] = "disclosure"
    identity: ClassVar[tuple[str, ...]] = ("disclosure_id",)
    sealed: ClassVar[frozenset[str]] = frozenset({"snapshot"})
    refers: ClassVar[tuple[Refers, ...]] = (
        Refers(
            ("consent_id", "person_id", "host_id", "purpose"),
            "consent",
            ("consent_id", "person_id", "host_id", "purpose"),
            "CASCADE",
        ),
    )

    disclosure_id: UUID
    consent_id: UUID
    person_id: RequiredLine
    host_id: RequiredLine
    purpose: Purpose
    about: UUID | None = None
    snapshot: dict[str, str]
    at: datetime
    by: str
