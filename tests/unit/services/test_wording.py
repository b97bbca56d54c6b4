"""Every code of an answer as its sentence on the screen, from runs of small towns."""

import pytest

from matcher.engine.answer import Blocked, Nearest
from matcher.engine.feasibility import CODES
from matcher.engine.fit import PARTS
from matcher.engine.run import run
from matcher.services import wording
from matcher.words import default_reader
from tests.unit.engine.inline import InlineSolver
from tests.unit.engine.standing import host, opening, someone
from tests.unit.engine.town import HORIZON, town


def matched(**rows):
    return run(town(**rows), HORIZON, default_reader(), InlineSolver())


def answer(done, person="P1"):
    return next(a for a in done.answers if a.person_id == person)


def best(**rows):
    """The best option of P1."""
    return answer(matched(**rows)).options[0]


def p(**cells):
    return [{"person_id": "P1", **cells}]


def o(**cells):
    return [{"opening_id": "O1", **cells}]


def h(**cells):
    return [{"host_id": "H1", **cells}]


def past(status):
    return [{"person_id": "P1", "opening_id": "O1", "status": status}]


def near_map(**person):
    return {"hosts": h(lat=35.7, lon=139.7), "people": p(**person)}


REASONS = {
    "interest": ({}, "関心: 「花を育てること」 → 花の世話 → 「花壇の水やり」"),
    "strength": (
        {"people": p(strengths="水やりが得意")},
        "得意なこと: 「水やりが得意」 → 水やり → 花の世話 → 「花壇の水やり」",
    ),
    "biography": (
        {"people": p(note="以前、造園の会社で働いていた。")},
        "これまでの経験: 「造園の会社で働いていた」 → 庭の手入れ → 花の世話 → 「花壇の水やり」",
    ),
    "wish": (
        {"people": p(interests="花を育てること。静かなところで一人で")},
        "望むようす: 「静かなところで一人で」 → 一人でできる",
    ),
    "role": ({"people": p(roles="help")}, "希望する関わり方に合います。"),
    "hours": ({}, "出られる時間に合います。"),
    "near": ({}, "無理なく行ける所です。"),
    "calm": ({}, "人との関わりの度合いが合います。"),
    "physical": ({"people": p(physical_max=2), "openings": o(physical=1)}, "体への負担が合います。"),
    "step": ({}, "小さく始められます。"),
    "host_ready": ({}, "受け入れ先の返事が前向きです。"),
    "visited": ({"history": past("visited")}, "見学したことがあります。"),
    "companion": ({"people": p(needs_companion="yes")}, "はじめの日に、付き添える人がいます。"),
}


def test_every_part_of_the_fit_has_a_sentence():
    assert set(REASONS) == set(PARTS)


@pytest.mark.parametrize(("code", "rows", "sentence"), [(c, *rest) for c, rest in REASONS.items()], ids=REASONS)
def test_reasons(code, rows, sentence):
    said = {r.code: wording.reason(r) for r in best(**rows).reasons}
    assert said[code] == sentence


@pytest.mark.parametrize(
    ("code", "rows", "sentence"),
    [
        ("visited", {"history": past("ended")}, "以前に参加したことがあります。"),
        ("visited", {"history": past("proposed")}, "すでに提案しています。"),
        ("near", {"openings": o(online="yes")}, "家から、オンラインで参加できます。"),
        ("companion", {"openings": o(companion_required="yes")}, "はじめの日に、付き添える人がいます。"),
    ],
)
def test_reasons_of_another_kind(code, rows, sentence):
    assert {r.code: wording.reason(r) for r in best(**rows).reasons}[code] == sentence


@pytest.mark.parametrize(
    ("code", "rows"),
    [
        ("hours", {"openings": o(schedule="")}),
        ("hours", {"people": p(availability="")}),
        ("near", {"people": p(area_id="")}),
        ("near", {"hosts": h(area_id="")}),
        ("calm", {"openings": o(contact="")}),
        ("calm", {"openings": o(contact=4)}),
        ("companion", {}),
        ("companion", {"people": p(needs_companion="yes"), "openings": o(online="yes")}),
        ("role", {}),
        ("physical", {"openings": o(physical=1)}),
        ("host_ready", {"hosts": h(accepts="")}),
    ],
)
def test_what_is_not_known_is_no_reason(code, rows):
    assert code not in {r.code for r in best(**rows).reasons}


def test_what_the_map_says_is_known_without_an_area():
    rows = near_map(lat=35.7, lon=139.701, area_id="")
    assert "near" in {r.code for r in best(**rows).reasons}


ASKS = {
    "acceptance_unknown": (
        {"hosts": h(accepts="")},
        "花の会に、受け入れてもらえるか聞いてください（まだ返事がありません）。",
    ),
    "acceptance_conditional": (
        {"hosts": h(accepts="conditional", conditions="検温をお願いします")},
        "花の会の条件を確かめてください（検温をお願いします）。",
    ),
    "survey_old": (
        {"hosts": h(surveyed_on="2024-04-01")},
        "花の会の返事は2024年4月1日のものです。今も変わりないか聞いてください。",
    ),
    "by_arrangement": ({"openings": o(schedule="")}, "日時は花の会と相談して決めてください。"),
    "hours_unknown": ({"people": p(availability="")}, "はるさんに、いつなら出られそうか聞いてください。"),
    "area_unknown": ({"people": p(area_id="")}, "はるさんの圏域が分かりません。通える所か確かめてください。"),
    "wheelchair_unknown": ({"people": p(wheelchair="yes")}, "花の会に、車いすで使えるか聞いてください。"),
    "contact_unknown": (
        {"people": p(contact_max=3), "openings": o(contact="")},
        "花の会に、どのくらい人と関わることになるか聞いてください。",
    ),
    "share_consent_needed": (
        {"people": p(consent="internal")},
        "受け入れ先に伝える前に、はるさんの同意をもらってください。",
    ),
    "avoid_check": (
        {"people": p(avoid="人が多いところ"), "openings": o(contact=5)},
        "はるさんの避けたいこと（人が多いところ）に近いかもしれません（花壇の水やり）。気にならないか聞いてください。",
    ),
}


@pytest.mark.parametrize(("code", "rows", "sentence"), [(c, *rest) for c, rest in ASKS.items()], ids=ASKS)
def test_asks(code, rows, sentence):
    assert {a.code: wording.ask(a) for a in best(**rows).asks}[code] == sentence


def test_asks_without_a_condition_or_with_the_hosts_area_unknown():
    said = {a.code: wording.ask(a) for a in best(hosts=h(accepts="conditional", area_id="")).asks}
    assert said["acceptance_conditional"] == "花の会の条件を確かめてください。"
    assert said["area_unknown"] == "花の会の圏域が分かりません。通える所か確かめてください。"


TAKEN = {"people": [someone(2)], "history": [{"person_id": "P2", "opening_id": "O1", "status": "placed"}]}
BLOCKED = {
    "time": (
        {"people": p(availability="火 11:30-17:00")},
        "よさそうでも、時間が合わないものが1件あります。",
        "火曜日に、11:30より30分早く出られれば行けます。",
    ),
    "reach": (
        {"people": p(area_id="A3")},
        "よさそうでも、動ける範囲の外にあるものが1件あります。",
        "町の北まで動ければ行けます。",
    ),
    "travel": (
        near_map(lat=35.8, lon=139.7, max_travel_min=10),
        "よさそうでも、行くのに時間がかかりすぎるものが1件あります。",
        "行くのに片道10分より長くかかってもよければ行けます。",
    ),
    "role": (
        {"people": p(roles="attend")},
        "よさそうでも、希望する関わり方とちがうものが1件あります。",
        "「ちょっとした手伝い」でもよければ行けます。",
    ),
    "age": (
        {"people": p(age=15), "openings": o(min_age=18)},
        "よさそうでも、年齢が合わないものが1件あります。",
        "18歳以上の人が対象です。受け入れ先に相談できるかもしれません。",
    ),
    "contact": (
        {"people": p(contact_max=2), "openings": o(contact=4)},
        "よさそうでも、人との関わりが多すぎるものが1件あります。",
        "人との関わりが5段階の4（いまは2まで）でもよければ行けます。",
    ),
    "physical": (
        {"people": p(physical_max=1), "openings": o(physical=3)},
        "よさそうでも、体への負担が大きすぎるものが1件あります。",
        "体への負担が3段階の3（いまは1まで）でもよければ行けます。",
    ),
    "wheelchair": (
        {"people": p(wheelchair="yes"), "openings": o(wheelchair="no")},
        "よさそうでも、車いすで使えないものが1件あります。",
        "車いすで使えるようになれば行けます。",
    ),
    "acceptance": (
        {"hosts": h(accepts="yes", accepts_as="attend")},
        "よさそうでも、受け入れ先がいまは受けていないものが1件あります。",
        "「ちょっとした手伝い」としての受け入れを相談できれば行けます。",
    ),
    "companion": (
        {"people": p(needs_companion="yes"), "companions": [{"companion_id": "C1", "availability": "土 9:00-12:00"}]},
        "よさそうでも、付き添える人がいないものが1件あります。",
        "その時間に付き添える人が見つかれば行けます。",
    ),
    "capacity": (TAKEN, "よさそうでも、席がうまっているものが1件あります。", "席がもう一つふえれば行けます。"),
    "conflict": (
        {**TAKEN, "openings": o(capacity=2), "conflicts": [{"person_a": "P2", "person_b": "P1"}]},
        "よさそうでも、いまは見合わせたほうがよいものが1件あります。",
        "ほかの受け入れ先で、合うものを探します。",
    ),
    "declined": (
        {"history": past("declined")},
        "よさそうでも、辞退などの記録があるものが1件あります。",
        "本人から、また行ってみたいと話があったときに考えます。",
    ),
    "avoid": (
        {
            "people": p(avoid="犬"),
            "openings": o(title="花壇の水やり", description="犬がいます"),
            "hosts": h(note="犬がいます"),
        },
        "よさそうでも、避けたいことに当たるものが1件あります。",
        "本人から「やってみたい」と話があったときに、また考えます。",
    ),
}


def test_every_rule_has_a_sentence():
    assert set(BLOCKED) == set(CODES)


@pytest.mark.parametrize(
    ("code", "rows", "sentence", "change"), [(c, *rest) for c, rest in BLOCKED.items()], ids=BLOCKED
)
def test_blocked(code, rows, sentence, change):
    (item,) = answer(matched(**rows)).blocked
    assert (item.code, wording.blocked(item)) == (code, sentence)
    assert wording.lifted(item) == change
    assert wording.nearest(item) == f"いちばん近いのは花の会の「花壇の水やり」。{change}"
    assert sentence == f"よさそうでも、{wording.obstacle(code)}ものが1件あります。"


@pytest.mark.parametrize(
    ("rows", "change"),
    [
        ({"people": p(availability="火 9:00-10:30")}, "火曜日に、10:30より30分おそくまでいられれば行けます。"),
        ({"people": p(availability="土 9:00-17:00")}, "火曜日の10:00から12:00に出られれば行けます。"),
        ({"openings": o(starts_on="2027-03-01")}, "この期間には開かれません。もっと先の日なら、あるかもしれません。"),
        (
            {"openings": o(ends_on="2026-11-30")},
            "もう終わっています。次の予定があるか、受け入れ先に聞いてみてください。",
        ),
        ({"people": p(reach="home")}, "外に出てもよいと思えたときに行けます。"),
        ({"people": p(reach="area", area_id="A2"), "hosts": h(area_id="A3")}, "町の南まで動ければ行けます。"),
        (
            {"people": p(age=70), "openings": o(max_age=60)},
            "60歳までの人が対象です。受け入れ先に相談できるかもしれません。",
        ),
        (
            {"people": p(age=70), "openings": o(min_age=18, max_age=60)},
            "18歳から60歳までの人が対象です。受け入れ先に相談できるかもしれません。",
        ),
        ({"hosts": h(accepts="no")}, "受け入れ先の返事が変われば行けます。いまは、その返事を大切にします。"),
        ({"history": past("refused")}, "受け入れ先から、受けられると返事があったときに考えます。"),
        ({"history": past("forbidden")}, "見合わせるわけがなくなったときに、また考えます。"),
    ],
)
def test_what_would_lift_a_rule_in_other_cases(rows, change):
    assert wording.lifted(answer(matched(**rows)).blocked[0]) == change


def test_a_row_held_back_by_the_import_says_so():
    from dataclasses import replace

    bundle = replace(town(), withheld=frozenset({("P1", "O1")}))
    (item,) = answer(run(bundle, HORIZON, default_reader(), InlineSolver())).blocked
    assert wording.lifted(item) == "読めない記録があるので控えています。記録を直すと、また考えられます。"


def test_another_town_is_named_without_an_area():
    item = Blocked("reach", 1, Nearest("O1", {"municipality": "村", "area": "", "reach": "neighbour", "limit": None}))
    assert wording.lifted(item) == "村まで動ければ行けます。"


def test_more_than_one_rule_is_told():
    rows = {"people": p(availability="火 11:30-17:00", roles="attend")}
    for item in answer(matched(**rows)).blocked:
        assert wording.nearest(item).endswith("行けます。（ほかにも合わないことがあります）")


def test_a_rule_without_a_nearest_opening_says_no_more():
    item = Blocked("time", 2, None)
    assert (wording.lifted(item), wording.nearest(item)) == ("", "")


@pytest.mark.parametrize("code", ["conflict", "declined", "avoid"])
def test_nothing_is_said_of_anybody_else(code):
    _, sentence, change = BLOCKED[code]
    for word in ("会わない", "会いたくない", "人がいる", "2さん", "P2", "苦手", "きらい", "拒"):
        assert word not in sentence + change + wording.obstacle(code)


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({}, "北で、毎日 9:00-17:00 に「花の世話」に参加できる枠があれば、はるさん（1人）に話せます。"),
        (
            {"area_id": "", "roles": "help", "availability": "火 17:00-20:00 / 土 9:00-12:00"},
            "火 17:00-20:00 に「花の世話」を少し手伝える枠があれば、はるさん（1人）に話せます。",
        ),
        (
            {"roles": "contribute", "availability": "2026-12-24 10:00-12:00"},
            "北で、2026-12-24 10:00-12:00 に「花の世話」で力を生かせる枠があれば、はるさん（1人）に話せます。",
        ),
    ],
)
def test_gaps(cells, sentence):
    done = matched(people=p(**cells), hosts=h(accepts="no"))
    (found,) = done.gaps
    names = {r.person_id: r.called for r in done.problem.people}
    assert wording.gap(found, names, wording.places(done.problem.area_names, {"町"})) == sentence


def test_an_area_without_a_row_is_called_by_its_id():
    (item,) = answer(matched(people=p(reach="area", area_id="A2"), hosts=h(area_id="A9"))).blocked
    assert wording.lifted(item) == "町の圏域 A9 まで動ければ行けます。"
    (found,) = matched(people=p(area_id="A9"), hosts=h(accepts="no")).gaps
    assert wording.gap(found, {"P1": "はるさん"}).startswith("圏域 A9 で、")


def test_among_several_towns_an_area_is_called_with_its_own():
    rows = {
        "areas": [{"area_id": "B1", "municipality": "村", "name": "東"}],
        "people": [someone(2, municipality="村", area_id="B1"), someone(3, municipality="村", area_id="")],
        "hosts": h(accepts="no"),
    }
    done = matched(**rows)
    places = wording.places(done.problem.area_names, {"町", "村"})
    names = {r.person_id: r.called for r in done.problem.people}
    said = {g.people: wording.gap(g, names, places).split("、")[0] for g in done.gaps}
    assert said == {("P1",): "町の北で", ("P2",): "村の東で", ("P3",): "村で"}


def test_a_gap_of_several_people_names_them_all():
    done = matched(people=[someone(2), someone(3)], hosts=h(accepts="no"))
    names = {r.person_id: r.called for r in done.problem.people}
    assert wording.gap(done.gaps[0], names).endswith("があれば、はるさん、2さん、3さん（3人）に話せます。")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ({}, "提案があります"),
        ({"hosts": h(accepts="no")}, "いまは合うものが見つかりません"),
        ({"people": p(availability="")}, "出られる時間を聞いてから考えます"),
        ({"people": p(consent="")}, "本人の同意を待っています（提案はまだ出しません）"),
        ({"history": past("placed")}, "参加が決まっています"),
    ],
)
def test_where_a_person_stands(rows, sentence):
    assert wording.status(answer(matched(**rows))) == sentence


def test_a_host_of_its_own_is_named():
    rows = {"hosts": [*h(accepts="no"), host(2, accepts="")], "openings": [opening(2, host_id="H2")]}
    assert wording.ask(best(**rows).asks[0]).startswith("2番の会に、")
