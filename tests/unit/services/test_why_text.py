"""Why somebody was not given something, and which asks would help, as it reads on the screen."""

import pytest

import matcher.services.change_text as change_text
from matcher.engine.solver.process import SolverProcess
from matcher.engine.tried import tried
from matcher.engine.why import Standing, why
from tests.unit.engine.inline import InlineSolver
from tests.unit.engine.standing import opening, someone, stand
from tests.unit.engine.town import town

SOLVER = InlineSolver()
BEFORE = "はるさん（P1）: 「花壇の水やり」（12/1から） → "


@pytest.fixture(scope="module")
def process():
    with SolverProcess() as process:
        yield process


# Why not.


def explained(process, opening_id="O1", **rows):
    plan = stand(town(**rows))
    return list(change_text.why(why(plan, "P1", opening_id, process), plan.judged.problem))


PAIR = "はるさん（P1）に「花壇の水やり」（O1）"
O2_BESIDE = "はるさん（P1）に「花の植えかえ」（O2）"


def test_why_held(process):
    held = [{"person_id": "P1", "opening_id": "O1", "status": "pinned"}]
    assert explained(process, history=held) == [f"{PAIR}は、もう決まっています。"]


def test_why_given(process):
    assert explained(process)[:3] == [
        f"{PAIR}は、いま提案しています。",
        "  関心: 「花を育てること」 → 花の世話 → 「花壇の水やり」",
        "  出られる時間に合います。",
    ]


def test_why_forbidden(process):
    assert explained(process, people=[{"person_id": "P1", "roles": "attend", "availability": "火 11:30-17:00"}]) == [
        f"{PAIR}を提案しないのには、わけがあります。",
        "× 時間が合わない。火曜日に、11:30より30分早く出られれば行けます。",
        "× 希望する関わり方とちがう。「ちょっとした手伝い」でもよければ行けます。",
    ]


def test_why_thin(process):
    lines = explained(process, people=[{"person_id": "P1", "interests": "将棋"}])
    assert lines[0].startswith(
        f"{PAIR}は、できないわけはありませんが、本人のことばとのつながりが弱く、話に出すほどではありません（0."
    )
    assert lines[0].endswith("、0.50から）。")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"people": [{"person_id": "P1", "consent": ""}]}, "本人の同意を待っています。"),
        ({"people": [{"person_id": "P1", "availability": ""}]}, "出られる時間を聞いてから考えます。"),
        (
            {"openings": [opening(2)], "history": [{"person_id": "P1", "opening_id": "O2", "status": "placed"}]},
            "望む数の参加が、もう決まっています。",
        ),
    ],
)
def test_why_not_asked(process, rows, said):
    assert explained(process, **rows)[0] == f"{PAIR}は、まだ提案しません。{said}"


def test_why_impossible(process):
    rows = {
        "people": [someone(2)],
        "hosts": [{"host_id": "H1", "max_newcomers": 1}],
        "openings": [opening(2)],
        "history": [{"person_id": "P2", "opening_id": "O1", "status": "pinned"}],
    }
    assert explained(process, "O2", **rows)[0] == (
        f"{O2_BESIDE}は、ほかに決まっている参加があるので、席や時間や付き添いの都合がつきません。"
    )


def test_why_passed(process):
    rows = {"people": [someone(2, waiting_since="2025-01-01")]}
    assert explained(process, **rows)[:5] == [
        f"{PAIR}は、提案できます。みんなの分を合わせるとほかの組み合わせのほうがよいので、外れています。",
        "これを入れると、こう変わります。",
        "・待っている人への配慮: 3 → 0",
        "・はるさん（P1）: 提案なし → 「花壇の水やり」（12/1から）。新しく提案ができました。",
        "・2さん（P2）: 「花壇の水やり」（12/1から） → 提案なし。席がなくなったためです。",
    ]


def test_every_standing_has_a_test():
    assert {s.value for s in Standing} == {
        name.removeprefix("test_why_") for name in globals() if name.startswith("test_why_")
    }


# Asks that would help.


def wishes(**rows):
    plan = stand(town(**rows))
    return {x.ask.kind: change_text.ask(x, plan.judged.problem) for x in tried(plan, SOLVER)}


def test_ask_for_a_seat():
    assert wishes(people=[someone(2)])["seat"] == (
        "花の会の「花壇の水やり」（O1）に、もう一人受け入れてもらえれば、提案のある人が1人ふえます（2さん）。"
    )


def test_ask_for_a_hosts_hour_and_a_new_opening():
    said = wishes(people=[{"person_id": "P1", "availability": "土 13:00-20:00"}])
    assert said == {
        "host_hour": "花の会（H1）が、土 13:00-15:00 にも開いてくれれば、提案のある人が1人ふえます（はるさん）。",
        "opening": "圏域 A1 で、土 13:00-15:00 に「花の世話」に参加できる枠ができれば、提案のある人が1人ふえます（はるさん）。",
    }


def test_ask_for_a_companions_hour():
    companions = [{"companion_id": "C1", "availability": "土 9:00-17:00"}]
    said = wishes(people=[{"person_id": "P1", "needs_companion": "yes"}], companions=companions)
    assert said["companion_hour"] == (
        "付き添い（C1）が、火 10:00-11:00 に付き添えれば、提案のある人が1人ふえます（はるさん）。"
    )


def test_ask_for_a_wider_reach():
    assert wishes(people=[{"person_id": "P1", "area_id": "A3"}])["reach"] == (
        "はるさん（P1）が「市内どこでも」行ければ、提案のある人が1人ふえます（はるさん）。"
    )


def test_ask_for_an_opening_where_no_area_is_known():
    rows = {
        "people": [{"person_id": "P1", "area_id": "", "roles": "help"}],
        "hosts": [{"host_id": "H1", "accepts": "no"}],
    }
    assert wishes(**rows)["opening"] == (
        "月 9:00-11:00 に「花の世話」を少し手伝える枠ができれば、提案のある人が1人ふえます（はるさん）。"
    )


def test_asks_say_what_they_bring_together():
    plan = stand(town(people=[someone(2, availability="土 9:00-17:00")], hosts=[{"host_id": "H1", "accepts": "no"}]))
    said = [change_text.ask(x, plan.judged.problem) for x in tried(plan, SOLVER)]
    assert [s.endswith("ここまでの全部で2人です。") for s in said] == [False, True]
