"""Towns at the edge of what can be matched: too many, too few, contradictory, or nothing known at all."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from matcher.engine.answer import Horizon
from matcher.model import Bundle, HistoryEntry
from tests.unit.engine.town import ROWS, town

FOUR_WEEKS = Horizon(date(2099, 12, 1), 4)  # far off, so that it never passes; the first day is a Tuesday
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Town:
    """A bundle over a horizon; P1 and O1 are always in it."""

    bundle: Bundle
    horizon: Horizon = FOUR_WEEKS


TOWNS: dict[str, Callable[[], Town]] = {}


def named(make: Callable[[], Town]) -> Callable[[], Town]:
    """Put a town among all towns, by the name of what makes it."""
    TOWNS[make.__name__] = make
    return make


def people(numbers: Iterable[int], **common: Any) -> list[Row]:
    """People like P1, but for what is given."""
    return [{**ROWS["people"][0], "person_id": f"P{n}", **common} for n in numbers]


def openings(numbers: Iterable[int], **common: Any) -> list[Row]:
    """Openings like O1, but for what is given."""
    return [{**ROWS["openings"][0], "opening_id": f"O{n}", **common} for n in numbers]


def pinned(*pairs: str, status: str = "pinned") -> list[Row]:
    """History rows, each pair written as `P1 O1`."""
    return [dict(zip(("person_id", "opening_id"), p.split(), strict=True)) | {"status": status} for p in pairs]


# Pinned though the rule of that name forbids it: what of the town is changed beside the pin of P1 to O1.
AGAINST_A_RULE: dict[str, dict[str, list[Row]]] = {
    "time": {"people": people([1], availability="水 9:00-17:00")},
    "reach": {"people": people([1], reach="home")},
    "travel": {
        "people": people([1], lat=35.6, lon=139.5, max_travel_min=10),
        "hosts": [{"host_id": "H1", "lat": 35.7, "lon": 139.7}],
    },
    "role": {"people": people([1], roles="attend")},
    "age": {"people": people([1], age=20), "openings": openings([1], min_age=60)},
    "contact": {"people": people([1], contact_max=1), "openings": openings([1], contact=5)},
    "physical": {"people": people([1], physical_max=1), "openings": openings([1], physical=3)},
    "wheelchair": {"people": people([1], wheelchair="yes"), "openings": openings([1], wheelchair="no")},
    "acceptance": {"hosts": [{"host_id": "H1", "accepts": "no"}]},
    "avoid": {"people": people([1], avoid="花の世話")},
    "declined": {"history": pinned("P1 O1", status="declined")},
    "conflict": {
        "people": people([2]),
        "openings": openings([1], capacity=5),
        "conflicts": [{"person_a": "P1", "person_b": "P2"}],
        "history": pinned("P2 O1", status="placed"),
    },
    "seats": {"people": people(range(2, 8)), "history": pinned(*(f"P{n} O1" for n in range(2, 8)))},
    "newcomers": {
        "people": people([2]),
        "hosts": [{"host_id": "H1", "max_newcomers": 1}],
        "openings": openings([1], capacity=5),
        "history": pinned("P2 O1"),
    },
}


def held_against(rule: str) -> Town:
    """P1 is pinned to O1 against a rule; P90 is free for O90, at another host."""
    changes = dict(AGAINST_A_RULE[rule])
    changes["history"] = [*changes.get("history", []), *pinned("P1 O1")]
    changes["people"] = [*changes.get("people", []), *people([90])]
    changes["hosts"] = [*changes.get("hosts", []), {**ROWS["hosts"][0], "host_id": "H90"}]
    changes["openings"] = [*changes.get("openings", []), *openings([90], host_id="H90")]
    return Town(town(**changes))


for _rule in AGAINST_A_RULE:
    TOWNS[f"pinned_against_{_rule}"] = lambda rule=_rule: held_against(rule)


@named
def pinned_without_company() -> Town:
    bundle = town(people=people([1], needs_companion="yes"), history=pinned("P1 O1"))
    return Town(replace(bundle, companions=()))


@named
def pinned_to_two_at_once() -> Town:
    return Town(town(people=people([1, 2]), openings=openings([2]), history=pinned("P1 O1", "P1 O2")))


@named
def pinned_foes() -> Town:
    """Two who must not meet, pinned to one opening; a third who must meet neither of them."""
    pairs = [("P1", "P2"), ("P1", "P3"), ("P2", "P3")]
    return Town(
        town(
            people=people([1, 2, 3]),
            openings=openings([1], capacity=5),
            conflicts=[{"person_a": a, "person_b": b} for a, b in pairs],
            history=pinned("P1 O1", "P2 O1"),
        )
    )


@named
def every_status_for_one_pair() -> Town:
    statuses = ("pinned", "placed", "visited", "proposed", "declined", "refused", "ended", "forbidden")
    rows = [HistoryEntry(person_id="P1", opening_id="O1", status=s) for s in statuses]
    return Town(replace(town(people=people([1, 2])), history=tuple(rows)))


@named
def no_session_at_all() -> Town:
    return Town(town(people=people([1, 2]), openings=openings([1, 2], schedule="2030-01-01 10:00-12:00")))


@named
def everything_over_or_not_begun() -> Town:
    over, later = openings([1], ends_on="2099-11-30"), openings([2], starts_on="2099-12-29")
    return Town(town(people=people([1, 2]), openings=[*over, *later]))


@named
def a_thousand_for_one_seat() -> Town:
    return Town(town(people=people(range(1, 1001))))


def one_hour(many: int) -> Town:
    """28 openings, each at a host of its own, all at the same hour, for people who want three."""
    hosts = [{**ROWS["hosts"][0], "host_id": f"H{n}"} for n in range(1, 29)]
    places = [row for n in range(1, 29) for row in openings([n], host_id=f"H{n}")]
    return Town(town(people=people(range(1, many + 1), wants=3), hosts=hosts, openings=places))


@named
def one_hour_for_one() -> Town:
    return one_hour(1)


@named
def one_hour_for_fifty() -> Town:
    return one_hour(50)


@named
def companion_busy_at_the_only_hour() -> Town:
    """Two openings on the same day and hour, once, and one companion."""
    hosts = [{**ROWS["hosts"][0], "host_id": "H2"}]
    once = {"schedule": "2099-12-08 10:00-12:00"}
    places = [*openings([1], **once), *openings([2], host_id="H2", **once)]
    return Town(town(people=people([1, 2], needs_companion="yes"), hosts=hosts, openings=places))


@named
def companions_who_never_can() -> Town:
    rows = [
        {**ROWS["companions"][0], "companion_id": "C1", "per_week": 0},
        {**ROWS["companions"][0], "companion_id": "C2", "municipality": "村"},
        {**ROWS["companions"][0], "companion_id": "C3", "availability": "2030-01-01 9:00-17:00"},
    ]
    return Town(town(people=people([1, 2], needs_companion="yes"), companions=rows))


@named
def no_companions() -> Town:
    bundle = town(people=people([1, 2], needs_companion="yes"), openings=openings([1], capacity=2))
    return Town(replace(bundle, companions=()))


@named
def host_with_room_for_nobody() -> Town:
    return Town(town(people=people(range(1, 6)), hosts=[{"host_id": "H1", "max_newcomers": 0}]))


@named
def nothing_known() -> Town:
    """Only IDs and what no row can do without."""
    known = {"municipality": "町", "title": "花壇の水やり", "role": "help", "name": "花の会", "kind": "npo"}
    bare = town(
        people=[
            {**dict.fromkeys(ROWS["people"][0], ""), "person_id": f"P{n}", "municipality": "町"} for n in (1, 2, 3)
        ],
        openings=[
            {**dict.fromkeys(ROWS["openings"][0], ""), "opening_id": "O1", "host_id": "H1"}
            | {k: known[k] for k in ("title", "role")}
        ],
        hosts=[
            {**dict.fromkeys(ROWS["hosts"][0], ""), "host_id": "H1"}
            | {k: known[k] for k in ("name", "kind", "municipality")}
        ],
    )
    return Town(replace(bare, areas=(), companions=()))


@named
def nobody_knows_their_hours() -> Town:
    return Town(town(people=people(range(1, 11), availability="", area_id="", interests="", strengths="")))


@named
def no_words_anywhere() -> Town:
    return Town(town(people=people([1, 2], interests=""), openings=openings([1], title="？？？")))


@named
def over_the_years_end() -> Town:
    """2090-01-01 is a Sunday, so the Monday after it is a holiday in its stead, and the one after that one too."""
    since = {"starts_on": "2089-12-27"}
    hosts = [{**ROWS["hosts"][0], "host_id": "H2"}]
    mondays = openings([1], schedule="月 10:00-12:00 / 祝日除く", **since)
    holidays = openings([2], schedule="祝 10:00-12:00", host_id="H2", starts_on="2090-01-02")
    rows = [*people([1], availability="月 9:00-17:00 / 祝日除く"), *people([2], availability="祝 9:00-17:00")]
    return Town(town(people=rows, openings=[*mondays, *holidays], hosts=hosts), Horizon(date(2089, 12, 26), 4))


@named
def half_a_year_of_days() -> Town:
    rows = openings(range(1, 11), schedule="毎日 10:00-12:00 / 毎日 14:00-16:00", capacity=3)
    crowd = [*people(range(1, 9), wants=3), *people(range(9, 17), needs_companion="yes")]
    return Town(town(people=crowd, openings=rows), Horizon(date(2099, 12, 1), 26))


@named
def one_and_one() -> Town:
    return Town(town())


@named
def alike() -> Town:
    return Town(town(people=people(range(1, 101)), openings=openings(range(1, 101))))


@named
def alike_and_wanting_more() -> Town:
    """A hundred by a hundred, everybody wants three of what is on two hours only."""
    days = [*openings(range(1, 51)), *openings(range(51, 101), schedule="木 13:00-15:00")]
    return Town(town(people=people(range(1, 101), wants=3), openings=days))


@named
def alike_in_need_of_company() -> Town:
    """A hundred by a hundred, everybody needs company, and three companions make two visits a week each."""
    company = [{**ROWS["companions"][0], "companion_id": f"C{n}"} for n in (1, 2, 3)]
    days = [row for n in range(1, 101) for row in openings([n], schedule=f"{'月火水木金'[n % 5]} 10:00-12:00")]
    crowd = people(range(1, 101), needs_companion="yes")
    return Town(town(people=crowd, openings=days, companions=company))


@named
def everybody_a_foe() -> Town:
    crowd = range(1, 31)
    pairs = [{"person_a": f"P{a}", "person_b": f"P{b}"} for a in crowd for b in crowd if a < b]
    hosts = [{**ROWS["hosts"][0], "host_id": f"H{n}"} for n in range(1, 6)]
    places = [row for n in range(1, 6) for row in openings([n], host_id=f"H{n}", capacity=30)]
    return Town(town(people=people(crowd), hosts=hosts, openings=places, conflicts=pairs))


@named
def nobody_agreed() -> Town:
    return Town(town(people=[*people([1, 2], consent="none"), *people([3], consent="")]))
