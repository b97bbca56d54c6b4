import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.words import Kind, default_reader

READER = default_reader()


def sides(text: str, kind: Kind = Kind.INTEREST) -> dict[str, int]:
    return {m.activity: m.polarity for m in READER.read(text, kind).mentions}


@pytest.mark.parametrize(
    ("text", "activity", "side"),
    [
        ("花壇の手入れがしたい", "花の世話", 1),
        ("水やりを忘れない", "水やり", 1),
        ("料理は苦手だけど片付けは苦にならない", "料理", -1),
        ("料理は苦手だけど片付けは苦にならない", "片づけ", 1),
        ("掃除は嫌いじゃない", "掃除", 1),
        ("将棋より囲碁がいい", "囲碁", 1),
        ("将棋より囲碁がいい", "将棋", -1),
        ("カラオケ以外なら何でも", "カラオケ", -1),
        ("料理の仕事をしていたけれど、もう作るのはいい", "料理", -1),
        ("はさみはもう持てない", "紙を切る", -1),
        ("歌うのは疲れる", "歌う", -1),
        ("ギターを弾きたい", "ギター", 1),
    ],
)
def test_each_activity_has_its_side(text, activity, side):
    assert sides(text)[activity] == side


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("車いすで行けるところ", "車好き"),
        ("ひと月に一本", "読書"),
        ("子どものころは夢中だった", "子どもと遊ぶ"),
        ("母はカラオケに行けと言う", "カラオケ"),
    ],
)
def test_what_only_looks_like_an_activity_is_none(text, absent):
    assert absent not in sides(text)


def test_what_somebody_used_to_do_is_biography():
    reading = READER.read("以前は印刷所にいた", Kind.INTEREST)
    assert {m.kind for m in reading.mentions} == {Kind.BIOGRAPHY}
    assert "校正" in {m.activity for m in reading.mentions}


def test_everything_in_the_cell_of_avoidance_is_avoided():
    reading = READER.read("大きな音、カラオケ", Kind.AVOID)
    assert all(m.polarity == -1 for m in reading.mentions)
    assert ("大きな音", -1) in {(t.trait, t.polarity) for t in reading.traits}


def test_what_is_bearable_in_the_cell_of_avoidance_is_a_thin_interest():
    mentions = {m.activity: m for m in READER.read("犬はだめだけど猫は平気", Kind.AVOID).mentions}
    assert mentions["犬とふれあう"].polarity == -1
    cat = mentions["猫とふれあう"]
    assert (cat.polarity, cat.kind) == (1, Kind.INTEREST)
    assert 0 < cat.strength < 0.5


def test_a_catalogue_says_what_is_not_there():
    reading = READER.read_opening("手でこするだけ。機械は使いません。期限はありません")
    shown = {(t.trait, t.polarity) for t in reading.traits}
    assert ("機械", 1) not in shown
    assert ("急ぎや締め切り", 1) not in shown


def test_spans_point_at_the_words():
    reading = READER.read("  花壇に水をやる", Kind.INTEREST)
    assert reading.mentions
    assert all(reading.text[m.start : m.end] == m.words for m in reading.mentions)


def test_unknown_words_are_listed():
    assert (
        "ずんどこ" in " ".join(READER.read("ずんどこ踊祭に出たい", Kind.INTEREST).unread)
        or READER.read("ずんどこ踊祭に出たい", Kind.INTEREST).unread
    )


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_and_always_alike(text):
    first = READER.read(text, Kind.INTEREST)
    assert READER._read(text, Kind.INTEREST) == first
    assert all(0 < m.strength <= 1 for m in first.mentions)


@pytest.mark.parametrize(
    ("text", "activity"),
    [
        ("土をいじってるときだけ頭が静か", "植物とふれあう"),
        ("爪を切るのが得意", "髪や爪をととのえる"),
        ("お年寄りの爪を切る", "髪や爪をととのえる"),
    ],
)
def test_a_compound_is_also_read_taken_apart(text, activity):
    assert sides(text)[activity] == 1


@pytest.mark.parametrize(
    ("text", "activity", "side"),
    [
        ("前のバイト、厨房だったんで", "料理", 1),
        ("もう介護はええわ", "高齢者と過ごす", -1),
        ("茶飲みはちょっと。本は好き", "お茶会", -1),
        ("今は包丁も見だぐね", "下ごしらえ", -1),
        ("教壇みたいに前に立つのは、もう足が震える", "勉強を教える", -1),
        ("勉強はまだいい", "勉強を教わる", -1),
        ("ちょっとだけ料理", "料理", 1),
        ("片付けは苦にならねえ", "片づけ", 1),
        ("ボール蹴ってたら嫌なこと忘れる", "サッカー", 1),
    ],
)
def test_spoken_ways_of_saying_yes_and_no(text, activity, side):
    assert sides(text)[activity] == side


def test_a_form_that_does_not_fit_its_sentence_counts_for_less():
    def strength(title: str, activity: str) -> float:
        return max(m.strength for m in READER.read_opening(title).mentions if m.activity == activity)

    assert strength("窓の外を見て絵を描く", "絵を描く") > strength("絵の具の倉庫で伝票を数える", "絵を描く")


def test_an_outline_says_what_a_whole_text_comes_near_to():
    outline = READER.outline("苗木を植えて水をまく")
    assert len(outline) == len(READER.lexicon.activities)
    assert READER.lexicon.family[READER.lexicon.activities[int(outline.argmax())]] == "plants"


def test_pieces_stand_between_stops_and_know_their_side():
    pieces = [*READER.read("将棋が好き。料理は苦手、。", Kind.INTEREST).pieces]
    assert [(p.words, p.liked) for p in pieces] == [("将棋が好き", True), ("料理は苦手", False)]


def test_a_trait_that_no_form_names_is_guessed_faintly():
    found = [t for t in READER.read("先生にどやされること", Kind.AVOID).traits if t.polarity < 0]
    assert all(0 < t.strength <= 1 for t in found)


def test_a_form_is_found_though_a_sentence_cuts_it_into_other_morphemes():
    shown = {
        t.trait for t in READER.read_opening("片づけのあと、集会所で一杯やるのが恒例です").traits if t.polarity > 0
    }
    assert "酒" in shown
