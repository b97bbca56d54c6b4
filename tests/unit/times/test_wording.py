"""Sentences: every code has one; it quotes the cell and shows how to write it."""

import re

import pytest

from matcher.times import Code, Problem, TimesError, parse, sentence

CELLS = {
    Code.UNREADABLE: ("火 10:00-12:00 / 要相談", "要相談", "空のまま"),
    Code.OPEN_ENDED: ("17時以降", "17時以降", "「毎日 17:00-22:00」"),
    Code.SPOKEN_HOURS: ("火 10時〜12時", "火 10時〜12時", "「火 10:00-12:00」"),
    Code.UNKNOWN_DAY: ("灯 10:00-12:00", "灯 10:00-12:00", "「灯」は曜日や日付として読めません"),
    Code.NO_DAY: ("10:00-12:00", "10:00-12:00", "曜日や日付がありません"),
    Code.NO_TIME: ("月", "月", "時刻がありません"),
    Code.NO_SUCH_TIME: ("火 25:00-26:00", "火 25:00-26:00", "25:00 は使えない時刻"),
    Code.END_BEFORE_START: ("金 22:00-2:00", "金 22:00-2:00", "二つに分けて"),
    Code.NO_SUCH_DATE: ("2026-11-31 10:00-12:00", "2026-11-31 10:00-12:00", "2026-11-31 という日はありません"),
    Code.NO_YEAR: ("12/24 10:00-12:00", "12/24 10:00-12:00", "12/24 には年がありません"),
    Code.WRONG_WEEKDAY: ("2026-12-24(金) 10:00-12:00", "2026-12-24(金) 10:00-12:00", "木曜日で、金曜日ではありません"),
    Code.NO_SUCH_NTH: ("第1・第6日 10:00-12:00", "第1・第6日 10:00-12:00", "第6はありません"),
    Code.AMBIGUOUS_NTH: ("第2土日 10:00-12:00", "第2土日 10:00-12:00", "一通りに読めません"),
    Code.EVERY_OTHER_DAYS: ("隔週火・木 10:00-12:00", "隔週火・木 10:00-12:00", "一つに決まりません"),
    Code.NO_ANCHOR: ("隔週土 10:00-12:00", "隔週土 10:00-12:00", "どの週から数えるか"),
    Code.ANCHOR_WEEKDAY: (
        "隔週土 10:00-12:00 (2026-12-04)",
        "隔週土 10:00-12:00 (2026-12-04)",
        "2026-12-04 は金曜日です",
    ),
    Code.ONLY_EXCEPTIONS: ("祝日除く", "祝日除く", "だけでは、いつあるのか"),
    Code.EXCEPTION_UNREADABLE: ("火 10:00-12:00 / 除く 年末年始", "除く 年末年始", "除く日が読めません"),
    Code.OFF_REVERSED: (
        "火 10:00-12:00 / 除く 2026-12-29～2026-12-20",
        "除く 2026-12-29~2026-12-20",
        "終わり 2026-12-20 が始まり 2026-12-29 より前",
    ),
    Code.LEFT_OVER: ("火 10:00-12:00 くらい", "火 10:00-12:00 くらい", "「くらい」が読めません"),
}


@pytest.mark.parametrize("code", Code)
def test_every_fault_is_quoted_and_shown_how_to_write(code: Code) -> None:
    cell, part, says = CELLS[code]
    with pytest.raises(TimesError) as caught:
        parse(cell)
    problem = caught.value.problems[0]
    text = sentence(problem)
    assert (problem.code, problem.part) == (code, part)
    assert text.startswith(f"「{part}」")
    assert says in text
    assert re.search(r"(ください|書きます|空のままにします)。$", text)
    shown = [x for x in re.findall("「([^」]*)」", text) if x not in (part, ":", "/", *problem.data.values())]
    examples = shown + ([problem.data["fix"]] if "fix" in problem.data else [])
    assert examples
    for example in examples:
        assert parse(example if " " in example else f"{example} 10:00-12:00") is not None


def test_equal_ends_are_called_equal() -> None:
    assert "終わりの 14:00 が始まりの 14:00 と同じです" in sentence(
        Problem(Code.END_BEFORE_START, "木 14:00-14:00", {"start": "14:00", "end": "14:00"})
    )


def test_long_parts_are_shortened() -> None:
    text = sentence(Problem(Code.LEFT_OVER, "あ" * 500, {"rest": "い" * 500}))
    assert "「" + "あ" * 40 + "…」" in text
    assert len(text) < 200


def test_braces_and_unprintable_characters_do_no_harm() -> None:
    text = sentence(Problem(Code.UNREADABLE, "{fix}\ud800\x00\n%s"))
    assert "「{fix}\ufffd\ufffd %s」" in text
    text.encode()
