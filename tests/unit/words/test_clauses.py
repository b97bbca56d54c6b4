"""Sides of single words; the long list of sentences is tests/words/negation.csv."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.words.attitudes import attitudes
from matcher.words.clauses import PAST_STRENGTH, Side, Sides
from matcher.words.tokens import normalise, tokens


def side(text: str, part: str, default: int = 1) -> Side:
    text = normalise(text)
    start = text.index(part)
    return Sides(text, tokens(text), default).of(start, start + len(part))


@pytest.mark.parametrize(
    ("text", "part", "sign"),
    [
        ("お母さんと話したい", "お母さん", 1),
        ("動かないものが動くと、胸がすっとする。鉱石ラジオ", "動か", 1),
        ("一日だれとも話さない日がある", "だれとも話さ", 1),
        ("相手は父しかいない", "相手", 1),
        ("字を書くほかに能がない", "字", 1),
        ("苦手な料理", "料理", -1),
        ("好きな料理", "料理", 1),
        ("歌って騒ぐのはいや", "歌って", -1),
        ("座って手を動かして、しゃべらなくていいのがいい", "手", 1),
    ],
)
def test_the_predicate_that_speaks_of_it_counts(text, part, sign):
    assert side(text, part).sign == sign


def test_what_is_said_of_nothing_takes_the_side_of_the_cell():
    assert side("将棋", "将棋", 1) == Side(1)
    assert side("将棋", "将棋", -1) == Side(-1)


def test_what_is_shut_out_elsewhere_is_not_what_the_person_avoids():
    assert side("こどもが だめな ところ", "こども", -1).sign == 0


def test_the_past_counts_less_and_little_counts_less():
    assert side("野球をやっていた", "野球") == Side(1, PAST_STRENGTH, past=True)
    assert side("少し好き", "少し").sign == 1
    assert side("絵は好きだけど少しだけ", "絵").strength < side("絵は大好き", "絵").strength + 1e-9


def test_a_hesitant_wish_is_weaker_than_a_plain_one():
    assert side("編み物でもしてみようかな", "編み物").strength < side("編み物が大好き", "編み物").strength


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=50))
def test_any_text_has_sides(text):
    text = normalise(text)
    own = tokens(text)
    sides = Sides(text, own, 1)
    for token in own:
        found = sides.of(token.start, token.end)
        assert found.sign in (-1, 0, 1)
        assert 0 < found.strength <= 1
    spans = [(a.start, a.end) for a in attitudes(text, own)]
    assert all(a < b for a, b in spans)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))
