"""Crowds whose options and suggestions are set by hand, for what looks at a whole run and not at its making."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from matcher.engine.answer import Answer, Idea, PersonStatus
from matcher.engine.fit import PARTS
from matcher.engine.pairs import Pairs
from matcher.engine.problem import Problem, make_problem
from matcher.model import Person
from tests.unit.engine.town import HORIZON, town

OPENINGS = [
    {"opening_id": f"O{n:02d}", "host_id": "H1", "title": "花壇の水やり", "role": "help", "schedule": "火 10:00-12:00"}
    for n in range(16)
]
BASE = {"municipality": "町", "availability": "毎日 9:00-17:00", "consent": "share"}


def crowd(people: Iterable[Mapping[str, Any]]) -> tuple[Problem, Pairs, tuple[Answer, ...]]:
    """A problem, its pairs and the answers.

    Each person is given as the cells of their row, and beside them `fits`, the thousandths of their options (or
    `options`, so many of 700), and `given`, those of their suggestions (or `served`, for one of 700).
    """
    rows, fits, given = [], [], []
    for n, person in enumerate(people):
        own = dict(person)
        fits.append(sorted(own.pop("fits", [700] * own.pop("options", 0)), reverse=True))
        given.append(sorted(own.pop("given", [700] * bool(own.pop("served", False))), reverse=True))
        rows.append(Person.model_validate({"person_id": f"P{n:05d}", **BASE, **own}))
    problem = make_problem(replace(town(openings=OPENINGS), people=tuple(rows)), HORIZON)
    return problem, _pairs(fits), tuple(map(_answer, rows, given))


def _pairs(fits: Sequence[Sequence[int]]) -> Pairs:
    sizes = [len(f) for f in fits]
    count = sum(sizes)
    return Pairs(
        person=np.repeat(np.arange(len(fits), dtype=np.int32), sizes),
        opening=np.array([o for size in sizes for o in range(size)], dtype=np.int32),
        fit=np.array([f for own in fits for f in own], dtype=np.int16),
        parts=np.zeros((count, len(PARTS)), dtype=np.float32),
        avoidance=np.zeros(count, dtype=np.float32),
        first=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32),
        obstacles=((),) * len(fits),
    )


def _answer(person: Person, given: Sequence[int]) -> Answer:
    ideas = tuple(Idea(f"O{n:02d}", None, None, fit / 1000) for n, fit in enumerate(given))
    return Answer(person.person_id, PersonStatus.SUGGESTED if ideas else PersonStatus.NO_FIT, ideas, (), ())
