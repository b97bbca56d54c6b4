"""History of a file: seats that are held become placements, all else stands as it was told."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import uuid5

from sqlalchemy import func, select

from matcher.exchange import ReadResult
from matcher.model import Bundle, HistoryEntry, HistoryStatus, Opening, Person
from matcher.model.placement import HOLDING, FollowUp, FollowUpKind, Placement, PlacementStatus
from matcher.model.suggestion import Suggestion, SuggestionStatus
from matcher.services.bundle_of import HELD_BACK, TALKED, is_held_back
from matcher.services.import_consent import BROUGHT
from matcher.services.import_plan import Change, Objection, SheetPlan, among, differing
from matcher.services.import_sheets import columns_of, put
from matcher.services.seats import sessions_held
from matcher.storage.schema import table_of
from matcher.storage.work import TOKYO, Stored, Work

_SEATS = (HistoryStatus.PINNED, HistoryStatus.PLACED)
_AGAINST = (HistoryStatus.DECLINED, HistoryStatus.REFUSED, HistoryStatus.FORBIDDEN)
_TAKEN_BACK = (HistoryStatus.DECLINED, HistoryStatus.REFUSED)
Pair = tuple[str, str]


def compared_history(
    work: Work, read: ReadResult, people: SheetPlan, openings: SheetPlan, lock: bool
) -> tuple[SheetPlan, list[Change]]:
    """The history's rows as placements and entries; and the pairs that are held back, or no longer.

    A participation that ended here stays ended whatever an older file says, and so does what was talked over again.

    Args:
        people, openings: what the same file changes of those.
    """
    bundle = read.bundle
    plan, beside = SheetPlan(HistoryEntry), list[Change]()
    if not bundle.history and not bundle.withheld:
        return plan, beside
    here = _Here(work, bundle, people, openings, lock)
    rows = [row for row in bundle.history if row.status not in _SEATS]
    reasoned = "reason" in columns_of(read, HistoryEntry)
    for row in rows:
        stored = here.entries.get(row.key)
        if stored is not None:
            put(plan, stored, row if reasoned or is_held_back(stored.record) else stored.record)
        elif here.has_as_decided(row):
            plan.unchanged += 1
        elif here.is_taken_back(row):
            plan.objections.append(Objection(HistoryEntry, (row.person_id, row.opening_id), "talked_again"))
        else:
            plan.changes.append(Change(row, None))
    beside += _place(plan, here, [row for row in bundle.history if row.status in _SEATS])
    beside += _held_back(here, bundle)
    return plan, beside


class _Here:
    """What stands here about the people of a file's history."""

    def __init__(
        self, work: Work, bundle: Bundle, people_plan: SheetPlan, openings_plan: SheetPlan, lock: bool
    ) -> None:
        self.work, self.bundle = work, bundle
        self._people_plan, self._openings_plan = people_plan, openings_plan
        people = {row.person_id for row in bundle.history} | {person for person, _ in bundle.withheld}
        entries, placements = table_of(HistoryEntry), table_of(Placement)
        self.entries = {s.record.key: s for s in work.rows(HistoryEntry, among(entries.c.person_id, people), lock=lock)}
        self.placements: dict[Pair, list[Stored[Placement]]] = {}
        for stored in work.rows(Placement, among(placements.c.person_id, people), lock=lock):
            pair = stored.record.person_id, stored.record.opening_id
            self.placements.setdefault(pair, []).append(stored)
        self._talked = self._last_talked(people)

    def _last_talked(self, people: set[str]) -> dict[Pair, tuple[date, bool]]:
        """By pair, when it was last talked about here, and whether that is still going on."""
        table = table_of(Suggestion)
        talked: dict[Pair, tuple[date, bool]] = {}
        for row in self.work.db.execute(
            select(
                table.c.person_id,
                table.c.opening_id,
                table.c.status,
                func.coalesce(table.c.decided_at, table.c.made_at).label("at"),
            ).where(
                self.work.ours(table),
                among(table.c.person_id, people),
                table.c.status.in_((*TALKED, SuggestionStatus.CONFIRMED)),
            )
        ):
            day = row.at.astimezone(TOKYO).date()
            before, going_on = talked.get((row.person_id, row.opening_id), (date.min, False))
            talked[row.person_id, row.opening_id] = max(day, before), going_on or row.status in TALKED
        return talked

    def has_as_decided(self, row: HistoryEntry) -> bool:
        """Whether the row says what this store tells of a suggestion, by a row of its own that is not kept as such."""
        pair = row.person_id, row.opening_id
        return row.status is HistoryStatus.PROPOSED and self._talked.get(pair, (None, False))[1]

    def is_taken_back(self, row: HistoryEntry) -> bool:
        """Whether it was declined or refused once, and both have talked of it again here since."""
        pair = row.person_id, row.opening_id
        if row.status not in _TAKEN_BACK:
            return False
        placed = [s.record for s in self.placements.get(pair, ()) if s.record.status in HOLDING]
        days = [placement.agreed_on for placement in placed if not placement.brought]
        if pair in self._talked:
            days.append(self._talked[pair][0])
        return bool(days) and max(days) >= (row.on or date.min)

    @cached_property
    def people(self) -> dict[str, Person]:
        """Those with a seat, as they will stand once the file is in."""
        own = {c.after.person_id: c.after for c in self._people_plan.changes if isinstance(c.after, Person)}
        asked = {row.person_id for row in self.bundle.history if row.status in _SEATS} - set(own)
        there = self.work.rows(Person, among(table_of(Person).c.person_id, asked)) if asked else []
        return own | {s.record.person_id: s.record for s in there}

    @cached_property
    def openings(self) -> dict[str, Opening]:
        """As `people`."""
        own = {c.after.opening_id: c.after for c in self._openings_plan.changes if isinstance(c.after, Opening)}
        asked = {row.opening_id for row in self.bundle.history if row.status in _SEATS} - set(own)
        there = self.work.rows(Opening, among(table_of(Opening).c.opening_id, asked)) if asked else []
        return own | {s.record.opening_id: s.record for s in there}


@dataclass(frozen=True, slots=True)
class _Told:
    """What a file tells of one pair that holds a seat."""

    person_id: str
    opening_id: str
    takes_part: bool
    pinned_on: date | None
    placed_on: date | None
    rows: int
    words: str


def _told(rows: Iterable[HistoryEntry]) -> Iterator[_Told]:
    """By pair. Whoever is both pinned and placed takes part, and was decided on before."""
    of_pair: dict[Pair, list[HistoryEntry]] = {}
    for row in rows:
        of_pair.setdefault((row.person_id, row.opening_id), []).append(row)
    for (person, opening), own in of_pair.items():
        pinned = [r.on for r in own if r.status is HistoryStatus.PINNED and r.on]
        placed = [r.on for r in own if r.status is HistoryStatus.PLACED and r.on]
        takes_part = any(r.status is HistoryStatus.PLACED for r in own)
        words = "\n".join(dict.fromkeys(r.reason for r in own if r.reason))
        yield _Told(person, opening, takes_part, min(pinned, default=None), min(placed, default=None), len(own), words)


def _place(plan: SheetPlan, here: _Here, rows: Iterable[HistoryEntry]) -> Iterator[Change]:
    """Put the seats into the plan; what the file says of them in words comes back, as the first word of their record."""
    for told in _told(rows):
        known = here.placements.get((told.person_id, told.opening_id), [])
        holding = next((s for s in known if s.record.status in HOLDING), None)
        code = _stands_otherwise(told, holding) if holding else "already_ended" if known else ""
        if code:
            plan.objections.append(Objection(HistoryEntry, (told.person_id, told.opening_id), code))
            continue
        if holding is None:
            made = _new(here, told)
            plan.changes.append(Change(made, None))
            plan.unchanged += told.rows - 1
            if told.words:
                yield Change(_first_word(here.work, made, told.words), None)
            continue
        wanted = _as_told(holding.record, told) if holding.record.brought else holding.record
        different = differing(holding.record, wanted, Placement.model_fields)
        if different:
            plan.changes.append(Change(wanted, holding, different))
        plan.unchanged += told.rows - bool(different)


def _stands_otherwise(told: _Told, holding: Stored[Placement]) -> str:
    waits = holding.record.status is PlacementStatus.AGREED
    if told.takes_part and waits and not holding.record.brought:
        return "not_yet_visited"
    if not told.takes_part and not waits:
        return "already_taking_part"
    return ""


def _new(here: _Here, told: _Told) -> Placement:
    work, today = here.work, here.work.now.astimezone(TOKYO).date()
    person, opening = here.people[told.person_id], here.openings[told.opening_id]
    key = f"placement\x1f{work.council}\x1f{told.person_id}\x1f{told.opening_id}"
    number = uuid5(BROUGHT, key)
    return Placement(
        placement_id=number,
        status=PlacementStatus.TAKING_PART if told.takes_part else PlacementStatus.AGREED,
        person_id=told.person_id,
        opening_id=told.opening_id,
        sessions=sessions_held(opening, person, today),
        request_key=f"brought:{number}",
        agreed_on=told.pinned_on or told.placed_on or today,
        visited_on=told.placed_on,
        brought=True,
    )


def _first_word(work: Work, placement: Placement, words: str) -> FollowUp:
    return FollowUp(
        follow_up_id=uuid5(BROUGHT, f"word\x1f{placement.placement_id}"),
        person_id=placement.person_id,
        placement_id=placement.placement_id,
        kind=FollowUpKind.CONTACT,
        on=placement.visited_on or placement.agreed_on,
        words=words,
        by=work.actor.name,
    )


def _as_told(placement: Placement, told: _Told) -> Placement:
    update: dict[str, object] = {}
    if told.pinned_on:
        update["agreed_on"] = told.pinned_on
    if told.takes_part:
        if placement.status is PlacementStatus.AGREED:
            update["status"] = PlacementStatus.TAKING_PART
        if told.placed_on:
            update["visited_on"] = told.placed_on
    return placement.model_copy(update=update)


def _held_back(here: _Here, bundle: Bundle) -> Iterator[Change]:
    """Pairs whose declined, refused or forbidden row could not be read stand as forbidden until it is mended."""
    told = {row.key for row in bundle.history}
    for person, opening in sorted(bundle.withheld):
        row = HistoryEntry(
            person_id=person, opening_id=opening, status=HistoryStatus.FORBIDDEN, on=None, reason=HELD_BACK
        )
        if row.key not in here.entries and row.key not in told:
            yield Change(row, None)
    mended = {(row.person_id, row.opening_id) for row in bundle.history if row.status in _AGAINST} - bundle.withheld
    for stored in here.entries.values():
        pair = stored.record.person_id, stored.record.opening_id
        if pair in mended and is_held_back(stored.record) and stored.record.key not in told:
            yield Change(None, stored)
