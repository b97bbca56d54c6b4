"""The rules of feasibility for one person and one opening. Every function says whether its rule forbids the pair."""

import math
from collections.abc import Callable

from matcher.engine.checker.facts import Facts, Pair, first_stretch
from matcher.model import Acceptance, Reach

EARTH_RADIUS_KM = 6371.0088
DETOUR = 1.3  # streets against the straight line
WALK_KM, WALK_KM_PER_MIN, RIDE_KM_PER_MIN = 1.5, 4 / 60, 15 / 60
ROUNDING_MIN = 1e-6


def time(facts: Facts, pair: Pair) -> bool:
    """No session in the horizon that the person can stay at for long enough; without a schedule, it has ended before."""
    if pair.opening.schedule is None:
        return pair.opening.ends_on is not None and pair.opening.ends_on < facts.first
    return not any(True for _ in facts.stays(pair.person.person_id, pair.opening))


def reach(facts: Facts, pair: Pair) -> bool:
    """It is not online and lies in another municipality, or in an area beyond the person's reach; blank areas pass."""
    if pair.online:
        return False
    if pair.person.reach is Reach.HOME or pair.person.municipality != pair.host.municipality:
        return True
    home = pair.person.municipality, pair.person.area_id
    there = pair.host.municipality, pair.host.area_id
    if not home[1] or not there[1] or home == there:
        return False
    if pair.person.reach is Reach.AREA:
        return True
    return pair.person.reach is Reach.NEIGHBOUR and there not in facts.near.get(home, ())


def minutes_between(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Minutes one way: on foot for the first stretch, faster for what lies beyond it. Coordinates in degrees."""
    phi_a, phi_b, turn = math.radians(lat_a), math.radians(lat_b), math.radians(lon_b - lon_a)
    haversine = math.sin((phi_b - phi_a) / 2) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(turn / 2) ** 2
    km = DETOUR * EARTH_RADIUS_KM * 2 * math.asin(math.sqrt(min(1.0, haversine)))
    return min(km, WALK_KM) / WALK_KM_PER_MIN + max(0.0, km - WALK_KM) / RIDE_KM_PER_MIN


def travel(facts: Facts, pair: Pair) -> bool:
    """It is not online, both ends are on the map, and the way takes longer than the person's limit."""
    person, host = pair.person, pair.host
    if pair.online or person.max_travel_min is None:
        return False
    if person.lat is None or person.lon is None or host.lat is None or host.lon is None:
        return False
    return minutes_between(person.lat, person.lon, host.lat, host.lon) > person.max_travel_min + ROUNDING_MIN


def role(facts: Facts, pair: Pair) -> bool:
    """The person named the roles they want, and the opening's is not among them."""
    return bool(pair.person.roles) and pair.opening.role not in pair.person.roles


def age(facts: Facts, pair: Pair) -> bool:
    """The person's age is known and outside the opening's limits."""
    years, low, high = pair.person.age, pair.opening.min_age, pair.opening.max_age
    return years is not None and ((low is not None and years < low) or (high is not None and years > high))


def _above(figure: int | None, limit: int | None) -> bool:
    return figure is not None and limit is not None and figure > limit


def contact(facts: Facts, pair: Pair) -> bool:
    """There is more contact with others than the person can take."""
    return _above(pair.opening.contact, pair.person.contact_max)


def physical(facts: Facts, pair: Pair) -> bool:
    """The work is heavier than the person can do."""
    return _above(pair.opening.physical, pair.person.physical_max)


def wheelchair(facts: Facts, pair: Pair) -> bool:
    """The person uses a wheelchair and the opening says that it cannot be entered with one."""
    return pair.person.wheelchair is True and pair.opening.wheelchair is False


def acceptance(facts: Facts, pair: Pair) -> bool:
    """The host answered no, or named the roles it takes people in for and this is not one of them."""
    if pair.host.accepts is Acceptance.NO:
        return True
    return bool(pair.host.accepts_as) and pair.opening.role not in pair.host.accepts_as


def companion(facts: Facts, pair: Pair) -> bool:
    """The first visit must be accompanied, and of the companions of that area none is free at any session.

    By arrangement there are no hours to compare, so that one companion of the area is enough. Where the person can
    attend nothing, `time` is the rule that forbids, not this one.
    """
    if not pair.needs_companion:
        return False
    diaries = facts.covering(pair.host)
    if pair.opening.schedule is None:
        return not diaries
    attended = False
    for session, span in facts.stays(pair.person.person_id, pair.opening):
        attended = True
        if any(diary.free(session.date, *first_stretch(span)) for diary in diaries):
            return False
    return attended


def capacity(facts: Facts, pair: Pair) -> bool:
    """Pinned and placed people have the seats of every session that the person could attend."""
    seats, holders = pair.opening.capacity, facts.holders.get(pair.opening.opening_id, set())
    if len(holders) < seats or facts.holds(pair):
        return False
    if pair.opening.schedule is None:
        return True
    possible = [session for session, _ in facts.stays(pair.person.person_id, pair.opening)]
    diaries = [facts.diary(holder) for holder in holders]
    taken = (sum(diary.stay(session) is not None for diary in diaries) for session in possible)
    return bool(possible) and all(count >= seats for count in taken)


def conflict(facts: Facts, pair: Pair) -> bool:
    """Somebody whom the person must not meet is pinned or placed at that host."""
    if facts.holds(pair):
        return False
    foes = facts.foes.get(pair.person.person_id, set())
    return not foes.isdisjoint(facts.people_at.get(pair.host.host_id, ()))


def declined(facts: Facts, pair: Pair) -> bool:
    """The person or the host refused, the pair is forbidden, or the row that said so could not be read."""
    return (pair.person.person_id, pair.opening.opening_id) in facts.barred


RULES: tuple[Callable[[Facts, Pair], bool], ...] = (
    time,
    reach,
    travel,
    role,
    age,
    contact,
    physical,
    wheelchair,
    acceptance,
    companion,
    capacity,
    conflict,
    declined,
)


def forbidding(facts: Facts, pair: Pair) -> tuple[str, ...]:
    """The codes of the rules that forbid the pair; the wording of `avoid` is for people to judge and left out."""
    return tuple(rule.__name__ for rule in RULES if rule(facts, pair))
