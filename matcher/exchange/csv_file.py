"""CSV files: encoding told apart, rows numbered as a spreadsheet shows them, in bounded memory."""

import csv
import io
import re
from itertools import chain
from pathlib import Path

from matcher.exchange.sheet import MOST_CELLS, MOST_FILLED, MOST_PLACES, MOST_ROWS, BundleError, Cell, Sheet, shown

LARGEST_FILE = 16 * 1024 * 1024  # bytes; 26,000 openings with long descriptions are half of it
LARGEST_CELL = 8 * 1024 * 1024  # characters the CSV reader holds; the model refuses long cells with a sentence
_END = "\ue000"  # a last line of our own: where it is not read as a row, a quotation mark was left open
_TWO_BYTES = re.compile(r"[\u0080-\u07ff]")
_MORE_BYTES = re.compile(r"[\u0800-\U0010ffff]")
_KATAKANA = re.compile(r"[\uff61-\uff9f]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_UNASSIGNED = re.compile(r"[\x80\xa0\uf8f0-\uf8f3]")  # what Python makes of bytes that CP932 has no character for
_HALF_WIDTH = re.compile(r"[\x00-\x7f\uff61-\uff9f]*")


def encoding_of(raw: bytes, file: str) -> str:
    """UTF-8 with or without BOM, else CP932; anything else is an error, never a guess.

    Raises:
        BundleError: UTF-16, NUL bytes, damaged UTF-8, or bytes that are neither or both.
    """
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BundleError(
            f"{file} は「Unicode テキスト」で保存されています。「CSV UTF-8（コンマ区切り）」で保存し直してください。"
        )
    if b"\0" in raw:
        raise BundleError(f"{file} はCSVの文字の並びではありません（NULがあります）。CSVとして保存し直してください。")
    unknown = BundleError(f"{file} の文字コードが分かりません。「CSV UTF-8（コンマ区切り）」で保存し直してください。")
    if b"\x1b$" in raw:  # ISO-2022-JP, which looks like plain ASCII
        raise unknown
    has_mark = raw.startswith(b"\xef\xbb\xbf")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        if has_mark or _is_damaged_utf8(raw):
            raise BundleError(
                f"{file} の文字が途中でこわれています。「CSV UTF-8（コンマ区切り）」で保存し直してください。"
            ) from None
    else:
        if not has_mark and _TWO_BYTES.search(text) and not _MORE_BYTES.search(text) and _is_half_width(raw):
            raise unknown
        return "utf-8-sig"
    try:
        text = raw.decode("cp932")
    except UnicodeDecodeError:
        raise unknown from None
    if _UNASSIGNED.search(text) or _is_euc(raw, text):
        raise unknown
    return "cp932"


def _is_damaged_utf8(raw: bytes) -> bool:
    """Whether bytes are UTF-8 with a few wrong ones: CP932 would read them too, as other characters."""
    text = raw.decode("utf-8", "replace")
    marks = text.count("\ufffd")
    return len(_MORE_BYTES.findall(text)) - marks > marks


def _is_euc(raw: bytes, text: str) -> bool:
    """Whether bytes are rather EUC-JP: what CP932 makes of it is mostly half-width katakana."""
    if 2 * len(_KATAKANA.findall(text)) <= len(_NOT_ASCII.findall(text)):
        return False
    try:
        raw.decode("euc_jp")
    except UnicodeDecodeError:
        return False
    return True


def _is_half_width(raw: bytes) -> bool:
    """Whether bytes could as well be half-width katakana in CP932."""
    try:
        return bool(_HALF_WIDTH.fullmatch(raw.decode("cp932")))
    except UnicodeDecodeError:
        return False


def read_csv(path: Path) -> Sheet:
    """Read one CSV file.

    Raises:
        BundleError: the file cannot be opened, is too large, or is not CSV text.
    """
    name = shown(path.name)
    try:
        if path.exists() and not path.is_file():
            raise BundleError(f"{name} はふつうのファイルではありません。CSVファイルを置いてください。")
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise BundleError(f"{name} を開けません（{error.strerror}）。ファイルと権限を確かめてください。") from None
    if len(raw) > LARGEST_FILE:
        raise BundleError(f"{name} が大きすぎます。{LARGEST_FILE // 2**20} MB までに分けてください。")
    return Sheet(name, shown(path.stem), _rows(raw, name), path)


def _rows(raw: bytes, name: str) -> list[tuple[int, list[Cell]]]:
    text = io.TextIOWrapper(io.BytesIO(raw), encoding_of(raw, name), newline="")
    csv.field_size_limit(LARGEST_CELL)
    rows: list[tuple[int, list[Cell]]] = []
    cells: list[str] = []
    number = filled = places = 0
    try:
        for number, cells in enumerate(csv.reader(chain(text, [_END])), start=1):
            while cells and not cells[-1]:
                cells.pop()
            if not cells or cells == [_END]:
                continue
            filled, places = filled + sum(map(bool, cells)), places + len(cells)
            if number > MOST_ROWS or len(rows) >= MOST_FILLED or filled > MOST_CELLS or places > MOST_PLACES:
                raise BundleError(f"{name} の行かセルが多すぎます。{MOST_FILLED:,}行までのファイルに分けてください。")
            rows.append((number, list(cells)))
    except csv.Error as error:
        raise BundleError(f"{name} の{number + 1}行目あたりがCSVとして読めません（{error}）。") from None
    if cells != [_END]:
        raise BundleError(f'{name} の{number}行目の引用符（"）が閉じていません。その行を直してください。')
    return rows
