"""Likeness of texts by their character pairs: a faint last resort where neither lexicon nor whole words meet."""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]


def _pairs(text: str) -> Counter[str]:
    """Neighbouring characters, of which at least one is no hiragana: hiragana carry the grammar."""
    return Counter(
        a + b for a, b in pairwise(text) if (a.isalnum() and b.isalnum()) and not (_hiragana(a) and _hiragana(b))
    )


def _hiragana(character: str) -> bool:
    return "ぁ" <= character <= "ゖ" or character == "ー"


class Likeness:
    """Texts to compare with, weighted by how rare their character pairs are."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [_pairs(t) for t in texts]
        seen = Counter(pair for c in counts for pair in c)
        self._size = len(texts)
        self._rarity = {pair: math.log((1 + self._size) / n) for pair, n in seen.items()}
        norms = [math.sqrt(sum((n * self._rarity[p]) ** 2 for p, n in c.items())) or 1.0 for c in counts]
        postings: dict[str, tuple[list[int], list[float]]] = {}
        for at, c in enumerate(counts):
            for pair, n in c.items():
                where, weight = postings.setdefault(pair, ([], []))
                where.append(at)
                weight.append(n * self._rarity[pair] / norms[at])
        self._postings = {
            p: (np.array(w, dtype=np.int32), np.array(v, dtype=np.float32)) for p, (w, v) in postings.items()
        }

    def to(self, text: str) -> F32:
        """(texts,) cosine of the text with each."""
        own = {p: n * self._rarity[p] for p, n in _pairs(text).items() if p in self._rarity}
        found = np.zeros(self._size, dtype=np.float32)
        norm = math.sqrt(sum(v * v for v in own.values()))
        for pair, value in own.items():
            where, weight = self._postings[pair]
            found[where] += weight * np.float32(value / norm)
        return found
