"""Everything that is known about a bundle before it is solved; and after a change, only what the change touches anew."""

import math
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.engine.answer import Horizon
from matcher.engine.block import Block, blocks
from matcher.engine.changes import Change, applied
from matcher.engine.pairs import THIN, Pairs, judge, judge_blocks
from matcher.engine.problem import Ints, Problem, make_problem
from matcher.engine.profiles import Profiles
from matcher.model import Bundle, Host, Opening, Person
from matcher.words import Reader


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A bundle with its problem, the words of it, and its possible pairs.

    `at_least` is the fit, in thousandths, from which pairs are kept. `partly` after a change: `pairs.obstacles` then
    are those from before it.
    """

    bundle: Bundle
    problem: Problem
    profiles: Profiles
    pairs: Pairs
    at_least: int = THIN
    partly: bool = False

    @classmethod
    def of(
        cls, bundle: Bundle, horizon: Horizon, reader: Reader, at_least: int = THIN, until: float = math.inf
    ) -> "Judged":
        """Judge every pair of a bundle.

        Raises:
            ProblemError: the bundle and horizon make no problem.
            OutOfTime: `until` (of `time.monotonic`) came first.
        """
        problem = make_problem(bundle, horizon)
        profiles = Profiles(problem, reader)
        return cls(bundle, problem, profiles, judge(problem, profiles, at_least, until), at_least)

    def changed(self, changes: Iterable[Change]) -> "Judged":
        """The same after some changes: pairs of people and openings that nothing touched are taken over.

        Raises:
            UnknownId: a change names what is not there.
        """
        bundle = applied(self.bundle, changes)
        problem = make_problem(bundle, self.problem.horizon)
        if problem.rides.same(self.problem.rides):
            problem = replace(problem, rides=self.problem.rides)  # with all that it has worked out already
        profiles = self._profiles(problem)
        people, openings = _touched(self.problem, problem)
        anew = [
            *(Block(problem, b.people, b.openings[np.isin(b.openings, openings)]) for b in blocks(problem)),
            *blocks(problem, people),
        ]
        kept = self._kept(problem, people, openings)
        pairs = judge_blocks(problem, profiles, [b for b in anew if len(b.openings) and len(b.people)], self.at_least)
        return Judged(bundle, problem, profiles, _joined(problem, kept, pairs), self.at_least, partly=True)

    def _profiles(self, problem: Problem) -> Profiles:
        """The words read before, where no words have changed."""
        old = self.problem
        same = (
            [_said(p) for p in old.people] == [_said(p) for p in problem.people]
            and [_offered(o) for o in old.openings] == [_offered(o) for o in problem.openings]
            and [_named(h) for h in old.hosts] == [_named(h) for h in problem.hosts]
        )
        if not same:
            return Profiles(problem, self.profiles.reader)
        profiles = copy(self.profiles)
        profiles.problem = problem
        return profiles

    def _kept(self, problem: Problem, people: Ints, openings: Ints) -> Pairs:
        """Pairs from before that no touched person or opening stands in, by their indices now."""
        person = _places([p.person_id for p in self.problem.people], [p.person_id for p in problem.people])
        opening = _places([o.opening_id for o in self.problem.openings], [o.opening_id for o in problem.openings])
        old = self.pairs
        now_person, now_opening = person[old.person], opening[old.opening]
        keep = (now_person >= 0) & (now_opening >= 0)
        keep &= ~np.isin(now_person, people) & ~np.isin(now_opening, openings)
        obstacles = dict(zip([p.person_id for p in self.problem.people], old.obstacles, strict=True))
        return Pairs(
            now_person[keep],
            now_opening[keep],
            old.fit[keep],
            old.parts[keep],
            old.avoidance[keep],
            np.zeros(0, np.int32),
            tuple(obstacles.get(p.person_id, ()) for p in problem.people),
        )


def _joined(problem: Problem, one: Pairs, other: Pairs) -> Pairs:
    """Both sets of pairs in their order; a pair in both (judged twice) counts once."""
    person = np.concatenate([one.person, other.person])
    opening = np.concatenate([one.opening, other.opening])
    value = np.concatenate([one.fit, other.fit])
    _, first = np.unique(person.astype(np.int64) * (len(problem.openings) + 1) + opening, return_index=True)
    person, opening, value = person[first], opening[first], value[first]
    parts = np.concatenate([one.parts, other.parts])[first]
    avoidance = np.concatenate([one.avoidance, other.avoidance])[first]
    order = np.lexsort((opening, -value, person))
    edges = np.searchsorted(person[order], np.arange(len(problem.people) + 1)).astype(np.int32)
    return Pairs(person[order], opening[order], value[order], parts[order], avoidance[order], edges, one.obstacles)


def _places(before: list[str], now: list[str]) -> Ints:
    """Where each ID from before stands now; -1 where it is gone."""
    at: Mapping[str, int] = {identity: i for i, identity in enumerate(now)}
    return np.array([at.get(identity, -1) for identity in before], dtype=np.int32)


def _touched(old: Problem, new: Problem) -> tuple[Ints, Ints]:
    """People and openings (indices now) whose pairs may have come out differently."""
    was = {p.person_id: i for i, p in enumerate(old.people)}
    before, now = _pasts(old), _pasts(new)
    people = []
    for i, person in enumerate(new.people):
        k = was.get(person.person_id)
        if k is None or person != old.people[k] or before[k] != now[i]:
            people.append(i)
    hosts = {h.host_id: h for h in old.hosts}
    stood = {o.opening_id: i for i, o in enumerate(old.openings)}
    companions = old.companions != new.companions
    openings = []
    for i, opening in enumerate(new.openings):
        k = stood.get(opening.opening_id)
        host = new.hosts[new.o.host[i]]
        if (
            k is None
            or opening != old.openings[k]
            or host != hosts.get(host.host_id)
            or not np.array_equal(_seats(old, k), _seats(new, i))
            or (companions and _helpers(old, k) != _helpers(new, i))
        ):
            openings.append(i)
    return np.array(people, dtype=np.int32), np.array(openings, dtype=np.int32)


def _pasts(problem: Problem) -> list[object]:
    """Per person: what their own rows and those of people they must not meet say, by IDs."""
    ids = [o.opening_id for o in problem.openings]
    own: list[set[object]] = [set() for _ in problem.people]
    for (p, o), statuses in problem.past.items():
        own[p].add((ids[o], statuses))
    for p, o in problem.refused:
        own[p].add((ids[o], "refused"))
    for p, foes in enumerate(problem.foes):
        for f in foes:
            hosts = frozenset(problem.hosts[problem.o.host[o]].host_id for o in problem.held[f])
            own[p].add((problem.people[f].person_id, hosts))
    return [frozenset(x) for x in own]


def _seats(problem: Problem, opening: int) -> NDArray[np.int32]:
    span = problem.timetable.sessions_of(opening)
    return np.append(problem.seats.of_session[span.start : span.stop], problem.seats.arranged[opening])


def _helpers(problem: Problem, opening: int) -> object:
    return [problem.companions[c] for c in problem.rides.covering(opening)]


def _said(person: Person) -> tuple[object, ...]:
    return person.person_id, person.interests, person.strengths, person.avoid, person.note


def _offered(opening: Opening) -> tuple[object, ...]:
    return (
        opening.opening_id,
        opening.host_id,
        opening.title,
        opening.activities,
        opening.description,
        opening.note,
        opening.physical,
        opening.contact,
        opening.online,
    )


def _named(host: Host) -> tuple[object, ...]:
    return host.host_id, host.name, host.kind, host.conditions, host.note
