"""A match run: bundle and horizon in; an answer for everybody out, each re-verified by the checker."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from datetime import time as clock_time

from matcher.engine.answer import Answer, Horizon, Idea, PersonStatus
from matcher.engine.assignment import Assignment, Plan, Taken
from matcher.engine.assignment.plan import stage_values
from matcher.engine.checker import Fault, check
from matcher.engine.explanation import asks, blocked, reasons
from matcher.engine.gaps import Gap, gaps
from matcher.engine.pairs import THIN, Pairs, judge
from matcher.engine.problem import Problem, make_problem
from matcher.engine.profiles import Profiles
from matcher.engine.solver.process import SolverProcess
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
    assignment = Assignment(problem, pairs, process)
    drafts = tuple(_draft(problem, profiles, pairs, person) for person in range(len(problem.people)))
    plan = assignment.finish(max(1.0, seconds - (time.monotonic() - started)))
    progress("答えを確かめています")
    plan, answers, dropped = _checked(bundle, problem, profiles, pairs, drafts, plan)
    return MatchRun(
        problem=problem,
        profiles=profiles,
        pairs=pairs,
        plan=plan,
        answers=answers,
        gaps=gaps(problem, profiles, pairs, answers),
        dropped=dropped,
        seconds=time.monotonic() - started,
    )


def _checked(
    bundle: Bundle, problem: Problem, profiles: Profiles, pairs: Pairs, drafts: tuple[Answer, ...], plan: Plan
) -> tuple[Plan, tuple[Answer, ...], tuple[Fault, ...]]:
    """Answers that the checker finds sound; a suggestion it refuses is taken out and told, never shown."""
    dropped: list[Fault] = []
    for _ in range(5):
        answers = _answers(problem, profiles, pairs, drafts, plan.taken)
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


def _draft(problem: Problem, profiles: Profiles, pairs: Pairs, person: int) -> Answer:
    """All of a person's answer that does not depend on the plan."""
    row = problem.people[person]
    if problem.p.wants_left[person] == 0:
        status = PersonStatus.PLACED
    elif row.consent not in (Consent.INTERNAL, Consent.SHARE):
        status = PersonStatus.NEEDS_CONSENT
    elif row.availability is None:
        status = PersonStatus.NEEDS_INFORMATION
    else:
        status = PersonStatus.NO_FIT
    options = tuple(
        _idea(problem, profiles, pairs, k, *_first_possible(problem, person, int(pairs.opening[k])))
        for k in pairs.of(person)[:MOST_OPTIONS]
        if pairs.fit[k] >= THIN
    )
    return Answer(row.person_id, status, (), options, blocked(problem, pairs, person))


def _answers(
    problem: Problem, profiles: Profiles, pairs: Pairs, drafts: tuple[Answer, ...], taken: Iterable[Taken]
) -> tuple[Answer, ...]:
    """The drafts with each person's suggestions, best first."""
    given: dict[int, list[Taken]] = {}
    for t in taken:
        given.setdefault(t.person, []).append(t)
    answers = list(drafts)
    for person, own in given.items():
        at = {int(pairs.opening[k]): k for k in pairs.of(person)}
        suggestions = tuple(
            _idea(problem, profiles, pairs, at[t.opening], t.session, t.companion)
            for t in sorted(own, key=lambda t: (-t.fit, t.opening))
        )
        status = drafts[person].status
        if status is PersonStatus.NO_FIT:
            status = PersonStatus.SUGGESTED
        answers[person] = replace(drafts[person], status=status, suggestions=suggestions)
    return tuple(answers)


def _idea(
    problem: Problem, profiles: Profiles, pairs: Pairs, k: int, session: int | None, companion: int | None
) -> Idea:
    return Idea(
        opening_id=problem.openings[int(pairs.opening[k])].opening_id,
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
