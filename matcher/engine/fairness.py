"""Fairness of a run: how options, suggestions and fits fall over areas, ages, time waited and need of company.

A group is marked where it gets fewer suggestions than everybody else with as many options would (decision 0005).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from matcher.engine.answer import Answer
from matcher.engine.fit import WORTH
from matcher.engine.pairs import Pairs
from matcher.engine.problem import Bools, Floats, Problem, waiting_class

LEVEL = 0.05  # chance, at most, that a run in which options alone decide gets any mark at all
SHARE, PEOPLE = 0.10, 3  # a mark needs a shortfall of this share of those with options, and of so many people
STRATA = (1, 2, 4, 10)  # least number of options of each stratum: 1, 2-3, 4-9, 10 and more
UNKNOWN = "unknown"
_AGES = (18, 25, 40, 65)  # first year of each band but the first: up to school's end, young, working, pension age
_NEGLIGIBLE = 1e-18  # probabilities below this are left out of the exact test

Whole = NDArray[np.int64]


class Axis(StrEnum):
    """Along what people are grouped."""

    AREA = "area"
    AGE = "age"
    WAITING = "waiting"
    COMPANION = "companion"


# The groups of each axis in the order of printing; areas are named by the bundle.
KEYS: dict[Axis, tuple[str, ...]] = {
    Axis.AGE: ("0-17", "18-24", "25-39", "40-64", "65+", UNKNOWN),
    Axis.WAITING: ("0-2", "3-5", "6-11", "12+", UNKNOWN),  # whole months
    Axis.COMPANION: ("yes", "no", UNKNOWN),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Figures of one group. Each count is part of the one before it; None is a mean over nobody, or not shown.

    Attributes:
        key: the area's ID (empty where it is blank), or one of KEYS.
        municipality: of an area; empty on the other axes.
        people: everybody in the group.
        eligible: of them, those with consent, hours known and something still wanted.
        with_options: of them, those with an opening that no rule forbids and whose fit is 0.5 or more.
        suggested: of them, those with at least one suggestion.
        options: mean number of such openings over the eligible.
        best_fit: mean over those with options of the fit (0..1) of their best option.
        given_fit: mean over those suggested of the fit (0..1) of their best suggestion.
        expected: how many would be suggested at the rate of everybody else with as many options; None where there is
            nobody to compare with.
        chance: of so few suggestions or fewer, if the group were like everybody else; None as `expected`.
        marked: served markedly less, given the options.
        others: small groups taken together, in a public report.
    """

    key: str
    municipality: str
    people: int | None
    eligible: int | None
    with_options: int | None
    suggested: int | None
    options: float | None = None
    best_fit: float | None = None
    given_fit: float | None = None
    expected: float | None = None
    chance: float | None = None
    marked: bool = False
    others: bool = False

    @property
    def share(self) -> float | None:
        """Share suggested among those with options, 0..1."""
        return self.suggested / self.with_options if self.with_options and self.suggested is not None else None


@dataclass(frozen=True, slots=True)
class Dimension:
    """Everybody, divided along one axis."""

    axis: Axis
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Fairness:
    """The report of one run. `hidden_below` is None inside the team, else the least count of people that is shown."""

    total: Group
    dimensions: tuple[Dimension, ...]
    hidden_below: int | None = None


@dataclass(frozen=True, slots=True)
class _People:
    """One entry a person (P,)."""

    eligible: Bools
    options: Whole
    best: Floats  # thousandths, 0 without options
    given: Floats  # thousandths, 0 without a suggestion
    served: Bools

    @classmethod
    def of(cls, problem: Problem, pairs: Pairs, answers: Sequence[Answer]) -> "_People":
        count = len(problem.people)
        given = np.fromiter((max((i.fit for i in a.suggestions), default=0.0) for a in answers), float, count) * 1000
        served = np.fromiter((bool(a.suggestions) for a in answers), np.bool_, count)
        worth = pairs.fit >= WORTH
        # What a person was given is an option of theirs, even where it was kept from a plan whose judgement has changed.
        eligible = problem.p.eligible | served
        options = np.bincount(pairs.person[worth], minlength=count) * eligible
        options = np.maximum(options, served)
        best = np.zeros(count)
        np.maximum.at(best, pairs.person[worth], pairs.fit[worth])
        return cls(eligible, options, np.maximum(best * eligible, given), given, served)


def fairness(problem: Problem, pairs: Pairs, answers: Sequence[Answer]) -> Fairness:
    """The fairness report of a run.

    Args:
        answers: (P,), in the order of the problem's people, as a run gives them.

    Raises:
        ValueError: there is not one answer for each person.
    """
    if len(answers) != len(problem.people):
        raise ValueError(f"{len(answers)} answers for {len(problem.people)} people")
    people = _People.of(problem, pairs, answers)
    everybody = np.zeros(len(problem.people), dtype=np.int64)
    total = _groups(people, everybody, [("total", "")])
    dimensions = []
    for axis in Axis:
        member, names = _areas(problem) if axis is Axis.AREA else _fixed(problem, axis)
        dimensions.append(Dimension(axis, _groups(people, member, names)))
    return Fairness(total[0], tuple(dimensions))


def _areas(problem: Problem) -> tuple[Whole, list[tuple[str, str]]]:
    """Each person's area, or their municipality where it is blank, and (area_id, municipality) of each."""
    area, town = problem.p.area.astype(np.int64), problem.p.municipality.astype(np.int64)
    code = np.where(area >= 0, area, area.max(initial=-1) + 1 + town)
    _, first, member = np.unique(code, return_index=True, return_inverse=True)
    names = [(problem.people[p].area_id, problem.people[p].municipality) for p in first.tolist()]
    order = sorted(range(len(names)), key=lambda g: (names[g][1], names[g][0] == "", _as_read(names[g][0])))
    return np.argsort(np.array(order, dtype=np.int64))[member], [names[g] for g in order]


def _as_read(name: str) -> list[tuple[int, str]]:
    """A key that puts A2 before A10, as people read them."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]


def _fixed(problem: Problem, axis: Axis) -> tuple[Whole, list[tuple[str, str]]]:
    """Each person's group among KEYS, and the groups that somebody is in."""
    last = len(KEYS[axis]) - 1
    if axis is Axis.AGE:
        age = problem.p.age
        code = np.where(np.isnan(age), last, np.searchsorted(_AGES, age, side="right"))
    elif axis is Axis.WAITING:
        # Asked of the rows: the problem's classes put those whose date is unknown with those who have just come.
        first = problem.horizon.first
        code = np.array(
            [last if p.waiting_since is None else waiting_class(p.waiting_since, first) for p in problem.people]
        )
    else:
        code = np.array([last if p.needs_companion is None else int(not p.needs_companion) for p in problem.people])
    found, member = np.unique(code.astype(np.int64), return_inverse=True)
    return member.astype(np.int64), [(KEYS[axis][g], "") for g in found.tolist()]


def _groups(people: _People, member: Whole, names: Sequence[tuple[str, str]]) -> tuple[Group, ...]:
    """The figures of each group; member: (P,) positions in names."""
    size = len(names)

    def count(among: Bools) -> Whole:
        return np.bincount(member[among], minlength=size)

    def mean(values: Floats, among: Whole) -> Floats:
        summed = np.bincount(member, weights=values, minlength=size)
        found: Floats = np.divide(summed, among, out=np.full(size, np.nan), where=among > 0)
        return found

    some = people.options > 0
    stratum = np.searchsorted(STRATA, people.options[some], side="right") - 1
    cells = member[some] * len(STRATA) + stratum
    shape = size, len(STRATA)
    have = np.bincount(cells, minlength=size * len(STRATA)).reshape(shape)
    got = np.bincount(cells[people.served[some]], minlength=size * len(STRATA)).reshape(shape)
    expected, chance = compare(have, got)
    marked = _marked(have.sum(axis=1), got.sum(axis=1), expected, chance)
    everybody = np.bincount(member, minlength=size)
    eligible, with_options, suggested = count(people.eligible), have.sum(axis=1), got.sum(axis=1)
    options = mean(people.options.astype(np.float64), eligible)
    best_fit, given_fit = mean(people.best / 1000, with_options), mean(people.given / 1000, suggested)
    return tuple(
        Group(
            key=key,
            municipality=municipality,
            people=int(everybody[g]),
            eligible=int(eligible[g]),
            with_options=int(with_options[g]),
            suggested=int(suggested[g]),
            options=_known(options[g]),
            best_fit=_known(best_fit[g]),
            given_fit=_known(given_fit[g]),
            expected=_known(expected[g]),
            chance=_known(chance[g]),
            marked=bool(marked[g]),
        )
        for g, (key, municipality) in enumerate(names)
    )


def _known(figure: float) -> float | None:
    return None if np.isnan(figure) else float(figure)


def compare(have: Whole, got: Whole) -> tuple[Floats, Floats]:
    """What each group might expect from everybody else's suggestions, and the chance of getting no more than it got.

    Args:
        have: (G, strata) people with options.
        got: (G, strata) of them, people suggested.

    Returns:
        Expected number of people suggested (G,): in each stratum the group's people at the rate of everybody else in
        it; where a stratum has nobody else, what the group got there. Chance (G,), exact: within a stratum, those
        suggested are drawn from all alike (Fisher), and strata are added up (Cochran, Mantel, Haenszel). Both NaN for
        a group with nobody to compare with.
    """
    have_all, got_all = have.sum(axis=0), got.sum(axis=0)
    others = have_all - have
    alike = (have > 0) & (others > 0)
    rate = np.divide(got_all - got, others, out=np.zeros(have.shape), where=others > 0)
    expected = np.where(alike, have * rate, got).sum(axis=1)
    chance = np.full(len(have), np.nan)
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, have_all.max(initial=0) + 1)))])
    for g in np.flatnonzero(alike.any(axis=1)):
        draws = [(int(have_all[s]), int(got_all[s]), int(have[g, s])) for s in np.flatnonzero(alike[g])]
        chance[g] = _at_most(int(got[g, alike[g]].sum()), draws, logs)
    return np.where(np.isnan(chance), np.nan, expected), chance


def _at_most(served: int, draws: Iterable[tuple[int, int, int]], logs: Floats) -> float:
    """Chance that draws of (all, suggested, drawn) hold no more suggested people together; logs: of factorials."""
    start, sum_of = 0, np.ones(1)
    for everybody, suggested, drawn in draws:
        x = np.arange(max(0, drawn - everybody + suggested), min(drawn, suggested) + 1)
        log = logs[suggested] - logs[x] - logs[suggested - x]
        log += logs[everybody - suggested] - logs[drawn - x] - logs[everybody - suggested - drawn + x]
        each = np.exp(log - logs[everybody] + logs[drawn] + logs[everybody - drawn])
        kept = np.flatnonzero(each > _NEGLIGIBLE)  # one stretch, for the chances rise and then fall
        start += int(x[kept[0]])
        sum_of = np.convolve(sum_of, each[kept[0] : kept[-1] + 1])
    return float(min(1.0, sum_of[: max(0, served - start + 1)].sum()))


def _marked(have: Whole, got: Whole, expected: Floats, chance: Floats) -> Bools:
    """Groups of one dimension that get markedly less: in people, in share, and beyond chance.

    The level is shared out evenly over the axes, so that many areas do not drown the other axes, and within one by
    Holm's method over its groups. A group of fewer than PEOPLE with options could never be marked and is not counted.
    """
    short = expected - got
    marked = np.zeros(len(have), dtype=np.bool_)
    tested = np.flatnonzero((have >= PEOPLE) & ~np.isnan(chance))
    for rank, g in enumerate(tested[np.argsort(chance[tested], kind="stable")]):
        if chance[g] > LEVEL / len(Axis) / (len(tested) - rank):
            break
        marked[g] = short[g] >= PEOPLE and short[g] >= SHARE * have[g]
    return marked
