"""Workbooks: cells keep their kinds, rows their numbers, and hostile ones are turned away at the gate."""

import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
from openpyxl import Workbook

from matcher.exchange import BundleError, read_bundle
from matcher.exchange.workbook import read_workbook


def save(path: Path, *rows: list[object], title: str = "本人", epoch: datetime | None = None) -> Path:
    book = Workbook()
    if epoch is not None:
        book.epoch = epoch
    page = book.active
    page.title = title
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def add(path: Path, name: str, content: bytes) -> Path:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, content)
    return path


def test_rows_keep_their_numbers_and_cells_their_kinds(tmp_path: Path) -> None:
    path = save(tmp_path / "b.xlsx", [], [], ["a", 1, 2.5, True, date(2026, 12, 1), time(9, 30)], [], ["z"])
    (sheet,) = read_workbook(path)
    assert [n for n, _ in sheet.rows] == [3, 5]
    assert sheet.rows[0][1][:5] == ["a", 1, 2.5, True, date(2026, 12, 1)]


HEAD = ["本人ID", "区市町村", "年齢", "待ち始めた日", "備考"]


def test_date_cells_are_dates_in_both_calendars_of_spreadsheets(tmp_path: Path) -> None:
    row = ["P1", "霧ヶ浜市", 38, date(2026, 12, 1), ""]
    for name, epoch in (("a", None), ("b", datetime(1904, 1, 1))):
        bundle = read_bundle(save(tmp_path / f"{name}.xlsx", HEAD, row, epoch=epoch)).bundle
        assert [(p.age, p.waiting_since) for p in bundle.people] == [(38, date(2026, 12, 1))]


def test_a_bare_serial_number_is_no_date(tmp_path: Path) -> None:
    result = read_bundle(save(tmp_path / "b.xlsx", HEAD, ["P1", "霧ヶ浜市", 38, 46357, ""]))
    assert [(r.column, r.value, r.code) for r in result.refused] == [("待ち始めた日", "46357", "serial_date")]


def test_figures_as_ids_are_the_digits_that_are_seen(tmp_path: Path) -> None:
    result = read_bundle(save(tmp_path / "b.xlsx", HEAD, [101, "霧ヶ浜市", 38.0]))
    assert [p.person_id for p in result.bundle.people] == ["101"]


def test_a_title_above_the_header_is_passed_over_with_a_notice(tmp_path: Path) -> None:
    rows = [["本人の一覧（2026年）"], [], ["担当", "山"], HEAD, ["P1", "霧ヶ浜市"], ["P2", ""]]
    result = read_bundle(save(tmp_path / "b.xlsx", *rows))
    assert [p.person_id for p in result.bundle.people] == ["P1"]
    assert [(r.row, r.column) for r in result.refused] == [(6, "区市町村")]
    assert [(n.row, n.code) for n in result.notices] == [(4, "title_skipped")]


def test_a_header_below_the_tenth_row_is_not_looked_for(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="見出しに person_id"):
        read_bundle(save(tmp_path / "b.xlsx", *[["表紙"]] * 10, HEAD, ["P1", "霧ヶ浜市"]))


def test_other_sheets_are_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="読めるシートがありません"):
        read_bundle(save(tmp_path / "b.xlsx", HEAD, title="メモ"))


@pytest.mark.parametrize(
    ("name", "content", "phrase"),
    [
        ("xl/vbaProject.bin", b"x", "マクロ"),
        ("../evil.xml", b"<a/>", "おかしな場所"),
        ("xl/a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "実体宣言"),
        ("xl/a.xml", "<a/>".encode("utf-16"), "使えない書き方"),
        ("xl/WORKBOOK.xml", b"<a/>", "同じ名前"),
        ("xl/b.xml", b'<c r="ZZZ1"/>', "遠いセル"),
        ("xl/b.png", b"<row r='900000'><c r='XFA900000'/></row>", "遠いセル"),
        ("xl/b.xml", b" " * (25 << 20), "広げると大きすぎます"),
    ],
)
def test_hostile_members_are_turned_away(tmp_path: Path, name: str, content: bytes, phrase: str) -> None:
    path = save(tmp_path / "b.xlsx", HEAD)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    with pytest.raises(BundleError, match=phrase):
        read_workbook(path)


def test_a_cell_cut_by_the_measuring_is_still_seen(tmp_path: Path) -> None:
    for shift in range(0, 24, 3):
        path = save(tmp_path / f"{shift}.xlsx", HEAD)
        add(path, "xl/b.xml", b" " * (256 * 1024 - shift) + b'<c r="ZZZ1"/>')
        with pytest.raises(BundleError, match="遠いセル"):
            read_workbook(path)


@pytest.mark.parametrize(("times", "phrase"), [(600, "広げると大きすぎます"), (60, "Excelブックとして読めません")])
def test_a_long_text_told_by_many_cells_is_turned_away(tmp_path: Path, times: int, phrase: str) -> None:
    path = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/sharedStrings.xml", f"<sst><si><t>a</t></si><si><t>{'長' * 20_000}</t></si></sst>")
        archive.writestr("xl/sheet1.xml", "".join(f'<c r="A{i}" t="s"><v>1</v></c>' for i in range(1, times)))
    with pytest.raises(BundleError, match=phrase):
        read_workbook(path)


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"a,b"])
def test_what_is_no_workbook_is_told(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "b.xlsx"
    path.write_bytes(raw)
    with pytest.raises(BundleError, match="保存し直して"):
        read_workbook(path)
