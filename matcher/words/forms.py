"""Finding the lexicon's forms in a tokenised text: a trie over morpheme keys, longest match first."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from matcher.words.lexicon import Form, Means
from matcher.words.tokens import POLITE, Token, normalise, tokens

# Endings that say nothing of what the form means: 掃除すること is 掃除.
_LOOSE_ENDS = frozenset({"為る", "事", "の", "だ", "です", "ます"})
# Verbs so general that a form made of one and grammar alone (見ているだけ) counts only word for word.
_GENERAL = frozenset(
    "見る 行く 来る 出る 入る 持つ 作る 使う 思う 言う 考える 知る 分かる 会う 待つ 置く する 為る 行う 呼ぶ 出す 付ける 掛ける 上げる 入れる 取る 成る 続ける 始める 終わる 聞く 話す 居る 良い 出来る".split()
)
_CHANGES_ALL = frozenset(("に", "ながら", "つつ"))  # particles that make something else of what stands before them
_OPPOSED = {Means.SHOWN, Means.DENIED}
_ONE_OF = (Means.ACTIVITY, Means.BIOGRAPHY)
# Sayings whose words do not mean what they name.
_SAYINGS = re.compile(
    r"朝(?:飯|めし)前|お茶の子さいさい|猫の手|猫をかぶ|馬が合|山ほど|山のよう|海千山千|目をつぶっても|手が早|手が速|手に負え|手を焼|"
    r"口が(?:かた|堅|重)|口をきい|骨が折|骨を折|水に流|水くさ|油を売|虫がいい|虫の居所|腹の虫|鬼に金棒|棚に上げ|棚からぼた|畑ちがい|畑違い|板につ|"
    r"鳥肌|狐につままれ|犬猿|雀の涙|鶴の一声|花を持たせ|花がある|根を上げ|音を上げ|ねを上げ|葉掘り|竹を割った|味気な|味をしめ|味方|胸がいっぱい|"
    r"頭に入|頭が下が|頭にく|耳が痛|耳に入|足を洗|足を運|腕が鳴|肩書|肩の荷|腰が重|腰を上げ|尻が重|火の車|火がつ|お茶を濁|雲をつかむ|雨が降ろうが|"
    r"将棋倒し|太鼓判|笛吹けど|三味線を弾|拍子抜け|舞台裏|芝居がか|本の虫(?=で|だ|。|$)|針のむしろ|針の穴|糸口|釘を刺|車の両輪|電車道|船をこ|乗りかかった船"
)
LONGEST = 10  # characters of a form that is looked for word for word
GAP_STRENGTH = 0.85  # a verb phrase found with another word in between (本を棚にもどす for 本を戻す)


@dataclass(frozen=True, slots=True)
class Hit:
    """A form found in a text: token positions first..last (inclusive) and what it points to."""

    first: int
    last: int
    form: Form
    strength: float


@dataclass(slots=True)
class _Node:
    next: dict[str, "_Node"] = field(default_factory=dict)
    forms: list[Form] = field(default_factory=list)
    verb_last: bool = False


def _hiragana(text: str) -> bool:
    return all("ぁ" <= c <= "ゖ" or c == "ー" for c in text)


def _taken_apart(token: Token) -> Iterable[tuple[str, str]]:
    """A noun made of a thing and what is done with it, as thing and verb, so that 土いじり and 土をいじる meet."""
    if token.pos != "名詞" or len(token.surface) < 3:
        return
    for at in range(1, len(token.surface) - 1):
        if at == 1 and "ぁ" <= token.surface[0] <= "ヿ":
            continue  # a lone kana is no thing
        apart = tokens(f"{token.surface[:at]}を{token.surface[at:]}", by_itself=True)
        if [t.pos for t in apart] == ["名詞", "助詞", "動詞"] and apart[2].normal not in _GENERAL:
            yield apart[0].key, apart[2].key


class FormIndex:
    """All forms, keyed by their content morphemes, so that particles and inflection do not matter."""

    def __init__(self, forms: Iterable[Form]) -> None:
        self._root = _Node()
        self._phrases: dict[str, list[tuple[str, Form]]] = {}
        self._verbatim: dict[str, list[Form]] = {}
        self._longest_verbatim = 0
        self._begins: set[str] = set()  # first three characters of what is looked for word for word
        for form in forms:
            self._add(form)

    def _add(self, form: Form) -> None:
        every = tokens(normalise(form.text), by_itself=True)
        own = [t for t in every if t.linked]
        particular = any(t.detail == "副助詞" for t in every) or (len(own) == 1 and every[0].pos == "接頭辞")
        popped = 0
        while len(own) > 1 and own[-1].normal in _LOOSE_ENDS:
            own.pop()
            popped += 1
        # 「書くの」 names a pleasure, 「書き」 in 「賀状書き」 does not: a lone verb that was more counts word for word, and
        # so does what becomes something (「言葉にする」 is not 「ことば」).
        bare_verb = len(own) == 1 and own[0].pos == "動詞" and normalise(form.text) != own[0].surface
        bare_verb = bare_verb or (popped > 0 and any(t.pos == "助詞" and t.surface == "に" for t in every))
        content = [t for t in own if t.content]
        if not content:
            return
        dropped = any(t.pos in ("感動詞", "接続詞") for t in every)
        vague = all(t.normal in _GENERAL for t in content)
        # 「お茶しながら」 is more than 茶, and 「アルファ米」 more than 米: what is left of them counts word for word.
        left = len(own) == 1 and any(
            t not in own and t.normal not in _LOOSE_ENDS and t.surface not in POLITE and t.pos != "補助記号"
            for t in every
        )
        kana_noun = len(own) == 1 and own[0].pos == "名詞" and _hiragana(own[0].surface)  # 「ふき」 is no 「拭く」
        if (
            (len(own) > 1 and vague)
            or bare_verb
            or left
            or kana_noun
            or particular
            or dropped
            or _kept_apart(form, own)
        ):
            self._keep_verbatim(form)
            return
        self._hang([token.key for token in own], form)
        # By itself a form may fall into other morphemes than in a sentence (「一杯やる」: 一, 杯; 「…で一杯やる」: 一杯).
        if len(own) > 1 and len(form.text) <= LONGEST:
            self._keep_verbatim(form)
        if len(own) == 1 and form.means is Means.ACTIVITY:
            for keys in _taken_apart(own[0]):
                self._hang(keys, form)
        if len(own) == 2 and own[1].pos == "動詞" and form.means is Means.ACTIVITY:
            self._phrases.setdefault(own[0].key, []).append((own[1].key, form))

    def _keep_verbatim(self, form: Form) -> None:
        text = normalise(form.text)
        self._verbatim.setdefault(text, []).append(form)
        self._longest_verbatim = max(self._longest_verbatim, len(text))
        self._begins.add(text[:3])

    def _hang(self, keys: Iterable[str], form: Form) -> None:
        node = self._root
        for key in keys:
            node = node.next.setdefault(key, _Node())
        if form not in node.forms:
            node.forms.append(form)

    def find(self, text_tokens: Sequence[Token]) -> list[Hit]:
        """Hits in text order; a form inside a longer one of the same meaning is left out."""
        content = [i for i, t in enumerate(text_tokens) if t.linked]
        hits: list[Hit] = []
        for at, i in enumerate(content):
            node = self._root
            for step, j in enumerate(content[at:]):
                if step and j - content[at + step - 1] > 2:
                    break  # more than one particle apart, or punctuation between
                if step and any(t.pos in ("補助記号", "接続詞") for t in text_tokens[content[at + step - 1] + 1 : j]):
                    break
                found = node.next.get(text_tokens[j].key)
                if found is None:
                    break
                node = found
                if not node.forms or (i == j and _suffered(text_tokens, i)):
                    continue
                if self._whole(text_tokens, i, j) and not self._second_verb(text_tokens, i):
                    hits += [Hit(i, j, form, form.strength) for form in node.forms]
            hits += self._phrase_hits(text_tokens, content, at)
        kept = _longest([*hits, *self._verbatim_hits(text_tokens)])
        return _without_sayings(kept, text_tokens) if kept else kept

    def _verbatim_hits(self, text_tokens: Sequence[Token]) -> Iterable[Hit]:
        """Forms that stand in the text word for word, from the beginning of one morpheme to the end of another."""
        for first in range(len(text_tokens)):
            words = ""
            for last in range(first, len(text_tokens)):
                words += text_tokens[last].surface
                if len(words) > self._longest_verbatim or (len(words) >= 3 and words[:3] not in self._begins):
                    break
                for form in self._verbatim.get(words, ()):
                    if not self._second_verb(text_tokens, first):
                        yield Hit(first, last, form, form.strength)

    def _phrase_hits(self, text_tokens: Sequence[Token], content: Sequence[int], at: int) -> Iterable[Hit]:
        i = content[at]
        wanted = self._phrases.get(text_tokens[i].key)
        if not wanted or not text_tokens[i].opens:
            return
        for j in content[at + 1 : at + 4]:
            if any(t.pos in ("補助記号", "接続詞") for t in text_tokens[i + 1 : j]):
                return
            for verb, form in wanted:
                if text_tokens[j].key == verb:
                    yield Hit(i, j, form, form.strength * GAP_STRENGTH)

    @staticmethod
    def _second_verb(text_tokens: Sequence[Token], i: int) -> bool:
        """A verb that only colours the verb before it: なおす in 書きなおす."""
        return i > 0 and text_tokens[i].pos == "動詞" and text_tokens[i - 1].pos == "動詞"

    @staticmethod
    def _whole(text_tokens: Sequence[Token], i: int, j: int) -> bool:
        """A single morpheme counts only where it is a word by itself: 車 is not in 車いす, 本 is not in 一本.

        Nor is it one where it only dates something: 子ども is not in 子どものころ.
        """
        if i != j:
            return True
        own, before, after = text_tokens[i], text_tokens[i - 1] if i else None, text_tokens[i + 1 : i + 3]
        counted = before is not None and before.detail == "数詞"
        dated = len(after) == 2 and after[0].surface == "の" and after[1].normal in ("頃", "時", "時代")
        return own.opens and own.closes and not counted and not dated


def _suffered(own: Sequence[Token], i: int) -> bool:
    """A lone verb in the passive: who says 「はがきを読まれた」 did not read."""
    after = own[i + 1] if i + 1 < len(own) else None
    return own[i].pos == "動詞" and after is not None and after.pos == "助動詞" and after.normal == "れる"


def _kept_apart(form: Form, own: Sequence[Token]) -> bool:
    """Short kana forms that the dictionary takes for grammar or another word (なす, つくろう) count only as nouns."""
    text = normalise(form.text)
    return len(own) == 1 and len(text) <= 4 and all("ぁ" <= c <= "ゖ" for c in text) and own[0].pos != "名詞"


def _without_sayings(hits: list[Hit], text_tokens: Sequence[Token]) -> list[Hit]:
    """Leave out what stands only as part of a saying (「朝めし前」 is no meal)."""
    base = text_tokens[0].start
    text = "".join(t.surface for t in text_tokens)
    spans = [(m.start() + base, m.end() + base) for m in _SAYINGS.finditer(text)]
    if not spans:
        return hits

    def said(hit: Hit) -> bool:
        start, end = text_tokens[hit.first].start, text_tokens[hit.last].end
        return any(start < b and a < end and not (start <= a and b <= end) for a, b in spans)

    return [hit for hit in hits if not said(hit)]


def _longest(hits: list[Hit]) -> list[Hit]:
    def inside(a: Hit, b: Hit) -> bool:
        return (
            (a.form.means is b.form.means or {a.form.means, b.form.means} == _OPPOSED)  # 「実技なし」 is no 「実技」
            and (a.form.means in _ONE_OF or a.form.name == b.form.name)  # one word may show several traits
            and b.last - b.first > a.last - a.first
            and (b.first <= a.first <= b.last or b.first <= a.last <= b.last)
        )

    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: h.first - h.last):  # what is dropped itself drops nothing
        if not any(inside(hit, b) for b in kept):
            kept.append(hit)
    best: dict[tuple[int, int, Means, str], Hit] = {}
    for hit in kept:
        key = hit.first, hit.last, hit.form.means, hit.form.name
        if key not in best or hit.strength > best[key].strength:
            best[key] = hit
    return sorted(best.values(), key=lambda h: (h.first, h.last, h.form.means, h.form.name))
