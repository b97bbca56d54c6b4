"""Rows of a sheet: headers found, examples passed over, apostrophes taken off, messages short."""

from pathlib import Path

import pytest

from matcher.exchange import BundleError, Sheet
from matcher.exchange.table import Table, is_risky, plain, quoted, read_table
from matcher.model import Area, Person

HEAD = ["person_id", "municipality", "note"]


def table(*rows: list[object], head: list[object] | None = None) -> Table:
    numbered = list(enumerate([head or HEAD, *rows], start=1))
    return read_table(Sheet("people.csv", "people", numbered, Path("people.csv")), Person)


def test_headers_in_either_language_width_and_order() -> None:
    read = table(["x", "霧ヶ浜市", "P1"], head=["備考", " 区市町村 ", "ＰＥＲＳＯＮ＿ＩＤ"])
    assert read.columns == ["note", "municipality", "person_id"]
    assert read.rows[0].record.key == ("P1",)


def test_empty_headers_at_the_end_are_no_columns() -> None:
    assert table(["P1", "霧ヶ浜市", "", ""], head=[*HEAD, "", ""]).headers == HEAD


def test_rows_whose_id_begins_with_example_are_passed_over() -> None:
    read = table(["例P1", "霧ヶ浜市", ""], ["P1", "例の市", ""])
    assert [r.record.key for r in read.rows] == [("P1",)]
    assert [(n.row, n.code) for n in read.notices] == [(2, "example_skipped")]


@pytest.mark.parametrize(("cell", "note"), [("'=1", "=1"), ("''x", "'x"), ("'x", "'x"), ("=1", "=1"), ("'＝1", "=1")])
def test_the_apostrophe_of_our_exports_is_taken_off(cell: str, note: str) -> None:
    assert table(["P1", "霧ヶ浜市", cell]).rows[0].record.model_dump()["note"] == note


@pytest.mark.parametrize(("text", "risky"), [("=1", True), ("-5", False), ("-5人", True), ("@a", True), ("a=1", False)])
def test_risky_texts(text: str, risky: bool) -> None:
    assert is_risky(text) is risky


def test_messages_quote_only_the_head() -> None:
    assert quoted("長" * 140_000) == "長" * 60 + "…"
    assert quoted("二行\nの  値") == "二行 の 値"
    assert len(plain("長" * 140_000)) == 240


def test_the_error_column_of_a_handed_back_file_is_no_unknown_column() -> None:
    read = table(["P1", "霧ヶ浜市", "", "前のエラー"], head=[*HEAD, "エラー"])
    assert (read.refusals, read.notices, read.rows[0].extra) == ([], [], {})


def test_an_unknown_columns_overlong_cell_refuses_its_row() -> None:
    read = table(["P1", "霧ヶ浜市", "", "長" * 32_768], head=[*HEAD, "控え"])
    assert [(r.column, r.code) for r in read.refusals] == [("控え", "too_long")]
    assert read.broken_ids == {"P1": 2}


def test_missing_columns_are_named_in_both_languages() -> None:
    with pytest.raises(BundleError, match="municipality（区市町村）"):
        table(head=["person_id"])


def test_an_area_is_remembered_by_its_own_id() -> None:
    sheet = Sheet("areas.csv", "areas", [(1, ["area_id", "municipality", "name"]), (2, ["E1", "", "川上"])], Path("a"))
    assert read_table(sheet, Area).broken_ids == {"E1": 2}
