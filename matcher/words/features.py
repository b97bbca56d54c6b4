"""Features of a short phrase for the trained part: its morphemes and its characters in ones, twos and threes, hashed."""

import unicodedata
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from matcher.words.tokens import tokens

BUCKETS = 1 << 14


def buckets(phrase: str) -> NDArray[np.int32]:
    """Sorted, distinct feature buckets of a phrase; the same on every machine. An empty phrase has none."""
    text = unicodedata.normalize("NFKC", phrase).strip()
    found = {f"w{t.key}" for t in tokens(text, by_itself=True) if t.content}
    edged = f"^{text}$"
    for size in (1, 2, 3):
        for at in range(len(edged) - size + 1):
            gram = edged[at : at + size]
            if not all(_grammar(c) for c in gram):
                found.add(f"{size}{gram}")
    return np.array(sorted({crc32(f.encode()) % BUCKETS for f in found}), dtype=np.int32)


def _grammar(character: str) -> bool:
    """Single hiragana and edges say nothing by themselves."""
    return character in "^$、。 " or "ぁ" <= character <= "ゖ"
