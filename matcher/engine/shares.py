"""A bundle of many towns cut into shares that can be judged apart.

Rule `reach` forbids every opening of another town that is not online. So what one town's people can be told follows from
their own town's openings and all that are online, from who holds a seat at these, and from whom they must not meet.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass

from matcher.engine.problem import HOLDING
from matcher.model import Bundle, Person

ENOUGH = 1000  # people of a share, where one town more would make it larger than need be


@dataclass(frozen=True, slots=True)
class Share:
    """Some towns: the rows that their people's answers depend on, and the IDs of these people, sorted."""

    bundle: Bundle
    people: tuple[str, ...]


def shares(bundle: Bundle, enough: int = ENOUGH) -> list[Share]:
    """Shares of whole towns, in the order of their names; one alone where nobody lives in a second town."""
    people: dict[str, list[Person]] = {}
    for person in bundle.people:
        people.setdefault(person.municipality, []).append(person)
    return [_share(bundle, towns) for towns in _grouped({t: len(own) for t, own in people.items()}, enough)]


def _grouped(sizes: dict[str, int], enough: int) -> Iterator[frozenset[str]]:
    """Towns together until they are enough."""
    group: list[str] = []
    for town in sorted(sizes):
        group.append(town)
        if sum(sizes[t] for t in group) >= enough:
            yield frozenset(group)
            group = []
    if group:
        yield frozenset(group)


def _share(bundle: Bundle, towns: Set[str]) -> Share:
    own = {p.person_id for p in bundle.people if p.municipality in towns}
    host_town = {h.host_id: h.municipality for h in bundle.hosts}
    reached = {o.opening_id for o in bundle.openings if o.online or host_town.get(o.host_id) in towns}
    conflicts = tuple(c for c in bundle.conflicts if c.person_a in own or c.person_b in own)
    among = own | {c.person_a for c in conflicts} | {c.person_b for c in conflicts}
    among |= {r.person_id for r in bundle.history if r.status in HOLDING and r.opening_id in reached}
    history = tuple(r for r in bundle.history if r.person_id in among)
    openings = reached | {r.opening_id for r in history}
    rows = tuple(o for o in bundle.openings if o.opening_id in openings)
    hosts = {o.host_id for o in rows}
    return Share(
        Bundle(
            areas=tuple(a for a in bundle.areas if a.municipality in towns),
            hosts=tuple(h for h in bundle.hosts if h.host_id in hosts),
            openings=rows,
            people=tuple(p for p in bundle.people if p.person_id in among),
            companions=tuple(c for c in bundle.companions if c.municipality in towns),
            history=history,
            conflicts=conflicts,
            withheld=frozenset((p, o) for p, o in bundle.withheld if p in own),
        ),
        tuple(sorted(own)),
    )
