"""How alike what people say and what openings offer is as a whole, by the outlines that the trained part gives of both.

Single words meet through the lexicon (profiles.py); this half sees what only whole sentences tell. An outline is a
vector over the activities of the lexicon; two texts are alike as far as their outlines point the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.words import Kind, Reader, Reading

F32 = NDArray[np.float32]

TITLE, TAGS, DESCRIPTION = 1.0, 0.7, 0.5  # how much each text of an opening says about what one does there
FIELDS = (Kind.INTEREST, Kind.STRENGTH)


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """Outlines of all people and openings of a problem.

    Attributes:
        people: per field (P, A), their sum over both fields of unit length or zero; 0 or more.
        openings: (O, A) of unit length or zero; 0 or more.
    """

    people: dict[Kind, F32]
    openings: F32

    def shares(self, people: NDArray[np.int32], openings: NDArray[np.int32]) -> dict[Kind, F32]:
        """(n, m) per field: what it adds to the cosine of the pair's outlines; the sum runs from 0 to 1."""
        offered = self.openings[openings].T
        return {kind: self.people[kind][people] @ offered for kind in FIELDS}


def outlines(
    reader: Reader, voices: Sequence[tuple[Reading, Reading]], offers: Sequence[tuple[Reading, Reading, Reading]]
) -> Outlines:
    """Outline what people like and can do (interests, strengths) and what openings are (title, tags, description)."""
    size = len(reader.lexicon.activities)
    people = {kind: np.zeros((len(voices), size), dtype=np.float32) for kind in FIELDS}
    for at, readings in enumerate(voices):
        for kind, reading in zip(FIELDS, readings, strict=True):
            for piece in reading.pieces:
                if piece.liked:
                    people[kind][at] += positive(reader, piece.words)
    length = np.sqrt(sum(rows for rows in people.values()) ** 2 @ np.ones(size, dtype=np.float32))[:, None]
    for rows in people.values():
        np.divide(rows, length, out=rows, where=length > 0)
    offered = np.zeros((len(offers), size), dtype=np.float32)
    for at, texts in enumerate(offers):
        for reading, weight in zip(texts, (TITLE, TAGS, DESCRIPTION), strict=True):
            if reading.text:
                offered[at] += np.float32(weight) * positive(reader, reading.text)
    length = np.sqrt((offered**2).sum(axis=1, keepdims=True))
    np.divide(offered, length, out=offered, where=length > 0)
    return Outlines(people, offered)


def positive(reader: Reader, text: str) -> F32:
    """(A,) an outline without what it is surely not."""
    return np.maximum(reader.outline(text), np.float32(0))
