"""Reads what people write: which activities and traits a text names, on which side, how strongly, and where.

The reader never guesses at people: what it does not know it lists as unread, so that somebody can add it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matcher.words.clauses import Side, Sides
from matcher.words.figures import figure
from matcher.words.fitting import BETWEEN_CLAUSES, BETWEEN_SENTENCES, Fitting
from matcher.words.forms import FormIndex, Hit
from matcher.words.guesser import Guesser
from matcher.words.lexicon import Lexicon, Means
from matcher.words.reading import Kind, Mention, Piece, Reading, TraitMention, Word, pieces_of
from matcher.words.spelling import as_written, without_gaps
from matcher.words.tokens import Token, normalise, tokens

# Nouns that stand in every second sentence: two texts that share one share nothing.
_EVERYWHERE = frozenset(
    "こと もの ところ 自分 仕事 手伝い 時間 場所 参加 活動 作業 本人 相手 練習 世話 準備 利用 言葉 気持ち 感じ 生活 毎日 一緒 皆 "
    "町 市 人間 家族 必要 普通 最近 以前 今度 今 前 後 中 上 下 数 番 度 点 話 声 手 目 体 顔 心 気 力 事 物 所 自身 事情 関係 程度 作り づくり 手作り".split()
)
# What a catalogue says is not there: 「期限はありません」「機械は使いません」「会話なし」.
_DENIED_AFTER = re.compile(
    r"(?:の必要|の心配|など|等)?(?:(?:は|も|を|が|に|や|・|、|とか)[^。.\n]{0,12}?)?"
    r"(?:ません|ない(?![とでか])|なし|無し|無用|不要|いらない|要らない|せず(?=に|。|、|$)|なく(?=て|、))"
)
_NOUN_LIKE = ("名詞", "接頭辞", "形容詞", "形状詞", "連体詞")
_LIKENED = re.compile(r"(?:みたい|の(?:よう|ごとく))(?=[なにだで])")  # 「積み木みたいに」 is not about building blocks
_HEADS = re.compile(
    r"(?P<n>[0-9]{1,4}|[一二三四五六七八九]?[百十][一二三四五六七八九]?|[二三四五六七八九]?十[一二三四五六七八九]?|[二三四五六七八九])(?:人|名)"
    r"(?:ほど|くらい|ぐらい|ばかり|以上|あまり|前後|の?(?:子ども|こども|お年寄り|方|大人))?(?P<before>の前|に見|が見|を前に|に向|へ向|に話|に披露)?"
)
CROWD, THRONG, AUDIENCE = "大人数", "人混み", "人前"
FEW, SOME, MANY = 4, 10, 15  # up to FEW is no crowd; from SOME it is something to ask about, from MANY it is one
A_THRONG = 30
BIOGRAPHY_STRENGTH = 0.9
GUESSED = 0.6  # how much a guess counts against a form of the lexicon
GUESSED_TRAIT = 0.45  # alone it never forbids; it makes somebody ask
AMONG_OTHERS = 0.5  # 「子どもも大人も」: they are there, and it is not about them
AS_MEANS = 0.5  # 「パソコンで文字を打つ」: the computer is only what one does it with
MODIFYING = 0.8  # a name that only says of what one does it
LIKENESS = 0.3  # what a catalogue only compares with
BEARABLE = 0.4  # 「犬はだめだけど猫は平気」: no more than a thin interest in cats
PART_OF = (
    0.65  # 「子どもの世話」: it is the caring that is refused; children who are merely there are to be asked about
)
LEFT_BEHIND = 0.6  # who has had enough of an occupation has had enough of what it shows at least this strongly


def _head_counts(text: str, lexicon: Lexicon) -> Iterator[TraitMention]:
    """How many people a catalogue speaks of: many are a crowd, and whoever stands before them stands before people."""
    for found in _HEADS.finditer(text):
        number = figure(found["n"])
        start, end = found.span()
        words = found.group()
        if CROWD in lexicon.traits and (number >= SOME or number <= FEW):
            side = 1 if number >= SOME else -1
            yield TraitMention(CROWD, side, 1.0 if number >= MANY or side < 0 else 0.5, start, end, words)
        if THRONG in lexicon.traits and number >= A_THRONG:
            yield TraitMention(THRONG, 1, 1.0, start, end, words)
        if AUDIENCE in lexicon.traits and found["before"] and number > FEW:
            yield TraitMention(AUDIENCE, 1, 1.0, start, end, words)


def _inside_activity(hit: Hit, hits: Sequence[Hit]) -> bool:
    """What is no more than a part of the name of an activity."""
    return any(
        other.form.means is Means.ACTIVITY
        and other.first <= hit.first
        and hit.last <= other.last
        and other.last - other.first > hit.last - hit.first
        for other in hits
    )


def _is_means(hit: Hit, hits: Sequence[Hit], own: Sequence[Token]) -> bool:
    """Whether a thing is only what or where something else is done with or at: 「パソコンで文字を打つ」."""
    if hit.last + 1 >= len(own) or own[hit.last].pos != "名詞" or own[hit.last + 1].surface != "で":
        return False
    return any(
        other.form.means is Means.ACTIVITY
        and other.first > hit.last
        and not any(t.pos == "補助記号" for t in own[hit.last + 1 : other.first])
        for other in hits
    )


def _modifies(hit: Hit, hits: Sequence[Hit], own: Sequence[Token]) -> bool:
    """Whether a name only says of what: in 「夕食会の帳面の合計」 it is the adding up that one does."""
    if hit.last + 2 >= len(own) or own[hit.last + 1].surface != "の" or own[hit.last + 2].pos not in _NOUN_LIKE:
        return False
    for other in hits:
        if other.form.means is Means.ACTIVITY and other.first > hit.last + 1:
            return not any(t.pos == "補助記号" for t in own[hit.last + 1 : other.first])
    return False


def _once(mentions: Sequence[Mention]) -> Iterator[Mention]:
    """Words that name an activity and tell a biography at once (「役場に四十年」) count once, as what they name."""
    named = [m for m in mentions if m.kind is not Kind.BIOGRAPHY and m.polarity > 0]
    for mention in mentions:
        if mention.kind is Kind.BIOGRAPHY:
            for other in named:
                if other.start < mention.end and mention.start < other.end:
                    mention = replace(mention, kind=other.kind)
                    break
        yield mention


def _sides(text: str, own: Sequence[Token], kind: Kind) -> Sides:
    return Sides(text, own, -1 if kind is Kind.AVOID else 1)


def unread_phrases(own: Sequence[Token], hits: Sequence[Hit]) -> Iterator[tuple[int, int]]:
    """Character spans of whole words that no form covers, each with the verb that follows it directly."""
    inside = {i for hit in hits for i in range(hit.first, hit.last + 1)}
    at = 0
    while at < len(own):
        last = at
        while last + 1 < len(own) and not own[last].closes:
            last += 1
        word = own[at : last + 1]
        dated = [t.normal for t in own[last + 1 : last + 3]][1:]  # 「子どものころ」 names a time
        tells = any(_tells(t) for t in word) and not set(dated) & {"頃", "時", "時代"}
        if tells and not inside.intersection(range(at, last + 1)):
            end = last
            for following in range(last + 1, min(last + 3, len(own))):
                if own[following].pos == "動詞" and following not in inside and own[following].content:
                    end = following
                    break
                if own[following].pos != "助詞":
                    break
            yield own[at].start, own[end].end
            last = end
        at = last + 1


def _tells(token: Token) -> bool:
    """A noun that could name a thing to do or to do it with."""
    return token.common and len(token.surface) > 1 and not {token.normal, token.surface} & _EVERYWHERE


class Reader:
    """Text in, activities out. The same text always gives the same reading."""

    def __init__(
        self,
        lexicon: Lexicon,
        forms: FormIndex | None = None,
        guesser: Guesser | None = None,
        everyday: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        self.lexicon = lexicon
        self._everyday = everyday
        self.guesser = guesser
        self._forms = forms or FormIndex(lexicon.forms)
        self._cached = lru_cache(maxsize=8192)(self._read)

    def read(self, text: str, kind: Kind) -> Reading:
        """Read what a person wrote in the field of that kind; a refusal inside it comes out with polarity -1."""
        return self._cached(text, kind)

    def read_opening(self, text: str) -> Reading:
        """Read a catalogue's text: activities offered, traits that are there (1) or said to be absent (-1)."""
        return self._cached(text, None)

    @cached_property
    def everyday(self) -> Mapping[str, float]:
        """Key of a word (`Word.keys`) → how much sharing it tells, 0 to 1; what is not here tells everything."""
        found: dict[str, float] = {}
        for text, weight in self._everyday.items():
            for word in self.read(text, Kind.INTEREST).words:
                for key in word.keys:
                    found[key] = min(weight, found.get(key, 1.0))
        return found

    def outline(self, text: str) -> NDArray[np.float32]:
        """(A,) how near a text as a whole comes to each activity, by the trained part; zeros where there is none."""
        if self.guesser is None:
            return np.zeros(len(self.lexicon.activities), dtype=np.float32)
        return self.guesser.outline(without_gaps(normalise(text)))

    def side(self, text: str, kind: Kind, part: str) -> Side:
        """On which side a part of a text stands, known to the lexicon or not.

        Raises:
            ValueError: the text does not hold the part.
        """
        text, part = without_gaps(normalise(text)), without_gaps(normalise(part))
        start, plain = text.index(part), as_written(text)
        return _sides(plain, tokens(plain), kind).of(start, start + len(part))

    def _read(self, text: str, kind: Kind | None) -> Reading:
        text = without_gaps(normalise(text))
        plain = as_written(text)
        own = tokens(plain)
        hits = self._forms.find(own)
        sides = None if kind is None else _sides(plain, own, kind)
        fitting = Fitting(
            plain, own, BETWEEN_SENTENCES if kind is None else BETWEEN_CLAUSES, self.lexicon, self.guesser
        )
        mentions: list[Mention] = []
        traits: list[TraitMention] = []
        for hit in hits:
            span = own[hit.first].start, own[hit.last].end
            if kind is None or sides is None:
                denied = _DENIED_AFTER.match(text, span[1]) is not None
                weight = MODIFYING if _modifies(hit, hits, own) else AS_MEANS if _is_means(hit, hits, own) else 1.0
                weight *= fitting.of(hit)
                self._from_opening(hit, span, text, denied, mentions, traits, weight)
            else:
                weight = (AS_MEANS if _is_means(hit, hits, own) else 1.0) * fitting.of(hit)
                part = PART_OF if _inside_activity(hit, hits) else 1.0
                self._from_person(hit, span, text, kind, sides, mentions, traits, weight, part)
        if kind is None:
            traits += _head_counts(text, self.lexicon)
        mentions += self._guessed(own, hits, text, kind, sides)
        words = tuple(self._words(own, hits, sides))
        pieces = tuple(pieces_of(text, words))
        traits += self._guessed_traits(kind, pieces, traits)
        return Reading(text, tuple(_once(mentions)), tuple(traits), words, pieces)

    def _guessed_traits(
        self, kind: Kind | None, pieces: Sequence[Piece], traits: Sequence[TraitMention]
    ) -> list[TraitMention]:
        """What the trained part makes of pieces that name no trait: refused ones of people, any of a catalogue."""
        found: list[TraitMention] = []
        if self.guesser is None or kind not in (None, Kind.AVOID):
            return found
        for piece in pieces:
            if any(piece.start <= t.start < piece.end for t in traits) or (kind is Kind.AVOID and piece.liked):
                continue
            guess = self.guesser.shown(piece.words) if kind is None else self.guesser.avoided(piece.words)
            if guess is not None:
                side, strength = 1 if kind is None else -1, GUESSED_TRAIT * guess.sureness
                found.append(TraitMention(guess.name, side, strength, piece.start, piece.end, piece.words))
        return found

    def _guessed(
        self, own: Sequence[Token], hits: Sequence[Hit], text: str, kind: Kind | None, sides: Sides | None
    ) -> Iterator[Mention]:
        """What the trained part makes of the words that no form covers."""
        if self.guesser is None:
            return
        for start, end in unread_phrases(own, hits):
            guess = self.guesser.guess(text[start:end])
            if guess is None:
                continue
            side = sides.of(start, end) if sides else Side(1)
            if side.sign:
                bearable = kind is Kind.AVOID and side.sign > 0
                counts_as = Kind.INTEREST if kind is None or bearable else kind
                strength = GUESSED * guess.sureness * side.strength * (BEARABLE if bearable else 1)
                words = text[start:end]
                yield Mention(guess.name, counts_as, side.sign, strength, start, end, words, guessed=True)

    def _from_opening(
        self,
        hit: Hit,
        span: tuple[int, int],
        text: str,
        denied: bool,
        mentions: list[Mention],
        traits: list[TraitMention],
        weight: float,
    ) -> None:
        words = text[slice(*span)]
        if hit.form.means is Means.ACTIVITY and not denied:
            strength = hit.strength * weight * (LIKENESS if _LIKENED.match(text, span[1]) else 1)
            mentions.append(Mention(hit.form.name, Kind.INTEREST, 1, strength, *span, words))
        elif hit.form.means in (Means.SHOWN, Means.DENIED):
            side = 1 if hit.form.means is Means.SHOWN and not denied else -1
            among = side > 0 and text.startswith("も", span[1])
            strength = hit.strength * (AMONG_OTHERS if among else 1)
            traits.append(TraitMention(hit.form.name, side, strength, *span, words))

    def _from_person(
        self,
        hit: Hit,
        span: tuple[int, int],
        text: str,
        kind: Kind,
        sides: Sides,
        mentions: list[Mention],
        traits: list[TraitMention],
        weight: float,
        trait_weight: float,
    ) -> None:
        words = text[slice(*span)]
        side = sides.of(*span)
        if side.sign == 0:
            return
        strength = hit.strength * side.strength
        if hit.form.means is Means.ACTIVITY:
            strength *= weight
            counts_as = Kind.BIOGRAPHY if side.past and side.sign > 0 and kind is Kind.INTEREST else kind
            if kind is Kind.AVOID and side.sign > 0:
                counts_as, strength = Kind.INTEREST, strength * BEARABLE
            mentions.append(Mention(hit.form.name, counts_as, side.sign, strength, *span, words))
        elif hit.form.means is Means.BIOGRAPHY:
            for activity, shown in self.lexicon.biography[hit.form.name].items():
                if side.sign > 0 or (side.said and shown >= LEFT_BEHIND):
                    told = hit.strength * shown * BIOGRAPHY_STRENGTH
                    mentions.append(Mention(activity, Kind.BIOGRAPHY, side.sign, told, *span, words))
        elif hit.form.means in (Means.AVOIDED, Means.WANTED):
            wanted = hit.form.means is Means.WANTED
            own_word = sides.inside(*span)  # 「話すのが好き」 as a form says its side itself
            if side.sign < 0 and not side.firm and kind is not Kind.AVOID:
                return  # 「免許は返したので乗れない」 refuses no cars
            if (side.sign > 0) == wanted or own_word == (1 if wanted else -1):
                traits.append(
                    TraitMention(hit.form.name, 1 if wanted else -1, hit.strength * trait_weight, *span, words)
                )

    def _words(self, own: Sequence[Token], hits: Sequence[Hit], sides: Sides | None) -> list[Word]:
        inside = {i for hit in hits for i in range(hit.first, hit.last + 1)}
        found = []
        for i, token in enumerate(own):
            if not token.content or token.pos not in ("名詞", "動詞", "形容詞", "形状詞") or token.detail == "数詞":
                continue
            if token.detail == "非自立可能" and token.pos == "動詞":
                continue
            side = sides.of(token.start, token.end) if sides else Side(1)
            says = i not in inside and sides is not None and sides.says(token.start, token.end)
            found.append(
                Word(
                    token.key,
                    token.synonyms,
                    0 if says else side.sign,
                    token.start,
                    token.end,
                    token.surface,
                    i in inside or says,
                    token.common
                    and token.opens
                    and token.closes
                    and len(token.surface) > 1
                    and token.normal not in _EVERYWHERE
                    and token.surface not in _EVERYWHERE,
                )
            )
        return found
