"""A bundle looked up by ID, and the few questions of time and place that every rule of the checker asks.

Everything is worked out when it is first asked for and then kept, so that a check costs what the plan costs, not
what all people times all openings would.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from matcher.engine.answer import Horizon
from matcher.model import Bundle, Companion, HistoryStatus, Host, Opening, Person
from matcher.times import Schedule, Session, Span, sessions, spans_on, stay

HOLDING = (HistoryStatus.PINNED, HistoryStatus.PLACED)
REFUSING = (HistoryStatus.DECLINED, HistoryStatus.REFUSED, HistoryStatus.FORBIDDEN)
FIRST_STRETCH = 60  # minutes of the first stay that a companion is there

T = TypeVar("T")


class Diary:
    """Somebody's free hours, each day of them worked out once; without a schedule, free at any time."""

    def __init__(self, schedule: Schedule | None) -> None:
        self.schedule = schedule
        self._days: dict[date, list[Span]] = {}

    def _spans(self, schedule: Schedule, day: date) -> list[Span]:
        if day not in self._days:
            self._days[day] = spans_on(schedule, day)
        return self._days[day]

    def stay(self, session: Session) -> Span | None:
        """From when to when somebody with these hours is at a session, None if not long enough to count."""
        if self.schedule is None:
            return session.start, session.end
        return stay(session.start, session.end, self._spans(self.schedule, session.date))

    def free(self, day: date, start: int, end: int) -> bool:
        """Whether all of this stretch lies in the free hours."""
        return self.schedule is None or any(a <= start and end <= b for a, b in self._spans(self.schedule, day))


@dataclass(frozen=True, slots=True)
class Pair:
    """One person, one opening, and the host of it."""

    person: Person
    opening: Opening
    host: Host

    @property
    def online(self) -> bool:
        return self.opening.online is True

    @property
    def needs_companion(self) -> bool:
        """The first visit must be accompanied by the person's wish or the host's rule, though never online."""
        return not self.online and (self.person.needs_companion is True or self.opening.companion_required is True)


def first_stretch(span: Span) -> Span:
    """The part of a stay during which the companion is there."""
    return span[0], min(span[1], span[0] + FIRST_STRETCH)


def _link(graph: defaultdict[T, set[T]], a: T, b: T) -> None:
    graph[a].add(b)
    graph[b].add(a)


class Facts:
    """The bundle by ID, who holds what, and when and where people and companions can be."""

    def __init__(self, bundle: Bundle, horizon: Horizon, pinned_extra: Iterable[tuple[str, str]] = ()) -> None:
        self.first, self.last = horizon.first, horizon.last
        self.people: Mapping[str, Person] = {p.person_id: p for p in bundle.people}
        self.openings: Mapping[str, Opening] = {o.opening_id: o for o in bundle.openings}
        self.hosts: Mapping[str, Host] = {h.host_id: h for h in bundle.hosts}
        self.companions: Mapping[str, Companion] = {c.companion_id: c for c in bundle.companions}
        self.barred: dict[tuple[str, str], str] = {pair: "withheld" for pair in bundle.withheld}
        self.near: defaultdict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)  # (municipality, area)
        self.foes: defaultdict[str, set[str]] = defaultdict(set)
        self.held: defaultdict[str, set[str]] = defaultdict(set)  # person → openings
        self.holders: defaultdict[str, set[str]] = defaultdict(set)  # opening → people
        self.people_at: defaultdict[str, set[str]] = defaultdict(set)  # host → people who hold a seat there
        self.pinned_at: defaultdict[str, set[str]] = defaultdict(set)  # host → those of them who are newcomers
        for area in bundle.areas:
            for other in area.neighbours:
                _link(self.near, (area.municipality, area.area_id), (area.municipality, other))
        for conflict in bundle.conflicts:
            _link(self.foes, conflict.person_a, conflict.person_b)
        for row in bundle.history:
            if row.status in REFUSING:
                self.barred[row.person_id, row.opening_id] = str(row.status)
            elif row.status in HOLDING:
                self._hold(row.person_id, row.opening_id, pinned=row.status is HistoryStatus.PINNED)
        for person_id, opening_id in pinned_extra:
            self._hold(person_id, opening_id, pinned=True)
        self._diaries: dict[Schedule | None, Diary] = {}
        self._diary_of: dict[str, Diary] = {}
        self._sessions: dict[str, Sequence[Session]] = {}
        self._covering: dict[tuple[str, str], list[Diary]] = {}

    def _hold(self, person_id: str, opening_id: str, *, pinned: bool) -> None:
        opening = self.openings.get(opening_id)
        if opening is None:  # the catalogue may have lost an opening that old rows still name
            return
        self.held[person_id].add(opening_id)
        self.holders[opening_id].add(person_id)
        self.people_at[opening.host_id].add(person_id)
        if pinned:
            self.pinned_at[opening.host_id].add(person_id)

    def pair(self, person: Person, opening: Opening) -> Pair:
        """The person and the opening, together with its host."""
        return Pair(person, opening, self.hosts[opening.host_id])

    def holds(self, pair: Pair) -> bool:
        """Whether the person already has a seat at this very opening."""
        return pair.person.person_id in self.holders.get(pair.opening.opening_id, ())

    def sessions(self, opening: Opening) -> Sequence[Session]:
        """The sessions in the horizon and from `starts_on` to `ends_on`; none for an opening by arrangement."""
        known = self._sessions.get(opening.opening_id)
        if known is None:
            known = self._sessions[opening.opening_id] = self._calendar(opening)
        return known

    def _calendar(self, opening: Opening) -> Sequence[Session]:
        first = max(self.first, opening.starts_on or self.first)
        last = min(self.last, opening.ends_on or self.last)
        if opening.schedule is None or first > last:
            return ()
        return sessions(opening.schedule, first, last)

    def _shared(self, schedule: Schedule | None) -> Diary:
        return self._diaries.setdefault(schedule, Diary(schedule))

    def diary(self, person_id: str) -> Diary:
        """A person's hours; of somebody unknown to the bundle who holds a seat, any time."""
        if person_id not in self._diary_of:
            person = self.people.get(person_id)
            self._diary_of[person_id] = self._shared(person.availability if person else None)
        return self._diary_of[person_id]

    def stays(self, person_id: str, opening: Opening) -> Iterator[tuple[Session, Span]]:
        """The sessions that the person can attend, in order, each with the stretch they are there."""
        diary = self.diary(person_id)
        for session in self.sessions(opening):
            span = diary.stay(session)
            if span is not None:
                yield session, span

    def covers(self, companion: Companion, host: Host) -> bool:
        """Whether the companion goes to the host's area; a blank area on either side leaves the municipality."""
        same_town = companion.municipality == host.municipality
        return same_town and (not companion.area_ids or not host.area_id or host.area_id in companion.area_ids)

    def covering(self, host: Host) -> list[Diary]:
        """The hours of every companion who goes to the host's area."""
        place = (host.municipality, host.area_id)
        if place not in self._covering:
            found = [c for c in self.companions.values() if self.covers(c, host)]
            self._covering[place] = [self._shared(c.availability) for c in found]
        return self._covering[place]

    def is_free(self, companion: Companion, session: Session, span: Span) -> bool:
        """Whether the companion has the first hour of this stay among their hours."""
        return self._shared(companion.availability).free(session.date, *first_stretch(span))
