"""Morphemes of a Japanese text by SudachiPy, with the keys by which forms are matched."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sudachipy import dictionary, tokenizer

# The form in which a verb becomes a noun (洗う → 洗い), so that 皿洗い and 皿を洗う meet.
_NOUN_ENDINGS = dict(zip("うくぐすつぬぶむる", "いきぎしちにびみり", strict=True))
# Words that carry the grammar of a sentence and never the thing itself.
_EMPTY_POS = ("助詞", "助動詞", "補助記号", "記号", "空白", "接続詞", "感動詞", "接頭辞")
_UNLINKED_POS = ("助詞", "補助記号", "記号", "空白", "接続詞", "感動詞")
POLITE = ("お", "ご", "御")  # other prefixes make another word: 大人数, 初対面, 不器用
_EMPTY_NORMALS = frozenset(
    "為る 居る 有る 成る 事 物 所 方 様 為 其れ 此れ 何 御 出来る 貰う 呉れる 遣る 下さる 頂く".split()
) - {"遣る"}


@dataclass(slots=True, eq=False)  # made by the thousand: a frozen one takes four times as long
class Token:
    """One short morpheme. `start`/`end` are character positions in the text that was tokenised."""

    surface: str
    start: int
    end: int
    normal: str  # Sudachi's normalised form: one spelling for all spellings of a word
    key: str  # what is compared: the normal form, of verbs the one that becomes a noun (植える and 植え meet)
    pos: str
    detail: str  # second part of the part of speech
    common: bool  # a noun of the general kind: not of time, counting or names
    synonyms: tuple[int, ...]
    opens: bool  # begins a word of the long segmentation
    closes: bool  # ends one

    @property
    def linked(self) -> bool:
        """Whether the morpheme takes part in matching forms: everything but particles, stops and fillers."""
        return self.pos not in _UNLINKED_POS and not (self.pos == "接頭辞" and self.surface in POLITE)

    @property
    def content(self) -> bool:
        """Whether the morpheme carries meaning of its own."""
        return self.pos not in _EMPTY_POS and self.normal not in _EMPTY_NORMALS


@cache
def _tokenizer() -> tokenizer.Tokenizer:
    return dictionary.Dictionary(dict="core").tokenizer()


def _key(normal: str, pos: Sequence[str]) -> str:
    if pos[0] != "動詞" or len(normal) < 2:
        return normal
    if pos[4].startswith(("下一段", "上一段")):
        return normal[:-1]
    return normal[:-1] + _NOUN_ENDINGS.get(normal[-1], normal[-1])


def normalise(text: str) -> str:
    """NFKC, as every cell is: full-width figures and half-width kana become one."""
    return unicodedata.normalize("NFKC", text)


def tokens(text: str, *, by_itself: bool = False) -> list[Token]:
    """Short morphemes (split mode A) of a text that was normalised before.

    `by_itself` leaves out where words begin and end (a form of the lexicon is one whole).
    """
    # Split modes are asked for one after the other: splitting a word afterwards is not safe in this release.
    words = () if by_itself else _tokenizer().tokenize(text, tokenizer.Tokenizer.SplitMode.C)
    opening, closing = {w.begin() for w in words}, {w.end() for w in words}
    found = []
    polite = False
    for m in _tokenizer().tokenize(text, tokenizer.Tokenizer.SplitMode.A):
        normal = m.normalized_form()
        pos = m.part_of_speech()
        found.append(
            Token(
                surface=m.surface(),
                start=m.begin(),
                end=m.end(),
                normal=normal,
                key=_key(normal, pos),
                pos=pos[0],
                detail=pos[1],
                common=pos[1] == "普通名詞" and pos[2] in ("一般", "サ変可能"),
                synonyms=tuple(m.synonym_group_ids()),
                opens=m.begin() in opening or polite,
                closes=m.end() in closing,
            )
        )
        polite = pos[0] == "接頭辞" and m.surface() in POLITE
    return found
