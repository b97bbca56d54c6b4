"""The plan made as by hand: longest waiting first, best fit first. What is left when solving gives nothing at all."""

from collections import defaultdict
from collections.abc import Sequence

from matcher.engine.assignment.columns import Candidate, span_of
from matcher.engine.assignment.diary import Diary
from matcher.engine.assignment.plan import Taken
from matcher.engine.problem import Problem


def greedy(problem: Problem, candidates: Sequence[Candidate]) -> list[Taken]:
    """A plan that keeps every rule, without any claim to be good."""
    return _Hand(problem).plan(candidates)


class _Hand:
    """Seats, hosts' limits and companions' days as they fill."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.load = problem.seats.of_session.copy()
        self.arranged = problem.seats.arranged.copy()
        self.at_host = defaultdict[int, set[int]](set)
        self.new = defaultdict[int, set[int]](set)
        self.spans = defaultdict[int, list[tuple[int, int, int]]](list)
        self.diary = Diary(problem)
        self.given = defaultdict[int, int](int)
        for person, held in enumerate(problem.held):
            for o in held:
                self.at_host[int(problem.o.host[o])].add(person)
        for p, o in problem.pinned:
            self.new[int(problem.o.host[o])].add(p)

    def plan(self, candidates: Sequence[Candidate]) -> list[Taken]:
        order = sorted(candidates, key=lambda c: (-self.problem.p.waiting_class[c.person], c.person, -c.fit, c.opening))
        taken = [t for t in map(self._try, order) if t is not None]
        return sorted(taken, key=lambda t: (t.person, t.opening))

    def _try(self, c: Candidate) -> Taken | None:
        problem, host = self.problem, int(self.problem.o.host[c.opening])
        limit = int(problem.host_limit[host])
        if self.given[c.person] >= problem.p.wants_left[c.person]:
            return None
        if limit >= 0 and c.person not in self.new[host] and len(self.new[host]) >= limit:
            return None
        if problem.foes[c.person] & (self.at_host[host] | self.new[host]):
            return None
        if not c.sessions:
            if self.arranged[c.opening] >= problem.o.capacity[c.opening]:
                return None
            self.arranged[c.opening] += 1
            companion = problem.rides.covering(c.opening)[0] if c.needs_companion else None
            return self._take(c, host, None, companion)
        mine = [span_of(problem, c.person, s) for s in c.sessions]
        if any(d == x and a < z and y < b for d, a, b in mine for x, y, z in self.spans[c.person]):
            return None
        if any(self.load[s] >= problem.o.capacity[c.opening] for s in c.sessions):
            return None
        begin, companion = 0, None
        if c.needs_companion:
            found = self._company(c)
            if found is None:
                return None
            begin, companion = found
        for s in c.sessions[begin:]:
            self.load[s] += 1
        self.spans[c.person] += mine
        return self._take(c, host, c.sessions[begin], companion)

    def _take(self, c: Candidate, host: int, session: int | None, companion: int | None) -> Taken:
        self.given[c.person] += 1
        self.new[host].add(c.person)
        return Taken(c.person, c.opening, c.fit, session, companion)

    def _company(self, c: Candidate) -> tuple[int, int] | None:
        for visit in c.visits:
            companion = self.diary.anybody(visit)
            if companion is not None:
                self.diary.add(companion, visit.day, visit.start, visit.end)
                return c.sessions.index(visit.session), companion
        return None
