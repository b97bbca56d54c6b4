"""Gaps, tried: the smallest asks that would help people left without, each by solving again with it granted.

An ask's figure is the number of people who would be served in place of nobody, and it comes from a plan that was found
and proven, never from counting whom it might suit. Asks overlap: each also says what it and all better ones bring
together.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from matcher.engine.answer import PersonStatus
from matcher.engine.answers import status_of
from matcher.engine.block import Block, blocks
from matcher.engine.changes import (
    Change,
    CompanionHours,
    HostHours,
    Newcomers,
    NewOpening,
    PersonReach,
    Seats,
)
from matcher.engine.feasibility import CODES, forbidding
from matcher.engine.fit import WORTH
from matcher.engine.fit import fit as fit_of
from matcher.engine.gaps import wished
from matcher.engine.judged import Judged
from matcher.engine.solver.process import SolverProcess
from matcher.engine.standing import StandingPlan
from matcher.errors import DebanError
from matcher.model import Reach, Role
from matcher.times import Schedule, Weekly

MOST_TRIED = 24  # asks that are solved for, those that could help most first
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Ask:
    """Something to ask for.

    `kind` is `seat` (one more at an opening), `host_hour`, `companion_hour`, `reach` or `opening`; `subject` the ID of
    what it is asked of (opening, host, companion, person; empty for a new opening); `changes` what granting it means.
    """

    kind: str
    subject: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """An ask with what solving it gave.

    `more` people are served beside those who are now, `people` who were not served before; `together` how many more
    with this and every ask listed before it (`more` again where the time was over before that could be tried).
    """

    ask: Ask
    more: int
    waiting: int
    fit: int
    people: tuple[str, ...]
    together: int


class NothingKnown(DebanError):
    """Not everything could be tried, and nothing was found so far: whether any ask would help is not known."""

    def __init__(self) -> None:
        super().__init__(
            "お願いをひとつずつ試すのに、時間かメモリーが足りませんでした。"
            "--time-limit の秒数をふやして、もう一度お試しください。"
        )


def tried(plan: StandingPlan, process: SolverProcess, *, most: int = SHOWN, seconds: float = 60.0) -> tuple[Tried, ...]:
    """The asks that help most, best first, at most so many.

    Best is: most people served, then the longest waiting, then the greatest sum of fits. Asks that serve nobody more are
    left out. After so many seconds nothing more is tried, and what was found so far comes back.

    Raises:
        NothingKnown: that is nothing, though not everything was tried.
    """
    until = time.monotonic() + seconds
    helps: dict[Ask, set[int]] = defaultdict(set)
    for person in _left_without(plan):
        if time.monotonic() > until:
            raise NothingKnown
        for ask in _asks(plan.judged, person):
            helps[ask].add(person)
    known = [_solved(plan, [ask], process, until) for ask in _hopeful(helps)]
    found = [t for t in known if t is not None and t.more > 0]
    if not found and None in known:
        raise NothingKnown
    found.sort(key=lambda t: (-t.more, -t.waiting, -t.fit, t.ask.kind, t.ask.subject))
    listed: list[Tried] = []
    for one in found[:most]:
        together = one.more
        if listed and (all_so_far := _solved(plan, [*(t.ask for t in listed), one.ask], process, until)):
            together = all_so_far.more
        listed.append(Tried(one.ask, one.more, one.waiting, one.fit, one.people, together))
    return tuple(listed)


def _hopeful(helps: Mapping[Ask, Set[int]]) -> list[Ask]:
    """The asks to try: those that could help most first; of equal ones each kind in turn, so that none is crowded out."""
    asks = sorted(helps, key=lambda a: (-len(helps[a]), a.kind, a.subject, repr(a.changes)))
    number = Counter[tuple[int, str]]()
    turn = {}
    for ask in asks:
        alike = len(helps[ask]), ask.kind
        turn[ask] = number[alike]
        number[alike] += 1
    return sorted(asks, key=lambda a: (-len(helps[a]), turn[a]))[:MOST_TRIED]


def _solved(plan: StandingPlan, asks: Sequence[Ask], process: SolverProcess, until: float) -> Tried | None:
    """What the asks bring together; None where the time is over before that is known."""
    left = until - time.monotonic()
    if left <= 0:
        return None
    changed = plan.change([c for ask in asks for c in ask.changes], process, seconds=left)
    if changed.after.plan.ended:
        return None
    old, new = plan.plan.objective, changed.after.plan.objective
    served = changed.after.given().keys() - plan.given().keys()
    return Tried(
        asks[-1], new["s1"] - old["s1"], new["s2"] - old["s2"], new["s4"] - old["s4"], tuple(sorted(served)), 0
    )


def _left_without(plan: StandingPlan) -> list[int]:
    """People who take part and were given nothing."""
    problem = plan.judged.problem
    served = {t.person for t in plan.plan.taken}
    return [p for p in range(len(problem.people)) if p not in served and status_of(problem, p) is PersonStatus.NO_FIT]


def _asks(judged: Judged, person: int) -> Iterator[Ask]:
    """Everything that, if granted, could give this person something."""
    problem = judged.problem
    for block in blocks(problem, np.array([person], dtype=np.int32)):
        worth, _ = fit_of(block, judged.profiles)
        good = worth >= WORTH
        forbidden = forbidding(block, judged.profiles, good)
        for j in np.flatnonzero(good[0]):
            opening = int(block.openings[j])
            if opening in problem.held[person]:
                continue
            codes = [c for k, c in enumerate(CODES) if int(forbidden[0, j]) & (1 << k)]
            if codes in ([], ["capacity"]):
                yield _seat(judged, opening)
            elif codes == ["time"]:
                yield from _host_hour(judged, person, opening)
            elif codes == ["companion"]:
                yield from _companion_hours(judged, person, opening)
            elif codes == ["reach"]:
                yield from _reach(judged, block, person, opening)
    activity = wished(judged.profiles, person)
    who = problem.people[person]
    hours = _first_hours(who.availability)
    if activity and who.reach is not Reach.HOME:
        role = (who.roles or (Role.ATTEND,))[0]
        yield Ask("opening", "", (NewOpening(who.municipality, who.area_id, role, activity, hours),))


def _seat(judged: Judged, opening: int) -> Ask:
    """One more at an opening, and at its host where the host named a limit."""
    row = judged.problem.openings[opening]
    changes: tuple[Change, ...] = (Seats(row.opening_id),)
    if judged.problem.host_limit[judged.problem.o.host[opening]] >= 0:
        changes = (*changes, Newcomers(row.host_id))
    return Ask("seat", row.opening_id, changes)


def _host_hour(judged: Judged, person: int, opening: int) -> Iterator[Ask]:
    """The host opens when the person can come, for as long as it usually does."""
    row = judged.problem.openings[opening]
    span = judged.problem.timetable.sessions_of(opening)
    if not len(span):
        return
    _, start, end = judged.problem.timetable.slots[judged.problem.timetable.slot[span[0]]]
    hours = _first_hours(judged.problem.people[person].availability, int(end - start))
    if hours is not None:
        yield Ask("host_hour", row.host_id, (HostHours(row.host_id, hours),))


def _companion_hours(judged: Judged, person: int, opening: int) -> Iterator[Ask]:
    """A companion of the area is free when the opening next takes place."""
    problem = judged.problem
    stays = problem.stays
    for session in problem.timetable.sessions_of(opening):
        slot = int(problem.timetable.slot[session])
        start = int(stays.start[stays.hours_of[person], slot])
        if start < 0:
            continue
        day = problem.horizon.dates[int(problem.timetable.slots[slot, 0])]
        hour = Schedule(
            (Weekly((day.weekday(),), False, start, min(int(stays.end[stays.hours_of[person], slot]), start + 60)),)
        )
        for companion in problem.rides.covering(opening)[:3]:
            identity = problem.companions[companion].companion_id
            yield Ask("companion_hour", identity, (CompanionHours(identity, hour),))
        return


def _reach(judged: Judged, block: Block, person: int, opening: int) -> Iterator[Ask]:
    """The person goes one step farther, where that is far enough."""
    who = judged.problem.people[person]
    wider = {Reach.AREA: Reach.NEIGHBOUR, Reach.NEIGHBOUR: Reach.CITY}.get(who.reach)
    at = int(np.flatnonzero(block.openings == opening)[0])
    near = bool(block.neighbour_area[0, at])
    same_town = judged.problem.p.municipality[person] == judged.problem.o.municipality[opening]
    if wider is not None and same_town and (wider is Reach.CITY or near):
        yield Ask("reach", who.person_id, (PersonReach(who.person_id, wider),))


def _first_hours(availability: Schedule | None, minutes: int = 120) -> Schedule | None:
    """The first weekly hours that somebody named, cut to so many minutes; None where they named none."""
    if availability is None:
        return None
    for pattern in availability.patterns:
        if isinstance(pattern, Weekly) and pattern.days:
            end = min(pattern.end, pattern.start + max(60, minutes))
            return Schedule((Weekly(pattern.days[:1], False, pattern.start, end),))
    return None
