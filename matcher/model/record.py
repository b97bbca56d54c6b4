"""The validated base of every noun that comes in a file: one definition of its columns for files, forms and tables."""

from functools import cache
from typing import ClassVar

from matcher.model.noun import Noun


class Record(Noun):
    """A row of a sheet. Attribute names are the English column names, `title` of a field is the Japanese header.

    `sheet` and `sheet_ja` name the file or sheet.
    """

    sheet: ClassVar[str]
    sheet_ja: ClassVar[str]

    @classmethod
    @cache
    def headers(cls) -> dict[str, str]:
        """English column name → Japanese header, in the order of formats.md."""
        return {name: field.title or name for name, field in cls.model_fields.items()}
