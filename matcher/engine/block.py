"""A block: some people against some openings, the unit in which pairs are judged so that memory stays bounded."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matcher.engine.problem import Bools, Floats, Ints, Problem

if TYPE_CHECKING:
    from matcher.engine.profiles import Profiles

CELLS_PER_BLOCK = 150_000  # people × openings judged at once: about 60 MB of working arrays


@dataclass(frozen=True)
class Block:
    """People (n,) and openings (m,) as indices into the problem; every rule answers with an (n, m) array."""

    problem: Problem
    people: Ints
    openings: Ints

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.people), len(self.openings)

    @cached_property
    def sessions(self) -> Ints:
        """Indices of all sessions of the block's openings, opening by opening."""
        first = self.problem.timetable.first
        ranges = [np.arange(first[o], first[o + 1], dtype=np.int32) for o in self.openings]
        return np.concatenate(ranges) if ranges else np.zeros(0, dtype=np.int32)

    @cached_property
    def attends(self) -> Bools:
        """(n, len(sessions)): whether the person can stay in the session."""
        stays = self.problem.stays
        able: Bools = stays.start[stays.hours_of[self.people]][:, self.problem.timetable.slot[self.sessions]] >= 0
        return able

    def any_session(self, flags: Bools) -> Bools:
        """(n, len(sessions)) flags → (n, m): whether any session of the opening is flagged."""
        first = self.problem.timetable.first
        lengths = first[self.openings + 1] - first[self.openings]
        edges = np.concatenate([[0], np.cumsum(lengths)])
        totals = np.zeros((flags.shape[0], flags.shape[1] + 1), dtype=np.int32)
        np.cumsum(flags, axis=1, out=totals[:, 1:], dtype=np.int32)
        found: Bools = totals[:, edges[1:]] > totals[:, edges[:-1]]
        return found

    @cached_property
    def minutes_away(self) -> Floats:
        """(n, m) minutes one way; NaN where an end has no coordinates."""
        p, o = self.problem.p, self.problem.o
        lat1, lon1 = np.radians(p.lat[self.people])[:, None], np.radians(p.lon[self.people])[:, None]
        lat2, lon2 = np.radians(o.lat[self.openings])[None, :], np.radians(o.lon[self.openings])[None, :]
        h = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
        kilometres = 2 * 6371.0088 * np.arcsin(np.sqrt(h)) * 1.3  # straight line × 1.3 (formats.md, rule `travel`)
        away: Floats = np.where(
            kilometres <= 1.5, kilometres / 4 * 60, 1.5 / 4 * 60 + np.maximum(kilometres - 1.5, 0) / 15 * 60
        )
        return away

    @cached_property
    def same_area(self) -> Bools:
        area_p, area_o = self.problem.p.area[self.people][:, None], self.problem.o.area[self.openings][None, :]
        same: Bools = (area_p == area_o) & (area_p >= 0)
        return same

    @cached_property
    def area_unknown(self) -> Bools:
        area_p, area_o = self.problem.p.area[self.people][:, None], self.problem.o.area[self.openings][None, :]
        unknown: Bools = (area_p < 0) | (area_o < 0)
        return unknown

    @cached_property
    def neighbour_area(self) -> Bools:
        """The areas are neighbours (not the same)."""
        near = self.problem.near_areas
        area_p, area_o = self.problem.p.area[self.people], self.problem.o.area[self.openings]
        kinds_p, at_p = np.unique(area_p, return_inverse=True)
        kinds_o, at_o = np.unique(area_o, return_inverse=True)
        table = np.array([[(int(a), int(b)) in near for b in kinds_o] for a in kinds_p], dtype=np.bool_)
        both: Bools = table.reshape(len(kinds_p), len(kinds_o))[at_p][:, at_o]
        return both

    def avoidance(self, profiles: "Profiles") -> NDArray[np.float32]:
        """(n, m) how near each opening is to what the person avoids; worked out once, since rule and fit both ask."""
        known: NDArray[np.float32] | None = self.__dict__.get("_avoidance")
        if known is None:
            known = self.__dict__["_avoidance"] = profiles.avoidance(self)
        return known

    @cached_property
    def needs_companion(self) -> Bools:
        """The first visit must be accompanied: the person's wish or the host's rule, never online."""
        p, o = self.problem.p, self.problem.o
        wish = p.needs_companion[self.people][:, None] | o.companion_required[self.openings][None, :]
        needed: Bools = wish & ~o.online[self.openings][None, :]
        return needed


def blocks(problem: Problem, people: Ints | None = None) -> Iterator[Block]:
    """Cut a problem into blocks: by municipality, since only online openings cross its border, then by size.

    Openings of other municipalities that are not online are left out: rule `reach` forbids them for everybody.
    """
    wanted = np.arange(len(problem.people), dtype=np.int32) if people is None else people
    for town in np.unique(problem.p.municipality[wanted]):
        here = np.flatnonzero((problem.o.municipality == town) | problem.o.online).astype(np.int32)
        own = wanted[problem.p.municipality[wanted] == town]
        step = max(1, CELLS_PER_BLOCK // max(1, len(here)))
        for i in range(0, len(own), step):
            yield Block(problem, own[i : i + step], here)
