"""Offering tells the host once, and only what was agreed."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from matcher.model import Consent
from matcher.model.consent import ConsentWay, Disclosure, GivenConsent, Purpose, Told
from matcher.model.statuses import NotPossibleNow
from matcher.model.suggestion import Suggestion, SuggestionStatus
from matcher.services.disclosing import NotToTell
from matcher.services.offering import offer
from matcher.storage.work import EditedMeanwhile, Store, Work
from tests.integration.conftest import OURS
from tests.integration.small_town import LEAD, fill, wished


def _agreed(work: Work) -> None:
    work.add(
        GivenConsent(
            consent_id=uuid4(),
            person_id="P1",
            state=Consent.SHARE,
            purpose=Purpose.PROPOSAL,
            host_id="H1",
            items=(Told.ALIAS, Told.ROLE),
            way=ConsentWay.SPOKEN,
            given_on=date(2026, 12, 1),
            recorded_at=work.now,
            recorded_by=LEAD.name,
        )
    )


def _wished(store: Store, *, agreed: bool) -> UUID:
    with store.work(OURS, LEAD) as work:
        fill(work)
        if agreed:
            _agreed(work)
        return wished(work, "P1")


def test_pressed_twice_the_host_is_told_once_and_only_what_was_agreed(store: Store) -> None:
    suggestion_id = _wished(store, agreed=True)
    for _ in range(2):
        with store.work(OURS, LEAD) as work:
            assert offer(work, suggestion_id, seen=1) == 2
    with store.work(OURS, LEAD) as work:
        (told,) = (s.record for s in work.rows(Disclosure))
        assert told.snapshot == {"alias": "はるP1", "role": "花壇の水やり（ちょっとした手伝い）"}
        assert work.get(Suggestion, suggestion_id).record.status is SuggestionStatus.OFFERED


def test_without_a_consent_for_this_host_nothing_is_told_and_nothing_moves(store: Store) -> None:
    suggestion_id = _wished(store, agreed=False)
    with pytest.raises(NotToTell), store.work(OURS, LEAD) as work:
        offer(work, suggestion_id, seen=1)
    with store.work(OURS, LEAD) as work:
        assert work.rows(Disclosure) == []
        assert work.get(Suggestion, suggestion_id).record.status is SuggestionStatus.WISHED


def test_what_was_not_wished_is_not_offered(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        _agreed(work)
        suggestion_id = wished(work, "P1", status=SuggestionStatus.TOLD)
    with pytest.raises(NotPossibleNow), store.work(OURS, LEAD) as work:
        offer(work, suggestion_id, seen=1)
    with pytest.raises(EditedMeanwhile), store.work(OURS, LEAD) as work:
        offer(work, suggestion_id, seen=7)
