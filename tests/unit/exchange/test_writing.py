"""What is written reads back the same, and stays text in a spreadsheet."""

import csv
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from matcher.exchange import BundleError, read_bundle
from matcher.exchange.table import _restored
from matcher.exchange.writing import guarded, write_bundle, write_csv, write_sheets, write_workbook
from matcher.model import (
    Acceptance,
    Area,
    Bundle,
    Companion,
    CompanionKind,
    Conflict,
    Consent,
    HistoryEntry,
    HistoryStatus,
    Host,
    HostKind,
    Opening,
    Person,
    Reach,
    Role,
)

SAMPLES = Path(__file__).parents[2] / "cities" / "shiomi"

starts = st.sampled_from(["", "", "=", "+", "-", "@", "'", "'=", "''", "\t=", "＝", "-5", "_x0041_", '"', "#"])
characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
texts = st.builds(lambda a, b: a + b, starts, st.text(characters, max_size=12))
names = texts.map(lambda t: t + "名")
days = st.none() | st.dates(date(1990, 1, 1), date(2099, 12, 31))
items = st.lists(st.text("あいうabc =+-", min_size=1, max_size=4), max_size=3).map(tuple)
times = st.sampled_from(["", "火 11:00-16:00 / 祝日除く", "隔週土 10:00-12:00 (2026-12-05)", "第1・第3日 13:30-15:30",
                         "平日 9:00-17:00 / 除く 2026-12-29〜2027-01-03", "2026-12-24 22:00-24:00"])  # fmt: skip
flags = st.none() | st.booleans()
degrees = st.none() | st.floats(-90, 90, allow_nan=False)


def figures(low: int, high: int) -> st.SearchStrategy[int | None]:
    return st.none() | st.integers(low, high)


def rows_of(**columns: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.fixed_dictionaries(columns), max_size=2)


@st.composite
def bundles(draw: st.DrawFn) -> Bundle:
    hosts = draw(rows_of(name=names, kind=st.sampled_from(HostKind), municipality=names, address=texts, lat=degrees,
                         lon=degrees, accepts=st.none() | st.sampled_from(Acceptance), conditions=texts,
                         accepts_as=st.lists(st.sampled_from(Role), unique=True).map(lambda r: "、".join(r)),
                         max_newcomers=figures(0, 9), surveyed_on=days, public=st.booleans(), note=texts))  # fmt: skip
    openings = draw(rows_of(title=names, role=st.sampled_from(Role), description=texts, schedule=times,
                            activities=items.map(";".join), capacity=st.integers(1, 9), contact=figures(1, 5),
                            wheelchair=flags, online=flags, starts_on=days)) if hosts else []  # fmt: skip
    people = draw(rows_of(alias=texts, age=figures(0, 120), municipality=names, interests=texts, avoid=texts,
                          availability=times, reach=st.sampled_from(Reach), wants=st.integers(1, 9),
                          needs_companion=flags, consent=st.none() | st.sampled_from(Consent)))  # fmt: skip
    companions = draw(rows_of(name=names, kind=st.sampled_from(CompanionKind), municipality=names,
                              availability=times, per_week=st.integers(0, 9)))  # fmt: skip
    history = draw(rows_of(status=st.sampled_from(HistoryStatus), reason=texts)) if openings and people else []
    pair = [Conflict(person_a="-P0", person_b="-P1")] if len(people) == 2 else []
    return Bundle(
        hosts=tuple(Host(host_id=f"=H{i}", **h) for i, h in enumerate(hosts)),
        openings=tuple(Opening(opening_id=f"O{i}", host_id="=H0", **o) for i, o in enumerate(openings)),
        people=tuple(Person(person_id=f"-P{i}", **p) for i, p in enumerate(people)),
        companions=tuple(Companion(companion_id=f"C{i}", **c) for i, c in enumerate(companions)),
        history=tuple(HistoryEntry(person_id="-P0", opening_id="O0", on=date(2026, 1, i + 1), **h)
                      for i, h in enumerate(history)),
        conflicts=tuple(pair),
    )  # fmt: skip


@given(bundles())
@settings(max_examples=60, deadline=None)
def test_csv_reads_back_the_same(bundle: Bundle) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = write_bundle(bundle, Path(folder) / "out")
        result = read_bundle(Path(folder) / "out")
        assert (result.refused, result.bundle) == ((), bundle)
        for file in files:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                for cell in (c for row in csv.reader(lines) for c in row):
                    assert not cell.lstrip().startswith(tuple("=+-@＝＋－＠")) or float(cell) is not None


@given(bundles())
@settings(max_examples=30, deadline=None)
def test_workbook_reads_back_the_same(bundle: Bundle) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_workbook(bundle, Path(folder) / "out.xlsx")
        result = read_bundle(path)
        assert (result.refused, result.bundle) == ((), bundle)
        book = load_workbook(path)
        assert all(c.data_type in "sn" for page in book for row in page.iter_rows() for c in row)


@given(texts)
def test_guard_is_taken_off_again(text: str) -> None:
    assert _restored(guarded(text)) == text


def test_whole_town_reads_back_the_same(tmp_path: Path) -> None:
    bundle = read_bundle(SAMPLES).bundle
    write_bundle(bundle, tmp_path / "csv")
    assert read_bundle(tmp_path / "csv").bundle == bundle
    assert read_bundle(write_workbook(bundle, tmp_path / "book.xlsx")).bundle == bundle


def test_areas_read_back_the_same(tmp_path: Path) -> None:
    bundle = Bundle(areas=(Area(area_id="A1", municipality="霧ヶ浜市", name="川上", neighbours="A1;B=", lat=35.0),))
    write_bundle(bundle, tmp_path)
    assert read_bundle(tmp_path).bundle == bundle


def test_empty_bundle_is_an_empty_sheet(tmp_path: Path) -> None:
    (file,) = write_bundle(Bundle(), tmp_path)
    assert file.name == "areas.csv"
    assert read_bundle(tmp_path).bundle == Bundle()


def test_half_a_character_becomes_a_mark(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "a.csv", [["\ud800x"]])
    assert file.read_bytes() == b"\xef\xbb\xbf?x\r\n"
    page = load_workbook(write_sheets(tmp_path / "a.xlsx", {"a": [["\ud800x"]]}))["a"]
    assert page["A1"].value == "?x"


def test_what_stood_there_survives_a_failure(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "a.csv", [["前"]])
    before = file.read_bytes()
    with pytest.raises(RuntimeError):
        write_csv(file, (_fail() for _ in range(1)))
    assert file.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def _fail() -> list[str]:
    raise RuntimeError


def test_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="書けません"):
        write_csv(tmp_path / "none" / "a.csv", [])
