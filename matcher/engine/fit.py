"""Fit: how well an opening suits a person, a named weighted sum from 0 to 1 in which 0.5 means worth bringing up.

Two halves. The words half (at most WORDS) is what meets between the person's words and the opening; the rest is how
gently the opening could be begun (hours, nearness, calm …). The second half alone never reaches 0.5: without anything
that meets what the person says, nothing is suggested.
"""

from collections.abc import Callable
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matcher.engine.block import Block
from matcher.engine.problem import ALL_ROLES, Floats
from matcher.engine.profiles import AVOID_CHECK, Profiles, as_floats
from matcher.model import Acceptance, HistoryStatus
from matcher.words import Kind

WORDS = 0.7
# How much each source of words can come to by itself; together they add up without ever passing 1.
SOURCES: dict[str, float] = {"interest": 0.88, "strength": 0.65, "biography": 0.6, "wish": 0.22}
WHOLE = 0.4  # of the words half: what whole texts tell, beside their single words
# How much each circumstance weighs; they sum to 1 - WORDS.
CIRCUMSTANCES: dict[str, float] = {
    "role": 0.025,
    "hours": 0.06,
    "near": 0.06,
    "calm": 0.05,
    "physical": 0.025,
    "step": 0.025,
    "host_ready": 0.03,
    "visited": 0.02,
    "companion": 0.005,
}
assert abs(sum(CIRCUMSTANCES.values()) + WORDS - 1) < 1e-9
PARTS = (*SOURCES, *CIRCUMSTANCES)
UNEASY = 0.4  # taken off the words half at most where the opening is near what the person avoids
WORTH, GOOD = 500, 750  # thousandths: worth bringing up; a good fit (stage s3)


def interest(block: Block, profiles: Profiles) -> Floats:
    """What one does there is what the person says they like."""
    return as_floats(profiles.meets(block, Kind.INTEREST))


def strength(block: Block, profiles: Profiles) -> Floats:
    """It uses what the person is good at."""
    return as_floats(profiles.meets(block, Kind.STRENGTH))


def biography(block: Block, profiles: Profiles) -> Floats:
    """It goes with what the person once did."""
    return as_floats(profiles.meets(block, Kind.BIOGRAPHY))


def wish(block: Block, profiles: Profiles) -> Floats:
    """It is done in the way the person wishes: alone, quietly, moving …"""
    return as_floats(profiles.wish(block))


def role(block: Block, profiles: Profiles) -> Floats:
    """The person named this role; half where they named none."""
    named = block.problem.p.roles[block.people][:, None] != ALL_ROLES
    return np.broadcast_to(np.where(named, 1.0, 0.5), block.shape).astype(np.float64)


def hours(block: Block, profiles: Profiles) -> Floats:
    """How many sessions of the horizon the person can attend, four being plenty; half by arrangement or unknown."""
    first = block.problem.timetable.first
    lengths = first[block.openings + 1] - first[block.openings]
    edges = np.concatenate([[0], np.cumsum(lengths)])
    totals = np.zeros((block.shape[0], len(block.sessions) + 1), dtype=np.int32)
    np.cumsum(block.attends, axis=1, out=totals[:, 1:], dtype=np.int32)
    count = np.minimum((totals[:, edges[1:]] - totals[:, edges[:-1]]) / 4, 1.0)
    unknown = np.array([block.problem.people[i].availability is None for i in block.people])[:, None]
    arranged = block.problem.timetable.arranged[block.openings][None, :]
    return np.where(arranged | unknown, 0.5, count)


def near(block: Block, profiles: Profiles) -> Floats:
    """Minutes where both are on the map, else same area, neighbouring area; online needs no way at all."""
    by_area = np.where(
        block.same_area, 1.0, np.where(block.neighbour_area, 0.6, np.where(block.area_unknown, 0.5, 0.2))
    )
    away = block.minutes_away
    by_map = np.clip(1.15 - np.nan_to_num(away) / 60, 0.0, 1.0)
    found = np.where(np.isnan(away), by_area, by_map)
    return np.where(block.problem.o.online[block.openings][None, :], 0.7, found)


def calm(block: Block, profiles: Profiles) -> Floats:
    """How far the contact with others stays under the person's limit; the quieter the better where a limit is low."""
    contact = block.problem.o.contact[block.openings][None, :]
    limit = block.problem.p.contact_max[block.people][:, None]
    room = np.clip(0.6 + 0.2 * (limit - contact), 0.0, 1.0)
    without_limit = np.clip(1.1 - 0.15 * contact, 0.0, 1.0)
    return np.nan_to_num(np.where(np.isnan(limit), without_limit, room), nan=0.5)


def physical(block: Block, profiles: Profiles) -> Floats:
    """The bodily effort is known to stay within the person's limit."""
    within = block.problem.o.physical[block.openings][None, :] <= block.problem.p.physical_max[block.people][:, None]
    unknown = (
        np.isnan(block.problem.o.physical[block.openings])[None, :]
        | np.isnan(block.problem.p.physical_max[block.people])[:, None]
    )
    return np.where(unknown, 0.5, within.astype(np.float64))


def step(block: Block, profiles: Profiles) -> Floats:
    """A small step from where the person stands: being there and simple help ask less than a role of one's own."""
    gentle = {role_: value for role_, value in zip(("attend", "help", "contribute"), (1.0, 0.8, 0.5), strict=True)}
    values = np.array([gentle[block.problem.openings[o].role.value] for o in block.openings])
    return np.broadcast_to(values[None, :], block.shape).astype(np.float64)


def is_old(answered: date, today: date) -> bool:
    """Whether a host's answer is over 12 months old (engine.md, `survey_old`)."""
    return (answered.year + 1, answered.month, answered.day) < (today.year, today.month, today.day)


def host_ready(block: Block, profiles: Profiles) -> Floats:
    """The host answered yes, not long ago; an old or missing answer counts for less, never as a no."""
    values = []
    for o in block.openings:
        host = block.problem.hosts[block.problem.o.host[o]]
        value = {Acceptance.YES: 1.0, Acceptance.CONDITIONAL: 0.7, None: 0.4, Acceptance.NO: 0.0}[host.accepts]
        old = host.surveyed_on is not None and is_old(host.surveyed_on, block.problem.horizon.first)
        values.append(value * (0.7 if old else 1.0))
    return np.broadcast_to(np.array(values)[None, :], block.shape).astype(np.float64)


def visited(block: Block, profiles: Profiles) -> Floats:
    """The person has been there before, or it was proposed already."""
    found = np.zeros(block.shape)
    at = {int(o): j for j, o in enumerate(block.openings)}
    row = {int(p): i for i, p in enumerate(block.people)}
    worth = {HistoryStatus.VISITED: 1.0, HistoryStatus.ENDED: 0.7, HistoryStatus.PROPOSED: 0.7}
    for (p, o), statuses in block.problem.past.items():
        if p in row and o in at:
            found[row[p], at[o]] = max((worth.get(s, 0.0) for s in statuses), default=0.0)
    return found


def companion(block: Block, profiles: Profiles) -> Floats:
    """Whoever needs company on the first day can have it; nobody needs it otherwise."""
    return np.where(block.needs_companion, 0.7, 1.0)


CRITERIA: dict[str, Callable[[Block, Profiles], Floats]] = {
    criterion.__name__: criterion
    for criterion in (
        interest,
        strength,
        biography,
        wish,
        role,
        hours,
        near,
        calm,
        physical,
        step,
        host_ready,
        visited,
        companion,
    )
}
assert tuple(CRITERIA) == PARTS


def words_half(block: Block, profiles: Profiles) -> tuple[Floats, dict[str, Floats]]:
    """How well words meet, 0..1, before any circumstance; and the share that each source has in it.

    Single words: the sources are joined as independent chances of hitting what the person means
    (1 - Π(1 - weight·evidence)), each with a share in proportion to -log(1 - weight·evidence). Whole texts: their
    likeness, shared by the fields that say it. What comes near the person's avoidance takes something off both.
    """
    logs = {c: -np.log1p(-weight * np.clip(CRITERIA[c](block, profiles), 0, 1)) for c, weight in SOURCES.items()}
    total = sum(logs.values(), start=np.zeros(block.shape))
    uneasy = as_floats(block.avoidance(profiles))
    calm_ = 1 - UNEASY * np.where(uneasy >= AVOID_CHECK, np.minimum(uneasy, 1), 0)
    per_log = np.divide((1 - WHOLE) * (1 - np.exp(-total)), total, out=np.zeros(block.shape), where=total > 0)
    likeness, parts = profiles.outlines.shares(block.people, block.openings)
    whole = WHOLE * likeness
    alike = {kind.value: whole * part for kind, part in parts.items()}
    shares = {code: (log * per_log + alike.get(code, 0.0)) * calm_ for code, log in logs.items()}
    return sum(shares.values(), start=np.zeros(block.shape)), shares


def fit(block: Block, profiles: Profiles) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
    """Fit in thousandths (n, m), and its parts (n, m, len(PARTS)), which sum to it before rounding."""
    _, shares = words_half(block, profiles)
    parts = np.empty((*block.shape, len(PARTS)), dtype=np.float32)
    for k, code in enumerate(SOURCES):
        parts[:, :, k] = WORDS * shares[code]
    for k, (code, weight) in enumerate(CIRCUMSTANCES.items(), start=len(SOURCES)):
        parts[:, :, k] = weight * CRITERIA[code](block, profiles)
    whole = np.rint(parts.sum(axis=2, dtype=np.float64) * 1000).astype(np.int16)
    return whole, parts
