"""Refused rows come back as they were, and go in once they are mended."""

import csv
import io
import shutil
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from matcher.exchange import BundleError, read_bundle
from matcher.exchange.refused import write_refused

BROKEN = Path(__file__).parents[2] / "bundles" / "broken"


def rows_of(path: Path) -> list[list[str]]:
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def folder(base: Path, **files: str) -> Path:
    path = base / "bundle"
    path.mkdir()
    for name, text in files.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return path


def test_same_files_headers_and_cells_with_the_error(tmp_path: Path) -> None:
    result = read_bundle(BROKEN)
    files = write_refused(result, tmp_path / "back")
    assert [f.name for f in files] == [s.sheet.file for s in result.sheets]
    for name, encoding in (("people", "cp932"), ("hosts", "utf-8"), ("openings", "utf-8")):
        original = list(csv.reader(io.StringIO((BROKEN / f"{name}.csv").read_bytes().decode(encoding), newline="")))
        back = rows_of(tmp_path / "back" / f"{name}.csv")
        assert back[0][: len(original[0])] == original[0]
        assert back[0][-1] == "エラー"
        assert all(row[-1] for row in back)
        kept = [row[: len(original[0])] for row in back[1:]]
        assert all(row in [o[: len(original[0])] for o in original] for row in kept)


def test_uncorrected_rows_are_refused_again_for_the_same_reasons(tmp_path: Path) -> None:
    result = read_bundle(BROKEN)
    write_refused(result, tmp_path / "back")
    good = {model.__name__: model for model in (type(r) for s in ("areas", "hosts") for r in getattr(result.bundle, s))}
    known = {
        good["Area"]: [a.area_id for a in result.bundle.areas],
        good["Host"]: [h.host_id for h in result.bundle.hosts],
        **{type(p): [p.person_id for p in result.bundle.people] for p in result.bundle.people[:1]},
        **{type(o): [o.opening_id for o in result.bundle.openings] for o in result.bundle.openings[:1]},
    }
    again = read_bundle(tmp_path / "back", also_known=lambda model: known.get(model, ()))
    first = {(r.file, r.identity, r.code) for r in result.refused} - {("hosts.csv", "K01", "repeated_id")}
    assert {(r.file, r.identity, r.code) for r in again.refused} == first
    second = write_refused(again, tmp_path / "twice")
    assert rows_of(second[0])[0].count("エラー") == 1


def test_corrected_rows_go_in(tmp_path: Path) -> None:
    head = "area_id,municipality,name,lat\r\n"
    write_refused(read_bundle(folder(tmp_path, areas=f"{head}E1,霧ヶ浜市,川上,北\r\n")), tmp_path / "back")
    file = tmp_path / "back" / "areas.csv"
    file.write_bytes(file.read_bytes().replace("北,".encode(), b"35.1,"))
    again = read_bundle(tmp_path / "back")
    assert again.refused == ()
    assert [(a.area_id, a.lat) for a in again.bundle.areas] == [("E1", 35.1)]


@pytest.mark.parametrize(
    ("cell", "back"),
    [
        ("=1+1", "'=1+1"),
        ("+81-3", "'+81-3"),
        ("-だけ", "'-だけ"),
        ("@sum", "'@sum"),
        ("\tx", "'\tx"),
        ("＝1", "'＝1"),
        ("  =1", "'  =1"),
        ("-5", "-5"),
        ("+12.5", "+12.5"),
        ("'=1", "'=1"),
        ("'ふつう", "'ふつう"),
        ("ふつう", "ふつう"),
    ],
)
def test_what_looks_like_a_formula_stays_text(tmp_path: Path, cell: str, back: str) -> None:
    source = folder(tmp_path, areas=f'area_id,municipality,name,lat,控え\r\nE1,霧ヶ浜市,川上,北,"{cell}"\r\n')
    (file,) = write_refused(read_bundle(source), tmp_path / "back")
    assert rows_of(file)[1][4] == back


def test_surplus_cell_keeps_its_place_outside_the_header(tmp_path: Path) -> None:
    source = folder(tmp_path, areas="area_id,municipality,name\r\nE1,霧ヶ浜市,川上,余り\r\n")
    (file,) = write_refused(read_bundle(source), tmp_path / "back")
    assert rows_of(file)[0] == ["area_id", "municipality", "name", "", "エラー"]
    assert rows_of(file)[1][:4] == ["E1", "霧ヶ浜市", "川上", "余り"]
    assert read_bundle(tmp_path / "back").refused[0].code == "extra_cells"


def test_nothing_refused_writes_nothing(tmp_path: Path) -> None:
    source = folder(tmp_path, areas="area_id,municipality,name\r\nE1,霧ヶ浜市,川上\r\n")
    assert write_refused(read_bundle(source), tmp_path / "back") == []
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize("way", ["itself", "a link", "a detour"])
def test_own_folder_is_never_written_to(tmp_path: Path, way: str) -> None:
    source = tmp_path / "bundle"
    shutil.copytree(BROKEN, source)
    before = {p.name: p.read_bytes() for p in source.iterdir()}
    (tmp_path / "link").symlink_to(source)
    target = {"itself": source, "a link": tmp_path / "link", "a detour": source / ".." / "bundle"}[way]
    with pytest.raises(BundleError, match="別のフォルダ"):
        write_refused(read_bundle(source), target)
    assert {p.name: p.read_bytes() for p in source.iterdir()} == before


def test_a_file_in_the_way_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "back").write_text("x")
    with pytest.raises(BundleError, match="書けません"):
        write_refused(read_bundle(BROKEN), tmp_path / "back")


def test_earlier_file_that_somebody_is_mending_is_kept(tmp_path: Path) -> None:
    result = read_bundle(BROKEN)
    write_refused(result, tmp_path / "back")
    write_refused(result, tmp_path / "back")
    assert len(list((tmp_path / "back").iterdir())) == 7
    (tmp_path / "back" / "areas.csv").write_text("直しかけ")
    write_refused(result, tmp_path / "back")
    assert (tmp_path / "back" / "areas（前の1）.csv").read_text() == "直しかけ"
    assert rows_of(tmp_path / "back" / "areas.csv")[0][-1] == "エラー"


def workbook(path: Path) -> Path:
    book = Workbook()
    page = book.active
    page.title = "受け入れ先"
    page.append(["受け入れ先の一覧"])
    page.append(["受け入れ先ID", "名称", "種別", "区市町村", "受け入れ上限", "回答日", "控え"])
    page.append(["K1", "みなと亭", "喫茶店", "霧ヶ浜市", 3, date(2026, 10, 5), "x"])
    page.append(["K2", "こもれび", "居場所", "霧ヶ浜市", 3, date(2026, 10, 5), "y"])
    page["G3"].value = "=1+1"
    page["G3"].data_type = "s"
    book.save(path)
    return path


def test_workbook_comes_back_as_a_workbook(tmp_path: Path) -> None:
    result = read_bundle(workbook(tmp_path / "一式.xlsx"))
    (file,) = write_refused(result, tmp_path / "back")
    assert file == tmp_path / "back" / "一式.xlsx"
    page = load_workbook(file)["受け入れ先"]
    cells = [[c.value for c in row] for row in page.iter_rows()]
    assert cells[0] == ["受け入れ先ID", "名称", "種別", "区市町村", "受け入れ上限", "回答日", "控え", "エラー"]
    assert cells[1][:7] == ["K1", "みなと亭", "喫茶店", "霧ヶ浜市", 3, datetime(2026, 10, 5), "'=1+1"]
    assert len(cells) == 2
    assert all(c.data_type != "f" for row in page.iter_rows() for c in row)
    page["C2"].value = "サロン"
    mended = tmp_path / "mended.xlsx"
    page.parent.save(mended)
    again = read_bundle(mended)
    assert again.refused == ()
    assert [(h.host_id, h.surveyed_on, h.max_newcomers) for h in again.bundle.hosts] == [("K1", date(2026, 10, 5), 3)]
    assert again.sheets[0].extra == {"K1": {"控え": "=1+1"}}


def test_workbook_written_twice_stands_once(tmp_path: Path) -> None:
    result = read_bundle(workbook(tmp_path / "一式.xlsx"))
    write_refused(result, tmp_path / "back")
    write_refused(result, tmp_path / "back")
    assert [p.name for p in (tmp_path / "back").iterdir()] == ["一式.xlsx"]


def test_no_temporary_file_stays_behind(tmp_path: Path) -> None:
    write_refused(read_bundle(BROKEN), tmp_path / "back")
    assert not [p for p in (tmp_path / "back").iterdir() if p.name.startswith(".")]
