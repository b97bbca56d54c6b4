"""Offering: the host is told of a person who would like to come, and of nothing that the person did not agree to."""

from uuid import UUID

from matcher.model.consent import Purpose
from matcher.model.opening import Opening
from matcher.model.suggestion import SUGGESTIONS, Suggestion, SuggestionStatus
from matcher.permissions import Action
from matcher.services.disclosing import disclose
from matcher.services.scope import person_in_scope
from matcher.services.service import service
from matcher.storage.work import EditedMeanwhile, Work


@service(Action.DISCLOSE)
def offer(work: Work, suggestion_id: UUID, *, seen: int) -> int:
    """Tell the host, by the consent that stands for it, and wait for its word; the suggestion's new version.

    Pressed twice with the version that was seen, the host is told once.

    Raises:
        NotToTell: no consent stands for this host and purpose; nothing was told.
        EditedMeanwhile: somebody decided otherwise since.
        NotPossibleNow: the suggestion's status does not allow it.
    """
    stored = work.get(Suggestion, suggestion_id, lock=True)
    suggestion = stored.record
    person_in_scope(work, Action.DISCLOSE, suggestion.person_id)
    if stored.version != seen:
        if stored.version == seen + 1 and suggestion.status is SuggestionStatus.OFFERED:
            work.note("suggestion.repeated", Suggestion, suggestion_id, step="offer")
            return stored.version
        raise EditedMeanwhile(stored)
    SUGGESTIONS.check_step(suggestion.status, "offer")
    host_id = work.get(Opening, suggestion.opening_id).record.host_id
    disclose(work, suggestion.person_id, host_id, Purpose.PROPOSAL, suggestion_id)
    moved = work.move(Suggestion, "offer", suggestion_id, decided_at=work.now, decided_by=work.actor.name)
    work.note("suggestion.offered", Suggestion, suggestion_id)
    return moved.version
