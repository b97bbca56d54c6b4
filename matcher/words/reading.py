"""What was read in a text: mentions of activities and traits, words and pieces, each with its place and side."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

_PIECE = re.compile(r"[^。、,;!?！？\n]+")


class Kind(StrEnum):
    """As what a mention counts."""

    INTEREST = "interest"
    STRENGTH = "strength"
    BIOGRAPHY = "biography"
    AVOID = "avoid"


@dataclass(frozen=True, slots=True)
class Mention:
    """An activity that a text names.

    `strength` runs from 0 to 1; `start`/`end` are positions in the normalised text, `words` is what stands there;
    `polarity` is 1 or -1.
    """

    activity: str
    kind: Kind
    polarity: int
    strength: float
    start: int
    end: int
    words: str
    guessed: bool = False  # no form of the lexicon, but what the trained part makes of the word


@dataclass(frozen=True, slots=True)
class TraitMention:
    """A trait that a text names. `polarity` 1: wished for, or there; -1: not borne, or said to be absent."""

    trait: str
    polarity: int
    strength: float
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Word:
    """A content word as it stands in the text, with its side (0: others', or itself what says yes or no); `key` and `synonyms` say when two words are the same."""

    key: str
    synonyms: tuple[int, ...]
    polarity: int
    start: int
    end: int
    words: str
    known: bool  # inside a form of the lexicon, or part of what says yes or no
    noun: bool  # a general noun of two characters or more: worth comparing by itself

    @property
    def keys(self) -> list[str]:
        """The word itself, and its synonyms where its spelling leaves no doubt which word it is."""
        written = not all("ぁ" <= c <= "ゖ" for c in self.words)
        return [self.key, *(f"#{s}" for s in self.synonyms if written)]


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands between two stops or commas and is not only of others; `liked`: no more words refused than liked."""

    words: str
    liked: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read in one text; `pieces` are what stands between stops, without those that hold no content word."""

    text: str
    mentions: tuple[Mention, ...] = ()
    traits: tuple[TraitMention, ...] = ()
    words: tuple[Word, ...] = ()
    pieces: tuple[Piece, ...] = ()

    @property
    def unread(self) -> tuple[str, ...]:
        """Content words that led nowhere."""
        return tuple(w.words for w in self.words if not w.known)


def pieces_of(text: str, words: Sequence[Word]) -> Iterator[Piece]:
    """The text piece by piece, without those that hold no content word of the person's own."""
    for found in _PIECE.finditer(text):
        sides = [w.polarity for w in words if found.start() <= w.start < found.end() and w.polarity]
        if sides:
            liked = sum(sides) >= 0
            yield Piece(found.group().strip(), liked, found.start(), found.end())
