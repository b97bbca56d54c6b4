"""Word vectors: words that are used alike lie in the same direction, so that one that the lexicon lacks can be placed.

The stored file is made by `deban train --vectors FOLDER` (see docs/decisions/0004) and read with numpy alone.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from matcher.errors import DebanError
from matcher.words.tokens import Token

F32 = NDArray[np.float32]

FORMAT = 1
VECTORS = "vectors.npz"


class VectorsError(DebanError):
    """A file of word vectors, or the folder it is to be made from, that cannot be read."""


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Places of words; words that are nearly the same share one.

    Attributes:
        keys: (N,) uint32, ascending: CRC-32 of each word's normal form. row: (N,) uint16, its place.
        places: (R, D) int8; the direction of a row is what counts, not its length.
        source: where they come from, to be named wherever they are passed on.
    """

    keys: NDArray[np.uint32]
    row: NDArray[np.uint16]
    places: NDArray[np.int8]
    source: str

    @classmethod
    def packed(cls, rows: Mapping[str, int], vectors: NDArray[np.float32], source: str) -> "Vectors":
        """From each word's row of (R, D) vectors; what all words have in common is taken off before they are rounded."""
        used = sorted(set(rows.values()))
        at = {r: i for i, r in enumerate(used)}
        own = vectors[used].astype(np.float64)
        own -= own.mean(axis=0)
        largest = np.maximum(np.abs(own).max(axis=1, keepdims=True), 1e-9)
        key_of: dict[int, int] = {}
        for word, r in sorted(rows.items()):
            key_of.setdefault(crc32(word.encode()), at[r])
        keys = np.array(sorted(key_of), dtype=np.uint32)
        return cls(
            keys,
            np.array([key_of[int(k)] for k in keys], dtype=np.uint16),
            np.rint(own / largest * 127).astype(np.int8),
            source,
        )

    def of(self, word: str) -> int:
        """The row of a word's normal form; -1 for an unknown word."""
        key = crc32(word.encode())
        at = int(np.searchsorted(self.keys, np.uint32(key)))
        return int(self.row[at]) if at < len(self.keys) and int(self.keys[at]) == key else -1

    def mean(self, words: Iterable[Token]) -> F32:
        """(D,) of unit length: the common direction of the words that are known; zeros where none is."""
        rows = [row if row >= 0 else self.of(word.surface) for word in words for row in (self.of(word.normal),)]
        known = self.places[[row for row in rows if row >= 0]].astype(np.float32)
        lengths = np.sqrt((known * known).sum(axis=1, keepdims=True))
        return unit((known / np.maximum(lengths, 1e-9)).sum(axis=0))

    def write(self, path: Path) -> None:
        about = json.dumps({"format": FORMAT, "source": self.source}, ensure_ascii=False).encode()
        content = BytesIO()
        np.savez_compressed(
            content,
            about=np.frombuffer(about, dtype=np.uint8),
            keys=self.keys,
            row=self.row,
            places=self.places,
        )
        path.write_bytes(content.getvalue())

    @classmethod
    def read(cls, path: Path) -> "Vectors":
        """Read a stored file.

        Raises:
            VectorsError: it is none, or its parts do not fit together.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                about = json.loads(stored["about"].tobytes())
                found = cls(stored["keys"], stored["row"], stored["places"], str(about["source"]))
                known = about["format"] == FORMAT
        except Exception as error:  # zip, numpy and json each have errors of their own
            raise VectorsError(
                f"単語ベクトル {path.name} が読めません。製品のものに戻すか、deban train --vectors で作りなおしてください。"
            ) from error
        fitting = found.keys.shape == found.row.shape and found.places.ndim == 2
        if not known or not fitting or (len(found.row) and int(found.row.max()) >= len(found.places)):
            raise VectorsError(
                f"単語ベクトル {path.name} の形が合いません。製品のものに戻すか、deban train --vectors で作りなおしてください。"
            )
        return found


def unit(vector: F32) -> F32:
    """The vector at length 1; zeros stay."""
    length = float(np.sqrt((vector * vector).sum()))
    return vector / np.float32(length) if length > 1e-9 else vector


def content_words(words: Sequence[Token]) -> list[Token]:
    """The words that carry meaning of their own."""
    return [w for w in words if w.content]
