"""Matching many towns at once: their words are read and their answers written in processes of their own.

The parent holds the rows, the arrays and the plan; the plan of all towns is solved as one, since openings online are open to
everybody. The texts of answers are made where the words were read, into files, and read from there one by one.
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from matcher.engine.answer import Answer, Horizon
from matcher.engine.answers import bare_answers
from matcher.engine.assignment import Assignment, Plan
from matcher.engine.crew import Crew, cores
from matcher.engine.desk import Desk, Found, Granted, granted
from matcher.engine.fit import PARTS
from matcher.engine.gaps import Gap, gaps
from matcher.engine.held import too_many
from matcher.engine.pairs import OutOfTime, Pairs, check_time
from matcher.engine.problem import Problem, make_problem
from matcher.engine.run import checked, unsound
from matcher.engine.shares import Share, shares
from matcher.engine.solver.process import SolverProcess
from matcher.model import Bundle
from matcher.services.told import Spans, Told
from matcher.words import default_reader

MANY = 4000  # people, in more than one town, for whom processes of their own are worth starting
PER_SECOND = 2500  # people whose answers are surely written in a second, once the plan is known
LATE = 3.0  # seconds after the limit at which whatever is still at work is ended

Teller = Callable[[Problem, Answer], tuple[str, str]]
"""What is written of one person: a line for the JSON answer, and lines for the screen."""


@dataclass(frozen=True, slots=True)
class Telling:
    """How answers are put into words, and the folder for their texts; `processes` is 0 for one a core."""

    teller: Teller
    folder: Path
    processes: int = 0
    many: int = MANY
    enough: int | None = None  # people of a share; None for as many as usual


@dataclass(frozen=True, slots=True)
class Metropolis:
    """What a run over many towns came to. `answers` hold suggestions alone; what is said of each person is `told`."""

    bundle: Bundle
    problem: Problem
    pairs: Pairs
    plan: Plan
    answers: tuple[Answer, ...]
    gaps: tuple[Gap, ...]
    breaches: tuple[tuple[int, int, str], ...]
    told: Told
    seconds: float


def is_metropolis(bundle: Bundle, many: int = MANY) -> bool:
    """Whether a bundle is better matched town by town."""
    return len(bundle.people) >= many and len({p.municipality for p in bundle.people}) > 1


def match_metropolis(
    bundle: Bundle,
    horizon: Horizon,
    process: SolverProcess,
    telling: Telling,
    *,
    seconds: float,
    progress: Callable[[str], None] = lambda what: None,
) -> Metropolis:
    """Match everybody in a bundle of many towns.

    Raises:
        ProblemError: the bundle and horizon make no problem.
        OutOfTime: the limit was over before everybody's answer was written.
        WorkerGone: a process disappeared, most often for want of memory.
        FaultyPlan: the checker found the plan or an answer in breach of a rule.
    """
    began = time.monotonic()
    until = began + seconds
    with Crew(telling.processes or cores(), until + LATE) as crew:
        progress("ことばを読んでいます")
        problem = make_problem(bundle, horizon)
        parts = shares(bundle) if telling.enough is None else shares(bundle, telling.enough)
        found, desk_at = crew.share_out([(_open, k, part, horizon, until) for k, part in enumerate(parts)])
        progress("みんなの分を合わせています")
        crew.begin([(_draft, k, until, telling.folder) for k in range(len(parts))], desk_at)
        pairs = _pairs(problem, parts, found)
        assignment = Assignment(problem, pairs, process)
        left = until - len(problem.people) / PER_SECOND - time.monotonic()
        if left < 0:  # a plan whose answers could not be written any more would only make people wait
            raise OutOfTime
        plan = assignment.finish(max(1.0, left))
        faults = [fault for faults in crew.finish() for fault in faults]
        if faults:
            raise unsound(faults[0])
        progress("答えを確かめています")
        plan, answers, _ = checked(problem, bundle, plan, partial(bare_answers, problem))
        given = _by_share(problem, plan, parts)
        crew.begin([(_tell, k, given[k], telling.teller, telling.folder) for k in range(len(parts))], desk_at)
        wishes = {person: wish for f in found for person, wish in f.wishes.items()}
        spans = crew.finish()
        check_time(until + LATE)
    return Metropolis(
        bundle=bundle,
        problem=problem,
        pairs=pairs,
        plan=plan,
        answers=answers,
        gaps=gaps(problem, lambda person: wishes[problem.people[person].person_id], answers),
        breaches=(*_breaches(problem, found), *too_many(problem)),
        told=Told(telling.folder, [(part.people, span) for part, span in zip(parts, spans, strict=True)]),
        seconds=time.monotonic() - began,
    )


def _open(desks: dict[int, Desk], k: int, share: Share, horizon: Horizon, until: float) -> Found:
    desks[k] = desk = Desk(share, horizon, default_reader(), until)
    return desk.found


def _draft(desks: dict[int, Desk], k: int, until: float, folder: Path) -> list[Any]:
    if k == min(desks) and hasattr(os, "nice"):
        os.nice(5)  # the plan is waited for meanwhile, and nobody waits for drafts
    return desks[k].draft(until, folder / f"{k}.drafts")


def _tell(desks: dict[int, Desk], k: int, given: Sequence[Granted], teller: Teller, folder: Path) -> Spans:
    desk = desks.pop(k)
    return Spans.write(folder / f"{k}", (teller(desk.problem, answer) for answer in desk.answers(given)))


def _pairs(problem: Problem, parts: Sequence[Share], found: Sequence[Found]) -> Pairs:
    """All shares' pairs in the order of people; what explains them stays with the desks."""
    person_at = {p.person_id: i for i, p in enumerate(problem.people)}
    opening_at = {o.opening_id: i for i, o in enumerate(problem.openings)}
    people, openings = [], []
    for part, own in zip(parts, found, strict=True):
        here = np.array([person_at[p] for p in sorted(r.person_id for r in part.bundle.people)], dtype=np.int32)
        there = np.array([opening_at[o] for o in sorted(r.opening_id for r in part.bundle.openings)], dtype=np.int32)
        people.append(here[own.person])
        openings.append(there[own.opening])
    person, opening = np.concatenate(people), np.concatenate(openings)
    fit = np.concatenate([own.fit for own in found])
    order = np.argsort(person, kind="stable")  # within a person they stand best first already
    first = np.searchsorted(person[order], np.arange(len(problem.people) + 1)).astype(np.int32)
    return Pairs(
        person[order],
        opening[order],
        fit[order],
        np.zeros((0, len(PARTS)), dtype=np.float32),
        np.zeros(0, dtype=np.float32),
        first,
        ((),) * len(problem.people),
    )


def _by_share(problem: Problem, plan: Plan, parts: Sequence[Share]) -> list[list[Granted]]:
    share_of = {person: k for k, part in enumerate(parts) for person in part.people}
    given: list[list[Granted]] = [[] for _ in parts]
    for one in granted(problem, plan.taken):
        given[share_of[one.person_id]].append(one)
    return given


def _breaches(problem: Problem, found: Sequence[Found]) -> list[tuple[int, int, str]]:
    """Of all people in their order; rules in the order in which a desk told them."""
    person_at = {p.person_id: i for i, p in enumerate(problem.people)}
    opening_at = {o.opening_id: i for i, o in enumerate(problem.openings)}
    told = [(person_at[p], opening_at[o], code) for own in found for p, o, code in own.breaches]
    return sorted(told, key=lambda b: b[0])
