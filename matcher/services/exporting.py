"""Exporting: all that a council's sheets hold, as a workbook that can be imported again."""

from pathlib import Path

from matcher.exchange.writing import write_workbook
from matcher.model import SHEETS, Area, Bundle, Companion, Conflict, HistoryEntry, HistoryStatus, Host, Opening, Person
from matcher.model.council import Council
from matcher.permissions import Action
from matcher.services.bundle_of import HELD_BACK, history_of
from matcher.services.service import service
from matcher.storage.work import N, Work


@service(Action.EXPORT)
def export_council(work: Work, path: Path) -> Path:
    """Write the council's areas, hosts, openings, people, companions, history and conflicts to a workbook.

    Seats that were decided here stand in the history as pinned or placed, what is being talked about as proposed, so
    that importing it here again changes nothing. Whoever has the file has everybody's data: the event says how much.

    Raises:
        BundleError: the workbook cannot be written.
    """
    people = _all(work, Person)
    history, withheld = history_of(work, (p.person_id for p in people))
    held_back = [
        HistoryEntry(person_id=p, opening_id=o, status=HistoryStatus.FORBIDDEN, reason=HELD_BACK)
        for p, o in sorted(withheld)
    ]
    bundle = Bundle(
        areas=tuple(_all(work, Area)),
        hosts=tuple(_all(work, Host)),
        openings=tuple(_all(work, Opening)),
        people=tuple(people),
        companions=tuple(_all(work, Companion)),
        history=(*history, *held_back),
        conflicts=tuple(_all(work, Conflict)),
    )
    written = write_workbook(bundle, path)
    work.note("council.exported", Council, work.council, **{m.sheet: len(getattr(bundle, m.sheet)) for m in SHEETS})
    return written


def _all(work: Work, noun: type[N]) -> list[N]:
    return [stored.record for stored in work.rows(noun)]
