"""The rules of feasibility: one function a rule, each true where it forbids the pair. What is unknown never forbids.

Source of every rule: formats.md, "Rules of feasibility". Each function takes a Block and gives an (n, m) array.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from matcher.engine.block import Block
from matcher.engine.problem import Bools
from matcher.engine.profiles import AVOID_FORBIDS, Profiles
from matcher.model import Reach

HOME, AREA, NEIGHBOUR, CITY = (tuple(Reach).index(r) for r in (Reach.HOME, Reach.AREA, Reach.NEIGHBOUR, Reach.CITY))


def time(block: Block) -> Bools:
    """No session in the horizon where the person can stay long enough; by arrangement, it is over already."""
    timetable = block.problem.timetable
    arranged, over = timetable.arranged[block.openings][None, :], timetable.over[block.openings][None, :]
    never: Bools = np.where(arranged, over, ~block.any_session(block.attends))
    return never


def reach(block: Block) -> Bools:
    """Not online, and farther than the person goes; a blank area on either side does not forbid within one town."""
    p, o = block.problem.p, block.problem.o
    how_far = p.reach[block.people][:, None]
    elsewhere = p.municipality[block.people][:, None] != o.municipality[block.openings][None, :]
    known = ~block.area_unknown
    beyond = known & ~block.same_area & ((how_far == AREA) | ((how_far == NEIGHBOUR) & ~block.neighbour_area))
    forbids: Bools = ~o.online[block.openings][None, :] & (elsewhere | (how_far == HOME) | beyond)
    return forbids


def travel(block: Block) -> Bools:
    """Both ends are on the map, the person named a limit, and the way takes longer. Online needs no way."""
    o = block.problem.o
    too_far = block.minutes_away > block.problem.p.travel_max[block.people][:, None] + 1e-6
    forbids: Bools = too_far & ~o.online[block.openings][None, :]
    return forbids


def role(block: Block) -> Bools:
    """The opening's role is not among those the person named."""
    common = block.problem.p.roles[block.people][:, None] & block.problem.o.role[block.openings][None, :]
    none: Bools = common == 0
    return none


def age(block: Block) -> Bools:
    """The person is younger or older than the opening takes."""
    o, years = block.problem.o, block.problem.p.age[block.people][:, None]
    return (years < o.min_age[block.openings][None, :]) | (years > o.max_age[block.openings][None, :])


def contact(block: Block) -> Bools:
    """There is more contact with others than the person's limit."""
    return block.problem.o.contact[block.openings][None, :] > block.problem.p.contact_max[block.people][:, None]


def physical(block: Block) -> Bools:
    """It is physically heavier than the person's limit."""
    return block.problem.o.physical[block.openings][None, :] > block.problem.p.physical_max[block.people][:, None]


def wheelchair(block: Block) -> Bools:
    """The person uses a wheelchair and the opening says that it cannot be used there."""
    p, o = block.problem.p, block.problem.o
    return p.wheelchair[block.people][:, None] & o.wheelchair_no[block.openings][None, :]


def acceptance(block: Block) -> Bools:
    """The host answered no, or named the roles it takes and this one is not among them."""
    o = block.problem.o
    closed = o.host_says_no | ((o.accepted_roles & o.role) == 0)
    return np.broadcast_to(closed[block.openings][None, :], block.shape)


def companion(block: Block, among: Bools | None = None) -> Bools:
    """The first visit must be accompanied, and no companion of that area is free at any session the person can attend.

    An opening by arrangement has no sessions: it is possible where any companion goes to that area. `among` names the
    pairs worth asking about (those that no other rule forbids), since this rule looks at each session of each pair.
    """
    forbidden = np.zeros(block.shape, dtype=np.bool_)
    candidates = block.needs_companion & ~time(block) if among is None else block.needs_companion & among
    rides = block.problem.rides
    for i, j in zip(*np.nonzero(candidates), strict=True):
        forbidden[i, j] = not rides.possible(int(block.people[i]), int(block.openings[j]))
    return forbidden


def capacity(block: Block) -> Bools:
    """Pinned and placed people have every seat at every session the person could attend."""
    problem = block.problem
    seats = problem.seats
    full_when_arranged = problem.timetable.arranged & (seats.arranged >= problem.o.capacity)
    full = np.broadcast_to(full_when_arranged[block.openings][None, :], block.shape).copy()
    free = (seats.of_session < problem.o.capacity[seats.opening])[block.sessions]
    if not free.all():
        full |= block.any_session(block.attends) & ~block.any_session(block.attends & free[None, :])
    return full


def conflict(block: Block) -> Bools:
    """Somebody whom the person must not meet is pinned or placed at that host."""
    problem = block.problem
    forbidden = np.zeros(block.shape, dtype=np.bool_)
    for i, person in enumerate(block.people):
        hosts = {int(problem.o.host[o]) for foe in problem.foes[person] for o in problem.held[foe]}
        if hosts:
            forbidden[i] = np.isin(problem.o.host[block.openings], list(hosts))
    return forbidden


def declined(block: Block) -> Bools:
    """The history says declined, refused or forbidden for this pair, or such a row waits to be mended."""
    return _pairs(block, block.problem.refused)


def held(block: Block) -> Bools:
    """The pair is pinned or placed already: nothing to suggest."""
    return _pairs(block, frozenset((i, o) for i in map(int, block.people) for o in block.problem.held[i]))


def avoid(block: Block, profiles: Profiles) -> Bools:
    """It is what the person wrote under `avoid`, or said in other words that they do not want."""
    return block.avoidance(profiles) >= AVOID_FORBIDS


RULES: dict[str, Callable[[Block], Bools]] = {
    rule.__name__: rule
    for rule in (
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
}
CODES = (*RULES, "avoid")


def forbidding(block: Block, profiles: Profiles, among: Bools) -> NDArray[np.uint16]:
    """(n, m) bit sets: bit k is set where the rule CODES[k] forbids the pair.

    Rule `companion` is asked last, and only among the pairs given that nothing else forbids.
    """
    found = np.zeros(block.shape, dtype=np.uint16)
    for k, code in enumerate(CODES):
        if code != "companion":
            forbids = avoid(block, profiles) if code == "avoid" else RULES[code](block)
            found |= forbids.astype(np.uint16) << k
    found |= companion(block, among & (found == 0)).astype(np.uint16) << CODES.index("companion")
    return found


def _pairs(block: Block, pairs: "frozenset[tuple[int, int]]") -> Bools:
    found = np.zeros(block.shape, dtype=np.bool_)
    if pairs:
        column = {int(o): j for j, o in enumerate(block.openings)}
        row = {int(p): i for i, p in enumerate(block.people)}
        for p, o in pairs:
            if p in row and o in column:
                found[row[p], column[o]] = True
    return found
