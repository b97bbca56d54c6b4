import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.times import parse
from matcher.words import proposals
from matcher.words.proposals import _PARTS, _WITHOUT


@pytest.mark.parametrize(
    ("text", "field", "value", "words"),
    [
        ("夕方からなら出られる", "availability", "毎日 16:00-21:00", "夕方から"),
        ("午前は起きられない", "availability", "毎日 12:00-21:00", "午前は起きられない"),
        ("火曜と木曜の午後なら空いている", "availability", "火・木 13:00-17:00", "火曜と木曜の午後なら"),
        ("平日の10時から15時まで", "availability", "平日 10:00-15:00", "平日の10時から15時まで"),
        ("三時から五時まで", "availability", "毎日 15:00-17:00", "三時から五時まで"),
        ("十時半から", "availability", "毎日 10:30-21:00", "十時半から"),
        ("夜の九時以降", "availability", "毎日 21:00-23:00", "夜の九時以降"),
        ("18時まで", "availability", "毎日 9:00-18:00", "18時まで"),
        ("土日はだめ", "availability", "平日 9:00-21:00", "土日はだめ"),
        ("平日だけ", "availability", "平日 9:00-21:00", "平日だけ"),
        ("週1回くらいなら", "frequency", "週1回", "週1回くらい"),
        ("月に二度", "frequency", "月2回", "月に二度"),
        ("毎日は無理", "frequency", "週1回", "毎日は無理"),
        ("電車は無理", "reach", "neighbour", "電車は無理"),
        ("家から出られない", "reach", "home", "家から出られない"),
        ("歩いて行けるところがいい", "reach", "area", "歩いて行けるところ"),
        ("遠くても大丈夫", "reach", "city", "遠くても大丈夫"),
        ("歩いて二十分以内なら", "max_travel_min", "20", "歩いて二十分以内なら"),
        ("二、三人なら", "contact_max", "2", "二、三人なら"),
        ("ひとりがいい", "contact_max", "1", "ひとりがいい"),
        ("座ってならできる", "physical_max", "1", "座ってなら"),
        ("重い物は持てない", "physical_max", "2", "重い物は持てない"),
        ("ひとりでは行けない", "needs_companion", "yes", "ひとりでは行けない"),
        ("二つくらい試してみたい", "wants", "2", "二つくらい試して"),
    ],
)
def test_what_is_said_in_passing_becomes_a_proposal(text, field, value, words):
    found = [(p.field, p.value, p.words) for p in proposals(text)]
    assert (field, value, words) in found


@pytest.mark.parametrize(
    "text",
    ["朝の散歩が好き", "夜中にラジオを聞く", "夜勤明け", "夕ごはんを作る", "朝日を見る", "体がだるい", "", "将棋"],
)
def test_what_limits_nothing_proposes_nothing(text):
    assert proposals(text) == ()


@pytest.mark.parametrize("part", sorted(_PARTS))
def test_every_part_of_the_day_can_be_asked_for_and_refused(part):
    for text in (f"{part}なら", f"{part}は無理"):
        (proposal,) = [p for p in proposals(text) if p.field == "availability"]
        assert parse(proposal.value) is not None
    assert set(_WITHOUT) == set(_PARTS)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            "朝 昼 夕方 夜 午前 午後 平日 土日 火曜と木曜 の は から まで なら だけ 以降 無理 起きられない 三時 十五時 25時 半 週 月 二回 。 、 電車 ひとり 分".split()
        ),
        max_size=12,
    ).map("".join)
    | st.text(max_size=30)
)
def test_proposed_hours_can_always_be_written_into_the_cell(text):
    for proposal in proposals(text):
        assert proposal.words
        if proposal.field == "availability":
            assert parse(proposal.value) is not None
