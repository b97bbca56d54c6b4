"""From the first visit on: steps of a placement, and words of the record."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from matcher.model import HistoryEntry, HistoryStatus
from matcher.model.placement import PLACEMENTS, FollowUpKind, Placement, PlacementStatus
from matcher.model.statuses import NotPossibleNow
from matcher.permissions import Actor, Kind, NotAllowed
from matcher.services.accompanying import STEPS, placements_of, record_step, record_word, words_of
from matcher.storage.work import EditedMeanwhile, Store
from tests.integration.conftest import OURS
from tests.integration.small_town import LEAD, TUESDAY, fill


def _placed(store: Store, status: PlacementStatus = PlacementStatus.AGREED) -> UUID:
    placement_id = uuid4()
    with store.work(OURS, LEAD) as work:
        fill(work)
        work.add(
            Placement(
                placement_id=placement_id,
                status=status,
                person_id="P1",
                opening_id="O1",
                first_visit=TUESDAY,
                sessions=(TUESDAY,),
                request_key="k",
                agreed_on=date(2026, 12, 1),
            )
        )
    return placement_id


@pytest.mark.parametrize("status", PlacementStatus)
@pytest.mark.parametrize("step", [*STEPS, "undo"])
def test_each_step_does_what_the_table_says(store: Store, status: PlacementStatus, step: str) -> None:
    placement_id = _placed(store, status)
    with store.work(OURS, LEAD) as work:
        if not PLACEMENTS.can_step(status, step):
            with pytest.raises(NotPossibleNow):
                record_step(work, placement_id, step, seen=1)
            return
        record_step(work, placement_id, step, seen=1, on=date(2026, 12, 8))
        found = work.get(Placement, placement_id).record
    assert found.status is PLACEMENTS.moves[status][step]
    assert found.visited_on == (date(2026, 12, 8) if step == "visit" else None)
    assert found.sessions == (() if step == "end" else (TUESDAY,))


def test_an_end_is_remembered_once(store: Store) -> None:
    placement_id = _placed(store, PlacementStatus.TAKING_PART)
    with store.work(OURS, LEAD) as work:
        record_step(work, placement_id, "end", seen=1)
        assert [(s.record.status, s.record.on) for s in work.rows(HistoryEntry)] == [
            (HistoryStatus.ENDED, date(2026, 12, 1))
        ]


def test_a_visit_takes_its_word_with_it(store: Store) -> None:
    placement_id = _placed(store)
    with store.work(OURS, LEAD) as work:
        record_step(work, placement_id, "visit", seen=1, words="よく笑っていた")
        (word,) = words_of(work, "P1")
        assert (word.record.words, word.record.kind, word.record.placement_id) == (
            "よく笑っていた",
            FollowUpKind.VISIT,
            placement_id,
        )


def test_nobody_moves_what_another_moved(store: Store) -> None:
    placement_id = _placed(store)
    with store.work(OURS, LEAD) as work:
        record_step(work, placement_id, "visit", seen=1)
        with pytest.raises(EditedMeanwhile):
            record_step(work, placement_id, "pause", seen=1)


def test_a_word_pressed_twice_is_one_word(store: Store) -> None:
    _placed(store)
    for _ in range(2):
        with store.work(OURS, LEAD) as work:
            record_word(work, "P1", FollowUpKind.CONTACT, words="電話で話した", mood=4, request_key="k")
    with store.work(OURS, LEAD) as work:
        assert [(s.record.words, s.record.mood) for s in words_of(work, "P1")] == [("電話で話した", 4)]


def test_a_coordinator_records_only_about_their_own_people(store: Store) -> None:
    placement_id = _placed(store)
    other = Actor(Kind.COORDINATOR, uuid4(), frozenset({("若葉野市", "A9")}))
    for call in (
        lambda work: record_step(work, placement_id, "visit", seen=1),
        lambda work: record_word(work, "P1", FollowUpKind.CONTACT),
        lambda work: words_of(work, "P1"),
        lambda work: placements_of(work, "P1"),
    ):
        with pytest.raises(NotAllowed), store.work(OURS, other) as work:
            call(work)
