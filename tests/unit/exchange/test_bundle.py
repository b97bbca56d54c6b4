"""Bundles: sheets found by name, repeats and references resolved, either half alone."""

from pathlib import Path

import pytest

from matcher.exchange import BundleError, ReadResult, read_bundle
from matcher.model import Host, Opening, Person

HOSTS = "host_id,name,kind,municipality\r\nH1,みなと亭,salon,霧ヶ浜市\r\n"
OPENINGS = "opening_id,host_id,title,role\r\nO1,H1,花に水,help\r\n"
PEOPLE = "person_id,municipality\r\nP1,霧ヶ浜市\r\nP2,霧ヶ浜市\r\n"


def read(tmp_path: Path, **files: str) -> ReadResult:
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return read_bundle(tmp_path)


def said(result: ReadResult) -> list[tuple[str, int, str, str]]:
    return [(r.file, r.row, r.column, r.code) for r in result.refused]


def test_japanese_names_of_files_and_headers(tmp_path: Path) -> None:
    result = read(tmp_path, 本人="区市町村,本人ID\r\n霧ヶ浜市,P1\r\n")
    assert [p.person_id for p in result.bundle.people] == ["P1"]


def test_a_catalogue_without_people_and_people_without_a_catalogue(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert read(tmp_path / "a", hosts=HOSTS, openings=OPENINGS).refused == ()
    assert len(read(tmp_path / "b", people=PEOPLE).bundle.people) == 2


def test_references_to_what_is_known_elsewhere(tmp_path: Path) -> None:
    history = "person_id,opening_id,status\r\nP1,O1,visited\r\n"
    (tmp_path / "history.csv").write_text(history)
    known = {Person: ["P1"], Opening: ["O1"]}
    assert read_bundle(tmp_path, also_known=lambda model: known.get(model, ())).refused == ()
    assert {r.column for r in read_bundle(tmp_path).refused} == {"person_id", "opening_id"}


def test_an_id_that_stands_twice(tmp_path: Path) -> None:
    result = read(tmp_path, people=PEOPLE + "P1,霧ヶ浜市\r\nP2,となり市\r\n")
    assert said(result) == [("people.csv", 5, "person_id", "repeated_id")]
    assert [(n.row, n.code) for n in result.notices] == [(4, "repeated")]
    assert {p.person_id: p.municipality for p in result.bundle.people} == {"P1": "霧ヶ浜市", "P2": "霧ヶ浜市"}


def test_two_people_in_either_order_are_one_conflict(tmp_path: Path) -> None:
    result = read(tmp_path, people=PEOPLE, conflicts="person_a,person_b\r\nP1,P2\r\nP2,P1\r\n")
    assert result.refused == ()
    assert len(result.bundle.conflicts) == 1


def test_the_cause_of_a_missing_reference_is_followed_down(tmp_path: Path) -> None:
    result = read(
        tmp_path,
        hosts="host_id,name,kind,municipality\r\nH1,,salon,霧ヶ浜市\r\n",
        openings=OPENINGS,
        people=PEOPLE,
        history="person_id,opening_id,status\r\nP1,O1,visited\r\n",
    )
    texts = {r.file: r.text for r in result.refused}
    assert "hosts.csv の2行目" in texts["openings.csv"]
    assert "openings.csv の2行目" in texts["history.csv"]


def test_every_fault_of_a_row_is_told_at_once(tmp_path: Path) -> None:
    result = read(tmp_path, people="person_id,municipality,age,consent,reach\r\nP1,,x,あり,県内\r\n")
    assert {r.column for r in result.refused} == {"municipality", "age", "consent", "reach"}
    assert result.rows_refused == 1


def test_faults_between_columns_and_references_are_told_with_the_others(tmp_path: Path) -> None:
    head = "opening_id,host_id,title,role,min_age,max_age,contact\r\n"
    result = read(tmp_path, hosts=HOSTS, openings=f"{head}O1,H9,花に水,help,70,18,9\r\n")
    assert {(r.column, r.code) for r in result.refused} == {
        ("contact", "not_whole"),
        ("min_age", "ages_reversed"),
        ("host_id", "unknown_reference"),
    }


def test_areas_may_be_named_without_a_sheet_of_areas(tmp_path: Path) -> None:
    result = read(tmp_path, people="person_id,municipality,area_id\r\nP1,霧ヶ浜市,東\r\n")
    assert (result.refused, result.bundle.people[0].area_id) == ((), "東")


@pytest.mark.parametrize("status", ["declined", "本人辞退", "先方辞退", "forbidden", "不可"])
def test_a_refused_row_against_a_pair_holds_it_back(tmp_path: Path, status: str) -> None:
    history = f"person_id,opening_id,status,on\r\nP1,O1,{status},そのうち\r\n"
    result = read(tmp_path, hosts=HOSTS, openings=OPENINGS, people=PEOPLE, history=history)
    assert result.bundle.withheld == {("P1", "O1")}
    assert result.notices[0].code == "withheld"


def test_a_refused_row_for_a_pair_holds_nothing_back(tmp_path: Path) -> None:
    history = "person_id,opening_id,status,on\r\nP1,O1,visited,そのうち\r\n"
    result = read(tmp_path, hosts=HOSTS, openings=OPENINGS, people=PEOPLE, history=history)
    assert result.bundle.withheld == frozenset()


def test_a_cell_below_no_header_is_not_dropped(tmp_path: Path) -> None:
    result = read(tmp_path, people="person_id,,municipality\r\nP1,めも,霧ヶ浜市\r\n")
    assert said(result) == [("people.csv", 2, "", "extra_cells")]


def test_a_refused_pair_beside_an_unknown_column(tmp_path: Path) -> None:
    result = read(tmp_path, people=PEOPLE, conflicts="person_a,person_b,控え\r\nP1,P1,x\r\n")
    assert said(result) == [("conflicts.csv", 2, "person_b", "same_person")]


@pytest.mark.parametrize(
    ("files", "phrase"),
    [
        ({}, "読めるシートがありません"),
        ({"people": PEOPLE, "本人": PEOPLE}, "二つあります"),
        ({"people": "person_id,alias\r\nP1,x\r\n"}, "municipality（区市町村）"),
        ({"people": "person_id,本人ID,municipality\r\n"}, "見出し「本人ID」が二つ"),
    ],
)
def test_what_is_unreadable_as_a_whole(tmp_path: Path, files: dict[str, str], phrase: str) -> None:
    with pytest.raises(BundleError, match=phrase):
        read(tmp_path, **files)


def test_wrong_places_are_told(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="見つかりません"):
        read_bundle(tmp_path / "none")
    (tmp_path / "people.csv").write_text(PEOPLE)
    with pytest.raises(BundleError, match="それを入れたフォルダ"):
        read_bundle(tmp_path / "people.csv")


def test_rows_are_typed(tmp_path: Path) -> None:
    bundle = read(tmp_path, hosts=HOSTS, openings=OPENINGS, people=PEOPLE).bundle
    assert (type(bundle.hosts[0]), type(bundle.openings[0]), len(bundle.people)) == (Host, Opening, 2)
