"""Clauses of a Japanese text and on which side each stands: liked, refused, or told of the past or by others."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matcher.words.tokens import Token

REFUSING = frozenset(
    "苦手 嫌い 嫌 駄目 無理 辛い きつい 疲れる 怖い 困る 避ける 不得意 うんざり 御免 しんどい 飽きる 懲り懲り 遠慮 勘弁 "
    "耐える 不安 緊張 苦痛 苦しい 恐い 面倒 億劫 嫌がる 止める 卒業 恥ずかしい 禁物 アレルギー 落ち着く無い".split()
)
LIKING = frozenset(
    "好き 大好き 得意 楽しい 嬉しい 好む 憧れる 憧れ 興味 趣味 夢中 落ち着く ほっと 安心 平気 大丈夫".split()
)
# To refuse these is to say something good: 水やりを忘れない, 苦にしない.
_GOOD_WHEN_DENIED = frozenset("忘れる 欠かす 飽きる 負ける 厭う 惜しむ 休む 迷う 間違える 構う 気".split())
_CONTRAST = frozenset("けれど けども けど が のに 物の".split())
_ENOUGH = frozenset("良い 十分 結構 沢山 懲り懲り 御免".split())
_OTHERS = frozenset("母 父 親 妻 夫 家族 兄 姉 弟 妹 祖父 祖母 周り 息子 娘 先生 医者".split())
_EXCEPT = re.compile(r"(以外|じゃなくて?|ではなくて?|でなくて?|より(は|も)?)$")


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens first..last (inclusive) with one side.

    `sign` is 1 where the text says or implies a wish or an ability, -1 where it refuses, 0 where it says nothing of the
    person's own wish. `past` marks what somebody used to do. `anaphoric` clauses name no thing of their own and speak
    of the clause before (「…の仕事をしていたけれど、もういい」).
    """

    first: int
    last: int
    sign: int
    past: bool
    anaphoric: bool = False


def clauses(tokens: Sequence[Token]) -> list[Clause]:
    """Cut a text into clauses and read the side of each from its predicate."""
    found = [_read(tokens, a, b) for a, b in _cut(tokens)]
    return _carry_back(tokens, found)


def _cut(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    start = 0
    for i, token in enumerate(tokens):
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        stop = token.surface in "。．！？!?\n;；" and token.surface != ""
        comma = token.surface in "、，," and _predicate_before(tokens, start, i)
        contrast = (
            token.pos == "助詞"
            and token.detail == "接続助詞"
            and (token.normal in _CONTRAST or token.surface in ("けど", "が", "けれど", "けれども"))
        )
        compared = token.pos == "助詞" and token.surface == "より" and following is not None
        except_ = (
            token.normal in ("以外", "他", "外")
            and following is not None
            and following.pos in ("助詞", "助動詞", "補助記号")
        )
        not_but = token.surface in ("なく", "なくて") and i > start and tokens[i - 1].surface in ("じゃ", "は", "で")
        if (stop or comma or contrast or compared or except_ or not_but) and i >= start:
            yield start, i
            start = i + 1
    if start < len(tokens):
        yield start, len(tokens) - 1


def _predicate_before(tokens: Sequence[Token], start: int, i: int) -> bool:
    """Whether the comma ends a clause rather than a list of nouns."""
    return any(t.pos in ("動詞", "形容詞", "助動詞", "形状詞") for t in tokens[max(start, i - 3) : i])


def _read(tokens: Sequence[Token], first: int, last: int) -> Clause:
    own = tokens[first : last + 1]
    text = "".join(t.surface for t in own).rstrip("、。，．！？!? ")
    refusing = any(t.normal in REFUSING for t in own)
    negated = sum(t.normal in ("無い", "ない", "ず", "ぬ") and t.pos in ("助動詞", "形容詞") for t in own)
    enough = any(t.surface == "もう" for t in own) and any(t.normal in _ENOUGH for t in own)
    unwanted = re.search(
        r"(たく(は|も)?ない|たくありません|たくなかった|ほしくない|気になれない|気がしない)",
        text,
    )
    sign = 1
    if _EXCEPT.search(text) or text.endswith(("より", "以外", "のほか", "の他")):
        sign = -1
    elif (
        "苦にならない" in text or "苦にしない" in text or "嫌いじゃ" in text or "嫌いでは" in text or "いやじゃ" in text
    ):
        sign = 1
    elif refusing:
        sign = 1 if negated else -1
    elif enough or unwanted or _denied_verb(own):
        sign = -1
    if any(t.normal in _OTHERS for t in own[:2]) and re.search(
        r"(と言う|という|と言われ|にすすめ|に勧め|がすすめ)", text
    ):
        sign = 0
    past = any(t.pos == "助動詞" and t.normal == "た" and t.surface in ("た", "だ", "だっ") for t in own) and not any(
        t.normal in LIKING for t in own
    )
    return Clause(first, last, sign, past)


def _denied_verb(own: Sequence[Token]) -> bool:
    """The clause says that something is not done or cannot be (持てない); not 「話さない日」, nor what is good denied."""
    for verb, denial, after in zip(own, own[1:], [*own[2:], None], strict=False):
        if verb.pos == "動詞" and denial.pos == "助動詞" and denial.normal in ("無い", "ない"):
            qualifies = after is not None and after.pos == "名詞"
            if not qualifies and verb.normal not in _GOOD_WHEN_DENIED and verb.normal not in ("成る", "為る"):
                return True
    return False


def _carry_back(tokens: Sequence[Token], found: list[Clause]) -> list[Clause]:
    """A refusing clause that names nothing speaks of the one before."""
    result: list[Clause] = []
    for clause in found:
        nouns = [
            t
            for t in tokens[clause.first : clause.last + 1]
            if t.pos == "名詞" and t.content and t.normal not in REFUSING and t.detail not in ("数詞",)
        ]
        verbs = [t for t in tokens[clause.first : clause.last + 1] if t.pos == "動詞" and t.content]
        bare = not nouns and len(verbs) <= 1
        own = tokens[clause.first : clause.last + 1]
        enough = any(t.surface == "もう" for t in own) or any(t.normal in REFUSING for t in own)
        same_sentence = bool(result) and tokens[result[-1].last].surface not in "。．！？!?\n"
        if clause.sign < 0 and bare and enough and same_sentence and result[-1].sign > 0:
            result[-1] = Clause(result[-1].first, result[-1].last, -1, result[-1].past)
            clause = Clause(clause.first, clause.last, clause.sign, clause.past, anaphoric=True)
        result.append(clause)
    return result
