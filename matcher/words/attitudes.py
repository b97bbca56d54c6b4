"""How Japanese says that something is liked, refused, or no trouble: predicates with their side, where they stand.

A predicate speaks of what stands before it in its clause (「料理は苦手」), or, before a noun, of that noun
(「苦手な料理」). Its own denial is part of it: 「苦手じゃない」 is one predicate, and a good word.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from matcher.words.tokens import Token

WEAK = 0.7  # 「少しなら」「嫌いじゃない」「興味はある」: meant, but not with all one's heart

_NOT = (
    r"(?:では|じゃ|でも|とは|とまでは|は|も|って|というわけでは|というわけじゃ|わけでは|わけじゃ|という訳では|ほどでは|ほどじゃ)?"
    r"(?:ない|なく|なかっ|なさそう|ありません|ありませ|あらへん|ちゃう|ちゃいま|思わない|思いません|思わん)"
)
# Bad words that end in な, の, だ …: 苦手, 嫌い …
_BAD_NOUNS = (
    "苦手|にがて|ニガテ|大嫌い|だいきらい|嫌い|きらい|キライ|嫌|いや(?![すし])|イヤ|ヤダ|やだ|やや(?=[わねん。、]|$)|だめ|ダメ|駄目|無理|むり|ムリ|不得意|"
    "不得手|不向き|御免|ごめん(?!なさい)|勘弁|かんべん|堪忍|遠慮|苦痛|面倒|めんどう|めんどくさ|面倒くさ|億劫|おっくう|不安|禁物|NG|アレルギー|こりごり|懲り懲り|"
    "うんざり|たくさん(?=[でだやじ。、]|$)|しんど|つら|辛(?=[いくかす])|きつ(?=[いくかす])|キツ|だる(?=[いくかす])|ダル(?=[いくかす])|こわ(?=[いくかす])|恐(?=[いくかす])|怖|おっかな|うざ|ウザ|重荷|疲れ|つかれ|くたびれ|苦し|くるし|"
    "恥ずかし|はずかし|気が重|気が進まな|気がすすまな|気が進みませ|気が引け|気後れ|きまりが悪|トラウマ|酔いや|合わな|合いませ|合わん|向いてな|向いていな|向いてませ|向いていませ|向かな|"
    "慣れな|なじめな|馴染めな|頭が痛|頭痛|具合が悪|気持ち悪|気分が悪|吐き気|動悸|パニック|固ま|震え|ふるえ(?=[るてた])|逃げ|避け|さけ(?=[たる])|あきた|飽きた|飽き飽き|懲りた|こりた|"
    "やめとく|やめとき|やめておき|やめておく|卒業|引退|おしまい|ごめんだ|拷問|地獄|萎え|すかん|好かん|好きくな|あかん|いらん|いらない|いりませ|要らな|要りませ|よう(?=[^な、。]{1,4}ん(?:わ|です|。|$))|"
    "(?:ちゃう|ちがう|違う)(?:ねん|んです|んや|んだ|ねんな)|そうじゃな|ほかして|(?<=[はがも])(?:こまる|困る|困り|困っ)|耐えられ|たえられ|我慢|がまん|避けたい|緊張|ストレス|苦になる|苦になります|触れな|さわれな|怒られ|(?<=[はも])せん(?=[。、]|$)|(?<=[はが])(?:難し|むずかし)い(?=です|[。、]|けど|が|$)|たこと(?:は|が|も)?(?:ない|ありませ|ねえ)"
)
_BAD = re.compile(f"(?P<word>{_BAD_NOUNS})(?:[ぁ-ん]{{0,2}}?(?P<not>{_NOT}))?")
_GOOD_NOUNS = (
    "大好き|だいすき|大すき|好き|すき(?![まやな]?[ー間焼])|スキ|得意|とくい|トクイ|上手|じょうず|うまい(?=[。、よねわでとほ]|$)|楽し|たのし|嬉し|うれし|好む|好ん|好み|好物|憧れ|あこがれ|興味|関心|趣味|夢中|ハマ|はまって|"
    "落ち着|落ちつ|おちつ|ほっと|ホッと|安心|平気|へいき|へっちゃら|大丈夫|だいじょうぶ|問題な|かまわな|構わな|かまいませ|構いませ|気にならな|気になりませ|苦にならな|苦にならん|気にならん|かまわん|構わん|苦になりませ|苦にしな|苦じゃな|苦ではな|苦でな|"
    "悪くな|悪くはな|悪くありませ|わるくな|やぶさかでな|やぶさかではな|いとわな|厭わな|いけ(?=[るま])|慣れて|なれて(?=[いる])|自信|任せ|まかせ|ほめられ|褒められ|気に入|推せる|推し|神(?=[。、でだ]|$)|最高|癒や|癒さ|いやさ|いやし(?=[てに])|気が休ま|気持ち(?:が)?いい|気持ちいい|"
    "気が晴れ|飽きな|あきな|あきませ|飽きませ|苦労しな|得手|なんぼでも|何時間でも|いくらでも|何べんでも|できる|出来る|できます|出来ます|できた|できん(?=の?(?:は|が)すご)|やれる|やれます|弾ける|描ける|書ける|読める|話せる|作れる|直せる|なおせる|使える|乗れる|泳げる|行ける|打てる"
)
_GOOD = re.compile(f"(?P<word>{_GOOD_NOUNS})(?:[ぁ-ん]{{0,2}}?(?P<not>{_NOT}))?")
# 「いい」 is praise at the end of a clause, and refusal after 「もう」.
_FINE = re.compile(
    r"(?P<topic>は|が|も|なら|のほうが|の方が|ほうが)(?:、)?(?:いい|良い|よい|ええ|よか)(?:なあ|な|です|よ|ね|わ|と思|かな|し)*(?=[。、]|けど|が|$)"
)
_ENOUGH = re.compile(
    r"(?:(?:もう|まだ(?=いい|ええ)|いまさら|今さら|今更)[^。]{0,10}?|(?:で|は|も)(?=十分|じゅうぶん|結構|けっこう))"
    r"(?P<word>いい(?![えろ])|ええ|十分|じゅうぶん|結構|けっこう|たくさん|充分|やり切った|やりきった|やりつくした|お腹いっぱい|おなかいっぱい|終わった|終わり)"
    r"(?:です|だ|や|わ|よ|ねん|なあ|な|かな)*"
)
# 「茶飲みはちょっと。」: the rest is left unsaid, and everybody knows what it is.
_HESITATES = re.compile(r"(?<=は)(?:ちょっと|ちょい|ちと)(?=[。、…]|$|ね[。え]|な[。あ]|です|けど|だけど)")
_WISH = re.compile(
    r"(?:たい|ってみたか|てみたか|たがって|てみようか|ようかな|てみよう|てみても|もいいかな|ほしい|欲しい|ほしか|たか(?=とです|ばい)|たいと(?:思|おも)|(?:れん|らん|なん|れな|らな)と(?:なあ|な。|な$|いかん|あかん|いけな|ならん))(?!(?:とは|と)思わ)"
)
_NO_WISH = re.compile(
    r"(?:たく(?:は|も|ありま|あらへ)?(?:ない|なく|なかっ|せん|へん|ね[えぇ]|な)|とうな[いか]|たない|たない|たかない|たいとは思(?:わ|え)|たいと(?:も)?思わ|ほしく(?:は|も)?な|欲しく(?:は|も)?な|気(?:に|が)(?:は|も)?(?:なれ|し)な|気(?:に|が)(?:は|も)?(?:なれ|し)ませ|"
    r"つもり(?:は|が)な|勘弁して|堪忍して|かんにん|やめて(?:ほしい|ください|けれ)|[ただ]ぐね[えぇー]?)"
)
_INTEREST_FAINT = re.compile(
    r"(?:興味|関心)(?:は|も|が)?(?:ある|あり|すこし|少し)|気になって(?:い|る)|嫌いじゃ|嫌いでは|きらいじゃ|きらいでは|悪くな|嫌ではな|嫌じゃな|いやじゃな|いやではな|もいいかな|てみようか|ようかな"
)
# 「それしかできない」「書くほかに能がない」: the one thing that somebody can.
_ONLY = re.compile(
    r"(?:しか|ほかに(?:は)?|他に(?:は)?|以外に(?:は)?|くらいしか|だけしか)[^。、]{0,10}?(?:ない|なかっ|ません|ありませ|ねえ|あらへん|でけへん|できん|できひん)"
)
_DOUBLE = re.compile(
    r"(?:な|無)(?:くは|くも|い(?:わけ|訳|こと|もの|の)(?:では|じゃ|でも|も|は))(?:な(?:い|く|かっ)|ありませ|あらへ)"
)
# To deny these is to say something good, or nothing: 水やりを忘れない, 手を抜かない, 話すのをいとわない.
_GOOD_WHEN_DENIED = frozenset(
    "忘れる 欠かす 飽きる 負ける 厭う 惜しむ 休む 迷う 間違える 間違う 構う 抜く 変わる 落とす 失敗 譲る 逃がす 逃す 困る 疲れる しくじる 外す 遅れる 急ぐ サボる さぼる "
    "諦める 知れる 過ぎる 足りる 止まる 切れる 絶える 尽きる こぼす 残す 壊す 崩す 嫌がる 怖がる 恐れる 離れる 手放す 終わる 減る 気付く 問う 限る 下がる 見逃す 見落とす 怒る 動じる ずれる 狂う".split()
)
_NOUN_AFTER = re.compile(
    r"\s*(?:な|の|という|っていう|ような|みたいな)?\s*(?!の?方|気|わけ|訳|くらい|ほど|ため)(?:[一-龥ァ-ヶA-Za-z]|もの(?!の)|こと|ところ|とこ(?!ろ)|やつ|ひと|とき|うち)"
)
_STATES = frozenset("居る 有る 成る 為る 要る 無い 知る 変わる 続く 見える".split())
# 「話さなくていい」 asks for a place without it, and refuses nothing that stands before.
_GOES_WITHOUT = re.compile(r"(?:く)?(?:て|で)(?:も)?(?:いい|ええ|よい|良い|大丈夫|かまわ|構わ|済|すむ)")
# 「うちの風呂じゃだめ」 asks for another bath, and refuses none.
_DOES_NOT_DO = re.compile(r"(?:じゃ|では)(?:もう)?(?:だめ|ダメ|駄目)$")
# 「ボールを蹴ってたら嫌なことを忘れる」: what makes one forget is good.
_FORGETS = re.compile(
    r"(?:嫌|いや|イヤ|つらい|辛い|しんどい|悲しい|悩み)(?:な)?(?:こと|気持ち|気分|の)?(?:を|も|が|は|なんか)?(?:ぜんぶ|全部|みんな)?"
    r"(?:忘れ|わすれ|吹き飛|ふきとん|どこかへ|どっかへ|消え)[ぁ-ん]{0,3}"
)
_BECAME = re.compile(r"(?:な(?:り|っ|る)|って(?:も|は)?(?:いた|い)|で|日|とき|時|うちに|まま|よう)")
_DENIALS = frozenset(("無い", "ない", "ず", "ぬ", "ん", "へん", "まい"))
_MUST = re.compile(
    r"(?:んと(?:なあ|いかん|あかん|ならん|な$|な。))|(?:なければ|なくては|なきゃ|なくちゃ|ないと|ねば)(?:なら|いけ|だめ|、|$|。)?"
)
_SPOKEN_DENIALS = re.compile(
    r"(?:[れせけてえめべねげ](?:へん|ひん)|できひん|でけへん|きらん|きれん|[かがさたなばまらわ]ん(?=[。、わでよけか]|と(?!き)|$)|[えけせてねめれべ]ね[えぇー]?(?=[。、けどっ]|$)|さ?ねえ(?=[。、よけ]|$))"
)


@dataclass(frozen=True, slots=True)
class Attitude:
    """A predicate at characters start..end: sign 1 or -1, or 0 where a thing does not do for something else; strength 0..1.

    `before_noun`: it describes what follows. `firm`: it says in so many words that something is disliked or unwanted,
    rather than only that it is not done.
    """

    start: int
    end: int
    sign: int
    strength: float
    before_noun: bool
    firm: bool = True


def attitudes(text: str, tokens: Sequence[Token]) -> list[Attitude]:
    """All predicates that say yes or no of something, in text order; of overlapping ones the longer counts."""
    found = [
        *_double(text),
        *_only(text),
        *_enough(text),
        *(Attitude(f.start(), f.end(), 1, 1.0, False) for f in _FORGETS.finditer(text)),
        *_wishes(text, tokens),
        *_words(text),
        *_fine(text),
        *_denied_verbs(text, tokens),
    ]
    kept: list[Attitude] = []
    for one in sorted(found, key=lambda a: (a.start - a.end, a.start)):
        if not any(one.start < k.end and k.start < one.end for k in kept):
            kept.append(one)
    return sorted(kept, key=lambda a: a.start)


def _made(text: str, start: int, end: int, sign: int, strength: float = 1.0, *, firm: bool = True) -> Attitude:
    before_noun = _NOUN_AFTER.match(text, end) is not None
    return Attitude(start, end, sign, strength, before_noun, firm)


def _double(text: str) -> Iterator[Attitude]:
    for found in _DOUBLE.finditer(text):
        yield _made(text, max(0, found.start() - 4), found.end(), 1, WEAK)


def _only(text: str) -> Iterator[Attitude]:
    for found in _ONLY.finditer(text):
        yield Attitude(found.start(), found.end(), 1, 1.0, False)


def _enough(text: str) -> Iterator[Attitude]:
    for found in _ENOUGH.finditer(text):
        yield Attitude(found.end("word") - 3, found.end(), -1, 1.0, False)
    for found in _HESITATES.finditer(text):
        yield Attitude(found.start(), found.end(), -1, WEAK, False)


def _wishes(text: str, tokens: Sequence[Token]) -> Iterator[Attitude]:
    likened = [(t.start, t.end) for t in tokens if t.surface == "みたい" and t.pos == "形状詞"]  # 「教壇みたいに」
    for found in _NO_WISH.finditer(text):
        yield _made(text, found.start(), found.end(), -1)
    for found in _WISH.finditer(text):
        if any(start <= found.start() < end for start, end in likened):
            continue
        yield _made(text, found.start(), found.end(), 1, WEAK if _INTEREST_FAINT.match(found.group()) else 0.95)


def _words(text: str) -> Iterator[Attitude]:
    for pattern, sign in ((_BAD, -1), (_GOOD, 1)):
        for found in pattern.finditer(text):
            denied = found["not"] is not None
            end = found.end() if denied else found.end("word")
            faint = _INTEREST_FAINT.match(text, found.start()) is not None
            side = 0 if sign < 0 and not denied and _DOES_NOT_DO.search(text, 0, end) else -sign if denied else sign
            yield _made(text, found.start(), end, side, WEAK if faint or (denied and sign < 0) else 1.0)


def _fine(text: str) -> Iterator[Attitude]:
    for found in _FINE.finditer(text):
        yield Attitude(found.end("topic"), found.end(), 1, 0.9, False)


def _denied_verbs(text: str, tokens: Sequence[Token]) -> Iterator[Attitude]:
    """Something is not done or cannot be (持てない, 使わない).

    Not what is good denied (忘れない), nor a state of things (話していない, 出られなくなった, 父しかいない, 起きられない日).
    """
    for verb, denial in pairwise(tokens):
        if denial.pos != "助動詞" or denial.normal not in _DENIALS or verb.pos not in ("動詞", "助動詞"):
            continue
        if verb.normal in _GOOD_WHEN_DENIED or verb.normal in _STATES or denial.surface in ("ず", "ね"):
            continue
        if _MUST.match(text, denial.start) or _BECAME.match(text, denial.end) or _GOES_WITHOUT.match(text, denial.end):
            continue
        denied = _made(text, verb.start, denial.end, -1, firm=False)
        if not denied.before_noun:
            yield denied
    verbal = [(t.start, t.end) for t in tokens if t.pos in ("動詞", "助動詞", "形容詞")]
    explaining = {t.start for t in tokens if t.pos == "助詞" and t.surface == "ん"}  # 「厨房だったんで」 tells why
    for found in _SPOKEN_DENIALS.finditer(text):
        if found.end() - 1 in explaining:
            continue
        states = any(t.start <= found.start() < t.end and t.normal in _STATES for t in tokens)  # 「相手がおらん」
        if not states and any(start <= found.start() < end for start, end in verbal):
            spoken = _made(text, found.start(), found.end(), -1, firm=False)
            if not _GOES_WITHOUT.match(text, spoken.end) and not _MUST.match(text, spoken.end - 1):
                yield spoken
