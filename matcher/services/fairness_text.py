"""A fairness report in words, rows and JSON. Japanese, short, polite; figures are a hint to look, never a verdict."""

from collections.abc import Iterator, Mapping
from typing import Any

from matcher.engine.disclosure import public
from matcher.engine.fairness import UNKNOWN, Axis, Dimension, Fairness, Group

Areas = Mapping[tuple[str, str], str]  # (municipality, area_id) to the area's name

TITLES = {Axis.AREA: "圏域", Axis.AGE: "年齢", Axis.WAITING: "待っている期間", Axis.COMPANION: "同行の希望"}
HEADS = (
    "人数",
    "検討できる人",
    "行ける枠がある人",
    "提案がある人",
    "提案の割合",
    "行ける枠（平均）",
    "いちばん合う枠",
    "提案した枠",
)
HIDDEN, NOBODY = "＊", "―"
# Of each group but the areas: how a table names it, and how a sentence speaks of the people in it.
_LABELS: dict[tuple[Axis, str], tuple[str, str]] = {
    (Axis.AGE, "0-17"): ("17歳以下", "17歳以下の人"),
    (Axis.AGE, "18-24"): ("18〜24歳", "18〜24歳の人"),
    (Axis.AGE, "25-39"): ("25〜39歳", "25〜39歳の人"),
    (Axis.AGE, "40-64"): ("40〜64歳", "40〜64歳の人"),
    (Axis.AGE, "65+"): ("65歳以上", "65歳以上の人"),
    (Axis.AGE, UNKNOWN): ("分からない", "年齢が分からない人"),
    (Axis.WAITING, "0-2"): ("3か月未満", "待っている期間が3か月未満の人"),
    (Axis.WAITING, "3-5"): ("3〜5か月", "3〜5か月待っている人"),
    (Axis.WAITING, "6-11"): ("6〜11か月", "6〜11か月待っている人"),
    (Axis.WAITING, "12+"): ("1年以上", "1年以上待っている人"),
    (Axis.WAITING, UNKNOWN): ("分からない", "待ち始めた日が分からない人"),
    (Axis.COMPANION, "yes"): ("希望する", "同行を希望する人"),
    (Axis.COMPANION, "no"): ("希望しない", "同行を希望しない人"),
    (Axis.COMPANION, UNKNOWN): ("分からない", "同行の希望が分からない人"),
}
# What may lie behind a mark, and what the team could do about it; the second is not for outside.
_CROWDED = "合う枠が、ほかの人と重なっているのかもしれません。", "席や枠をふやせないか、考えてみてください。"
_LONGER_FIRST = "長く待っている人を先にしているためかもしれません。", ""
_HINTS: dict[tuple[Axis, str], tuple[str, str]] = {
    (Axis.WAITING, "0-2"): _LONGER_FIRST,
    (Axis.WAITING, "3-5"): _LONGER_FIRST,
    (Axis.WAITING, "6-11"): _LONGER_FIRST,
    (Axis.WAITING, UNKNOWN): (
        "待ち始めた日が空だと、待ち始めたばかりの人と同じに考えます。",
        "日を確かめてください。",
    ),
    (Axis.COMPANION, "yes"): (
        "はじめの日に付き添える人が、足りないのかもしれません。",
        "付き添える時間をふやせないか、聞いてみてください。",
    ),
}


def label(dimension: Dimension, group: Group, areas: Areas) -> str:
    """A group's name in a table; the municipality stands before an area where there is more than one."""
    if group.others:
        return "その他（まとめ）"
    if dimension.axis is not Axis.AREA:
        return _LABELS[dimension.axis, group.key][0]
    if not group.key:
        return f"{group.municipality}（圏域は空）"
    several = any(g.municipality != group.municipality for g in dimension.groups if not g.others)
    name = areas.get((group.municipality, group.key), f"圏域 {group.key}")
    return f"{group.municipality} {name}" if several else name


def _who(dimension: Dimension, group: Group, areas: Areas) -> str:
    if dimension.axis is not Axis.AREA:
        return _LABELS[dimension.axis, group.key][1]
    return f"{label(dimension, group, areas)}の人" if group.key else f"{group.municipality}で圏域が空の人"


def rows(report: Fairness, dimension: Dimension, areas: Areas | None = None) -> Iterator[tuple[str, ...]]:
    """The table of one dimension: each group's name and its figures in the order of HEADS; the total comes last.

    What a public report keeps back is HIDDEN; inside the team a mean over nobody is NOBODY.
    """
    for group in dimension.groups:
        yield label(dimension, group, areas or {}), *_figures(group, report)
    yield "全体", *_figures(report.total, report)


def _figures(group: Group, report: Fairness) -> Iterator[str]:
    none = NOBODY if report.hidden_below is None else HIDDEN
    for count in (group.people, group.eligible, group.with_options, group.suggested):
        yield none if count is None else f"{count}人"
    yield none if group.share is None else f"{group.share:.0%}"
    yield none if group.options is None else f"{group.options:.1f}"
    for fit in (group.best_fit, group.given_fit):
        yield none if fit is None else f"{fit:.2f}"


def mark(dimension: Dimension, group: Group, areas: Areas | None = None) -> str:
    """The sentence of a marked group, empty for others; the expectation and what to do are for inside the team."""
    if not group.marked:
        return ""
    like_others = "" if group.expected is None else f"。ほかの人なみなら{group.expected:.0f}人ほど"
    cause, step = _HINTS.get((dimension.axis, group.key), _CROWDED)
    return (
        f"{_who(dimension, group, areas or {})}には、行ける枠の数から見ると、提案が少なめです"
        f"（{group.with_options}人中{group.suggested}人{like_others}）。{cause}{'' if group.expected is None else step}"
    )


def sentences(report: Fairness, areas: Areas | None = None) -> Iterator[str]:
    """The report in sentences: how many people, each group served less, and what the figures cannot tell."""
    total, shown = report.total, report.hidden_below
    if total.people is None:
        yield "人数が少ないため、外に出せる数字はありません。"
        return
    yield _everybody(total)
    marks = [text for d in report.dimensions for g in d.groups if (text := mark(d, g, areas))]
    yield from marks
    if marks:
        yield "この数字は目安です。理由は、ひとりずつ見て確かめてください。"
    elif shown is None and not total.with_options:
        yield "行ける枠がある人がまだいないため、提案のかたよりは比べられません。"
    elif shown is None:
        yield (
            "圏域・年齢・待っている期間・同行の希望のどれで見ても、提案がとくに少ない人たちは見つかりませんでした"
            "（行ける枠の数が同じくらいの人どうしで比べています）。人数が少ないと、ちがいがここに表れないことがあります。"
        )
    elif total.with_options is None or total.suggested is None:
        yield "人数が少ないため、提案のかたよりは外に出せません。"
    else:
        yield "数字を出せる範囲では、提案がとくに少ない人たちは見つかりませんでした。"
    if shown is not None:
        yield f"{shown}人に満たない人数と、引き算でそれが分かる数字は出していません（{HIDDEN}）。"


def _everybody(total: Group) -> str:
    parts = [
        f"{what}は{count}人"
        for what, count in (
            ("検討できる人", total.eligible),
            ("行ける枠がある人", total.with_options),
            ("提案がある人", total.suggested),
        )
        if count is not None
    ]
    return f"{total.people}人のうち、{'、'.join(parts)}です。" if parts else f"{total.people}人です。"


def as_json(report: Fairness, areas: Areas | None = None, k: int = 5) -> dict[str, Any]:
    """The report as JSON types: as the team sees it, and under "public" as it may be shown outside."""
    return _document(report, areas or {}) | {"public": _document(public(report, k), areas or {})}


def _document(report: Fairness, areas: Areas) -> dict[str, Any]:
    inside = report.hidden_below is None
    return ({} if inside else {"hidden_below": report.hidden_below}) | {
        "total": _figures_of(report.total, inside),
        "dimensions": {
            d.axis.value: [
                {"group": g.key, "municipality": g.municipality, "others": g.others, "label": label(d, g, areas)}
                | _figures_of(g, inside)
                | {"marked": g.marked, "text": mark(d, g, areas)}
                for g in d.groups
            ]
            for d in report.dimensions
        },
        "text": list(sentences(report, areas)),
    }


def _figures_of(group: Group, inside: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "people": group.people,
        "eligible": group.eligible,
        "with_options": group.with_options,
        "suggested": group.suggested,
        "share": _rounded(group.share, 3),
        "options": _rounded(group.options, 2),
        "best_fit": _rounded(group.best_fit, 3),
        "given_fit": _rounded(group.given_fit, 3),
    }
    if inside:
        found |= {"expected": _rounded(group.expected, 1), "chance": _rounded(group.chance, 6)}
    return found


def _rounded(figure: float | None, digits: int) -> float | None:
    return None if figure is None else round(figure, digits)
