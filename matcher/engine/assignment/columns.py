"""Columns of the assignment: who could begin where and when.

A suggestion that needs no company has one column. It stands for beginning at the *last* session the person can attend,
because a person holds a seat from the first visit on: beginning later never takes more seats, so the fewest seats are
counted, and the real first visit is moved as early as seats allow once the plan is known (`first_visits`). A suggestion
that needs company has one column for each session that somebody could accompany.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.engine.companions import Visit
from matcher.engine.fit import WORTH
from matcher.engine.pairs import Pairs
from matcher.engine.problem import Problem


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pair that may be suggested.

    `sessions` are those the person can attend and still find a seat at with everything pinned and placed, up to the
    last (a suffix of what they can attend); empty by arrangement. `visits` are beginnings with company.
    """

    person: int
    opening: int
    fit: int
    sessions: tuple[int, ...]
    needs_companion: bool
    visits: tuple[Visit, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One variable: candidate `pair` beginning at `begin` (index into its sessions; -1 by arrangement)."""

    pair: int
    begin: int
    visit: Visit | None


@dataclass(frozen=True, slots=True)
class Columns:
    """All candidates and columns, in the order of people and openings."""

    candidates: Sequence[Candidate]
    columns: Sequence[Column]


def make_candidates(problem: Problem, pairs: Pairs) -> list[Candidate]:
    """Pairs worth at least 0.5 for people who may be given a suggestion."""
    made = []
    for person in np.flatnonzero(problem.p.eligible):
        for k in sorted(pairs.of(int(person)), key=lambda k: pairs.opening[k]):
            if pairs.fit[k] >= WORTH:
                candidate = _candidate(problem, int(person), int(pairs.opening[k]), int(pairs.fit[k]))
                if candidate is not None:
                    made.append(candidate)
    return made


def make_columns(candidates: Sequence[Candidate]) -> Columns:
    """The columns of all candidates; those of one candidate stand together, earlier beginnings first."""
    columns = []
    for pair, candidate in enumerate(candidates):
        if candidate.visits:
            at = {s: n for n, s in enumerate(candidate.sessions)}
            columns += [Column(pair, at[v.session], v) for v in candidate.visits]
        else:
            columns.append(Column(pair, len(candidate.sessions) - 1, None))
    return Columns(candidates, columns)


def _candidate(problem: Problem, person: int, opening: int, fit: int) -> Candidate | None:
    o, stays = problem.o, problem.stays
    needs = bool((problem.p.needs_companion[person] or o.companion_required[opening]) and not o.online[opening])
    if problem.timetable.arranged[opening]:
        if problem.seats.arranged[opening] >= o.capacity[opening]:
            return None
        if needs and not problem.rides.covering(opening):
            return None
        return Candidate(person, opening, fit, (), needs)
    own = problem.timetable.sessions_of(opening)
    able = np.flatnonzero(stays.start[stays.hours_of[person], problem.timetable.slot[own.start : own.stop]] >= 0)
    full = np.flatnonzero(problem.seats.of_session[own.start : own.stop][able] >= o.capacity[opening])
    if len(full):  # a seat is held from the first visit on: nothing can begin before a full session
        able = able[full[-1] + 1 :]
    sessions = (able + own.start).tolist()
    if not sessions or _meets_held(problem, person, opening, sessions):
        return None
    if not needs:
        return Candidate(person, opening, fit, tuple(sessions), False)
    free = set(sessions)
    visits = tuple(v for v in problem.rides.visits(person, opening) if v.session in free)
    return Candidate(person, opening, fit, tuple(sessions), True, visits) if visits else None


def _meets_held(problem: Problem, person: int, opening: int, sessions: list[int]) -> bool:
    """Whether the opening's hours lie over those of something the person already goes to."""
    if not problem.held[person]:
        return False
    mine = [span_of(problem, person, s) for s in sessions]
    for other in problem.held[person]:
        for s in problem.timetable.sessions_of(other):
            if problem.stays.start[problem.stays.hours_of[person], problem.timetable.slot[s]] >= 0:
                day, a, b = span_of(problem, person, s)
                if any(d == day and x < b and a < y for d, x, y in mine):
                    return True
    return False


def span_of(problem: Problem, person: int, session: int) -> tuple[int, int, int]:
    """(day, start, end) of a person's stay in a session."""
    slot = int(problem.timetable.slot[session])
    hours = int(problem.stays.hours_of[person])
    stays = problem.stays
    return int(problem.timetable.slots[slot, 0]), int(stays.start[hours, slot]), int(stays.end[hours, slot])
