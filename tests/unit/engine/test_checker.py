"""A small town with a plan that breaks nothing. Every test changes it a little and says which rule that breaks."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest

from matcher.engine.answer import Answer, Blocked, Horizon, Idea, Nearest, PersonStatus
from matcher.engine.checker import Fault, check
from matcher.engine.checker.pair import minutes_between
from matcher.model import (
    Acceptance,
    Area,
    Bundle,
    Companion,
    CompanionKind,
    Conflict,
    Consent,
    HistoryEntry,
    HistoryStatus,
    Host,
    HostKind,
    Opening,
    Person,
    Reach,
    Role,
)
from matcher.times import Schedule, parse

HORIZON = Horizon(date(2026, 12, 1), 2)  # Tuesday 1 to Monday 14 December
TOWN = "汐見市"
KEYS = {
    "hosts": "host_id",
    "openings": "opening_id",
    "people": "person_id",
    "companions": "companion_id",
}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute)


def times(cell: str) -> Schedule:
    schedule = parse(cell)
    assert schedule is not None
    return schedule


def host(host_id: str, area_id: str, **more: object) -> Host:
    return Host(host_id=host_id, name=host_id, kind=HostKind.SALON, municipality=TOWN, area_id=area_id, **more)


def opening(opening_id: str, host_id: str, role: Role, cell: str, **more: object) -> Opening:
    schedule = parse(cell)
    return Opening(opening_id=opening_id, host_id=host_id, title=opening_id, role=role, schedule=schedule, **more)


def person(person_id: str, cell: str, **more: object) -> Person:
    known = {"area_id": "north", "lat": 35.0, "lon": 139.0, "reach": Reach.CITY, "consent": Consent.SHARE, "age": 40}
    return Person(
        person_id=person_id, alias=person_id, municipality=TOWN, availability=parse(cell), **{**known, **more}
    )


def companion(companion_id: str, area_id: str, cell: str, **more: object) -> Companion:
    return Companion(
        companion_id=companion_id,
        name=companion_id,
        kind=CompanionKind.SUPPORTER,
        municipality=TOWN,
        area_ids=area_id,
        availability=parse(cell),
        **more,
    )


def history(person_id: str, opening_id: str, status: HistoryStatus) -> HistoryEntry:
    return HistoryEntry(person_id=person_id, opening_id=opening_id, status=status)


def idea(opening_id: str, fit: float, first: datetime | None = None, companion_id: str | None = None) -> Idea:
    return Idea(opening_id, first, companion_id, fit)


def answer(
    person_id: str, status: PersonStatus, suggestions: tuple[Idea, ...] = (), options: tuple[Idea, ...] = ()
) -> Answer:
    return Answer(person_id, status, suggestions, options, ())


@dataclass(frozen=True)
class Plan:
    """A bundle and the answers to it, with the changes that the tests make."""

    bundle: Bundle
    answers: tuple[Answer, ...]

    def faults(self, pinned_extra: tuple[tuple[str, str], ...] = ()) -> list[Fault]:
        return check(self.bundle, HORIZON, self.answers, pinned_extra=pinned_extra)

    def row(self, table: str, row_id: str, **changes: object) -> "Plan":
        """The same with one row changed."""
        rows = getattr(self.bundle, table)
        assert any(getattr(r, KEYS[table]) == row_id for r in rows)
        new = tuple(r.model_copy(update=changes) if getattr(r, KEYS[table]) == row_id else r for r in rows)
        return self.tables(**{table: new})

    def tables(self, **tables: object) -> "Plan":
        return replace(self, bundle=replace(self.bundle, **tables))

    def past(self, person_id: str, opening_id: str, status: HistoryStatus) -> "Plan":
        """The same with one more row of history."""
        return self.tables(history=(*self.bundle.history, history(person_id, opening_id, status)))

    def foes(self, a: str, b: str) -> "Plan":
        return self.tables(conflicts=(Conflict(person_a=a, person_b=b),))

    def of(self, person_id: str) -> Answer:
        return next(a for a in self.answers if a.person_id == person_id)

    def said(self, person_id: str, **changes: object) -> "Plan":
        """The same with one answer changed."""
        new = replace(self.of(person_id), **changes)
        return replace(self, answers=tuple(new if a.person_id == person_id else a for a in self.answers))

    def suggestion(self, person_id: str, opening_id: str, **changes: object) -> "Plan":
        """The same with one suggestion changed."""
        ideas = self.of(person_id).suggestions
        assert any(i.opening_id == opening_id for i in ideas)
        new = tuple(replace(i, **changes) if i.opening_id == opening_id else i for i in ideas)
        return self.said(person_id, suggestions=new)

    def give(self, person_id: str, *ideas: Idea) -> "Plan":
        """The same with more suggestions for a person."""
        given = (*self.of(person_id).suggestions, *ideas)
        return self.said(person_id, suggestions=given, status=PersonStatus.SUGGESTED)

    def option(self, person_id: str, *ideas: Idea) -> "Plan":
        """The same with more options, put behind those that are there."""
        return self.said(person_id, options=(*self.of(person_id).options, *ideas))


BUNDLE = Bundle(
    areas=(
        Area(area_id="north", municipality=TOWN, name="北", neighbours="south"),
        Area(area_id="south", municipality=TOWN, name="南"),
        Area(area_id="cape", municipality=TOWN, name="岬"),
    ),
    hosts=(
        host("school", "north", lat=35.0, lon=139.0, accepts=Acceptance.YES, max_newcomers=2),
        host("cafe", "south", lat=35.0, lon=139.0),
        host("net", "cape", lat=36.0, lon=139.0),
        host("hut", "cape"),
    ),
    openings=(
        opening("flowers", "school", Role.HELP, "火 10:00-12:00", contact=2, physical=2, min_age=15, max_age=70),
        opening("chess", "school", Role.ATTEND, "火 13:00-15:00", capacity=2),
        opening("garden", "school", Role.HELP, "金 10:00-12:00", capacity=2),
        opening("sweep", "school", Role.HELP, "火 15:00-16:00", capacity=2),
        opening("supper", "cafe", Role.HELP, "木 17:00-19:30", capacity=2, companion_required=True),
        opening("talk", "cafe", Role.ATTEND, ""),
        opening("letters", "cafe", Role.HELP, ""),
        opening("site", "net", Role.CONTRIBUTE, "土 10:00-11:00", online=True, companion_required=True),
    ),
    people=(
        person("aoi", "平日 9:00-21:00", wants=2),
        person("sora", "平日 9:00-21:00"),
        person("ren", "火 9:00-17:00", needs_companion=True),
        person("nagi", "毎日 9:00-21:00", consent=Consent.NONE),
        person("riku", ""),
        person("haru", "金 9:00-12:00"),
        person("yui", "毎日 9:00-21:00", wants=2, needs_companion=True),
    ),
    companions=(
        companion("mori", "south", "木 16:00-18:15", per_week=1),
        companion("sato", "north", ""),
        companion("kudo", "north", ""),
    ),
    history=(history("haru", "garden", HistoryStatus.PLACED),),
    conflicts=(),
    withheld=frozenset(),
)

GOOD = Plan(
    BUNDLE,
    (
        answer(
            "aoi",
            PersonStatus.SUGGESTED,
            (idea("flowers", 0.9, at(1, 10)), idea("talk", 0.6)),
            (idea("flowers", 0.9, at(1, 10)), idea("talk", 0.6)),
        ),
        answer("sora", PersonStatus.SUGGESTED, (idea("supper", 0.5, at(3, 17), "mori"),)),
        answer("ren", PersonStatus.SUGGESTED, (idea("chess", 0.8, at(8, 13), "sato"),)),
        answer(
            "nagi",
            PersonStatus.NEEDS_CONSENT,
            (),
            (
                idea("flowers", 1.0, at(1, 10)),
                idea("supper", 0.7, at(3, 17), "mori"),
                idea("letters", 0.7),
                idea("talk", 0.6),
                idea("site", 0.0),
            ),
        ),
        answer("riku", PersonStatus.NEEDS_INFORMATION, (), (idea("chess", 0.6, at(1, 13)),)),
        answer("haru", PersonStatus.PLACED),
        replace(answer("yui", PersonStatus.NO_FIT), blocked=(Blocked("time", 2, Nearest("flowers", {})),)),
    ),
)

Change = Callable[[Plan], Plan]


def busy_hour(plan: Plan, day: int, hour: int, minute: int = 0) -> Plan:
    """Yui is suggested something as well, with Ren's companion, who is with Ren on Tuesday 8th from 13:00 to 14:00."""
    free = plan.row("hosts", "school", max_newcomers=None)
    moved = free.row("openings", "sweep", schedule=times(f"2026-12-{day:02d} {hour}:{minute:02d}-{hour + 2}:00"))
    return moved.give("yui", idea("sweep", 0.7, at(day, hour, minute), "sato"))


def more_options(plan: Plan, count: int) -> Plan:
    """Nagi has some more options besides the five."""
    added = tuple(opening(f"more{i}", "cafe", Role.HELP, "") for i in range(count))
    wider = plan.tables(openings=(*plan.bundle.openings, *added))
    return wider.option("nagi", *(idea(o.opening_id, 0.0) for o in added))


PAIR: dict[str, tuple[str, str, Change]] = {
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

PERSON: dict[str, tuple[str, str, Change]] = {
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

IDEA: dict[str, tuple[str, str, Change]] = {
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

PLAN: dict[str, tuple[str, str, Change]] = {
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

WHOLE: dict[str, tuple[str, str, Change]] = {
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

FINE: dict[str, Change] = {
    "as it is": lambda p: p,
    "exactly 60 minutes": lambda p: p.row("people", "nagi", availability=times("火・木・土 10:00-11:00")).said(
        "nagi", options=(idea("flowers", 0.9), idea("site", 0.5))
    ),
    "a short session as a whole": lambda p: p.row("openings", "site", schedule=times("土 9:00-9:30")),
    "by arrangement without hours in common": lambda p: p.row(
        "people", "nagi", availability=times("2027-02-01 9:00-10:00")
    ).said("nagi", options=(idea("talk", 0.6),)),
    "by arrangement though over": lambda p: p.row("openings", "letters", ends_on=date(2026, 6, 1)),
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
    "no consent and no hours": lambda p: p.row("people", "nagi", availability=None),
    "internal consent": lambda p: p.row("people", "aoi", consent=Consent.INTERNAL),
    "an option already held": lambda p: p.option("haru", idea("garden", 0.9)),
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
    "companion after half an hour": lambda p: busy_hour(p, 8, 14, 30),
    "companion the week before": lambda p: busy_hour(p, 6, 9).row("companions", "sato", per_week=1),
    "companion the week after": lambda p: busy_hour(p, 14, 9).row("companions", "sato", per_week=1),
    "companion by arrangement": lambda p: p.row("openings", "talk", companion_required=True).suggestion(
        "aoi", "talk", companion_id="mori"
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
    "companion for just that hour": lambda p: p.row(
        "companions", "sato", availability=times("火 9:00-10:00 / 火 13:00-14:00")
    ),
    "a single day": lambda p: p.row("openings", "chess", starts_on=date(2026, 12, 8), ends_on=date(2026, 12, 8)).said(
        "riku", options=()
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
    "ten options": lambda p: more_options(p, 5),
    "companion of the whole municipality": lambda p: p.row("companions", "kudo", area_ids=()).suggestion(
        "sora", "supper", companion_id="kudo"
    ),
}


def test_the_good_plan_breaks_nothing() -> None:
    assert GOOD.faults() == []


@pytest.mark.parametrize("change", FINE.values(), ids=FINE.keys())
def test_no_rule_forbids(change: Change) -> None:
    assert change(GOOD).faults() == []


PLANTED = {**PAIR, **PERSON, **IDEA, **PLAN, **WHOLE}


@pytest.mark.parametrize(("rule", "person_id", "change"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_fault_is_found_and_nothing_else(rule: str, person_id: str, change: Change) -> None:
    assert {(fault.rule, fault.person_id) for fault in change(GOOD).faults()} == {(rule, person_id)}


def test_extra_pins_hold_their_seats() -> None:
    assert {(f.rule, f.person_id, f.opening_id) for f in GOOD.faults((("yui", "site"),))} == {
        ("capacity", "nagi", "site")
    }


def test_extra_pins_are_newcomers() -> None:
    assert [(f.rule, f.data) for f in GOOD.faults((("yui", "sweep"),))] == [
        ("newcomers", {"host": "school", "people": ["aoi", "ren", "yui"], "limit": 2})
    ]


def test_a_fault_says_where_it_stands() -> None:
    found = GOOD.row("people", "aoi", roles=(Role.ATTEND,)).faults()
    assert [(f.rule, f.opening_id, f.data) for f in found] == [
        ("role", "flowers", {"in": "options"}),
        ("role", "flowers", {"in": "suggestions"}),
    ]


def test_a_fault_of_seats_names_the_people() -> None:
    found = PLAN["second seat"][2](GOOD).faults()
    assert [(f.opening_id, f.data["people"], f.data["capacity"]) for f in found] == [("flowers", ["aoi", "yui"], 1)]


@pytest.mark.parametrize(("km_on_the_road", "minutes"), [(0, 0), (1, 15), (1.5, 22.5), (4, 32.5), (16.5, 82.5)])
def test_walking_up_to_a_point_then_riding(km_on_the_road: float, minutes: float) -> None:
    degrees = math.degrees(km_on_the_road / 1.3 / 6371.0088)
    assert minutes_between(35.0, 139.0, 35.0 + degrees, 139.0) == pytest.approx(minutes)


def test_east_is_shorter_than_north() -> None:
    assert minutes_between(60.0, 139.0, 60.0, 140.0) < minutes_between(60.0, 139.0, 61.0, 139.0)
