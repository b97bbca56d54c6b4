"""Reads what people write: which activities and traits a text names, on which side, how strongly, and where.

The reader never guesses at people: what it does not know it lists as unread, so that somebody can add it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import seed_data
from matcher.words.cache import digest, remembered
from matcher.words.clauses import Clause, clauses
from matcher.words.forms import FormIndex, Hit
from matcher.words.lexicon import Lexicon, Means, load_lexicon
from matcher.words.tokens import Token, normalise, tokens

# Nouns that stand in every second sentence: two texts that share one share nothing.
_EVERYWHERE = frozenset(
    "こと もの ところ 自分 仕事 手伝い 時間 場所 参加 活動 作業 本人 相手 練習 世話 準備 利用 言葉 気持ち 感じ 生活 毎日 一緒 皆 "
    "町 市 人間 家族 必要 普通 最近 以前 今度 今 前 後 中 上 下 数 番 度 点 話 声 手 目 体 顔 心 気 力 事 物 所 自身 事情 関係 程度".split()
)
# What a catalogue says is not there: 「期限はありません」「機械は使いません」「会話なし」.
_DENIED_AFTER = re.compile(
    r"(?:は|も|を|が|に|の必要は|などは)?\s*"
    r"(?:あり|し|使い|い|要り|いり|行い|飲み|吸い|つき|持ち|出し|求め|聞き)?(?:ません|ない|なし|無し|不要|なく|いらない|要らない|せず)"
)
PAST_STRENGTH = 0.75  # what somebody used to do says less than what they wish now
BIOGRAPHY_STRENGTH = 0.9


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
    """A content word as it stands in the text, with its side; `key` and `synonyms` say when two words are the same."""

    key: str
    synonyms: tuple[int, ...]
    polarity: int
    start: int
    end: int
    words: str
    known: bool  # inside a form of the lexicon
    noun: bool  # a general noun of two characters or more: worth comparing by itself


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read in one text."""

    text: str
    mentions: tuple[Mention, ...] = ()
    traits: tuple[TraitMention, ...] = ()
    words: tuple[Word, ...] = ()

    @property
    def unread(self) -> tuple[str, ...]:
        """Content words that led nowhere."""
        return tuple(w.words for w in self.words if not w.known)


class Reader:
    """Text in, activities out. The same text always gives the same reading."""

    def __init__(self, lexicon: Lexicon, forms: FormIndex | None = None) -> None:
        self.lexicon = lexicon
        self._forms = forms or FormIndex(lexicon.forms)
        self._cached = lru_cache(maxsize=65536)(self._read)

    def read(self, text: str, kind: Kind) -> Reading:
        """Read what a person wrote in the field of that kind; a refusal inside it comes out with polarity -1."""
        return self._cached(text, kind)

    def read_opening(self, text: str) -> Reading:
        """Read a catalogue's text: activities offered, traits that are there (1) or said to be absent (-1)."""
        return self._cached(text, None)

    def _read(self, text: str, kind: Kind | None) -> Reading:
        text = normalise(text)
        own = tokens(text)
        hits = self._forms.find(own)
        sides = clauses(own) if kind is not None else [Clause(0, max(0, len(own) - 1), 1, False)]
        mentions: list[Mention] = []
        traits: list[TraitMention] = []
        for hit in hits:
            span = own[hit.first].start, own[hit.last].end
            clause = next((c for c in sides if c.first <= hit.last <= c.last), sides[-1])
            if kind is None:
                denied = _DENIED_AFTER.match(text[span[1] : span[1] + 14]) is not None
                self._from_opening(hit, span, text, denied, mentions, traits)
            else:
                self._from_person(hit, span, text, kind, clause, mentions, traits)
        return Reading(text, tuple(mentions), tuple(traits), tuple(self._words(own, hits, sides, kind)))

    def _from_opening(
        self,
        hit: Hit,
        span: tuple[int, int],
        text: str,
        denied: bool,
        mentions: list[Mention],
        traits: list[TraitMention],
    ) -> None:
        words = text[slice(*span)]
        if hit.form.means is Means.ACTIVITY and not denied:
            mentions.append(Mention(hit.form.name, Kind.INTEREST, 1, hit.strength, *span, words))
        elif hit.form.means in (Means.SHOWN, Means.DENIED):
            side = 1 if hit.form.means is Means.SHOWN and not denied else -1
            traits.append(TraitMention(hit.form.name, side, hit.strength, *span, words))

    def _from_person(
        self,
        hit: Hit,
        span: tuple[int, int],
        text: str,
        kind: Kind,
        clause: Clause,
        mentions: list[Mention],
        traits: list[TraitMention],
    ) -> None:
        words = text[slice(*span)]
        side = -1 if kind is Kind.AVOID else clause.sign
        if side == 0:
            return
        faded = PAST_STRENGTH if clause.past else 1.0
        if hit.form.means is Means.ACTIVITY:
            counts_as = Kind.BIOGRAPHY if clause.past and side > 0 and kind is Kind.INTEREST else kind
            mentions.append(Mention(hit.form.name, counts_as, side, hit.strength * faded, *span, words))
        elif hit.form.means is Means.BIOGRAPHY and side > 0:
            for activity, strength in self.lexicon.biography[hit.form.name].items():
                weight = hit.strength * strength * BIOGRAPHY_STRENGTH
                mentions.append(Mention(activity, Kind.BIOGRAPHY, 1, weight, *span, words))
        elif hit.form.means is Means.AVOIDED and side < 0:
            traits.append(TraitMention(hit.form.name, -1, hit.strength, *span, words))
        elif hit.form.means is Means.WANTED and side > 0:
            traits.append(TraitMention(hit.form.name, 1, hit.strength, *span, words))

    def _words(
        self, own: Sequence[Token], hits: Sequence[Hit], sides: Sequence[Clause], kind: Kind | None
    ) -> list[Word]:
        inside = {i for hit in hits for i in range(hit.first, hit.last + 1)}
        found = []
        for i, token in enumerate(own):
            if not token.content or token.pos not in ("名詞", "動詞", "形容詞", "形状詞") or token.detail == "数詞":
                continue
            if token.detail == "非自立可能" and token.pos == "動詞":
                continue
            clause = next((c for c in sides if c.first <= i <= c.last), None)
            side = -1 if kind is Kind.AVOID else clause.sign if clause else 1
            found.append(
                Word(
                    token.key,
                    token.synonyms,
                    side,
                    token.start,
                    token.end,
                    token.surface,
                    i in inside,
                    token.common
                    and token.opens
                    and token.closes
                    and len(token.surface) > 1
                    and token.normal not in _EVERYWHERE
                    and token.surface not in _EVERYWHERE,
                )
            )
        return found


@lru_cache(maxsize=4)
def default_reader(*folders: Path) -> Reader:
    """The reader over the project's lexicon and, after it, a council's own folders."""
    every = (Path(seed_data.__file__).parent / "lexicon", *folders)

    def make() -> tuple[Lexicon, FormIndex]:
        lexicon = load_lexicon(*every)
        return lexicon, FormIndex(lexicon.forms)

    files = [path for folder in every for path in folder.rglob("*.ini")]
    return Reader(*remembered(f"lexicon-{digest(files)}", make))
