"""Disclosing: a host is told what was agreed and nothing else, and only for as long as the consent stands."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from matcher.model.codes import Consent
from matcher.model.consent import ConsentWay, Disclosure, GivenConsent, Purpose, Told
from matcher.model.person import Person
from matcher.model.placement import Placement, PlacementStatus
from matcher.model.records import AuditEvent
from matcher.model.suggestion import Suggestion, SuggestionStatus
from matcher.permissions import Actor, Kind, NotAllowed
from matcher.services.confirming import confirm
from matcher.services.consents import record_consent, withdraw_consent
from matcher.services.disclosing import (
    NotToTell,
    disclose,
    disclosed_to_host,
    preview_disclosure,
    what_was_disclosed,
)
from matcher.storage.work import NotThere, Store, Work
from tests.integration.conftest import OURS, Clock, Database
from tests.integration.small_town import LEAD, TOWN, TUESDAY, host, opening, town, wished

TODAY = date(2026, 12, 1)
H1, H2 = Actor(Kind.HOST_LINK, link_id=uuid4(), host_id="H1"), Actor(Kind.HOST_LINK, link_id=uuid4(), host_id="H2")
AGREED = "朝は苦手ですが、花のことならよく話します。"


@pytest.fixture
def ours(store: Store) -> Store:
    """The small town with a second host, and a person of whom much is known."""
    town(store, OURS)
    with store.work(OURS, LEAD) as work:
        work.add(host("H2"), opening("O9", host_id="H2"))
        stored = work.get(Person, "P1")
        secret = {"note": "借金の相談中", "avoid": "大声がこわい", "strengths": "暗算", "age": 47}
        work.change(stored.record.model_copy(update=secret), stored.version)
    return store


def share(work: Work, *items: Told, person_id: str = "P1", **more: Any) -> UUID:
    told = items or tuple(Told)
    given: dict[str, Any] = {
        "state": Consent.SHARE,
        "way": ConsentWay.WRITTEN,
        "given_on": TODAY,
        "host_id": "H1",
        "purpose": Purpose.PROPOSAL,
        "items": told,
        "agreed": AGREED if Told.AGREED in told else "",
    }
    return record_consent(work, person_id, **given | more)


def test_a_host_is_told_what_was_agreed_word_for_word(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        share(work)
        about = wished(work, "P1", companion_id="C1")
        seen = preview_disclosure(work, "P1", "H1", Purpose.PROPOSAL, about)
        assert work.rows(Disclosure) == [], "looking first tells nobody"
        disclose(work, "P1", "H1", Purpose.PROPOSAL, about)
    with ours.work(OURS, H1) as work:
        (shown,) = disclosed_to_host(work, "H1")
        assert shown.snapshot == seen.snapshot
        assert shown.snapshot == {
            Told.ALIAS: "はるP1",
            Told.ROLE: "花壇の水やり（ちょっとした手伝い）",
            Told.DAY: "2026年12月8日(火) 14:00",
            Told.COMPANION: "佐藤さくら（CSW）",
            Told.AGREED: AGREED,
        }


def test_only_the_items_of_the_consent_are_told(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        share(work, Told.DAY)
        seen = preview_disclosure(work, "P1", "H1", Purpose.PROPOSAL, wished(work, "P1", companion_id="C1"))
        assert set(seen.snapshot) == {Told.DAY}


def test_the_id_never_stands_for_a_nickname_that_is_missing(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        stored = work.get(Person, "P1")
        work.change(stored.record.model_copy(update={"alias": ""}), stored.version)
        share(work, Told.ALIAS, Told.AGREED)
        seen = preview_disclosure(work, "P1", "H1", Purpose.PROPOSAL)
        assert (seen.snapshot, seen.missing) == ({Told.AGREED: AGREED}, (Told.ALIAS,))
        share(work, Told.ALIAS)
        with pytest.raises(NotToTell) as refused:
            disclose(work, "P1", "H1", Purpose.PROPOSAL)
        assert refused.value.code == "nothing"


def test_a_first_visit_is_told_from_the_placement(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        share(work, Told.ROLE, Told.DAY, Told.COMPANION, purpose=Purpose.FIRST_VISIT)
        placed = Placement(
            placement_id=uuid4(), person_id="P1", opening_id="O1", request_key="k", agreed_on=TODAY, first_visit=TUESDAY
        )
        work.add(placed)
        seen = preview_disclosure(work, "P1", "H1", Purpose.FIRST_VISIT, placed.placement_id)
        assert seen.snapshot[Told.DAY] == "2026年12月8日(火) 14:00"
        assert seen.snapshot[Told.COMPANION] == "同行なし"
        work.move(Placement, "undo", placed.placement_id)
        with pytest.raises(NotToTell) as refused:
            disclose(work, "P1", "H1", Purpose.FIRST_VISIT, placed.placement_id)
        assert refused.value.code == "not_wished"
        assert work.get(Placement, placed.placement_id).record.status is PlacementStatus.UNDONE


@pytest.mark.parametrize(
    "given",
    [
        None,
        {"host_id": "H2"},
        {"purpose": Purpose.FIRST_VISIT},
        {"person_id": "P2"},
        {"state": Consent.INTERNAL, "host_id": "", "purpose": None, "items": (), "agreed": ""},
    ],
    ids=["nothing", "another host", "another purpose", "another person", "only inside"],
)
def test_nothing_is_told_without_a_consent_for_this_person_host_and_purpose(
    ours: Store, given: dict[str, Any] | None
) -> None:
    with ours.work(OURS, LEAD) as work:
        if given is not None:
            share(work, **given)
        for call in (disclose, preview_disclosure):
            with pytest.raises(NotToTell) as refused:
                call(work, "P1", "H1", Purpose.PROPOSAL)
            assert refused.value.code == "consent"
        assert work.rows(Disclosure) == []


def test_a_consent_that_a_file_brought_lets_nothing_out(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        work.add(
            GivenConsent(
                consent_id=uuid4(), person_id="P1", state=Consent.SHARE, way=ConsentWay.BROUGHT, given_on=TODAY,
                recorded_at=work.now, recorded_by="file",
            )
        )  # fmt: skip
        with pytest.raises(NotToTell):
            disclose(work, "P1", "H1", Purpose.PROPOSAL)


def test_once_taken_back_the_host_sees_nothing_and_the_coordinator_still_knows(ours: Store, database: Any) -> None:
    clock: Clock = database.clock
    with ours.work(OURS, LEAD) as work:
        consent = share(work, Told.ALIAS)
        told = disclose(work, "P1", "H1", Purpose.PROPOSAL)
    clock.pass_(days=900)
    with ours.work(OURS, LEAD) as work:
        withdraw_consent(work, "P1", consent)
        with pytest.raises(NotToTell):
            disclose(work, "P1", "H1", Purpose.PROPOSAL)
    with ours.work(OURS, H1) as work:
        assert disclosed_to_host(work, "H1") == []
    with ours.work(OURS, LEAD) as work:
        (known,) = what_was_disclosed(work, "P1")
        assert (known.disclosure.disclosure_id, known.stands) == (told, False)
        assert known.disclosure.snapshot == {"alias": "はるP1"}
        assert (known.disclosure.by, known.disclosure.at.date()) == (LEAD.name, TODAY)


def test_what_was_agreed_to_less_later_is_no_longer_shown(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        share(work, Told.ALIAS, Told.AGREED)
        disclose(work, "P1", "H1", Purpose.PROPOSAL)
        share(work, Told.ALIAS)
    with ours.work(OURS, H1) as work:
        assert disclosed_to_host(work, "H1") == []


def test_what_is_over_is_no_longer_shown(ours: Store, database: Database) -> None:
    def shown() -> list[str]:
        with ours.work(OURS, H1) as work:
            return [s.snapshot[Told.ALIAS] for s in disclosed_to_host(work, "H1")]

    with ours.work(OURS, LEAD) as work:
        share(work, Told.ALIAS)
        about = wished(work, "P1")
        disclose(work, "P1", "H1", Purpose.PROPOSAL, about)
    assert shown() == ["はるP1"]
    with ours.work(OURS, LEAD) as work:
        placed = confirm(work, about, request_key="k")
    assert shown() == ["はるP1"], "they are coming"
    with ours.work(OURS, LEAD) as work:
        work.move(Placement, "end", placed)
    assert shown() == []
    database.clock.pass_(days=1)
    with ours.work(OURS, LEAD) as work:
        again = wished(work, "P1")
        disclose(work, "P1", "H1", Purpose.PROPOSAL, again)
        assert [t.stands for t in what_was_disclosed(work, "P1")] == [True, False]
        work.move(Suggestion, "decline", again)
        assert [t.stands for t in what_was_disclosed(work, "P1")] == [False, False]
    assert shown() == []


@pytest.mark.parametrize("status", [s for s in SuggestionStatus if s.value not in ("wished", "offered", "confirmed")])
def test_before_the_person_wishes_it_and_after_it_is_over_no_host_hears_of_it(
    ours: Store, status: SuggestionStatus
) -> None:
    with ours.work(OURS, LEAD) as work:
        share(work)
        with pytest.raises(NotToTell) as refused:
            disclose(work, "P1", "H1", Purpose.PROPOSAL, wished(work, "P1", status=status))
        assert refused.value.code == "not_wished"


def test_it_is_about_this_persons_own_suggestion_at_this_host(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        share(work)
        with pytest.raises(NotToTell) as refused:
            disclose(work, "P1", "H1", Purpose.PROPOSAL, wished(work, "P1", "O9"))
        assert refused.value.code == "other_host"
        with pytest.raises(NotThere):
            disclose(work, "P1", "H1", Purpose.PROPOSAL, wished(work, "P2"))


def test_a_link_shows_its_own_host_and_no_persons_file(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        share(work, Told.ALIAS)
        disclose(work, "P1", "H1", Purpose.PROPOSAL)
    with ours.work(OURS, H2) as work:
        assert disclosed_to_host(work, "H2") == []
        for call in (
            lambda: disclosed_to_host(work, "H1"),
            lambda: what_was_disclosed(work, "P1"),
            lambda: disclose(work, "P1", "H2", Purpose.PROPOSAL),
            lambda: preview_disclosure(work, "P1", "H2", Purpose.PROPOSAL),
        ):
            with pytest.raises(NotAllowed):
                call()


def test_a_coordinator_tells_and_sees_for_their_own_people(ours: Store, actor: Callable[..., Actor]) -> None:
    near, far = actor(Kind.COORDINATOR, areas=((TOWN, "A1"),)), actor(Kind.COORDINATOR)
    with ours.work(OURS, near) as work:
        share(work, Told.ALIAS)
        disclose(work, "P1", "H1", Purpose.PROPOSAL)
        assert len(what_was_disclosed(work, "P1")) == len(disclosed_to_host(work, "H1")) == 1
    with ours.work(OURS, far) as work:
        assert disclosed_to_host(work, "H1") == []
        for call in (
            lambda: what_was_disclosed(work, "P1"),
            lambda: disclose(work, "P1", "H1", Purpose.PROPOSAL),
            lambda: preview_disclosure(work, "P1", "H1", Purpose.PROPOSAL),
        ):
            with pytest.raises(NotAllowed):
                call()


def test_telling_and_taking_back_wait_for_one_another(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        consent = share(work, Told.ALIAS)
    with ours.work(OURS, LEAD) as telling:
        disclose(telling, "P1", "H1", Purpose.PROPOSAL)
        with pytest.raises(OperationalError, match="lock timeout"), ours.work(OURS, LEAD) as taking:
            taking.db.execute(text("SET LOCAL lock_timeout = '50ms'"))
            withdraw_consent(taking, "P1", consent)
    with ours.work(OURS, LEAD) as taking:
        withdraw_consent(taking, "P1", consent)
        with pytest.raises(OperationalError, match="lock timeout"), ours.work(OURS, LEAD) as telling:
            telling.db.execute(text("SET LOCAL lock_timeout = '50ms'"))
            disclose(telling, "P1", "H1", Purpose.PROPOSAL)
    with ours.work(OURS, LEAD) as work, pytest.raises(NotToTell):
        disclose(work, "P1", "H1", Purpose.PROPOSAL)


def test_the_database_refuses_a_disclosure_without_a_consent_that_stands(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        consent = share(work, Told.ALIAS)
        withdraw_consent(work, "P1")
    told = {"person_id": "P1", "host_id": "H1", "purpose": Purpose.PROPOSAL, "consent_id": consent}
    for wrong in ({}, {"host_id": "H2"}, {"person_id": "P2"}, {"consent_id": uuid4()}):
        with pytest.raises(DBAPIError), ours.work(OURS, LEAD) as work:
            work.add(
                Disclosure(disclosure_id=uuid4(), snapshot={"alias": "x"}, at=work.now, by="somebody", **told | wrong)
            )


def test_what_was_told_is_sealed_and_the_audit_tells_codes(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        share(work)
        told = disclose(work, "P1", "H1", Purpose.PROPOSAL)
        raw = work.db.scalar(text("SELECT snapshot FROM disclosure"))
        assert "はる".encode() not in bytes(raw) and AGREED.encode() not in bytes(raw)
    with ours.work(OURS, H1) as work:
        disclosed_to_host(work, "H1")
    with ours.work(OURS, LEAD) as work:
        events = [e.record for e in work.rows(AuditEvent) if e.record.action.startswith("disclosure.")]
        assert [(e.action, e.actor) for e in events] == [("disclosure.made", LEAD.name), ("disclosure.shown", H1.name)]
        assert events[0].noun_key == str(told) and events[0].facts["items"] == ["alias", "agreed"]
        assert "はる" not in repr(events)
