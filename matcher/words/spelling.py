"""Ways of writing that are made even before a text is read: gaps between words, spoken and blunt endings."""

import re

_GAP = re.compile(r"(?<=[ぁ-んァ-ヶー一-龥々0-9])[ \u3000]+(?=[ぁ-んァ-ヶー一-龥々0-9])")
_PARTICLES = "をがにはもでとのへやか"
# 「歩くんは平気」 is 「歩くのは平気」, said as people say it; the length stays, and so do positions.
_SPOKEN_NOUN = re.compile(r"(?<=[うくぐすつぬぶむる])ん(?=[はがもをやだ]|$|。|、)")
_BLUNT_NOT = re.compile(r"(?<=[らさまばれせけめべえてげゃきじりみびちで])ね[えぇー](?![むん])")  # 「苦にならねえ」
_BLUNT_WISH = re.compile(
    r"(?<=[いきしちにみりびぎえけせてねめれべげ])て[えぇー](?=[なんよけしが。、！]|$)"
)  # 「つかりてえ」
_DRAWN_OUT = re.compile(r"(?<=[一-龥])[ぁぃぅぇぉ](?=[一-龥ぁ-んァ-ヶ])")  # 「手ぇ動かす」 is 「手を動かす」


def without_gaps(text: str) -> str:
    """Easy Japanese is written with gaps between words (「うたも すき です」); it is read without them.

    Gaps that only part the items of a list (「将棋 囲碁」) stay.
    """
    gaps = [m.start() for m in _GAP.finditer(text)]
    if not gaps:
        return text
    kana = sum("ぁ" <= c <= "ゖ" or c == "ー" for c in text)
    after_particle = sum(text[at - 1] in _PARTICLES for at in gaps)
    easy = after_particle * 2 >= len(gaps) or kana >= 0.75 * (len(text) - len(gaps))
    return _GAP.sub("", text) if easy else text


def as_written(text: str) -> str:
    """Spoken endings as they would be written; every character keeps its place."""
    text = _BLUNT_WISH.sub("たい", _BLUNT_NOT.sub("ない", text))
    return _DRAWN_OUT.sub("を", _SPOKEN_NOUN.sub("の", text))
