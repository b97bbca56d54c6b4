import json
from dataclasses import replace

import pytest

from matcher.engine.disclosure import public
from matcher.engine.fairness import KEYS, Axis, Dimension, Fairness, Group, fairness
from matcher.services.fairness_text import HEADS, TITLES, as_json, label, mark, rows, sentences
from tests.unit.engine.crowd import crowd


def members(number, served, options=2, **cells):
    return [{"options": options, "served": n < served, **cells} for n in range(number)]


OLD_ARE_SHORT = [
    *members(20, 6, age=70, area_id="A1"),
    *members(30, 24, age=30, area_id="A1"),
    *members(30, 24, age=50, area_id="A2"),
    *members(6, 0, age=50, area_id="A2", consent="none", options=0),
    *members(12, 0, age=30, area_id="A1", options=0),
    *members(12, 0, age=70, area_id="A1", options=0),
]
ALL_ALIKE = [*members(20, 12, age=70), *members(20, 12, age=30)]


def report_of(people):
    return fairness(*crowd(people))


def of(report, axis):
    return next(d for d in report.dimensions if d.axis is axis)


def test_a_mark_says_how_many_and_how_many_it_would_be_for_others():
    assert list(sentences(report_of(OLD_ARE_SHORT))) == [
        "110人のうち、検討できる人は104人、行ける枠がある人は80人、提案がある人は54人です。",
        "65歳以上の人には、行ける枠の数から見ると、提案が少なめです（20人中6人。ほかの人なみなら16人ほど）。"
        "合う枠が、ほかの人と重なっているのかもしれません。席や枠をふやせないか、考えてみてください。",
        "この数字は目安です。理由は、ひとりずつ見て確かめてください。",
    ]


def test_outside_a_mark_has_no_expectation_and_nothing_to_do():
    assert list(sentences(public(report_of(OLD_ARE_SHORT)))) == [
        "110人のうち、検討できる人は104人、行ける枠がある人は80人、提案がある人は54人です。",
        "65歳以上の人には、行ける枠の数から見ると、提案が少なめです（20人中6人）。"
        "合う枠が、ほかの人と重なっているのかもしれません。",
        "この数字は目安です。理由は、ひとりずつ見て確かめてください。",
        "5人に満たない人数と、引き算でそれが分かる数字は出していません（＊）。",
    ]


def test_where_nobody_is_marked_that_is_said_with_its_limit():
    text = list(sentences(report_of(ALL_ALIKE)))
    assert len(text) == 2
    assert "見つかりませんでした" in text[1]
    assert "表れないことがあります" in text[1]


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (members(3, 2), "外に出せる数字はありません。"),
        (members(20, 12), "提案のかたよりは外に出せません。"),
        ([*members(20, 12), *members(9, 0, options=0)], "数字を出せる範囲では"),
    ],
)
def test_outside_nothing_is_said_that_the_shown_figures_do_not_bear(people, said):
    assert any(said in text for text in sentences(public(report_of(people))))


def test_without_options_there_is_nothing_to_compare():
    text = list(sentences(report_of(members(8, 0, options=0))))
    assert text[1] == "行ける枠がある人がまだいないため、提案のかたよりは比べられません。"


EVERY_GROUP = [(axis, key) for axis, keys in KEYS.items() for key in keys]


@pytest.mark.parametrize(("axis", "key"), EVERY_GROUP)
def test_every_group_has_a_name_and_a_sentence(axis, key):
    group = Group(key, "", 30, 25, 20, 5, expected=11.4, chance=0.0001, marked=True)
    dimension = Dimension(axis, (group,))
    text = mark(dimension, group)
    assert label(dimension, group, {})
    assert "人には、行ける枠の数から見ると、提案が少なめです（20人中5人。ほかの人なみなら11人ほど）。" in text
    assert text.endswith("。")
    assert mark(dimension, replace(group, marked=False)) == ""


def test_no_two_groups_of_an_axis_bear_one_name():
    for axis, keys in KEYS.items():
        groups = tuple(Group(key, "", 9, 9, 9, 9) for key in keys)
        assert len({label(Dimension(axis, groups), g, {}) for g in groups}) == len(keys)


@pytest.mark.parametrize(
    ("axis", "key", "said"),
    [
        (Axis.WAITING, "0-2", "長く待っている人を先にしているためかもしれません。"),
        (Axis.WAITING, "unknown", "日を確かめてください。"),
        (Axis.WAITING, "12+", "ほかの人と重なっているのかもしれません。"),
        (Axis.COMPANION, "yes", "付き添える人が、足りないのかもしれません。"),
    ],
)
def test_what_may_lie_behind_a_mark_fits_the_group(axis, key, said):
    group = Group(key, "", 30, 25, 20, 5, expected=11.4, chance=0.0001, marked=True)
    assert said in mark(Dimension(axis, (group,)), group)


AREAS = {("町", "A1"): "北", ("市", "A1"): "駅前"}


def areas_of(*groups):
    return Dimension(Axis.AREA, tuple(Group(key, town, 30, 25, 20, 5) for town, key in groups))


@pytest.mark.parametrize(
    ("groups", "names"),
    [
        ([("町", "A1"), ("町", "A9"), ("町", "")], ["北", "圏域 A9", "町（圏域は空）"]),
        ([("市", "A1"), ("町", "A1")], ["市 駅前", "町 北"]),
    ],
)
def test_areas_are_called_by_their_names_and_by_the_municipality_where_there_are_several(groups, names):
    dimension = areas_of(*groups)
    assert [label(dimension, g, AREAS) for g in dimension.groups] == names


@pytest.mark.parametrize(("key", "who"), [("A1", "北の人には、"), ("", "町で圏域が空の人には、")])
def test_a_sentence_speaks_of_the_people_of_an_area(key, who):
    dimension = areas_of(("町", key))
    group = replace(dimension.groups[0], marked=True, expected=11.4)
    assert mark(dimension, group, AREAS).startswith(who)


def test_a_row_has_the_name_and_a_figure_under_each_head_and_the_total_comes_last():
    report = report_of([{"fits": [800, 600], "given": [600], "age": 70}, {"age": 30, "consent": "none"}])
    assert list(rows(report, of(report, Axis.AGE))) == [
        ("25〜39歳", "1人", "0人", "0人", "0人", "―", "―", "―", "―"),
        ("65歳以上", "1人", "1人", "1人", "1人", "100%", "2.0", "0.80", "0.60"),
        ("全体", "2人", "1人", "1人", "1人", "100%", "2.0", "0.80", "0.60"),
    ]
    assert all(len(row) == 1 + len(HEADS) for row in rows(report, of(report, Axis.AGE)))
    assert set(TITLES) == set(Axis)


def test_a_public_row_stars_what_is_kept_back():
    shown = public(report_of([*members(20, 10, age=70), *members(20, 10, age=30), *members(4, 2, age=12)]))
    assert list(rows(shown, of(shown, Axis.AGE))) == [
        ("65歳以上", "20人", "＊", "＊", "10人", "＊", "＊", "＊", "0.70"),
        ("その他（まとめ）", "24人", "＊", "＊", "12人", "＊", "＊", "＊", "＊"),
        ("全体", "44人", "＊", "＊", "22人", "＊", "＊", "＊", "0.70"),
    ]


def test_the_document_holds_both_reports_in_figures_and_words():
    content = json.loads(json.dumps(as_json(report_of(OLD_ARE_SHORT), AREAS), ensure_ascii=False))
    outside = content.pop("public")
    assert set(content) == {"total", "dimensions", "text"}
    assert set(content["dimensions"]) == {"area", "age", "waiting", "companion"}
    old = next(g for g in content["dimensions"]["age"] if g["group"] == "65+")
    assert (old["people"], old["with_options"], old["suggested"], old["share"]) == (32, 20, 6, 0.3)
    assert (old["expected"], old["marked"]) == (16.0, True)
    assert old["text"] in content["text"]
    assert content["dimensions"]["area"][0]["label"] == "北"
    assert outside["hidden_below"] == 5
    assert all(
        "expected" not in g and "chance" not in g
        for g in [outside["total"], *(g for d in outside["dimensions"].values() for g in d)]
    )


def test_the_public_part_of_the_document_is_the_public_report():
    report = report_of([*members(20, 10, age=70), *members(20, 10, age=30), *members(4, 2, age=12)])
    outside = as_json(report)["public"]
    assert [(g["label"], g["people"], g["others"]) for g in outside["dimensions"]["age"]] == [
        ("65歳以上", 20, False),
        ("その他（まとめ）", 24, True),
    ]
    assert outside["text"] == list(sentences(public(report)))
    assert as_json(report, k=30)["public"]["dimensions"]["age"] == []


def test_an_empty_report_can_be_written():
    empty = Fairness(Group("total", "", 0, 0, 0, 0), ())
    assert as_json(empty)["public"]["text"] == ["人数が少ないため、外に出せる数字はありません。"]
