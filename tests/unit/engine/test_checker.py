"""The checker as a whole: everybody is answered once, and nothing is named that the bundle does not know."""

from dataclasses import replace

import pytest

from matcher.engine.answer import Blocked, Nearest, PersonStatus
from matcher.model import Role
from tests.unit.engine.checker.town import GOOD, Change, Planted, answer, found, idea

PLANTED: Planted = {
    "unanswered": ("unanswered", "yui", lambda p: replace(p, answers=p.answers[:-1])),
    "answered twice": ("answered_twice", "yui", lambda p: replace(p, answers=(*p.answers, p.of("yui")))),
    "unknown person": (
        "unknown_person",
        "kai",
        lambda p: replace(p, answers=(*p.answers, answer("kai", PersonStatus.NO_FIT))),
    ),
    "unknown option": ("unknown_opening", "nagi", lambda p: p.option("nagi", idea("boat", 0.0))),
    "unknown suggestion": ("unknown_opening", "yui", lambda p: p.give("yui", idea("boat", 0.9))),
    "unknown nearest": (
        "unknown_opening",
        "yui",
        lambda p: p.said("yui", blocked=(Blocked("time", 1, Nearest("boat", {})),)),
    ),
}


def test_the_good_plan_breaks_nothing() -> None:
    assert GOOD.faults() == []


@pytest.mark.parametrize(("rule", "person_id", "change"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_fault_is_found_and_nothing_else(rule: str, person_id: str, change: Change) -> None:
    assert found(change) == {(rule, person_id)}


def test_extra_pins_hold_their_seats() -> None:
    assert {(f.rule, f.person_id, f.opening_id) for f in GOOD.faults((("yui", "site"),))} == {
        ("capacity", "nagi", "site")
    }


def test_extra_pins_are_newcomers() -> None:
    assert [(f.rule, f.data) for f in GOOD.faults((("yui", "sweep"),))] == [
        ("newcomers", {"host": "school", "people": ["aoi", "ren", "yui"], "limit": 2})
    ]


def test_a_fault_says_where_it_stands() -> None:
    faults = GOOD.row("people", "aoi", roles=(Role.ATTEND,)).faults()
    assert [(f.rule, f.opening_id, f.data) for f in faults] == [
        ("role", "flowers", {"in": "options"}),
        ("role", "flowers", {"in": "suggestions"}),
    ]
