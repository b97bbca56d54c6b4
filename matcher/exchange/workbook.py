"""Workbooks (.xlsx): a gate that inflates nothing it has not measured, then calamine."""

import re
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from matcher.exchange.sheet import BundleError, Sheet

LARGEST_FILE = 32 * 1024 * 1024  # bytes on disk
LARGEST_INFLATED = 48 * 1024 * 1024  # bytes of all members together, measured by inflating
LARGEST_MEMBER = 24 * 1024 * 1024
MOST_MEMBERS = 400
MOST_CELLS = 2_000_000
_CHUNK = 256 * 1024
_CELL = re.compile(rb"<(?:\w+:)?c[ />]")
_REFERENCE = re.compile(
    rb'<(?:\w+:)?(?:c|row|dimension)\s[^>]{0,200}?\br(?:ef)?="([A-Za-z]{0,9}\d{0,12})(?::([A-Za-z]{0,9}\d{0,12}))?"'
)
_MOST_ROWS, _MOST_COLUMNS = 200_000, 500


def read_workbook(path: Path) -> list[Sheet]:
    """Read every sheet of a workbook.

    Raises:
        BundleError: not an .xlsx, hostile, damaged or too large.
    """
    _gate(path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheets = []
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            first = sheet.start[0] if sheet.start else 0
            rows = [(first + i + 1, list(cells)) for i, cells in enumerate(sheet.to_python(skip_empty_area=True))]
            sheets.append(Sheet(f"{path.name}「{name}」", name, rows, path))
        return sheets
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError, KeyError, IndexError) as error:
        raise _broken(path) from error


def _broken(path: Path) -> BundleError:
    return BundleError(f"{path.name} はExcelブックとして読めません。Excelで開いて .xlsx で保存し直してください。")


def _gate(path: Path) -> None:
    """Refuse what could harm: size, odd names, macros, entities, links to elsewhere, before anything is parsed."""
    name = path.name
    try:
        with path.open("rb") as file:
            head = file.read(8)
        if head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise BundleError(
                f"{name} は古い形式か、パスワードつきのブックです。パスワードを外し、.xlsx で保存し直してください。"
            )
        if path.stat().st_size > LARGEST_FILE:
            raise BundleError(f"{name} が大きすぎます。32 MB までに分けてください。")
        with zipfile.ZipFile(path) as archive:
            _inspect(name, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _broken(path) from error


def _inspect(name: str, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise BundleError(f"{name} の中の部品が多すぎます。新しいブックに値だけを写して保存し直してください。")
    names = [m.filename for m in members]
    if len(set(n.lower() for n in names)) != len(names):
        raise BundleError(f"{name} の中に同じ名前の部品があります。新しいブックに値だけを写して保存し直してください。")
    total = cells = 0
    for member in members:
        part = member.filename.replace("\\", "/")
        if part.startswith("/") or ".." in part.split("/") or ":" in part or "\0" in part:
            raise BundleError(f"{name} の中におかしな場所をさす部品があります。信頼できる人からもらい直してください。")
        if "vbaproject" in part.lower() or (
            part.lower().endswith((".bin", ".exe", ".dll", ".js")) and "printer" not in part.lower()
        ):
            raise BundleError(f"{name} にマクロが入っています。マクロのない .xlsx で保存し直してください。")
        size, found = _measure(name, archive, member)
        total, cells = total + size, cells + found
        if total > LARGEST_INFLATED or cells > MOST_CELLS:
            raise BundleError(f"{name} は広げると大きすぎます。使っていない行や画像を消して保存し直してください。")
    if "[Content_Types].xml" not in names:
        raise zipfile.BadZipFile("no content types")


def _measure(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[int, int]:
    """Bytes of a member when inflated, and cells in it; stops at the limit, so a bomb never goes off."""
    size = cells = 0
    is_xml = member.filename.lower().endswith((".xml", ".rels", ".vml"))
    with archive.open(member) as stream:
        tail = b""
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > LARGEST_MEMBER:
                raise BundleError(f"{name} は広げると大きすぎます。使っていない行や画像を消して保存し直してください。")
            if is_xml:
                window = tail + chunk
                if b"<!DOCTYPE" in window or b"<!ENTITY" in window or b"<\0!\0" in window:
                    raise BundleError(f"{name} に使えない書き方（実体宣言）があります。Excelで保存し直してください。")
                cells += len(_CELL.findall(chunk))
                _check_references(name, _REFERENCE.findall(window))
                tail = window[-256:]
    return size, cells


def _check_references(name: str, references: Iterable[tuple[bytes, bytes]]) -> None:
    """A far-away cell makes a reader fill the whole rectangle before it: refuse what no spreadsheet needs."""
    for pair in references:
        for reference in pair:
            letters = reference.rstrip(b"0123456789")
            digits = reference[len(letters) :]
            column = 0
            for letter in letters.upper():
                column = column * 26 + letter - 64
            if (digits and int(digits) > _MOST_ROWS and not _whole_sheet(pair)) or (
                column > _MOST_COLUMNS and not _whole_sheet(pair)
            ):
                raise BundleError(
                    f"{name} のとても遠いセル（{reference.decode()}）に値があります。"
                    "使っていない行と列を消して保存し直してください。"
                )


def _whole_sheet(pair: tuple[bytes, bytes]) -> bool:
    """Excel writes A1:XFD1048576 as a dimension of sheets formatted as a whole; it is no cell."""
    return bool(pair[1])
