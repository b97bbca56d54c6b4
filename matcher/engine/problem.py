"""A match problem as arrays, validated when it is made, so that everything after it may trust it.

Sizes used in docstrings of this package: P people, O openings, H hosts, C companions, S sessions (all openings, in the
horizon), K slots (distinct date-start-end triples among the sessions). Minutes count from midnight, days from the
horizon's first day. Everything is sorted by ID, so that the order of rows in the files never matters.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matcher.engine.answer import Horizon
from matcher.engine.companions import Rides
from matcher.engine.seats import FixedSeats
from matcher.engine.timetable import Stays, Timetable
from matcher.errors import DebanError
from matcher.model import (
    Acceptance,
    Bundle,
    Companion,
    Consent,
    HistoryStatus,
    Host,
    Opening,
    Person,
    Reach,
    Role,
)

ROLE_BITS = {role: 1 << i for i, role in enumerate(Role)}
ALL_ROLES = sum(ROLE_BITS.values())
HOLDING = frozenset({HistoryStatus.PINNED, HistoryStatus.PLACED})
REFUSING = frozenset({HistoryStatus.DECLINED, HistoryStatus.REFUSED, HistoryStatus.FORBIDDEN})

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class ProblemError(DebanError):
    """The bundle and the horizon do not make a problem that can be solved at all."""


def _numbers(values: Iterable[float | None]) -> Floats:
    """Optional figures as floats; unknown is NaN, so that every comparison with it is false and forbids nothing."""
    return np.array([np.nan if v is None else float(v) for v in values], dtype=np.float64)


def _flags(values: Iterable[object]) -> Bools:
    return np.array([v is True for v in values], dtype=np.bool_)


def _roles(roles: Iterable[Role]) -> int:
    return sum(ROLE_BITS[r] for r in set(roles)) or ALL_ROLES


@dataclass(frozen=True, slots=True)
class PeopleArrays:
    """What the rules ask about people, one entry a person (P,)."""

    municipality: Ints
    area: Ints  # -1 where blank
    reach: Ints  # index into tuple(Reach)
    roles: Ints  # bits of ROLE_BITS; all bits where no role was named
    age: Floats
    contact_max: Floats
    physical_max: Floats
    wheelchair: Bools
    needs_companion: Bools
    travel_max: Floats  # minutes one way
    lat: Floats
    lon: Floats
    wants_left: Ints  # wanted openings that are not pinned or placed yet
    waiting_class: Ints  # 0..3
    eligible: Bools  # consent given, hours known, something still wanted


@dataclass(frozen=True, slots=True)
class OpeningArrays:
    """What the rules ask about openings, host's figures included, one entry an opening (O,)."""

    host: Ints
    municipality: Ints
    area: Ints  # -1 where blank
    online: Bools
    role: Ints  # one bit of ROLE_BITS
    accepted_roles: Ints  # bits; all bits where the host named none
    host_says_no: Bools
    min_age: Floats
    max_age: Floats
    contact: Floats
    physical: Floats
    wheelchair_no: Bools
    companion_required: Bools
    capacity: Ints
    lat: Floats
    lon: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A validated problem. Positions in the tuples are the indices used by every array."""

    horizon: Horizon
    people: tuple[Person, ...]
    openings: tuple[Opening, ...]
    hosts: tuple[Host, ...]
    companions: tuple[Companion, ...]
    p: PeopleArrays
    o: OpeningArrays
    near_areas: frozenset[tuple[int, int]]  # pairs (area, area) that are neighbours, both ways
    area_names: dict[tuple[str, str], str]  # (municipality, area_id) to its name
    timetable: Timetable
    stays: Stays
    seats: FixedSeats
    rides: Rides
    held: tuple[frozenset[int], ...]  # per person: openings pinned or placed
    pinned: frozenset[tuple[int, int]]  # (person, opening), pinned only: newcomers of the horizon
    refused: frozenset[tuple[int, int]]  # declined, refused, forbidden, or held back by the import
    past: dict[tuple[int, int], frozenset[HistoryStatus]]
    foes: tuple[frozenset[int], ...]  # per person: people never to be met at one host
    host_limit: Ints  # (H,), newcomers in the horizon, -1 where none is stated

    @property
    def shape(self) -> tuple[int, int]:
        """(P, O)."""
        return len(self.people), len(self.openings)


def waiting_class(since: date | None, first: date) -> int:
    """Whole months waited until the first day: 0-2 → 0, 3-5 → 1, 6-11 → 2, 12 and more → 3; unknown → 0."""
    if since is None:
        return 0
    months = (first.year - since.year) * 12 + first.month - since.month - (first.day < since.day)
    return 0 if months < 3 else 1 if months < 6 else 2 if months < 12 else 3


def make_problem(bundle: Bundle, horizon: Horizon) -> Problem:
    """Turn a bundle into arrays.

    Raises:
        ProblemError: the horizon is not 1 to 26 weeks, an ID stands twice, a figure is below zero, or a row refers to a
            row that is not there.
    """
    if not 1 <= horizon.weeks <= 26:
        raise ProblemError(
            f"期間は1週間から26週間までです（いまの指定は{horizon.weeks}週間）。--weeks を直してください。"
        )
    people = tuple(sorted(bundle.people, key=lambda r: r.person_id))
    openings = tuple(sorted(bundle.openings, key=lambda r: r.opening_id))
    hosts = tuple(sorted(bundle.hosts, key=lambda r: r.host_id))
    companions = tuple(sorted(bundle.companions, key=lambda r: r.companion_id))
    person_at = {r.person_id: i for i, r in enumerate(people)}
    opening_at = {r.opening_id: i for i, r in enumerate(openings)}
    host_at = {r.host_id: i for i, r in enumerate(hosts)}
    _check_references(bundle, person_at, opening_at, host_at)

    towns = _Codes()
    areas = _Codes()
    near = set()
    for area in bundle.areas:
        own = areas[area.municipality, area.area_id]
        for other in area.neighbours:
            near |= {(own, areas[area.municipality, other]), (areas[area.municipality, other], own)}

    held: list[set[int]] = [set() for _ in people]
    pinned, refused, past = set(), set(), dict[tuple[int, int], set[HistoryStatus]]()
    for row in bundle.history:
        pair = person_at[row.person_id], opening_at[row.opening_id]
        past.setdefault(pair, set()).add(row.status)
        if row.status in HOLDING:
            held[pair[0]].add(pair[1])
        if row.status is HistoryStatus.PINNED:
            pinned.add(pair)
        if row.status in REFUSING:
            refused.add(pair)
    for person_id, opening_id in bundle.withheld:
        if person_id in person_at and opening_id in opening_at:
            refused.add((person_at[person_id], opening_at[opening_id]))
    foes: list[set[int]] = [set() for _ in people]
    for row_ in bundle.conflicts:
        a, b = person_at[row_.person_a], person_at[row_.person_b]
        foes[a].add(b)
        foes[b].add(a)

    wants_left = [max(0, r.wants - len(held[i])) for i, r in enumerate(people)]
    held_now = tuple(frozenset(x) for x in held)
    timetable = Timetable.of(openings, horizon)
    of_host = [hosts[host_at[r.host_id]] for r in openings]
    stays = Stays.of(timetable, [r.availability for r in people], horizon)
    return Problem(
        horizon=horizon,
        people=people,
        openings=openings,
        hosts=hosts,
        companions=companions,
        p=PeopleArrays(
            municipality=np.array([towns[r.municipality] for r in people], dtype=np.int32),
            area=np.array([areas[r.municipality, r.area_id] if r.area_id else -1 for r in people], dtype=np.int32),
            reach=np.array([tuple(Reach).index(r.reach) for r in people], dtype=np.int32),
            roles=np.array([_roles(r.roles) for r in people], dtype=np.int32),
            age=_numbers(r.age for r in people),
            contact_max=_numbers(r.contact_max for r in people),
            physical_max=_numbers(r.physical_max for r in people),
            wheelchair=_flags(r.wheelchair for r in people),
            needs_companion=_flags(r.needs_companion for r in people),
            travel_max=_numbers(r.max_travel_min for r in people),
            lat=_numbers(r.lat for r in people),
            lon=_numbers(r.lon for r in people),
            wants_left=np.array(wants_left, dtype=np.int32),
            waiting_class=np.array([waiting_class(r.waiting_since, horizon.first) for r in people], dtype=np.int32),
            eligible=np.array(
                [
                    r.consent in (Consent.INTERNAL, Consent.SHARE) and r.availability is not None and left > 0
                    for r, left in zip(people, wants_left, strict=True)
                ],
                dtype=np.bool_,
            ),
        ),
        o=OpeningArrays(
            host=np.array([host_at[r.host_id] for r in openings], dtype=np.int32),
            municipality=np.array([towns[h.municipality] for h in of_host], dtype=np.int32),
            area=np.array([areas[h.municipality, h.area_id] if h.area_id else -1 for h in of_host], dtype=np.int32),
            online=_flags(r.online for r in openings),
            role=np.array([ROLE_BITS[r.role] for r in openings], dtype=np.int32),
            accepted_roles=np.array([_roles(h.accepts_as) for h in of_host], dtype=np.int32),
            host_says_no=np.array([h.accepts is Acceptance.NO for h in of_host], dtype=np.bool_),
            min_age=_numbers(r.min_age for r in openings),
            max_age=_numbers(r.max_age for r in openings),
            contact=_numbers(r.contact for r in openings),
            physical=_numbers(r.physical for r in openings),
            wheelchair_no=np.array([r.wheelchair is False for r in openings], dtype=np.bool_),
            companion_required=_flags(r.companion_required for r in openings),
            capacity=np.array([r.capacity for r in openings], dtype=np.int32),
            lat=_numbers(h.lat for h in of_host),
            lon=_numbers(h.lon for h in of_host),
        ),
        near_areas=frozenset(near),
        area_names={(a.municipality, a.area_id): a.name for a in bundle.areas},
        timetable=timetable,
        stays=stays,
        seats=FixedSeats.of(timetable, stays, held_now),
        rides=Rides.of(timetable, stays, horizon, companions, openings, hosts),
        held=held_now,
        pinned=frozenset(pinned),
        refused=frozenset(refused),
        past={k: frozenset(v) for k, v in past.items()},
        foes=tuple(frozenset(x) for x in foes),
        host_limit=np.array([-1 if h.max_newcomers is None else h.max_newcomers for h in hosts], dtype=np.int32),
    )


class _Codes(dict[object, int]):
    """Small integers for names, given out in the order of first use."""

    def __missing__(self, name: object) -> int:
        self[name] = len(self)
        return self[name]


def _check_references(
    bundle: Bundle, person_at: dict[str, int], opening_at: dict[str, int], host_at: dict[str, int]
) -> None:
    for what, rows, known in (
        ("本人", bundle.people, person_at),
        ("受け入れ枠", bundle.openings, opening_at),
        ("受け入れ先", bundle.hosts, host_at),
        ("同行者", bundle.companions, {r.companion_id for r in bundle.companions}),
    ):
        if len(rows) != len(known):
            raise ProblemError(f"{what}のIDが重なっています。ひとつのIDは一度だけ使ってください。")
    for identity, figure in (
        *((o.opening_id, o.capacity) for o in bundle.openings),
        *((h.host_id, h.max_newcomers or 0) for h in bundle.hosts),
        *((c.companion_id, c.per_week) for c in bundle.companions),
        *((p.person_id, p.wants) for p in bundle.people),
    ):
        if figure < 0:
            raise ProblemError(f"{identity} の数が {figure} です。0 以上の数にしてください。")
    for opening in bundle.openings:
        if opening.host_id not in host_at:
            raise ProblemError(f"受け入れ枠 {opening.opening_id} の受け入れ先 {opening.host_id} がありません。")
    for person_id, opening_id in ((r.person_id, r.opening_id) for r in bundle.history):
        if person_id not in person_at or opening_id not in opening_at:
            raise ProblemError(f"これまでの記録 {person_id}–{opening_id} の本人か受け入れ枠がありません。")
    for row in bundle.conflicts:
        if row.person_a not in person_at or row.person_b not in person_at:
            raise ProblemError(f"同席回避 {row.person_a}–{row.person_b} の本人がいません。")
