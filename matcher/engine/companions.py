"""Who can accompany a first visit: companions' hours and areas against the first 60 minutes of a stay."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from matcher.engine.answer import Horizon
from matcher.engine.timetable import MIN_STAY, Stays, Timetable
from matcher.model import Companion, Host, Opening
from matcher.times import spans_on

PAUSE = 30  # minutes between two visits of one companion (formats.md, "Between people")


@dataclass(frozen=True, slots=True)
class Visit:
    """A first visit that could be accompanied: session index, day, minutes, and who is free for it."""

    session: int
    day: int
    start: int
    end: int
    companions: tuple[int, ...]


@dataclass(eq=False, slots=True)
class Rides:
    """Answers who could accompany whom where; answers are remembered, since hours and places repeat."""

    timetable: Timetable
    stays: Stays
    dates: tuple[date, ...]
    companions: tuple[Companion, ...]
    hosts: tuple[Host, ...]  # per opening
    _covering: dict[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)
    _spans: dict[tuple[int, int], list[tuple[int, int]]] = field(default_factory=dict)
    _free: dict[tuple[str, str, int, int, int], tuple[int, ...]] = field(default_factory=dict)
    _visits: dict[tuple[int, int], tuple[Visit, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        timetable: Timetable,
        stays: Stays,
        horizon: Horizon,
        companions: tuple[Companion, ...],
        openings: Sequence[Opening],
        hosts: Sequence[Host],
    ) -> "Rides":
        by_id = {h.host_id: h for h in hosts}
        return cls(timetable, stays, horizon.dates, companions, tuple(by_id[o.host_id] for o in openings))

    def same(self, other: "Rides") -> bool:
        """Whether both would answer everything alike."""
        return (
            self.companions == other.companions
            and [(h.municipality, h.area_id) for h in self.hosts] == [(h.municipality, h.area_id) for h in other.hosts]
            and self.dates == other.dates
            and all(
                np.array_equal(one, another)
                for one, another in (
                    (self.timetable.slots, other.timetable.slots),
                    (self.timetable.slot, other.timetable.slot),
                    (self.timetable.first, other.timetable.first),
                    (self.timetable.arranged, other.timetable.arranged),
                    (self.stays.start, other.stays.start),
                    (self.stays.end, other.stays.end),
                    (self.stays.hours_of, other.stays.hours_of),
                )
            )
        )

    def covering(self, opening: int) -> tuple[int, ...]:
        """Companions who make first visits and go to the host's area: their own town, and no list that leaves it out."""
        host = self.hosts[opening]
        key = host.municipality, host.area_id
        if key not in self._covering:
            self._covering[key] = tuple(
                i
                for i, c in enumerate(self.companions)
                if c.per_week > 0
                and c.municipality == key[0]
                and (not c.area_ids or not key[1] or key[1] in c.area_ids)
            )
        return self._covering[key]

    def visits(self, person: int, opening: int) -> tuple[Visit, ...]:
        """Every session of the opening that the person can attend with somebody beside them, in time order."""
        key = int(self.stays.hours_of[person]), opening
        if key not in self._visits:
            self._visits[key] = tuple(self._find(*key))
        return self._visits[key]

    def possible(self, person: int, opening: int) -> bool:
        """Whether a first visit could be accompanied; by arrangement, whether any companion goes there at all."""
        if self.timetable.arranged[opening]:
            return bool(self.covering(opening))
        return bool(self.visits(person, opening))

    def _find(self, hours: int, opening: int) -> list[Visit]:
        own = self.timetable.sessions_of(opening)
        slots = self.timetable.slot[own.start : own.stop]
        starts = self.stays.start[hours, slots]
        ends = np.minimum(self.stays.end[hours, slots], starts + MIN_STAY)
        days = self.timetable.slots[slots, 0]
        found = []
        for session, day, start, end in zip(own, days.tolist(), starts.tolist(), ends.tolist(), strict=True):
            free = self._free_for(opening, day, start, end) if start >= 0 else ()
            if free:
                found.append(Visit(session, day, start, end, free))
        return found

    def _free_for(self, opening: int, day: int, start: int, end: int) -> tuple[int, ...]:
        host = self.hosts[opening]
        key = host.municipality, host.area_id, day, start, end
        if key not in self._free:
            self._free[key] = tuple(
                c for c in self.covering(opening) if any(a <= start and end <= b for a, b in self._spans_of(c, day))
            )
        return self._free[key]

    def _spans_of(self, companion: int, day: int) -> list[tuple[int, int]]:
        key = companion, day
        if key not in self._spans:
            hours = self.companions[companion].availability
            self._spans[key] = [(0, 1440)] if hours is None else spans_on(hours, self.dates[day])
        return self._spans[key]
