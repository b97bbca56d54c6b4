"""What is asked for on the command line, read into changes; what cannot be read is quoted with how to write it."""

import pytest

from matcher.engine.changes import Ban, Close, CompanionHours, HostHours, Newcomers, PersonReach, Seats
from matcher.model import HistoryStatus, Reach
from matcher.services.asking import EXAMPLES, Asked, NotUnderstood, read_asked
from matcher.times import parse
from tests.unit.engine.town import town

EVENING = parse("火 17:00-19:00")


def read(what_if=(), pins=(), bans=(), closed=(), bundle=None):
    return read_asked(bundle or town(), what_if, pins, bans, closed)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("seat O1 +1", Seats("O1", 1)),
        ("seat O1 2", Seats("O1", 2)),
        ("seat O1 -1", Seats("O1", -1)),
        ("seat　O1　＋１", Seats("O1", 1)),
        ("seat O1 －1", Seats("O1", -1)),
        ("seat O1 −1", Seats("O1", -1)),
        ("  seat   O1   +10 ", Seats("O1", 10)),
        ("limit H1 +1", Newcomers("H1", 1)),
        ("hour H1 火 17:00-19:00", HostHours("H1", EVENING)),
        ("hour H1 火　１７：００〜１９：００", HostHours("H1", EVENING)),
        ("companion C1 火 17:00-19:00", CompanionHours("C1", EVENING)),
        (
            "companion C1 火 10:00-11:00 / 水 10:00-11:00",
            CompanionHours("C1", parse("火 10:00-11:00 / 水 10:00-11:00")),
        ),
        ("reach P1 city", PersonReach("P1", Reach.CITY)),
        ("reach P1 隣の圏域まで", PersonReach("P1", Reach.NEIGHBOUR)),
        ("reach Ｐ１ 圏域内", PersonReach("P1", Reach.AREA)),
    ],
)
def test_what_if(text, change):
    assert read([text]) == Asked((change,), ())


def test_pins_bans_and_closed_hosts():
    asked = read(pins=["P1:O1"], bans=["Ｐ１：Ｏ１"], closed=["Ｈ１"])
    assert asked == Asked((Ban("P1", "O1", HistoryStatus.FORBIDDEN), Close("H1")), (("P1", "O1"),))


def test_all_that_is_asked_for_stays_in_its_order():
    asked = read(["seat O1 +1", "limit H1 -1", "seat O1 -1"], bans=["P1:O1"])
    assert asked.changes == (Seats("O1", 1), Newcomers("H1", -1), Seats("O1", -1), Ban("P1", "O1"))


def test_whether_anything_was_asked_for():
    assert not read()
    assert read(pins=["P1:O1"])
    assert read(closed=["H1"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"what_if": ["seat O1"]}, f"--what-if「seat O1」は読めません。{EXAMPLES}のように書いてください。"),
        ({"what_if": [""]}, f"--what-if「」は読めません。{EXAMPLES}のように書いてください。"),
        (
            {"what_if": ["chair O1 +1"]},
            f"--what-if「chair O1 +1」 の「chair」は読めません。{EXAMPLES}のように書いてください。",
        ),
        ({"what_if": ["seat O9 +1"]}, "--what-if「seat O9 +1」: 枠ID「O9」がありません。IDを確かめてください。"),
        (
            {"what_if": ["limit H9 +1"]},
            "--what-if「limit H9 +1」: 受け入れ先ID「H9」がありません。IDを確かめてください。",
        ),
        (
            {"what_if": ["hour H9 火 9:00-10:00"]},
            "--what-if「hour H9 火 9:00-10:00」: 受け入れ先ID「H9」がありません。IDを確かめてください。",
        ),
        (
            {"what_if": ["companion C9 火 9:00-10:00"]},
            "--what-if「companion C9 火 9:00-10:00」: 同行者ID「C9」がありません。IDを確かめてください。",
        ),
        (
            {"what_if": ["reach P9 city"]},
            "--what-if「reach P9 city」: 本人ID「P9」がありません。IDを確かめてください。",
        ),
        (
            {"what_if": ["seat O1 ひとつ"]},
            "--what-if「seat O1 ひとつ」 の「ひとつ」は数として読めません。+1 や -1 のように書いてください。",
        ),
        (
            {"what_if": ["seat O1 1.5"]},
            "--what-if「seat O1 1.5」 の「1.5」は数として読めません。+1 や -1 のように書いてください。",
        ),
        (
            {"what_if": ["reach P1 遠く"]},
            "--what-if「reach P1 遠く」 の「遠く」は読めません。home、area、neighbour、city、自宅のみ、圏域内、隣の圏域まで、市内どこでも のどれかを書いてください。",
        ),
        ({"pins": ["P1"]}, "--pin「P1」は読めません。「本人ID:枠ID」のように書いてください。"),
        ({"pins": [":O1"]}, "--pin「:O1」は読めません。「本人ID:枠ID」のように書いてください。"),
        ({"bans": ["P1:"]}, "--ban「P1:」は読めません。「本人ID:枠ID」のように書いてください。"),
        ({"pins": ["P9:O1"]}, "--pin P9:O1: 本人ID「P9」がありません。IDを確かめてください。"),
        ({"bans": ["P1:O9"]}, "--ban P1:O9: 枠ID「O9」がありません。IDを確かめてください。"),
        ({"closed": ["H9"]}, "--close H9: 受け入れ先ID「H9」がありません。IDを確かめてください。"),
    ],
)
def test_what_cannot_be_read_is_quoted(arguments, said):
    with pytest.raises(NotUnderstood) as error:
        read(**arguments)
    assert str(error.value) == said


@pytest.mark.parametrize("text", ["hour H1 17時以降", "companion C1 いつでも", "hour H1 火 19:00-17:00"])
def test_hours_that_cannot_be_read_say_how_to_write_them(text):
    with pytest.raises(NotUnderstood) as error:
        read([text])
    assert str(error.value).startswith(f"--what-if「{text}」: ")
    assert text.split(maxsplit=2)[2] in str(error.value).removeprefix(f"--what-if「{text}」: ")


@pytest.mark.parametrize(
    "text", ["seat O1 +1", "limit H1 +1", "hour H1 火 17:00-19:00", "companion C1 火 10:00-12:00", "reach P1 city"]
)
def test_the_examples_can_be_read(text):
    kind, _, rest = text.split(maxsplit=2)
    assert f"「{kind} " in EXAMPLES
    assert rest in EXAMPLES
    assert read([text])
