"""Morphemes of a Japanese text by SudachiPy, with the keys by which forms are matched."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from sudachipy import dictionary, tokenizer

_OKURIGANA = re.compile(r"(?<=[一-龯々])[ぁ-ん]+$")
# Words that carry the grammar of a sentence and never the thing itself.
_EMPTY_POS = ("助詞", "助動詞", "補助記号", "記号", "空白", "接続詞", "感動詞", "接頭辞")
_EMPTY_NORMALS = frozenset("為る 居る 有る 成る 事 物 所 方 様 為 其れ 此れ 何 御 出来る 貰う 呉れる 遣る 下さる 頂く".split()) - {"遣る"}


@dataclass(frozen=True, slots=True)
class Token:
    """One short morpheme. `start`/`end` are character positions in the text that was tokenised."""

    surface: str
    start: int
    end: int
    normal: str  # Sudachi's normalised form: one spelling for all spellings of a word
    key: str  # normal form without inflectional kana, so that 植える and 植え meet
    pos: str
    detail: str  # second part of the part of speech
    synonyms: tuple[int, ...]
    opens: bool  # begins a word of the long segmentation
    closes: bool  # ends one

    @property
    def content(self) -> bool:
        """Whether the morpheme carries meaning of its own."""
        return self.pos not in _EMPTY_POS and self.normal not in _EMPTY_NORMALS


@cache
def _tokenizer() -> tokenizer.Tokenizer:
    return dictionary.Dictionary(dict="core").tokenizer()


def normalise(text: str) -> str:
    """NFKC, as every cell is: full-width figures and half-width kana become one."""
    return unicodedata.normalize("NFKC", text)


def tokens(text: str) -> list[Token]:
    """Short morphemes (split mode A) of a text that was normalised before."""
    found = []
    for word in _tokenizer().tokenize(text, tokenizer.Tokenizer.SplitMode.C):
        parts = word.split(tokenizer.Tokenizer.SplitMode.A)
        for i, m in enumerate(parts):
            normal = m.normalized_form()
            pos = m.part_of_speech()
            found.append(
                Token(
                    surface=m.surface(),
                    start=m.begin(),
                    end=m.end(),
                    normal=normal,
                    key=_OKURIGANA.sub("", normal),
                    pos=pos[0],
                    detail=pos[1],
                    synonyms=tuple(m.synonym_group_ids()),
                    opens=i == 0,
                    closes=i == len(parts) - 1,
                )
            )
    return found
