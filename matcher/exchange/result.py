"""What reading a bundle came to: the good rows, the refused ones, and notices."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matcher.exchange.sheet import Cell, Sheet
from matcher.model import Bundle


@dataclass(frozen=True, slots=True)
class Refusal:
    """One fault of one row. A row with several faults has several refusals.

    `row` is the number a spreadsheet shows, `column` the header as it stands in the file, `value` the cell as it stands
    (shortened), `text` the sentence: what is wrong and what would be right.
    """

    file: str
    row: int
    column: str
    value: str
    code: str
    text: str
    identity: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something people should know that stopped nothing. `row` 0 speaks of the whole file."""

    file: str
    row: int
    column: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class SheetResult:
    """One sheet as it was read: where its header stands, and which rows were refused."""

    sheet: Sheet
    header_row: int
    headers: list[str]  # as they stand in the file
    columns: list[str | None]  # English names; None for unknown columns
    good: int
    refused: Mapping[int, str]  # row → エラー
    extra: Mapping[str, Mapping[str, Cell]] = field(default_factory=dict)  # row key → unknown columns' cells


@dataclass(frozen=True, slots=True)
class ReadResult:
    """A whole bundle as it was read."""

    bundle: Bundle
    refused: tuple[Refusal, ...]
    notices: tuple[Notice, ...]
    sheets: tuple[SheetResult, ...]

    @property
    def rows_refused(self) -> int:
        """Refused rows, each once."""
        return sum(len(s.refused) for s in self.sheets)
