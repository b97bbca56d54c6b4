"""The best plan of a small problem by trying all plans, and the rules by which a plan is one.

A plan gives each person a set of chances. It is feasible when its chances can begin together: seats, hosts' limits,
people who must not meet, companions. All six stages depend on who is given what, never on when it begins.

`best` goes through the sets person by person. It leaves out only what is provably of no use:

- *What does not fit together never does with more.* All rules are limits (so many seats, so many newcomers, no two at a
  time), so a plan from which something is taken away is still a plan; a part that is infeasible is given up at once.
- *Beginning without company, only the last session counts.* Whoever begins there holds fewer seats than whoever begins
  earlier, nobody else is touched, and the stages are the same; so a plan can begin so or not at all.
- *What cannot get better is given up.* If everybody still to come took their best in each stage separately, no stage
  could come to more than that; where even this is no better than the best plan known, stage before stage, all that
  follows from here is no better. Only s6 falls as people are added.

`values_of_all` leaves nothing out, for problems small enough, and shows that this is so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from tests.oracle.facts import GOOD, PAUSE, SPARED, Begin, Beside, Chance, Facts, lie_over, week_of

STAGES = ("s1", "s2", "s3", "s4", "s5", "s6")
Values = tuple[int, int, int, int, int, int]
Given = tuple[Chance, ...]


@dataclass(frozen=True)
class Best:
    """A best plan: the values of its stages, and its chances with one way in which they begin together."""

    values: Values
    begun: tuple[tuple[Chance, Begin], ...]


def best(facts: Facts) -> Best:
    """The plan with the lexicographically greatest stages."""
    return _Search(facts).best()


def values_of_all(facts: Facts) -> set[Values]:
    """The stages of every plan: every combination of everybody's sets, with every first visit, and none left out."""
    every = [list(sets(facts, person)) for person in facts.chances]
    plans = (tuple(c for own in choice for c in own) for choice in product(*every))
    return {stages(facts, plan) for plan in plans if begin(facts, plan) is not None}


def sets(facts: Facts, person: str) -> Iterator[Given]:
    """Everything that one person could be given: as many as they want at most, and never two at the same time."""
    for count in range(facts.wants[person] + 1):
        for own in combinations(facts.chances[person], count):
            if not any(lie_over(a.stays, b.stays) for a, b in combinations(own, 2)):
                yield own


def stages(facts: Facts, given: Given) -> Values:
    """The six stages of a plan."""
    best_fit: dict[str, int] = {}
    for c in given:
        best_fit[c.person] = max(best_fit.get(c.person, 0), c.fit)
    over = 0
    for host, new in newcomers(facts, given).items():
        limit = facts.hosts[host].max_newcomers
        over += max(0, len(new) - (SPARED if limit is None else -(-limit // 2)))
    return (
        len(best_fit),
        sum(facts.waiting[p] for p in best_fit),
        sum(fit >= GOOD for fit in best_fit.values()),
        sum(c.fit for c in given),
        sum(c.standing for c in given),
        -over,
    )


def newcomers(facts: Facts, given: Given) -> dict[str, set[str]]:
    """Per host, whom it has to take in: pinned people, and whoever is suggested.

    Somebody who comes already counts too where something more is suggested to them: the host has to make room for it.
    """
    new = {host: set(pinned) for host, pinned in facts.pinned_at.items()}
    for c in given:
        new[c.host].add(c.person)
    return new


def begin(facts: Facts, given: Given, only_last: bool = False) -> list[Begin] | None:
    """A way in which everything given can begin together, one beginning each; None where there is none.

    With `only_last`, what needs no company begins at its last session.
    """
    if not _hosts_agree(facts, given):
        return None
    ways = [_last(c.begins) if only_last else c.begins for c in given]
    return _Beginning(facts, ways).found()


def broken(facts: Facts, begun: Sequence[tuple[Chance, Begin]]) -> str:
    """What stands against a plan with its beginnings; empty where it is a plan."""
    given = tuple(c for c, _ in begun)
    for person in {c.person for c in given}:
        if tuple(c for c in facts.chances[person] if c in given) not in sets(facts, person):
            return f"{person} is given too much, or two things at the same time"
    if not _hosts_agree(facts, given):
        return "a host gets too many new people, or two who must not meet"
    if _Beginning(facts, [[way] for _, way in begun]).found() is None:
        return "there are not the seats or companions to begin so"
    return ""


def _last(begins: Sequence[Begin]) -> Sequence[Begin]:
    return begins if begins[-1].companion is not None else begins[-1:]


def _hosts_agree(facts: Facts, given: Given) -> bool:
    """No host gets more new people than it takes, and nobody meets whom they must not meet."""
    for host, new in newcomers(facts, given).items():
        limit = facts.hosts[host].max_newcomers
        # More may be pinned than the host takes; that was decided by people. Then nobody is added.
        if limit is not None and len(new) > max(limit, len(facts.pinned_at[host])):
            return False
    return not any(a.host == b.host and (a.person, b.person) in facts.foes for a, b in combinations(given, 2))


class _Beginning:
    """Ways to begin, one list a chance, of which one each is chosen in turn. What is tried is struck out again.

    Where the same seats are left and companions make the same visits, it does not matter who is where: what was found
    to lead nowhere once is not tried again.
    """

    def __init__(self, facts: Facts, ways: Sequence[Sequence[Begin]]) -> None:
        self.facts = facts
        self.order = sorted(range(len(ways)), key=lambda n: len(ways[n]))
        self.ways = [ways[n] for n in self.order]
        self.left = list(facts.room)
        self.visits: list[Beside] = []
        self.hopeless: set[tuple[int, tuple[int, ...], frozenset[Beside]]] = set()

    def found(self) -> list[Begin] | None:
        """The beginnings, in the order of the chances; None where there are none."""
        chosen = self._from(0)
        return chosen and [way for _, way in sorted(zip(self.order, chosen, strict=True), key=lambda x: x[0])]

    def _from(self, at: int) -> list[Begin] | None:
        if at == len(self.ways):
            return []
        state = at, tuple(self.left), frozenset(self.visits)
        if state in self.hopeless:
            return None
        for way in self.ways[at]:
            if all(self.left[seat] > 0 for seat in way.seats) and (way.beside is None or self._has_time(way.beside)):
                self._take(way, 1)
                rest = self._from(at + 1)
                self._take(way, -1)
                if rest is not None:
                    return [way, *rest]
        self.hopeless.add(state)
        return None

    def _take(self, way: Begin, seats: int) -> None:
        for seat in way.seats:
            self.left[seat] -= seats
        if way.beside is not None:
            if seats > 0:
                self.visits.append(way.beside)
            else:
                self.visits.pop()

    def _has_time(self, visit: Beside) -> bool:
        """The companion makes fewer first visits in that week than they will, and has a pause before and after."""
        name, day, start, end = visit
        own = [v for v in self.visits if v[0] == name]
        if sum(week_of(d) == week_of(day) for _, d, _, _ in own) >= self.facts.companions[name].per_week:
            return False
        return all(d != day or b + PAUSE <= start or end + PAUSE <= a for _, d, a, b in own)


class _Search:
    """All plans, person by person."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        own = {p: sorted(sets(facts, p), key=lambda given: stages(facts, given), reverse=True) for p in facts.chances}
        # Whoever has the fewest sets comes first: what is decided early is tried least often. No order loses a plan.
        self.every = sorted(own.values(), key=len)
        most: Values = (0, 0, 0, 0, 0, 0)
        self.most = [most]  # what those after the nth can come to, each stage by itself
        for choice in reversed(self.every):
            values = [stages(facts, given) for given in choice]
            s1, s2, s3, s4, s5 = (m + max(v[k] for v in values) for k, m in enumerate(most[:5]))
            most = (s1, s2, s3, s4, s5, 0)
            self.most.insert(0, most)
        self.found: Given = ()
        self.values = stages(facts, ())

    def best(self) -> Best:
        self._try(0, ())
        begins = begin(self.facts, self.found, only_last=True)
        assert begins is not None
        return Best(self.values, tuple(zip(self.found, begins, strict=True)))

    def _try(self, at: int, given: Given) -> None:
        values = stages(self.facts, given)
        if values > self.values:
            self.found, self.values = given, values
        if at == len(self.every) or tuple(a + b for a, b in zip(values, self.most[at], strict=True)) <= self.values:
            return
        for own in self.every[at]:
            more = (*given, *own)
            if not own or begin(self.facts, more, only_last=True) is not None:
                self._try(at + 1, more)
