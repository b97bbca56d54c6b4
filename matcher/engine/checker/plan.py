"""The rules between people: seats, hosts, people who must not meet, hours, and companions.

Every function looks at all suggestions together with what pinned and placed people hold, and yields one fault for
each thing that is overdone. What pinned and placed people alone have overdone is no fault of the plan.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, pairwise

from matcher.engine.checker.facts import Facts, first_stretch
from matcher.engine.checker.fault import Fault
from matcher.engine.checker.idea import Visit
from matcher.model import Opening
from matcher.times import Session, Span

BETWEEN_VISITS = 30  # minutes a companion has from one person to the next


def _sitting(facts: Facts, visit: Visit) -> Iterator[tuple[Session | None, Span]]:
    """The sessions at which a suggested person takes a seat; None stands for an opening by arrangement as a whole."""
    if visit.pair.opening.schedule is None:
        yield None, (0, 0)
    elif visit.first is not None:
        since = visit.first[0].date, visit.first[0].start
        for session, span in facts.stays(visit.pair.person.person_id, visit.pair.opening):
            if (session.date, session.start) >= since:
                yield session, span


def _holding(facts: Facts, person_id: str, opening: Opening) -> Iterator[Session | None]:
    """The sessions at which a pinned or placed person has a seat: every one that they can attend."""
    if opening.schedule is None:
        yield None
    else:
        yield from (session for session, _ in facts.stays(person_id, opening))


def _by_opening(visits: Sequence[Visit]) -> dict[str, list[Visit]]:
    groups: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        groups[visit.pair.opening.opening_id].append(visit)
    return groups


def _by_host(visits: Sequence[Visit]) -> dict[str, set[str]]:
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for visit in visits:
        groups[visit.pair.host.host_id].add(visit.pair.person.person_id)
    return groups


def seats(facts: Facts, visits: Sequence[Visit]) -> Iterator[Fault]:
    """At no session do more people have a seat than the capacity, if the plan has put one of them there."""
    for opening_id, group in _by_opening(visits).items():
        opening = group[0].pair.opening
        newly: defaultdict[Session | None, set[str]] = defaultdict(set)
        taken: defaultdict[Session | None, set[str]] = defaultdict(set)
        for visit in group:
            for session, _ in _sitting(facts, visit):
                newly[session].add(visit.pair.person.person_id)
        for holder in facts.holders.get(opening_id, ()):
            for held in _holding(facts, holder, opening):
                taken[held].add(holder)
        for session, people in newly.items():
            everybody = people | taken[session]
            if people - taken[session] and len(everybody) > opening.capacity:
                data = {"session": session, "people": sorted(everybody), "capacity": opening.capacity}
                yield Fault("seats", "", opening_id, data)


def newcomers(facts: Facts, visits: Sequence[Visit]) -> Iterator[Fault]:
    """A host gets no more different people, newly suggested or pinned, than it said it can take in."""
    for host_id, suggested in _by_host(visits).items():
        limit = facts.hosts[host_id].max_newcomers
        everybody = suggested | facts.pinned_at.get(host_id, set())
        there_already = facts.people_at.get(host_id, set())
        if limit is not None and len(everybody) > limit and suggested - there_already:
            yield Fault("newcomers", "", "", {"host": host_id, "people": sorted(everybody), "limit": limit})


def meeting(facts: Facts, visits: Sequence[Visit]) -> Iterator[Fault]:
    """Two people who must not meet are never suggested to the same host."""
    for host_id, suggested in _by_host(visits).items():
        for person_id in sorted(suggested):
            for other in sorted(facts.foes.get(person_id, set()) & suggested):
                if person_id < other:
                    yield Fault("meeting", person_id, "", {"host": host_id, "other": other})


@dataclass(frozen=True, slots=True)
class _Hour:
    """A stretch of one day that a person spends at an opening."""

    opening_id: str
    suggested: bool
    start: int
    end: int


def _hours(facts: Facts, person_id: str, visits: Iterable[Visit]) -> dict[date, list[_Hour]]:
    """What a person's days hold: the suggestions from their first sessions on, and whatever they have a seat at."""
    days: defaultdict[date, list[_Hour]] = defaultdict(list)
    held = facts.held.get(person_id, set())
    for visit in visits:
        opening_id = visit.pair.opening.opening_id
        for session, span in _sitting(facts, visit):
            if session is not None and opening_id not in held:
                days[session.date].append(_Hour(opening_id, True, *span))
    for opening_id in held:
        for at, span in facts.stays(person_id, facts.openings[opening_id]):
            days[at.date].append(_Hour(opening_id, False, *span))
    return days


def overlap(facts: Facts, visits: Sequence[Visit]) -> Iterator[Fault]:
    """No two suggestions for one person, nor a suggestion and what they hold, ever take place at the same time."""
    groups: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        groups[visit.pair.person.person_id].append(visit)
    for person_id, group in groups.items():
        if len(group) + len(facts.held.get(person_id, ())) > 1:
            yield from _overlaps(person_id, _hours(facts, person_id, group))


def _overlaps(person_id: str, days: dict[date, list[_Hour]]) -> Iterator[Fault]:
    seen = set()
    for day, hours in sorted(days.items()):
        for a, b in combinations(sorted(hours, key=lambda hour: hour.opening_id), 2):
            pair = a.opening_id, b.opening_id
            crossing = a.start < b.end and b.start < a.end
            if a.opening_id != b.opening_id and (a.suggested or b.suggested) and crossing and pair not in seen:
                seen.add(pair)
                yield Fault("overlap", person_id, a.opening_id, {"other": b.opening_id, "date": day})


@dataclass(frozen=True, slots=True, order=True)
class _Escort:
    """A first visit as the companion sees it."""

    day: date
    start: int
    end: int
    person_id: str
    opening_id: str


def _escorts(visits: Sequence[Visit]) -> dict[str, list[_Escort]]:
    """The dated first visits of every companion, in order; those by arrangement have no date to compare."""
    diary: defaultdict[str, list[_Escort]] = defaultdict(list)
    for visit in visits:
        if visit.idea.companion_id is not None and visit.first is not None:
            session, span = visit.first
            who = visit.pair.person.person_id, visit.pair.opening.opening_id
            diary[visit.idea.companion_id].append(_Escort(session.date, *first_stretch(span), *who))
    return {companion_id: sorted(escorts) for companion_id, escorts in diary.items()}


def companion_twice(facts: Facts, visits: Sequence[Visit]) -> Iterator[Fault]:
    """A companion accompanies one person at a time and has 30 minutes before the next."""
    for companion_id, escorts in _escorts(visits).items():
        for one, two in pairwise(escorts):
            if one.day == two.day and two.start < one.end + BETWEEN_VISITS:
                data = {"companion": companion_id, "date": one.day, "other": one.person_id}
                yield Fault("companion_twice", two.person_id, two.opening_id, data)


def companion_week(facts: Facts, visits: Sequence[Visit]) -> Iterator[Fault]:
    """From Monday to Sunday a companion makes no more first visits than `per_week`."""
    for companion_id, escorts in _escorts(visits).items():
        companion = facts.companions.get(companion_id)
        weeks = Counter(escort.day - timedelta(days=escort.day.weekday()) for escort in escorts)
        for monday, count in sorted(weeks.items()):
            if companion is not None and count > companion.per_week:
                data = {"companion": companion_id, "week": monday, "visits": count, "limit": companion.per_week}
                yield Fault("companion_week", "", "", data)


RULES: tuple[Callable[[Facts, Sequence[Visit]], Iterator[Fault]], ...] = (
    seats,
    newcomers,
    meeting,
    overlap,
    companion_twice,
    companion_week,
)


def faults(facts: Facts, visits: Sequence[Visit]) -> list[Fault]:
    """Everything that the suggestions of a plan overdo together."""
    return [fault for rule in RULES for fault in rule(facts, visits)]
