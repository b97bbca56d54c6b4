"""What can be wrong with a cell of times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from matcher.errors import DebanError


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. `code` names its kind, `part` quotes the piece of the cell, `data` holds what a sentence needs."""

    code: str
    part: str
    data: Mapping[str, object] = field(default_factory=dict)


class TimesError(DebanError):
    """A cell of times that cannot be read; carries every fault of the cell."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        from matcher.times.wording import sentence

        self.problems = tuple(problems)
        super().__init__(" ".join(sentence(p) for p in self.problems))
