"""Sessions of all openings in the horizon as arrays, and where each person can stay in them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.engine.answer import Horizon
from matcher.model import Opening
from matcher.times import Schedule, sessions, spans_on

Ints = NDArray[np.int32]
Minutes = NDArray[np.int16]

MIN_STAY = 60  # minutes, or the whole session where it is shorter (formats.md, rule `time`)


@dataclass(frozen=True, slots=True)
class Timetable:
    """All sessions, opening by opening, in time order.

    Attributes:
        slots: (K, 3) distinct (day, start, end): days since the horizon's first day, minutes since midnight.
        slot: (S,) index into slots of each session.
        first: (O + 1,) sessions of opening o are first[o]:first[o + 1]; none where the opening is by arrangement.
        arranged: (O,) the opening has no schedule, it happens by arrangement.
        over: (O,) it ended before the horizon; one by arrangement that has yet to begin can be talked about already.
    """

    slots: Ints
    slot: Ints
    first: Ints
    arranged: NDArray[np.bool_]
    over: NDArray[np.bool_]

    @classmethod
    def of(cls, openings: Sequence[Opening], horizon: Horizon) -> "Timetable":
        known: dict[tuple[int, int, int], int] = {}
        of_schedule: dict[Schedule, list[tuple[int, int, int]]] = {}
        slot: list[int] = []
        first = [0]
        for opening in openings:
            if opening.schedule is not None:
                dated = of_schedule.get(opening.schedule)
                if dated is None:
                    dated = of_schedule[opening.schedule] = [
                        ((s.date - horizon.first).days, s.start, s.end)
                        for s in sessions(opening.schedule, horizon.first, horizon.last)
                    ]
                low = (opening.starts_on - horizon.first).days if opening.starts_on else 0
                high = (opening.ends_on - horizon.first).days if opening.ends_on else 7 * horizon.weeks
                slot.extend(known.setdefault(x, len(known)) for x in dated if low <= x[0] <= high)
            first.append(len(slot))
        return cls(
            slots=np.array(list(known) or np.empty((0, 3)), dtype=np.int32).reshape(-1, 3),
            slot=np.array(slot, dtype=np.int32),
            first=np.array(first, dtype=np.int32),
            arranged=np.array([r.schedule is None for r in openings], dtype=np.bool_),
            over=np.array([r.ends_on is not None and r.ends_on < horizon.first for r in openings], dtype=np.bool_),
        )

    def sessions_of(self, opening: int) -> range:
        """Session indices of an opening."""
        return range(int(self.first[opening]), int(self.first[opening + 1]))

    def any_session(self, of_session: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(…, S) flags → (…, O): whether any session of the opening is flagged."""
        counts = np.zeros((*of_session.shape[:-1], len(self.slot) + 1), dtype=np.int32)
        np.cumsum(of_session, axis=-1, out=counts[..., 1:], dtype=np.int32)
        flagged: NDArray[np.bool_] = counts[..., self.first[1:]] > counts[..., self.first[:-1]]
        return flagged


@dataclass(frozen=True, slots=True)
class Stays:
    """Where people can stay in slots: hours are kept once for all people who share them.

    Attributes:
        hours_of: (P,) index of each person's hours.
        start, end: (hours, K) the stay in minutes of the day; -1 where it would be too short.
    """

    hours_of: Ints
    start: Minutes
    end: Minutes

    @classmethod
    def of(cls, timetable: Timetable, availabilities: Sequence[Schedule | None], horizon: Horizon) -> "Stays":
        known: dict[Schedule | None, int] = {}
        hours_of = np.array([known.setdefault(a, len(known)) for a in availabilities], dtype=np.int32)
        day, begin, close = (timetable.slots[:, i].astype(np.int16) for i in range(3))
        shape = (len(known), len(timetable.slots))
        start, end = np.full(shape, -1, dtype=np.int16), np.full(shape, -1, dtype=np.int16)
        enough = np.minimum(MIN_STAY, close - begin)
        dates = horizon.dates
        for schedule, i in known.items():
            if schedule is None:  # unknown hours forbid nothing: the whole session is taken as possible
                start[i], end[i] = begin, close
                continue
            spans = [spans_on(schedule, d) for d in dates]
            longest = np.zeros(shape[1], dtype=np.int16)
            for k in range(max((len(x) for x in spans), default=0)):
                low = np.array([x[k][0] if k < len(x) else 0 for x in spans], dtype=np.int16)[day]
                high = np.array([x[k][1] if k < len(x) else 0 for x in spans], dtype=np.int16)[day]
                a, b = np.maximum(begin, low), np.minimum(close, high)
                better = (b - a >= enough) & (b - a >= longest)  # of equal stays the later one
                longest[better] = (b - a)[better]
                start[i, better], end[i, better] = a[better], b[better]
        return cls(hours_of, start, end)

    def can(self, people: Ints, timetable: Timetable) -> NDArray[np.bool_]:
        """(len(people), S): whether each of the people can attend each session."""
        able: NDArray[np.bool_] = (self.start >= 0)[self.hours_of[people]][:, timetable.slot]
        return able
