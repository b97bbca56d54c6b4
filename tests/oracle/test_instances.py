"""The drawn problems are not trivial: each thing that makes a plan hard is there, and costs something, often enough."""

from collections.abc import Callable, Sequence

import pytest

from matcher.engine.assignment.columns import make_candidates
from matcher.engine.assignment.greedy import greedy
from matcher.engine.assignment.plan import stage_values
from tests.oracle.comparing import Both, both
from tests.oracle.facts import Facts
from tests.oracle.instances import COMPANIONS, OPENINGS, PEOPLE, Row
from tests.oracle.search import STAGES, Values, best

LOOKED_AT = 400


def share(holds: Callable[[Both], bool]) -> float:
    """In what part of the problems something holds."""
    return sum(holds(both(seed)) for seed in range(LOOKED_AT)) / LOOKED_AT


def by_hand(it: Both) -> Values:
    """What comes of it by hand: longest waiting first, best fit first."""
    problem = it.done.problem
    values = stage_values(problem, greedy(problem, make_candidates(problem, it.done.pairs)))
    s1, s2, s3, s4, s5, s6 = (values[stage] for stage in STAGES)
    return s1, s2, s3, s4, s5, s6


def test_by_hand_it_is_worse():
    assert share(lambda it: by_hand(it)[0] < it.best.values[0]) >= 0.1
    assert share(lambda it: by_hand(it)[:4] < it.best.values[:4]) >= 0.2


def test_not_everybody_can_be_served():
    assert share(lambda it: 0 < it.best.values[0] < len(it.facts.chances)) >= 0.25


def test_there_is_something_to_decide():
    assert share(lambda it: len(it.facts.chances) >= 3) >= 0.4
    assert share(lambda it: sum(map(len, it.facts.chances.values())) >= 10) >= 0.15


def test_problems_are_as_large_as_they_may_be():
    rows = [both(seed).drawn.rows for seed in range(LOOKED_AT)]
    most = [max(len(r[sheet]) for r in rows) for sheet in ("people", "openings", "companions")]
    assert most == [PEOPLE, OPENINGS, COMPANIONS]


def _afar(it: Both) -> bool:
    people, hosts = it.facts.people, it.facts.hosts
    return any(people[c.person].municipality != hosts[c.host].municipality for c, _ in it.best.begun)


GIVEN: dict[str, tuple[Callable[[Both], bool], float]] = {
    "two things to one person": (lambda it: len(it.best.begun) > it.best.values[0], 0.1),
    "company": (lambda it: any(way.beside for _, way in it.best.begun), 0.2),
    "company by arrangement": (lambda it: any(way.companion and not way.beside for _, way in it.best.begun), 0.05),
    "something online in another town": (_afar, 0.02),
    "two people at one opening": (lambda it: len({c.opening for c, _ in it.best.begun}) < len(it.best.begun), 0.05),
    "something at a host where somebody is": (
        lambda it: any(it.facts.known_at[c.host] for c, _ in it.best.begun),
        0.05,
    ),
    "what was proposed": (lambda it: it.best.values[4] > 0, 0.1),
    "more than spares a host": (lambda it: it.best.values[5] < 0, 0.15),
}


@pytest.mark.parametrize("what", GIVEN)
def test_best_plans_give(what):
    holds, least = GIVEN[what]
    assert share(holds) >= least


def _all(rows: Sequence[Row], **cells: object) -> list[Row]:
    return [{**row, **cells} for row in rows]


def _unheld(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["status"] not in ("pinned", "placed")]


# Other rows, and how often they allow a better plan at least. Fits stay as they are.
EASIER: dict[str, tuple[Callable[..., dict[str, list[Row]]], float]] = {
    "no company": (
        lambda people, openings, **_: {
            "people": _all(people, needs_companion=""),
            "openings": _all(openings, companion_required=""),
        },
        0.05,
    ),
    "more visits a week": (lambda companions, **_: {"companions": _all(companions, per_week=7)}, 0.03),
    "no conflicts": (lambda **_: {"conflicts": []}, 0.03),
    "no limits of hosts": (lambda hosts, **_: {"hosts": _all(hosts, max_newcomers="")}, 0.2),
    "more seats": (lambda openings, **_: {"openings": _all(openings, capacity=9)}, 0.2),
    "nobody there already": (lambda history, **_: {"history": _unheld(history)}, 0.08),
}


@pytest.mark.parametrize("change", EASIER)
def test_every_limit_costs_something(change):
    easier, least = EASIER[change]

    def gains(it: Both) -> bool:
        drawn = it.drawn.but(**easier(**it.drawn.rows))
        return best(Facts(drawn.bundle, drawn.horizon, it.fits)).values[:4] > it.best.values[:4]

    assert share(gains) >= least
