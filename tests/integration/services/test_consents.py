"""Consent: what is recorded moves the person's state, and what is taken back holds at once."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from matcher.model.codes import Consent
from matcher.model.consent import ConsentBasis, ConsentWay, Disclosure, GivenConsent, Purpose, Told
from matcher.model.person import Person
from matcher.model.placement import Placement
from matcher.model.records import AuditEvent
from matcher.model.suggestion import OPEN, Suggestion, SuggestionStatus
from matcher.permissions import Actor, Kind, NotAllowed
from matcher.services.consents import (
    ConsentRefused,
    MeetingWay,
    effects_of_withdrawal,
    record_consent,
    see_consents,
    withdraw_consent,
)
from matcher.services.disclosing import disclose
from matcher.storage.work import NotThere, Store, Work
from tests.integration.conftest import OURS, Clock
from tests.integration.small_town import LEAD, TOWN, host, opening, town, wished

TODAY = date(2026, 12, 1)
SHARE: dict[str, Any] = {
    "state": Consent.SHARE,
    "way": ConsentWay.WRITTEN,
    "given_on": TODAY,
    "host_id": "H1",
    "purpose": Purpose.PROPOSAL,
    "items": (Told.ALIAS, Told.DAY),
}
INTERNAL: dict[str, Any] = {"state": Consent.INTERNAL, "way": ConsentWay.WRITTEN, "given_on": TODAY}
NONE: dict[str, Any] = {"state": Consent.NONE, "way": ConsentWay.SPOKEN, "given_on": TODAY}


@pytest.fixture
def ours(store: Store) -> Store:
    """The small town, with a second host and nobody's consent."""
    town(store, OURS)
    with store.work(OURS, LEAD) as work:
        work.add(host("H2"), opening("O9", host_id="H2"))
        for stored in work.rows(Person):
            work.change(stored.record.model_copy(update={"consent": None}), stored.version)
    return store


def state(work: Work, person_id: str = "P1") -> Consent | None:
    return work.get(Person, person_id).record.consent


def test_the_persons_state_is_what_is_furthest_of_what_stands(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        internal = record_consent(work, "P1", **INTERNAL)
        assert state(work) is Consent.INTERNAL
        share = record_consent(work, "P1", **SHARE)
        assert state(work) is Consent.SHARE
        withdraw_consent(work, "P1", share)
        assert state(work) is Consent.INTERNAL
        withdraw_consent(work, "P1", internal)
        assert state(work) is Consent.NONE
        assert state(work, "P2") is None, "nobody else's"


def test_a_consent_that_a_file_brought_counts_for_the_state(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        work.add(
            GivenConsent(
                consent_id=uuid4(), person_id="P1", state=Consent.SHARE, way=ConsentWay.BROUGHT, given_on=TODAY,
                recorded_at=work.now, recorded_by="file",
            )
        )  # fmt: skip
        record_consent(work, "P1", **INTERNAL)
        assert state(work) is Consent.SHARE
        withdraw_consent(work, "P1")
        assert state(work) is Consent.NONE


def test_the_same_consent_said_anew_takes_the_place_of_the_first(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        first = record_consent(work, "P1", **SHARE)
        other_purpose = record_consent(work, "P1", **SHARE | {"purpose": Purpose.FIRST_VISIT})
        other_host = record_consent(work, "P1", **SHARE | {"host_id": "H2"})
        second = record_consent(work, "P1", **SHARE | {"items": (Told.ALIAS,)})
        assert work.get(GivenConsent, first).record.withdrawn_at == work.now
        standing = {r.record.consent_id for r in see_consents(work, "P1").records if r.record.withdrawn_at is None}
        assert standing == {other_purpose, other_host, second}


def test_a_no_of_the_person_takes_everything_back(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        record_consent(work, "P1", **INTERNAL)
        record_consent(work, "P1", **SHARE)
        record_consent(work, "P1", **NONE)
        assert state(work) is Consent.NONE
        record_consent(work, "P1", **INTERNAL)
        assert state(work) is Consent.INTERNAL, "and a later yes holds again"


def test_a_confidential_meeting_is_noted_and_lets_nothing_happen(ours: Store) -> None:
    meeting = NONE | {"basis": ConsentBasis.MEETING}
    with ours.work(OURS, LEAD) as work:
        record_consent(work, "P1", **meeting)
        assert state(work) is Consent.NONE
        assert see_consents(work, "P1").meeting is MeetingWay.CONFIDENTIAL
        for far in (INTERNAL, SHARE):
            with pytest.raises(ConsentRefused) as refused:
                record_consent(work, "P1", **far | {"basis": ConsentBasis.MEETING})
            assert refused.value.code == "meeting"
        record_consent(work, "P1", **SHARE)
        record_consent(work, "P1", **meeting)
        assert state(work) is Consent.SHARE, "what the person agreed to stands beside it"
        assert see_consents(work, "P1").meeting is MeetingWay.PLAN


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (SHARE | {"given_on": date(2026, 12, 2)}, "future"),
        (SHARE | {"way": ConsentWay.BROUGHT}, "brought"),
        (SHARE | {"way": ConsentWay.SPOKEN}, "witness"),
        (INTERNAL | {"way": ConsentWay.SPOKEN}, "witness"),
        (SHARE | {"host_id": ""}, "host"),
        (SHARE | {"purpose": None}, "host"),
        (SHARE | {"items": ()}, "items"),
        (SHARE | {"items": (Told.ALIAS, Told.AGREED)}, "agreed"),
        (SHARE | {"agreed": "花が好きです"}, "agreed"),
        (INTERNAL | {"host_id": "H1", "purpose": Purpose.PROPOSAL}, "not_for_host"),
        (NONE | {"items": (Told.ALIAS,)}, "not_for_host"),
    ],
)
def test_what_could_not_be_kept_to_is_refused_and_changes_nothing(
    ours: Store, given: dict[str, Any], code: str
) -> None:
    with ours.work(OURS, LEAD) as work:
        with pytest.raises(ConsentRefused) as refused:
            record_consent(work, "P1", **given)
        assert refused.value.code == code
        assert work.rows(GivenConsent) == []
        assert state(work) is None


def test_a_host_that_is_not_there_is_refused(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work, pytest.raises(NotThere):
        record_consent(work, "P1", **SHARE | {"host_id": "H77"})


def suggestion(work: Work, status: SuggestionStatus, opening_id: str = "O1", person_id: str = "P1") -> UUID:
    made = Suggestion(
        suggestion_id=uuid4(), status=status, person_id=person_id, opening_id=opening_id, made_at=work.now, pinned=True
    )
    work.add(made)
    return made.suggestion_id


@pytest.mark.parametrize("status", OPEN)
def test_without_any_consent_every_open_suggestion_is_passed_over(ours: Store, status: SuggestionStatus) -> None:
    with ours.work(OURS, LEAD) as work:
        record_consent(work, "P1", **INTERNAL)
        own = suggestion(work, status)
        others = suggestion(work, status, person_id="P2")
        effects = effects_of_withdrawal(work, "P1")
        assert (effects.current, effects.suggestions) == (Consent.NONE, 1)
        assert work.get(Suggestion, own).record.status is status, "so far it was only asked"
        assert withdraw_consent(work, "P1") == effects
        passed = work.get(Suggestion, own).record
        assert (passed.status, passed.pinned, passed.decided_at) == (SuggestionStatus.PASSED, False, work.now)
        assert work.get(Suggestion, others).record.status is status


def test_where_one_hosts_consent_ends_only_what_is_being_asked_there_is_passed_over(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        record_consent(work, "P1", **INTERNAL)
        share = record_consent(work, "P1", **SHARE)
        visit = record_consent(work, "P1", **SHARE | {"purpose": Purpose.FIRST_VISIT})
        record_consent(work, "P1", **SHARE | {"host_id": "H2"})
        asked, elsewhere = suggestion(work, SuggestionStatus.OFFERED), suggestion(work, SuggestionStatus.OFFERED, "O9")
        inside = suggestion(work, SuggestionStatus.HELD, "O9", "P2")
        assert withdraw_consent(work, "P1", visit).suggestions == 0
        record_consent(work, "P1", **SHARE)  # said anew: nothing is lost by it
        assert work.get(Suggestion, asked).record.status is SuggestionStatus.OFFERED
        assert withdraw_consent(work, "P1", share).suggestions == 0, "that one had ended already"
        standing = next(
            r.record.consent_id
            for r in see_consents(work, "P1").records
            if r.record.host_id == "H1" and r.record.withdrawn_at is None
        )
        assert withdraw_consent(work, "P1", standing).suggestions == 1
        assert work.get(Suggestion, asked).record.status is SuggestionStatus.PASSED
        assert work.get(Suggestion, elsewhere).record.status is SuggestionStatus.OFFERED
        assert work.get(Suggestion, inside).record.status is SuggestionStatus.HELD


def test_the_effects_tell_whom_it_was_told_to_and_what_goes_on(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        record_consent(work, "P1", **SHARE)
        disclose(work, "P1", "H1", Purpose.PROPOSAL, wished(work, "P1"))
        work.add(Placement(placement_id=uuid4(), person_id="P1", opening_id="O9", request_key="k", agreed_on=TODAY))
        effects = effects_of_withdrawal(work, "P1")
        assert effects == withdraw_consent(work, "P1")
        assert (effects.consents, effects.suggestions, effects.placements) == (1, 1, 1)
        assert (effects.hosts_told, effects.hidden) == (("H1",), 1)
        assert work.rows(Disclosure), "what was told stays on record"


def test_taking_back_twice_is_harmless_and_somebody_elses_consent_is_not_found(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        share = record_consent(work, "P1", **SHARE)
        withdraw_consent(work, "P1", share)
        again = withdraw_consent(work, "P1", share)
        assert again.consents == 0
        with pytest.raises(NotThere):
            withdraw_consent(work, "P2", share)


def test_a_coordinator_records_for_the_people_of_their_areas_and_whom_they_carry(
    ours: Store, actor: Callable[..., Actor]
) -> None:
    near, far = actor(Kind.COORDINATOR, areas=((TOWN, "A1"),)), actor(Kind.COORDINATOR)
    with ours.work(OURS, near) as work:
        record_consent(work, "P1", **INTERNAL)
    for call in (
        lambda work: record_consent(work, "P1", **INTERNAL),
        lambda work: withdraw_consent(work, "P1"),
        lambda work: effects_of_withdrawal(work, "P1"),
        lambda work: see_consents(work, "P1"),
    ):
        with pytest.raises(NotAllowed), ours.work(OURS, far) as work:
            call(work)
    with ours.work(OURS, LEAD) as work:
        assert state(work) is Consent.INTERNAL


def test_the_audit_tells_codes_and_no_words(ours: Store, database: Any) -> None:
    with ours.work(OURS, LEAD) as work:
        record_consent(
            work,
            "P1",
            **SHARE
            | {"way": ConsentWay.SPOKEN, "witness": "山本つばき", "items": tuple(Told), "agreed": "朝は苦手です"},
        )
        withdraw_consent(work, "P1")
    with ours.work(OURS, LEAD) as work:
        events = [e.record for e in work.rows(AuditEvent) if e.record.action.startswith("consent.")]
        assert [e.action for e in events] == ["consent.recorded", "consent.withdrawn"]
        assert events[0].facts["items"] == ["alias", "role", "day", "companion", "agreed"]
        assert "山本" not in repr(events) and "苦手" not in repr(events)


def test_consents_are_kept_with_when_and_by_whom(ours: Store, database: Any) -> None:
    clock: Clock = database.clock
    with ours.work(OURS, LEAD) as work:
        share = record_consent(work, "P1", **SHARE)
    clock.pass_(days=3)
    with ours.work(OURS, LEAD) as work:
        withdraw_consent(work, "P1", share)
        record = work.get(GivenConsent, share).record
        assert (record.withdrawn_at, record.withdrawn_by) == (clock.now, LEAD.name)
        assert record.recorded_at < clock.now
