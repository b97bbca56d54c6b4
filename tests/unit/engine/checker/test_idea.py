"""The fit, the first session and the companion of one option or suggestion."""

import math
from datetime import UTC, date, datetime

import pytest

from tests.unit.engine.checker.town import Change, Planted, at, found, idea, times

PLANTED: Planted = {
    "fit above 1": ("fit_range", "nagi", lambda p: p.said("nagi", options=(idea("flowers", 1.001),))),
    "fit below 0": ("fit_range", "nagi", lambda p: p.said("nagi", options=(idea("flowers", -0.001),))),
    "fit no number": ("fit_range", "aoi", lambda p: p.suggestion("aoi", "talk", fit=math.nan)),
    "thin suggestion": ("fit_below_half", "aoi", lambda p: p.suggestion("aoi", "talk", fit=0.499)),
    "no date": ("session_missing", "aoi", lambda p: p.suggestion("aoi", "flowers", first_session=None)),
    "date by arrangement": (
        "session_by_arrangement",
        "aoi",
        lambda p: p.suggestion("aoi", "talk", first_session=at(1, 10)),
    ),
    "date too late": (
        "session_outside_horizon",
        "aoi",
        lambda p: p.suggestion("aoi", "flowers", first_session=at(15, 10)),
    ),
    "date too early": (
        "session_outside_horizon",
        "aoi",
        lambda p: p.suggestion("aoi", "flowers", first_session=datetime(2026, 11, 24, 10)),
    ),
    "before the opening": (
        "session_outside_period",
        "aoi",
        lambda p: (
            p.row("openings", "flowers", starts_on=date(2026, 12, 2)).said("nagi", options=()).said("aoi", options=())
        ),
    ),
    "after the opening": (
        "session_outside_period",
        "ren",
        lambda p: p.row("openings", "chess", ends_on=date(2026, 12, 7)),
    ),
    "wrong hour": ("session_unknown", "aoi", lambda p: p.suggestion("aoi", "flowers", first_session=at(1, 10, 30))),
    "wrong day": ("session_unknown", "aoi", lambda p: p.suggestion("aoi", "flowers", first_session=at(2, 10))),
    "with a time zone": (
        "session_unknown",
        "aoi",
        lambda p: p.suggestion("aoi", "flowers", first_session=at(1, 10).replace(tzinfo=UTC)),
    ),
    "wrong hour of an option": (
        "session_unknown",
        "riku",
        lambda p: p.said("riku", options=(idea("chess", 0.5, at(1, 12)),)),
    ),
    "not free then": (
        "session_unattendable",
        "ren",
        lambda p: p.row("people", "ren", availability=times("2026-12-01 9:00-17:00")),
    ),
    "nobody": ("companion_missing", "sora", lambda p: p.suggestion("sora", "supper", companion_id=None)),
    "nobody by arrangement": (
        "companion_missing",
        "aoi",
        lambda p: p.row("openings", "talk", companion_required=True),
    ),
    "not needed": ("companion_needless", "aoi", lambda p: p.suggestion("aoi", "flowers", companion_id="sato")),
    "not needed online": (
        "companion_needless",
        "yui",
        lambda p: p.give("yui", idea("site", 0.6, at(5, 10), "sato")),
    ),
    "stranger": ("companion_unknown", "ren", lambda p: p.suggestion("ren", "chess", companion_id="nobody")),
    "other area": ("companion_area", "sora", lambda p: p.suggestion("sora", "supper", companion_id="kudo")),
    "other area by arrangement": (
        "companion_area",
        "aoi",
        lambda p: p.row("openings", "talk", companion_required=True).suggestion("aoi", "talk", companion_id="kudo"),
    ),
    "other municipality": (
        "companion_area",
        "ren",
        lambda p: p.row("companions", "sato", municipality="沖見市", area_ids=()),
    ),
    "not for the whole hour": (
        "companion_busy",
        "ren",
        lambda p: p.row("companions", "sato", availability=times("火 9:00-13:59")),
    ),
}

FINE: dict[str, Change] = {
    "companion by arrangement": lambda p: p.row("openings", "talk", companion_required=True).suggestion(
        "aoi", "talk", companion_id="mori"
    ),
    "companion of the whole municipality": lambda p: p.row("companions", "kudo", area_ids=()).suggestion(
        "sora", "supper", companion_id="kudo"
    ),
    "companion for just that hour": lambda p: p.row(
        "companions", "sato", availability=times("火 9:00-10:00 / 火 13:00-14:00")
    ),
    "a single day": lambda p: p.row("openings", "chess", starts_on=date(2026, 12, 8), ends_on=date(2026, 12, 8)).said(
        "riku", options=()
    ),
}


@pytest.mark.parametrize(("rule", "person_id", "change"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_fault_is_found_and_nothing_else(rule: str, person_id: str, change: Change) -> None:
    assert found(change) == {(rule, person_id)}


@pytest.mark.parametrize("change", FINE.values(), ids=FINE.keys())
def test_no_rule_is_broken(change: Change) -> None:
    assert found(change) == set()
