"""A match run: bundle and horizon in; an answer for everybody out, each re-verified by the checker."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from matcher.engine.answer import Answer, Horizon
from matcher.engine.answers import draft, with_suggestions
from matcher.engine.assignment import Assignment, Plan, Taken
from matcher.engine.assignment.plan import stage_values
from matcher.engine.checker import Fault, check
from matcher.engine.gaps import Gap, gaps, wished
from matcher.engine.judged import Judged
from matcher.engine.pairs import THIN, Pairs, check_time
from matcher.engine.problem import Problem
from matcher.engine.profiles import Profiles
from matcher.engine.solver.process import SolverProcess
from matcher.engine.standing import StandingPlan
from matcher.errors import DebanError
from matcher.model import Bundle
from matcher.words import Reader


class FaultyPlan(DebanError):
    """The checker found the plan in breach of a rule, and nothing sound could be given instead."""


@dataclass(frozen=True, slots=True)
class MatchRun:
    """What a run came to. `dropped` are suggestions the checker refused; they are not in the answers."""

    judged: Judged
    plan: Plan
    answers: tuple[Answer, ...]
    gaps: tuple[Gap, ...]
    dropped: tuple[Fault, ...]
    seconds: float

    @property
    def bundle(self) -> Bundle:
        return self.judged.bundle

    @property
    def problem(self) -> Problem:
        return self.judged.problem

    @property
    def profiles(self) -> Profiles:
        return self.judged.profiles

    @property
    def pairs(self) -> Pairs:
        return self.judged.pairs

    @property
    def standing(self) -> StandingPlan:
        """The plan, ready to be changed."""
        return StandingPlan(self.judged, self.plan)


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
        seconds: limit of the whole run; the solving gets what is left of it, or one second where that is less.
        every_pair: keep possible pairs of any fit, not only thin ideas and better.

    Raises:
        ProblemError: the bundle and horizon make no problem.
        OutOfTime: the limit was over before everybody had been looked at.
        FaultyPlan: the checker found the plan in breach of a rule.
    """
    started = time.monotonic()
    until = started + seconds
    progress("ことばを読んでいます")
    judged = Judged.of(bundle, horizon, reader, 0 if every_pair else THIN, until)
    progress("みんなの分を合わせています")
    assignment = Assignment(judged.problem, judged.pairs, process)
    drafts = tuple(_drafts(judged, until))
    plan = assignment.finish(max(1.0, until - time.monotonic()))
    progress("答えを確かめています")
    plan, answers, dropped = checked(judged.problem, bundle, plan, partial(with_suggestions, judged, drafts))
    return MatchRun(
        judged=judged,
        plan=plan,
        answers=answers,
        gaps=gaps(judged.problem, partial(wished, judged.profiles), answers),
        dropped=dropped,
        seconds=time.monotonic() - started,
    )


def _drafts(judged: Judged, until: float) -> Iterator[Answer]:
    for person in range(len(judged.problem.people)):
        check_time(until)
        yield draft(judged, person)


def checked(
    problem: Problem, bundle: Bundle, plan: Plan, answered: Callable[[Sequence[Taken]], tuple[Answer, ...]]
) -> tuple[Plan, tuple[Answer, ...], tuple[Fault, ...]]:
    """Answers that the checker finds sound; a suggestion it refuses is taken out and told, never shown.

    `answered` makes everybody's answers (P,) of suggestions.

    Raises:
        FaultyPlan: something is wrong that no suggestion can be taken out for.
    """
    dropped: list[Fault] = []
    for _ in range(5):
        answers = answered(plan.taken)
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
    raise unsound(dropped[-1])


def unsound(fault: Fault) -> FaultyPlan:
    """The error that tells a fault."""
    return FaultyPlan(
        f"答えの検算が合いませんでした（{fault.rule}: {fault.person_id} {fault.opening_id}）。この結果は使わないでください。"
    )
