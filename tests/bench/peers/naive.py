"""CP-SAT as one would write it first: a Boolean for each person, opening, first session and companion.

`python -m tests.bench.peers.naive FOLDER SECONDS WAY`. Every rule of the engine's program is kept, said in the way that comes
to mind; no symmetry is removed, nothing is left out because it cannot bind, no first plan is given.
"""

import pickle
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

from ortools.sat.python import cp_model

from matcher.engine.assignment.columns import Candidate, make_candidates, span_of
from matcher.engine.companions import PAUSE
from matcher.engine.fit import GOOD
from matcher.engine.problem import Problem
from matcher.model import HistoryStatus
from tests.bench.peers.peer import WEIGHTS, Clock, Reached, peer

Key = tuple[int, int | None, int | None]  # candidate, first session (None by arrangement), companion (None: nobody)
FINEST = min(WEIGHTS.values())


def solve(folder: Path, seconds: float, way: str) -> Reached:
    """One weighted objective, on every core."""
    problem, pairs = pickle.loads((folder / "pairs.pickle").read_bytes())
    clock = Clock()
    naive = Naive(problem, make_candidates(problem, pairs))
    clock.built()
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(naive.model)
    clock.solved()
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Reached(clock, "nothing")
    taken = [
        (c.person, c.opening, c.fit, session, companion)
        for (k, session, companion), x in naive.begins.items()
        if solver.boolean_value(x)
        for c in (naive.candidates[k],)
    ]
    ended = "proven" if status == cp_model.OPTIMAL else "not proven"
    return Reached(clock, ended, solver.objective_value * FINEST, solver.best_objective_bound * FINEST, taken=taken)


class Naive:
    """The model: `begins` holds its Booleans."""

    def __init__(self, problem: Problem, candidates: Sequence[Candidate]) -> None:
        self.problem, self.candidates = problem, candidates
        self.model = cp_model.CpModel()
        self.begins: dict[Key, cp_model.IntVar] = {}
        self.of: dict[int, list[cp_model.IntVar]] = {}  # candidate → its Booleans
        self.by_person = defaultdict[int, list[int]](list)
        for k, candidate in enumerate(candidates):
            keys = list(self._beginnings(k, candidate))
            for key in keys:
                self.begins[key] = self.model.new_bool_var(str(key))
            self.of[k] = [self.begins[key] for key in keys]
            self.by_person[candidate.person].append(k)
        self.present = self._presence()
        self._once()
        self._seats()
        self._companions()
        self._hosts()
        self._never_together()
        self.model.maximize(self._objective())

    def _beginnings(self, k: int, c: Candidate) -> list[Key]:
        if not c.sessions:
            companion = self.problem.rides.covering(c.opening)[0] if c.needs_companion else None
            return [(k, None, companion)]
        if c.needs_companion:
            return [(k, visit.session, companion) for visit in c.visits for companion in visit.companions]
        return [(k, session, None) for session in c.sessions]

    def _once(self) -> None:
        """An opening begins once; nobody is given more than they want, nor two things at one hour."""
        for person, own in self.by_person.items():
            for k in own:
                self.model.add_at_most_one(self.of[k])
            everything = [x for k in own for x in self.of[k]]
            self.model.add(sum(everything) <= int(self.problem.p.wants_left[person]))
            for one, other in combinations(own, 2):
                if self._at_one_hour(one, other):
                    self.model.add_at_most_one(self.of[one] + self.of[other])

    def _at_one_hour(self, one: int, other: int) -> bool:
        mine, yours = (
            [span_of(self.problem, self.candidates[k].person, s) for s in self.candidates[k].sessions]
            for k in (one, other)
        )
        return any(d == e and a < z and y < b for d, a, b in mine for e, y, z in yours)

    def _seats(self) -> None:
        """A seat is held from the first session on, at every session that the person can attend."""
        problem = self.problem
        sitting = defaultdict[int, list[cp_model.IntVar]](list)
        arranged = defaultdict[int, list[cp_model.IntVar]](list)
        for (k, first, _), x in self.begins.items():
            if first is None:
                arranged[self.candidates[k].opening].append(x)
            else:
                for session in self.candidates[k].sessions:
                    if session >= first:
                        sitting[session].append(x)
        for session, people in sitting.items():
            capacity = problem.o.capacity[problem.seats.opening[session]]
            self.model.add(sum(people) <= int(capacity - problem.seats.of_session[session]))
        for opening, people in arranged.items():
            self.model.add(sum(people) <= int(problem.o.capacity[opening] - problem.seats.arranged[opening]))

    def _companions(self) -> None:
        """One person at a time with a pause in between, and so many a week."""
        diary = defaultdict[int, list[cp_model.IntervalVar]](list)
        weeks = defaultdict[tuple[int, int], list[cp_model.IntVar]](list)
        monday = self.problem.horizon.first.weekday()
        for (k, session, companion), x in self.begins.items():
            if companion is None or session is None:
                continue
            visit = next(v for v in self.candidates[k].visits if v.session == session)
            minutes = visit.end - visit.start + PAUSE
            start = visit.day * 24 * 60 + visit.start
            diary[companion].append(
                self.model.new_optional_fixed_size_interval_var(start, minutes, x, f"{x.name} visit")
            )
            weeks[companion, (visit.day + monday) // 7].append(x)
        for visits in diary.values():
            self.model.add_no_overlap(visits)
        for (companion, _), visits in weeks.items():
            self.model.add(sum(visits) <= self.problem.companions[companion].per_week)

    def _presence(self) -> dict[int, dict[int, cp_model.IntVar]]:
        """Host → person → whether the person comes there at all."""
        at = defaultdict[int, dict[int, list[cp_model.IntVar]]](lambda: defaultdict(list))
        for k, candidate in enumerate(self.candidates):
            at[int(self.problem.o.host[candidate.opening])][candidate.person] += self.of[k]
        present: dict[int, dict[int, cp_model.IntVar]] = {}
        for host, people in at.items():
            for person, begins in people.items():
                here = self.model.new_bool_var(f"{person} at {host}")
                self.model.add_max_equality(here, begins)
                present.setdefault(host, {})[person] = here
        return present

    def _hosts(self) -> None:
        """A host takes so many new people, those already decided among them."""
        decided = defaultdict[int, set[int]](set)
        for person, opening in self.problem.pinned:
            decided[int(self.problem.o.host[opening])].add(person)
        self.over: list[cp_model.IntVar] = []
        for host, people in self.present.items():
            new = [x for person, x in people.items() if person not in decided[host]]
            limit, known = int(self.problem.host_limit[host]), len(decided[host])
            if limit >= 0:
                self.model.add(sum(new) <= max(0, limit - known))
            half = (limit + 1) // 2 if limit >= 0 else 2
            over = self.model.new_int_var(0, len(new), f"beyond half at {host}")
            self.model.add(over >= sum(new) - max(0, half - known))
            self.over.append(over)

    def _never_together(self) -> None:
        for people in self.present.values():
            for person in people:
                for foe in self.problem.foes[person] & people.keys():
                    if person < foe:
                        self.model.add_at_most_one(people[person], people[foe])

    def _objective(self) -> cp_model.LinearExpr:
        """The six stages in one weighted sum of whole numbers."""
        weight = {stage: round(w / FINEST) for stage, w in WEIGHTS.items()}
        terms: list[cp_model.LinearExpr] = []
        for person, own in self.by_person.items():
            served = self.model.new_bool_var(f"{person} served")
            glad = self.model.new_bool_var(f"{person} glad")
            self.model.add(served <= sum(x for k in own for x in self.of[k]))
            self.model.add(glad <= sum(x for k in own if self.candidates[k].fit >= GOOD for x in self.of[k]))
            terms.append((weight["s1"] + weight["s2"] * int(self.problem.p.waiting_class[person])) * served)
            terms.append(weight["s3"] * glad)
        for k, c in enumerate(self.candidates):
            proposed = HistoryStatus.PROPOSED in self.problem.past.get((c.person, c.opening), frozenset())
            terms += [(weight["s4"] * c.fit + weight["s5"] * proposed) * x for x in self.of[k]]
        return sum(terms) - weight["s6"] * sum(self.over)


if __name__ == "__main__":
    peer(solve)
