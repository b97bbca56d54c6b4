"""Standing plans of small towns, for tests of what becomes of them."""

from typing import Any

from matcher.engine.answer import Horizon
from matcher.engine.assignment import Assignment
from matcher.engine.changes import PutPerson
from matcher.engine.judged import Judged
from matcher.engine.standing import Changed, StandingPlan
from matcher.model import Bundle, Person
from matcher.words import default_reader
from tests.unit.engine.inline import InlineSolver
from tests.unit.engine.town import HORIZON

COUNTS = ("s1", "s2", "s3")
Row = dict[str, Any]


def stand(bundle: Bundle, horizon: Horizon = HORIZON) -> StandingPlan:
    """The best plan of a bundle, solved from nothing."""
    return anew(Judged.of(bundle, horizon, default_reader()))


def someone(number: int, **cells: Any) -> Row:
    """A person who likes flowers and could go to O1 of the town."""
    return {
        "person_id": f"P{number}",
        "alias": f"{number}さん",
        "municipality": "町",
        "area_id": "A1",
        "interests": "花を育てること",
        "availability": "毎日 9:00-17:00",
        "consent": "share",
        **cells,
    }


def opening(number: int, **cells: Any) -> Row:
    """One more opening for people who like flowers."""
    row = {"opening_id": f"O{number}", "host_id": "H1", "title": "花の植えかえ", "role": "help", "contact": 1}
    return {**row, "schedule": "水 10:00-12:00", **cells}


def host(number: int, **cells: Any) -> Row:
    """One more host that takes people in."""
    row = {"host_id": f"H{number}", "name": f"{number}番の会", "kind": "npo", "municipality": "町"}
    return {**row, "area_id": "A1", "accepts": "yes", **cells}


def counts(plan: StandingPlan) -> tuple[int, ...]:
    """The stages that a change never costs: people, their waiting, good fits."""
    return tuple(plan.plan.objective[s] for s in COUNTS)


def pairs(plan: StandingPlan) -> set[tuple[str, str]]:
    """Who is given what."""
    return {(p, g.opening_id) for p, own in plan.given().items() for g in own}


def anew(judged: Judged) -> StandingPlan:
    """The best plan of what is judged, whatever stood before."""
    return StandingPlan(judged, Assignment(judged.problem, judged.pairs, InlineSolver()).finish(60))


def sound(changed: Changed) -> None:
    """The changed plan breaks no rule, and s1-s3 are proven and those of a plan made anew."""
    after = changed.after
    assert after.faults() == []
    assert not after.plan.ended
    assert [after.plan.objective[s] for s in COUNTS] == [after.plan.bound[s] for s in COUNTS]
    assert counts(after) == counts(anew(after.judged))


def row(plan: StandingPlan, person: str = "P1") -> Person:
    """A person of the plan."""
    return next(p for p in plan.judged.bundle.people if p.person_id == person)


def put(plan: StandingPlan, person: str = "P1", **cells: Any) -> PutPerson:
    """A person known better."""
    return PutPerson(row(plan, person).model_copy(update=cells))


def codes(changed: Changed) -> dict[str, str]:
    """Why each person moved."""
    return {m.person_id: m.code for m in changed.moved}
