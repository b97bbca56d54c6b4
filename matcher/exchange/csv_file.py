"""CSV files: encoding told apart, rows numbered as a spreadsheet shows them, in bounded memory."""

import csv
import io
from pathlib import Path

from matcher.exchange.sheet import BundleError, Sheet

LARGEST_FILE = 64 * 1024 * 1024  # bytes; 26,000 openings with long descriptions are a tenth of it
MOST_ROWS = 200_000
LARGEST_CELL = (
    8 * 1024 * 1024
)  # characters the CSV reader itself may hold; the model refuses long cells with a sentence


def decode(raw: bytes, file: str) -> str:
    """UTF-8 with or without BOM, else CP932; anything else is an error, never a guess.

    Raises:
        BundleError: UTF-16, NUL bytes, or bytes that are neither UTF-8 nor CP932.
    """
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BundleError(
            f"{file} は「Unicode テキスト」で保存されています。「CSV UTF-8（コンマ区切り）」で保存し直してください。"
        )
    if b"\0" in raw:
        raise BundleError(f"{file} はCSVの文字の並びではありません（NULがあります）。CSVとして保存し直してください。")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BundleError(f"{file} の文字コードが分かりません。「CSV UTF-8（コンマ区切り）」で保存し直してください。")


def read_csv(path: Path) -> Sheet:
    """Read one CSV file.

    Raises:
        BundleError: the file cannot be opened, is too large, or is not CSV text.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise BundleError(f"{path.name} はふつうのファイルではありません。CSVファイルを置いてください。")
        if size > LARGEST_FILE:
            raise BundleError(f"{path.name} が大きすぎます（{size // 2**20} MB）。64 MB までに分けてください。")
        text = decode(path.read_bytes(), path.name)
    except OSError as error:
        raise BundleError(f"{path.name} を開けません（{error.strerror}）。ファイルと権限を確かめてください。") from None
    csv.field_size_limit(LARGEST_CELL)
    rows: list[tuple[int, list[object]]] = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=False), start=1):
            if number > MOST_ROWS:
                raise BundleError(f"{path.name} は{MOST_ROWS:,}行をこえています。ファイルを分けてください。")
            if cells:
                rows.append((number, list(cells)))
    except csv.Error as error:
        raise BundleError(f"{path.name} の{len(rows) + 1}行目あたりがCSVとして読めません（{error}）。") from None
    return Sheet(path.name, path.stem, rows, path)
