"""People: a coordinator meets only those of their areas and those they carry, and no change is lost unseen."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from matcher.model import Area, Conflict, Consent, Person
from matcher.model.account import Account, AccountRole, AccountStatus, Carrying
from matcher.model.placement import Placement
from matcher.model.records import AuditEvent
from matcher.permissions import Action, Actor, Kind, NotAllowed, Where, may_person
from matcher.services import people
from matcher.services.confirming import confirm
from matcher.services.erasing import Why, erase_person
from matcher.storage.work import EditedMeanwhile, NotThere, Store
from matcher.times import parse
from tests.integration.conftest import NOON, OURS
from tests.integration.small_town import LEAD, TOWN, person, town, wished

EAST = Actor(Kind.COORDINATOR, uuid4(), frozenset({(TOWN, "A1")}))
WEST = Actor(Kind.COORDINATOR, uuid4(), frozenset({(TOWN, "A2")}))
NOWHERE = Actor(Kind.COORDINATOR, uuid4())


@pytest.fixture
def ours(store: Store) -> Store:
    """P1 and P2 in the east, P3 in the west, P4 in another town's A1, P5 nowhere, P6 nowhere but carried by WEST."""
    town(store, OURS, people=2)
    with store.work(OURS, LEAD) as work:
        work.add(
            Area(area_id="A2", municipality=TOWN, name="西"),
            Area(area_id="A1", municipality="湊市", name="東"),
            person("P3", area_id="A2"),
            person("P4", municipality="湊市"),
            person("P5", area_id=""),
            person("P6", area_id="", waiting_since=None),
        )
        for actor in (EAST, WEST):
            work.add(account(actor))
        people.carry(work, "P6", WEST.account_id)
    return store


def account(actor: Actor, **more: object) -> Account:
    row = {
        "account_id": actor.account_id, "status": AccountStatus.ACTIVE, "role": AccountRole.COORDINATOR,
        "name": "担当", "email": "a@example.jp", "email_hash": str(actor.account_id).encode(), "invited_at": NOON, **more,
    }  # fmt: skip
    return Account(**row)


@pytest.mark.parametrize(
    ("actor", "seen"),
    [(LEAD, "P1 P2 P3 P4 P5 P6"), (EAST, "P1 P2"), (WEST, "P3 P6"), (NOWHERE, ""),
     (Actor(Kind.COORDINATOR), "")],
)  # fmt: skip
def test_the_list_and_the_record_agree_on_who_may(ours: Store, actor: Actor, seen: str) -> None:
    with ours.work(OURS, actor) as work:
        assert [line.person_id for line in people.list_people(work)] == seen.split()
        for line in people.list_people(work):
            assert may_person(actor, Action.SEE_PEOPLE, Where(line.municipality, line.area_id, line.carried_by))
        for person_id in ("P1", "P2", "P3", "P4", "P5", "P6"):
            if person_id in seen.split():
                assert people.see_person(work, person_id).person.record.person_id == person_id
            else:
                with pytest.raises(NotAllowed):
                    people.see_person(work, person_id)


def test_the_list_is_by_area_by_who_carries_and_in_pages(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        assert [p.person_id for p in people.list_people(work, area=(TOWN, "A1"))] == ["P1", "P2"]
        assert [p.person_id for p in people.list_people(work, limit=2, offset=3)] == ["P4", "P5"]
        assert [p.called for p in people.list_people(work, limit=1)] == ["はるP1"]
    with ours.work(OURS, WEST) as work:
        assert [p.person_id for p in people.list_people(work, mine=True)] == ["P6"]


def test_the_list_opens_nothing_but_nicknames(ours: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    with ours.work(OURS, EAST) as work:
        real = work.sealer.open
        monkeypatch.setattr(work.sealer, "open", lambda place, sealed: opened.append(place[2:]) or real(place, sealed))
        people.list_people(work)
        assert opened == [("P1", "alias"), ("P2", "alias")]


def test_others_meet_nobody(ours: Store, actor: Callable[..., Actor]) -> None:
    for kind in (Kind.ADMINISTRATOR, Kind.STATISTICS, Kind.HOST_LINK, Kind.INTAKE_LINK, Kind.OPERATOR):
        with pytest.raises(NotAllowed), ours.work(OURS, actor(kind)) as work:
            people.list_people(work)


def test_reading_a_record_is_noted(ours: Store) -> None:
    with ours.work(OURS, EAST) as work:
        people.keep_apart(work, "P2", "P1")
    with ours.work(OURS, EAST) as work:
        seen = people.see_person(work, "P1")
    assert seen.apart_from == ("P2",) and seen.carried_by is None
    with ours.work(OURS, LEAD) as work:
        event = work.rows(AuditEvent)[-1].record
    assert (event.action, event.noun_key, event.actor) == ("person.read", "P1", EAST.name)


def test_a_new_person_is_put_in_ones_own_area_and_has_agreed_to_nothing_yet(ours: Store) -> None:
    with ours.work(OURS, EAST) as work:
        people.add_person(work, person("P7"))
        assert people.see_person(work, "P7").person.record.consent is None
        with pytest.raises(NotAllowed):
            people.add_person(work, person("P8", area_id="A2"))
        with pytest.raises(people.PersonRefused) as refused:
            people.add_person(work, person("P1"))
        assert refused.value.code == "there"
    with ours.work(OURS, LEAD) as work:
        erase_person(work, "P7", Why.MISTAKE)
        for code, new in (("erased", person("P7")), ("area", person("P9", area_id="A9"))):
            with pytest.raises(people.PersonRefused) as refused:
                people.add_person(work, new)
            assert refused.value.code == code


def test_the_second_of_two_who_change_a_record_sees_the_first_ones_words(ours: Store) -> None:
    with ours.work(OURS, EAST) as work:
        assert people.change_person(work, person("P1", interests="土", avoid="音", consent=Consent.SHARE), 1) == 2
    with pytest.raises(EditedMeanwhile) as refused, ours.work(OURS, LEAD) as work:
        people.change_person(work, person("P1", interests="川"), 1)
    assert refused.value.current is not None
    current = refused.value.current.record
    assert isinstance(current, Person)
    assert (current.interests, current.avoid, current.consent) == ("土", "音", Consent.INTERNAL)
    with ours.work(OURS, LEAD) as work:
        event = work.rows(AuditEvent)[-1].record
    assert (event.action, event.facts) == ("person.changed", {"changed": ["interests", "avoid"], "moved": 0})


def test_another_coordinators_person_is_not_changed(ours: Store) -> None:
    with pytest.raises(NotAllowed), ours.work(OURS, WEST) as work:
        people.change_person(work, person("P1", area_id="A2"), 1)
    with ours.work(OURS, LEAD) as work:
        assert work.get(Person, "P1").record == person("P1")


def test_new_hours_move_the_seats_that_are_held(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        confirm(work, wished(work, "P1"), request_key="k")
        people.change_person(work, person("P1", availability=parse("木 13:00-17:00")), 1)
        assert {s.weekday() for s in work.rows(Placement)[0].record.sessions} == {3}


def test_the_lead_decides_who_carries_whom(ours: Store) -> None:
    with pytest.raises(NotAllowed), ours.work(OURS, EAST) as work:
        people.carry(work, "P1", EAST.account_id)
    with ours.work(OURS, LEAD) as work:
        people.carry(work, "P1", WEST.account_id)
        people.carry(work, "P1", EAST.account_id)
        assert work.get(Carrying, "P1").record.account_id == EAST.account_id
        people.carry(work, "P1", None)
        assert work.find(Carrying, "P1") is None
        closed = Actor(Kind.COORDINATOR, uuid4())
        work.add(account(closed, status=AccountStatus.CLOSED), account(NOWHERE, role=AccountRole.STATISTICS))
        for account_id in (uuid4(), closed.account_id, NOWHERE.account_id):
            with pytest.raises(people.PersonRefused) as refused:
                people.carry(work, "P1", account_id)
            assert refused.value.code == "account"


def test_two_are_kept_apart_once_and_in_either_order(ours: Store) -> None:
    with ours.work(OURS, EAST) as work:
        people.keep_apart(work, "P2", "P1")
        people.keep_apart(work, "P1", "P2")
        assert [c.record.key for c in work.rows(Conflict)] == [("P1", "P2")]
        people.no_longer_apart(work, "P2", "P1")
        assert not work.rows(Conflict)
        with pytest.raises(people.PersonRefused):
            people.keep_apart(work, "P1", "P1")
        with pytest.raises(NotAllowed):
            people.keep_apart(work, "P1", "P3")
        with pytest.raises(NotAllowed):  # in the same words, so that nobody learns who is there
            people.keep_apart(work, "P1", "P99")
    with ours.work(OURS, LEAD) as work, pytest.raises(NotThere):
        people.keep_apart(work, "P1", "P99")
