"""Ties between people, and between openings, that are alike in everything but their ID: the lower ID comes first.

Whoever of them the solver happens to choose, every stage comes to the same; so that nothing is left to chance, what the
alike were given is dealt out again in the order of their IDs.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from matcher.engine.assignment.plan import Taken
from matcher.engine.pairs import Pairs
from matcher.engine.problem import Problem


def by_id(problem: Problem, pairs: Pairs, taken: Sequence[Taken]) -> list[Taken]:
    """The same plan with ties broken by ID, in the order of people and openings."""
    dealt = _among_openings(problem, _among_people(problem, pairs, taken))
    return sorted(dealt, key=lambda t: (t.person, t.opening))


def _among_people(problem: Problem, pairs: Pairs, taken: Sequence[Taken]) -> list[Taken]:
    """Of people who are alike, the lower ID has the better share."""
    shares = defaultdict[int, list[Taken]](list)
    for t in taken:
        shares[t.person].append(t)
    known = {p for p, _ in problem.past} | {p for p, foes in enumerate(problem.foes) if foes}
    known |= {p for p, _ in problem.refused}
    alike = _groups(
        (p, _person_key(problem, pairs, p))
        for p in range(len(problem.people))
        if problem.p.eligible[p] and p not in known
    )
    dealt = [t for t in taken if t.person not in {p for group in alike for p in group}]
    for group in alike:
        best_first = sorted((shares[p] for p in group), key=lambda s: [(-t.fit, t.opening) for t in s] or [(1, 0)])
        for person, share in zip(group, best_first, strict=True):
            dealt += [replace(t, person=person) for t in share]
    return dealt


def _among_openings(problem: Problem, taken: Sequence[Taken]) -> list[Taken]:
    """Of openings of one host that are alike, the lower ID has the people of lower IDs."""
    shares = defaultdict[int, list[Taken]](list)
    for t in taken:
        shares[t.opening].append(t)
    known = {o for _, o in problem.past} | {o for _, o in problem.refused} | {o for own in problem.held for o in own}
    alike = _groups(
        (o, row.model_copy(update={"opening_id": ""}))
        for o, row in enumerate(problem.openings)
        if o not in known and o in shares
    )
    several = {p for p, n in _counted(t.person for t in taken).items() if n > 1}
    dealt = list(taken)
    for group in alike:
        if any(t.person in several for o in group for t in shares[o]):
            continue  # somebody has two of them: which is which matters to their hours
        dealt = [t for t in dealt if t.opening not in group]
        lowest_first = sorted((shares[o] for o in group), key=lambda s: [t.person for t in s])
        offsets = {o: int(problem.timetable.first[o]) for o in group}
        for opening, share in zip(group, lowest_first, strict=True):
            for t in share:
                session = None if t.session is None else t.session - offsets[t.opening] + offsets[opening]
                dealt.append(replace(t, opening=opening, session=session))
    return dealt


def _person_key(problem: Problem, pairs: Pairs, person: int) -> Hashable:
    row = problem.people[person].model_copy(update={"person_id": "", "alias": ""})
    own = pairs.of(person)
    return row, pairs.fit[own.start : own.stop].tobytes(), pairs.opening[own.start : own.stop].tobytes()


def _groups(keyed: Iterable[tuple[int, Hashable]]) -> list[list[int]]:
    """Those that share a key with another, in their order."""
    found = defaultdict[Hashable, list[int]](list)
    for index, key in keyed:
        found[key].append(index)
    return [group for group in found.values() if len(group) > 1]


def _counted(items: Iterable[int]) -> dict[int, int]:
    counts = defaultdict[int, int](int)
    for item in items:
        counts[item] += 1
    return counts
