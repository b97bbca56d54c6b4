"""Seats that pinned and placed people hold: they sit at every session they can attend."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.engine.timetable import Stays, Timetable

Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class FixedSeats:
    """Seats taken before anything is suggested.

    Attributes:
        of_session: (S,) seats taken at each session.
        arranged: (O,) seats taken at openings by arrangement; 0 for the others.
        opening: (S,) the opening of each session.
    """

    of_session: Ints
    arranged: Ints
    opening: Ints

    @classmethod
    def of(cls, timetable: Timetable, stays: Stays, held: Sequence[frozenset[int]]) -> "FixedSeats":
        openings = len(timetable.first) - 1
        of_session = np.zeros(len(timetable.slot), dtype=np.int32)
        arranged = np.zeros(openings, dtype=np.int32)
        for person, own in enumerate(held):
            for o in own:
                if timetable.arranged[o]:
                    arranged[o] += 1
                    continue
                span = timetable.sessions_of(o)
                can = stays.start[stays.hours_of[person], timetable.slot[span.start : span.stop]] >= 0
                of_session[span.start : span.stop] += can
        opening = np.repeat(np.arange(openings, dtype=np.int32), np.diff(timetable.first))
        return cls(of_session, arranged, opening)
