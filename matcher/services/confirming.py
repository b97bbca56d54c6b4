"""Confirming: the moment in which a seat is taken, for one person and once."""

from datetime import datetime
from uuid import UUID, uuid4

from matcher.errors import DebanError
from matcher.model.codes import Acceptance, Consent
from matcher.model.contact import Pause
from matcher.model.host import Host
from matcher.model.opening import Opening
from matcher.model.placement import Placement
from matcher.model.suggestion import SUGGESTIONS, Suggestion
from matcher.permissions import Action
from matcher.services.once import once
from matcher.services.scope import person_in_scope
from matcher.services.seats import sessions_held, take_seat
from matcher.services.service import service
from matcher.storage.schema import table_of
from matcher.storage.work import TOKYO, Work


class NotToConfirm(DebanError):
    """Something speaks against confirming that only people can settle; `code` says what."""

    def __init__(self, code: str) -> None:
        super().__init__(_NOT_TO_CONFIRM[code])
        self.code = code


_NOT_TO_CONFIRM = {
    "consent": "本人の同意の記録がありません。同意を聞いて記録してから、もう一度決めてください。",
    "host_no": "受け入れ先は、いまは受けていないと答えています。受け入れ先の返事を確かめてください。",
    "paused": "受け入れ先は、その日お休みです。別の日にしてください。",
    "no_session": "その日時には開かれません。はじめの日を選びなおしてください。",
    "past": "その日時は、もう過ぎています。はじめの日を選びなおしてください。",
}


@service(Action.CONFIRM)
def confirm(
    work: Work,
    suggestion_id: UUID,
    *,
    request_key: str,
    first_visit: datetime | None = None,
    companion_id: str | None = None,
) -> UUID:
    """Both sides agreed: the suggestion becomes a placement and holds its seat. The placement's number.

    Args:
        request_key: of the form; pressed twice, the second press gets the first one's placement.
        first_visit: the first visit where it is another than was suggested.
        companion_id: who comes along where it is somebody else; empty where nobody does.

    Raises:
        NoSeat: somebody else was first; nothing was changed.
        NotToConfirm: consent, the host's word or the day speaks against it.
        NotPossibleNow: the suggestion's status does not allow it.
    """

    def do() -> dict[str, str]:
        stored = work.get(Suggestion, suggestion_id, lock=True)
        suggestion = stored.record
        person = person_in_scope(work, Action.CONFIRM, suggestion.person_id, lock=True).record
        SUGGESTIONS.check_step(suggestion.status, "confirm")
        opening = work.get(Opening, suggestion.opening_id).record
        visit = (first_visit or suggestion.first_session) if opening.schedule is not None else first_visit
        placement = Placement(
            placement_id=uuid4(),
            suggestion_id=suggestion_id,
            person_id=suggestion.person_id,
            opening_id=suggestion.opening_id,
            companion_id=suggestion.companion_id if companion_id is None else companion_id,
            first_visit=visit,
            request_key=f"confirm:{suggestion_id}:{stored.version}",
            agreed_on=work.now.astimezone(TOKYO).date(),
        )
        if person.consent not in (Consent.INTERNAL, Consent.SHARE):
            raise NotToConfirm("consent")
        first = (visit or work.now).astimezone(TOKYO).date()
        held = sessions_held(opening, person, first)
        _check_host(work, opening, visit)
        if visit is not None:
            if visit < work.now:
                raise NotToConfirm("past")
            if opening.schedule is not None and visit not in held:
                raise NotToConfirm("no_session")
            held = tuple(s for s in held if s >= visit)
        take_seat(work, placement.model_copy(update={"sessions": held}), opening)
        work.move(Suggestion, "confirm", suggestion_id, decided_at=work.now, decided_by=work.actor.name)
        work.note("placement.confirmed", Placement, placement.placement_id, suggestion=str(suggestion_id))
        return {"placement_id": str(placement.placement_id)}

    return UUID(once(work, "confirm", request_key, do)["placement_id"])


@service(Action.CONFIRM)
def undo_confirmation(work: Work, placement_id: UUID) -> None:
    """Take a confirmation back before the first visit: the seat is free again, the suggestion where it stood.

    Raises:
        NotPossibleNow: the first visit has been, or it was taken back already.
    """
    placement = work.get(Placement, placement_id, lock=True).record
    person_in_scope(work, Action.CONFIRM, placement.person_id)
    work.move(Placement, "undo", placement_id, ended_on=work.now.astimezone(TOKYO).date(), sessions=())
    if placement.suggestion_id is not None:
        work.move(Suggestion, "undo", placement.suggestion_id, decided_at=work.now, decided_by=work.actor.name)
    work.note("placement.undone", Placement, placement_id)


def _check_host(work: Work, opening: Opening, visit: datetime | None) -> None:
    if work.get(Host, opening.host_id).record.accepts is Acceptance.NO:
        raise NotToConfirm("host_no")
    day = (visit or work.now).astimezone(TOKYO).date()
    pauses = work.rows(Pause, table_of(Pause).c.host_id == opening.host_id)
    for pause in (p.record for p in pauses if p.record.opening_id in ("", opening.opening_id)):
        if pause.starts_on <= day and (pause.ends_on is None or day <= pause.ends_on):
            raise NotToConfirm("paused")
