"""Sentences about changes, as they read on the screen, from real changes of small towns."""

from dataclasses import replace
from datetime import date

import pytest

import matcher.services.change_text as change_text
from matcher.engine.changes import (
    Ban,
    Close,
    CompanionHours,
    Pin,
    PutPerson,
    Seats,
)
from matcher.engine.feasibility import CODES
from matcher.engine.standing import Moved, StandingPlan
from matcher.model import HistoryStatus
from matcher.times import parse
from tests.unit.engine.inline import InlineSolver
from tests.unit.engine.standing import opening, put, someone, stand
from tests.unit.engine.town import town

SOLVER = InlineSolver()
BEFORE = "はるさん（P1）: 「花壇の水やり」（12/1から） → "


def with_o1(**rows) -> StandingPlan:
    """A plan in which P1 has been given O1."""
    return stand(town(**rows)).change([], SOLVER, given={("P1", "O1")}).after


def line(changed, person="P1"):
    item = next(m for m in changed.moved if m.person_id == person)
    return change_text.moved(item, changed.after.judged.problem)


def rule(plan, *changes):
    """The sentence about P1, who loses O1 and gets nothing."""
    return line(plan.change(changes, SOLVER)).removeprefix(f"{BEFORE}提案なし。")


BY_RULE = {
    "time": ({}, lambda p: put(p, availability=parse("日 9:00-12:00")), "出られる時間と合わなくなったためです。"),
    "reach": ({}, lambda p: put(p, area_id="A3"), "動ける範囲の外になったためです。"),
    "travel": (
        {"hosts": [{"host_id": "H1", "lat": 35.7, "lon": 139.7}]},
        lambda p: put(p, lat=35.8, lon=139.7, max_travel_min=10),
        "行くのに時間がかかりすぎるようになったためです。",
    ),
    "role": ({}, lambda p: put(p, roles=("attend",)), "希望する関わり方とちがうようになったためです。"),
    "age": (
        {"openings": [{"opening_id": "O1", "min_age": 18}]},
        lambda p: put(p, age=15),
        "年齢の条件と合わなくなったためです。",
    ),
    "contact": (
        {"openings": [{"opening_id": "O1", "contact": 4}]},
        lambda p: put(p, contact_max=2),
        "人との関わりが、希望より多くなったためです。",
    ),
    "physical": (
        {"openings": [{"opening_id": "O1", "physical": 3}]},
        lambda p: put(p, physical_max=1),
        "体への負担が、希望より大きくなったためです。",
    ),
    "wheelchair": (
        {"openings": [{"opening_id": "O1", "wheelchair": "no"}]},
        lambda p: put(p, wheelchair=True),
        "車いすでは使えないためです。",
    ),
    "acceptance": ({}, lambda p: Close("H1"), "受け入れ先が、いまは受けられないためです。"),
    "companion": (
        {"companions": [{"companion_id": "C1", "availability": "土 9:00-12:00"}]},
        lambda p: put(p, needs_companion=True),
        "付き添える人がいなくなったためです。",
    ),
    "capacity": ({"people": [someone(2, consent="none")]}, lambda p: Pin("P2", "O1"), "席がなくなったためです。"),
    "conflict": (
        {
            "people": [someone(2, consent="none")],
            "openings": [opening(2)],
            "conflicts": [{"person_a": "P1", "person_b": "P2"}],
        },
        lambda p: Pin("P2", "O2"),
        "いまは見合わせたほうがよくなったためです。",
    ),
    "declined": ({}, lambda p: Ban("P1", "O1", HistoryStatus.DECLINED), "辞退などの記録ができたためです。"),
    "avoid": ({}, lambda p: put(p, avoid="花壇"), "避けたいことに当たると分かったためです。"),
}


def test_every_rule_has_a_sentence():
    assert set(BY_RULE) == set(CODES)


@pytest.mark.parametrize(("rows", "change", "sentence"), BY_RULE.values(), ids=BY_RULE)
def test_a_rule_took_it(rows, change, sentence):
    plan = with_o1(**rows)
    assert rule(plan, change(plan)) == sentence


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"consent": None}, "本人の同意を待つことになったためです。"),
        ({"availability": None}, "出られる時間が分からなくなったためです。"),
        ({"interests": "将棋"}, "本人のことばとのつながりが弱くなったためです。"),
    ],
)
def test_the_person_took_it(cells, sentence):
    plan = with_o1()
    assert rule(plan, put(plan, **cells)) == sentence


def test_it_is_decided_now():
    plan = with_o1()
    assert line(plan.change([Pin("P1", "O1")], SOLVER)) == (
        "はるさん（P1）: 「花壇の水やり」（12/1から）は、参加が決まったので、提案からは外れます。"
    )


def test_something_else_was_decided():
    plan = with_o1(openings=[opening(2)])
    assert rule(plan, Pin("P1", "O2")) == "ほかの枠を先に決めたためです。"
    asked = plan.change([], SOLVER, given={("P1", "O2")})
    assert line(asked) == f"{BEFORE}「花の植えかえ」（12/2から）。ほかの枠を先に決めたためです。"


def test_fewer_are_wanted():
    plan = stand(town(people=[{"person_id": "P1", "wants": 2}], openings=[opening(2)]))
    assert line(plan.change([put(plan, wants=1)], SOLVER)) == (
        "はるさん（P1）: 「花壇の水やり」（12/1から）、「花の植えかえ」（12/2から） → "
        "「花の植えかえ」（12/2から）。望む数がへったためです。"
    )


def test_others_are_served_for_it():
    plan = with_o1()
    other = put(plan).person.model_copy(update={"person_id": "P2", "alias": "", "waiting_since": _day("2025-01-01")})
    changed = plan.change([PutPerson(other)], SOLVER)
    assert line(changed) == (
        f"{BEFORE}提案なし。みんなの分を合わせると、このほうがよくなるためです（待っている人への配慮）。"
    )
    assert line(changed, "P2") == "P2（P2）: 提案なし → 「花壇の水やり」（12/1から）。新しく提案ができました。"


def _day(text):

    return date.fromisoformat(text)


def test_there_is_less_to_give():
    plan = stand(town(people=[someone(2)], openings=[{"opening_id": "O1", "capacity": 2}]))
    changed = plan.change([Seats("O1", -1)], SOLVER)
    (item,) = changed.moved
    assert line(changed, item.person_id).endswith(
        "提案なし。席や付き添いが足りず、みんなには行きわたらなくなったためです。"
    )


def test_somebody_makes_room_for_another():
    plan = stand(town(people=[someone(2)], openings=[opening(2)]))
    plan = plan.change([], SOLVER, given={("P1", "O1"), ("P2", "O2")}).after
    changed = plan.change([Ban("P2", "O2", HistoryStatus.DECLINED)], SOLVER)
    assert line(changed) == f"{BEFORE}「花の植えかえ」（12/2から）。ほかの人にも行きわたるように、組み直しました。"


def test_another_day_or_another_companion():
    twice = [{"opening_id": "O1", "schedule": "2026-12-01 10:00-12:00 / 2026-12-08 10:00-12:00"}]
    plan = with_o1(openings=twice)
    guest = next(
        p for p in town(people=[someone(2, availability="2026-12-01 9:00-13:00")]).people if p.person_id == "P2"
    )
    assert line(plan.change([PutPerson(guest)], SOLVER)) == (
        f"{BEFORE}「花壇の水やり」（12/8から）。はじめの日が変わりました。"
    )
    given = plan.given()["P1"]

    other = tuple(replace(g, companion_id="C9") for g in given)
    item = Moved("P1", given, other, "other_day")
    assert change_text.moved(item, plan.judged.problem) == (
        f"{BEFORE}「花壇の水やり」（12/1から）。付き添う人が変わりました。"
    )


def test_what_is_gone_is_named_by_its_id():
    plan = with_o1()

    item = Moved("P9", tuple(replace(g, opening_id="O9") for g in plan.given()["P1"]), (), "gone")
    assert change_text.moved(item, plan.judged.problem) == (
        "P9（P9）: 「O9」（12/1から） → 提案なし。枠か本人の記録がなくなったためです。"
    )


def test_by_arrangement_no_day_is_named():
    plan = with_o1(openings=[{"opening_id": "O1", "schedule": ""}])
    assert line(plan.change([Close("H1")], SOLVER)).startswith("はるさん（P1）: 「花壇の水やり」 → 提案なし。")


# What a change comes to.


def test_nothing_changed():
    assert list(change_text.difference(with_o1().change([], SOLVER))) == ["変わりません。いまの提案のままです。"]


def test_every_stage_that_changed_is_told():
    rows = {"people": [{"person_id": "P1", "waiting_since": "2025-01-01"}, someone(2), someone(3)]}
    plan = stand(town(**rows, openings=[{"opening_id": "O1", "capacity": 3}]))
    lines = list(change_text.difference(plan.change([Close("H1")], SOLVER)))
    assert lines[:5] == [
        "提案のある人: 3人 → 0人",
        "待っている人への配慮: 3 → 0",
        "ぴったりの提案がある人: 3人 → 0人",
        "合い具合の合計: 2.60 → 0.00",
        "受け入れ先の負担: 1人分 → 0人分",
    ]
    assert [x.partition("（")[0] for x in lines[5:]] == ["はるさん", "2さん", "3さん"]


def test_what_was_told_and_is_broken_comes_last():
    plan = with_o1()
    changed = plan.change([Ban("P1", "O1", HistoryStatus.REFUSED)], SOLVER, told={("P1", "O1")})
    assert list(change_text.difference(changed))[-1] == (
        "はるさん（P1）に伝えてある「花壇の水やり」（O1）は、続けられなくなりました。先に本人と話してください。"
    )


def test_companion_hours_that_change_nothing():
    changed = with_o1().change([CompanionHours("C1", parse("土 9:00-10:00"))], SOLVER)
    assert list(change_text.difference(changed)) == ["変わりません。いまの提案のままです。"]
