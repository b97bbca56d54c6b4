"""Each rule alone: the smallest change that makes it forbid, and the neighbour that does not."""

from dataclasses import replace

import numpy as np
import pytest

from matcher.engine.block import Block
from matcher.engine.feasibility import CODES, RULES, forbidding
from matcher.engine.problem import make_problem
from matcher.engine.profiles import Profiles
from matcher.words import default_reader
from tests.unit.engine.town import HORIZON, town


def forbidden(bundle) -> set[str]:
    """Codes that forbid P1 to have O1."""
    problem = make_problem(bundle, HORIZON)
    people = [p.person_id for p in problem.people]
    openings = [o.opening_id for o in problem.openings]
    block = Block(
        problem, np.array([people.index("P1")], dtype=np.int32), np.array([openings.index("O1")], dtype=np.int32)
    )
    profiles = Profiles(problem, default_reader())
    bits = int(forbidding(block, profiles, np.ones((1, 1), dtype=np.bool_))[0, 0])
    return {code for k, code in enumerate(CODES) if bits & (1 << k)}


def person(**changes):
    return {"people": [{"person_id": "P1", **changes}]}


def opening(**changes):
    return {"openings": [{"opening_id": "O1", **changes}]}


def host(**changes):
    return {"hosts": [{"host_id": "H1", **changes}]}


ANOTHER = {"person_id": "P2", "municipality": "町", "availability": "毎日 9:00-17:00", "consent": "share"}


def test_nothing_forbids_in_the_town_as_it_is():
    assert forbidden(town()) == set()


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("time", person(availability="水 10:00-12:00")),
        ("time", person(availability="火 11:01-18:00")),
        ("time", opening(schedule="2027-05-04 10:00-12:00")),
        ("time", opening(starts_on="2027-01-01")),
        ("reach", person(reach="home")),
        ("reach", {**person(reach="area", area_id="A2")}),
        ("reach", person(area_id="A3")),
        ("reach", {**person(municipality="村", area_id="")}),
        ("travel", {**person(lat=35.0, lon=139.0, max_travel_min=10), **host(lat=35.1, lon=139.0)}),
        ("role", person(roles="attend")),
        ("age", {**person(age=14), **opening(min_age=15)}),
        ("age", {**person(age=66), **opening(max_age=65)}),
        ("contact", {**person(contact_max=2), **opening(contact=3)}),
        ("physical", {**person(physical_max=1), **opening(physical=2)}),
        ("wheelchair", {**person(wheelchair="yes"), **opening(wheelchair="no")}),
        ("acceptance", host(accepts="no")),
        ("acceptance", host(accepts_as="attend;contribute")),
        ("companion", {**person(needs_companion="yes"), "companions": [{"companion_id": "C1", "area_ids": "A3"}]}),
        (
            "companion",
            {
                **opening(companion_required="yes"),
                "companions": [{"companion_id": "C1", "availability": "火 10:30-17:00"}],
            },
        ),
        ("capacity", {"people": [ANOTHER], "history": [{"person_id": "P2", "opening_id": "O1", "status": "placed"}]}),
        (
            "capacity",
            {
                "people": [ANOTHER],
                "openings": [{"opening_id": "O1", "schedule": ""}],
                "history": [{"person_id": "P2", "opening_id": "O1", "status": "pinned"}],
            },
        ),
        (
            "conflict",
            {
                "people": [ANOTHER],
                "openings": [{"opening_id": "O1", "capacity": 5}],
                "history": [{"person_id": "P2", "opening_id": "O1", "status": "placed"}],
                "conflicts": [{"person_a": "P2", "person_b": "P1"}],
            },
        ),
        ("declined", {"history": [{"person_id": "P1", "opening_id": "O1", "status": "declined"}]}),
        ("declined", {"history": [{"person_id": "P1", "opening_id": "O1", "status": "refused"}]}),
        ("declined", {"history": [{"person_id": "P1", "opening_id": "O1", "status": "forbidden"}]}),
        ("avoid", person(avoid="水やり")),
        ("avoid", {**person(avoid="酒の席"), **opening(description="おわったらみんなでビールを飲みます")}),
    ],
)
def test_one_rule_forbids_and_no_other(code, changes):
    assert forbidden(town(**changes)) == {code}


@pytest.mark.parametrize(
    "changes",
    [
        person(availability="火 11:00-18:00"),  # 60 minutes are enough
        {**opening(schedule="火 10:00-10:40"), **person(availability="火 10:00-10:40")},  # all of a shorter session
        opening(schedule=""),  # by arrangement
        person(availability=""),  # unknown hours forbid nothing
        person(area_id=""),
        host(area_id=""),
        person(area_id="A2"),  # a neighbour, named from one side only
        {**person(area_id="A3", reach="city")},
        {**person(reach="home"), **opening(online="yes")},
        {**person(municipality="村", area_id=""), **opening(online="yes")},
        {**person(lat=35.0, lon=139.0, max_travel_min=10)},  # one end is not on the map
        {**person(lat=35.0, lon=139.0, max_travel_min=10), **host(lat=35.1, lon=139.0), **opening(online="yes")},
        person(age=None),
        {**person(age=15), **opening(min_age=15, max_age=15)},
        {**person(contact_max=2), **opening(contact="")},
        {**person(wheelchair="yes"), **opening(wheelchair="")},
        host(accepts="", accepts_as=""),
        host(accepts="conditional", accepts_as="help"),
        {
            **person(needs_companion="yes"),
            **opening(online="yes"),
            "companions": [{"companion_id": "C1", "area_ids": "A3"}],
        },
        {"companions": [{"companion_id": "C1", "availability": ""}], **person(needs_companion="yes")},
        {
            "people": [{**ANOTHER, "availability": "火 10:00-12:00 / 除く 2026-12-08"}],
            "history": [{"person_id": "P2", "opening_id": "O1", "status": "placed"}],
        },  # a seat is free on one day
        {"history": [{"person_id": "P1", "opening_id": "O1", "status": "ended"}]},
        person(avoid="カラオケ"),
        {**person(avoid="酒の席"), **opening(description="お酒は出ません")},
    ],
)
def test_what_is_unknown_or_just_enough_forbids_nothing(changes):
    assert forbidden(town(**changes)) == set()


def test_a_pair_held_back_by_the_import_is_declined():
    assert forbidden(replace(town(), withheld=frozenset({("P1", "O1")}))) == {"declined"}


def test_every_rule_says_what_it_is():
    assert set(RULES) | {"avoid"} == set(CODES)
    assert all(rule.__doc__ for rule in RULES.values())
