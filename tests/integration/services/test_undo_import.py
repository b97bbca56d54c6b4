"""Taking an import back puts back what stood before, and leaves alone what somebody went on with."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings

import seed_data
from matcher.exchange import read_bundle
from matcher.model import Bundle, Consent, HistoryEntry, HistoryStatus, Opening, Person
from matcher.model.consent import ConsentWay, GivenConsent
from matcher.model.council import Council
from matcher.model.placement import FollowUp, FollowUpKind, Placement, PlacementStatus
from matcher.model.records import AuditEvent, ImportBatch
from matcher.permissions import OPERATOR
from matcher.services.accompanying import record_step, record_word
from matcher.services.consents import record_consent
from matcher.services.councils import add_council
from matcher.services.erasing import Why, erase_person
from matcher.services.importing import plan_import
from matcher.services.seats import hold_on
from matcher.services.undoing_import import AlreadyTakenBack, TakenBack, imports_of, undo_import
from matcher.storage.work import Store
from tests.integration.conftest import NOON, OURS, Database
from tests.integration.services.test_importing import (
    LEAD,
    TODAY,
    _councils,
    bundles,
    host,
    imported,
    opening,
    person,
    read_again,
    settled,
    stored,
    town,
)


def taken_back(store: Store, number: UUID | None, council: str = OURS) -> TakenBack:
    assert number is not None
    with store.work(council, LEAD) as work:
        return undo_import(work, number)


def left(done: TakenBack) -> set[tuple[str, str, str]]:
    return {(one.noun.table, "–".join(map(str, one.key)), one.code) for one in done.left}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bundles(), bundles())
def test_whatever_was_imported_last_is_as_if_it_had_never_been(store: Store, first: Bundle, second: Bundle) -> None:
    council = f"undo-{next(_councils)}"
    with store.work(council, OPERATOR) as work:
        add_council(work, Council(name="取り消しの社協"))
    imported(store, read_again(first), council=council)
    before = stored(store, council)
    done = imported(store, read_again(second), council=council)
    if done.import_id is not None:
        assert not taken_back(store, done.import_id, council).left
    assert stored(store, council) == before
    with store.work(council, LEAD) as work:
        assert plan_import(work, read_again(first)).nothing


def test_a_whole_town_goes_as_it_came(store: Store) -> None:
    done = imported(store, read_bundle(Path(seed_data.__file__).parent / "demo"))
    assert not taken_back(store, done.import_id).left
    assert stored(store) == Bundle()
    assert imported(store, read_bundle(Path(seed_data.__file__).parent / "demo")).import_id is not None


def test_a_row_that_somebody_changed_is_left_with_what_it_needs(store: Store) -> None:
    done = imported(store, read_again(town()))
    with store.work(OURS, LEAD) as work:
        found = work.get(Opening, "O2")
        work.change(found.record.model_copy(update={"title": "土づくり"}), found.version)
        work.note("opening.changed", Opening, "O2")
    back = taken_back(store, done.import_id)
    assert left(back) == {("opening", "O2", "changed"), ("host", "H1", "used"), ("area", "若葉野市–A1", "used")}
    assert [o.title for o in stored(store).openings] == ["土づくり"] and not stored(store).people


def test_a_changed_row_gets_its_old_words_back_unless_it_was_changed_again(store: Store) -> None:
    imported(store, read_again(town()))
    people = (person("P1", interests="土"), person("P2", consent="share", interests="土"))
    done = imported(store, read_again(town(people=people, hosts=(host(note="改装"),))))
    with store.work(OURS, LEAD) as work:
        found = work.get(Person, "P2")
        work.change(found.record.model_copy(update={"interests": "川"}), found.version)
        work.note("person.changed", Person, "P2")
    assert left(taken_back(store, done.import_id)) == {("person", "P2", "changed")}
    assert {p.person_id: p.interests for p in stored(store).people} == {"P1": "花", "P2": "川"}
    assert [h.note for h in stored(store).hosts] == [""]


def test_a_person_whom_somebody_wrote_about_is_left(store: Store) -> None:
    done = imported(store, read_again(town(history=(), conflicts=())))
    with store.work(OURS, LEAD) as work:
        record_word(work, "P1", FollowUpKind.CONTACT, words="電話で話した")
    assert ("person", "P1", "used") in left(taken_back(store, done.import_id))
    with store.work(OURS, LEAD) as work:
        assert len(work.rows(FollowUp)) == 1
    assert [p.person_id for p in stored(store).people] == ["P1"]


def test_consent_recorded_since_stays(store: Store) -> None:
    done = imported(store, read_again(town(history=(), conflicts=())))
    with store.work(OURS, LEAD) as work:
        record_consent(work, "P1", state=Consent.NONE, way=ConsentWay.WRITTEN, given_on=TODAY)
    back = left(taken_back(store, done.import_id))
    assert ("person", "P1", "changed") in back
    with store.work(OURS, LEAD) as work:
        assert work.get(Person, "P1").record.consent is Consent.NONE
        assert {g.record.person_id for g in work.rows(GivenConsent)} == {"P1"}


def test_a_placement_goes_though_its_days_were_worked_out_anew(store: Store, database: Database) -> None:
    done = imported(store, read_again(town()))
    database.clock.pass_(days=8)
    with store.work(OURS, LEAD) as work:
        assert hold_on(work) == 1
    assert not taken_back(store, done.import_id).left


def test_a_placement_that_somebody_recorded_on_stays(store: Store) -> None:
    done = imported(store, read_again(town()))
    with store.work(OURS, LEAD) as work:
        found = work.rows(Placement)[0]
        record_step(work, found.record.placement_id, "pause", seen=found.version)
    back = taken_back(store, done.import_id)
    assert {(noun, code) for noun, _, code in left(back)} == {
        ("placement", "changed"), ("person", "used"), ("opening", "used"), ("host", "used"), ("area", "used"),
    }  # fmt: skip
    with store.work(OURS, LEAD) as work:
        assert [p.record.status for p in work.rows(Placement)] == [PlacementStatus.PAUSED]


def test_a_beginning_that_a_file_told_is_taken_back(store: Store) -> None:
    row = HistoryEntry(person_id="P1", opening_id="O1", status=HistoryStatus.PINNED, on=date(2026, 11, 1))
    imported(store, read_again(town(history=(row,))))
    before = settled(stored(store))
    placed = row.model_copy(update={"status": HistoryStatus.PLACED, "on": date(2026, 11, 20)})
    done = imported(store, read_again(town(history=(placed,))))
    assert not taken_back(store, done.import_id).left
    assert settled(stored(store)) == before


def test_hours_that_are_taken_back_move_the_seats_back(store: Store) -> None:
    imported(store, read_again(town()))
    done = imported(store, read_again(town(openings=(opening("O1", schedule="木 14:00-16:00"), opening("O2")))))
    taken_back(store, done.import_id)
    with store.work(OURS, LEAD) as work:
        assert {s.weekday() for s in work.rows(Placement)[0].record.sessions} == {1}


def test_an_import_is_taken_back_once(store: Store) -> None:
    done = imported(store, read_again(town()))
    taken_back(store, done.import_id)
    with pytest.raises(AlreadyTakenBack):
        taken_back(store, done.import_id)


def test_nothing_is_kept_of_an_erased_person(store: Store) -> None:
    imported(store, read_again(town()))
    done = imported(store, read_again(town(people=(person("P1", interests="土"), person("P2", consent="share")))))
    with store.work(OURS, LEAD) as work:
        erase_person(work, "P1", Why.ASKED)
    with store.work(OURS, LEAD) as work:
        assert not [one for s in work.rows(ImportBatch) for one in s.record.undo if "P1" in str(one)]
    assert not taken_back(store, done.import_id).left
    assert [p.person_id for p in stored(store).people] == ["P2"]


def test_what_was_kept_for_taking_back_goes_with_it(store: Store) -> None:
    done = imported(store, read_again(town()))
    taken_back(store, done.import_id)
    with store.work(OURS, LEAD) as work:
        (batch,) = imports_of(work)
        (kept,) = work.rows(ImportBatch)
        events = [s.record.action for s in work.rows(AuditEvent)]
    assert (batch.undone_at, kept.record.undo) == (NOON, [])
    assert events[-1] == "import.undone"
