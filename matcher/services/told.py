"""What is said of each person, written share by share into files, read again person by person."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Spans:
    """How many bytes each person's texts take in a share's two files, in the order of IDs."""

    lines: list[int]
    texts: list[int]

    @classmethod
    def write(cls, path: Path, told: Iterable[tuple[str, str]]) -> "Spans":
        """Write each person's JSON line into PATH.json and their text into PATH.txt."""
        lines, texts = [], []
        with path.with_suffix(".json").open("wb") as json, path.with_suffix(".txt").open("wb") as plain:
            for line, text in told:
                lines.append(json.write(line.encode()))
                texts.append(plain.write(text.encode()))
        return cls(lines, texts)


class Told:
    """The texts of all people, by ID, as long as their folder is there."""

    def __init__(self, folder: Path, shares: Sequence[tuple[Sequence[str], Spans]]) -> None:
        """`shares` are the people of PATH/0, PATH/1 …, and what `Spans.write` said of each."""
        self._folder = folder
        self._at = {person: (k, n) for k, (people, _) in enumerate(shares) for n, person in enumerate(people)}
        self._lines = [_places(spans.lines) for _, spans in shares]
        self._texts = [_places(spans.texts) for _, spans in shares]

    def lines(self, people: Iterable[str]) -> Iterator[str]:
        """The JSON lines of people."""
        return self._read(people, self._lines, ".json")

    def text(self, person: str) -> list[str]:
        """The lines about a person for the screen."""
        return "".join(self._read([person], self._texts, ".txt")).split("\n")

    def _read(self, people: Iterable[str], places: Sequence[Sequence[int]], suffix: str) -> Iterator[str]:
        files: dict[int, BinaryIO] = {}
        with ExitStack() as stack:
            for person in people:
                k, n = self._at[person]
                if k not in files:
                    files[k] = stack.enter_context((self._folder / f"{k}").with_suffix(suffix).open("rb"))
                files[k].seek(places[k][n])
                yield files[k].read(places[k][n + 1] - places[k][n]).decode()


def _places(lengths: Sequence[int]) -> list[int]:
    """Where each begins, and where the last ends."""
    places = [0]
    for length in lengths:
        places.append(places[-1] + length)
    return places
