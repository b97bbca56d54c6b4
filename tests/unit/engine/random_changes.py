"""Changes of every kind, drawn by number, to a bundle as it is."""

from random import Random

from matcher.engine.changes import (
    Ban,
    Change,
    Close,
    CompanionHours,
    HostHours,
    Newcomers,
    NewOpening,
    PersonReach,
    Pin,
    PutPerson,
    Seats,
)
from matcher.model import Bundle, Consent, HistoryStatus, Reach, Role
from matcher.times import parse

KINDS = (
    "Seats",
    "Newcomers",
    "HostHours",
    "CompanionHours",
    "PersonReach",
    "NewOpening",
    "Pin",
    "Ban",
    "Close",
    "PutPerson",
    "new person",
    "other words",
    "no consent",
)
HOURS = ("火 10:00-12:00", "水・木 13:00-15:00", "土 9:00-12:00", "平日 17:00-20:00")


def drawn(kind: str, bundle: Bundle, draw: Random) -> Change | None:
    """A change of this kind; None where the bundle has nothing of which it could be."""
    person, opening = draw.choice(bundle.people), draw.choice(bundle.openings)
    hours = parse(draw.choice(HOURS))
    assert hours is not None
    match kind:
        case "Seats":
            return Seats(opening.opening_id, draw.choice((-1, 1)))
        case "Newcomers":
            return Newcomers(opening.host_id, draw.choice((-1, 1)))
        case "HostHours":
            return HostHours(opening.host_id, hours)
        case "CompanionHours":
            if not bundle.companions:
                return None
            return CompanionHours(draw.choice(bundle.companions).companion_id, hours)
        case "PersonReach":
            return PersonReach(person.person_id, draw.choice(tuple(Reach)))
        case "NewOpening":
            return NewOpening(person.municipality, person.area_id, draw.choice(tuple(Role)), "花の世話", hours)
        case "Pin":
            return Pin(person.person_id, opening.opening_id)
        case "Ban":
            statuses = (HistoryStatus.DECLINED, HistoryStatus.REFUSED, HistoryStatus.FORBIDDEN)
            return Ban(person.person_id, opening.opening_id, draw.choice(statuses))
        case "Close":
            return Close(opening.host_id)
        case "PutPerson":
            new = {"availability": hours, "wants": draw.choice((1, 2)), "needs_companion": draw.choice((True, None))}
        case "new person":
            number = sum(p.person_id.startswith("N") for p in bundle.people)
            new = {"person_id": f"N{number:03d}", "alias": ""}
        case "other words":
            new = {"interests": draw.choice(("将棋", "花を育てること", "料理")), "avoid": draw.choice(("", "土いじり"))}
        case _:
            new = {"consent": Consent.NONE}
    return PutPerson(person.model_copy(update=new))
