"""From pairs to a plan: who is suggested what, beginning when, with whom, and what was proven about it."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.engine.assignment.columns import Candidate, make_candidates, make_columns
from matcher.engine.assignment.diary import Diary
from matcher.engine.assignment.greedy import greedy
from matcher.engine.assignment.plan import Plan, Taken, stage_values
from matcher.engine.assignment.program import STAGES, Program, make_program
from matcher.engine.companions import Visit
from matcher.engine.fit import GOOD
from matcher.engine.pairs import Pairs
from matcher.engine.problem import Problem
from matcher.engine.solver.process import Found, SolverProcess
from matcher.engine.solver.task import Task


class Assignment:
    """An assignment under way: it is solved in its own process while the caller does what needs no plan."""

    def __init__(self, problem: Problem, pairs: Pairs, process: SolverProcess) -> None:
        self._problem = problem
        self._process = process
        self._candidates = make_candidates(problem, pairs)
        self._limits = _easy_limits(problem, self._candidates)
        self._program = make_program(problem, make_columns(self._candidates))
        if self._candidates:
            process.start(_task(self._program))

    def finish(self, seconds: float) -> Plan:
        """Wait for the plan at most so many seconds.

        Where the solving process gives no plan at all (killed, out of memory, out of time), the plan made by hand's
        rule (longest waiting first, best fit first) comes back, and `ended` says so.
        """
        problem, program = self._problem, self._program
        if not self._candidates:
            none = dict.fromkeys(STAGES, 0) | {"s6": int(program.constants["s6"])}
            return Plan((), none, none, True, "", 0, 0)
        found = self._process.collect(seconds)
        taken = _decode(program, found) if len(found.x) else greedy(problem, self._candidates)
        taken = first_visits(problem, taken)
        objective = stage_values(problem, taken)
        bound = {s: int(self._limits[s]) for s in STAGES} | {s: round(v) for s, v in found.bound.items()}
        bound["s6"] = max(objective["s6"], int(program.constants["s6"]))
        optimal = found.proven and all(bound[s] == objective[s] for s in ("s1", "s2", "s3", "s4"))
        return Plan(tuple(taken), objective, bound, optimal, found.ended, program.size, len(program.row_upper))


def _task(program: Program) -> Task:
    columns = program.made.columns
    slots = {slot: n for n, slot in enumerate(program.visit_slots)}
    rides = np.array(program.ride_keys, dtype=np.int32).reshape(-1, 2)
    return Task(
        upper=np.array(program.upper),
        starts=np.array(program.starts, dtype=np.int64),
        indices=np.array(program.indices, dtype=np.int32),
        values=np.array(program.values),
        row_upper=np.array(program.row_upper),
        stages={s: program.objective({s: 1.0}) for s in STAGES},
        pair=np.array([c.pair for c in columns], dtype=np.int32),
        slot=np.array([-1 if c.visit is None else slots[_slot(c.visit)] for c in columns], dtype=np.int32),
        slot_row=np.array(program.slot_rows, dtype=np.int32),
        ride_slot=rides[:, 1],
        ride_companion=rides[:, 0],
    )


def _easy_limits(problem: Problem, candidates: Sequence[Candidate]) -> dict[str, float]:
    """Bounds that need no solving: everybody who has a candidate is served, each with their best."""
    fits = defaultdict[int, list[int]](list)
    for candidate in candidates:
        fits[candidate.person].append(candidate.fit)
    best = {p: sorted(f, reverse=True)[: int(problem.p.wants_left[p])] for p, f in fits.items()}
    return {
        "s1": float(len(best)),
        "s2": float(sum(int(problem.p.waiting_class[p]) for p in best)),
        "s3": float(sum(f[0] >= GOOD for f in best.values())),
        "s4": float(sum(sum(f) for f in best.values())),
        "s5": float(len(candidates)),
        "s6": 0.0,
    }


def _decode(program: Program, found: Found) -> list[Taken]:
    """Name the companions of the chosen visits; everything is in the order of people, so nothing is left to chance."""
    free = defaultdict[int, list[int]](list)  # visit slot → companions who ride
    for at, (rider, slot) in enumerate(program.ride_keys):
        if found.x[program.first_ride + at] > 0.5:
            free[slot].append(rider)
    slot_of = {slot: n for n, slot in enumerate(program.visit_slots)}
    taken = []
    for x, column in enumerate(program.made.columns):
        if found.x[x] < 0.5:
            continue
        candidate = program.made.candidates[column.pair]
        session: int | None = candidate.sessions[column.begin] if column.begin >= 0 else None
        companion: int | None = None
        if column.visit is not None:
            companion = free[slot_of[_slot(column.visit)]].pop(0)
        elif candidate.needs_companion:
            companion = program.problem.rides.covering(candidate.opening)[0]
        taken.append(Taken(candidate.person, candidate.opening, candidate.fit, session, companion))
    return taken


def _slot(visit: Visit) -> tuple[int, int, int, tuple[int, ...]]:
    return visit.day, visit.start, visit.end, visit.companions


def first_visits(problem: Problem, taken: list[Taken]) -> list[Taken]:
    """Move first visits as early as seats and companions allow, those who waited longest first."""
    load = problem.seats.of_session.copy()
    for t in taken:
        if t.session is not None:
            for s in _held(problem, t.person, t.opening, t.session):
                load[s] += 1
    order = sorted(range(len(taken)), key=lambda i: (-problem.p.waiting_class[taken[i].person], taken[i].person))
    moved = list(taken)
    diary = Diary.of(problem, taken)
    for i in order:
        t = taken[i]
        if t.session is None:
            continue
        if t.companion is not None:
            moved[i] = _earlier_visit(problem, t, load, diary)
            continue
        first = t.session
        for s in reversed(_held(problem, t.person, t.opening, problem.timetable.first[t.opening])):
            if s >= t.session:
                continue
            if load[s] >= problem.o.capacity[t.opening]:
                break
            load[s] += 1
            first = s
        moved[i] = Taken(t.person, t.opening, t.fit, first, None)
    return moved


def _earlier_visit(problem: Problem, t: Taken, load: NDArray[np.int32], diary: Diary) -> Taken:
    """The first earlier visit that somebody can accompany, with a seat at every session from then on."""
    own = {v.session: v for v in problem.rides.visits(t.person, t.opening)}
    before = [
        s for s in _held(problem, t.person, t.opening, problem.timetable.first[t.opening]) if s < int(t.session or 0)
    ]
    capacity = problem.o.capacity[t.opening]
    free_from = next((n + 1 for n in reversed(range(len(before))) if load[before[n]] >= capacity), 0)
    now = own[int(t.session or 0)]
    diary.remove(int(t.companion or 0), now.day, now.start, now.end)
    for n in range(free_from, len(before)):
        visit = own.get(before[n])
        companion = None if visit is None else diary.anybody(visit)
        if visit is not None and companion is not None:
            diary.add(companion, visit.day, visit.start, visit.end)
            load[before[n:]] += 1
            return Taken(t.person, t.opening, t.fit, visit.session, companion)
    diary.add(int(t.companion or 0), now.day, now.start, now.end)
    return t


def _held(problem: Problem, person: int, opening: int, since: int) -> list[int]:
    """Sessions from `since` on that the person can attend: seats they hold."""
    own = problem.stays.start[problem.stays.hours_of[person]]
    slot = problem.timetable.slot
    return [s for s in range(int(since), int(problem.timetable.first[opening + 1])) if own[slot[s]] >= 0]
