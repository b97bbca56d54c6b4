"""Conflict (同席回避): two people who are never to be at the same host. No reason is recorded here."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from matcher.model.cells import Id, fault
from matcher.model.noun import Refers
from matcher.model.record import Record


class Conflict(Record):
    """Two people, in either order."""

    sheet: ClassVar[str] = "conflicts"
    sheet_ja: ClassVar[str] = "同席回避"
    table: ClassVar[str] = "conflict"
    identity: ClassVar[tuple[str, ...]] = ("person_a", "person_b")
    refers: ClassVar[tuple[Refers, ...]] = (
        Refers(("person_a",), "person", ("person_id",), "CASCADE"),
        Refers(("person_b",), "person", ("person_id",), "CASCADE"),
    )

    person_a: Id = Field(title="本人ID（A）")
    person_b: Id = Field(title="本人ID（B）")

    @model_validator(mode="after")
    def _two_people(self) -> Self:
        if self.person_a == self.person_b:
            raise fault("same_person", column="person_b")
        return self

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(sorted((self.person_a, self.person_b)))
