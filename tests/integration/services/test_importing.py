"""Importing: the dry run tells what the import does, twice is once, and what was decided here stays."""

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

import seed_data
from matcher.exchange import ReadResult, read_bundle
from matcher.exchange.refused import write_refused
from matcher.exchange.writing import write_bundle
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
    Role,
)
from matcher.model.consent import ConsentWay, GivenConsent, Purpose, Told
from matcher.model.council import Council
from matcher.model.placement import FollowUp, Placement, PlacementStatus
from matcher.model.records import AuditEvent, Erasure, ImportBatch
from matcher.model.suggestion import Suggestion, SuggestionStatus
from matcher.permissions import OPERATOR, Actor, Kind, NotAllowed
from matcher.services.accompanying import record_step
from matcher.services.bundle_of import HELD_BACK, bundle_of
from matcher.services.consents import record_consent, withdraw_consent
from matcher.services.councils import add_council
from matcher.services.importing import Imported, apply_import, known_here, plan_import
from matcher.services.reviewing import suggest
from matcher.services.undoing_import import undo_import
from matcher.storage.work import Store
from matcher.times import parse
from tests.integration.conftest import NOON, OURS, THEIRS
from tests.unit.times.strategies import schedules

TODAY = NOON.date()
SEED = Path(seed_data.__file__).parent
CITIES = Path(__file__).parents[2] / "cities"
LEAD = Actor(Kind.LEAD, uuid4())
_councils = count(1)


def read_again(bundle: Bundle) -> ReadResult:
    """A bundle as a file tells it."""
    with tempfile.TemporaryDirectory() as folder:
        write_bundle(bundle, Path(folder))
        return read_bundle(Path(folder))


def imported(store: Store, read: ReadResult, key: str = "", council: str = OURS) -> Imported:
    """What the dry run says is what the import does."""
    with store.work(council, LEAD) as work:
        planned = plan_import(work, read)
    with store.work(council, LEAD) as work:
        done = apply_import(work, read, key)
    if done.plan is not None:
        assert done.counts == planned.counts
        assert [o.code for o in done.plan.objections] == [o.code for o in planned.objections]
        assert done.plan.nothing == planned.nothing == (done.import_id is None)
    return done


def stored(store: Store, council: str = OURS) -> Bundle:
    with store.work(council, LEAD) as work:
        return bundle_of(work, TODAY)


def town(**more: tuple[object, ...]) -> Bundle:
    """A small town in which P1 has a seat at O1."""
    rows: dict[str, tuple[object, ...]] = {
        "areas": (Area(area_id="A1", municipality="若葉野市", name="東部", neighbours="A2"),),
        "hosts": (host(),),
        "openings": (opening("O1"), opening("O2")),
        "people": (person("P1"), person("P2", consent="share")),
        "companions": (
            Companion(companion_id="C1", name="緑川のぞみ", kind=CompanionKind.PEER, municipality="若葉野市"),
        ),
        "history": (
            HistoryEntry(person_id="P1", opening_id="O1", status=HistoryStatus.PLACED, on=date(2026, 10, 6)),
            HistoryEntry(person_id="P2", opening_id="O1", status=HistoryStatus.DECLINED, on=None, reason="遠い"),
        ),
        "conflicts": (Conflict(person_a="P2", person_b="P1"),),
    }
    return Bundle(**{**rows, **more})


def host(**more: object) -> Host:
    return Host(
        **{
            "host_id": "H1", "name": "ひだまりサロン", "kind": HostKind.SALON, "municipality": "若葉野市", "area_id": "A1",
            "accepts": Acceptance.YES, "surveyed_on": date(2026, 10, 1), **more,
        }
    )  # fmt: skip


def opening(opening_id: str, **more: object) -> Opening:
    row = {
        "opening_id": opening_id,
        "host_id": "H1",
        "title": "花の水やり",
        "role": Role.HELP,
        "schedule": "火 14:00-16:00",
    }
    return Opening(**{**row, **more})


def person(person_id: str, **more: object) -> Person:
    row = {
        "person_id": person_id, "municipality": "若葉野市", "area_id": "A1", "interests": "花",
        "availability": "平日 13:00-17:00", "consent": "internal", **more,
    }  # fmt: skip
    return Person(**row)


def settled(bundle: Bundle) -> dict[str, object]:
    """A bundle whatever the order of its rows; seats that are held by pair, as a placement knows them."""
    seats: dict[tuple[str, str], tuple[bool, date | None]] = {}
    others = set()
    pinned = {(h.person_id, h.opening_id): h.on for h in bundle.history if h.status is HistoryStatus.PINNED}
    for row in bundle.history:
        pair = row.person_id, row.opening_id
        if row.status is HistoryStatus.PLACED:
            seats[pair] = (True, row.on)
        elif row.status is not HistoryStatus.PINNED:
            others.add(row)
    for pair, on in pinned.items():
        seats.setdefault(pair, (False, on or TODAY))
    conflicts = {tuple(sorted((c.person_a, c.person_b))) for c in bundle.conflicts}
    sheets = {name: set(getattr(bundle, name)) for name in ("areas", "hosts", "openings", "people", "companions")}
    return {**sheets, "seats": seats, "others": others, "conflicts": conflicts, "withheld": bundle.withheld}


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
names = texts.map(lambda t: f"名{t}")
days = st.none() | st.dates(date(1990, 1, 1), date(2099, 12, 31))
cells = st.none() | schedules()


@st.composite
def bundles(draw: st.DrawFn) -> Bundle:
    """Any small bundle that can be read; of one pair only one row holds the seat."""

    def some(make: Callable[[int], object], most: int = 3) -> tuple[object, ...]:
        return tuple(make(i) for i in range(draw(st.integers(0, most))))

    towns = st.sampled_from(("若葉野市", "湊市"))
    areas = some(lambda i: Area(area_id=f"A{i}", municipality="若葉野市", name=draw(names), neighbours="A0;A9"))
    places = st.sampled_from(["", *(a.area_id for a in areas)])
    hosts = some(
        lambda i: Host(
            host_id=f"=H{i}", name=draw(names), kind=draw(st.sampled_from(HostKind)), municipality="若葉野市",
            area_id=draw(places), lat=draw(st.none() | st.floats(-90, 90)), conditions=draw(texts), note=draw(texts),
            accepts=draw(st.none() | st.sampled_from(Acceptance)), public=draw(st.booleans()), surveyed_on=draw(days),
            accepts_as="、".join(draw(st.lists(st.sampled_from(Role), unique=True))),
        )
    )  # fmt: skip
    openings = some(
        lambda i: Opening(
            opening_id=f"O{i}", host_id=draw(st.sampled_from(hosts)).host_id, title=draw(names),
            role=draw(st.sampled_from(Role)), schedule=draw(cells), capacity=draw(st.integers(1, 9)),
            activities=";".join(draw(st.lists(st.sampled_from(("花", "料理")), max_size=2))),
            wheelchair=draw(st.none() | st.booleans()), starts_on=draw(days), note=draw(texts),
        )
    ) if hosts else ()  # fmt: skip
    people = some(
        lambda i: Person(
            person_id=f"P{i}", alias=draw(texts), municipality="若葉野市", area_id=draw(places),
            interests=draw(texts), avoid=draw(texts), availability=draw(cells), lon=draw(st.none() | st.floats(-180, 180)),
            age=draw(st.none() | st.integers(0, 120)), consent=draw(st.none() | st.sampled_from(Consent)),
            waiting_since=draw(days), note=draw(texts),
        )
    )  # fmt: skip
    companions = some(
        lambda i: Companion(
            companion_id=f"C{i}", name=draw(names), kind=draw(st.sampled_from(CompanionKind)),
            municipality=draw(towns), area_ids=draw(places), availability=draw(cells), per_week=draw(st.integers(0, 9)),
        )
    )  # fmt: skip
    history: dict[tuple[object, ...], HistoryEntry] = {}
    for _ in range(draw(st.integers(0, 4)) if people and openings else 0):
        row = HistoryEntry(
            person_id=draw(st.sampled_from(people)).person_id,
            opening_id=draw(st.sampled_from(openings)).opening_id,
            status=draw(st.sampled_from(HistoryStatus)), on=draw(days),
        )  # fmt: skip
        held = row.status in (HistoryStatus.PINNED, HistoryStatus.PLACED)
        history[(row.person_id, row.opening_id, True) if held else row.key] = (
            row if held else row.model_copy(update={"reason": draw(texts).strip()})
        )
    conflicts = (Conflict(person_a="P1", person_b="P0"),) if len(people) > 1 and draw(st.booleans()) else ()
    rows: Sequence[object] = (areas, hosts, openings, people, companions, tuple(history.values()), conflicts)
    return Bundle(*rows)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bundles())
def test_what_is_imported_comes_back_the_same(store: Store, bundle: Bundle) -> None:
    council = f"round-{next(_councils)}"
    with store.work(council, OPERATOR) as work:
        add_council(work, Council(name="往復の社協"))
    read = read_again(bundle)
    imported(store, read, council=council)
    assert settled(stored(store, council)) == settled(read.bundle)
    again = imported(store, read, council=council)
    assert again.import_id is None and again.plan is not None and again.plan.nothing
    assert not again.plan.objections


@pytest.mark.parametrize("path", [SEED / "casebook", SEED / "demo", *sorted(CITIES.iterdir())], ids=lambda p: p.name)
def test_towns_come_back_the_same(store: Store, path: Path) -> None:
    read = read_bundle(path)
    imported(store, read)
    assert settled(stored(store)) == settled(read.bundle)
    assert imported(store, read).import_id is None


def test_a_row_is_new_then_unchanged_then_changed_by_column(store: Store) -> None:
    first = imported(store, read_again(town()))
    assert first.counts["people"] == {"new": 2, "changed": 0, "unchanged": 0, "refused": 0, "kept": 0}
    again = town(people=(person("P1", interests="花と土"), person("P2", consent="share"), person("P3")))
    second = imported(store, read_again(again))
    assert second.counts["people"] == {"new": 1, "changed": 1, "unchanged": 1, "refused": 0, "kept": 0}
    assert second.plan is not None
    assert {s.sheet: s.columns for s in second.plan.sheets if s.changed} == {Person: {"interests": 1}}
    assert {p.person_id: p.interests for p in stored(store).people}["P1"] == "花と土"


def test_the_same_request_is_carried_out_once(store: Store) -> None:
    first = imported(store, read_again(town()), "pressed")
    second = imported(store, read_again(town(people=(person("P9"),), history=(), conflicts=())), "pressed")
    assert second.import_id == first.import_id and second.plan is None
    assert {p.person_id for p in stored(store).people} == {"P1", "P2"}


def test_a_dry_run_changes_nothing(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        plan_import(work, read_again(town()))
    assert stored(store) == Bundle()


def test_a_column_that_the_file_has_not_is_left_as_it_stands(store: Store, tmp_path: Path) -> None:
    imported(store, read_again(town()))
    (tmp_path / "people.csv").write_text("person_id,municipality,age\nP1,若葉野市,42\n", encoding="utf-8")
    with store.work(OURS, LEAD) as work:
        known = known_here(work)
    imported(store, read_bundle(tmp_path, also_known=lambda noun: known.get(noun, ())))
    found = {p.person_id: p for p in stored(store).people}["P1"]
    assert (found.age, found.interests, found.area_id, found.consent) == (42, "花", "A1", Consent.INTERNAL)


def test_halves_come_one_after_the_other(store: Store) -> None:
    whole = town()
    catalogue = replace(whole, people=(), companions=(), history=(), conflicts=())
    imported(store, read_again(catalogue))
    with tempfile.TemporaryDirectory() as folder:
        write_bundle(replace(whole, areas=(), hosts=(), openings=()), Path(folder))
        with store.work(OURS, LEAD) as work:
            known = known_here(work)
        (Path(folder) / "areas.csv").unlink(missing_ok=True)
        read = read_bundle(Path(folder), also_known=lambda noun: known.get(noun, ()))
    assert not read.refused
    imported(store, read)
    assert settled(stored(store)) == settled(read_again(whole).bundle)


def test_an_area_that_only_a_row_names_stands_for_itself(store: Store) -> None:
    imported(store, read_again(town(areas=())))
    assert [(a.area_id, a.name) for a in stored(store).areas] == [("A1", "A1")]


def test_seats_become_placements_with_the_files_dates(store: Store) -> None:
    rows = (
        HistoryEntry(person_id="P1", opening_id="O1", status=HistoryStatus.PINNED, on=date(2026, 9, 1)),
        HistoryEntry(person_id="P1", opening_id="O1", status=HistoryStatus.PLACED, on=date(2026, 9, 8)),
        HistoryEntry(person_id="P2", opening_id="O2", status=HistoryStatus.PINNED, on=date(2026, 11, 20)),
    )
    imported(store, read_again(town(history=rows)))
    placed, pinned = _placements(store)
    assert (placed.status, placed.agreed_on, placed.visited_on) == (
        PlacementStatus.TAKING_PART, date(2026, 9, 1), date(2026, 9, 8),
    )  # fmt: skip
    assert (pinned.status, pinned.agreed_on, pinned.visited_on) == (PlacementStatus.AGREED, date(2026, 11, 20), None)
    assert placed.brought and pinned.brought
    assert [s.date() for s in placed.sessions[:2]] == [date(2026, 12, 1), date(2026, 12, 8)]


def test_what_a_file_says_of_a_seat_is_the_first_word_of_its_record(store: Store) -> None:
    said = _row("P1", "O1", HistoryStatus.PLACED).model_copy(update={"reason": "水やりが気に入った"})
    done = imported(store, read_again(town(history=(said,))))
    assert imported(store, read_again(town(history=(said,)))).import_id is None
    with store.work(OURS, LEAD) as work:
        assert [(w.record.words, w.record.on) for w in work.rows(FollowUp)] == [("水やりが気に入った", said.on)]
        assert done.import_id and not undo_import(work, done.import_id).left
        assert not work.rows(FollowUp)


def test_a_column_without_a_place_is_told(store: Store, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("person_id,municipality,血液型\nP1,若葉野市,A\n", encoding="utf-8")
    done = imported(store, read_bundle(tmp_path))
    assert done.plan is not None and done.plan.columns_left_out == [("people.csv", "血液型")]


def test_of_two_who_import_at_once_one_waits(store: Store) -> None:
    read = read_again(town())
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda n: _applied(store, read, f"key {n}"), range(4)))
    assert sum(d.import_id is not None for d in done) == 1
    with store.work(OURS, LEAD) as work:
        assert len(work.rows(ImportBatch)) == 1


def _applied(store: Store, read: ReadResult, key: str) -> Imported:
    with store.work(OURS, LEAD) as work:
        return apply_import(work, read, key)


def test_a_pinned_row_that_became_placed_moves_what_was_brought(store: Store) -> None:
    imported(store, read_again(town(history=(_row("P1", "O1", HistoryStatus.PINNED),))))
    done = imported(store, read_again(town(history=(_row("P1", "O1", HistoryStatus.PLACED),))))
    assert done.counts["history"]["changed"] == 1
    assert [p.status for p in _placements(store)] == [PlacementStatus.TAKING_PART]
    stale = imported(store, read_again(town(history=(_row("P1", "O1", HistoryStatus.PINNED),))))
    assert _codes(stale) == ["already_taking_part"] and stale.import_id is None


def test_a_participation_that_ended_here_is_not_raised_again(store: Store) -> None:
    read = read_again(town())
    imported(store, read)
    with store.work(OURS, LEAD) as work:
        found = work.rows(Placement)[0]
        record_step(work, found.record.placement_id, "end", seen=found.version, on=date(2026, 11, 30))
    done = imported(store, read)
    assert _codes(done) == ["already_ended"] and done.import_id is None
    assert [p.status for p in _placements(store)] == [PlacementStatus.ENDED]


def test_new_hours_move_the_seats_that_are_held(store: Store) -> None:
    imported(store, read_again(town()))
    imported(store, read_again(town(openings=(opening("O1", schedule="木 14:00-16:00"), opening("O2")))))
    assert {s.weekday() for s in _placements(store)[0].sessions} == {3}


def test_brought_consent_names_no_host(store: Store) -> None:
    imported(store, read_again(town()))
    given = _consents(store)
    assert {(g.person_id, g.state, g.way, g.host_id) for g in given} == {
        ("P1", Consent.INTERNAL, ConsentWay.BROUGHT, ""),
        ("P2", Consent.SHARE, ConsentWay.BROUGHT, ""),
    }
    imported(store, read_again(town(people=(person("P1", consent="none"), person("P2", consent="share")))))
    assert {(g.person_id, g.state) for g in _consents(store)} == {("P1", Consent.NONE), ("P2", Consent.SHARE)}
    assert _consent_of(store, "P1") is Consent.NONE


def test_who_does_not_agree_any_more_is_not_talked_about_further(store: Store) -> None:
    imported(store, read_again(town()))
    with store.work(OURS, LEAD) as work:
        passed = suggest(work, "P1", "O1")
        kept = suggest(work, "P2", "O1")
    imported(store, read_again(town(people=(person("P1", consent="none"), person("P2", consent="share")))))
    with store.work(OURS, LEAD) as work:
        assert work.get(Suggestion, passed).record.status is SuggestionStatus.PASSED
        assert work.get(Suggestion, kept).record.status is SuggestionStatus.SUGGESTED


def test_a_file_never_widens_a_consent_that_was_withdrawn_here(store: Store) -> None:
    read = read_again(town())
    imported(store, read)
    with store.work(OURS, LEAD) as work:
        withdraw_consent(work, "P2")
    done = imported(store, read)
    assert _codes(done) == ["consent_decided"]
    assert _consent_of(store, "P2") is Consent.NONE
    assert all(g.withdrawn_at for g in _consents(store) if g.person_id == "P2")


def test_consent_recorded_here_stands_against_an_older_file(store: Store) -> None:
    imported(store, read_again(town()))
    with store.work(OURS, LEAD) as work:
        record_consent(
            work, "P1", state=Consent.SHARE, way=ConsentWay.WRITTEN, given_on=TODAY, host_id="H1",
            purpose=Purpose.PROPOSAL, items=(Told.ALIAS,),
        )  # fmt: skip
    done = imported(store, read_again(town(people=(person("P1", interests="土"), person("P2", consent="share")))))
    assert _codes(done) == ["consent_decided"]
    assert _consent_of(store, "P1") is Consent.SHARE
    assert {p.person_id: p.interests for p in stored(store).people}["P1"] == "土"  # the rest of the row goes in


def test_an_empty_consent_takes_nothing_away(store: Store) -> None:
    imported(store, read_again(town()))
    done = imported(store, read_again(town(people=(person("P1", consent=""), person("P2", consent="share")))))
    assert _codes(done) == ["consent_empty"] and _consent_of(store, "P1") is Consent.INTERNAL


def test_a_newer_answer_of_a_host_stays(store: Store) -> None:
    imported(store, read_again(town(hosts=(host(accepts=Acceptance.NO, surveyed_on=date(2026, 11, 1)),))))
    done = imported(store, read_again(town(hosts=(host(name="ひだまり", surveyed_on=date(2026, 10, 1)),))))
    assert _codes(done) == ["answer_newer"]
    (found,) = stored(store).hosts
    assert (found.accepts, found.surveyed_on, found.name) == (Acceptance.NO, date(2026, 11, 1), "ひだまり")


def test_half_a_span_that_would_be_the_wrong_way_round_is_left_as_it_stands(store: Store, tmp_path: Path) -> None:
    imported(store, read_again(town(openings=(opening("O1", min_age=18, ends_on=date(2026, 12, 24)), opening("O2")))))
    columns = "opening_id,host_id,title,role,max_age,starts_on"
    text = f"{columns}\nO1,H1,種まき,help,15,2027-01-01\nO2,H1,種まき,help,15,2027-01-01\n"
    (tmp_path / "openings.csv").write_text(text, encoding="utf-8")
    done = imported(store, read_bundle(tmp_path, also_known=lambda noun: ("H1",) if noun is Host else ()))
    assert _codes(done) == ["out_of_order"]
    one, two = sorted(stored(store).openings, key=lambda o: o.opening_id)
    assert (one.title, one.min_age, one.max_age, one.starts_on, one.ends_on) == (
        "種まき",
        18,
        None,
        None,
        date(2026, 12, 24),
    )
    assert (two.max_age, two.starts_on) == (15, date(2027, 1, 1))


def test_an_erased_person_is_refused_with_all_that_names_them(store: Store, tmp_path: Path) -> None:
    with store.work(OURS, LEAD) as work:
        work.add(Erasure(person_id="P1", at=NOON, by="lead", rows={}))
        work.note("person.erased", Person, "P1")
    source = tmp_path / "source"
    write_bundle(town(), source)
    done = imported(store, read_bundle(source))
    assert done.plan is not None
    told = {(r.file, r.row, r.code) for r in done.plan.read.refused}
    assert told == {("people.csv", 2, "erased"), ("history.csv", 2, "erased"), ("conflicts.csv", 2, "erased")}
    assert {p.person_id for p in stored(store).people} == {"P2"} and not _placements(store)
    files = write_refused(done.plan.read, tmp_path / "refused")
    assert {f.name for f in files} == {"people.csv", "history.csv", "conflicts.csv"}
    assert (tmp_path / "refused" / "people.csv").read_text("utf-8-sig").count("P1") == 1


def test_a_reference_that_went_since_the_file_was_read_is_refused(store: Store) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_bundle(Bundle(openings=(opening("O1"),)), Path(folder))
        read = read_bundle(Path(folder), also_known=lambda noun: ("H1",) if noun is Host else ())
    done = imported(store, read)
    assert done.plan is not None and [r.code for r in done.plan.read.refused] == ["unknown_reference"]
    assert done.counts["openings"] == {"new": 0, "changed": 0, "unchanged": 0, "refused": 1, "kept": 0}


def test_a_refused_decline_holds_its_pair_back_until_it_is_mended(store: Store, tmp_path: Path) -> None:
    write_bundle(town(history=()), tmp_path)
    broken = "person_id,opening_id,status,on\nP2,O2,declined,2026-99-99\n"
    (tmp_path / "history.csv").write_text(broken, encoding="utf-8")
    imported(store, read_bundle(tmp_path))
    assert stored(store).withheld == {("P2", "O2")} and not stored(store).history
    assert imported(store, read_bundle(tmp_path)).import_id is None
    (tmp_path / "history.csv").write_text(broken.replace("99-99", "10-01"), encoding="utf-8")
    imported(store, read_bundle(tmp_path))
    assert not stored(store).withheld
    assert [(h.status, h.on) for h in stored(store).history] == [(HistoryStatus.DECLINED, date(2026, 10, 1))]


def test_an_undated_word_takes_the_place_of_the_mark_that_held_its_pair_back(store: Store) -> None:
    mark = HistoryEntry(person_id="P2", opening_id="O2", status=HistoryStatus.FORBIDDEN, on=None, reason=HELD_BACK)
    imported(store, read_again(town(history=())))
    with store.work(OURS, LEAD) as work:
        work.add(mark)
        work.note("made", HistoryEntry)
    imported(store, read_again(town(history=(mark.model_copy(update={"reason": "本人の希望"}),))))
    assert not stored(store).withheld and [h.reason for h in stored(store).history] == ["本人の希望"]


def test_only_leads_and_the_operator_import(store: Store, actor: Callable[..., Actor]) -> None:
    read = read_again(town())
    for kind in (Kind.COORDINATOR, Kind.ADMINISTRATOR, Kind.STATISTICS):
        with pytest.raises(NotAllowed), store.work(OURS, actor(kind)) as work:
            apply_import(work, read, "")
    with store.work(OURS, OPERATOR) as work:
        assert apply_import(work, read, "").import_id


def test_nothing_reaches_another_council(store: Store) -> None:
    imported(store, read_again(town()))
    assert stored(store, THEIRS) == Bundle()
    imported(store, read_again(town()), council=THEIRS)
    assert settled(stored(store, THEIRS)) == settled(stored(store))


def test_the_audit_tells_counts_and_columns_and_no_word_of_a_person(store: Store) -> None:
    imported(store, read_again(town()))
    imported(store, read_again(town(people=(person("P1", interests="ひみつの花"), person("P2", consent="share")))))
    with store.work(OURS, LEAD) as work:
        events = [s.record for s in work.rows(AuditEvent) if s.record.action == "import.applied"]
        batches = work.rows(ImportBatch)
    assert events[0].facts["people_new"] == 2 and events[1].facts["people_columns"] == ["interests"]
    assert "ひみつ" not in str([e.facts for e in events]) and len(batches) == 2


def test_half_an_import_is_none(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.work(OURS, LEAD) as work:
        apply_import(work, read_again(town()), "")
        raise ZeroDivisionError
    assert stored(store) == Bundle()


def test_a_large_catalogue_goes_in_with_few_statements(store: Store) -> None:
    many = tuple(opening(f"O{n}", schedule=parse("火 14:00-16:00")) for n in range(400))
    few = _statements(store, town(openings=many[:40]))
    assert _statements(store, town(openings=many)) <= few + 2


def _statements(store: Store, bundle: Bundle) -> int:
    """How many statements an import takes, of a council of its own."""
    council, read, seen = f"many-{next(_councils)}", read_again(bundle), list[str]()
    with store.work(council, OPERATOR) as work:
        add_council(work, Council(name="たくさんの社協"))
    listen = lambda *a: seen.append(a[2])  # noqa: E731
    event.listen(store.engine, "before_cursor_execute", listen)
    try:
        with store.work(council, LEAD) as work:
            apply_import(work, read, "")
    finally:
        event.remove(store.engine, "before_cursor_execute", listen)
    return len(seen)


def _row(person_id: str, opening_id: str, status: HistoryStatus) -> HistoryEntry:
    return HistoryEntry(person_id=person_id, opening_id=opening_id, status=status, on=TODAY - timedelta(days=7))


def _codes(done: Imported) -> list[str]:
    assert done.plan is not None
    return [o.code for o in done.plan.objections]


def _placements(store: Store) -> list[Placement]:
    with store.work(OURS, LEAD) as work:
        return sorted((s.record for s in work.rows(Placement)), key=lambda p: p.person_id)


def _consents(store: Store) -> list[GivenConsent]:
    with store.work(OURS, LEAD) as work:
        return [s.record for s in work.rows(GivenConsent)]


def _consent_of(store: Store, person_id: str) -> Consent | None:
    with store.work(OURS, LEAD) as work:
        return work.get(Person, person_id).record.consent
