"""Japanese sentences for faults in cells of times: what stands there, and how to write it."""

from matcher.times.problems import Problem

_QUOTED = 40  # characters of a cell that are shown

_SENTENCES = {
    "unreadable": "「{part}」は時間として読めません。「毎日 17:00-22:00」「火・木 13:00-15:00」のように書いてください。",
    "open_ended": "「{part}」は終わりの時刻が分かりません。「毎日 17:00-22:00」のように、始まりと終わりを書いてください。",
    "unknown_day": "「{part}」の曜日が読めません。「火 10:00-12:00」「平日 9:00-17:00」のように書いてください。",
    "no_day": "「{part}」には曜日か日付がありません。「月 10:00-12:00」のように、曜日と時刻を一つに続けて書いてください。",
    "no_time": "「{part}」には時刻がありません。「月 10:00-12:00」のように、曜日と時刻を一つに続けて書いてください。",
    "no_such_time": "「{part}」に、ない時刻があります。時は0から24、分は00から59で、「9:00-17:30」のように書いてください。",
    "end_before_start": "「{part}」は終わりが始まりより前か、同じ時刻です。"
    "日をまたぐときは「金 22:00-24:00 / 土 0:00-2:00」のように二つに分けてください。",
    "no_such_date": "「{part}」の {date} という日はありません。日付を確かめてください。",
    "no_such_nth": "「{part}」の第{nth}はありません。第1から第5までで書いてください。",
    "no_anchor": "「{part}」は、どの週から数えるか分かりません。「隔週土 10:00-12:00 (2026-12-05)」のように、ある日の日付を添えてください。",
    "anchor_weekday": "「{part}」の {date} は{found}曜日です。{wanted}曜日の日付を書いてください。",
    "only_exceptions": "「{part}」だけでは、いつあるかが分かりません。「火 10:00-12:00 / 祝日除く」のように、曜日と時刻も書いてください。",
    "off_reversed": "「{part}」は、期間の終わりが始まりより前です。「除く 2026-12-29〜2027-01-03」のように書いてください。",
    "ambiguous_nth": "「{part}」は、どの曜日の第何かが一通りに読めません。「第1・第3日 13:30-15:30」のように、曜日は一つだけ書いてください。",
    "left_over": "「{part}」の「{rest}」が余っています。型と型のあいだは「/」で区切ってください。",
}
CODES = tuple(_SENTENCES)


def sentence(problem: Problem) -> str:
    """One plain sentence that quotes the part of the cell and shows how to write it."""
    part = problem.part if len(problem.part) <= _QUOTED else problem.part[:_QUOTED] + "…"
    data = {k: (v[:_QUOTED] if isinstance(v, str) else v) for k, v in problem.data.items()}
    return _SENTENCES[problem.code].format(part=part.replace("\n", " "), **data)
