"""A plan: the suggestions of a run, the values of its stages, and what was proven about them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from matcher.engine.fit import GOOD
from matcher.engine.problem import Problem
from matcher.model import HistoryStatus


@dataclass(frozen=True, slots=True)
class Taken:
    """A suggestion: indices of person, opening, first session (None by arrangement) and companion (None: nobody)."""

    person: int
    opening: int
    fit: int
    session: int | None
    companion: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The suggestions of a run, each stage's value and proven bound; `ended` tells why it is not proven, if so."""

    taken: tuple[Taken, ...]
    objective: Mapping[str, int]
    bound: Mapping[str, int]
    optimal: bool
    ended: str
    columns: int
    rows: int


def stage_values(
    problem: Problem, taken: Sequence[Taken], before: Set[tuple[int, int]] = frozenset()
) -> dict[str, int]:
    """The six stages of a plan, counted from the suggestions themselves; `before` are pairs of the previous plan."""
    best: dict[int, int] = {}
    new = defaultdict[int, set[int]](set)
    for t in taken:
        best[t.person] = max(best.get(t.person, 0), t.fit)
        new[int(problem.o.host[t.opening])].add(t.person)
    for p, o in problem.pinned:
        new[int(problem.o.host[o])].add(p)
    standing = sum(
        (t.person, t.opening) in before
        or HistoryStatus.PROPOSED in problem.past.get((t.person, t.opening), frozenset())
        for t in taken
    )
    over = 0
    for host, who in new.items():
        limit = int(problem.host_limit[host])
        over += max(0, len(who) - ((limit + 1) // 2 if limit >= 0 else 2))
    return {
        "s1": len(best),
        "s2": sum(int(problem.p.waiting_class[p]) for p in best),
        "s3": sum(f >= GOOD for f in best.values()),
        "s4": sum(t.fit for t in taken),
        "s5": standing,
        "s6": -over,
    }
