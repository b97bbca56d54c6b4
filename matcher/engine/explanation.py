"""Explanations as codes and figures: why an opening suits, what to ask first, what stands in the way."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np

from matcher.engine.answer import Ask, Blocked, Nearest, Reason
from matcher.engine.block import Block
from matcher.engine.fit import PARTS, SOURCES, is_old
from matcher.engine.pairs import Obstacle, Pairs
from matcher.engine.problem import REFUSING, Floats, Ints, Problem
from matcher.engine.profiles import AVOID_CHECK, AVOID_FORBIDS, Profiles
from matcher.engine.quotes import avoided, quote
from matcher.model import Acceptance, Consent, HistoryStatus
from matcher.times import MIN_STAY, spans_on

_SHOWN = 0.02  # a part of the fit smaller than this is no reason worth saying
_FACT = 0.001  # but a fact is, however little it weighs
_QUIET = 2  # contact that suits somebody who named no limit


def reasons(problem: Problem, profiles: Profiles, pairs: Pairs, k: int) -> tuple[Reason, ...]:
    """Why the pair suits, strongest first: words with the quotes that meet, then circumstances."""
    person, opening = int(pairs.person[k]), int(pairs.opening[k])
    unknown = set(_unknown(problem, person, opening))
    found = []
    for code, share in zip(PARTS, pairs.parts[k].tolist(), strict=True):
        weight = round(share, 3)
        if code in unknown or weight < (_FACT if code in ("visited", "companion") else _SHOWN):
            continue
        data: dict[str, object] = {}
        if code in SOURCES:
            met = quote(profiles, person, opening, code)
            if met is None:
                continue
            data = {"person": met.person, "opening": met.opening, "bridge": met.bridge, "field": met.field}
        elif code == "visited":
            statuses = problem.past.get((person, opening), frozenset())
            data = {"status": next(s for s in HistoryStatus if s in statuses).value}
        elif code == "near":
            data = {"online": bool(problem.o.online[opening])}
        found.append(Reason(code, weight, data))
    return tuple(sorted(found, key=lambda r: (r.code not in SOURCES, -r.weight, r.code)))


def _unknown(problem: Problem, person: int, opening: int) -> Iterator[str]:
    """Criteria of which nothing is known, so that their share of the fit is no reason to give."""
    p, o = problem.p, problem.o
    if problem.timetable.arranged[opening] or problem.people[person].availability is None:
        yield "hours"
    on_map = not (np.isnan(p.lat[person]) or np.isnan(o.lat[opening]))
    if not o.online[opening] and not on_map and (p.area[person] < 0 or o.area[opening] < 0):
        yield "near"
    if not o.contact[opening] <= (p.contact_max[person] if p.contact_max[person] >= 0 else _QUIET):
        yield "calm"  # not known to suit, or to be much
    if o.online[opening] or not (p.needs_companion[person] or o.companion_required[opening]):
        yield "companion"  # nobody needs one


def asks(problem: Problem, profiles: Profiles, pairs: Pairs, k: int) -> tuple[Ask, ...]:
    """What to find out before the opening is proposed."""
    return tuple(_asks(problem, profiles, pairs, k))


def _asks(problem: Problem, profiles: Profiles, pairs: Pairs, k: int) -> Iterator[Ask]:
    person, opening = int(pairs.person[k]), int(pairs.opening[k])
    who, what = problem.people[person], problem.openings[opening]
    host = problem.hosts[problem.o.host[opening]]
    if host.accepts is None:
        yield Ask("acceptance_unknown", {"host": host.name})
    elif host.accepts is Acceptance.CONDITIONAL:
        yield Ask("acceptance_conditional", {"host": host.name, "conditions": host.conditions})
    if host.surveyed_on and is_old(host.surveyed_on, problem.horizon.first):
        yield Ask("survey_old", {"host": host.name, "date": host.surveyed_on.isoformat()})
    if what.schedule is None:
        yield Ask("by_arrangement", {"host": host.name})
    if who.availability is None:
        yield Ask("hours_unknown", {"alias": who.called})
    if not what.online and (problem.p.area[person] < 0 or problem.o.area[opening] < 0):
        yield Ask("area_unknown", {"whose": who.called if problem.p.area[person] < 0 else host.name})
    if who.wheelchair and what.wheelchair is None:
        yield Ask("wheelchair_unknown", {"host": host.name})
    if who.contact_max is not None and what.contact is None:
        yield Ask("contact_unknown", {"host": host.name})
    if AVOID_CHECK <= pairs.avoidance[k] < AVOID_FORBIDS:
        near = avoided(profiles, person, opening)
        yield Ask("avoid_check", {"alias": who.called, "person": near.person, "opening": near.opening})
    if who.consent is not Consent.SHARE:
        yield Ask("share_consent_needed", {"alias": who.called})


def blocked(problem: Problem, obstacles: Sequence[Obstacle], person: int) -> tuple[Blocked, ...]:
    """Rules that forbid openings which would otherwise be worth bringing up, most openings first."""
    found = []
    for obstacle in obstacles:
        opening = _nearest(problem, person, obstacle)
        data = change(problem, person, opening, obstacle.code) | {"alone": obstacle.alone}
        nearest = Nearest(problem.openings[opening].opening_id, data)
        found.append(Blocked(obstacle.code, obstacle.openings, nearest))
    return tuple(sorted(found, key=lambda b: (-b.openings, b.code)))


def _nearest(problem: Problem, person: int, obstacle: Obstacle) -> int:
    """The opening that the smallest change would free; of equal ones the one that suits best."""
    near = obstacle.near
    p, o = problem.p, problem.o
    match obstacle.code:
        case "time":
            effort = minutes_short(problem, person, near)
        case "travel":
            effort = Block(problem, np.array([person], dtype=np.int32), near).minutes_away[0]
        case "contact":
            effort = o.contact[near]
        case "physical":
            effort = o.physical[near]
        case "age":
            effort = np.fmax(o.min_age[near] - p.age[person], p.age[person] - o.max_age[near])
        case _:
            return int(near[0])
    return int(near[np.argmin(effort)])


def minutes_short(problem: Problem, person: int, openings: Ints) -> Floats:
    """(m,) by how many minutes the person would have to come earlier or stay longer for the nearest session of each.

    Infinite where they go out on no day on which the opening takes place.
    """
    hours = problem.people[person].availability
    found = np.full(len(openings), np.inf)
    if hours is None:
        return found
    spans = [spans_on(hours, d) for d in problem.horizon.dates]
    timetable = problem.timetable
    owner = [np.arange(timetable.first[o], timetable.first[o + 1]) for o in openings]
    sessions = np.concatenate(owner) if owner else np.zeros(0, dtype=np.int64)
    if not len(sessions):
        return found
    day, begin, end = timetable.slots[timetable.slot[sessions]].T
    needed = np.minimum(MIN_STAY, end - begin)
    short = np.full(len(sessions), np.inf)
    for k in range(max((len(x) for x in spans), default=0)):
        low = np.array([x[k][0] if k < len(x) else -1 for x in spans])[day]
        high = np.array([x[k][1] if k < len(x) else -1 for x in spans])[day]
        until, since = np.minimum(end, high), np.maximum(begin, low)
        earlier = np.where((low >= 0) & (until - begin >= needed), low - (until - needed), np.inf)
        later = np.where((low >= 0) & (end - since >= needed), since + needed - high, np.inf)
        short = np.minimum(short, np.minimum(earlier, later))
    edges = np.concatenate([[0], np.cumsum([len(x) for x in owner])[:-1]])
    some = np.array([len(x) > 0 for x in owner])
    found[some] = np.minimum.reduceat(short, edges[some].astype(np.int64))
    return found


def change(problem: Problem, person: int, opening: int, code: str) -> dict[str, object]:
    """The figures of the smallest change that would lift a rule from a pair."""
    who, what = problem.people[person], problem.openings[opening]
    host = problem.hosts[problem.o.host[opening]]
    data: dict[str, object] = {"alias": who.called, "title": what.title, "host": host.name}
    match code:
        case "time":
            data |= {"over": True} if problem.timetable.over[opening] else _missing_hours(problem, person, opening)
        case "reach" | "travel":
            name = problem.area_names.get((host.municipality, host.area_id), "")
            data |= {"municipality": host.municipality, "area": host.area_id, "area_name": name}
            data |= {"reach": who.reach.value, "limit": who.max_travel_min}
        case "role":
            data |= {"role": what.role.value}
        case "age":
            data |= {"age": who.age, "min_age": what.min_age, "max_age": what.max_age}
        case "contact":
            data |= {"needed": what.contact, "limit": who.contact_max}
        case "physical":
            data |= {"needed": what.physical, "limit": who.physical_max}
        case "acceptance":
            data |= {"accepts": host.accepts.value if host.accepts else "", "role": what.role.value}
        case "declined":
            statuses = problem.past.get((person, opening), frozenset())
            data |= {"status": next((s.value for s in HistoryStatus if s in statuses & REFUSING), "withheld")}
    return data


def _missing_hours(problem: Problem, person: int, opening: int) -> dict[str, object]:
    """The session that the fewest more minutes of the person's day would reach."""
    hours = problem.people[person].availability
    best: tuple[int, dict[str, object]] | None = None
    for session in problem.timetable.sessions_of(opening):
        day, start, end = (int(v) for v in problem.timetable.slots[problem.timetable.slot[session]])
        needed = min(MIN_STAY, end - start)
        date = problem.horizon.first + timedelta(days=day)
        for a, b in spans_on(hours, date) if hours else []:
            earlier = max(0, a - max(start, min(end, b) - needed))  # come out earlier …
            later = max(0, min(end, max(start, a) + needed) - b)  # … or stay later
            minutes = (
                min(
                    (m, side)
                    for m, side in ((earlier, "earlier"), (later, "later"))
                    if m > 0 or min(end, b) - max(start, a) >= needed
                )
                if earlier or later
                else (0, "")
            )
            if minutes[0] and (best is None or minutes[0] < best[0]):
                at = a if minutes[1] == "earlier" else b
                best = minutes[0], {"minutes": minutes[0], "side": minutes[1], "at": at, "weekday": date.weekday()}
        if best is None:
            best = 10_000, {"weekday": date.weekday(), "start": start, "end": end}
    return best[1] if best else {"sessions": 0}
