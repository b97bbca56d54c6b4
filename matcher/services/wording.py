"""Sentences of an answer, made from its codes when it is shown. Japanese, short, polite."""

from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType

from matcher.engine.answer import Answer, Ask, Blocked, Reason
from matcher.engine.gaps import Gap
from matcher.model import HistoryStatus, Reach, Role
from matcher.times import DAY_NAMES, clock

_SOURCES = {
    "interest": "関心",
    "strength": "得意なこと",
    "biography": "これまでの経験",
}
_REASONS = {
    "role": "希望する関わり方に合います。",
    "hours": "出られる時間に合います。",
    "near": "無理なく行ける所です。",
    "online": "家から、オンラインで参加できます。",
    "calm": "人との関わりの度合いが合います。",
    "physical": "体への負担が合います。",
    "step": "小さく始められます。",
    "host_ready": "受け入れ先の返事が前向きです。",
    "companion": "はじめの日に、付き添える人がいます。",
}
_VISITED = {
    HistoryStatus.VISITED: "見学したことがあります。",
    HistoryStatus.ENDED: "以前に参加したことがあります。",
    HistoryStatus.PROPOSED: "すでに提案しています。",
}
_ASKS = {
    "acceptance_unknown": "{host}に、受け入れてもらえるか聞いてください（まだ返事がありません）。",
    "acceptance_conditional": "{host}の条件を確かめてください{conditions}。",
    "survey_old": "{host}の返事は{date}のものです。今も変わりないか聞いてください。",
    "by_arrangement": "日時は{host}と相談して決めてください。",
    "hours_unknown": "{alias}に、いつなら出られそうか聞いてください。",
    "area_unknown": "{whose}の圏域が分かりません。通える所か確かめてください。",
    "wheelchair_unknown": "{host}に、車いすで使えるか聞いてください。",
    "contact_unknown": "{host}に、どのくらい人と関わることになるか聞いてください。",
    "share_consent_needed": "受け入れ先に伝える前に、{alias}の同意をもらってください。",
    "avoid_check": "{alias}の避けたいこと（{person}）に近いかもしれません（{opening}）。気にならないか聞いてください。",
}
_BLOCKED = {
    "time": "時間が合わない",
    "reach": "動ける範囲の外にある",
    "travel": "行くのに時間がかかりすぎる",
    "role": "希望する関わり方とちがう",
    "age": "年齢が合わない",
    "contact": "人との関わりが多すぎる",
    "physical": "体への負担が大きすぎる",
    "wheelchair": "車いすで使えない",
    "acceptance": "受け入れ先がいまは受けていない",
    "companion": "付き添える人がいない",
    "capacity": "席がうまっている",
    "conflict": "いまは見合わせたほうがよい",
    "declined": "辞退などの記録がある",
    "avoid": "避けたいことに当たる",
}


def reason(item: Reason) -> str:
    """Why an opening suits, in one sentence; words come as the two quotes that meet, and the bridge between them."""
    data = item.data
    if item.code in _SOURCES:
        bridge = [b for b in _strings(data["bridge"]) if b not in (data["person"], data["opening"])]
        chain = " → ".join([f"「{data['person']}」", *bridge, f"「{data['opening']}」"])
        return f"{_SOURCES[item.code]}: {chain}"
    if item.code == "wish":
        return f"望むようす: 「{data['person']}」 → {'・'.join(_strings(data['bridge']))}"
    if item.code == "visited":
        return _VISITED[HistoryStatus(str(data["status"]))]
    return _REASONS["online" if data.get("online") else item.code]


def ask(item: Ask) -> str:
    """What to find out before proposing."""
    data = dict(item.data)
    if item.code == "acceptance_conditional":
        data["conditions"] = f"（{data['conditions']}）" if data["conditions"] else ""
    if item.code == "survey_old":
        day = date.fromisoformat(str(data["date"]))
        data["date"] = f"{day.year}年{day.month}月{day.day}日"
    return _ASKS[item.code].format(**data)


def blocked(item: Blocked) -> str:
    """Which rule stands in the way of how many openings."""
    return f"よさそうでも、{_BLOCKED[item.code]}ものが{item.openings}件あります。"


def obstacle(code: str) -> str:
    """A rule that stands in the way, in half a sentence."""
    return _BLOCKED[code]


def lifted(item: Blocked) -> str:
    """What would lift a rule from its nearest opening."""
    return "" if item.nearest is None else _change(item.code, item.nearest.data)


def nearest(item: Blocked) -> str:
    """What would have to change for the nearest of them."""
    if item.nearest is None:
        return ""
    data = item.nearest.data
    others = "" if data.get("alone", True) else "（ほかにも合わないことがあります）"
    return f"いちばん近いのは{data['host']}の「{data['title']}」。{_change(item.code, data)}{others}"


def _change(code: str, data: Mapping[str, object]) -> str:
    match code:
        case "time" if data.get("over"):
            return "もう終わっています。次の予定があるか、受け入れ先に聞いてみてください。"
        case "time" if "side" in data:
            day = DAY_NAMES[int(str(data["weekday"]))]
            at, minutes = clock(int(str(data["at"]))), data["minutes"]
            if data["side"] == "earlier":
                return f"{day}曜日に、{at}より{minutes}分早く出られれば行けます。"
            return f"{day}曜日に、{at}より{minutes}分おそくまでいられれば行けます。"
        case "time" if "weekday" in data:
            day = DAY_NAMES[int(str(data["weekday"]))]
            return (
                f"{day}曜日の{clock(int(str(data['start'])))}から{clock(int(str(data['end'])))}に出られれば行けます。"
            )
        case "time":
            return "この期間には開かれません。もっと先の日なら、あるかもしれません。"
        case "reach" if data["reach"] == Reach.HOME:
            return "外に出てもよいと思えたときに行けます。"
        case "reach":
            return f"{data['municipality']}{_in_area(data)}まで動ければ行けます。"
        case "travel":
            return f"行くのに片道{data['limit']}分より長くかかってもよければ行けます。"
        case "role":
            return f"「{Role(str(data['role'])).ja}」でもよければ行けます。"
        case "age":
            return f"{_ages(data)}の人が対象です。受け入れ先に相談できるかもしれません。"
        case "contact":
            return f"人との関わりが5段階の{data['needed']}（いまは{data['limit']}まで）でもよければ行けます。"
        case "physical":
            return f"体への負担が3段階の{data['needed']}（いまは{data['limit']}まで）でもよければ行けます。"
        case "wheelchair":
            return "車いすで使えるようになれば行けます。"
        case "acceptance" if data["accepts"] == "no":
            return "受け入れ先の返事が変われば行けます。いまは、その返事を大切にします。"
        case "acceptance":
            return f"「{Role(str(data['role'])).ja}」としての受け入れを相談できれば行けます。"
        case "companion":
            return "その時間に付き添える人が見つかれば行けます。"
        case "capacity":
            return "席がもう一つふえれば行けます。"
        case "conflict":
            return "ほかの受け入れ先で、合うものを探します。"
        case "declined":
            return _DECLINED[str(data["status"])]
        case _:
            return "本人から「やってみたい」と話があったときに、また考えます。"


_DECLINED = {
    "declined": "本人から、また行ってみたいと話があったときに考えます。",
    "refused": "受け入れ先から、受けられると返事があったときに考えます。",
    "forbidden": "見合わせるわけがなくなったときに、また考えます。",
    "withheld": "読めない記録があるので控えています。記録を直すと、また考えられます。",
}


def _ages(data: Mapping[str, object]) -> str:
    low, high = data["min_age"], data["max_age"]
    if high is None:
        return f"{low}歳以上"
    return f"{high}歳まで" if low is None else f"{low}歳から{high}歳まで"


def _in_area(data: Mapping[str, object]) -> str:
    if not data.get("area"):
        return ""
    name = data.get("area_name")
    return f"の{name}" if name else f"の圏域 {data['area']} "


def places(names: Mapping[tuple[str, str], str], towns: Collection[str]) -> dict[tuple[str, str], str]:
    """Areas as they are spoken of, by municipality and ID: with the municipality where there are several `towns`.

    Under a blank ID stands the municipality alone, where there are several.
    """
    if len(towns) < 2:
        return dict(names)
    return {key: f"{key[0]}の{name}" for key, name in names.items()} | {(town, ""): town for town in towns}


def gap(item: Gap, names: Mapping[str, str], areas: Mapping[tuple[str, str], str] = MappingProxyType({})) -> str:
    """A missing opening in one sentence. `names` are people's, `areas` those of `places`."""
    place = areas.get((item.municipality, item.area_id), f"圏域 {item.area_id} " if item.area_id else "")
    where = f"{place}で、" if place else ""
    when = f"{item.when} に" if item.when else ""
    who = "、".join(names[p] for p in item.people)
    return (
        f"{where}{when}{new_opening(item.activity, Role(item.role))}があれば、{who}（{len(item.people)}人）に話せます。"
    )


def new_opening(activity: str, role: Role) -> str:
    """An opening that is only thought of: what one would do there, and as what."""
    return (
        f"「{activity}」"
        + {
            Role.ATTEND: "に参加できる枠",
            Role.HELP: "を少し手伝える枠",
            Role.CONTRIBUTE: "で力を生かせる枠",
        }[role]
    )


def status(answer: Answer) -> str:
    """Where a person stands, in words of care."""
    return {
        "suggested": "提案があります",
        "no_fit": "いまは合うものが見つかりません",
        "needs_information": "出られる時間を聞いてから考えます",
        "needs_consent": "本人の同意を待っています（提案はまだ出しません）",
        "placed": "参加が決まっています",
    }[answer.status.value]


def _strings(value: object) -> list[str]:
    return [str(v) for v in value] if isinstance(value, (list, tuple)) else [str(value)]
