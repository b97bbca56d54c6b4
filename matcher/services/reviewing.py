"""Reviewing suggestions: approve, hold, pass over, take back, pin, and what the person and the host say to them."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete

from matcher.model.codes import HistoryStatus
from matcher.model.history import HistoryEntry
from matcher.model.opening import Opening
from matcher.model.statuses import NotPossibleNow
from matcher.model.suggestion import OPEN, SUGGESTIONS, Suggestion, SuggestionStatus
from matcher.permissions import Action
from matcher.services.once import once
from matcher.services.scope import person_in_scope
from matcher.services.service import service
from matcher.storage.schema import table_of
from matcher.storage.work import TOKYO, EditedMeanwhile, Stored, Work

REVIEWED = ("approve", "hold", "pass", "reopen", "tell", "wish", "decline", "refuse")
_STANDS_AGAINST = {"decline": HistoryStatus.DECLINED, "refuse": HistoryStatus.REFUSED}


@service(Action.REVIEW)
def suggestions_of(work: Work, person_id: str) -> list[Stored[Suggestion]]:
    """A person's suggestions, newest first; reading them is reading the person's file."""
    person_in_scope(work, Action.REVIEW, person_id)
    table = table_of(Suggestion)
    found = work.rows(Suggestion, table.c.person_id == person_id, order=("made_at", "suggestion_id"))
    work.note("suggestion.read", Suggestion, person_id, count=len(found))
    return found[::-1]


@service(Action.REVIEW)
def suggest(
    work: Work,
    person_id: str,
    opening_id: str,
    *,
    first_session: datetime | None = None,
    companion_id: str = "",
    request_key: str = "",
) -> UUID:
    """A suggestion by hand. Where the pair has one that is open, that one's number.

    Raises:
        NotThere: no such person, opening or companion.
    """
    person_in_scope(work, Action.REVIEW, person_id, lock=True)
    work.get(Opening, opening_id)

    def do() -> dict[str, str]:
        table = table_of(Suggestion)
        open_ones = work.rows(
            Suggestion,
            table.c.person_id == person_id,
            table.c.opening_id == opening_id,
            table.c.status.in_([status.value for status in OPEN]),
        )
        if open_ones:
            work.note("suggestion.there", Suggestion, open_ones[0].record.suggestion_id)
            return {"suggestion_id": str(open_ones[0].record.suggestion_id)}
        made = Suggestion(
            suggestion_id=uuid4(),
            person_id=person_id,
            opening_id=opening_id,
            companion_id=companion_id,
            first_session=first_session,
            made_at=work.now,
            decided_by=work.actor.name,
        )
        work.add(made)
        work.note("suggestion.made", Suggestion, made.suggestion_id)
        return {"suggestion_id": str(made.suggestion_id)}

    return UUID(once(work, "suggest", request_key, do)["suggestion_id"])


@service(Action.REVIEW)
def decide(work: Work, suggestion_id: UUID, step: str, *, seen: int, reason: str = "") -> int:
    """One step of the review; the new version.

    Asked twice with the version that was seen, the second press finds the step done and changes nothing.

    Args:
        step: one of `REVIEWED`. `decline` (by the person) and `refuse` (by the host) stand against the pair from then
            on; `reopen` takes such a word back, when whoever gave it asks.
        seen: the version on which it was decided.
        reason: in words; for declining, refusing and passing over it may be left out, for `pin` it is not asked.

    Raises:
        EditedMeanwhile: somebody decided otherwise since; nothing was changed.
        NotPossibleNow: the suggestion's status does not allow the step.
    """
    stored = _in_scope(work, suggestion_id)
    before = stored.record
    if stored.version != seen:
        if stored.version == seen + 1 and _led_to(step, before.status):
            work.note("suggestion.repeated", Suggestion, suggestion_id, step=step)
            return stored.version
        raise EditedMeanwhile(stored)
    if step not in REVIEWED:
        raise NotPossibleNow(SUGGESTIONS.ja, before.status, step)
    moved = work.move(
        Suggestion,
        step,
        suggestion_id,
        decided_at=work.now,
        decided_by=work.actor.name,
        reason=reason,
        pinned=before.pinned and step != "pass",
    )
    _write_history(work, before, step, reason)
    work.note("suggestion.decided", Suggestion, suggestion_id, step=step, status=moved.record.status.value)
    return moved.version


@service(Action.REVIEW)
def pin(work: Work, suggestion_id: UUID, *, seen: int, pinned: bool = True) -> int:
    """Hold a suggestion as it is through the next runs, or let go of it; the new version.

    Raises:
        EditedMeanwhile: somebody changed it since.
        NotPossibleNow: it is no longer open.
    """
    stored = _in_scope(work, suggestion_id)
    if stored.record.status not in OPEN:
        raise NotPossibleNow(SUGGESTIONS.ja, stored.record.status, "pin")
    version = work.change(stored.record.model_copy(update={"pinned": pinned}), seen)
    work.note("suggestion.pinned", Suggestion, suggestion_id, pinned=pinned)
    return version


def _in_scope(work: Work, suggestion_id: UUID) -> Stored[Suggestion]:
    stored = work.get(Suggestion, suggestion_id, lock=True)
    person_in_scope(work, Action.REVIEW, stored.record.person_id)
    return stored


def _led_to(step: str, status: SuggestionStatus) -> bool:
    return any(steps.get(step) is status for steps in SUGGESTIONS.moves.values())


def _write_history(work: Work, before: Suggestion, step: str, reason: str) -> None:
    """What stands against the pair for the solver: written with the word, taken out when the word is taken back."""
    today = work.now.astimezone(TOKYO).date()
    against = _STANDS_AGAINST.get(step)
    if against is not None:
        entry = HistoryEntry(
            person_id=before.person_id, opening_id=before.opening_id, status=against, on=today, reason=reason
        )
        if work.find(HistoryEntry, *entry.key) is None:
            work.add(entry)
    elif step == "reopen" and before.status in (SuggestionStatus.DECLINED, SuggestionStatus.REFUSED):
        given = before.decided_at.astimezone(TOKYO).date() if before.decided_at else today
        status = HistoryStatus.DECLINED if before.status is SuggestionStatus.DECLINED else HistoryStatus.REFUSED
        table = table_of(HistoryEntry)
        work.db.execute(
            delete(table).where(
                work.ours(table),
                table.c.person_id == before.person_id,
                table.c.opening_id == before.opening_id,
                table.c.status == status.value,
                table.c.on == given,
            )
        )
