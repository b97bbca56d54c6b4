"""Everyday words: nouns that so many texts use that sharing one of them says little (子供, 部屋, 名前 …).

The list is part of the lexicon and fixed, so that what two texts have in common never depends on which other texts
happen to be in a catalogue.
"""

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from matcher.words.lexicon import LexiconError

EVERYDAY = "everyday.csv"


@lru_cache(maxsize=4)
def load_everyday(*folders: Path) -> Mapping[str, float]:
    """Word → how much sharing it tells, 0 to 1; what is not listed tells everything (1). Later folders win.

    Raises:
        LexiconError: a row has no weight from 0 to 1; the sentence names file and row.
    """
    found: dict[str, float] = {}
    for path in (folder / EVERYDAY for folder in folders):
        if not path.is_file():
            continue
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                try:
                    weight = float(row["weight"])
                    word = row["word"].strip()
                except (KeyError, TypeError, ValueError, AttributeError) as error:
                    raise LexiconError(f"{path.name} の{number}行目: word,weight の形で書いてください。") from error
                if not word or not 0 <= weight <= 1:
                    raise LexiconError(f"{path.name} の{number}行目: 重みは 0 から 1 の数で書いてください。")
                found[word] = weight
    return MappingProxyType(found)
