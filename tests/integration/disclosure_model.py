"""What each host may see, said a second time and much more simply than by the services: without tables."""

from dataclasses import dataclass, field
from uuid import UUID

from matcher.model.codes import Consent
from matcher.model.consent import Purpose, Told

PEOPLE = ("P1", "P2", "P3")


@dataclass
class Agreement:
    """What somebody agreed to."""

    number: UUID
    person: str
    state: Consent
    own: bool = True  # the person's word, not the ground of a meeting
    host: str = ""
    purpose: Purpose | None = None
    items: frozenset[Told] = frozenset()
    agreed: str = ""
    stands: bool = True


@dataclass
class Model:
    """All agreements and all that was told."""

    agreements: list[Agreement] = field(default_factory=list)
    told: dict[UUID, tuple[Agreement, UUID | None]] = field(default_factory=dict)  # and what it was about
    people: set[str] = field(default_factory=lambda: set(PEOPLE))

    def of(self, person: str) -> list[Agreement]:
        return [a for a in self.agreements if a.person == person and a.stands]

    def say(self, new: Agreement) -> None:
        for old in self.of(new.person):
            replaced = (
                not old.own
                if not new.own
                else Consent.NONE in (new.state, old.state)
                or (old.state, old.host, old.purpose) == (new.state, new.host, new.purpose)
            )
            old.stands = old.stands and not replaced
        self.agreements.append(new)

    def take_back(self, person: str, number: UUID | None) -> None:
        for old in self.of(person):
            if old.number == number or (number is None and old.state is not Consent.NONE):
                old.stands = False

    def erase(self, person: str) -> None:
        self.people.discard(person)
        self.agreements = [a for a in self.agreements if a.person != person]
        self.told = {number: (a, about) for number, (a, about) in self.told.items() if a.person != person}

    def state(self, person: str) -> Consent:
        states = {a.state for a in self.of(person) if a.own}
        return next((s for s in (Consent.SHARE, Consent.INTERNAL) if s in states), Consent.NONE)

    def ground(self, person: str, host_id: str, purpose: Purpose) -> Agreement | None:
        """What lets this host be told for this purpose."""
        return next((a for a in self.of(person) if (a.host, a.purpose) == (host_id, purpose)), None)
