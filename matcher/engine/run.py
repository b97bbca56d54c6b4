"""A match run: bundle and horizon in; an answer for everybody out, each re-verified by the checker."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from datetime import time as clock_time

from matcher.engine.answer import Answer, Horizon, Idea, PersonStatus
from matcher.engine.assignment import Plan, SolverProcess, Taken, assign
from matcher.engine.assignment.plan import stage_values
from matcher.engine.checker import Fault, check
from matcher.engine.explanation import asks, blocked, reasons
from matcher.engine.gaps import Gap, gaps
from matcher.engine.pairs import THIN, Pairs, judge
from matcher.engine.problem import Problem, make_problem
from matcher.engine.profiles import Profiles
from matcher.errors import DebanError
from matcher.model import Bundle, Consent
from matcher.words import Reader

MOST_OPTIONS = 10


class FaultyPlan(DebanError):
    """The checker found the plan in breach of a rule, and nothing sound could be given instead."""


@dataclass(frozen=True, slots=True)
class MatchRun:
    """What a run came to. `dropped` are suggestions the checker refused; they are not in the answers."""

    problem: Problem
    profiles: Profiles
    pairs: Pairs
    plan: Plan
    answers: tuple[Answer, ...]
    gaps: tuple[Gap, ...]
    dropped: tuple[Fault, ...]
    kept_against_rules: tuple[Fault, ...]
    seconds: float


def run(
    bundle: Bundle,
    horizon: Horizon,
    reader: Reader,
    process: SolverProcess,
    *,
    seconds: float = 60.0,
    every_pair: bool = False,
    progress: Callable[[str], None] = lambda what: None,
) -> MatchRun:
    """Match everybody in the bundle.

    Args:
        process: a solving process started beforehand.
        seconds: limit of the whole run; the solving gets what is left of it.
        every_pair: keep possible pairs of any fit, not only thin ideas and better.

    Raises:
        ProblemError: the bundle and horizon make no problem.
    """
    started = time.monotonic()
    progress("ことばを読んでいます")
    problem = make_problem(bundle, horizon)
    profiles = Profiles(problem, reader)
    progress("ひとりずつ、できることを探しています")
    pairs = judge(problem, profiles, 0 if every_pair else THIN)
    progress("みんなの分を合わせています")
    plan = assign(problem, pairs, process, max(1.0, seconds - (time.monotonic() - started)))
    progress("答えを確かめています")
    plan, answers, dropped = _checked(bundle, problem, profiles, pairs, plan)
    return MatchRun(
        problem=problem,
        profiles=profiles,
        pairs=pairs,
        plan=plan,
        answers=answers,
        gaps=gaps(problem, profiles, pairs, answers),
        dropped=dropped,
        kept_against_rules=(),
        seconds=time.monotonic() - started,
    )


def _checked(
    bundle: Bundle, problem: Problem, profiles: Profiles, pairs: Pairs, plan: Plan
) -> tuple[Plan, tuple[Answer, ...], tuple[Fault, ...]]:
    """Answers that the checker finds sound; a suggestion it refuses is taken out and told, never shown."""
    dropped: list[Fault] = []
    for _ in range(5):
        answers = _answers(problem, profiles, pairs, plan.taken)
        faults = check(bundle, problem.horizon, answers)
        if not faults:
            return plan, answers, tuple(dropped)
        dropped += faults
        bad = {(f.person_id, f.opening_id) for f in faults} | {(f.person_id, "") for f in faults if not f.opening_id}
        kept = tuple(
            t
            for t in plan.taken
            if (problem.people[t.person].person_id, problem.openings[t.opening].opening_id) not in bad
            and (problem.people[t.person].person_id, "") not in bad
        )
        if len(kept) == len(plan.taken):
            break
        plan = replace(plan, taken=kept, objective=stage_values(problem, kept), optimal=False, ended="checker")
    first = dropped[-1]
    raise FaultyPlan(
        f"答えの検算が合いませんでした（{first.rule}: {first.person_id} {first.opening_id}）。この結果は使わないでください。"
    )


def _answers(problem: Problem, profiles: Profiles, pairs: Pairs, taken: Iterable[Taken]) -> tuple[Answer, ...]:
    given: dict[int, list[Taken]] = {}
    for t in taken:
        given.setdefault(t.person, []).append(t)
    answers = []
    for person, row in enumerate(problem.people):
        own = sorted(given.get(person, []), key=lambda t: (-t.fit, t.opening))
        at = {int(pairs.opening[k]): k for k in pairs.of(person)}
        suggestions = tuple(_idea(problem, profiles, pairs, at[t.opening], t) for t in own)
        if problem.p.wants_left[person] == 0:
            status = PersonStatus.PLACED
        elif row.consent not in (Consent.INTERNAL, Consent.SHARE):
            status = PersonStatus.NEEDS_CONSENT
        elif row.availability is None:
            status = PersonStatus.NEEDS_INFORMATION
        else:
            status = PersonStatus.SUGGESTED if suggestions else PersonStatus.NO_FIT
        options = tuple(
            _idea(problem, profiles, pairs, k, None)
            for k in list(pairs.of(person))[:MOST_OPTIONS]
            if pairs.fit[k] >= THIN
        )
        answers.append(Answer(row.person_id, status, suggestions, options, blocked(problem, pairs, person)))
    return tuple(answers)


def _idea(problem: Problem, profiles: Profiles, pairs: Pairs, k: int, taken: Taken | None) -> Idea:
    person, opening = int(pairs.person[k]), int(pairs.opening[k])
    if taken is not None:
        session, companion = taken.session, taken.companion
    else:
        session, companion = _first_possible(problem, person, opening)
    return Idea(
        opening_id=problem.openings[opening].opening_id,
        first_session=None if session is None else _start_of(problem, session),
        companion_id=None if companion is None else problem.companions[companion].companion_id,
        fit=int(pairs.fit[k]) / 1000,
        reasons=reasons(problem, profiles, pairs, k),
        asks=asks(problem, profiles, pairs, k),
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


def _start_of(problem: Problem, session: int) -> datetime:
    day, start, _ = problem.timetable.slots[problem.timetable.slot[session]]
    midnight = datetime.combine(problem.horizon.first + timedelta(days=int(day)), clock_time())
    return midnight + timedelta(minutes=int(start))
