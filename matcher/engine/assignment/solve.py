"""From pairs to a plan: who is suggested what, beginning when, with whom, and what was proven about it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matcher.engine.assignment.columns import Candidate, make_candidates, make_columns
from matcher.engine.assignment.diary import Diary
from matcher.engine.assignment.greedy import greedy
from matcher.engine.assignment.plan import Plan, Taken, stage_values
from matcher.engine.assignment.program import STAGES, Program, make_program
from matcher.engine.assignment.twins import by_id
from matcher.engine.companions import Visit
from matcher.engine.fit import GOOD
from matcher.engine.pairs import Pairs
from matcher.engine.problem import Problem
from matcher.engine.solver.process import Found, SolverProcess
from matcher.engine.solver.task import Task


class Assignment:
    """An assignment under way: it is solved in its own process while the caller does what needs no plan."""

    def __init__(
        self,
        problem: Problem,
        pairs: Pairs,
        process: SolverProcess,
        standing: Sequence[Taken] = (),
        told: Set[tuple[int, int]] = frozenset(),
    ) -> None:
        """Make the program and hand it to the process.

        Args:
            standing: suggestions of the plan before, by this problem's indices; kept where nobody is worse served.
            told: pairs of them that their person has been told; kept in any case.
        """
        self._problem = problem
        self._pairs = pairs
        self._process = process
        self._standing = {(t.person, t.opening): t for t in standing}
        self._candidates = make_candidates(problem, pairs)
        self._limits = _easy_limits(problem, self._candidates)
        possible = {(c.person, c.opening) for c in self._candidates}
        self._program = make_program(
            problem, make_columns(self._candidates), self._standing.keys() & possible, told & possible
        )
        if self._candidates:
            process.start(_task(self._program))
            self._program.forget_rows()

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
        if not self._standing:  # what stands keeps its people
            taken = by_id(problem, self._pairs, taken)
        taken = first_visits(problem, taken, self._standing)
        objective = stage_values(problem, taken, self._standing.keys())
        bound = {s: int(self._limits[s]) for s in STAGES} | {s: round(v) for s, v in found.bound.items() if s in STAGES}
        bound = {s: min(v, int(self._limits[s])) if s in STAGES[:4] else v for s, v in bound.items()}
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
        shared=program.shared,
        stages={s: program.objective({s: 1.0}) for s in program.stages},
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


def first_visits(
    problem: Problem, taken: list[Taken], standing: Mapping[tuple[int, int], Taken] = MappingProxyType({})
) -> list[Taken]:
    """Move first visits as early as seats and companions allow, those who waited longest first.

    What stood before keeps its first visit and its companion wherever the others leave room for it.
    """
    as_before = _as_before(problem, taken, standing) if standing else None
    stays = set() if as_before is None else {(t.person, t.opening) for t in as_before if standing.get(_pair(t)) == t}
    moved = list(taken if as_before is None else as_before)
    load = _load(problem, moved)
    diary = Diary.of(problem, moved)
    order = sorted(range(len(moved)), key=lambda i: (-problem.p.waiting_class[moved[i].person], moved[i].person))
    for i in order:
        t = moved[i]
        if t.session is None or _pair(t) in stays:
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


def _pair(t: Taken) -> tuple[int, int]:
    return t.person, t.opening


def _load(problem: Problem, taken: Sequence[Taken]) -> NDArray[np.int32]:
    """(S,) seats taken at each session, pinned and placed people included."""
    load = problem.seats.of_session.copy()
    for t in taken:
        if t.session is not None:
            load[_held(problem, t.person, t.opening, t.session)] += 1
    return load


def _as_before(
    problem: Problem, taken: Sequence[Taken], standing: Mapping[tuple[int, int], Taken]
) -> list[Taken] | None:
    """The plan with the first visits and companions that stood before; None where what is new finds no company then."""
    wished = [_still(problem, t, standing.get(_pair(t))) for t in taken]
    load = _load(problem, wished)
    full = {int(o) for o in problem.seats.opening[load > problem.o.capacity[problem.seats.opening]]}
    diary = Diary(problem)
    found: list[Taken | None] = [None] * len(taken)
    for before in (True, False):  # what stood before enters the companions' diaries first
        for i, (t, wish) in enumerate(zip(taken, wished, strict=True)):
            if found[i] is not None or (before and standing.get(_pair(t)) != wish):
                continue
            own = wish if before and t.opening not in full else t
            if own.companion is None or own.session is None:
                found[i] = own
                continue
            visit = next(v for v in problem.rides.visits(t.person, t.opening) if v.session == own.session)
            companion = diary.anybody(visit, own.companion)
            if companion is not None and (not before or companion == own.companion):
                diary.add(companion, visit.day, visit.start, visit.end)
                found[i] = Taken(t.person, t.opening, t.fit, own.session, companion)
    return None if None in found else [t for t in found if t is not None]


def _still(problem: Problem, t: Taken, before: Taken | None) -> Taken:
    """The suggestion as it stood before, where its first visit is still possible; else as it is now."""
    if before is None or (before.session is None) != (t.session is None):
        return t
    if (before.companion is None) != (t.companion is None):
        return t
    before = Taken(t.person, t.opening, t.fit, before.session, before.companion)
    if before.session is None:
        return before if before.companion is None or before.companion in problem.rides.covering(t.opening) else t
    if before.session not in _held(problem, t.person, t.opening, problem.timetable.first[t.opening]):
        return t
    visits = problem.rides.visits(t.person, t.opening) if before.companion is not None else ()
    rides = any(v.session == before.session and before.companion in v.companions for v in visits)
    return before if before.companion is None or rides else t


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
