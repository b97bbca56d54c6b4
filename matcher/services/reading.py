"""How texts are read: one text for somebody who looks, or all that a bundle says and nobody could read."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matcher.exchange import read_bundle
from matcher.words import Kind, Reader, Reading, default_reader

# The cells of a person, as people name them, and as what each is read.
CELLS: dict[str, Kind] = {
    "interests": Kind.INTEREST,
    "strengths": Kind.STRENGTH,
    "avoid": Kind.AVOID,
    "note": Kind.BIOGRAPHY,
}
_FEW = 3
_NEAR = 0.25  # of the trained part's closeness; what is farther is not worth showing


@dataclass(frozen=True, slots=True)
class Unread:
    """A content word that led nowhere, how often it stands in the bundle, and where first."""

    word: str
    times: int
    places: tuple[str, ...]  # the first texts that it stands in


@dataclass(frozen=True, slots=True)
class Read:
    """One text as it is read, and the activities that it comes near to as a whole, nearest first, with how near."""

    reading: Reading
    near: tuple[tuple[str, float], ...]


def read_text(text: str, cell: str, *folders: Path) -> Read:
    """Read one text as it would be read in a cell of a person, or in an opening's title (`opening`).

    Raises:
        LexiconError: a council's own folder does not exist or cannot be read.
    """
    reader = default_reader(*folders)
    reading = reader.read_opening(text) if cell == "opening" else reader.read(text, CELLS[cell])
    liked = [piece.words for piece in reading.pieces if piece.liked or cell == "opening"]
    outline = sum(
        (np.maximum(reader.outline(words), 0) for words in liked), start=np.zeros(len(reader.lexicon.activities))
    )
    nearest = sorted(range(len(outline)), key=lambda a: (-outline[a], a))[:_FEW]
    near = tuple((reader.lexicon.activities[a], float(outline[a])) for a in nearest if outline[a] >= _NEAR)
    return Read(reading, near)


def unread_words(bundle: Path, *folders: Path) -> list[Unread]:
    """Words of people and openings that led nowhere, the most frequent first, then in the order of writing.

    Raises:
        BundleError: the bundle cannot be read at all.
    """
    reader = default_reader(*folders)
    counted: Counter[str] = Counter()
    places: dict[str, list[str]] = {}
    for reading in _readings(bundle, reader):
        for word in dict.fromkeys(w.words for w in reading.words if w.noun and not w.known):
            counted[word] += 1
            if len(places.setdefault(word, [])) < _FEW:
                places[word].append(reading.text)
    return [Unread(w, n, tuple(places[w])) for w, n in sorted(counted.items(), key=lambda x: (-x[1], x[0]))]


def _readings(bundle: Path, reader: Reader) -> Iterator[Reading]:
    rows = read_bundle(bundle).bundle
    for person in rows.people:
        for cell, kind in CELLS.items():
            if cell != "note":  # the coordinator's words: what is unread there is seldom a thing to do
                yield reader.read(getattr(person, cell), kind)
    for opening in rows.openings:
        for text in (opening.title, "、".join(opening.activities), opening.description):
            yield reader.read_opening(text)
