"""The error of this package."""

from collections.abc import Sequence

from matcher.errors import DebanError
from matcher.times.problems import Problem
from matcher.times.wording import sentences


class TimesError(DebanError):
    """A cell of times that cannot be read; `problems` holds every fault of the cell."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return sentences(self.problems)
