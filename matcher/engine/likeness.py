"""How alike what people say and what openings offer is as a whole, by the outlines that the trained part gives of both.

Single words meet through the lexicon (profiles.py); this half sees what only whole sentences tell. An outline is a
vector over the activities of the lexicon; two texts are alike as far as their outlines point the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matcher.words import Kind, Reader, Reading

F32 = NDArray[np.float32]
Floats = NDArray[np.float64]

TITLE, TAGS, DESCRIPTION = 1.0, 0.7, 0.7  # how much each text of an opening says about what one does there

FIELDS = (Kind.INTEREST, Kind.STRENGTH, Kind.BIOGRAPHY)  # the last is the coordinator's note
NOTE = 0.2  # of the length of what the person says; without any words of the person it stays as thin
SHARPEN = 1.75  # what a text is a little near to in many directions tells less than what it is very near to
POWER = 1.5  # half alike is less than half as good


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """Outlines of all people and openings of a problem.

    Attributes:
        people: per field (P, A); their sum over the fields is of unit length, or shorter where only a note speaks.
        openings: (O, A) of unit length or zero.
    """

    people: dict[Kind, F32]
    openings: F32

    def shares(self, people: NDArray[np.int32], openings: NDArray[np.int32]) -> tuple[Floats, dict[Kind, Floats]]:
        """(n, m) how alike each pair is, 0..1; and per field its part in it, which sum to 1 where anything is alike."""
        # In double precision, so that a pair comes to the same whichever others it is worked out with.
        offered = self.openings[openings].T.astype(np.float64)
        own = {kind: _meeting(self.people[kind][people], offered) for kind in FIELDS}
        total: Floats = sum(own.values(), start=np.zeros((len(people), len(openings))))
        parts = {k: np.divide(v, total, out=np.zeros_like(v), where=total > 0) for k, v in own.items()}
        return np.minimum(total, 1.0) ** POWER, parts


def _meeting(said: F32, offered: Floats) -> Floats:
    """(n, m) said · offered; who says nothing, as most do in one field or another, costs nothing."""
    found = np.zeros((len(said), offered.shape[1]))
    some = np.flatnonzero(said.any(axis=1))
    if len(some):
        found[some] = said[some].astype(np.float64) @ offered
    return found


def outlines(
    reader: Reader,
    voices: Sequence[tuple[Reading, Reading, Reading]],
    offers: Sequence[tuple[Reading, Reading, Reading]],
) -> Outlines:
    """Outline what people like and can do (interests, strengths, note) and what openings are (title, tags, description)."""
    size = len(reader.lexicon.activities)
    people = {kind: np.zeros((len(voices), size), dtype=np.float32) for kind in FIELDS}
    for at, readings in enumerate(voices):
        for kind, reading in zip(FIELDS, readings, strict=True):
            for piece in reading.pieces:
                if piece.liked:
                    people[kind][at] += sharp(reader, piece.words)
    said = _length(people[Kind.INTEREST] + people[Kind.STRENGTH])
    noted = _length(people[Kind.BIOGRAPHY])
    thin = np.where(said > 0, said, np.float32(1)) * np.float32(NOTE)
    people[Kind.BIOGRAPHY] *= np.divide(thin, noted, out=np.zeros_like(noted), where=noted > 0)
    whole = np.where(
        said > 0, _length(people[Kind.INTEREST] + people[Kind.STRENGTH] + people[Kind.BIOGRAPHY]), np.float32(1)
    )
    for rows in people.values():
        rows /= np.maximum(whole, np.float32(1e-9))
    offered = np.zeros((len(offers), size), dtype=np.float32)
    for at, texts in enumerate(offers):
        for reading, weight in zip(texts, (TITLE, TAGS, DESCRIPTION), strict=True):
            if reading.text:
                offered[at] += np.float32(weight) * sharp(reader, reading.text)
    offered /= np.maximum(_length(offered), np.float32(1e-9))
    return Outlines(people, offered)


@lru_cache(maxsize=1024)  # a person's pieces are asked for with each of their options
def sharp(reader: Reader, text: str) -> F32:
    """(A,) an outline without what it is surely not, and with what it is most standing out; never to be written to."""
    outline: F32 = np.maximum(reader.outline(text), np.float32(0)) ** np.float32(SHARPEN)
    outline.flags.writeable = False
    return outline


def _length(rows: F32) -> F32:
    """(n, 1) lengths of the rows."""
    length: F32 = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    return length
