"""The template: it reads as empty untouched, its examples are right, its lists come from the model."""

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from matcher.exchange import BundleError, read_bundle
from matcher.exchange.column_notes import GUIDE, NOTES
from matcher.exchange.template import FILE, GUIDE_SHEET, write_template
from matcher.model import SHEETS, Bundle, Consent, HostKind, Record
from matcher.times import parse


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="module")
def book(path: Path) -> Workbook:
    return load_workbook(path)


def test_untouched_it_is_an_empty_bundle(path: Path) -> None:
    result = read_bundle(path)
    assert (result.bundle, result.refused) == (Bundle(), ())
    assert [n.code for n in result.notices].count("example_skipped") == len(SHEETS)


def test_sheets_and_headers_are_the_models(book: Workbook) -> None:
    assert book.sheetnames == [GUIDE_SHEET, *(m.sheet_ja for m in SHEETS)]
    for model in SHEETS:
        page = book[model.sheet_ja]
        assert [c.value for c in page[1]] == list(model.headers().values())
        assert all(c.comment and c.comment.text for c in page[1])
        assert page.freeze_panes == "A2"


@pytest.mark.parametrize("model", SHEETS, ids=lambda m: m.sheet)
def test_every_column_is_explained_and_the_example_can_be_read(model: type[Record]) -> None:
    notes = NOTES[model.sheet]
    assert list(notes) == list(model.headers())
    record = model.model_validate({column: example for column, (_, example) in notes.items() if example})
    assert str(getattr(record, next(iter(notes)))).startswith("例")


def lists_of(book: Workbook, model: type[Record]) -> dict[str, tuple[str, bool]]:
    columns = list(model.headers())
    return {
        columns[next(iter(v.sqref.ranges)).min_col - 1]: (v.formula1.strip('"'), bool(v.showErrorMessage))
        for v in book[model.sheet_ja].data_validations.dataValidation
    }


def test_lists_to_choose_from_are_the_codes(book: Workbook) -> None:
    host, opening, person, companion, entry = (lists_of(book, m) for m in SHEETS[1:6])
    assert host["kind"] == (",".join(k.ja for k in HostKind), True)
    assert host.keys() == {"kind", "accepts", "accepts_as", "public"}
    assert opening.keys() == {"role", "wheelchair", "online", "companion_required"}
    assert person["consent"] == (",".join(c.ja for c in Consent), True)
    assert person.keys() == {"reach", "roles", "wheelchair", "needs_companion", "consent"}
    assert person["roles"][1] is False, "several roles may stand in one cell"
    assert (companion.keys(), entry.keys()) == ({"kind"}, {"status"})


@pytest.mark.parametrize("model", SHEETS, ids=lambda m: m.sheet)
def test_every_word_to_choose_can_be_read(book: Workbook, model: type[Record]) -> None:
    example = {column: example for column, (_, example) in NOTES[model.sheet].items() if example}
    for column, (words, _) in lists_of(book, model).items():
        assert len(words) <= 253, "a spreadsheet holds no longer list"
        read = [getattr(model.model_validate({**example, column: word}), column) for word in words.split(",")]
        assert len(set(read)) == len(read)


def test_ids_times_and_dates_are_text_columns(book: Workbook) -> None:
    page = book["受け入れ枠"]
    formats = {page.cell(1, i).value: page.column_dimensions[page.cell(1, i).column_letter].number_format
               for i in range(1, page.max_column + 1)}  # fmt: skip
    assert {h for h, f in formats.items() if f == "@"} == {"枠ID", "受け入れ先ID", "日時", "開始日", "終了日"}


def test_filled_in_it_is_read(path: Path, tmp_path: Path) -> None:
    book = load_workbook(path)
    book["圏域"].append(["A1", "霧ヶ浜市", "川上"])
    book["本人"].append(["P1", "もみじさん", 38, "霧ヶ浜市", "A1"])
    book.save(tmp_path / "filled.xlsx")
    result = read_bundle(tmp_path / "filled.xlsx")
    assert result.refused == ()
    assert [(p.person_id, p.age, p.area_id) for p in result.bundle.people] == [("P1", 38, "A1")]


def test_times_in_the_guide_can_be_read() -> None:
    patterns = [head for head, _ in GUIDE if any(c.isdigit() for c in head)]
    assert len(patterns) == 9
    assert all(parse(head) for head in patterns)


def test_a_template_that_stands_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("書きかけ")
    with pytest.raises(BundleError, match="もうあります"):
        write_template(tmp_path)
    assert (tmp_path / FILE).read_text() == "書きかけ"
