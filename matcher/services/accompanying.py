"""Accompanying: the first visit and what follows, a word each time; pauses, returns and endings without blame."""

from datetime import date
from uuid import UUID, uuid4

from matcher.model.codes import HistoryStatus
from matcher.model.history import HistoryEntry
from matcher.model.placement import FollowUp, FollowUpKind, Placement, PlacementStatus
from matcher.permissions import Action
from matcher.services.once import once
from matcher.services.scope import person_in_scope
from matcher.services.service import service
from matcher.storage.schema import table_of
from matcher.storage.work import TOKYO, EditedMeanwhile, Stored, Work

STEPS = ("visit", "pause", "return", "end")


@service(Action.RECORD)
def placements_of(work: Work, person_id: str) -> list[Stored[Placement]]:
    """A person's placements, newest first."""
    person_in_scope(work, Action.RECORD, person_id)
    table = table_of(Placement)
    found = work.rows(Placement, table.c.person_id == person_id, order=("agreed_on", "placement_id"))
    work.note("placement.read", Placement, person_id, count=len(found))
    return found[::-1]


@service(Action.RECORD)
def record_step(
    work: Work, placement_id: UUID, step: str, *, seen: int, on: date | None = None, words: str = ""
) -> int:
    """The first visit was, a pause, a return, an end; the new version.

    Args:
        step: one of `STEPS`.
        seen: the version on which it was decided.
        on: the day, today where none is given.
        words: how it was, kept as a follow-up.

    Raises:
        EditedMeanwhile: somebody changed it since.
        NotPossibleNow: the status does not allow the step.
    """
    stored = work.get(Placement, placement_id, lock=True)
    person_in_scope(work, Action.RECORD, stored.record.person_id)
    if stored.version != seen:
        raise EditedMeanwhile(stored)
    day = on or work.now.astimezone(TOKYO).date()
    values: dict[str, object] = {}
    if step == "visit":
        values["visited_on"] = day
    elif step == "end":
        values |= {"ended_on": day, "sessions": ()}
    elif step == "return":
        values["ended_on"] = None
    moved = work.move(Placement, step, placement_id, **values)
    if moved.record.status is PlacementStatus.ENDED:
        ended = HistoryEntry(
            person_id=moved.record.person_id, opening_id=moved.record.opening_id, status=HistoryStatus.ENDED, on=day
        )
        if work.find(HistoryEntry, *ended.key) is None:
            work.add(ended)
    if words:
        work.add(_word(work, moved.record.person_id, FollowUpKind.VISIT, day, words, None, placement_id))
    work.note("placement.moved", Placement, placement_id, step=step, status=moved.record.status.value)
    return moved.version


@service(Action.RECORD)
def record_word(
    work: Work,
    person_id: str,
    kind: FollowUpKind,
    *,
    on: date | None = None,
    words: str = "",
    mood: int | None = None,
    placement_id: UUID | None = None,
    request_key: str = "",
) -> UUID:
    """A word of the record (伴走記録); its number.

    Args:
        mood: 1 hard … 5 good.
        request_key: of the form; pressed twice it is one word.
    """
    person_in_scope(work, Action.RECORD, person_id)

    def do() -> dict[str, str]:
        day = on or work.now.astimezone(TOKYO).date()
        word = _word(work, person_id, kind, day, words, mood, placement_id)
        work.add(word)
        work.note("follow_up.recorded", FollowUp, word.follow_up_id, kind=kind.value)
        return {"follow_up_id": str(word.follow_up_id)}

    return UUID(once(work, "record_word", request_key, do)["follow_up_id"])


@service(Action.RECORD)
def words_of(work: Work, person_id: str) -> list[Stored[FollowUp]]:
    """All words of a person's record, newest first."""
    person_in_scope(work, Action.RECORD, person_id)
    found = work.rows(FollowUp, table_of(FollowUp).c.person_id == person_id, order=("on", "follow_up_id"))
    work.note("follow_up.read", FollowUp, person_id, count=len(found))
    return found[::-1]


def _word(
    work: Work, person_id: str, kind: FollowUpKind, on: date, words: str, mood: int | None, placement_id: UUID | None
) -> FollowUp:
    return FollowUp(
        follow_up_id=uuid4(),
        person_id=person_id,
        placement_id=placement_id,
        kind=kind,
        on=on,
        mood=mood,
        words=words,
        by=work.actor.name,
    )
