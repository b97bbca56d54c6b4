"""One drawn problem solved twice, by the engine and by trying all plans; every difference is one line of text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cache

import numpy as np

from matcher.engine.answer import Answer, Idea, PersonStatus
from matcher.engine.assignment import Assignment, Plan
from matcher.engine.checker import check
from matcher.engine.pairs import Pairs
from matcher.engine.problem import Problem
from matcher.engine.run import MatchRun, run
from matcher.words import default_reader
from tests.oracle.facts import GOOD, WORTH, Begin, Chance, Facts
from tests.oracle.instances import Instance, instance
from tests.oracle.search import STAGES, Best, best, broken
from tests.unit.engine.inline import InlineSolver

PROVEN = ("s1", "s2", "s3", "s4")


@dataclass(frozen=True)
class Both:
    """A problem, what the engine made of it, and the best of all plans.

    `fits` are pairs that no rule forbids, with their fit in thousandths; `plan` is the engine's for these fits, which
    are those of the run (`done`) or coarser ones.
    """

    drawn: Instance
    done: MatchRun
    fits: Mapping[tuple[str, str], int]
    plan: Plan
    facts: Facts
    best: Best


def solved(drawn: Instance) -> MatchRun:
    """The engine's run of a drawn problem, in this process."""
    return run(drawn.bundle, drawn.horizon, default_reader(), InlineSolver())


@cache
def both(seed: int) -> Both:
    """The problem of this number, solved twice."""
    drawn = instance(seed)
    done = solved(drawn)
    return _both(drawn, done, done.pairs, done.plan)


@cache
def coarse(seed: int) -> Both:
    """The same with fits of two kinds only, so that many plans are equal up to s4 and the last stages decide."""
    it = both(seed)
    fit = it.done.pairs.fit
    steps = np.where(fit >= GOOD, GOOD, np.where(fit >= WORTH, WORTH, fit)).astype(fit.dtype)
    pairs = replace(it.done.pairs, fit=steps)
    plan = Assignment(it.done.problem, pairs, InlineSolver()).finish(60)
    return _both(it.drawn, it.done, pairs, plan)


def _both(drawn: Instance, done: MatchRun, pairs: Pairs, plan: Plan) -> Both:
    fits = fits_of(done.problem, pairs)
    facts = Facts(drawn.bundle, drawn.horizon, fits)
    return Both(drawn, done, fits, plan, facts, best(facts))


def fits_of(problem: Problem, pairs: Pairs) -> dict[tuple[str, str], int]:
    """Fits of pairs by ID."""
    return {
        (problem.people[p].person_id, problem.openings[o].opening_id): int(fit)
        for p, o, fit in zip(pairs.person, pairs.opening, pairs.fit, strict=True)
    }


def differences(it: Both) -> Iterator[str]:
    """Where the engine's plan is not a best one, not proven, or no plan; and where the oracle's is none."""
    right = dict(zip(STAGES, it.best.values, strict=True))
    for stage in STAGES:
        if it.plan.objective[stage] != right[stage]:
            yield f"{stage} is {it.plan.objective[stage]}, and the best of all plans has {right[stage]}"
    for stage in PROVEN:
        if it.plan.objective[stage] != it.plan.bound[stage]:
            yield f"{stage} is {it.plan.objective[stage]}, with a bound of {it.plan.bound[stage]}"
    if not it.plan.optimal:
        yield f"the plan is not said to be optimal ({it.plan.ended})"
    for fault in it.done.dropped:
        yield f"dropped: {fault}"
    for answers, whose in ((engines_answers(it), "the engine's plan"), (best_answers(it), "the best of all plans")):
        for fault in check(it.drawn.bundle, it.drawn.horizon, answers):
            yield f"in {whose} the checker finds {fault}"
    yield from _not_a_plan(it)


def _not_a_plan(it: Both) -> Iterator[str]:
    """What the oracle has against the engine's plan, as it begins."""
    begun: list[tuple[Chance, Begin]] = []
    for answer in engines_answers(it):
        own = it.facts.chances.get(answer.person_id, ())
        for idea in answer.suggestions:
            named = idea.opening_id, idea.first_session, idea.companion_id
            ways = [(c, way) for c in own for way in c.begins if (c.opening, _start(way), way.companion) == named]
            if not ways:
                yield f"{answer.person_id} cannot begin {named[0]} at {named[1]} with {named[2]}"
            begun += ways
    if against := broken(it.facts, begun):
        yield f"the engine's plan is none: {against}"


def _start(way: Begin) -> datetime | None:
    """When the first visit begins; None by arrangement."""
    return way.first and datetime.combine(way.first.date, time()) + timedelta(minutes=way.first.start)


def engines_answers(it: Both) -> list[Answer]:
    """The engine's answers; where fits are coarse, with the suggestions made for those."""
    if it.plan is it.done.plan:
        return list(it.done.answers)
    problem, given = it.done.problem, dict[str, list[Idea]]()
    for t in it.plan.taken:
        first = None
        if t.session is not None:
            day, start, _ = problem.timetable.slots[problem.timetable.slot[t.session]].tolist()
            first = datetime.combine(problem.horizon.dates[day], time()) + timedelta(minutes=start)
        companion = None if t.companion is None else problem.companions[t.companion].companion_id
        idea = Idea(problem.openings[t.opening].opening_id, first, companion, t.fit / 1000)
        given.setdefault(problem.people[t.person].person_id, []).append(idea)
    return _with(it, given)


def best_answers(it: Both) -> list[Answer]:
    """The engine's answers with the suggestions of the best of all plans in their place."""
    given: dict[str, list[Idea]] = {}
    for chance, way in it.best.begun:
        given.setdefault(chance.person, []).append(Idea(chance.opening, _start(way), way.companion, chance.fit / 1000))
    return _with(it, given)


def _with(it: Both, given: Mapping[str, list[Idea]]) -> list[Answer]:
    answers = []
    for answer in it.done.answers:
        own = tuple(given.get(answer.person_id, ()))
        status = answer.status
        if status in (PersonStatus.SUGGESTED, PersonStatus.NO_FIT):
            status = PersonStatus.SUGGESTED if own else PersonStatus.NO_FIT
        answers.append(replace(answer, suggestions=own, status=status))
    return answers
