"""One person's answer as a whole."""

import pytest

from matcher.engine.answer import PersonStatus
from matcher.model import Consent, HistoryStatus, Role
from tests.unit.engine.checker.town import Change, Plan, Planted, at, found, idea, opening


def more_options(plan: Plan, count: int) -> Plan:
    """Nagi has some more options besides the five."""
    added = tuple(opening(f"more{i}", "cafe", Role.HELP, "") for i in range(count))
    wider = plan.tables(openings=(*plan.bundle.openings, *added))
    return wider.option("nagi", *(idea(o.opening_id, 0.0) for o in added))


PLANTED: Planted = {
    "no consent": ("consent", "aoi", lambda p: p.row("people", "aoi", consent=Consent.NONE)),
    "consent not answered": ("consent", "aoi", lambda p: p.row("people", "aoi", consent=None)),
    "hours unknown": ("availability_unknown", "aoi", lambda p: p.row("people", "aoi", availability=None)),
    "wants one": ("wants", "aoi", lambda p: p.row("people", "aoi", wants=1)),
    "wants one and has it": (
        "wants",
        "sora",
        lambda p: p.past("sora", "letters", HistoryStatus.PLACED).said("nagi", options=()),
    ),
    "suggested, says no fit": ("status", "aoi", lambda p: p.said("aoi", status=PersonStatus.NO_FIT)),
    "says suggested": ("status", "yui", lambda p: p.said("yui", status=PersonStatus.SUGGESTED)),
    "says placed": ("status", "yui", lambda p: p.said("yui", status=PersonStatus.PLACED)),
    "says no consent": ("status", "yui", lambda p: p.said("yui", status=PersonStatus.NEEDS_CONSENT)),
    "says unknown hours": ("status", "yui", lambda p: p.said("yui", status=PersonStatus.NEEDS_INFORMATION)),
    "no consent, says no fit": ("status", "nagi", lambda p: p.said("nagi", status=PersonStatus.NO_FIT)),
    "unknown hours, says no fit": ("status", "riku", lambda p: p.said("riku", status=PersonStatus.NO_FIT)),
    "placed, says no fit": ("status", "haru", lambda p: p.said("haru", status=PersonStatus.NO_FIT)),
    "option twice": ("option_twice", "nagi", lambda p: p.option("nagi", idea("site", 0.0))),
    "eleven options": ("options_too_many", "nagi", lambda p: more_options(p, 6)),
    "worse first": ("options_order", "nagi", lambda p: p.option("nagi", idea("garden", 0.001))),
    "suggestion twice": (
        "suggestion_twice",
        "aoi",
        lambda p: p.row("people", "aoi", wants=3).give("aoi", idea("flowers", 0.9, at(8, 10))),
    ),
    "suggestion held": (
        "suggestion_held",
        "sora",
        lambda p: p.row("people", "sora", wants=2).past("sora", "supper", HistoryStatus.PLACED),
    ),
}

FINE: dict[str, Change] = {
    "no consent and no hours": lambda p: p.row("people", "nagi", availability=None),
    "internal consent": lambda p: p.row("people", "aoi", consent=Consent.INTERNAL),
    "an option already held": lambda p: p.option("haru", idea("garden", 0.9)),
    "ten options": lambda p: more_options(p, 5),
}


@pytest.mark.parametrize(("rule", "person_id", "change"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_fault_is_found_and_nothing_else(rule: str, person_id: str, change: Change) -> None:
    assert found(change) == {(rule, person_id)}


@pytest.mark.parametrize("change", FINE.values(), ids=FINE.keys())
def test_no_rule_is_broken(change: Change) -> None:
    assert found(change) == set()
