"""The validated base of every noun: one definition of its columns for files, forms and tables."""

from functools import cache
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A row. Attribute names are the English column names, `title` of a field is the Japanese header.

    `sheet` and `sheet_ja` name the file or sheet, `identity` the columns that tell two rows apart.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False, arbitrary_types_allowed=True)

    sheet: ClassVar[str]
    sheet_ja: ClassVar[str]
    identity: ClassVar[tuple[str, ...]]

    @property
    def key(self) -> tuple[Any, ...]:
        """The values that tell this row from others of its sheet."""
        return tuple(getattr(self, name) for name in self.identity)

    @classmethod
    @cache
    def headers(cls) -> dict[str, str]:
        """English column name → Japanese header, in the order of formats.md."""
        return {name: field.title or name for name, field in cls.model_fields.items()}

    @classmethod
    @cache
    def required(cls) -> tuple[str, ...]:
        """Columns that must be there and filled."""
        return tuple(name for name, field in cls.model_fields.items() if field.is_required())
