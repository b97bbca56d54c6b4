"""The gate before a workbook: size, odd names, macros, entities and far cells, before anything is parsed.

A workbook is a ZIP archive. Every member is inflated once, piece by piece, and only measured: a bomb never goes off.
"""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from matcher.exchange.sheet import MOST_PLACES, MOST_ROWS, BundleError, shown

LARGEST_FILE = 16 * 1024 * 1024  # bytes on disk
LARGEST_INFLATED = 64 * 1024 * 1024  # bytes of all members together
LARGEST_TEXT = 24 * 1024 * 1024  # bytes of the members that are held as a whole: shared texts, styles, pictures
LARGEST_TOLD = 32 * 1024 * 1024  # bytes of texts once each cell has its own copy
MOST_MEMBERS = 400
MOST_CELLS = 1_000_000
_MOST_COLUMNS = 16_384
_CHUNK = 256 * 1024
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_PLACED = re.compile(rb"""<(?:\w+:)?c\s[^<>]{0,300}?\br\s*=\s*["']([A-Za-z]{1,9})(\d{1,12})["']""")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_ROW_PLACED = re.compile(rb"""<(?:\w+:)?row\s[^<>]{0,300}?\br\s*=\s*["'](\d{1,12})["']""")
_SHARED = re.compile(rb"</(?:\w+:)?si>|<(?:\w+:)?si\s*/>")
_VALUE = re.compile(rb"<(?:\w+:)?v>(\d{1,9})</")
_FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_XML = (".xml", ".rels", ".vml")


def broken(path: Path) -> BundleError:
    """What to say of a file that is no workbook."""
    return BundleError(
        f"{shown(path.name)} はExcelブックとして読めません。Excelで開いて .xlsx で保存し直してください。"
    )


def check(path: Path) -> None:
    """Let a workbook through that can be read in bounded memory.

    Raises:
        BundleError: it cannot, or is no workbook; one sentence says what to do.
    """
    name = shown(path.name)
    try:
        if not path.is_file():
            raise broken(path)
        with path.open("rb") as file:
            head = file.read(8)
        if head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise BundleError(
                f"{name} は古い形式か、パスワードつきのブックです。パスワードを外し、.xlsx で保存し直してください。"
            )
        if path.stat().st_size > LARGEST_FILE:
            raise BundleError(f"{name} が大きすぎます。{LARGEST_FILE // 2**20} MB までに分けてください。")
        with zipfile.ZipFile(path) as archive:
            _check_members(path, archive)
    except BundleError:
        raise
    except Exception as error:  # damaged archives fail in many ways, all with the same remedy
        raise broken(path) from error


def _check_members(path: Path, archive: zipfile.ZipFile) -> None:
    name = shown(path.name)
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise BundleError(f"{name} の中の部品が多すぎます。新しいブックに値だけを写して保存し直してください。")
    names = [m.filename.lower() for m in members]
    if len(set(names)) != len(names):
        raise BundleError(f"{name} の中に同じ名前の部品があります。新しいブックに値だけを写して保存し直してください。")
    if "[content_types].xml" not in names:
        raise broken(path)
    for part in names:
        _check_name(name, part)
    total = cells = 0
    longest: dict[int, int] = {}
    for member in members:
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise broken(path)
        measure = _measure(name, archive, member)
        total, cells = total + measure.size, cells + measure.cells
        longest.update(measure.texts)
        if total > LARGEST_INFLATED or cells > MOST_CELLS:
            raise _too_large(name)
    if longest:
        _check_shared(name, archive, longest)


def _check_name(name: str, part: str) -> None:
    where = part.replace("\\", "/")
    if where.startswith("/") or ".." in where.split("/") or ":" in where or "\0" in where:
        raise BundleError(f"{name} の中におかしな場所をさす部品があります。信頼できる人からもらい直してください。")
    runs = where.endswith((".bin", ".exe", ".dll", ".js", ".vbs")) and "printersettings" not in where
    if runs or "vbaproject" in where or "macrosheets/" in where:
        raise BundleError(f"{name} にマクロが入っています。マクロのない .xlsx で保存し直してください。")


def _too_large(name: str) -> BundleError:
    return BundleError(f"{name} は広げると大きすぎます。使っていない行や画像を消して保存し直してください。")


@dataclass(slots=True)
class _Measure:
    """What a member comes to: its bytes, its cells, the rectangle around them, and its long shared texts."""

    size: int = 0
    cells: int = 0
    unplaced: bool = False
    rows: int = 0
    far_row: int = 0
    far_column: int = 0
    run: int = 0  # cells since the last row began
    longest_run: int = 0
    shared: int = 0
    held: int = 0  # bytes since the last shared text ended
    texts: dict[int, int] = field(default_factory=dict)  # index → bytes of long shared texts


def _measure(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> _Measure:
    found = _Measure()
    is_xml, is_shared = member.filename.lower().endswith(_XML), "sharedstrings" in member.filename.lower()
    for piece in _pieces(archive, member):
        found.size += len(piece)
        if found.size > LARGEST_INFLATED:
            raise _too_large(name)
        if is_xml and (b"\0" in piece or _FORBIDDEN.search(piece)):
            raise BundleError(f"{name} に使えない書き方（実体宣言）があります。Excelで保存し直してください。")
        _count_cells(found, piece)
        if is_shared:
            _count_shared(found, piece)
        columns = max(found.far_column, found.longest_run if found.unplaced else 0)
        rows = max(found.far_row, found.rows)
        if rows > MOST_ROWS or columns > _MOST_COLUMNS or rows * columns > MOST_PLACES or found.cells > MOST_CELLS:
            raise BundleError(
                f"{name} のとても遠いセルに値があるか、セルが多すぎます。"
                "使っていない行と列を消して保存し直してください。"
            )
    if found.size > LARGEST_TEXT and not found.cells:
        raise _too_large(name)
    return found


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's bytes in pieces that break before a tag, so that no tag is cut in two."""
    rest = b""
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            piece = rest + chunk
            cut = piece.rfind(b"<")
            if cut <= 0 or len(piece) - cut > _CHUNK:
                cut = len(piece)
            rest = piece[cut:]
            yield piece[:cut]
    yield rest


def _count_cells(found: _Measure, piece: bytes) -> None:
    placed = _PLACED.findall(piece)
    cells = len(_CELL.findall(piece))
    found.cells += cells
    found.unplaced |= cells > len(placed)
    rows = list(_ROW.finditer(piece))
    found.rows += len(rows)
    if placed:
        found.far_row = max(found.far_row, max(int(digits) for _, digits in placed))
        found.far_column = max(found.far_column, max(_column(letters) for letters in {a for a, _ in placed}))
    found.far_row = max([found.far_row, *map(int, _ROW_PLACED.findall(piece))])
    if found.unplaced:
        runs = [len(_CELL.findall(part)) for part in _ROW.split(piece)]
        found.longest_run = max(found.longest_run, found.run + runs[0], *runs[1:], 0)
        found.run = found.run + runs[0] if len(runs) == 1 else runs[-1]


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + letter - 64
    return column


_LONG = 1000  # bytes; shorter texts cannot harm however often they are told


def _count_shared(found: _Measure, piece: bytes) -> None:
    parts = _SHARED.split(piece)
    for part in parts[:-1]:
        if found.held + len(part) > _LONG:
            found.texts[found.shared] = found.held + len(part)
        found.held, found.shared = 0, found.shared + 1
    found.held += len(parts[-1])


def _check_shared(name: str, archive: zipfile.ZipFile, longest: dict[int, int]) -> None:
    """A long text stands once in the file, but each cell that shows it gets its own copy."""
    told: Counter[int] = Counter()
    for member in archive.infolist():
        if "sharedstrings" in member.filename.lower():
            continue
        for piece in _pieces(archive, member):
            told.update(n for n in map(int, _VALUE.findall(piece)) if n in longest)
        if sum(longest[n] * times for n, times in told.items()) > LARGEST_TOLD:
            raise _too_large(name)
