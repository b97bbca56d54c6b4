"""What makes an opening impossible for a person."""

import math
from datetime import date

import pytest

from matcher.engine.answer import PersonStatus
from matcher.engine.checker.pair import minutes_between
from matcher.model import Acceptance, Area, HistoryStatus, Reach, Role
from tests.unit.engine.checker.town import Change, Planted, found, idea, times

PLANTED: Planted = {
    "59 minutes": (
        "time",
        "nagi",
        lambda p: p.row("people", "nagi", availability=times("火 11:01-18:00")).said(
            "nagi", options=(idea("flowers", 0.9),)
        ),
    ),
    "no hour for a companion to share": (
        "time",
        "nagi",
        lambda p: p.row("people", "nagi", availability=times("日 9:00-18:00")).said(
            "nagi", options=(idea("supper", 0.7),)
        ),
    ),
    "other days": ("time", "aoi", lambda p: p.option("aoi", idea("site", 0.5))),
    "a short session in part": (
        "time",
        "nagi",
        lambda p: p.row("openings", "site", schedule=times("土 8:30-9:29")),
    ),
    "ended before, by arrangement": ("time", "nagi", lambda p: p.row("openings", "letters", ends_on=date(2026, 6, 1))),
    "ended before": ("time", "nagi", lambda p: p.row("openings", "site", ends_on=date(2026, 12, 4))),
    "begins after": ("time", "nagi", lambda p: p.row("openings", "site", starts_on=date(2026, 12, 13))),
    "unknown hours and nothing there": (
        "time",
        "riku",
        lambda p: p.option("riku", idea("sweep", 0.5)).row(
            "openings", "sweep", schedule=times("2027-01-04 9:00-10:00")
        ),
    ),
    "at home": ("reach", "nagi", lambda p: p.row("people", "nagi", reach=Reach.HOME)),
    "own area": ("reach", "nagi", lambda p: p.row("people", "nagi", reach=Reach.AREA)),
    "not a neighbour": (
        "reach",
        "nagi",
        lambda p: (
            p.row("people", "nagi", reach=Reach.NEIGHBOUR)
            .row("hosts", "cafe", area_id="cape")
            .row("companions", "mori", area_ids=())
        ),
    ),
    "a neighbour of that name elsewhere": (
        "reach",
        "nagi",
        lambda p: (
            p.tables(
                areas=(*p.bundle.areas, Area(area_id="north", municipality="沖見市", name="北", neighbours="cape"))
            )
            .row("people", "nagi", reach=Reach.NEIGHBOUR)
            .row("openings", "letters", host_id="hut")
        ),
    ),
    "another municipality": ("reach", "nagi", lambda p: p.row("people", "nagi", municipality="沖見市")),
    "too far": (
        "travel",
        "nagi",
        lambda p: p.row("people", "nagi", lat=35.1, max_travel_min=74),
    ),
    "role": ("role", "nagi", lambda p: p.row("people", "nagi", roles=(Role.ATTEND, Role.CONTRIBUTE))),
    "role suggested": ("role", "sora", lambda p: p.row("people", "sora", roles=(Role.ATTEND,))),
    "too young": ("age", "nagi", lambda p: p.row("people", "nagi", age=14)),
    "too old": ("age", "nagi", lambda p: p.row("people", "nagi", age=71)),
    "contact": ("contact", "nagi", lambda p: p.row("people", "nagi", contact_max=1)),
    "physical": ("physical", "nagi", lambda p: p.row("people", "nagi", physical_max=1)),
    "wheelchair": (
        "wheelchair",
        "nagi",
        lambda p: p.row("people", "nagi", wheelchair=True).row("openings", "letters", wheelchair=False),
    ),
    "host says no": ("acceptance", "nagi", lambda p: p.row("hosts", "net", accepts=Acceptance.NO)),
    "host takes other roles": ("acceptance", "nagi", lambda p: p.row("hosts", "net", accepts_as=(Role.HELP,))),
    "companion gone by then": (
        "companion",
        "nagi",
        lambda p: p.row("people", "nagi", availability=times("毎日 9:00-16:00 / 毎日 18:20-21:00")).said(
            "nagi", options=(idea("flowers", 0.9), idea("supper", 0.7))
        ),
    ),
    "nobody goes to that area": (
        "companion",
        "nagi",
        lambda p: p.row("people", "nagi", needs_companion=True).row("openings", "letters", host_id="hut"),
    ),
    "seat held": ("capacity", "nagi", lambda p: p.past("yui", "site", HistoryStatus.PLACED)),
    "seat held by arrangement": ("capacity", "nagi", lambda p: p.past("yui", "letters", HistoryStatus.PINNED)),
    "seat held by somebody of unknown hours": (
        "capacity",
        "nagi",
        lambda p: p.past("riku", "site", HistoryStatus.PLACED).said("riku", status=PersonStatus.PLACED),
    ),
    "no seat at all": ("capacity", "nagi", lambda p: p.row("openings", "letters", capacity=0)),
    "must not meet": ("conflict", "nagi", lambda p: p.foes("haru", "nagi")),
    "declined": ("declined", "nagi", lambda p: p.past("nagi", "flowers", HistoryStatus.DECLINED)),
    "refused": ("declined", "nagi", lambda p: p.past("nagi", "flowers", HistoryStatus.REFUSED)),
    "forbidden": ("declined", "nagi", lambda p: p.past("nagi", "flowers", HistoryStatus.FORBIDDEN)),
    "withheld": ("declined", "nagi", lambda p: p.tables(withheld=frozenset({("nagi", "flowers")}))),
}

FINE: dict[str, Change] = {
    "exactly 60 minutes": lambda p: p.row("people", "nagi", availability=times("火・木・土 10:00-11:00")).said(
        "nagi", options=(idea("flowers", 0.9), idea("site", 0.5))
    ),
    "a short session as a whole": lambda p: p.row("openings", "site", schedule=times("土 9:00-9:30")),
    "by arrangement without hours in common": lambda p: p.row(
        "people", "nagi", availability=times("2027-02-01 9:00-10:00")
    ).said("nagi", options=(idea("talk", 0.6),)),
    "by arrangement, not begun": lambda p: p.row("openings", "letters", starts_on=date(2027, 6, 1)),
    "blank area": lambda p: p.row("people", "nagi", reach=Reach.AREA, area_id="").said("riku", options=()),
    "neighbour named on one side only": lambda p: p.row("people", "nagi", reach=Reach.NEIGHBOUR, area_id="south"),
    "at home and online": lambda p: p.row("people", "nagi", reach=Reach.HOME, max_travel_min=1).said(
        "nagi", options=(idea("site", 0.6),)
    ),
    "near enough": lambda p: p.row("people", "nagi", lat=35.1, max_travel_min=75),
    "limits just met": lambda p: p.row("people", "nagi", age=15, contact_max=2, physical_max=2),
    "age unknown": lambda p: p.row("people", "nagi", age=None),
    "wheelchair, not said": lambda p: p.row("people", "nagi", wheelchair=True),
    "host with conditions": lambda p: p.row("hosts", "net", accepts=Acceptance.CONDITIONAL),
    "a seat in another week": lambda p: p.past("yui", "site", HistoryStatus.PLACED).row(
        "people", "yui", availability=times("2026-12-05 9:00-12:00")
    ),
    "foes who both hold a seat there": lambda p: p.past("yui", "sweep", HistoryStatus.PLACED).foes("yui", "haru"),
    "declined elsewhere": lambda p: p.past("nagi", "sweep", HistoryStatus.DECLINED),
    "visited and proposed": lambda p: p.past("nagi", "flowers", HistoryStatus.VISITED).past(
        "aoi", "flowers", HistoryStatus.PROPOSED
    ),
    "no latitude": lambda p: p.row("people", "nagi", lat=None, max_travel_min=1),
    "no longitude": lambda p: p.row("people", "nagi", lon=None, max_travel_min=1),
    "host without latitude": lambda p: p.row("people", "nagi", max_travel_min=1).row(
        "hosts", "cafe", lat=None, lon=138.0
    ),
    "host without longitude": lambda p: p.row("people", "nagi", max_travel_min=1).row(
        "hosts", "cafe", lat=34.0, lon=None
    ),
    "as old as may be": lambda p: p.row("people", "nagi", age=70),
}


@pytest.mark.parametrize(("rule", "person_id", "change"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_fault_is_found_and_nothing_else(rule: str, person_id: str, change: Change) -> None:
    assert found(change) == {(rule, person_id)}


@pytest.mark.parametrize("change", FINE.values(), ids=FINE.keys())
def test_no_rule_is_broken(change: Change) -> None:
    assert found(change) == set()


@pytest.mark.parametrize(("km_on_the_road", "minutes"), [(0, 0), (1, 15), (1.5, 22.5), (4, 32.5), (16.5, 82.5)])
def test_walking_up_to_a_point_then_riding(km_on_the_road: float, minutes: float) -> None:
    degrees = math.degrees(km_on_the_road / 1.3 / 6371.0088)
    assert minutes_between(35.0, 139.0, 35.0 + degrees, 139.0) == pytest.approx(minutes)


def test_east_is_shorter_than_north() -> None:
    assert minutes_between(60.0, 139.0, 60.0, 140.0) < minutes_between(60.0, 139.0, 61.0, 139.0)
