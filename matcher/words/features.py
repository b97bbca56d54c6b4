"""Features of a short phrase for the trained part: where its words lie, and its characters and morphemes, hashed."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from matcher.words.tokens import Token
from matcher.words.vectors import Vectors, content_words, unit

F32 = NDArray[np.float32]

BUCKETS = 1 << 11
SPELLING = np.float32(0.7)  # how much spelling counts beside meaning


def features(text: str, words: Sequence[Token], vectors: Vectors) -> F32:
    """(D + BUCKETS,) float32 of a normalised text and its morphemes; the same on every machine.

    A text of grammar alone has only zeros.
    """
    telling = content_words(words)
    found = {f"w{w.key}" for w in telling}
    edged = f"^{text.strip()}$"
    silent = [_grammar(c) for c in edged]
    for size in (1, 2, 3):
        for at in range(len(edged) - size + 1):
            if not all(silent[at : at + size]):
                found.add(f"{size}{edged[at : at + size]}")
    spelt = np.zeros(BUCKETS, dtype=np.float32)
    for one in found:
        digest = crc32(one.encode())
        spelt[(digest >> 1) % BUCKETS] += 1 if digest & 1 else -1  # two that meet in a bucket cancel as often as not
    return np.concatenate([vectors.mean(telling), SPELLING * unit(spelt)])


def _grammar(character: str) -> bool:
    """Single hiragana and edges say nothing by themselves."""
    return character in "^$、。 " or "ぁ" <= character <= "ゖ"
