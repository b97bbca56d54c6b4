"""A made-up town small enough to see through: one host, a few openings, people who can come on Tuesdays and Thursdays."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from matcher.model import (
    Acceptance,
    Area,
    Companion,
    CompanionKind,
    Consent,
    Host,
    HostKind,
    Opening,
    Person,
    Role,
)
from matcher.model.suggestion import Suggestion, SuggestionStatus
from matcher.permissions import Actor, Kind
from matcher.storage.work import TOKYO, Store, Work
from matcher.times import parse

TOWN = "若葉野市"
TUESDAY = datetime(2026, 12, 8, 14, 0, tzinfo=TOKYO)
LEAD = Actor(Kind.LEAD, uuid4())


def host(host_id: str = "H1", **more: object) -> Host:
    """A host that says yes."""
    given = {"name": "お茶の間ひなた", "kind": HostKind.SALON, "municipality": TOWN, "area_id": "A1"}
    return Host.model_construct(
        **{**_defaults(Host), **given, "accepts": Acceptance.YES, "surveyed_on": date(2026, 10, 1), "host_id": host_id}
        | more
    )


def opening(opening_id: str = "O1", **more: object) -> Opening:
    """Something to do on Tuesdays and Thursdays from two to four."""
    given = {"host_id": "H1", "title": "花壇の水やり", "role": Role.HELP, "schedule": parse("火・木 14:00-16:00")}
    return Opening.model_construct(**{**_defaults(Opening), **given, "opening_id": opening_id} | more)


def person(person_id: str = "P1", **more: object) -> Person:
    """Somebody who likes plants, can come on weekday afternoons, and agreed to be thought of."""
    given = {
        "alias": f"はる{person_id}",
        "municipality": TOWN,
        "area_id": "A1",
        "interests": "花や野菜を育てるのが好き",
        "availability": parse("平日 13:00-17:00"),
        "consent": Consent.INTERNAL,
        "waiting_since": date(2026, 3, 1),
    }
    return Person.model_construct(**{**_defaults(Person), **given, "person_id": person_id} | more)


def companion(companion_id: str = "C1", **more: object) -> Companion:
    """Somebody who comes along on weekday afternoons, twice a week."""
    given = {
        "name": "佐藤さくら",
        "kind": CompanionKind.CSW,
        "municipality": TOWN,
        "availability": parse("平日 9:00-17:00"),
    }
    return Companion.model_construct(**{**_defaults(Companion), **given, "companion_id": companion_id} | more)


def area() -> Area:
    """The one area."""
    return Area.model_construct(**{**_defaults(Area), "area_id": "A1", "municipality": TOWN, "name": "東"})


def fill(work: Work, people: int = 2, *, capacity: int = 1, openings: int = 1) -> None:
    """Put the town in."""
    work.add(area())
    work.add(host())
    work.add(*(opening(f"O{n}", capacity=capacity) for n in range(1, openings + 1)))
    work.add(*(person(f"P{n}") for n in range(1, people + 1)))
    work.add(companion())


def wished(work: Work, person_id: str, opening_id: str = "O1", **more: object) -> UUID:
    """A suggestion that the person said yes to, ready to be confirmed."""
    made = Suggestion(
        suggestion_id=uuid4(),
        status=SuggestionStatus.WISHED,
        person_id=person_id,
        opening_id=opening_id,
        first_session=TUESDAY,
        made_at=work.now,
    )
    work.add(made.model_copy(update=more))
    return made.suggestion_id


def town(store: Store, council: str, people: int = 2, **more: int) -> None:
    """The town in a store, in a transaction of its own."""
    with store.work(council, LEAD) as work:
        fill(work, people, **more)


def days(number: int) -> timedelta:
    """So many days."""
    return timedelta(days=number)


def _defaults(noun: type) -> dict[str, object]:
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in noun.model_fields.items()
        if not field.is_required()
    }
