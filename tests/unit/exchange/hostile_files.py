"""Makes damaged and hostile bundles from fixed seeds and reads each; run as a process of its own by test_hostile.

Prints one line of JSON: how many were read, how many were refused as a whole, the largest memory, what went wrong.
"""

import gc
import io
import json
import os
import random
import resource
import sys
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from matcher.cli.main import SELDOM
from matcher.exchange import BundleError, ReadResult, read_bundle

BROKEN = Path(__file__).parents[2] / "bundles" / "broken"
PEOPLE = "person_id,municipality\r\nP1,霧ヶ浜市\r\n"
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</worksheet>'
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="%s"/></Relationships>'
)
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="people" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>person_id</t></is></c><c r="B1" t="inlineStr"><is><t>municipality</t></is></c></row>'
Case = tuple[str, Callable[[Path], Path]]


def mutated_csv(seed: int) -> Callable[[Path], Path]:
    def make(base: Path) -> Path:
        chance = random.Random(seed)
        sources = sorted(BROKEN.glob("*.csv"))
        hurt = chance.sample(sources, 1 + seed % 3)
        for source in sources:
            raw = bytearray(source.read_bytes())
            match seed % 6 if source in hurt else None:
                case None:
                    pass
                case 5:
                    for _ in range(chance.randint(1, 8)):
                        at = chance.choice([i for i, byte in enumerate(raw) if byte < 128])
                        raw[at] = chance.choice(b"0123456789,\"'=;/:-\n\t abcz")
                case 0:
                    for _ in range(chance.randint(1, 8)):
                        raw[chance.randrange(len(raw))] = chance.randrange(256)
                case 1:
                    del raw[chance.randrange(len(raw)) :]
                case 2:
                    lines = raw.split(b"\r\n")
                    head = lines[0].split(b",")
                    chance.shuffle(head)
                    raw = bytearray(b"\r\n".join([b",".join(head), *lines[1:]]))
                case 3:
                    at = chance.randrange(len(raw))
                    raw[at:at] = chance.choice(
                        [b'"', b"\r", b",,,", b"\x1b[2J", b"\xed\xa0\x80", "\u202e".encode(), b"'="]
                    )
                case _:
                    fields = raw.split(b",")
                    chance.shuffle(fields)
                    raw = bytearray(b",".join(fields))
            (base / source.name).write_bytes(raw)
        return base

    return make


def plain_book() -> bytes:
    book = Workbook()
    page = book.active
    page.title = "people"
    page.append(["person_id", "municipality", "age", "availability", "waiting_since"])
    for i in range(8):
        page.append([f"P{i}", "霧ヶ浜市", i, "火 10:00-12:00", "2026-01-01"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def mutated_book(seed: int, whole: bytes) -> Callable[[Path], Path]:
    def make(base: Path) -> Path:
        chance = random.Random(seed)
        raw, path = bytearray(whole), base / "book.xlsx"
        if seed % 6 == 0:
            for _ in range(chance.randint(1, 12)):
                raw[chance.randrange(len(raw))] = chance.randrange(256)
        elif seed % 6 == 1:
            del raw[chance.randrange(len(raw)) :]
        else:
            parts = {}
            with zipfile.ZipFile(io.BytesIO(whole)) as archive:
                parts = {n: bytearray(archive.read(n)) for n in archive.namelist()}
            part = parts[chance.choice(sorted(parts))]
            for _ in range(chance.randint(1, 6)):
                part[chance.randrange(len(part))] = chance.choice([chance.randrange(256), *b'0123456789<>/"& '])
            return packed(path, {n: bytes(p) for n, p in parts.items()})
        path.write_bytes(raw)
        return path

    return make


def packed(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def book(sheet: str | bytes, target: str = "worksheets/sheet1.xml", **others: bytes) -> Callable[[Path], Path]:
    content = sheet if isinstance(sheet, bytes) else sheet.encode()
    parts = {
        "[Content_Types].xml": TYPES.encode(),
        "xl/workbook.xml": BOOK.encode(),
        "xl/_rels/workbook.xml.rels": (RELATIONS % target).encode(),
        f"xl/{target}": content,
        **{name.replace("__", "/").replace("_dot_", "."): part for name, part in others.items()},
    }
    return lambda base: packed(base / "book.xlsx", parts)


def bomb(base: Path) -> Path:
    """4 GiB of zeros and more, small on disk: deflated a piece at a time, the same pieces again and again."""
    path = base / "book.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("xl/workbook.xml", BOOK)
        for part in range(2):
            archive.writestr(f"xl/worksheets/sheet{part}.xml", b" " * (20 << 20))
    raw = bytearray(path.read_bytes())
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = raw.rfind(signature)
        raw[start + at : start + at + 4] = (0xFFFFFFF0).to_bytes(4, "little")
    path.write_bytes(raw)
    return path


def real_bomb(base: Path) -> Path:
    path = base / "book.xlsx"
    zeros = b"0" * (1 << 20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            for _ in range(4097):
                member.write(zeros)
    assert path.stat().st_size < 32 << 20
    return path


def files(**named: bytes | str) -> Callable[[Path], Path]:
    def make(base: Path) -> Path:
        for name, content in named.items():
            (base / f"{name}.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
        return base

    return make


def cell(at: str, text: str = "x") -> str:
    return (
        f'<row r="{at.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{at}" t="inlineStr"><is><t>{text}</t></is></c></row>'
    )


def data(rows: str) -> str:
    return SHEET % f"<sheetData>{HEAD}{rows}</sheetData>"


def odd_place(kind: str) -> Callable[[Path], Path]:
    def make(base: Path) -> Path:
        target = base / "people.csv"
        if kind == "folder":
            target.mkdir()
        elif kind == "loop":
            target.symlink_to(target)
        elif kind == "link to nothing":
            target.symlink_to(base / "nothing")
        elif kind == "link to endless":
            target.symlink_to("/dev/zero")
        elif kind == "pipe":
            os.mkfifo(target)
        elif kind == "odd name":
            Path(os.fsdecode(os.fsencode(base) + b"/\xff\xfe.csv")).write_bytes(b"x")
            target.write_text(PEOPLE)
        elif kind == "folder as book":
            (base / "b.xlsx").mkdir()
            return base / "b.xlsx"
        elif kind == "long name":
            return base / ("長" * 300)
        elif kind == "nul":
            return Path(f"{base}/a\0b")
        elif kind == "two of one":
            target.write_text(PEOPLE)
            (base / "本人.csv").write_text(PEOPLE)
        elif kind == "many files":
            for i in range(1100):
                (base / f"{i}.csv").touch()
        return base

    return make


def hostile() -> Iterator[Case]:
    for seed in range(260):
        yield f"csv {seed}", mutated_csv(seed)
    whole = plain_book()
    for seed in range(240):
        yield f"book {seed}", mutated_book(seed, whole)
    for kind in ("folder", "loop", "link to nothing", "link to endless", "pipe", "odd name", "folder as book",
                 "long name", "nul", "two of one", "many files", "nothing"):  # fmt: skip
        yield kind, odd_place(kind)
    head = "person_id,municipality,note\r\n"
    yield "long cell", files(people=f"{head}P1,霧ヶ浜市,{'長' * 140_000}\r\n")
    yield "longest cell", files(people=f"{head}P1,霧ヶ浜市,{'長' * 5_000_000}\r\n")
    yield "open quote", files(people=head + 'P1,霧ヶ浜市,"' + "長,\r\n" * 1_000_000)
    yield "empty rows", files(people=head + "\r\n" * 3_000_000)
    yield "rows of commas", files(people=head + ",,,\r\n" * 2_000_000)
    yield "wide", files(people=head + ("," * 400 + "x\r\n") * 20_000)
    yield "many rows", files(people=head + "".join(f"P{i},市,x\r\n" for i in range(59_000)))
    yield "too many rows", files(people=head + "P1,市,x\r\n" * 200_000)
    yield "all wrong", files(people="person_id,municipality,age,lat\r\n" + "P,,x,x\r\n" * 50_000)
    yield "too large", files(people=b"x" * (17 << 20))
    yield "nul", files(people=b"person_id,municipality\r\nP\0,x\r\n")
    yield "utf-16", files(people=PEOPLE.encode("utf-16"))
    yield "utf-16 without mark", files(people=PEOPLE.encode("utf-16-le"))
    yield "surrogates", files(people=b"person_id,municipality\r\nP1,\xed\xa0\x80\r\n")
    yield "euc", files(people=PEOPLE.encode("euc-jp"))
    yield "jis", files(people=PEOPLE.encode("iso2022_jp"))
    yield "nothing in it", files(people=b"")
    yield "only a mark", files(people=b"\xef\xbb\xbf")
    yield "header only", files(people=b"person_id,municipality")
    yield "header twice", files(people=b"person_id,person_id,municipality\r\n")
    yield "digits", files(people="person_id,municipality,age,wants\r\nP1,市," + "9" * 5000 + "," + "9" * 30000 + "\r\n")
    yield (
        "dates",
        files(people="person_id,municipality,waiting_since\r\nP1,市,99999\r\nP2,市,0000-00-00\r\nP3,市,R99.1.1\r\n"),
    )
    yield (
        "odd digits",
        files(people="person_id,municipality,age,lat,waiting_since\r\nP1,市,٣,..,²²²²²\r\nP2,市,+-1,-,٤٤٤٤٤\r\n"),
    )
    yield (
        "times",
        files(people="person_id,municipality,availability\r\nP1,市," + "第1・" * 1300 + "\r\nP2,市," + "1" * 4000),
    )
    yield "spread", files(people="person_id,municipality,note\r\nP1,市," + "\ufdfa" * 32_000 + "\r\n")
    yield "bomb", real_bomb
    yield "bomb with a false size", bomb
    entity = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    yield "entities", book(entity + data(cell("A2", "&b;")))
    yield "entities in utf-16", book((entity + data("")).encode("utf-16"))
    yield "entities elsewhere", book(data(""), xl__sharedStrings_dot_xml=entity.encode())
    for at in ("XFD1048576", "A1048576", "ZZZZZZ1", "A99999999999", "ALL200000", "A0", "XFD2"):
        yield f"far cell {at}", book(data(cell(at)))
    yield "far cell, single quotes", book(data(cell("XFD900000")).replace('"', "'"))
    yield "far cell in a picture", book(data(cell("XFD900000")), target="media/a.png")
    yield "far row, cells without place", book(data('<row r="900000">' + "<c><v>1</v></c>" * 9_000 + "</row>"))
    yield "far dimension", book(data(cell("A2")).replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>'))
    yield "many rows of a book", book(data("".join(f'<row r="{i}"/>' for i in range(2, 600_000))))
    yield "many cells", book(data("".join(f'<row r="{i}">{"<c><v>1</v></c>" * 40}</row>' for i in range(2, 30_000))))
    long = f"<sst><si><t>{'長' * 140_000}</t></si></sst>".encode()
    told = "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(2, 20_000))
    yield "long text told often", book(data(told), xl__sharedStrings_dot_xml=long)
    yield "long text once", book(data('<row r="2"><c r="A2" t="s"><v>0</v></c></row>'), xl__sharedStrings_dot_xml=long)
    yield "text that is not there", book(data('<row r="2"><c r="A2" t="s"><v>99999999</v></c></row>'))
    yield "deep", book(SHEET % ("<a>" * 200_000))
    yield "macro", book(data(""), xl__vbaProject_dot_bin=b"x")
    yield "old macro", book(data(""), xl__macrosheets__sheet1_dot_xml=data("").encode())
    for name in ("../../evil.xml", "/etc/evil.xml", "C:\\evil.xml", "xl/Workbook.xml"):
        yield f"member {name}", book(data(""), **{name.replace(".xml", "_dot_xml"): b"<a/>"})
    yield "many members", book(data(""), **{f"xl__{i}": b"" for i in range(500)})
    yield "not a book", lambda base: packed(base / "book.xlsx", {"a": b"b"})
    yield "another method", lambda base: _bzip2(base / "book.xlsx")
    for raw in (b"", b"PK", b"PK\x05\x06" + b"\0" * 18, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9, b"<html></html>"):
        yield f"bytes {raw[:4]!r}", partial(_raw, raw)


def _bzip2(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
    return path


def _raw(raw: bytes, base: Path) -> Path:
    path = base / "book.xlsx"
    path.write_bytes(raw)
    return path


def peak_memory() -> int:
    """The most memory this program held, in MiB. `ru_maxrss` would count the process that started it as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def main(base: Path) -> None:
    """Read every hostile bundle under `base`."""
    gc.set_threshold(*SELDOM)  # as the command has it
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    told: dict[str, Any] = {"read": 0, "refused": 0, "wrong": [], "slowest": ["", 0.0], "memory": 0, "largest": ""}
    for number, (name, make) in enumerate(hostile()):
        folder = base / str(number)
        folder.mkdir()
        path = make(folder)
        start = time.monotonic()
        try:
            result = read_bundle(path)
            told["read"] += 1
            if not isinstance(result, ReadResult):
                told["wrong"].append([name, "no result"])
            json.dumps(
                [n.text for n in result.notices] + [r.text + r.value for r in result.refused], ensure_ascii=False
            ).encode()
            del result
        except BundleError as error:
            told["refused"] += 1
            if "。" not in str(error):
                told["wrong"].append([name, str(error)])
            str(error).encode()
        except BaseException:
            told["wrong"].append([name, traceback.format_exc()[-1500:]])
        seconds = time.monotonic() - start
        told["slowest"] = max(told["slowest"], [name, round(seconds, 2)], key=lambda s: s[1])
        memory = peak_memory()
        if memory > told["memory"]:
            told["memory"], told["largest"] = memory, name
    print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
