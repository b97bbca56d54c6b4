"""Japanese sentences for faults in cells of times: what stands there, and how to write it."""

from collections.abc import Sequence

from matcher.times.problems import Code, Problem

TOLD = 10  # faults of one cell that are told in full; nobody reads more
_QUOTED = 40  # characters of a cell that are shown

# Each sentence with the example it shows where the problem brings no `fix` of its own.
_SENTENCES: dict[Code, tuple[str, str]] = {
    Code.UNREADABLE: (
        "「{part}」は日時として読めません。「{fix}」のように、曜日と時刻を書いてください。"
        "決まっていないときは空のままにします。",
        "火・木 13:00-15:00",
    ),
    Code.OPEN_ENDED: (
        "「{part}」は始まりか終わりの時刻が分かりません。「{fix}」のように、曜日と両方の時刻を書いてください。",
        "毎日 17:00-22:00",
    ),
    Code.SPOKEN_HOURS: ("「{part}」の時刻は、「{fix}」のように「:」を使って書いてください。", "火 10:00-12:30"),
    Code.UNKNOWN_DAY: (
        "「{part}」の「{word}」は曜日や日付として読めません。「{fix}」のように書いてください。",
        "火・木 10:00-12:00",
    ),
    Code.NO_DAY: (
        "「{part}」には曜日や日付がありません。「{fix}」のように、曜日と時刻を一行に続けて書いてください。",
        "毎日 10:00-12:00",
    ),
    Code.NO_TIME: (
        "「{part}」には時刻がありません。「{fix}」のように、曜日と時刻を一行に続けて書いてください。",
        "月 10:00-12:00",
    ),
    Code.NO_SUCH_TIME: (
        "「{part}」の {time} は使えない時刻です。時は0から23（終わりだけは24:00も）、分は00から59の2けたで、"
        "「{fix}」のように書いてください。",
        "火 9:00-17:30",
    ),
    Code.END_BEFORE_START: (
        "「{part}」は終わりの {end} が始まりの {start} {order}です。時刻を確かめてください。"
        "夜の12時をまたぐときは、「{fix}」のように二つに分けて書きます。",
        "金 22:00-24:00 / 土 0:00-2:00",
    ),
    Code.NO_SUCH_DATE: (
        "「{part}」の {date} という日はありません。日付を確かめて、「{fix}」のように書いてください。",
        "2026-12-24",
    ),
    Code.NO_YEAR: (
        "「{part}」の {date} には年がありません。「{fix}」のように、年から書いてください。",
        "2026-12-24",
    ),
    Code.WRONG_WEEKDAY: (
        "「{part}」の {date} は{found}曜日で、{wanted}曜日ではありません。"
        "日付が正しければ、「{date}({found})」と書いてください。",
        "",
    ),
    Code.NO_SUCH_NTH: (
        "「{part}」の第{nth}はありません。第1から第5まで、または最終で、「{fix}」のように書いてください。",
        "第1・第3日 13:30-15:30",
    ),
    Code.AMBIGUOUS_NTH: (
        "「{part}」は、どの曜日の第何なのか一通りに読めません。「{fix}」のように、曜日ごとに分けて書いてください。",
        "第1・第3火 10:00-12:00 / 第1・第3木 10:00-12:00",
    ),
    Code.EVERY_OTHER_DAYS: (
        "「{part}」は、隔週の曜日が一つに決まりません。「{fix}」のように、曜日ごとに日付を添えて書いてください。",
        "隔週火 10:00-12:00 (2026-12-01) / 隔週木 10:00-12:00 (2026-12-03)",
    ),
    Code.NO_ANCHOR: (
        "「{part}」は、どの週から数えるか分かりません。「{fix}」のように、実際にある日の日付を一つ添えてください。",
        "隔週土 10:00-12:00 (2026-12-05)",
    ),
    Code.ANCHOR_WEEKDAY: (
        "「{part}」の {date} は{found}曜日です。「{fix}」のように、{wanted}曜日の日付を書いてください。",
        "隔週土 10:00-12:00 (2026-12-05)",
    ),
    Code.ONLY_EXCEPTIONS: (
        "「{part}」だけでは、いつあるのか分かりません。「{fix}」のように、曜日と時刻も書いてください。",
        "火 10:00-12:00 / 祝日除く",
    ),
    Code.EXCEPTION_UNREADABLE: (
        "「{part}」は、除く日が読めません。除けるのは祝日と日付です。「{fix}」のように書いてください。",
        "火 10:00-12:00 / 祝日除く / 除く 2026-12-29〜2027-01-03",
    ),
    Code.OFF_REVERSED: (
        "「{part}」は期間の終わり {last} が始まり {first} より前です。「{fix}」のように書いてください。",
        "火 10:00-12:00 / 除く 2026-12-29〜2027-01-03",
    ),
    Code.LEFT_OVER: (
        "「{part}」の「{rest}」が読めません。いくつかあるときは、「{fix}」のように「/」で区切ってください。",
        "火 10:00-12:00 / 木 13:00-15:00",
    ),
}


def sentence(problem: Problem) -> str:
    """What is wrong, quoting the part of the cell, and how to write it."""
    text, example = _SENTENCES[problem.code]
    shown = {name: _shown(value) for name, value in problem.data.items()}
    if problem.code is Code.END_BEFORE_START:
        shown["order"] = "と同じ" if shown["start"] == shown["end"] else "より前"
    return text.format(**{"part": _shown(problem.part), "fix": example} | shown)


def sentences(problems: Sequence[Problem]) -> str:
    """The sentences of a cell's faults, one after the other; where there are very many, the first and a count."""
    more = len(problems) - TOLD
    told = "".join(sentence(p) for p in problems[:TOLD])
    return f"{told}同じセルに、ほかに{more}か所あります。" if more > 0 else told


def _shown(text: str) -> str:
    """Shortened, and without characters that would break the line or the output."""
    short = text if len(text) <= _QUOTED else text[:_QUOTED] + "…"
    return "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in short)
