"""Reviewing: every step that the table allows, by whoever may, and what it leaves behind for the solver."""

from datetime import date
from uuid import uuid4

import pytest

from matcher.model import HistoryEntry, HistoryStatus
from matcher.model.statuses import NotPossibleNow
from matcher.model.suggestion import OPEN, SUGGESTIONS, Suggestion, SuggestionStatus
from matcher.permissions import Actor, Kind, NotAllowed
from matcher.services.reviewing import REVIEWED, decide, pin, suggest, suggestions_of
from matcher.storage.work import EditedMeanwhile, NotThere, Store
from tests.integration.conftest import OURS
from tests.integration.small_town import LEAD, fill, wished

_S = SuggestionStatus


@pytest.mark.parametrize("status", [s for s in SuggestionStatus if s is not _S.CONFIRMED])
@pytest.mark.parametrize("step", REVIEWED)
def test_each_step_does_what_the_table_says(store: Store, status: SuggestionStatus, step: str) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        suggestion_id = wished(work, "P1", status=status)
    allowed = SUGGESTIONS.can_step(status, step)
    if not allowed:
        with pytest.raises(NotPossibleNow), store.work(OURS, LEAD) as work:
            decide(work, suggestion_id, step, seen=1)
        return
    with store.work(OURS, LEAD) as work:
        assert decide(work, suggestion_id, step, seen=1, reason="本人から電話で") == 2
    with store.work(OURS, LEAD) as work:
        found = work.get(Suggestion, suggestion_id).record
    assert found.status is SUGGESTIONS.moves[status][step]
    assert (found.reason, found.decided_by) == ("本人から電話で", LEAD.name)


@pytest.mark.parametrize("step", ["confirm", "undo", "offer", "replace", "nonsense"])
def test_steps_with_services_of_their_own_are_not_taken_here(store: Store, step: str) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        suggestion_id = wished(work, "P1")
    with pytest.raises(NotPossibleNow), store.work(OURS, LEAD) as work:
        decide(work, suggestion_id, step, seen=1)


def test_nobody_decides_over_anothers_decision(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        suggestion_id = wished(work, "P1", status=_S.SUGGESTED)
    with store.work(OURS, LEAD) as work:
        decide(work, suggestion_id, "approve", seen=1)
    with pytest.raises(EditedMeanwhile) as told, store.work(OURS, LEAD) as work:
        decide(work, suggestion_id, "hold", seen=1)
    assert told.value.current is not None
    assert told.value.current.record.status is _S.APPROVED


def test_the_same_press_twice_is_one_decision(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        suggestion_id = wished(work, "P1", status=_S.SUGGESTED)
    for _ in range(2):
        with store.work(OURS, LEAD) as work:
            assert decide(work, suggestion_id, "approve", seen=1) == 2


@pytest.mark.parametrize(
    ("before", "step", "status"),
    [(_S.TOLD, "decline", HistoryStatus.DECLINED), (_S.OFFERED, "refuse", HistoryStatus.REFUSED)],
)
def test_a_no_stands_against_the_pair_until_it_is_taken_back(
    store: Store, before: SuggestionStatus, step: str, status: HistoryStatus
) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        suggestion_id = wished(work, "P1", status=before)
    with store.work(OURS, LEAD) as work:
        decide(work, suggestion_id, step, seen=1, reason="人が多そうだから")
    with store.work(OURS, LEAD) as work:
        (entry,) = (s.record for s in work.rows(HistoryEntry))
        assert entry == HistoryEntry.model_construct(
            person_id="P1", opening_id="O1", status=status, on=date(2026, 12, 1), reason="人が多そうだから"
        )
        decide(work, suggestion_id, "reopen", seen=2)
        assert work.rows(HistoryEntry) == []
        assert work.get(Suggestion, suggestion_id).record.status is before


def test_an_earlier_no_of_a_file_is_not_taken_back_with_ours(store: Store) -> None:
    earlier = HistoryEntry.model_construct(
        person_id="P1", opening_id="O1", status=HistoryStatus.DECLINED, on=date(2026, 5, 1), reason=""
    )
    with store.work(OURS, LEAD) as work:
        fill(work)
        suggestion_id = wished(work, "P1", status=_S.TOLD)
        work.add(earlier)
    with store.work(OURS, LEAD) as work:
        decide(work, suggestion_id, "decline", seen=1)
        decide(work, suggestion_id, "reopen", seen=2)
        assert [s.record for s in work.rows(HistoryEntry)] == [earlier]


def test_a_suggestion_by_hand_is_there_once(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        first = suggest(work, "P1", "O1", request_key="a")
    with store.work(OURS, LEAD) as work:
        assert suggest(work, "P1", "O1", request_key="a") == first
        assert suggest(work, "P1", "O1", request_key="b") == first
        assert [s.record.suggestion_id for s in suggestions_of(work, "P1")] == [first]
        with pytest.raises(NotThere):
            suggest(work, "P1", "O77")


@pytest.mark.parametrize("status", SuggestionStatus)
def test_only_what_is_open_can_be_pinned(store: Store, status: SuggestionStatus) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        suggestion_id = wished(work, "P1", status=status)
    with store.work(OURS, LEAD) as work:
        if status in OPEN:
            pin(work, suggestion_id, seen=1)
            assert work.get(Suggestion, suggestion_id).record.pinned
        else:
            with pytest.raises(NotPossibleNow):
                pin(work, suggestion_id, seen=1)


def test_a_coordinator_decides_only_about_their_own_people(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        suggestion_id = wished(work, "P1", status=_S.SUGGESTED)
    other = Actor(Kind.COORDINATOR, uuid4(), frozenset({("若葉野市", "A9")}))
    own = Actor(Kind.COORDINATOR, uuid4(), frozenset({("若葉野市", "A1")}))
    for call in (
        lambda work: decide(work, suggestion_id, "approve", seen=1),
        lambda work: pin(work, suggestion_id, seen=1),
        lambda work: suggest(work, "P1", "O1"),
        lambda work: suggestions_of(work, "P1"),
    ):
        with pytest.raises(NotAllowed), store.work(OURS, other) as work:
            call(work)
    with store.work(OURS, own) as work:
        assert decide(work, suggestion_id, "approve", seen=1) == 2
