"""What every noun is: a validated row with one definition of its fields, for files, forms and tables alike."""

from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from matcher.model.statuses import Machine


@dataclass(frozen=True, slots=True)
class Between:
    """Bounds of a whole number, both included; the cell's reader keeps them, and the database checks them again."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Refers:
    """Columns that name a row of another table of the same council; `gone` says what happens when that row goes."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]
    gone: Literal["RESTRICT", "CASCADE", "SET NULL"] = "RESTRICT"


class Noun(BaseModel):
    """A row. `table` names its table, `identity` the columns that tell two rows of one council apart.

    `sealed` are columns that stand encrypted in the database; `refers` and `alone` (sets of columns that are unique
    beside the identity) become constraints; `states` is the table of its statuses, where it has any.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False, arbitrary_types_allowed=True)

    table: ClassVar[str]
    identity: ClassVar[tuple[str, ...]]
    sealed: ClassVar[frozenset[str]] = frozenset()
    refers: ClassVar[tuple[Refers, ...]] = ()
    alone: ClassVar[tuple[tuple[str, ...], ...]] = ()
    states: ClassVar[Machine | None] = None

    @property
    def key(self) -> tuple[Any, ...]:
        """The values that tell this row from others of its kind."""
        return tuple(getattr(self, name) for name in self.identity)

    @classmethod
    @cache
    def required(cls) -> tuple[str, ...]:
        """Columns that must be there and filled."""
        return tuple(name for name, field in cls.model_fields.items() if field.is_required())
