"""Gaps: what kind of opening is missing for people left without, grouped by area, role, hours and activity."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matcher.engine.answer import Answer, PersonStatus
from matcher.engine.problem import Problem
from matcher.engine.profiles import Profiles
from matcher.model import Role
from matcher.times import Weekly, format_cell
from matcher.words import Kind


@dataclass(frozen=True, slots=True)
class Gap:
    """An opening that would be worth bringing up with these people, if somebody made it."""

    municipality: str
    area_id: str
    role: str
    when: str
    activity: str
    people: tuple[str, ...]


def gaps(problem: Problem, wish: Callable[[int], str], answers: Sequence[Answer]) -> tuple[Gap, ...]:
    """For people whom nothing could be suggested: the openings of their own words, most people first.

    `wish` gives the activity that a person names most strongly (`wished`); answers are everybody's (P,).
    """
    groups = defaultdict[tuple[str, str, str, str, str], list[str]](list)
    for person, answer in enumerate(answers):
        if answer.status is not PersonStatus.NO_FIT:
            continue
        activity = wish(person)
        if activity:
            who = problem.people[person]
            role = (who.roles or (Role.ATTEND,))[0].value
            groups[who.municipality, who.area_id, role, _hours(problem, person), activity].append(answer.person_id)
    found = [Gap(*key, tuple(people)) for key, people in groups.items()]
    return tuple(sorted(found, key=lambda g: (-len(g.people), g.municipality, g.area_id, g.activity, g.people)))


def wished(profiles: Profiles, person: int) -> str:
    """The activity the person names most strongly, interests before strengths; empty where they name none."""
    voice = profiles.voices[person]
    for reading, kinds in ((voice.interests, (Kind.INTEREST, Kind.BIOGRAPHY)), (voice.strengths, (Kind.STRENGTH,))):
        own = [m for m in reading.mentions if m.polarity > 0 and m.kind in kinds]
        if own:
            return max(own, key=lambda m: (m.strength, -m.start)).activity
    return ""


def _hours(problem: Problem, person: int) -> str:
    hours = problem.people[person].availability
    if hours is None:
        return ""
    weekly = [p for p in hours.patterns if isinstance(p, Weekly)]
    return format_cell(type(hours)(tuple(weekly[:1] or hours.patterns[:1])))
