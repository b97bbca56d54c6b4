"""Cells: one value, one reading; what is unclear is refused with a code, and empty is never "no"."""

import unicodedata
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from matcher.model import (
    SHEETS,
    Acceptance,
    Coded,
    CompanionKind,
    Consent,
    HistoryStatus,
    Host,
    HostKind,
    Opening,
    Person,
    Reach,
    Record,
    Role,
)
from matcher.model.wording import CODES, sentence

HOST = {"host_id": "H1", "name": "みなと亭", "kind": "salon", "municipality": "霧ヶ浜市"}
PERSON = {"person_id": "P1", "municipality": "霧ヶ浜市"}
OPENING = {"opening_id": "O1", "host_id": "H1", "title": "花に水", "role": "help"}


def host(column: str, cell: Any) -> Any:
    return getattr(Host.model_validate({**HOST, column: cell}), column)


def person(column: str, cell: Any) -> Any:
    return getattr(Person.model_validate({**PERSON, column: cell}), column)


def opening(column: str, cell: Any) -> Any:
    return getattr(Opening.model_validate({**OPENING, column: cell}), column)


def code_of(model: type[Record], values: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(values)
    (fault,) = caught.value.errors()
    assert sentence(fault["type"], fault.get("ctx", {})).endswith("。")
    return fault["type"]


@pytest.mark.parametrize(
    "cell",
    ["2026-12-01", "2026/12/1", "2026.12.1", "2026年12月1日", "令和8年12月1日", "R8.12.1", "Ｒ８．１２．１",
     "２０２６－１２－０１", " 2026-12-01 ", date(2026, 12, 1), datetime(2026, 12, 1, 9, 30)],
)  # fmt: skip
def test_dates_in_every_way_people_write_them(cell: object) -> None:
    assert host("surveyed_on", cell) == date(2026, 12, 1)


def test_first_years_of_eras() -> None:
    assert host("surveyed_on", "令和元年5月1日") == date(2019, 5, 1)
    assert host("surveyed_on", "平成元年1月8日") == date(1989, 1, 8)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("46357", "serial_date"),
        (46357, "serial_date"),
        (46357.0, "serial_date"),
        ("2026-02-30", "no_such_date"),
        ("12/1", "not_a_date"),
        ("12/1/2026", "not_a_date"),
        ("そのうち", "not_a_date"),
        ("2026-13-01", "no_such_date"),
        ("20261201", "not_a_date"),
    ],
)
def test_what_is_no_date_is_refused(cell: object, code: str) -> None:
    assert code_of(Host, {**HOST, "surveyed_on": cell}) == code


@pytest.mark.parametrize("cell", ["yes", "ＹＥＳ", "はい", "可", "○", True])
def test_yes(cell: object) -> None:
    assert opening("wheelchair", cell) is True


@pytest.mark.parametrize("cell", ["no", "いいえ", "不可", "×", False])
def test_no(cell: object) -> None:
    assert opening("wheelchair", cell) is False


@pytest.mark.parametrize("cell", ["", "　", None])
def test_empty_is_not_answered(cell: object) -> None:
    assert opening("wheelchair", cell) is None
    assert host("accepts", cell) is None
    assert person("consent", cell) is None
    assert person("availability", cell) is None
    assert person("age", cell) is None
    assert (opening("capacity", cell), person("wants", cell), person("reach", cell)) == (1, 1, Reach.NEIGHBOUR)


@pytest.mark.parametrize("cell", ["たぶん", "1", "？", "yes no"])
def test_neither_yes_nor_no_is_refused(cell: str) -> None:
    assert code_of(Opening, {**OPENING, "wheelchair": cell}) == "not_yes_no"


@pytest.mark.parametrize("codes", [Role, HostKind, Acceptance, Reach, Consent, CompanionKind, HistoryStatus])
def test_every_code_has_words_and_no_word_means_two(codes: type[Coded]) -> None:
    words = [unicodedata.normalize("NFKC", w).lower() for code in codes for w in {code.value, *code.words}]
    assert len(set(words) - {"csw"}) == len([w for w in words if w != "csw"])
    assert all(code.words for code in codes)


def test_codes_and_their_words_mean_the_same() -> None:
    for kind in HostKind:
        for word in (kind.value, *kind.words, kind.value.upper()):
            assert host("kind", word) is kind
    for answer in Acceptance:
        assert {host("accepts", w) for w in (answer.value, *answer.words)} == {answer}
    for reach in Reach:
        assert {person("reach", w) for w in (reach.value, *reach.words)} == {reach}


@pytest.mark.parametrize("cell", ["あり", "はい", "yes", "可", "OK", "同意", "同意あり", "○"])
def test_consent_is_never_guessed(cell: str) -> None:
    assert code_of(Person, {**PERSON, "consent": cell}) == "unknown_code"


@pytest.mark.parametrize(
    "cell", ["attend;help", "attend；help", "attend、help", " attend ; 手伝い；", "参加者として、準備など簡単な活動"]
)
def test_lists_with_every_separator(cell: str) -> None:
    assert person("roles", cell) == (Role.ATTEND, Role.HELP)


def test_items_stand_once_each() -> None:
    assert opening("activities", "花；水、花;;　") == ("花", "水")


@pytest.mark.parametrize("cell", ["0", "6", "2.5", "三", "-1", "nan", "inf", "1e9", float("nan"), "9" * 400])
def test_figures_outside_the_scale_are_refused(cell: object) -> None:
    assert code_of(Opening, {**OPENING, "contact": cell}) == "not_whole"


@pytest.mark.parametrize("cell", ["３", "3", 3, 3.0, " 3 "])
def test_figures_in_every_width(cell: object) -> None:
    assert opening("contact", cell) == 3


@pytest.mark.parametrize("cell", ["91", "-90.5", "北緯35度", float("inf")])
def test_degrees_outside_the_globe_are_refused(cell: object) -> None:
    assert code_of(Host, {**HOST, "lat": cell}) == "not_degrees"


def test_a_cell_over_the_limit_is_refused_and_one_at_it_is_kept() -> None:
    assert len(host("note", "長" * 32_767)) == 32_767
    assert code_of(Host, {**HOST, "note": "長" * 32_768}) == "too_long"


def test_control_characters_in_an_id_are_refused() -> None:
    assert code_of(Host, {**HOST, "host_id": "H\x07"}) == "odd_characters"


def test_text_that_looks_like_a_formula_is_text() -> None:
    assert host("name", "=1+1") == "=1+1"


@given(st.text(max_size=30) | st.integers() | st.floats() | st.booleans() | st.dates() | st.datetimes() | st.times())
def test_any_cell_is_read_or_refused(cell: object) -> None:
    for model in SHEETS:
        for column in model.headers():
            try:
                model.model_validate({column: cell})
            except ValidationError as error:
                for fault in error.errors():
                    assert fault["type"] in (*CODES, "missing")


@pytest.mark.parametrize("model", SHEETS, ids=lambda m: m.sheet)
def test_an_empty_row_lacks_just_the_required_columns(model: type[Record]) -> None:
    with pytest.raises(ValidationError) as caught:
        model.model_validate({})
    assert tuple(fault["loc"][0] for fault in caught.value.errors()) == model.required()
