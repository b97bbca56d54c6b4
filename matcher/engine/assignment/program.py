"""The linear program: one row for each thing people share, one function for each kind of row.

Variables, in this order: one per column (begin), then helpers that hold for people and hosts (`served`, `glad`,
`present`, `over`), last companions' visits (`rides`). Everything is maximised.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matcher.engine.assignment.columns import Columns, span_of
from matcher.engine.companions import PAUSE
from matcher.engine.fit import GOOD
from matcher.engine.problem import Problem
from matcher.model import HistoryStatus

STAGES = ("s1", "s2", "s3", "s4", "s5", "s6")
STAY = "stay"  # between s3 and s4 where a plan stands already: people whose suggestions stay as they are
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(slots=True)
class Program:
    """A maximisation over 0 ≤ x ≤ upper with rows lower ≤ A·x ≤ upper; `stages` holds each stage's objective."""

    problem: Problem
    made: Columns
    upper: "array[float]" = field(default_factory=lambda: array("d"))
    town: "array[int]" = field(
        default_factory=lambda: array("i")
    )  # of each variable: its person's municipality, or its host's
    starts: "array[int]" = field(default_factory=lambda: array("q", [0]))
    indices: "array[int]" = field(default_factory=lambda: array("i"))
    values: "array[float]" = field(default_factory=lambda: array("d"))
    row_upper: "array[float]" = field(default_factory=lambda: array("d"))
    stages: dict[str, dict[int, float]] = field(
        default_factory=lambda: {s: {} for s in (*STAGES[:3], STAY, *STAGES[3:])}
    )
    constants: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))
    of_person: dict[int, list[int]] = field(default_factory=dict)  # person → candidate numbers
    of_pair: list[list[int]] = field(default_factory=list)  # candidate → its columns
    presence: dict[tuple[int, int], list[int]] = field(default_factory=dict)  # (person, host) → variables
    ride_keys: list[tuple[int, int]] = field(default_factory=list)  # ride variable → (companion, visit slot)
    first_ride: int = 0
    visit_slots: list[tuple[int, int, int, tuple[int, ...]]] = field(default_factory=list)
    slot_rows: list[int] = field(default_factory=list)  # visit slot → its row

    @property
    def size(self) -> int:
        return len(self.upper)

    def variable(self, town: int, upper: float = 1.0) -> int:
        """Add a variable of a town; its index."""
        self.upper.append(upper)
        self.town.append(town)
        return len(self.upper) - 1

    def at_most(self, plus: Sequence[int], limit: float, minus: Sequence[int] = ()) -> None:
        """Add the row Σ plus - Σ minus ≤ limit; a row that can never bind is left out. What is added up is at most 1 each."""
        if len(plus) <= limit:
            return
        self.indices.extend(plus)
        self.indices.extend(minus)
        self.values.extend([1.0] * len(plus))
        self.values.extend([-1.0] * len(minus))
        self.starts.append(len(self.indices))
        self.row_upper.append(limit)

    @property
    def shared(self) -> Bools:
        """(m,) rows in which people of several towns stand: openings that they can join from anywhere."""
        if len(self.starts) == 1:
            return np.zeros(0, dtype=np.bool_)
        town = np.array(self.town, dtype=np.int32)[self.indices]
        found: Bools = np.minimum.reduceat(town, self.starts[:-1]) < np.maximum.reduceat(town, self.starts[:-1])
        return found

    def forget_rows(self) -> None:
        """Let go of what only the solver needs, once it has it."""
        self.indices, self.values = array("i"), array("d")
        self.stages, self.presence = {}, {}

    def objective(self, weights: dict[str, float]) -> Floats:
        """Weighted sum of the stages as a vector."""
        vector = np.zeros(self.size)
        for stage, weight in weights.items():
            for i, value in self.stages[stage].items():
                vector[i] += weight * value
        return vector


def make_program(
    problem: Problem,
    made: Columns,
    standing: Set[tuple[int, int]] = frozenset(),
    told: Set[tuple[int, int]] = frozenset(),
) -> Program:
    """All rows and the stages of the objective.

    `standing` are pairs suggested before, which stay where nobody is worse served for it; `told` are those of them that
    their person has been told, which stay in any case.
    """
    program = Program(problem, made)
    program.of_pair = [[] for _ in made.candidates]
    for column in made.columns:
        person = made.candidates[column.pair].person
        program.of_pair[column.pair].append(program.variable(int(problem.p.municipality[person])))
    for number, candidate in enumerate(made.candidates):
        program.of_person.setdefault(candidate.person, []).append(number)
    one_start_each(program)
    wanted(program)
    seats(program)
    hours_apart(program)
    newcomers(program)
    apart(program)
    stage_of_people(program)
    stage_of_fit(program)
    stage_of_standing(program, standing)
    stage_of_staying(program, standing)
    kept(program, told)
    company(program)
    return program


def _columns(program: Program, candidates: Iterable[int]) -> list[int]:
    return [x for c in candidates for x in program.of_pair[c]]


def one_start_each(program: Program) -> None:
    """A suggestion begins once. (Where a person wants one thing only, `wanted` says it already.)"""
    for candidate, columns in zip(program.made.candidates, program.of_pair, strict=True):
        if len(columns) > 1 and program.problem.p.wants_left[candidate.person] > 1:
            program.at_most(columns, 1.0)


def wanted(program: Program) -> None:
    """Nobody is given more than they want."""
    for person, candidates in program.of_person.items():
        program.at_most(_columns(program, candidates), float(program.problem.p.wants_left[person]))


def seats(program: Program) -> None:
    """At every session no more newcomers than seats; a seat is held from the first visit on."""
    problem, holders = program.problem, defaultdict[int, list[int]](list)
    arranged = defaultdict[int, list[int]](list)
    for x, column in enumerate(program.made.columns):
        candidate = program.made.candidates[column.pair]
        if column.begin < 0:
            arranged[candidate.opening].append(x)
        for session in candidate.sessions[column.begin :] if column.begin >= 0 else ():
            holders[session].append(x)
    seen: set[tuple[int, tuple[int, ...]]] = set()
    for session, columns in sorted(holders.items()):
        opening = int(problem.seats.opening[session])
        free = int(problem.o.capacity[opening] - problem.seats.of_session[session])
        if (free, tuple(columns)) not in seen:
            seen.add((free, tuple(columns)))
            program.at_most(columns, float(free))
    for opening, columns in sorted(arranged.items()):
        free = int(problem.o.capacity[opening] - problem.seats.arranged[opening])
        program.at_most(columns, float(free))


def hours_apart(program: Program) -> None:
    """Two suggestions for one person never lie over each other, at any session of the horizon."""
    problem = program.problem
    for person, candidates in program.of_person.items():
        if problem.p.wants_left[person] < 2 or len(candidates) < 2:
            continue
        by_day = defaultdict[int, list[tuple[int, int, int]]](list)
        for c in candidates:
            for session in program.made.candidates[c].sessions:
                day, start, end = span_of(problem, person, session)
                by_day[day].append((start, end, c))
        cliques: set[tuple[int, ...]] = set()
        for spans in by_day.values():
            for start, _, _ in spans:
                together = tuple(sorted({c for a, b, c in spans if a <= start < b}))
                if len(together) > 1:
                    cliques.add(together)
        for clique in sorted(cliques):
            if not any(set(clique) < set(other) for other in cliques):
                program.at_most(_columns(program, clique), 1.0)


def newcomers(program: Program) -> None:
    """A host takes at most so many different new people, and is spared beyond half of that (stage s6)."""
    problem = program.problem
    at_host = defaultdict[int, dict[int, list[int]]](dict)
    for person, candidates in program.of_person.items():
        for c in candidates:
            host = int(problem.o.host[program.made.candidates[c].opening])
            at_host[host].setdefault(person, []).append(c)
    towns = dict(zip(problem.o.host.tolist(), problem.o.municipality.tolist(), strict=True))
    known = defaultdict[int, set[int]](set)
    for p, o in problem.pinned:
        known[int(problem.o.host[o])].add(p)
    for host in sorted(known.keys() | at_host.keys()):
        new: list[int] = []
        for person, candidates in sorted(at_host.get(host, {}).items()):
            own = _present(program, person, host, candidates)
            if person not in known[host]:
                new += own
        limit = int(problem.host_limit[host])
        if limit >= 0:
            program.at_most(new, float(max(0, limit - len(known[host]))))
        half = (limit + 1) // 2 if limit >= 0 else 2
        spare = half - len(known[host])
        if spare < 0:
            program.constants["s6"] += spare
        if new and len(new) > max(spare, 0):
            over = program.variable(towns[host], float(len(new)))
            program.at_most(new, float(max(spare, 0)), [over])
            program.stages["s6"][over] = -1.0


def _present(program: Program, person: int, host: int, candidates: Sequence[int]) -> list[int]:
    """Variables that sum to 1 when the person comes to the host, 0 otherwise."""
    columns = [x for c in candidates for x in program.of_pair[c]]
    if program.problem.p.wants_left[person] > 1 and len(candidates) > 1:
        here = program.variable(int(program.problem.p.municipality[person]))
        for c in candidates:
            program.at_most(program.of_pair[c], 0.0, [here])
        columns = [here]
    program.presence[person, host] = columns
    return columns


def apart(program: Program) -> None:
    """People who must not meet are never at one host."""
    hosts_of = defaultdict[int, set[int]](set)
    for person, host in program.presence:
        hosts_of[person].add(host)
    for person, foes in enumerate(program.problem.foes):
        for foe in foes:
            if person < foe:
                for host in sorted(hosts_of[person] & hosts_of[foe]):
                    program.at_most(program.presence[person, host] + program.presence[foe, host], 1.0)


def company(program: Program) -> None:
    """Somebody goes along on each first visit that needs it: one person at a time, with a pause, so many a week.

    Visits and companions are decoupled: a visit needs *somebody* free for its day, hours and area; who it is, is
    counted by the ride variables and named once the plan is known.
    """
    problem = program.problem
    slots: dict[tuple[int, int, int, tuple[int, ...]], list[int]] = {}
    for x, column in enumerate(program.made.columns):
        if column.visit is not None:
            v = column.visit
            slots.setdefault((v.day, v.start, v.end, v.companions), []).append(x)
    program.first_ride = program.size
    rides = defaultdict[int, list[tuple[int, int, int, int]]](list)  # companion → (day, start, end, variable)
    for number, (slot, columns) in enumerate(sorted(slots.items())):
        program.visit_slots.append(slot)
        day, start, end, companions = slot
        given: list[int] = []
        town = program.town[columns[0]]  # people and companions of a first visit are of its host's town
        for c in companions:
            if problem.companions[c].per_week > 0:
                ride = program.variable(town)
                program.ride_keys.append((c, number))
                rides[c].append((day, start, end, ride))
                given.append(ride)
        program.slot_rows.append(len(program.row_upper))
        program.at_most(columns, 0.0, given)
    monday = problem.horizon.first.weekday()
    for c, own in sorted(rides.items()):
        weeks = defaultdict[int, list[int]](list)
        days = defaultdict[int, list[tuple[int, int, int]]](list)
        for day, start, end, ride in own:
            weeks[(day + monday) // 7].append(ride)
            days[day].append((start, end, ride))
        for week in weeks.values():
            program.at_most(week, float(problem.companions[c].per_week))
        for spans in days.values():
            for start in sorted({a for a, _, _ in spans}):
                program.at_most([r for a, b, r in spans if a <= start < b + PAUSE], 1.0)


def stage_of_people(program: Program) -> None:
    """s1 people served, s2 their waiting, s3 people whose best suggestion is good."""
    problem, made = program.problem, program.made
    for person, candidates in program.of_person.items():
        waiting = float(problem.p.waiting_class[person])
        good = [c for c in candidates if made.candidates[c].fit >= GOOD]
        if problem.p.wants_left[person] == 1:
            served, glad = _columns(program, candidates), _columns(program, good)
        else:
            served, glad = [_served(program, person, candidates)], [_served(program, person, good)] if good else []
        for x in served:
            program.stages["s1"][x] = 1.0
            if waiting:
                program.stages["s2"][x] = waiting
        for x in glad:
            program.stages["s3"][x] = 1.0


def _served(program: Program, person: int, candidates: Sequence[int]) -> int:
    """A variable that can be 1 only when one of the candidates is given.

    Two half suggestions at one host are not one whole person there: per host it counts no more than the person's
    presence, which the host's limit holds down. Without this the relaxation promises people that no plan can serve.
    """
    town = int(program.problem.p.municipality[person])
    at_host = defaultdict[int, list[int]](list)
    for c in candidates:
        at_host[int(program.problem.o.host[program.made.candidates[c].opening])].append(c)
    any_of: list[int] = []
    for host, here in sorted(at_host.items()):
        columns = _columns(program, here)
        present = program.presence[person, host]
        if len(here) > 1:
            some = program.variable(town)
            program.at_most([some], 0.0, columns)
            program.at_most([some], 0.0, present)
            columns = [some]
        any_of += columns
    served = program.variable(town)
    program.at_most([served], 0.0, any_of)
    return served


def stage_of_fit(program: Program) -> None:
    """s4: the fits of all suggestions, in whole thousandths."""
    for candidate, columns in zip(program.made.candidates, program.of_pair, strict=True):
        for x in columns:
            program.stages["s4"][x] = float(candidate.fit)


def stage_of_standing(program: Program, standing: Set[tuple[int, int]]) -> None:
    """s5: suggestions that were proposed before, or stand."""
    for candidate, columns in zip(program.made.candidates, program.of_pair, strict=True):
        pair = candidate.person, candidate.opening
        if pair in standing or HistoryStatus.PROPOSED in program.problem.past.get(pair, frozenset()):
            for x in columns:
                program.stages["s5"][x] = 1.0


def stage_of_staying(program: Program, standing: Set[tuple[int, int]]) -> None:
    """stay: people who keep all that was suggested to them, as far as it is still possible."""
    of_person = defaultdict[int, list[int]](list)
    for number, candidate in enumerate(program.made.candidates):
        if (candidate.person, candidate.opening) in standing:
            of_person[candidate.person].append(number)
    for person, candidates in of_person.items():
        if len(candidates) == 1:
            for x in _columns(program, candidates):
                program.stages[STAY][x] = 1.0
            continue
        stays = program.variable(int(program.problem.p.municipality[person]))
        for c in candidates:
            program.at_most([stays], 0.0, program.of_pair[c])
        program.stages[STAY][stays] = 1.0


def kept(program: Program, told: Set[tuple[int, int]]) -> None:
    """What somebody has been told is not taken from them."""
    for candidate, columns in zip(program.made.candidates, program.of_pair, strict=True):
        if (candidate.person, candidate.opening) in told:
            program.at_most((), -1.0, columns)
