"""Development card (資源開発カード): a small thing that is missing, and what is done so that it comes to be."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from matcher.model.cells import Line, RequiredLine, RoleCode, Text
from matcher.model.codes import Coded
from matcher.model.noun import Noun, Refers
from matcher.model.statuses import Machine


class CardStatus(Coded):
    """Where a card stands."""

    IDEA = "idea", "思いつき"
    ASKING = "asking", "声をかけている"
    MADE = "made", "できた"
    LEFT = "left", "いまは見送り"


CARDS = Machine(
    "development_card",
    "資源開発カード",
    (CardStatus.IDEA,),
    {
        CardStatus.IDEA: {"ask": CardStatus.ASKING, "made": CardStatus.MADE, "leave": CardStatus.LEFT},
        CardStatus.ASKING: {"made": CardStatus.MADE, "leave": CardStatus.LEFT},
        CardStatus.LEFT: {"reopen": CardStatus.IDEA},
        CardStatus.MADE: {},
    },
)


class DevelopmentCard(Noun):
    """A card: what, where, when, and, once it is there, the opening made from it."""

    table: ClassVar[str] = "development_card"
    identity: ClassVar[tuple[str, ...]] = ("card_id",)
    sealed: ClassVar[frozenset[str]] = frozenset({"note"})
    states: ClassVar[Machine] = CARDS
    refers: ClassVar[tuple[Refers, ...]] = (Refers(("opening_id",), "opening", ("opening_id",), "SET NULL"),)

    card_id: UUID
    status: CardStatus = CardStatus.IDEA
    title: RequiredLine = Field(title="あったらよいこと")
    municipality: Line = Field(default="", title="区市町村")
    area_id: Line = Field(default="", title="圏域ID")
    role: RoleCode | None = Field(default=None, title="関わり方")
    when: Line = Field(default="", title="日時")
    note: Text = Field(default="", title="メモ")
    opening_id: Line = ""
    made_at: datetime
    made_by: str


class CardPerson(Noun):
    """A person a card was thought of for; gone with the person."""

    table: ClassVar[str] = "card_person"
    identity: ClassVar[tuple[str, ...]] = ("card_id", "person_id")
    refers: ClassVar[tuple[Refers, ...]] = (
        Refers(("card_id",), "development_card", ("card_id",), "CASCADE"),
        Refers(("person_id",), "person", ("person_id",), "CASCADE"),
    )

    card_id: UUID
    person_id: RequiredLine
