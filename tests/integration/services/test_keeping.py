"""Keeping: nothing is kept longer than the council set, and nobody goes without having been listed for a month."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from matcher.exchange import read_bundle
from matcher.model.account import Account, AccountRole, Carrying
from matcher.model.codes import Consent
from matcher.model.consent import ConsentWay
from matcher.model.council import Council
from matcher.model.link import Link, LinkPurpose
from matcher.model.match_run import RunRecord, RunStatus
from matcher.model.person import Person
from matcher.model.placement import FollowUp, FollowUpKind, Placement, PlacementStatus
from matcher.model.records import Answered, AuditEvent, Erasure, ImportBatch
from matcher.model.suggestion import Suggestion, SuggestionStatus
from matcher.permissions import OPERATOR, WORKER, Actor, Kind, NotAllowed
from matcher.services.consents import record_consent, withdraw_consent
from matcher.services.importing import apply_import, known_here
from matcher.services.keeping import Due, Kept, keep, months_after, retention_due
from matcher.storage.keys import with_new_key
from matcher.storage.rotation import rotate
from matcher.storage.work import TOKYO, Store, Work
from tests.integration.conftest import NOON, OURS, THEIRS, Clock, Database
from tests.integration.small_town import LEAD, TOWN, fill, town

MONTHS = 12  # the council of these tests keeps people that long


@pytest.fixture
def clock(database: Database) -> Clock:
    return database.clock


@pytest.fixture
def ours(store: Store) -> Store:
    """Two people, kept for a year."""
    with store.work(OURS, OPERATOR) as work:
        council = work.get(Council)
        work.change(council.record.model_copy(update={"keep_people_months": MONTHS}), council.version)
    town(store, OURS)
    return store


def at(clock: Clock, months: int, days: int = 0) -> None:
    """So many months after noon of 1 December 2026."""
    clock.now = months_after(NOON, months) + timedelta(days=days)


def kept(store: Store) -> Kept:
    with store.work(OURS, WORKER) as work:
        return keep(work)


def due(store: Store) -> Due:
    with store.work(OURS, LEAD) as work:
        return retention_due(work)


def people(store: Store) -> list[str]:
    with store.work(OURS, LEAD) as work:
        return [stored.record.person_id for stored in work.rows(Person)]


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2026-12-01", 1, "2027-01-01"),
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-02-29", -12, "2027-02-28"),
        ("2027-01-15", -1, "2026-12-15"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2026-03-31", -4, "2025-11-30"),
    ],
)
def test_months_end_on_a_day_that_is_there(day: str, months: int, then: str) -> None:
    assert months_after(datetime.fromisoformat(day), months) == datetime.fromisoformat(then)


def test_a_person_is_listed_a_month_before_and_then_erased(ours: Store, clock: Clock) -> None:
    at(clock, MONTHS - 1, -1)
    assert (kept(ours).listed, due(ours).people) == (0, ())
    at(clock, MONTHS - 1, 1)
    assert [(p.person_id, p.listed_at) for p in due(ours).people] == [("P1", None), ("P2", None)]
    assert (kept(ours).listed, kept(ours).listed) == (2, 0)
    assert {p.goes_at for p in due(ours).people} == {months_after(clock.now, 1)}
    at(clock, MONTHS)
    assert kept(ours).people == 0, "the year is over and the month is not"
    at(clock, MONTHS, 2)
    assert kept(ours).people == 2
    assert people(ours) == []
    with ours.work(OURS, LEAD) as work:
        assert {(e.record.person_id, e.record.by) for e in work.rows(Erasure)} == {("P1", "worker"), ("P2", "worker")}
        events = [e.record for e in work.rows(AuditEvent)]
        assert {e.facts["why"] for e in events if e.action == "person.erased"} == {"retention"}
        assert [e.facts["people"] for e in events if e.action == "retention.kept"][-1] == 2


def test_a_worker_that_slept_for_years_gives_notice_all_the_same(ours: Store, clock: Clock) -> None:
    at(clock, 5 * MONTHS)
    assert (kept(ours).listed, people(ours)) == (2, ["P1", "P2"])
    clock.pass_(days=32)
    assert kept(ours).people == 2


def test_less_months_set_later_give_notice_too(ours: Store, clock: Clock) -> None:
    at(clock, 6)
    assert kept(ours).listed == 0
    with ours.work(OURS, OPERATOR) as work:
        council = work.get(Council)
        work.change(council.record.model_copy(update={"keep_people_months": 1}), council.version)
    first = kept(ours)
    assert (first.listed, first.people) == (2, 0)


def happens(what: str) -> Callable[[Work, datetime], None]:
    """Something that happens to P1."""

    def suggestion(work: Work, status: SuggestionStatus, **more: Any) -> None:
        made = Suggestion(
            suggestion_id=uuid4(), status=status, person_id="P1", opening_id="O1", made_at=work.now, **more
        )
        work.add(made)

    def placement(work: Work, **more: Any) -> None:
        given = {"agreed_on": work.now.date(), "request_key": "k", "placement_id": uuid4()}
        work.add(Placement(person_id="P1", opening_id="O1", **given | more))

    def follow_up(work: Work) -> None:
        work.add(FollowUp(follow_up_id=uuid4(), person_id="P1", kind=FollowUpKind.CONTACT, on=work.now.date(), by="x"))

    def carried(work: Work) -> None:
        account = Account(
            account_id=uuid4(), role=AccountRole.LEAD, name="x", email="x", invited_at=work.now, email_hash=b"x"
        )
        work.add(account, Carrying(person_id="P1", account_id=account.account_id, since=work.now))

    def change(work: Work) -> None:
        stored = work.get(Person, "P1")
        work.change(stored.record.model_copy(update={"note": "電話があった"}), stored.version)

    def brought(work: Work) -> None:
        with tempfile.TemporaryDirectory() as folder:
            rows = f"person_id,municipality,area_id,alias\nP1,{TOWN},A1,はるP1\nP2,{TOWN},A1,べつ\n"
            Path(folder, "people.csv").write_text(rows, encoding="utf-8")
            known = known_here(work)
            read = read_bundle(Path(folder), also_known=lambda model: known.get(model, ()))
        work.remove(Person, "P2")  # of the two, P1 is to stay alone
        stored = work.get(Person, "P1")
        assert apply_import(work, read, "k").import_id is not None
        assert work.get(Person, "P1").version == stored.version, "the same again is no change"
        work.remove(Person, "P2")
        rows_changed = [p.model_copy(update={"alias": "はるか"}) for p in read.bundle.people if p.person_id == "P1"]
        apply_import(work, replace(read, bundle=replace(read.bundle, people=tuple(rows_changed))), "k2")

    made: dict[str, Callable[[Work], None]] = {
        "a follow-up": follow_up,
        "a suggestion that was passed over": lambda work: suggestion(work, SuggestionStatus.PASSED),
        "a decision": lambda work: suggestion(work, SuggestionStatus.DECLINED, decided_at=work.now),
        "a placement that ended": lambda work: placement(work, status=PlacementStatus.ENDED, ended_on=work.now.date()),
        "a consent": lambda work: (
            record_consent(work, "P1", state=Consent.INTERNAL, way=ConsentWay.WRITTEN, given_on=work.now.date())
            and None
        ),
        "a consent taken back": lambda work: withdraw_consent(work, "P1") and None,
        "a change": change,
        "somebody carries them": carried,
        "a file that says something else": brought,
    }
    return made[what]


@pytest.mark.parametrize(
    "what",
    [
        "a follow-up", "a suggestion that was passed over", "a decision", "a placement that ended", "a consent",
        "a consent taken back", "a change", "somebody carries them",
        "a file that says something else",
    ],
)  # fmt: skip
def test_whatever_happens_to_the_person_begins_the_time_anew(ours: Store, clock: Clock, what: str) -> None:
    at(clock, MONTHS - 1, 1)
    assert kept(ours).listed == 2
    with ours.work(OURS, LEAD) as work:
        happens(what)(work)
    at(clock, MONTHS, 2)
    kept(ours)
    assert people(ours) == ["P1"]
    at(clock, 2 * MONTHS, 1)
    assert (kept(ours).listed, people(ours)) == (1, ["P1"]), "listed anew: the old notice does not count"
    clock.pass_(days=32)
    assert kept(ours).people == 1


def test_reading_the_file_is_nothing_that_happened(ours: Store, clock: Clock, database: Database) -> None:
    at(clock, MONTHS - 1, 1)
    kept(ours)
    with ours.work(OURS, LEAD) as work:
        work.note("person.read", Person, "P1")
    at(clock, MONTHS, 2)
    assert kept(ours).people == 2


@pytest.mark.parametrize(
    "open_one",
    [
        Suggestion(suggestion_id=UUID(int=1), person_id="P1", opening_id="O1", made_at=NOON),
        Placement(placement_id=UUID(int=1), person_id="P1", opening_id="O1", request_key="k", agreed_on=date(2026, 12, 1)),
        Placement(
            placement_id=UUID(int=1), person_id="P1", opening_id="O1", request_key="k", agreed_on=date(2026, 12, 1),
            status=PlacementStatus.TAKING_PART,
        ),
    ],
    ids=["an open suggestion", "a first visit to come", "taking part"],
)  # fmt: skip
def test_whoever_has_something_open_stays(ours: Store, clock: Clock, open_one: Any) -> None:
    with ours.work(OURS, LEAD) as work:
        work.add(open_one)
    at(clock, 3 * MONTHS)
    assert kept(ours).listed == 1
    clock.pass_(days=32)
    kept(ours)
    assert people(ours) == ["P1"]


def test_people_of_the_council_next_door_are_counted_by_its_own_months(ours: Store, clock: Clock) -> None:
    town(ours, THEIRS)
    at(clock, 3 * MONTHS)
    kept(ours)
    clock.pass_(days=32)
    assert kept(ours).people == 2
    with ours.work(THEIRS, LEAD) as work:
        assert len(work.rows(Person)) == 2


def run(months_ago: int, request_key: str) -> RunRecord:
    return RunRecord(
        run_id=uuid4(), status=RunStatus.DONE, request_key=request_key, first=date(2026, 12, 1), weeks=4, seconds=60,
        requested_by="x", requested_at=NOON, finished_at=months_after(NOON, -months_ago),
        answer={"people": {"P1": {"status": "no_fit"}}}, inputs_digest="abc",
    )  # fmt: skip


def test_answers_of_old_runs_are_emptied_and_what_was_run_stays(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        work.add(run(13, "old"), run(11, "new"))
        assert retention_due(work).runs == 1
    assert (kept(ours).runs, kept(ours).runs) == (1, 0)
    with ours.work(OURS, LEAD) as work:
        runs = {s.record.request_key: s for s in work.rows(RunRecord)}
        assert (runs["old"].record.answer, runs["old"].record.inputs_digest, runs["old"].version) == ({}, "abc", 2)
        assert runs["new"].record.answer == {"people": {"P1": {"status": "no_fit"}}}
        assert runs["new"].version == 1


def test_what_imports_could_put_back_goes_after_three_months(ours: Store, clock: Clock) -> None:
    undo = [{"table": "person", "row": {"person_id": "P1"}}]
    with ours.work(OURS, LEAD) as work:
        for key, days in (("old", 91), ("new", 89)):
            work.add(
                ImportBatch(
                    import_id=uuid4(), request_key=key, at=NOON - timedelta(days=days), by="x", counts={}, undo=undo
                )
            )
    assert (kept(ours).imports, kept(ours).imports) == (1, 0)
    with ours.work(OURS, LEAD) as work:
        assert {s.record.request_key: s.record.undo for s in work.rows(ImportBatch)} == {"old": [], "new": undo}


def test_links_go_when_their_end_is_long_past(ours: Store) -> None:
    def link(made: int, expires: int, **more: Any) -> Link:
        return Link(
            link_id=uuid4(), token_hash=uuid4().bytes, purpose=LinkPurpose.HOST_PAGE, made_by="x",
            made_at=months_after(NOON, made), expires_at=months_after(NOON, expires),
            **{"once": False} | more,
        )  # fmt: skip

    long_ago, lately = months_after(NOON, -4), months_after(NOON, -2) - timedelta(days=1)
    go = [link(-9, -4), link(-9, 9, revoked_at=long_ago), link(-9, 9, once=True, used_at=long_ago)]
    stay = [link(-9, -2), link(-9, 9, revoked_at=lately), link(-9, 9, used_at=long_ago), link(-1, 1)]
    with ours.work(OURS, LEAD) as work:
        work.add(*go, *stay)
    assert (kept(ours).links, kept(ours).links) == (3, 0)
    with ours.work(OURS, LEAD) as work:
        assert {s.record.link_id for s in work.rows(Link)} == {one.link_id for one in stay}
        assert retention_due(work).links == 1


def test_answers_to_requests_are_forgotten_after_a_month(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        for key, days in (("old", 31), ("new", 29)):
            work.add(Answered(service="s", request_key=key, at=NOON - timedelta(days=days), outcome={}))
    assert kept(ours).requests == 1
    with ours.work(OURS, LEAD) as work:
        assert [s.record.request_key for s in work.rows(Answered)] == ["new"]


def test_sealing_rows_by_a_new_key_does_not_begin_the_time_anew(ours: Store, clock: Clock, database: Database) -> None:
    at(clock, 6)
    ours.sealer.use(with_new_key(database.keys))
    owner = Store(database.addresses.owner, ours.sealer.keys, clock=clock)
    assert rotate(ours, owner)[OURS] > 0
    owner.close()
    at(clock, MONTHS - 1, 1)
    assert kept(ours).listed == 2


def test_only_the_lead_reads_who_is_due_and_only_the_worker_lets_go(ours: Store, actor: Callable[..., Actor]) -> None:
    for kind in set(Kind) - {Kind.LEAD}:
        with pytest.raises(NotAllowed), ours.work(OURS, actor(kind)) as work:
            retention_due(work)
    for kind in set(Kind) - {Kind.WORKER, Kind.OPERATOR}:
        with pytest.raises(NotAllowed), ours.work(OURS, actor(kind)) as work:
            keep(work)


def test_the_time_of_the_clock_is_that_of_the_change(store: Store, clock: Clock) -> None:
    clock.now = datetime(2031, 5, 5, 9, 0, tzinfo=TOKYO)
    with store.work(OURS, LEAD) as work:
        fill(work, 1)
    clock.pass_(days=1)
    with store.work(OURS, LEAD) as work:
        assert work.db.scalar(text("SELECT changed_at FROM person")) == datetime(2031, 5, 5, 9, 0, tzinfo=TOKYO)
        stored = work.get(Person, "P1")
        work.change(stored.record, stored.version)
        assert work.db.scalar(text("SELECT changed_at FROM person")) == clock.now
