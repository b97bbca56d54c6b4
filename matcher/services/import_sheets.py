"""Areas, hosts, openings, people, companions and conflicts of a file, beside the rows that stand here."""

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from matcher.exchange import ReadResult
from matcher.model import Area, Conflict, Host, Opening, Person, Record
from matcher.services.import_plan import Change, Objection, SheetPlan, among, differing
from matcher.storage.schema import table_of
from matcher.storage.work import Stored, Work

R = TypeVar("R", bound=Record)
_ANSWER = ("accepts", "accepts_as", "conditions", "max_newcomers", "surveyed_on")
_ORDERED = (("min_age", "max_age"), ("starts_on", "ends_on"))


def columns_of(read: ReadResult, model: type[Record]) -> tuple[str, ...]:
    """The columns that the file has of a sheet; a column that is not there says nothing about what stands here."""
    found = [s.columns for s in read.sheets if s.sheet.name.strip().lower() in (model.sheet, model.sheet_ja)]
    return tuple(name for name in model.headers() if not found or name in found[0])


def stored_rows(work: Work, noun: type[R], records: Iterable[R], lock: bool) -> dict[tuple[str, ...], Stored[R]]:
    """The rows that stand here under the same IDs, in one query."""
    first = "area_id" if noun is Area else noun.identity[0]
    named = among(table_of(noun).c[first], (getattr(r, first) for r in records))
    return {stored.record.key: stored for stored in work.rows(noun, named, lock=lock)}


def compared(work: Work, noun: type[R], records: Iterable[R], read: ReadResult, lock: bool) -> SheetPlan:
    """New, changed and unchanged rows of one sheet."""
    rows = list(records)
    plan = SheetPlan(noun)
    if not rows:
        return plan
    columns = columns_of(read, noun)
    there = stored_rows(work, noun, rows, lock)
    for row in rows:
        stored = there.get(row.key)
        if stored is None:
            plan.changes.append(Change(row, None))
            continue
        wanted = stored.record.model_copy(update={name: getattr(row, name) for name in columns})
        settled, objection = _settled(stored.record, wanted)
        plan.objections += [objection] if objection else []
        put(plan, stored, settled)
    return plan


def put(plan: SheetPlan, stored: Stored[R], wanted: R) -> None:
    """Count a row that is there as changed or unchanged."""
    different = differing(stored.record, wanted, type(wanted).model_fields)
    if different:
        plan.changes.append(Change(wanted, stored, different))
    else:
        plan.unchanged += 1


def _settled(before: R, wanted: R) -> tuple[R, Objection | None]:
    """The row as it is to be, where something here stands against what the file says."""
    code, columns = "", list[str]()
    if isinstance(before, Host):
        said, here = getattr(wanted, "surveyed_on", None) or date.min, before.surveyed_on
        if here is not None and said < here:
            code, columns = "answer_newer", list(_ANSWER)
    elif isinstance(before, Opening):
        for low, high in _ORDERED:
            first, last = getattr(wanted, low), getattr(wanted, high)
            if first is not None and last is not None and first > last:
                code, columns = "out_of_order", [*columns, low, high]
    different = differing(before, wanted, columns)
    if not different:
        return wanted, None
    kept = wanted.model_copy(update={name: getattr(before, name) for name in columns})
    return kept, Objection(type(before), before.key, code, different)


def in_order(conflicts: Iterable[Conflict]) -> list[Conflict]:
    """Conflicts as they are stored: the two IDs in order, each pair once."""
    pairs = dict.fromkeys((min(c.person_a, c.person_b), max(c.person_a, c.person_b)) for c in conflicts)
    return [Conflict(person_a=a, person_b=b) for a, b in pairs]


def named_areas(work: Work, areas: Iterable[Area], hosts: Iterable[Host], people: Iterable[Person]) -> list[Area]:
    """Areas that rows name and that stand nowhere: the name then stands for itself."""
    places = [(h.municipality, h.area_id) for h in hosts] + [(p.municipality, p.area_id) for p in people]
    asked = dict.fromkeys(place for place in places if place[1])
    if not asked:
        return []
    known = {area.key for area in areas}
    known |= {s.record.key for s in work.rows(Area, among(table_of(Area).c.area_id, (area for _, area in asked)))}
    return [Area(area_id=area, municipality=town, name=area) for town, area in asked if (town, area) not in known]
