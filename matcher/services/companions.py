"""Companions (同行者): who stands beside a person on the first day."""

from sqlalchemy import func, select

from matcher.errors import DebanError
from matcher.model import Companion
from matcher.model.placement import Placement, PlacementStatus
from matcher.model.suggestion import OPEN, Suggestion
from matcher.permissions import Action
from matcher.services.import_plan import differing
from matcher.services.service import service
from matcher.storage.schema import table_of
from matcher.storage.work import Stored, Work


class CompanionRefused(DebanError):
    """A companion that cannot be added or taken away; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(_REFUSED[code])
        self.code = code


_REFUSED = {
    "there": "同じIDの同行者が、もういます。別のIDにしてください。入力した内容は残っています。",
    "needed": "この人が同行する予定か提案があります。先に、別の同行者に決めなおしてください。",
}


@service(Action.SEE_CATALOGUE)
def list_companions(work: Work) -> list[Stored[Companion]]:
    """All companions, by ID. They are people: that they were listed is noted."""
    found = work.rows(Companion)
    work.note("companion.listed", Companion, count=len(found))
    return found


@service(Action.EDIT_CATALOGUE)
def add_companion(work: Work, companion: Companion) -> None:
    """Put a new companion in.

    Raises:
        CompanionRefused: the ID is taken.
    """
    if work.find(Companion, companion.companion_id) is not None:
        raise CompanionRefused("there")
    work.add(companion)
    work.note("companion.added", Companion, companion.companion_id)


@service(Action.EDIT_CATALOGUE)
def change_companion(work: Work, companion: Companion, seen: int) -> int:
    """Write a companion over the version that was seen; the new version.

    Raises:
        NotThere: no such companion.
        EditedMeanwhile: somebody else changed it; it carries the row as it stands.
    """
    before = work.get(Companion, companion.companion_id, lock=True).record
    version = work.change(companion, seen)
    changed = differing(before, companion, Companion.model_fields)
    work.note("companion.changed", Companion, companion.companion_id, changed=changed)
    return version


@service(Action.EDIT_CATALOGUE)
def remove_companion(work: Work, companion_id: str) -> None:
    """Take a companion away, with how to reach them. What they went along to stays, without them.

    Raises:
        NotThere: no such companion.
        CompanionRefused: they are to go along to something still to come.
    """
    work.get(Companion, companion_id, lock=True)
    for noun, statuses in ((Placement, (PlacementStatus.AGREED,)), (Suggestion, OPEN)):
        table = table_of(noun)
        waits = (work.ours(table), table.c.companion_id == companion_id, table.c.status.in_(statuses))
        if work.db.scalar(select(func.count()).where(*waits)):
            raise CompanionRefused("needed")
    work.remove(Companion, companion_id)
    work.note("companion.removed", Companion, companion_id)
