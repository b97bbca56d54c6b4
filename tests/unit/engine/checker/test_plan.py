"""What people take from each other."""

import pytest

from matcher.model import HistoryStatus
from tests.unit.engine.checker.town import GOOD, Change, Plan, Planted, at, found, idea, times


def busy_hour(plan: Plan, day: int, hour: int, minute: int = 0) -> Plan:
    """Yui is suggested something as well, with Ren's companion, who is with Ren on Tuesday 8th from 13:00 to 14:00."""
    free = plan.row("hosts", "school", max_newcomers=None)
    moved = free.row("openings", "sweep", schedule=times(f"2026-12-{day:02d} {hour}:{minute:02d}-{hour + 2}:00"))
    return moved.give("yui", idea("sweep", 0.7, at(day, hour, minute), "sato"))


PLANTED: Planted = {
    "second seat": (
        "seats",
        "",
        lambda p: p.row("hosts", "school", max_newcomers=None).give("yui", idea("flowers", 0.7, at(8, 10), "kudo")),
    ),
    "second seat by arrangement": (
        "seats",
        "",
        lambda p: p.row("people", "yui", needs_companion=False).give("yui", idea("talk", 0.7)),
    ),
    "one more where it is over-full": (
        "seats",
        "",
        lambda p: (
            p.said("nagi", options=())
            .said("riku", options=())
            .row("openings", "chess", capacity=1)
            .row("people", "haru", availability=times("2026-12-08 9:00-18:00"))
            .row("people", "yui", availability=times("2026-12-08 9:00-18:00"))
            .past("haru", "chess", HistoryStatus.PLACED)
            .past("yui", "chess", HistoryStatus.PLACED)
            .suggestion("ren", "chess", first_session=at(1, 13))
        ),
    ),
    "third newcomer": ("newcomers", "", lambda p: p.give("yui", idea("chess", 0.7, at(1, 13), "kudo"))),
    "pinned newcomer": ("newcomers", "", lambda p: p.past("haru", "garden", HistoryStatus.PINNED)),
    "suggested together": ("meeting", "aoi", lambda p: p.foes("ren", "aoi")),
    "two at a time": (
        "overlap",
        "aoi",
        lambda p: (
            p.row("people", "aoi", wants=3)
            .row("openings", "sweep", schedule=times("火 11:00-13:00"))
            .give("aoi", idea("sweep", 0.7, at(1, 11)))
        ),
    ),
    "two at a time a week later": (
        "overlap",
        "aoi",
        lambda p: (
            p.row("people", "aoi", wants=3)
            .row("openings", "sweep", schedule=times("2026-12-08 11:00-13:00"))
            .give("aoi", idea("sweep", 0.7, at(8, 11)))
        ),
    ),
    "at the time of what is held": (
        "overlap",
        "aoi",
        lambda p: (
            p.row("people", "aoi", wants=3)
            .row("openings", "sweep", schedule=times("火 11:00-13:00"))
            .past("aoi", "sweep", HistoryStatus.PLACED)
        ),
    ),
    "companion with two people": (
        "companion_twice",
        "yui",
        lambda p: p.row("companions", "mori", per_week=2).give("yui", idea("supper", 0.7, at(3, 17), "mori")),
    ),
    "companion in a hurry": ("companion_twice", "yui", lambda p: busy_hour(p, 8, 14, 29)),
    "companion twice a week": (
        "companion_week",
        "",
        lambda p: busy_hour(p, 8, 16).row("companions", "sato", per_week=1),
    ),
    "companion on Monday": ("companion_week", "", lambda p: busy_hour(p, 7, 9).row("companions", "sato", per_week=1)),
    "companion on Sunday": ("companion_week", "", lambda p: busy_hour(p, 13, 9).row("companions", "sato", per_week=1)),
}

FINE: dict[str, Change] = {
    "a second seat by arrangement": lambda p: (
        p.said("nagi", options=()).row("openings", "talk", capacity=2).past("yui", "talk", HistoryStatus.PLACED)
    ),
    "the same hours at two openings": lambda p: p.row("openings", "sweep", schedule=p.opening("chess").schedule).option(
        "nagi", idea("sweep", 0.0), idea("chess", 0.0)
    ),
    "an opening that is no longer there": lambda p: p.past("yui", "boat", HistoryStatus.PINNED),
    "over-full before": lambda p: p.row("openings", "garden", capacity=1).past("yui", "garden", HistoryStatus.PLACED),
    "one after the other": lambda p: (
        p.row("hosts", "school", max_newcomers=None)
        .row("people", "aoi", availability=times("2026-12-01 9:00-12:00"))
        .give("yui", idea("flowers", 0.7, at(8, 10), "kudo"))
    ),
    "a seat from the second week on": lambda p: (
        p.row("hosts", "school", max_newcomers=None)
        .past("haru", "chess", HistoryStatus.PLACED)
        .row("openings", "chess", capacity=1)
        .row("people", "haru", availability=times("2026-12-01 9:00-17:00"))
    ),
    "pinned at the host already": lambda p: p.past("ren", "garden", HistoryStatus.PINNED).row("people", "ren", wants=2),
    "one ends as the next begins": lambda p: (
        p.row("people", "aoi", wants=3)
        .row("openings", "sweep", schedule=times("火 12:00-13:00"))
        .give("aoi", idea("sweep", 0.7, at(1, 12)))
    ),
    "one begins as the next ends": lambda p: (
        p.row("people", "aoi", wants=3)
        .row("openings", "sweep", schedule=times("火 9:00-10:00"))
        .give("aoi", idea("sweep", 0.7, at(1, 9)))
    ),
    "two at a time that were held before": lambda p: (
        p.row("people", "aoi", wants=4)
        .row("openings", "sweep", schedule=times("金 11:00-12:00"))
        .past("aoi", "sweep", HistoryStatus.PLACED)
        .past("aoi", "garden", HistoryStatus.PLACED)
    ),
    "companion after half an hour": lambda p: busy_hour(p, 8, 14, 30),
    "companion the week before": lambda p: busy_hour(p, 6, 9).row("companions", "sato", per_week=1),
    "companion the week after": lambda p: busy_hour(p, 14, 9).row("companions", "sato", per_week=1),
}


@pytest.mark.parametrize(("rule", "person_id", "change"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_fault_is_found_and_nothing_else(rule: str, person_id: str, change: Change) -> None:
    assert found(change) == {(rule, person_id)}


@pytest.mark.parametrize("change", FINE.values(), ids=FINE.keys())
def test_no_rule_is_broken(change: Change) -> None:
    assert found(change) == set()


def test_a_fault_of_seats_names_the_people() -> None:
    faults = PLANTED["second seat"][2](GOOD).faults()
    assert [(f.opening_id, f.data["people"], f.data["capacity"]) for f in faults] == [("flowers", ["aoi", "yui"], 1)]
