"""Councils: making one, and what it sets for itself."""

from matcher.errors import DebanError
from matcher.model.council import Council
from matcher.model.records import AuditHead
from matcher.permissions import Action
from matcher.services.service import service
from matcher.storage import audit
from matcher.storage.work import Stored, Work


class CouncilThere(DebanError):
    """A council of this ID is there already."""


@service(Action.MAKE_COUNCIL)
def add_council(work: Work, council: Council) -> None:
    """Make the council that the work is bound to, with an audit chain of its own.

    Raises:
        CouncilThere: it is there already.
    """
    if work.find(Council) is not None:
        raise CouncilThere(f"社協 {work.council} は、もうあります。")
    work.add(council, AuditHead(number=0, digest=audit.NOTHING))
    work.note("council.added", Council, work.council)


@service(Action.SEE_CATALOGUE, noted=False)
def see_council(work: Work) -> Stored[Council]:
    """The council and its settings."""
    return work.get(Council)


@service(Action.SET_COUNCIL)
def set_council(work: Work, council: Council, seen: int) -> int:
    """Change a council's settings; the new version.

    Raises:
        EditedMeanwhile: somebody else changed them since.
    """
    before = work.get(Council).record
    version = work.change(council, seen)
    changed = [name for name in Council.model_fields if getattr(before, name) != getattr(council, name)]
    work.note("council.set", Council, work.council, changed=changed)
    return version
