"""Sentences about changes: who moved and why, why somebody was not given something, and which asks would help."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from matcher.engine.answer import Blocked, Nearest
from matcher.engine.changes import CompanionHours, HostHours, NewOpening, PersonReach, Seats
from matcher.engine.problem import Problem
from matcher.engine.standing import Changed, Given, Moved
from matcher.engine.tried import Tried
from matcher.engine.why import Standing, Why
from matcher.services import wording
from matcher.times import format_cell

_STAGES = {
    "s1": "提案のある人",
    "s2": "待っている人への配慮",
    "s3": "ぴったりの提案がある人",
    "s4": "合い具合の合計",
    "s5": "前からの提案",
    "s6": "受け入れ先の負担",
}
_MOVED = {
    "gained": "新しく提案ができました。",
    "decided": "ほかの枠を先に決めたためです。",
    "wants": "望む数がへったためです。",
    "needs_consent": "本人の同意を待つことになったためです。",
    "needs_information": "出られる時間が分からなくなったためです。",
    "thin": "本人のことばとのつながりが弱くなったためです。",
    "gone": "枠か本人の記録がなくなったためです。",
    "time": "出られる時間と合わなくなったためです。",
    "reach": "動ける範囲の外になったためです。",
    "travel": "行くのに時間がかかりすぎるようになったためです。",
    "role": "希望する関わり方とちがうようになったためです。",
    "age": "年齢の条件と合わなくなったためです。",
    "contact": "人との関わりが、希望より多くなったためです。",
    "physical": "体への負担が、希望より大きくなったためです。",
    "wheelchair": "車いすでは使えないためです。",
    "acceptance": "受け入れ先が、いまは受けられないためです。",
    "companion": "付き添える人がいなくなったためです。",
    "capacity": "席がなくなったためです。",
    "conflict": "いまは見合わせたほうがよくなったためです。",
    "declined": "辞退などの記録ができたためです。",
    "avoid": "避けたいことに当たると分かったためです。",
}


def moved(item: Moved, problem: Problem) -> str:
    """Who has something else now, and why."""
    names = {p.person_id: p.called for p in problem.people}
    who = f"{names.get(item.person_id, item.person_id)}（{item.person_id}）"
    if item.code == "settled":
        return f"{who}: {_things(item.before, problem)}は、参加が決まったので、提案からは外れます。"
    return f"{who}: {_things(item.before, problem)} → {_things(item.after, problem)}。{_reason(item)}"


def _reason(item: Moved) -> str:
    match item.code:
        case "other_day":
            days = [[(g.opening_id, g.first_session) for g in own] for own in (item.before, item.after)]
            return "付き添う人が変わりました。" if days[0] == days[1] else "はじめの日が変わりました。"
        case "gave_way" if item.stage:
            return f"みんなの分を合わせると、このほうがよくなるためです（{_STAGES[item.stage]}）。"
        case "gave_way" if item.after:
            return "ほかの人にも行きわたるように、組み直しました。"
        case "gave_way":
            return "席や付き添いが足りず、みんなには行きわたらなくなったためです。"
        case _:
            return _MOVED[item.code]


def _things(given: tuple[Given, ...], problem: Problem) -> str:
    titles = {o.opening_id: o.title for o in problem.openings}
    if not given:
        return "提案なし"
    return "、".join(f"「{titles.get(g.opening_id, g.opening_id)}」{_when(g)}" for g in given)


def _when(given: Given) -> str:
    first = given.first_session
    return f"（{first.month}/{first.day}から）" if first else ""


def difference(changed: Changed) -> Iterator[str]:
    """What a change comes to, stage by stage, then who moved."""
    if not (changed.difference or changed.moved or changed.broken):
        yield "変わりません。いまの提案のままです。"
        return
    for stage, (before, after) in changed.difference.items():
        yield f"{_STAGES[stage]}: {_figure(stage, before)} → {_figure(stage, after)}"
    for item in changed.moved:
        yield moved(item, changed.after.judged.problem)
    problem = changed.after.judged.problem
    names = {p.person_id: p.called for p in problem.people}
    titles = {o.opening_id: o.title for o in problem.openings}
    for person, opening in changed.broken:
        yield (
            f"{names.get(person, person)}（{person}）に伝えてある「{titles.get(opening, opening)}」（{opening}）は、"
            "続けられなくなりました。先に本人と話してください。"
        )


def _figure(stage: str, value: int) -> str:
    match stage:
        case "s1" | "s3":
            return f"{value}人"
        case "s4":
            return f"{value / 1000:.2f}"
        case "s6":
            return f"{-value}人分"
        case _:
            return str(value)


def why(item: Why, problem: Problem) -> Iterator[str]:
    """Why a person was not given an opening, in a few sentences."""
    person = next(p for p in problem.people if p.person_id == item.person_id)
    opening = next(o for o in problem.openings if o.opening_id == item.opening_id)
    pair = f"{person.called}（{item.person_id}）に「{opening.title}」（{item.opening_id}）"
    match item.standing:
        case Standing.HELD:
            yield f"{pair}は、もう決まっています。"
        case Standing.GIVEN:
            yield f"{pair}は、いま提案しています。"
        case Standing.FORBIDDEN:
            yield f"{pair}を提案しないのには、わけがあります。"
            for obstacle in item.obstacles:
                yield f"× {wording.obstacle(obstacle.code)}。{_lifted(item, obstacle.code, obstacle.data)}"
        case Standing.THIN:
            yield f"{pair}は、できないわけはありませんが、本人のことばとのつながりが弱く、話に出すほどではありません（{item.fit:.2f}、0.50から）。"
        case Standing.NOT_ASKED:
            yield f"{pair}は、まだ提案しません。{_STATUS[item.status]}"
        case Standing.IMPOSSIBLE:
            yield f"{pair}は、ほかに決まっている参加があるので、席や時間や付き添いの都合がつきません。"
        case Standing.PASSED:
            yield f"{pair}は、提案できます。みんなの分を合わせるとほかの組み合わせのほうがよいので、外れています。"
            yield "これを入れると、こう変わります。"
            if item.cost is not None:
                yield from (f"・{line}" for line in difference(item.cost))
    for reason in item.idea.reasons if item.idea and item.standing is not Standing.FORBIDDEN else ():
        yield f"  {wording.reason(reason)}"


_STATUS = {
    "needs_consent": "本人の同意を待っています。",
    "needs_information": "出られる時間を聞いてから考えます。",
    "placed": "望む数の参加が、もう決まっています。",
    "no_fit": "",
    "suggested": "",
}


def _lifted(item: Why, code: str, data: Mapping[str, object]) -> str:
    return wording.lifted(Blocked(code, 1, Nearest(item.opening_id, dict(data))))


def ask(item: Tried, problem: Problem, areas: Mapping[tuple[str, str], str] = MappingProxyType({})) -> str:
    """An ask in one sentence, with what it brings. `areas`: (municipality, area ID) → its name."""
    names = {p.person_id: p.called for p in problem.people}
    who = "、".join(names[p] for p in item.people)
    gain = f"提案のある人が{item.more}人ふえます（{who}）。" if who else f"提案のある人が{item.more}人ふえます。"
    together = f"ここまでの全部で{item.together}人です。" if item.together != item.more else ""
    return f"{_wish(item, problem, areas)}、{gain}{together}"


def _wish(item: Tried, problem: Problem, areas: Mapping[tuple[str, str], str]) -> str:
    hosts = {h.host_id: h.name for h in problem.hosts}
    openings = {o.opening_id: o for o in problem.openings}
    companions = {c.companion_id: c.name for c in problem.companions}
    names = {p.person_id: p.called for p in problem.people}
    change = item.ask.changes[0]
    match change:
        case Seats(opening_id):
            row = openings[opening_id]
            return f"{hosts[row.host_id]}の「{row.title}」（{opening_id}）に、もう一人受け入れてもらえれば"
        case HostHours(host_id, hours):
            return f"{hosts[host_id]}（{host_id}）が、{format_cell(hours)} にも開いてくれれば"
        case CompanionHours(companion_id, hours):
            return f"{companions[companion_id]}（{companion_id}）が、{format_cell(hours)} に付き添えれば"
        case PersonReach(person_id, reach):
            return f"{names[person_id]}（{person_id}）が「{reach.ja}」行ければ"
        case NewOpening(municipality, area_id, role, activity, hours):
            name = areas.get((municipality, area_id), f"圏域 {area_id} ")
            where = f"{name}で、" if area_id else ""
            when = f"{format_cell(hours)} に" if hours else ""
            return f"{where}{when}{wording.new_opening(activity, role)}ができれば"
        case _:
            return "これがかなえば"
