"""Why a person was not given an opening: the rules against it, how it suits, and what giving it would cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matcher.engine.answer import Idea
from matcher.engine.answers import idea, status_of
from matcher.engine.block import Block
from matcher.engine.explanation import change as change_needed
from matcher.engine.feasibility import CODES, forbidding
from matcher.engine.fit import PARTS, WORTH
from matcher.engine.fit import fit as fit_of
from matcher.engine.pairs import judge_blocks
from matcher.engine.solver.process import SolverProcess
from matcher.engine.standing import Changed, StandingPlan
from matcher.errors import DebanError


class Standing(StrEnum):
    """Where a pair stands."""

    HELD = "held"  # pinned or placed
    GIVEN = "given"
    FORBIDDEN = "forbidden"
    THIN = "thin"  # no rule against it, and not worth bringing up
    NOT_ASKED = "not_asked"  # the person takes no part yet: consent or hours are missing, or all is decided
    IMPOSSIBLE = "impossible"  # what others hold leaves no room, whatever else is changed
    PASSED = "passed"  # possible and worth it, and something else was better for all


class NoSuchPair(DebanError):
    """The person or the opening is not in the bundle."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A rule against the pair, with the figures of the smallest change that would lift it."""

    code: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Why:
    """The answer. `fit` and `parts` (thousandths by criterion) always; the rest as far as it applies.

    `status` is the person's where they take no part; `cost` the plan with the pair given, against the one that stands.
    """

    person_id: str
    opening_id: str
    standing: Standing
    status: str
    fit: float
    parts: Mapping[str, float]
    obstacles: tuple[Obstacle, ...]
    idea: Idea | None
    cost: Changed | None


def why(plan: StandingPlan, person_id: str, opening_id: str, process: SolverProcess, seconds: float = 60.0) -> Why:
    """Answer for one pair; where it could have been given, by solving with it given.

    Raises:
        NoSuchPair: an ID is not in the bundle; the sentence says which.
    """
    judged = plan.judged
    problem, profiles = judged.problem, judged.profiles
    person = next((i for i, r in enumerate(problem.people) if r.person_id == person_id), None)
    opening = next((i for i, r in enumerate(problem.openings) if r.opening_id == opening_id), None)
    if person is None:
        raise NoSuchPair(f"本人ID「{person_id}」はいません。IDを確かめてください。")
    if opening is None:
        raise NoSuchPair(f"枠ID「{opening_id}」はありません。IDを確かめてください。")
    block = Block(problem, np.array([person], dtype=np.int32), np.array([opening], dtype=np.int32))
    worth, shares = fit_of(block, profiles)
    bits = int(forbidding(block, profiles, np.ones((1, 1), dtype=np.bool_))[0, 0])
    obstacles = tuple(
        Obstacle(code, change_needed(problem, person, opening, code)) for k, code in enumerate(CODES) if bits & (1 << k)
    )
    status = status_of(problem, person)
    cost = None
    if opening in problem.held[person]:
        standing = Standing.HELD
    elif any((t.person, t.opening) == (person, opening) for t in plan.plan.taken):
        standing = Standing.GIVEN
    elif obstacles:
        standing = Standing.FORBIDDEN
    elif not problem.p.eligible[person]:
        standing = Standing.NOT_ASKED
    elif int(worth[0, 0]) < WORTH:
        standing = Standing.THIN
    else:
        cost = plan.change((), process, given=frozenset({(person_id, opening_id)}), seconds=seconds)
        kept = {(t.person, t.opening) for t in cost.after.plan.taken}
        standing = Standing.PASSED if (person, opening) in kept else Standing.IMPOSSIBLE
        cost = cost if standing is Standing.PASSED else None
    own = judge_blocks(problem, profiles, [block], 0)
    shown = None
    if len(own.person):
        alone = type(judged)(judged.bundle, problem, profiles, own)
        shown = idea(alone, 0, None, None)
    parts = {code: float(share) for code, share in zip(PARTS, shares[0, 0], strict=True)}
    return Why(person_id, opening_id, standing, status.value, int(worth[0, 0]) / 1000, parts, obstacles, shown, cost)
