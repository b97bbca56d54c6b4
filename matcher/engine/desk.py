"""A desk answers for the people of one share: judges their pairs, drafts their answers, and fills in what they are given.

A desk stands in a process of its own (`crew`), so that nobody need hold the words of all towns. Between its steps it keeps
no more than explanations ask for.
"""

import pickle
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.engine.answer import Answer, Horizon
from matcher.engine.answers import MOST_OPTIONS, bare_answers, draft, with_suggestions
from matcher.engine.assignment import Taken
from matcher.engine.block import blocks
from matcher.engine.checker import Fault, check
from matcher.engine.gaps import wished
from matcher.engine.held import of_people
from matcher.engine.judged import Judged
from matcher.engine.pairs import THIN, check_time, judge_blocks
from matcher.engine.problem import Ints, Problem, make_problem
from matcher.engine.profiles import Profiles
from matcher.engine.shares import Share
from matcher.words import Reader


@dataclass(frozen=True, slots=True)
class Found:
    """What a desk found out, by positions in the share's people and openings (all of them, sorted by ID).

    Attributes:
        person, opening, fit: (N,) possible pairs as in `Pairs`, person by person, best first.
        wishes: what each person of the share names most strongly, by ID.
        breaches: (person ID, opening ID, code) of pinned and placed pairs that break a rule.
    """

    person: Ints
    opening: Ints
    fit: NDArray[np.int16]
    wishes: dict[str, str]
    breaches: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Granted:
    """A suggestion by IDs; `session` counts from 0 among the opening's sessions, None by arrangement."""

    person_id: str
    opening_id: str
    fit: int
    session: int | None
    companion_id: str | None


class Desk:
    """The people of one share, from their words to their answers."""

    def __init__(self, share: Share, horizon: Horizon, reader: Reader, until: float) -> None:
        """Read the words and judge the pairs.

        Raises:
            OutOfTime: `until` (of `time.monotonic`) came first.
        """
        problem = make_problem(share.bundle, horizon)
        self._person = {p.person_id: i for i, p in enumerate(problem.people)}
        self._own = [self._person[p] for p in share.people]
        check_time(until)
        profiles = Profiles(problem, reader)
        own = np.array(self._own, dtype=np.int32)
        pairs = judge_blocks(problem, profiles, blocks(problem, own), THIN, until)
        self.found = Found(
            pairs.person,
            pairs.opening,
            pairs.fit,
            {p: wished(profiles, i) for p, i in zip(share.people, self._own, strict=True)},
            [
                (problem.people[p].person_id, problem.openings[o].opening_id, code)
                for p, o, code in of_people(problem, profiles, self._own)
            ],
        )
        self._judged = Judged(share.bundle, problem, profiles.told(), pairs.told(MOST_OPTIONS))
        self._drafts: Path | None = None

    @property
    def problem(self) -> Problem:
        return self._judged.problem

    def draft(self, until: float, drafts: Path) -> list[Fault]:
        """Draft everybody's answer and put it by in a file; what the checker finds wrong with them.

        Many towns' drafts would fill the memory that the solver needs meanwhile.

        Raises:
            OutOfTime: `until` (of `time.monotonic`) came first.
        """
        answers = list(bare_answers(self.problem, ()))
        for person in self._own:
            check_time(until)
            answers[person] = draft(self._judged, person)
        self._drafts = drafts
        drafts.write_bytes(pickle.dumps(answers, protocol=5))
        return check(self._judged.bundle, self.problem.horizon, answers)

    def answers(self, granted: Iterable[Granted]) -> Iterator[Answer]:
        """The whole answers of the share's people, in the order of their IDs."""
        assert self._drafts is not None, "nothing was drafted"
        drafts = pickle.loads(self._drafts.read_bytes())
        answers = with_suggestions(self._judged, drafts, list(self._taken(granted)))
        yield from (answers[p] for p in self._own)

    def _taken(self, granted: Iterable[Granted]) -> Iterator[Taken]:
        problem = self.problem
        opening = {o.opening_id: i for i, o in enumerate(problem.openings)}
        companion = {c.companion_id: i for i, c in enumerate(problem.companions)}
        for g in granted:
            o = opening[g.opening_id]
            session = None if g.session is None else int(problem.timetable.first[o]) + g.session
            who = None if g.companion_id is None else companion[g.companion_id]
            yield Taken(self._person[g.person_id], o, g.fit, session, who)


def granted(problem: Problem, taken: Sequence[Taken]) -> Iterator[Granted]:
    """A plan's suggestions by IDs."""
    for t in taken:
        yield Granted(
            problem.people[t.person].person_id,
            problem.openings[t.opening].opening_id,
            t.fit,
            None if t.session is None else t.session - int(problem.timetable.first[t.opening]),
            None if t.companion is None else problem.companions[t.companion].companion_id,
        )
