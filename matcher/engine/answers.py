"""From a plan to answers: for each person what is suggested, what else is possible, and what stands in the way."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from datetime import time as clock_time

import numpy as np

from matcher.engine.answer import Answer, Idea, PersonStatus
from matcher.engine.assignment import Taken
from matcher.engine.block import blocks
from matcher.engine.explanation import asks, blocked, reasons
from matcher.engine.judged import Judged
from matcher.engine.pairs import THIN, judge_blocks
from matcher.engine.problem import Problem
from matcher.model import Consent

MOST_OPTIONS = 10


def status_of(problem: Problem, person: int) -> PersonStatus:
    """Where a person stands before anything is suggested."""
    row = problem.people[person]
    if problem.p.wants_left[person] == 0:
        return PersonStatus.PLACED
    if row.consent not in (Consent.INTERNAL, Consent.SHARE):
        return PersonStatus.NEEDS_CONSENT
    if row.availability is None:
        return PersonStatus.NEEDS_INFORMATION
    return PersonStatus.NO_FIT


def draft(judged: Judged, person: int) -> Answer:
    """All of a person's answer that does not depend on the plan."""
    problem, pairs = judged.problem, judged.pairs
    options = tuple(
        idea(judged, k, *_first_possible(problem, person, int(pairs.opening[k])))
        for k in pairs.of(person)[:MOST_OPTIONS]
        if pairs.fit[k] >= THIN
    )
    obstacles = pairs.obstacles[person]
    if judged.partly:  # counted anew, since a change may have touched any opening
        own = blocks(problem, np.array([person], dtype=np.int32))
        obstacles = judge_blocks(problem, judged.profiles, own).obstacles[person]
    status = status_of(problem, person)
    return Answer(problem.people[person].person_id, status, (), options, blocked(problem, obstacles, person))


def with_suggestions(judged: Judged, drafts: Sequence[Answer], taken: Iterable[Taken]) -> tuple[Answer, ...]:
    """Drafts of everybody (P,) with each person's suggestions, best first."""
    given = _by_person(taken)
    answers = list(drafts)
    for person, own in given.items():
        answers[person] = _suggested(judged, drafts[person], person, own)
    return tuple(answers)


def answers_of(judged: Judged, taken: Iterable[Taken], people: Iterable[int]) -> tuple[Answer, ...]:
    """Whole answers of some people."""
    given = _by_person(taken)
    return tuple(_suggested(judged, draft(judged, p), p, given.get(p, [])) for p in people)


def bare_answers(problem: Problem, taken: Iterable[Taken]) -> tuple[Answer, ...]:
    """Everybody's answer with nothing but suggestions: enough for the checker."""
    given = _by_person(taken)
    answers = []
    for person, row in enumerate(problem.people):
        own = tuple(_bare(problem, t) for t in sorted(given.get(person, []), key=lambda t: (-t.fit, t.opening)))
        status = status_of(problem, person)
        if own and status is PersonStatus.NO_FIT:
            status = PersonStatus.SUGGESTED
        answers.append(Answer(row.person_id, status, own, (), ()))
    return tuple(answers)


def idea(judged: Judged, k: int, session: int | None, companion: int | None) -> Idea:
    """Pair k of the judged pairs as an idea, beginning at a session and with a companion."""
    problem, profiles, pairs = judged.problem, judged.profiles, judged.pairs
    return Idea(
        opening_id=problem.openings[int(pairs.opening[k])].opening_id,
        first_session=None if session is None else start_of(problem, session),
        companion_id=None if companion is None else problem.companions[companion].companion_id,
        fit=int(pairs.fit[k]) / 1000,
        reasons=reasons(problem, profiles, pairs, k),
        asks=asks(problem, profiles, pairs, k),
    )


def start_of(problem: Problem, session: int) -> datetime:
    """When a session begins (local time)."""
    day, start, _ = problem.timetable.slots[problem.timetable.slot[session]]
    midnight = datetime.combine(problem.horizon.first + timedelta(days=int(day)), clock_time())
    return midnight + timedelta(minutes=int(start))


def _by_person(taken: Iterable[Taken]) -> dict[int, list[Taken]]:
    given: dict[int, list[Taken]] = {}
    for t in taken:
        given.setdefault(t.person, []).append(t)
    return given


def _suggested(judged: Judged, drafted: Answer, person: int, own: Sequence[Taken]) -> Answer:
    if not own:
        return drafted
    at = {int(judged.pairs.opening[k]): k for k in judged.pairs.of(person)}
    suggestions = tuple(
        idea(judged, at[t.opening], t.session, t.companion) for t in sorted(own, key=lambda t: (-t.fit, t.opening))
    )
    status = PersonStatus.SUGGESTED if drafted.status is PersonStatus.NO_FIT else drafted.status
    return replace(drafted, status=status, suggestions=suggestions)


def _bare(problem: Problem, t: Taken) -> Idea:
    return Idea(
        problem.openings[t.opening].opening_id,
        None if t.session is None else start_of(problem, t.session),
        None if t.companion is None else problem.companions[t.companion].companion_id,
        t.fit / 1000,
    )


def _first_possible(problem: Problem, person: int, opening: int) -> tuple[int | None, int | None]:
    """The first session of the person alone with the opening, and a companion for it where one is needed."""
    needs = bool(
        (problem.p.needs_companion[person] or problem.o.companion_required[opening]) and not problem.o.online[opening]
    )
    if problem.timetable.arranged[opening]:
        return None, problem.rides.covering(opening)[0] if needs else None
    if needs:
        visit = problem.rides.visits(person, opening)[0]
        return visit.session, visit.companions[0]
    own = problem.stays.start[problem.stays.hours_of[person]]
    seats, capacity = problem.seats.of_session, problem.o.capacity[opening]
    possible = [s for s in problem.timetable.sessions_of(opening) if own[problem.timetable.slot[s]] >= 0]
    return next((s for s in possible if seats[s] < capacity), possible[0]), None
