"""Pinned and placed pairs that break a rule. They are kept, since people decided them; they are told."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from matcher.engine.block import Block
from matcher.engine.feasibility import RULES, avoid
from matcher.engine.problem import Problem
from matcher.engine.profiles import Profiles

_OWN = (
    "time",
    "reach",
    "travel",
    "role",
    "age",
    "contact",
    "physical",
    "wheelchair",
    "acceptance",
    "declined",
    "conflict",
)


def breaches(problem: Problem, profiles: Profiles) -> Iterator[tuple[int, int, str]]:
    """(person, opening, code) for each rule that a pinned or placed pair breaks, in the order of people."""
    yield from of_people(problem, profiles, range(len(problem.people)))
    yield from too_many(problem)


def of_people(problem: Problem, profiles: Profiles, people: Iterable[int]) -> Iterator[tuple[int, int, str]]:
    """The same of some people, without what only all of them together break."""
    for person in people:
        for opening in sorted(problem.held[person]):
            block = Block(problem, np.array([person], dtype=np.int32), np.array([opening], dtype=np.int32))
            for code in _OWN:
                if RULES[code](block)[0, 0]:
                    yield person, opening, code
            if avoid(block, profiles)[0, 0]:
                yield person, opening, "avoid"


def too_many(problem: Problem) -> Iterator[tuple[int, int, str]]:
    """More pinned and placed people than seats at a session, or more pinned people than the host takes."""
    holders = defaultdict[int, list[int]](list)
    for person, own in enumerate(problem.held):
        for opening in own:
            holders[opening].append(person)
    for opening, people in sorted(holders.items()):
        span = problem.timetable.sessions_of(opening)
        taken = problem.seats.of_session[span.start : span.stop]
        most = (
            int(problem.seats.arranged[opening]) if problem.timetable.arranged[opening] else int(taken.max(initial=0))
        )
        if most > problem.o.capacity[opening]:
            yield people[-1], opening, "seats"
    new = defaultdict[int, set[tuple[int, int]]](set)
    for person, opening in problem.pinned:
        new[int(problem.o.host[opening])].add((person, opening))
    for host, pairs in sorted(new.items()):
        limit = int(problem.host_limit[host])
        if 0 <= limit < len({p for p, _ in pairs}):
            person, opening = max(pairs)
            yield person, opening, "newcomers"
