"""Pauses (お休み): days on which a host, or one opening of it, takes nobody in; without an end it is closed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from matcher.errors import DebanError
from matcher.model import Host, Opening
from matcher.model.contact import Pause
from matcher.model.placement import HOLDING, Placement
from matcher.model.suggestion import OPEN, Suggestion
from matcher.permissions import Action, check_host
from matcher.services.once import once
from matcher.services.service import service
from matcher.storage.schema import table_of
from matcher.storage.work import TOKYO, Work


class PauseRefused(DebanError):
    """A pause that cannot be; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(_REFUSED[code])
        self.code = code


_REFUSED = {
    "host_of_opening": "この枠は、その受け入れ先のものではありません。画面を新しくして確かめてください。",
    "days": "お休みの終わりが、始まりより前です。日付を確かめてください。",
}


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom it concerns when an opening or a host takes nobody in: seats held there, suggestions being talked about."""

    pause_id: UUID
    placements: int
    suggestions: int


@service(Action.EDIT_CATALOGUE)
def pause(
    work: Work,
    host_id: str,
    *,
    starts_on: date,
    ends_on: date | None = None,
    opening_id: str = "",
    reason: str = "",
    request_key: str = "",
) -> Concerned:
    """A host, or one opening of it, takes nobody in on these days; without an end it is closed until it is resumed.

    Seats that are held and suggestions that are being talked about stay as they are: the answer says how many.

    Raises:
        NotThere: no such host or opening.
        PauseRefused: the days are the wrong way round, or the opening is another host's.
    """
    check_host(work.actor, Action.EDIT_CATALOGUE, host_id)
    work.get(Host, host_id)
    if opening_id and work.get(Opening, opening_id).record.host_id != host_id:
        raise PauseRefused("host_of_opening")
    if ends_on is not None and ends_on < starts_on:
        raise PauseRefused("days")

    def do() -> dict[str, Any]:
        made = Pause(
            pause_id=uuid4(),
            host_id=host_id,
            opening_id=opening_id,
            starts_on=starts_on,
            ends_on=ends_on,
            reason=reason,
        )
        work.add(made)
        placements, suggestions = _concerned(work, host_id, opening_id)
        work.note("host.paused", Host, f"{host_id}/{opening_id}", closed=ends_on is None)
        return {"pause_id": str(made.pause_id), "placements": placements, "suggestions": suggestions}

    outcome = once(work, "pause", request_key, do)
    return Concerned(UUID(outcome["pause_id"]), outcome["placements"], outcome["suggestions"])


@service(Action.EDIT_CATALOGUE)
def close(work: Work, host_id: str, *, opening_id: str = "", on: date | None = None, reason: str = "") -> Concerned:
    """From a day on, today where none is given, a host or one opening of it takes nobody in. `resume` opens it again.

    Raises:
        NotThere: no such host or opening.
        PauseRefused: the opening is another host's.
    """
    day = on or work.now.astimezone(TOKYO).date()
    return pause(work, host_id, starts_on=day, opening_id=opening_id, reason=reason)


@service(Action.EDIT_CATALOGUE)
def resume(work: Work, pause_id: UUID, on: date | None = None) -> None:
    """A pause ends the day before, or never was where it had not begun by then.

    Raises:
        NotThere: no such pause.
    """
    stored = work.get(Pause, pause_id, lock=True)
    check_host(work.actor, Action.EDIT_CATALOGUE, stored.record.host_id)
    last = (on or work.now.astimezone(TOKYO).date()) - timedelta(days=1)
    if last < stored.record.starts_on:
        work.remove(Pause, pause_id)
    elif stored.record.ends_on is None or last < stored.record.ends_on:
        work.change(stored.record.model_copy(update={"ends_on": last}), stored.version)
    work.note("host.resumed", Host, f"{stored.record.host_id}/{stored.record.opening_id}")


def _concerned(work: Work, host_id: str, opening_id: str) -> tuple[int, int]:
    openings = table_of(Opening)
    which = [openings.c.opening_id == opening_id] if opening_id else [openings.c.host_id == host_id]
    own = select(openings.c.opening_id).where(work.ours(openings), *which)
    counts = []
    for noun, statuses in ((Placement, HOLDING), (Suggestion, OPEN)):
        table = table_of(noun)
        found = select(func.count()).where(work.ours(table), table.c.opening_id.in_(own), table.c.status.in_(statuses))
        counts.append(work.db.scalar(found) or 0)
    return counts[0], counts[1]
