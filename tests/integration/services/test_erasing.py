"""Erasing: nothing of the person is left in the live tables, and it stays known that it was done."""

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from matcher.model.account import Account, AccountRole, Carrying
from matcher.model.codes import Consent, HistoryStatus
from matcher.model.conflict import Conflict
from matcher.model.consent import ConsentWay, Purpose, Told
from matcher.model.council import Council
from matcher.model.development_card import CardPerson, DevelopmentCard
from matcher.model.history import HistoryEntry
from matcher.model.match_run import RunAnswer, RunRecord, RunStatus
from matcher.model.person import Person
from matcher.model.placement import FollowUp, FollowUpKind, Placement
from matcher.model.records import Answered, AuditEvent, Erasure, ImportBatch
from matcher.model.tables import NOUNS
from matcher.permissions import OPERATOR, WORKER, Actor, Kind, NotAllowed
from matcher.services.confirming import confirm
from matcher.services.consents import record_consent
from matcher.services.disclosing import disclose
from matcher.services.erasing import Why, erase_again, erase_person, erased_ids, erasures
from matcher.services.erasure_ledger import LedgerError, Line, ledger_of, read_ledger, write_erasures
from matcher.settings import Settings
from matcher.storage.work import NotThere, Store, Work
from tests.integration.conftest import NOON, OURS, THEIRS, Database
from tests.integration.small_town import LEAD, town, wished

TODAY = date(2026, 12, 1)
STILL_TOLD = {"erasure", "audit_event"}  # that it was done, under an ID that is no name


def run(answer: dict[str, Any], request_key: str = "r") -> RunRecord:
    return RunRecord(
        run_id=uuid4(), status=RunStatus.DONE, request_key=request_key, first=TODAY, weeks=4, seconds=60,
        requested_by="x", requested_at=NOON, finished_at=NOON, answer=answer,
    )  # fmt: skip


def answer() -> dict[str, Any]:
    own = {
        "status": "suggested",
        "suggestions": [],
        "options": [{"reasons": [{"data": {"quote": "花"}}]}],
        "blocked": [],
    }
    return {
        "people": {"P1": own, "P2": own, "P10": own},
        "gaps": [
            {"activity": "gardening", "people": ["P1"], "when": "火 14:00-16:00"},
            {"activity": "cooking", "people": ["P2", "P1"]},
            {"activity": "music", "people": ["P2"]},
        ],
        "moved": [{"person_id": "P1", "code": "time"}, {"person_id": "P2", "code": "time"}],
    }


def a_whole_life(work: Work, person_id: str) -> None:
    """A row about the person in every table that can hold one."""
    suggestion = wished(work, person_id)
    given = {"state": Consent.SHARE, "way": ConsentWay.WRITTEN, "given_on": TODAY, "host_id": "H1"}
    record_consent(work, person_id, **given, purpose=Purpose.PROPOSAL, items=(Told.ALIAS,))
    disclose(work, person_id, "H1", Purpose.PROPOSAL, suggestion)
    placed = Placement(
        placement_id=uuid4(), suggestion_id=suggestion, person_id=person_id, opening_id="O1", agreed_on=TODAY,
        request_key=f"k{person_id}",
    )  # fmt: skip
    account = Account(
        account_id=uuid4(), role=AccountRole.COORDINATOR, name="x", email="x", invited_at=work.now,
        email_hash=os.urandom(32),
    )  # fmt: skip
    card = DevelopmentCard(card_id=uuid4(), title="畑", made_at=work.now, made_by="x")
    done = run({"gaps": []}, f"run{person_id}")
    work.add(
        placed,
        done,
        RunAnswer(run_id=done.run_id, person_id=person_id, answer={"status": "no_fit"}),
        FollowUp(
            follow_up_id=uuid4(), person_id=person_id, placement_id=placed.placement_id, kind=FollowUpKind.VISIT,
            on=TODAY, by="x",
        ),
        HistoryEntry(person_id=person_id, opening_id="O1", status=HistoryStatus.VISITED, on=TODAY),
        Conflict(person_a="P0", person_b=person_id),
        account,
        Carrying(person_id=person_id, account_id=account.account_id, since=work.now),
        card,
        CardPerson(card_id=card.card_id, person_id=person_id),
        Answered(service="s", request_key=person_id, at=work.now, outcome={"person_id": person_id}),
    )  # fmt: skip


@pytest.fixture
def ours(store: Store) -> Store:
    """Two people with a whole life each, and runs, imports and settings that speak of both."""
    town(store, OURS, capacity=5)
    with store.work(OURS, LEAD) as work:
        work.add(work.get(Person, "P1").record.model_copy(update={"person_id": "P0"}))
        a_whole_life(work, "P1")
        a_whole_life(work, "P2")
        undo = [
            {"table": "person", "row": {"person_id": p, "alias": "はる"}, "new": False, "version": 2}
            for p in ("P1", "P2")
        ]
        undo.append({"table": "conflict", "row": {"person_a": "P1", "person_b": "P2"}, "new": True, "version": 1})
        work.add(run(answer()), run({"people": {}}, "other"))
        work.add(ImportBatch(import_id=uuid4(), request_key="i", at=work.now, by="x", counts={}, undo=undo))
        council = work.get(Council)
        work.change(council.record.model_copy(update={"priority": ("P2", "P1")}), council.version)
    return store


def spoken_of(work: Work, person_id: str) -> dict[str, int]:
    """How many rows still speak of a person, opened, in every table. Written without a look at the code it tests."""
    found = {}
    for noun in NOUNS:
        rows = [json.dumps(stored.record.__dict__, default=str) for stored in work.rows(noun)]
        count = sum(f'"{person_id}"' in row for row in rows)
        if count:
            found[noun.table] = count
    return found


def test_nothing_of_the_person_is_left_and_nothing_of_others_is_lost(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        before = spoken_of(work, "P2")
        assert set(spoken_of(work, "P1")) > {"person", "match_run", "import_batch", "council", "disclosure", "answered"}
        counts = erase_person(work, "P1", Why.ASKED)
    with ours.work(OURS, LEAD) as work:
        assert set(spoken_of(work, "P1")) <= STILL_TOLD
        assert spoken_of(work, "P2") | {"import_batch": 1} == before
        assert counts == {
            "person": 1, "carrying": 1, "history": 1, "conflict": 1, "suggestion": 1, "placement": 1, "follow_up": 1,
            "consent": 1, "disclosure": 1, "card_person": 1, "run_answer": 1, "match_run": 1, "import_batch": 1, "answered": 1,
        }  # fmt: skip
        assert work.get(Erasure, "P1").record == Erasure(person_id="P1", at=NOON, by=LEAD.name, rows=counts)
        (event,) = [e.record for e in work.rows(AuditEvent) if e.record.action == "person.erased"]
        assert event.facts == {"why": "asked", **counts}


def test_a_runs_answer_keeps_what_is_others(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        erase_person(work, "P1", Why.ASKED)
        (left,) = [s.record.answer for s in work.rows(RunRecord) if s.record.request_key == "r"]
        whole = answer()
        assert left == {
            "people": {"P2": whole["people"]["P2"], "P10": whole["people"]["P10"]},
            "gaps": [{"activity": "cooking", "people": ["P2"]}, {"activity": "music", "people": ["P2"]}],
            "moved": [{"person_id": "P2", "code": "time"}],
        }
        (batch,) = work.rows(ImportBatch)
        assert [step["row"]["person_id"] for step in batch.record.undo] == ["P2"]


def test_every_table_that_names_a_person_was_tried(ours: Store) -> None:
    naming = {n.table for n in NOUNS if {"person_id", "person_a"} & set(n.model_fields)} - STILL_TOLD
    with ours.work(OURS, LEAD) as work:
        assert naming <= set(spoken_of(work, "P1"))


def test_erasing_twice_is_harmless(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        counts = erase_person(work, "P1", Why.ASKED)
    with ours.work(OURS, LEAD) as work:
        assert erase_person(work, "P1", Why.MISTAKE) == counts
        assert len(work.rows(Erasure)) == 1
        with pytest.raises(NotThere):
            erase_person(work, "P77", Why.ASKED)


def test_erasing_waits_for_whoever_is_confirming_and_takes_that_too(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        work.add(work.get(Person, "P1").record.model_copy(update={"person_id": "P5"}))
        about = wished(work, "P5")
    with ours.work(OURS, LEAD) as confirming:
        confirm(confirming, about, request_key="c")
        with pytest.raises(OperationalError, match="lock timeout"), ours.work(OURS, LEAD) as work:
            work.db.execute(text("SET LOCAL lock_timeout = '50ms'"))
            erase_person(work, "P5", Why.ASKED)
    with ours.work(OURS, LEAD) as work:
        assert erase_person(work, "P5", Why.ASKED)["placement"] == 1


def test_only_a_lead_erases(ours: Store, actor: Callable[..., Actor]) -> None:
    for kind in (Kind.COORDINATOR, Kind.ADMINISTRATOR, Kind.HOST_LINK, Kind.WORKER, Kind.OPERATOR):
        with pytest.raises(NotAllowed), ours.work(OURS, actor(kind)) as work:
            erase_person(work, "P1", Why.ASKED)


def test_the_council_next_door_keeps_its_person_of_the_same_id(ours: Store) -> None:
    town(ours, THEIRS)
    with ours.work(OURS, LEAD) as work:
        erase_person(work, "P1", Why.ASKED)
    with ours.work(THEIRS, LEAD) as work:
        assert work.find(Person, "P1") is not None
        assert erased_ids(work) == set()


def test_ids_of_erased_people_are_known(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        erase_person(work, "P1", Why.ASKED)
        assert erased_ids(work) == erased_ids(work, {"P1", "P2"}) == {"P1"}
        assert erased_ids(work, {"P2"}) == set()


def test_somebody_put_under_an_erased_id_can_be_erased_too(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        person = work.get(Person, "P1").record
        erase_person(work, "P1", Why.ASKED)
        work.add(person)
        assert erase_person(work, "P1", Why.MISTAKE) == {"person": 1}
        assert work.find(Person, "P1") is None


def test_a_restored_backup_is_erased_again_by_the_ledger(ours: Store) -> None:
    long_ago = datetime.fromisoformat("2026-11-03T09:00:00+09:00")
    with ours.work(OURS, OPERATOR) as work:
        assert erase_again(work, [("P1", long_ago), ("P77", long_ago)]) == 1
        assert erase_again(work, [("P1", long_ago)]) == 0
        assert [(e.person_id, e.at) for e in erasures(work)] == [("P1", long_ago)]
    with ours.work(OURS, LEAD) as work:
        assert set(spoken_of(work, "P1")) <= STILL_TOLD


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def erased(store: Store, person_id: str = "P1") -> None:
    with store.work(OURS, LEAD) as work:
        erase_person(work, person_id, Why.ASKED)


def test_the_ledger_gets_what_is_missing_and_nothing_twice(ours: Store, settings: Settings) -> None:
    assert write_erasures(ours, settings) == 0
    erased(ours)
    assert write_erasures(ours, settings) == 1
    erased(ours, "P2")
    assert (write_erasures(ours, settings), write_erasures(ours, settings)) == (1, 0)
    assert read_ledger(settings) == [Line(OURS, "P1", NOON), Line(OURS, "P2", NOON)]
    lines = [json.loads(line) for line in ledger_of(settings).read_text(encoding="utf-8").splitlines()]
    assert [(set(line), line["person_id"]) for line in lines] == [
        ({"council", "person_id", "at"}, p) for p in ("P1", "P2")
    ]
    assert ledger_of(settings).stat().st_mode & 0o777 == 0o600


def test_several_who_write_the_ledger_at_once_write_each_line_once(ours: Store, settings: Settings) -> None:
    for person_id in ("P0", "P1", "P2"):
        erased(ours, person_id)
    with ThreadPoolExecutor(8) as threads:
        written = sum(threads.map(lambda _: write_erasures(ours, settings), range(16)))
    assert written == 3
    assert len(ledger_of(settings).read_text(encoding="utf-8").splitlines()) == 3


@pytest.mark.parametrize("kept", [1, 20, 60])
def test_a_line_cut_off_by_a_crash_is_written_again(ours: Store, settings: Settings, kept: int) -> None:
    erased(ours)
    write_erasures(ours, settings)
    whole = ledger_of(settings).read_bytes()
    ledger_of(settings).write_bytes(whole[:kept])
    assert write_erasures(ours, settings) == 1
    assert ledger_of(settings).read_bytes() == whole[:kept] + b"\n" + whole
    assert read_ledger(settings) == [Line(OURS, "P1", NOON)]


def test_a_line_whose_end_of_line_is_missing_is_whole(ours: Store, settings: Settings) -> None:
    erased(ours)
    write_erasures(ours, settings)
    ledger_of(settings).write_bytes(ledger_of(settings).read_bytes()[:-1])
    erased(ours, "P2")
    assert write_erasures(ours, settings) == 1
    assert [line.person_id for line in read_ledger(settings)] == ["P1", "P2"]


def test_a_ledger_that_cannot_be_written_is_said_aloud_and_made_up_for(ours: Store, settings: Settings) -> None:
    erased(ours)
    settings.make_home()
    ledger_of(settings).mkdir()
    with pytest.raises(LedgerError, match=r"erasures\.jsonl に書けませんでした"):
        write_erasures(ours, settings)
    with pytest.raises(LedgerError):
        read_ledger(settings)
    ledger_of(settings).rmdir()
    assert write_erasures(ours, settings) == 1


def test_rows_of_an_erasure_are_only_ever_added(ours: Store, database: Database) -> None:
    erased(ours)
    for change in ("DELETE FROM erasure", "UPDATE erasure SET by = 'x'"):
        with pytest.raises(Exception, match="permission denied"), ours.work(OURS, WORKER) as work:
            work.db.execute(text(change))
