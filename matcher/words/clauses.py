"""On which side a thing stands that a Japanese text names: wished, refused, told of the past, or only of others.

The text is cut into clauses; a thing takes the side of the first predicate after it in its clause, of one that
describes it (「苦手な料理」), or, where its clause only leads up to the next (「歌って騒ぐのはいや」), of that one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from matcher.words.attitudes import Attitude, attitudes
from matcher.words.tokens import Token

_STOPS = "。．.！？!?\n;；…"
_CONTRAST = re.compile(
    r"(?:(?<=[るたいうだすんねよなやわ])(?:けれども|けれど|けども|けど|んだども|ども|ばってん|が(?=[、 ]|[^ぁ-ん]))|のに|くせに|わりに|割に|にしても|としても|ものの|とはいえ|でも(?=、)|し(?=、)|かわりに|代わりに|一方(?:で|、)?)[、 ]?"
)
# What stands before these is set against what follows, and is the lesser or the refused.
_RATHER = re.compile(
    r"(?:というより(?:は|も)?|(?<!とし)より(?:は|も)|(?<!とし)より(?=[^かくしず])|じゃなくて?|ではなくて?|でなくて?|じゃのうて|やのうて|やなくて?|とちごうて|とちがって)[、 ]?"
)
_EXCEPT = re.compile(
    r"(?:以外(?!に)|(?<![たっ])いがい(?!に)|のほか(?=なら)|の他(?=なら)|を除い|をのぞい|抜き(?=なら|で)|ぬき(?=なら|で)|さえなければ|がなければ|がいなければ|でなければ|じゃなければ)[はなもとのでらに]{0,3}[、 ]?"
)
_LEADS_ON = re.compile(
    r"(?:と|たら|だら|たり|だり|れば|けば|せば|めば|ねば|れると|とき|時|って|たって|ても|でも|ては|ちゃ|ながら)$"
)
_CONNECTS = re.compile(r"(?:[てで])$")
_OTHERS = re.compile(
    r"(?:母|父|親|お母さん|お父さん|母さん|父さん|おかん|おとん|妻|夫|主人|旦那|家内|嫁|家族|兄|姉|弟|妹|祖父|祖母|おじいちゃん|おばあちゃん|ばあちゃん|じいちゃん|周り|まわり|みんな|皆|息子|娘|孫|"
    r"先生|医者|主治医|友だち|友達|友人|職員|民生委員|上司|担任|店長|近所の人|世間|人)(?:さん|たち)?(?:は|が|に|から|も|には)"
)
_SAID_BY_OTHERS = re.compile(
    r"(?:と|って)(?:は|も)?(?:言|いう|いわれ|いって|言って|すすめ|勧め|しつこ|思って(?:いる|る)(?:らしい|みたい|よう))|(?:を|が|に|も)?(?:すすめ|勧め)(?:る|て|ら|ま)|させようと|らしい|みたい(?:だ|で|$)|がって|のもの(?:だ|で|$)"
)
_OF_OTHERS = re.compile(
    r"(?:好き|得意|上手|趣味|好物|きらい|嫌い|苦手|行って|通って|やって|して|習って)(?:だ|で|な|い|る|た|っ)"
)
# 「ダンスは娘の趣味」「将棋が好きらしいと母」
_THEIRS = re.compile(
    r"(?:母|父|親|妻|夫|主人|家族|兄|姉|弟|妹|祖父|祖母|息子|娘|孫|友だち|友達)の(?:趣味|好み|好物|もの|夢|楽しみ)|"
    r"(?:らしい|そうだ|のでは|かも)?と(?:は)?(?:母|父|親|妻|夫|家族|兄|姉|弟|妹|息子|娘|先生|職員)(?:。|$|より|から|さん)"
)
_SELF = re.compile(r"(?:本人|自分|わたし|私|僕|ぼく|俺|おれ|うち|あたし|わし)(?:は|も|が|としては)")
_PAST_WORDS = re.compile(
    r"以前|昔|むかし|かつて|若いころ|若い頃|若いとき|学生時代|学生の(?:ころ|頃|とき)|子どものころ|小さいころ|現役|もと(?=[^、。はにへでのも]{1,8}$)|元(?=[^気々、。])|もともと|高校では|高校で|中学で|中学では|大学で|前は|まえは|前職|"
    r"[のた]ころは|の頃は|(?:一|二|三|四|五|六|七|八|九|十|[0-9])+(?:年|か月)(?:間|ほど|くらい)?(?:勤め|つとめ|やって|働い|して|いた|いました)|定年まで|辞め|やめた|退職"
)
_PAST_END = re.compile(
    r"(?:た|だ(?=った)|だった|でした|とった|よった|ました|ったど?|たっけ|たもん(?:だ|や)?|た(?:の|ん)(?:だ|です|や)|たわ|たなあ?|たよ|たね)(?:けれども|けれど|けども|けど|が|ども|のに|ので|から|し|。|、|ばってん)*$"
)
_NOT_PAST_END = re.compile(
    r"(?:ほめられた|褒められた|好きになった|気になった|慣れた|なれた|楽しかった|うれしかった|よかった|おもしろかった|面白かった|つかれた|疲れた|あきた|ほしかった|たかった)"
)
_NOW = re.compile(r"今は|いまは|今でも|いまでも|今も|いまも|このごろ|最近|まだ|また(?=や|始)|もう一度|もういちど")
_STILL = re.compile(r"(?:今も|いまも|今でも|いまでも)")
_LITTLE = re.compile(
    r"(?:少し|ちょっと|ちょこっと|短い時間|短時間|見る(?:だけ)?|聞く(?:だけ)?|それくらい|だけ(?!は)|くらい|ぐらい|たまに|まあまあ|まぁまぁ|そこそこ|わりと|なんとか|ぼちぼち|下手|へた|ヘタ|かじった|すこし)"
)
_REFERS_BACK = re.compile(
    r"^(?:でも|けど|だけど|もう|それ|あれ|これ|そう|そっち|そういう|ああいう|今は|いまは|今さら|二度と|しばらく|当分|正直|ただ)"
)
_HOLLOW = re.compile(
    r"(?:それ|あれ|これ|そういう|ああいう|の|こと|もの|やつ|ところ|今|いま|もう|前|まえ|当分|しばらく|二度と|正直|気|気持ち|話|仕事|人|日)"
)

PAST_STRENGTH = 0.75  # what somebody used to do says less than what they wish now


@dataclass(frozen=True, slots=True)
class Side:
    """Where a thing stands: sign 1, -1 or 0 (says nothing of the person's own wish); strength; told of the past."""

    sign: int
    strength: float = 1.0
    past: bool = False
    said: bool = False  # a predicate says so; otherwise it is only what the cell is about
    firm: bool = True  # … in so many words, rather than only that it is not done


@dataclass(frozen=True, slots=True)
class _Clause:
    start: int  # characters
    end: int
    rather: bool  # the lesser of two: 「将棋より」, 「魚以外」
    leads_on: bool  # takes its side from the clause after it, where it has none
    connects: bool
    new_sentence: bool


class Sides:
    """Sides of all that stands in one text.

    `default` is the side of what no predicate speaks of: 1 in cells of likes and skills, -1 in the cell of avoidance.
    """

    def __init__(self, text: str, tokens: Sequence[Token], default: int) -> None:
        self.text = text
        self.default = default
        self._tokens = tokens
        self._attitudes = attitudes(text, tokens)
        self._clauses = _cut(text, self._attitudes)
        self._known: dict[tuple[int, int], Side] = {}
        self._told_of_the_past: dict[int, bool] = {}

    def of(self, start: int, end: int) -> Side:
        """The side of what stands at characters start..end."""
        known = self._known.get((start, end))
        if known is None:
            known = self._known[start, end] = self._find(start, end)
        return known

    def _find(self, start: int, end: int) -> Side:
        at = next((i for i, c in enumerate(self._clauses) if c.start <= end - 1 < c.end), None)
        if at is None:
            return Side(self.default)
        clause = self._clauses[at]
        if self._by_others(clause, start, end):
            return Side(self._spoken_of_later(at), said=True)
        said = self._said(at, start, end)
        past = self._told_of_the_past.get(at)
        if past is None:
            past = self._told_of_the_past[at] = self._past(clause) and not self._still(at)
        if said is not None:
            sign, strength = said.sign or min(self.default, 0), said.strength
            if clause.rather:
                sign = -1
            if self.default < 0 and said.before_noun and sign < 0 and not self._described(said, start, end):
                return Side(0)  # 「子どもがだめなところ」: what is shut out elsewhere is not what the person avoids
            if sign > 0 and _LITTLE.search(self.text, end, clause.end):
                strength *= 0.85
            return Side(
                sign,
                strength * (PAST_STRENGTH if past and sign > 0 and said.strength < 1 else 1.0),
                past and sign > 0 and said.strength < 1,
                True,
                said.firm,
            )
        if clause.rather:
            return Side(-1, said=True)
        back = self._spoken_of_later(at)
        if back:
            return Side(back, past=False, said=True)
        return Side(self.default, PAST_STRENGTH if past else 1.0, past)

    # -- which predicate speaks of it

    def _said(self, at: int, start: int, end: int) -> Attitude | None:
        clause = self._clauses[at]
        own = [a for a in self._attitudes if clause.start <= a.start < clause.end]
        inside = [a for a in own if a.start < end and start < a.end]
        after = [a for a in own if a.start >= end]
        before = [a for a in own if a.end <= start and a.before_noun and start - a.end <= 6]
        inside = [a for a in inside if a.start >= start and a.end > end]  # 「…が好き」 as a form of its own
        if inside and not after:
            return inside[-1]
        if before and not after:
            return before[-1]
        if before and after and _between_is_noun(self.text[before[-1].end : start]):
            return before[-1] if before[-1].sign < 0 or after[0].sign > 0 else after[0]
        if after:
            return after[0] if not (len(after) > 1 and after[0].before_noun) else self._main(after)
        if clause.leads_on or clause.connects:
            return self._next_said(at, only_bad=not clause.leads_on)
        return None

    def _main(self, after: list[Attitude]) -> Attitude:
        """Of a describing predicate and the main one: the first that refuses, else the first."""
        return next((a for a in after if a.sign < 0), after[0])

    def _next_said(self, at: int, only_bad: bool) -> Attitude | None:
        for clause in self._clauses[at + 1 : at + 3]:
            if clause.new_sentence:
                return None
            for a in self._attitudes:
                if clause.start <= a.start < clause.end:
                    return a if (a.sign < 0 and a.firm) or not only_bad else None
            if not (clause.leads_on or clause.connects):
                return None
        return None

    @staticmethod
    def _described(said: Attitude, start: int, end: int) -> bool:
        return said.end <= start

    def _spoken_of_later(self, at: int) -> int:
        """A later clause that names nothing of its own refuses what this one tells of (「…していた。もういい」)."""
        for clause in self._clauses[at + 1 : at + 2]:
            said = [a for a in self._attitudes if clause.start <= a.start < clause.end]
            if not said or said[0].sign >= 0:
                return 0
            head = self.text[clause.start : said[0].start]
            bare = not _names_something(head, self._tokens, clause.start, said[0].start)
            refers = _REFERS_BACK.match(self.text[clause.start : clause.end].lstrip("、 ")) is not None
            if bare and ((refers and said[0].firm) or not clause.new_sentence):
                return -1
        return 0

    def _by_others(self, clause: _Clause, start: int, end: int) -> bool:
        text = self.text[clause.start : clause.end]
        if _THEIRS.search(self.text, end, clause.end):
            return True
        others = _OTHERS.search(text)
        if others is None or clause.start + others.start() <= start < clause.start + others.end():
            return False
        own = _SELF.search(text)
        if own is not None and clause.start + own.start() <= start:
            return False
        said = _SAID_BY_OTHERS.search(text)
        if said is not None and clause.start + said.end() >= end:
            return True
        topic = others.group().endswith(("が", "は", "も"))
        return topic and _OF_OTHERS.search(self.text, end, clause.end) is not None

    def _still(self, at: int) -> bool:
        """The next clause says that it goes on (「今もたまに」)."""
        return any(_STILL.match(self.text[c.start : c.end]) for c in self._clauses[at + 1 : at + 2])

    def _past(self, clause: _Clause) -> bool:
        text = self.text[clause.start : clause.end]
        if _NOW.search(text) or _NOT_PAST_END.search(text):
            return False
        told = text.rstrip("。、，,．.！？!?…ー〜 \n")
        return _PAST_END.search(text.rstrip("、，,！？!?…ー〜 \n")) is not None or _PAST_WORDS.search(told) is not None

    def says(self, start: int, end: int) -> bool:
        """Whether the word is part of a predicate that says yes or no."""
        return any(a.start < end and start < a.end for a in self._attitudes)

    def inside(self, start: int, end: int) -> int:
        """The sign of a predicate that stands wholly inside; 0 without one."""
        return next((a.sign for a in self._attitudes if start <= a.start and a.end <= end), 0)


def _between_is_noun(text: str) -> bool:
    return re.fullmatch(r"(?:な|の|[^はがをにでも、。]){0,4}", text) is not None


def _names_something(head: str, tokens: Sequence[Token], start: int, end: int) -> bool:
    del head
    return any(
        t.pos == "名詞"
        and t.content
        and t.detail != "数詞"
        and t.start >= start
        and t.end <= end
        and not _HOLLOW.fullmatch(t.surface)
        for t in tokens
    )


def _cut(text: str, found: Sequence[Attitude]) -> list[_Clause]:
    """Clauses as character spans: at stops, contrasts, comparisons, and commas after a predicate."""
    ends: dict[int, str] = {}
    for i, c in enumerate(text):
        if c in _STOPS:
            ends[i + 1] = "stop"
        elif (c in "、，," and any(a.end <= i and i - a.end <= 4 for a in found)) or (
            c in "、，," and re.search(r"(?:[てでたるうすくむぐぶつぬ]|です|ます|だ)$", text[max(0, i - 4) : i])
        ):
            ends.setdefault(i + 1, "comma")
    for pattern, kind in ((_CONTRAST, "contrast"), (_RATHER, "rather"), (_EXCEPT, "rather")):
        for hit in pattern.finditer(text):
            if kind == "contrast" and any(a.start < hit.start() < a.end for a in found):
                continue
            ends[hit.end()] = kind if ends.get(hit.end()) != "rather" else "rather"
    for a in found:  # what follows a predicate that ends a clause without a mark: 「料理は苦手 片付けは平気」
        if text[a.end : a.end + 1] in (" ", "/") and a.end + 1 < len(text):
            ends.setdefault(a.end + 1, "comma")
    clauses: list[_Clause] = []
    start, sentence = 0, True
    for end in sorted({*ends, len(text)}):
        if end <= start:
            continue
        kind = ends.get(end, "stop")
        body = text[start:end].rstrip("、，, ")
        clauses.append(
            _Clause(
                start,
                end,
                kind == "rather",
                _LEADS_ON.search(body) is not None,
                _CONNECTS.search(body) is not None,
                sentence,
            )
        )
        sentence = kind == "stop"
        start = end
    return clauses
