"""Hours and limits that somebody names in passing (「夕方からなら」「電車は無理」), as proposals for a coordinator to confirm.

A proposal is never a fact: it fills no cell and forbids nothing. It carries what a cell of the bundle would say, so that
confirming it is one step (formats.md, "people").
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from matcher.words.figures import figure
from matcher.words.tokens import normalise

_MORNING, _NIGHT = 9 * 60, 21 * 60
# From when until when a part of the day runs, in minutes; the ends are what a coordinator would write down first.
_PARTS: dict[str, tuple[int, int]] = {
    "早朝": (5 * 60, 7 * 60),
    "朝": (7 * 60, 10 * 60),
    "午前": (9 * 60, 12 * 60),
    "午前中": (9 * 60, 12 * 60),
    "昼前": (10 * 60, 12 * 60),
    "お昼": (11 * 60, 14 * 60),
    "昼": (11 * 60, 14 * 60),
    "昼間": (10 * 60, 16 * 60),
    "日中": (10 * 60, 16 * 60),
    "昼すぎ": (13 * 60, 17 * 60),
    "昼過ぎ": (13 * 60, 17 * 60),
    "午後": (13 * 60, 17 * 60),
    "夕方": (16 * 60, 19 * 60),
    "夕": (16 * 60, 19 * 60),
    "夜": (18 * 60, 21 * 60),
    "夜間": (18 * 60, 21 * 60),
    "晩": (18 * 60, 21 * 60),
    "深夜": (21 * 60, 24 * 60),
    "夜中": (21 * 60, 24 * 60),
}
# What is left of a day where that part of it is impossible.
_WITHOUT: dict[str, tuple[int, int]] = {
    "早朝": (9 * 60, 21 * 60),
    "朝": (12 * 60, 21 * 60),
    "午前": (12 * 60, 21 * 60),
    "午前中": (12 * 60, 21 * 60),
    "昼前": (12 * 60, 21 * 60),
    "お昼": (16 * 60, 21 * 60),
    "昼": (16 * 60, 21 * 60),
    "昼間": (17 * 60, 21 * 60),
    "日中": (17 * 60, 21 * 60),
    "昼すぎ": (9 * 60, 12 * 60),
    "昼過ぎ": (9 * 60, 12 * 60),
    "午後": (9 * 60, 12 * 60),
    "夕方": (9 * 60, 16 * 60),
    "夕": (9 * 60, 16 * 60),
    "夜": (9 * 60, 18 * 60),
    "夜間": (9 * 60, 18 * 60),
    "晩": (9 * 60, 18 * 60),
    "深夜": (9 * 60, 21 * 60),
    "夜中": (9 * 60, 21 * 60),
}
_DAYS = {"平日": "平日", "週末": "土日", "土日": "土日", "休日": "土日", "休みの日": "土日", "毎日": "毎日"}
_OTHER_DAYS = {"平日": "土日", "土日": "平日"}

_PART = "|".join(sorted(_PARTS, key=len, reverse=True))
_WEEKDAY = r"[月火水木金土日]曜日?"
_WHEN = (
    rf"(?P<days>(?:{'|'.join(_DAYS)}|{_WEEKDAY}(?:(?:と|か|や|・|、){_WEEKDAY})*))?(?:の|は|に)?"
    rf"(?:(?P<part>{_PART})(?!勤|ごはん|ご飯|食|飯|日|寝|顔|景|空|市|遊び|型|ドラ))?(?:の|は)?"
)
_NUMBER = r"(?:[0-9]{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_CLOCK = rf"(?:(?P<from>{_NUMBER})時(?P<from_half>半)?(?:ごろ|頃|くらい|ぐらい|すぎ|過ぎ)?(?:から|以降|より後))?(?:(?P<to>{_NUMBER})時(?P<to_half>半)?(?:ごろ|頃|くらい|ぐらい)?(?:まで|より前))?"
# Words that make a limit of it: a part of the day that only stands there limits nothing (「朝の散歩」).
_LIMITING = r"(?:から(?!だ)|以降|まで|だけ|なら|しか|のほうが|の方が|がいい|が良い|がよい|に(?:なると)?(?:動け|起き|出られ|出かけられ|目がさめ)|(?:は|も)(?:動け(?!な)|出られ(?!な)|空いて|あいて|大丈夫|平気))"
_CANNOT = r"(?:[はがにもまで]{0,3}(?:ちょっと|少し|どうしても|まだ|全然|ぜんぜん|体が|体は)?(?:起きられ(?:ない|ません|へん|ん)|起きれ(?:ない|ません)|出られ(?:ない|ません|へん)|動け(?:ない|ません|へん)|寝て(?:いる|い|る|ます)|無理|だめ|ダメ|駄目|苦手|弱い|つらい|しんどい|きつい|難しい|むずかしい|むり|あかん|起きとらん))"
_HOURS = re.compile(f"{_WHEN}{_CLOCK}(?P<limit>{_LIMITING})?")
_NOT_THEN = re.compile(f"{_WHEN}{_CANNOT}")

_TIMES = rf"(?P<times>{_NUMBER})(?:回|度|日(?!曜))"
_OFTEN = re.compile(
    rf"(?:(?P<per>週|月|ひと月|一か月|1か月|1週間)(?:に|あたり)?{_TIMES}(?:だけ|くらい|ぐらい|ほど|程度|まで|なら|しか|か2回|が限界)?)"
)
_NOT_DAILY = re.compile(
    r"毎(?:日|週)(?:は|だと|通うのは|行くのは)?(?:ちょっと)?(?:無理|だめ|ダメ|きつい|しんどい|つらい|難しい|行けない|疲れる)"
)
_REFUSED = r"[はがにもの]{0,2}(?:乗るの[はが]?)?(?:ちょっと|まだ|もう|一人では)?(?:乗れ(?:ない|ません|へん)|無理|むり|だめ|ダメ|駄目|怖い|こわい|苦手|嫌|いや|つらい|しんどい|使えない|使えません)"
# Limits other than hours: the cell, what it would say, and how people say so.
_LIMITS: tuple[tuple[str, str, str], ...] = (
    ("reach", "neighbour", rf"(?:電車|バス|乗り物|地下鉄)(?:や(?:電車|バス))?{_REFUSED}"),
    (
        "reach",
        "home",
        r"(?:家|うち|部屋|自宅)(?:の外)?(?:から|に|を)?(?:は|まで)?(?:一歩も)?(?:出られ(?:ない|ません)|出たくない|出るのは(?:無理|まだ無理|怖い|こわい))|外(?:に|へ)(?:は)?(?:まだ)?出られ(?:ない|ません)",
    ),
    (
        "reach",
        "area",
        r"歩いて(?:行ける|いける|通える)(?:ところ|所|場所|範囲)?|徒歩(?:だけ|圏|で行ける)|(?:近所|すぐ近く|家の近く|近く)(?:だけ|なら|しか|がいい|じゃないと)",
    ),
    ("reach", "city", r"(?:遠くても|どこでも)(?:平気|大丈夫|いい|行ける|行けます|かまわない)"),
    (
        "max_travel_min",
        "{n}",
        rf"(?:片道|歩いて|徒歩|自転車で)?(?P<n>{_NUMBER})分(?:くらい|ぐらい|ほど|以内)?(?:まで|以内|なら|くらいなら|の(?:ところ|所|距離))",
    ),
    (
        "contact_max",
        "2",
        r"(?:人|人数)が(?:少な(?:い|くて|ければ|かったら)|多くなければ)(?:なら|ところなら|がいい)?|(?:二|三|2|3)、?(?:三|四|3|4)?人(?:くらい|ぐらい|まで)?(?:なら|までなら)|少人数(?:なら|が|で)",
    ),
    ("contact_max", "1", r"(?:一人|ひとり|1人)(?:で(?:できる|やれる|する|やる)|(?:なら|がいい|のほうが))"),
    (
        "physical_max",
        "1",
        r"(?:座って|すわって|腰かけて|腰掛けて)(?:なら|できる|やれる|いられる|する)|立って(?:いる|る|い)?の?(?:は|が)?(?:無理|つらい|しんどい|きつい)",
    ),
    (
        "physical_max",
        "2",
        r"重い(?:物|もの|荷物)(?:は|を|が)?(?:持て(?:ない|ません|へん)|運べ(?:ない|ません)|無理|だめ|ダメ|持つのは(?:無理|つらい|きつい))|力仕事(?:は|が)?(?:無理|むり|できない|だめ)",
    ),
    (
        "needs_companion",
        "yes",
        r"(?:一人|ひとり|1人)(?:で|じゃ|では|だと)(?:は)?(?:行け(?:ない|ません|へん)|行くのは?(?:が)?(?:不安|怖い|こわい|無理)|不安|心細い|こころぼそい)|(?:誰か|だれか|付き添い|つきそい)(?:が|と|に)?(?:一緒|いっしょ|いてくれ|ついて|来てくれ)[^。、]{0,4}(?:なら|れば|たら|ると)",
    ),
    ("wants", "2", r"(?:二つ|2つ|ふたつ)(?:くらい|ぐらい|まで)?(?:やって|行って|試して|ほしい|やりたい|行きたい)"),
)
_LIMITS_COMPILED = tuple((field, value, re.compile(pattern)) for field, value, pattern in _LIMITS)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a cell would say if the person agrees.

    `field` is a column of people.csv, or `frequency` (which no column holds); `value` is in that column's own form.
    `start`/`end` are positions in the normalised text; `words` is what stands there.
    """

    field: str
    value: str
    start: int
    end: int
    words: str


@cache
def proposals(text: str) -> tuple[Proposal, ...]:
    """All proposals in a text, in the order in which they stand; a text without any gives none."""
    text = normalise(text)
    found = [*_times_of_day(text), *_frequency(text), *_limits(text)]
    return tuple(sorted(_without_repeats(found), key=lambda p: (p.start, p.end, p.field)))


def _times_of_day(text: str) -> Iterator[Proposal]:
    taken: list[tuple[int, int]] = []
    for found in _NOT_THEN.finditer(text):
        days, part = found["days"], found["part"]
        if part:
            start, end = _WITHOUT[part]
            value = f"{_written(days)} {_clock(start)}-{_clock(end)}"
        elif days in _OTHER_DAYS:
            value = f"{_OTHER_DAYS[days]} {_clock(_MORNING)}-{_clock(_NIGHT)}"
        else:
            continue
        taken.append(found.span())
        yield Proposal("availability", value, *found.span(), found.group())
    for found in _HOURS.finditer(text):
        if any(a < found.end() and found.start() < b for a, b in taken):
            continue
        value = _positive(found)
        if value:
            yield Proposal("availability", value, *found.span(), found.group())


def _positive(found: re.Match[str]) -> str:
    days, part, limit = found["days"], found["part"], found["limit"] or ""
    starts, ends = found["from"], found["to"]
    if not (starts or ends or (limit and (days or part))):
        return ""
    if limit.startswith("まで") and not part:
        return ""
    start, end = _PARTS[part] if part else (_MORNING, _NIGHT)
    if starts:
        start = _minutes(starts, found["from_half"], part)
        end = max(end, min(start + 120, 24 * 60)) if part else (_NIGHT if start < _NIGHT else 24 * 60)
    elif part and limit.startswith(("から", "以降")):
        end = max(end, _NIGHT)
    elif part and limit.startswith("まで"):
        start = min(start, _MORNING)
    if ends:
        end = _minutes(ends, found["to_half"], part or ("午後" if start >= 12 * 60 else None))
        start = min(start, end - 60) if not starts else start
    return f"{_written(days)} {_clock(start)}-{_clock(end)}" if 0 <= start < end <= 24 * 60 else ""


def _minutes(hour: str, half: str | None, part: str | None) -> int:
    """Minutes of the day; small figures without 「朝」 or 「午前」 are of the afternoon, as people speak."""
    value = figure(hour)
    morning = part is not None and _PARTS[part][0] < 12 * 60 and part not in ("昼", "お昼", "昼間", "日中")
    if (not morning and value < 7) or (part is not None and _PARTS[part][0] >= 12 * 60 and value < 12):
        value += 12
    return min(value * 60 + (30 if half else 0), 24 * 60)


def _written(days: str | None) -> str:
    if days is None:
        return "毎日"
    return _DAYS.get(days) or "・".join(day[0] for day in re.findall(_WEEKDAY, days))


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def _frequency(text: str) -> Iterator[Proposal]:
    for found in _OFTEN.finditer(text):
        per = "月" if "月" in found["per"] else "週"
        yield Proposal("frequency", f"{per}{figure(found['times'])}回", *found.span(), found.group())
    for found in _NOT_DAILY.finditer(text):
        yield Proposal("frequency", "週1回", *found.span(), found.group())


def _limits(text: str) -> Iterator[Proposal]:
    for field, value, pattern in _LIMITS_COMPILED:
        for found in pattern.finditer(text):
            said = str(figure(found["n"])) if value == "{n}" else value
            yield Proposal(field, said, *found.span(), found.group())


def _without_repeats(found: Iterable[Proposal]) -> Iterator[Proposal]:
    """One proposal a cell and place: of two that overlap the longer stays."""
    kept: list[Proposal] = []
    for p in sorted(found, key=lambda p: (p.start - p.end, p.start)):
        if not any(p.field == k.field and p.start < k.end and k.start < p.end for k in kept):
            kept.append(p)
    yield from kept
