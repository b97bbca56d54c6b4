"""A small town with a plan that breaks nothing. The tests beside it change it a little."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from matcher.engine.answer import Answer, Blocked, Horizon, Idea, Nearest, PersonStatus
from matcher.engine.checker import Fault, check
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

    def opening(self, opening_id: str) -> Opening:
        return next(o for o in self.bundle.openings if o.opening_id == opening_id)

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

# What a test plants: the rule that must be found, the person it is found for, and the change.
Change = Callable[[Plan], Plan]
Planted = dict[str, tuple[str, str, Change]]


def found(change: Change) -> set[tuple[str, str]]:
    """The rules that the plan breaks after a change, and for whom."""
    return {(fault.rule, fault.person_id) for fault in change(GOOD).faults()}
