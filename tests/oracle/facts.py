"""A bundle as the oracle sees it: who could be suggested what, beginning when, and with whom beside them.

Worked out from the rows alone, in plain loops, with nothing of the engine's but the fits and possible pairs it is given.
Source of every rule: the exchange formats' "Rules of feasibility" and "Times"; docs/decisions/0001 for hours.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from matcher.engine.answer import Horizon
from matcher.model import Bundle, Companion, Consent, HistoryStatus, Host, Opening, Person
from matcher.times import Session, Span, sessions, spans_on, stay

HOLDING = (HistoryStatus.PINNED, HistoryStatus.PLACED)
WORTH, GOOD = 500, 750  # thousandths: may be suggested; counts as good
BESIDE = 60  # minutes that a companion is there
PAUSE = 30  # minutes of a companion between two people
SPARED = 2  # new people that a host without a limit takes before it is burdened (stage s6)

Beside = tuple[str, date, int, int]  # companion, day, from and to in minutes


@dataclass(frozen=True)
class Begin:
    """One way to begin a suggestion: seats held from then on, when the first visit is, and who goes along.

    `seats` are numbers, places in `Facts.room`.
    """

    seats: tuple[int, ...]
    first: Session | None
    companion: str | None
    beside: Beside | None  # None where nobody is needed, and by arrangement, when no hour is known


@dataclass(frozen=True)
class Chance:
    """A suggestion that could be made, by itself, and every way to begin it."""

    person: str
    opening: str
    host: str
    fit: int
    standing: bool  # it was proposed before
    stays: tuple[tuple[date, int, int], ...]
    begins: tuple[Begin, ...]


class Facts:
    """What the bundle says, by ID, and the chances of everybody.

    Attributes:
        room: how many seats pinned and placed people leave, for each session of each opening.
        known_at: per host, people who hold a seat there.
        pinned_at: per host, pinned people: new in this horizon.
        foes: pairs who must not meet, both ways.
        wants: per person who may be given something, how many more they want.
        waiting: per person, the class of their waiting time.
        chances: per person, in the order of openings; only of those who have any.
    """

    def __init__(self, bundle: Bundle, horizon: Horizon, fits: Mapping[tuple[str, str], int]) -> None:
        self.horizon = horizon
        self.people = {p.person_id: p for p in bundle.people}
        self.openings = {o.opening_id: o for o in bundle.openings}
        self.hosts = {h.host_id: h for h in bundle.hosts}
        self.companions = {c.companion_id: c for c in bundle.companions}
        held = {(r.person_id, r.opening_id) for r in bundle.history if r.status in HOLDING}
        pinned = {(r.person_id, r.opening_id) for r in bundle.history if r.status is HistoryStatus.PINNED}
        self._proposed = {(r.person_id, r.opening_id) for r in bundle.history if r.status is HistoryStatus.PROPOSED}
        self._held = {p: sorted(o for q, o in held if q == p) for p in self.people}
        self.known_at = {h: {p for p, o in held if self.openings[o].host_id == h} for h in self.hosts}
        self.pinned_at = {h: {p for p, o in pinned if self.openings[o].host_id == h} for h in self.hosts}
        self.foes = {(c.person_a, c.person_b) for c in bundle.conflicts}
        self.foes |= {(b, a) for a, b in self.foes}
        every = [(o, s) for o, row in self.openings.items() for s in (self._sessions(row) if row.schedule else [None])]
        self._number = {seat: n for n, seat in enumerate(every)}
        self.room = [self.openings[o].capacity for o, _ in every]
        for person, opening in held:
            for seat in self._seats(self.openings[opening], self._stays(person, self.openings[opening])):
                self.room[seat] -= 1
        self.wants = {p: self._wanted(row) for p, row in self.people.items()}
        self.waiting = {p: waiting_class(row.waiting_since, horizon.first) for p, row in self.people.items()}
        self.chances: dict[str, list[Chance]] = {}
        for person, opening in sorted(fits):
            if fits[person, opening] >= WORTH and self.wants[person] > 0:
                chance = self._chance(person, opening, fits[person, opening])
                if chance.begins and not self._meets_foe(chance) and not self._lies_over_held(chance):
                    self.chances.setdefault(person, []).append(chance)

    def _wanted(self, person: Person) -> int:
        """How many suggestions somebody may be given: none without consent or while their hours are unknown."""
        if person.consent not in (Consent.INTERNAL, Consent.SHARE) or person.availability is None:
            return 0
        return max(0, person.wants - len(self._held[person.person_id]))

    def _sessions(self, opening: Opening) -> list[Session]:
        """Sessions in the horizon; none by arrangement."""
        if opening.schedule is None:
            return []
        first = max(self.horizon.first, opening.starts_on or self.horizon.first)
        last = min(self.horizon.last, opening.ends_on or self.horizon.last)
        return list(sessions(opening.schedule, first, last))

    def _stays(self, person_id: str, opening: Opening) -> list[tuple[Session, Span]]:
        """Sessions that the person can attend, in order, and from when to when."""
        hours = self.people[person_id].availability
        if hours is None:  # unknown hours forbid nothing
            return [(s, (s.start, s.end)) for s in self._sessions(opening)]
        spans = [(s, stay(s.start, s.end, spans_on(hours, s.date))) for s in self._sessions(opening)]
        return [(session, span) for session, span in spans if span is not None]

    def _seats(self, opening: Opening, stays: Sequence[tuple[Session, Span]]) -> tuple[int, ...]:
        """A seat at each of these sessions; by arrangement one for the opening as a whole."""
        at = [None] if opening.schedule is None else [session for session, _ in stays]
        return tuple(self._number[opening.opening_id, session] for session in at)

    def _chance(self, person_id: str, opening_id: str, fit: int) -> Chance:
        opening = self.openings[opening_id]
        stays = self._stays(person_id, opening)
        while stays and any(self.room[seat] <= 0 for seat in self._seats(opening, stays)):
            stays = stays[1:]  # a seat is held from the first visit on: nothing begins before a full session
        return Chance(
            person_id,
            opening_id,
            opening.host_id,
            fit,
            (person_id, opening_id) in self._proposed,
            tuple((session.date, start, end) for session, (start, end) in stays),
            tuple(b for b in self._begins(person_id, opening, stays) if all(self.room[seat] > 0 for seat in b.seats)),
        )

    def _begins(self, person_id: str, opening: Opening, stays: Sequence[tuple[Session, Span]]) -> Iterator[Begin]:
        """Every first visit, with each companion who can be there where one is needed."""
        host = self.hosts[opening.host_id]
        wish = self.people[person_id].needs_companion is True or opening.companion_required is True
        needed = wish and opening.online is not True
        riders = [c for c in self.companions.values() if goes_to(c, host) and c.per_week > 0]
        if opening.schedule is None:
            for name in [c.companion_id for c in riders] if needed else [None]:
                yield Begin(self._seats(opening, stays), None, name, None)
        for n, (session, (start, end)) in enumerate(stays):
            seats = self._seats(opening, stays[n:])
            if not needed:
                yield Begin(seats, session, None, None)
                continue
            until = min(end, start + BESIDE)
            for c in riders:
                if is_free(c, session.date, start, until):
                    yield Begin(seats, session, c.companion_id, (c.companion_id, session.date, start, until))

    def _meets_foe(self, chance: Chance) -> bool:
        return any((chance.person, other) in self.foes for other in self.known_at[chance.host])

    def _lies_over_held(self, chance: Chance) -> bool:
        held = [self._stays(chance.person, self.openings[o]) for o in self._held[chance.person]]
        return lie_over(chance.stays, [(s.date, a, b) for stays in held for s, (a, b) in stays])


def lie_over(one: Sequence[tuple[date, int, int]], other: Sequence[tuple[date, int, int]]) -> bool:
    """Whether two openings ever take place at the same time for somebody who goes to both.

    At any session of the horizon that they can attend, not only from the first visits on: docs/decisions/0001.
    """
    return any(day == d and start < b and a < end for day, start, end in one for d, a, b in other)


def goes_to(companion: Companion, host: Host) -> bool:
    """The companion's town, and one of their areas; a blank on either side leaves the whole town."""
    if companion.municipality != host.municipality:
        return False
    return not companion.area_ids or not host.area_id or host.area_id in companion.area_ids


def is_free(companion: Companion, day: date, start: int, end: int) -> bool:
    """Whether all of this stretch lies in the companion's hours; unknown hours forbid nothing."""
    if companion.availability is None:
        return True
    return any(a <= start and end <= b for a, b in spans_on(companion.availability, day))


def waiting_class(since: date | None, first: date) -> int:
    """0-2 whole months waited → 0, 3-5 → 1, 6-11 → 2, 12 and more → 3; unknown → 0."""
    if since is None:
        return 0
    months = 0
    while _months_later(since, months + 1) <= (first.year, first.month, first.day):
        months += 1
    return sum(months >= least for least in (3, 6, 12))


def _months_later(day: date, months: int) -> tuple[int, int, int]:
    """The same day of a later month, as a triple, since the month may not have it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return year, month + 1, day.day


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
