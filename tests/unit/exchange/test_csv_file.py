"""CSV files: encodings told apart, rows numbered as a spreadsheet shows them."""

from pathlib import Path

import pytest

from matcher.exchange import BundleError
from matcher.exchange.csv_file import encoding_of, read_csv


def read(tmp_path: Path, raw: bytes) -> list[tuple[int, list[str]]]:
    path = tmp_path / "people.csv"
    path.write_bytes(raw)
    return read_csv(path).rows


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        ("本人ID,髙".encode(), "utf-8-sig"),
        ("本人ID".encode("utf-8-sig"), "utf-8-sig"),
        ("本人ID,㈱①髙".encode("cp932"), "cp932"),
        ("ﾃｽﾄ,漢字".encode("cp932"), "cp932"),
        (b"person_id", "utf-8-sig"),
        ("café,霧".encode(), "utf-8-sig"),
    ],
)
def test_encoding_is_told_apart(raw: bytes, encoding: str) -> None:
    assert encoding_of(raw, "people.csv") == encoding


@pytest.mark.parametrize(
    ("raw", "phrase"),
    [
        ("本人ID".encode("utf-16"), "Unicode テキスト"),
        (b"a\0b", "NUL"),
        ("霧ヶ浜市の本人".encode() + b"\xff", "こわれて"),
        ("霧ヶ浜市の本人".encode()[:-1], "こわれて"),
        ("本人".encode("utf-8-sig") + b"\x82\xa0", "こわれて"),
        ("ﾃｽ".encode("cp932"), "文字コードが分かりません"),
        (b"\x80\xff\xfd", "文字コードが分かりません"),
        ("本人,霧ヶ浜市".encode("euc-jp"), "文字コードが分かりません"),
        ("本人,霧ヶ浜市".encode("iso2022_jp"), "文字コードが分かりません"),
    ],
)
def test_what_cannot_be_told_is_never_guessed(raw: bytes, phrase: str) -> None:
    with pytest.raises(BundleError, match=phrase):
        encoding_of(raw, "people.csv")


def test_a_line_break_in_a_cell_starts_no_row_and_empty_rows_count(tmp_path: Path) -> None:
    rows = read(tmp_path, b'a,b\r\n"x\ny",1\r\n\r\n,,\r\nz,2\r\n')
    assert rows == [(1, ["a", "b"]), (2, ["x\ny", "1"]), (5, ["z", "2"])]


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_every_kind_of_line_end(tmp_path: Path, end: bytes) -> None:
    assert read(tmp_path, b"a,b" + end + b"1,2") == [(1, ["a", "b"]), (2, ["1", "2"])]


def test_an_open_quotation_mark_swallows_nothing_silently(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="2行目の引用符"):
        read(tmp_path, b'a,b\r\n"x,1\r\ny,2\r\n')


def test_a_cell_of_140000_characters_is_read(tmp_path: Path) -> None:
    assert len(read(tmp_path, b"a\r\n" + b"x" * 140_000)[1][1][0]) == 140_000


def test_a_cell_beyond_all_measure_is_told_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="2行目あたり"):
        read(tmp_path, b"a\r\n" + b"x" * (9 << 20))


def test_missing_and_odd_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="開けません"):
        read_csv(tmp_path / "none.csv")
    with pytest.raises(BundleError, match="ふつうのファイルではありません"):
        read_csv(tmp_path)
