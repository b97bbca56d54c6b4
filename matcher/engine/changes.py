"""Changes to a bundle that may be asked for or tried: one small class each, and what becomes of the bundle.

Each says who or what it names by ID, and turns a bundle into the bundle as it would be. Nothing is changed in place.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from matcher.errors import DebanError
from matcher.model import (
    Acceptance,
    Bundle,
    Companion,
    HistoryEntry,
    HistoryStatus,
    Host,
    HostKind,
    Opening,
    Person,
    Reach,
    Record,
    Role,
)
from matcher.times import Schedule, format_cell

MADE = "NEW"  # IDs of what is only thought of begin so

R = TypeVar("R", bound=Record)


class UnknownId(DebanError):
    """A change names something that the bundle does not hold."""


@dataclass(frozen=True, slots=True)
class Seats:
    """So many more (or fewer) newcomers a session at an opening."""

    opening_id: str
    more: int = 1

    def applied(self, bundle: Bundle) -> Bundle:
        def more(row: Opening) -> Opening:
            return row.model_copy(update={"capacity": max(0, row.capacity + self.more)})

        return replace(bundle, openings=_one(bundle.openings, self.opening_id, more))


@dataclass(frozen=True, slots=True)
class Newcomers:
    """A host takes so many more (or fewer) newcomers; a host that named no limit has none to change."""

    host_id: str
    more: int = 1

    def applied(self, bundle: Bundle) -> Bundle:
        def more(row: Host) -> Host:
            now = row.max_newcomers
            return row if now is None else row.model_copy(update={"max_newcomers": max(0, now + self.more)})

        return replace(bundle, hosts=_one(bundle.hosts, self.host_id, more))


@dataclass(frozen=True, slots=True)
class HostHours:
    """A host opens at further hours, for all that it does at set hours."""

    host_id: str
    hours: Schedule

    def applied(self, bundle: Bundle) -> Bundle:
        _one(bundle.hosts, self.host_id, lambda row: row)
        rows = tuple(
            row.model_copy(update={"schedule": _longer(row.schedule, self.hours)})
            if row.host_id == self.host_id and row.schedule is not None
            else row
            for row in bundle.openings
        )
        return replace(bundle, openings=rows)


@dataclass(frozen=True, slots=True)
class CompanionHours:
    """A companion is free at further hours; where none were named, they are free at all of them already."""

    companion_id: str
    hours: Schedule

    def applied(self, bundle: Bundle) -> Bundle:
        def longer(row: Companion) -> Companion:
            if row.availability is None:
                return row
            return row.model_copy(update={"availability": _longer(row.availability, self.hours)})

        return replace(bundle, companions=_one(bundle.companions, self.companion_id, longer))


@dataclass(frozen=True, slots=True)
class PersonReach:
    """A person goes as far as this."""

    person_id: str
    reach: Reach

    def applied(self, bundle: Bundle) -> Bundle:
        def wider(row: Person) -> Person:
            return row.model_copy(update={"reach": self.reach})

        return replace(bundle, people=_one(bundle.people, self.person_id, wider))


@dataclass(frozen=True, slots=True)
class NewOpening:
    """A new opening of this kind in this area at this hour, at a host that is not there yet."""

    municipality: str
    area_id: str
    role: Role
    activity: str
    hours: Schedule | None

    @property
    def opening_id(self) -> str:
        hours = format_cell(self.hours) if self.hours else ""
        return "-".join((MADE, self.municipality, self.area_id, self.role.value, self.activity, hours))

    def applied(self, bundle: Bundle) -> Bundle:
        host = Host(
            host_id=self.opening_id,
            name=self.activity,
            kind=HostKind.OTHER,
            municipality=self.municipality,
            area_id=self.area_id,
            accepts=Acceptance.YES,
        )
        opening = Opening(
            opening_id=self.opening_id,
            host_id=self.opening_id,
            title=self.activity,
            role=self.role,
            schedule=self.hours,
        )
        return replace(bundle, hosts=(*bundle.hosts, host), openings=(*bundle.openings, opening))


@dataclass(frozen=True, slots=True)
class Pin:
    """A coordinator decides that this person goes to this opening."""

    person_id: str
    opening_id: str
    status = HistoryStatus.PINNED

    def applied(self, bundle: Bundle) -> Bundle:
        return _told(bundle, self.person_id, self.opening_id, self.status)


@dataclass(frozen=True, slots=True)
class Ban:
    """This opening is not for this person: declined, refused, or not wanted by a coordinator."""

    person_id: str
    opening_id: str
    status: HistoryStatus = HistoryStatus.FORBIDDEN

    def applied(self, bundle: Bundle) -> Bundle:
        return _told(bundle, self.person_id, self.opening_id, self.status)


@dataclass(frozen=True, slots=True)
class Close:
    """A host takes nobody new for now."""

    host_id: str

    def applied(self, bundle: Bundle) -> Bundle:
        def closed(row: Host) -> Host:
            return row.model_copy(update={"accepts": Acceptance.NO})

        return replace(bundle, hosts=_one(bundle.hosts, self.host_id, closed))


@dataclass(frozen=True, slots=True)
class PutPerson:
    """A person comes in, or what is known of them has changed."""

    person: Person

    def applied(self, bundle: Bundle) -> Bundle:
        others = tuple(p for p in bundle.people if p.person_id != self.person.person_id)
        return replace(bundle, people=(*others, self.person))


Change = Seats | Newcomers | HostHours | CompanionHours | PersonReach | NewOpening | Pin | Ban | Close | PutPerson


def applied(bundle: Bundle, changes: Iterable[Change]) -> Bundle:
    """The bundle as it would be.

    Raises:
        UnknownId: a change names an ID that is not there.
    """
    for change in changes:
        bundle = change.applied(bundle)
    return bundle


def _one(rows: tuple[R, ...], identity: str, change: Callable[[R], R]) -> tuple[R, ...]:
    at = next((i for i, row in enumerate(rows) if row.key[0] == identity), None)
    if at is None:
        what = type(rows[0]).sheet_ja if rows else ""
        raise UnknownId(f"{what}に「{identity}」がありません。IDを確かめてください。")
    return (*rows[:at], change(rows[at]), *rows[at + 1 :])


def _told(bundle: Bundle, person_id: str, opening_id: str, status: HistoryStatus) -> Bundle:
    _one(bundle.people, person_id, lambda row: row)
    _one(bundle.openings, opening_id, lambda row: row)
    row = HistoryEntry(person_id=person_id, opening_id=opening_id, status=status)
    return bundle if row in bundle.history else replace(bundle, history=(*bundle.history, row))


def _longer(schedule: Schedule, hours: Schedule) -> Schedule:
    new = tuple(p for p in hours.patterns if p not in schedule.patterns)
    return replace(schedule, patterns=(*schedule.patterns, *new))
