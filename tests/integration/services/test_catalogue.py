"""The catalogue: what is added, changed, paused and closed, and that nobody's change is lost unseen."""

from collections.abc import Callable
from datetime import date

import pytest

from matcher.model import HostKind
from matcher.model.contact import HostContact, Pause
from matcher.model.placement import Placement
from matcher.model.records import AuditEvent
from matcher.permissions import Actor, Kind, NotAllowed
from matcher.services import catalogue, contacts, pausing
from matcher.services.bundle_of import gathered
from matcher.services.confirming import confirm
from matcher.storage.schema import table_of
from matcher.storage.work import EditedMeanwhile, NotThere, Store, Work
from matcher.times import parse
from tests.integration.conftest import OURS, THEIRS
from tests.integration.small_town import LEAD, TOWN, host, opening, town, wished

TODAY = date(2026, 12, 1)


@pytest.fixture
def ours(store: Store) -> Store:
    town(store, OURS, openings=2)
    return store


def last_event(work: Work) -> AuditEvent:
    return work.rows(AuditEvent)[-1].record


def test_hosts_are_listed_by_name_kind_and_area(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        catalogue.add_host(work, host("H2", name="あおば食堂", kind=HostKind.CAFETERIA, area_id="", address="本町1-2"))
        listed = catalogue.list_hosts(work)
        assert [(h.host_id, h.openings, h.away) for h in listed] == [("H2", 0, False), ("H1", 2, False)]
        assert [h.host_id for h in catalogue.list_hosts(work, text="本町")] == ["H2"]
        assert not catalogue.list_hosts(work, text="%")
        assert [h.host_id for h in catalogue.list_hosts(work, kind=HostKind.SALON)] == ["H1"]
        assert [h.host_id for h in catalogue.list_hosts(work, area=(TOWN, "A1"))] == ["H1"]
        assert [h.host_id for h in catalogue.list_hosts(work, limit=1, offset=1)] == ["H1"]
        pausing.pause(work, "H1", starts_on=TODAY, ends_on=TODAY)
        assert [(h.host_id, h.away) for h in catalogue.list_hosts(work)] == [("H2", False), ("H1", True)]
    with ours.work(THEIRS, LEAD) as work:
        assert not catalogue.list_hosts(work)


def test_the_second_of_two_who_change_a_host_sees_the_first_ones_words(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        assert catalogue.change_host(work, host(name="ひなた亭", note="二階"), 1) == 2
    with pytest.raises(EditedMeanwhile) as refused, ours.work(OURS, LEAD) as work:
        catalogue.change_host(work, host(name="別の名"), 1)
    assert refused.value.current is not None
    assert (refused.value.current.record.name, refused.value.current.version) == ("ひなた亭", 2)
    with ours.work(OURS, LEAD) as work:
        event = last_event(work)
    assert (event.action, event.noun_key, event.facts) == ("host.changed", "H1", {"changed": ["name", "note"]})


def test_what_cannot_stand_is_refused(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        for code, do in (
            ("there", lambda: catalogue.add_host(work, host())),
            ("area", lambda: catalogue.add_host(work, host("H9", area_id="A9"))),
            ("area", lambda: catalogue.change_host(work, host(area_id="A9"), 1)),
            ("there", lambda: catalogue.add_opening(work, opening())),
            ("host", lambda: catalogue.add_opening(work, opening("O9", host_id="H9"))),
            ("host", lambda: catalogue.change_opening(work, opening(host_id="H9"), 1)),
            ("there", lambda: catalogue.duplicate_opening(work, "O1", "O2")),
        ):
            with pytest.raises(catalogue.CatalogueRefused) as refused:
                do()
            assert refused.value.code == code
        with pytest.raises(NotThere):
            catalogue.see_host(work, "H9")
        assert len(catalogue.see_host(work, "H1").openings) == 2
        work.note("looked", "council")


def test_an_opening_is_duplicated_with_what_is_different(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        catalogue.duplicate_opening(work, "O1", "O3", {"title": "種まき"})
        found = catalogue.see_opening(work, "O3").record
    assert found == opening("O3", title="種まき")


def test_new_hours_move_the_seats_that_are_held(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        confirm(work, wished(work, "P1"), request_key="k")
        catalogue.change_opening(work, opening("O1", schedule=parse("水 14:00-16:00")), 1)
    with ours.work(OURS, LEAD) as work:
        assert {s.weekday() for s in work.rows(Placement)[0].record.sessions} == {2}
        assert last_event(work).facts == {"changed": ["schedule"], "moved": 1}


def test_a_pause_tells_whom_it_concerns_and_is_made_once(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        wished(work, "P1")
        confirm(work, wished(work, "P2", "O2"), request_key="k")
        first = pausing.pause(work, "H1", starts_on=TODAY, ends_on=date(2026, 12, 9), request_key="pressed")
        again = pausing.pause(work, "H1", starts_on=TODAY, ends_on=date(2026, 12, 9), request_key="pressed")
        assert first == again and (first.placements, first.suggestions) == (1, 1)
        assert len(work.rows(Pause)) == 1
        of_one = pausing.pause(work, "H1", opening_id="O2", starts_on=TODAY, ends_on=TODAY)
        assert (of_one.placements, of_one.suggestions) == (1, 0)


@pytest.mark.parametrize(("on", "left"), [(date(2026, 12, 10), date(2026, 12, 9)), (date(2026, 12, 5), None)])
def test_resuming_ends_a_pause_or_lets_it_never_be(ours: Store, on: date, left: date | None) -> None:
    with ours.work(OURS, LEAD) as work:
        made = pausing.pause(work, "H1", starts_on=date(2026, 12, 5))
        pausing.resume(work, made.pause_id, on)
        assert [p.record.ends_on for p in work.rows(Pause)] == ([left] if left else [])


def test_a_closed_opening_is_not_matched_until_it_opens_again(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        closed = pausing.close(work, "H1", opening_id="O1")
        assert gathered(work, TODAY, date(2026, 12, 28)).left_out == {"O1": "paused"}
        pausing.resume(work, closed.pause_id)
        assert gathered(work, TODAY, date(2026, 12, 28)).left_out == {}


def test_a_pause_the_wrong_way_round_is_refused(ours: Store) -> None:
    with ours.work(OURS, LEAD) as work:
        catalogue.add_host(work, host("H2"))
        for code, more in (("days", {"ends_on": date(2026, 11, 1)}), ("host_of_opening", {"opening_id": "O1"})):
            with pytest.raises(pausing.PauseRefused) as refused:
                pausing.pause(work, "H2", starts_on=TODAY, **more)
            assert refused.value.code == code


def test_a_contact_is_sealed_and_reading_it_is_noted(ours: Store) -> None:
    contact = HostContact(host_id="H1", name="山本ひさ子", phone="03-0000-0000")
    with ours.work(OURS, LEAD) as work:
        assert contacts.see_contact(work, "H1") is None
        assert contacts.put_contact(work, contact, None) == 1
        raw = work.db.execute(table_of(HostContact).select()).mappings().one()
        assert "山本".encode() not in bytes(raw["name"])
    with pytest.raises(EditedMeanwhile), ours.work(OURS, LEAD) as work:
        contacts.put_contact(work, contact, None)
    with ours.work(OURS, LEAD) as work:
        assert contacts.put_contact(work, contact.model_copy(update={"phone": ""}), 1) == 2
        seen = contacts.see_contact(work, "H1")
    assert seen is not None and (seen.record.name, seen.record.phone) == ("山本ひさ子", "")
    with ours.work(OURS, LEAD) as work:
        told = [e.record for e in work.rows(AuditEvent)][-2:]
    assert [e.action for e in told] == ["host_contact.changed", "host_contact.read"]
    assert told[0].facts == {"changed": ["phone"]}


def test_who_may(ours: Store, actor: Callable[..., Actor]) -> None:
    for kind in (Kind.ADMINISTRATOR, Kind.STATISTICS, Kind.NOBODY):
        with pytest.raises(NotAllowed), ours.work(OURS, actor(kind)) as work:
            catalogue.change_host(work, host(), 1)
    with pytest.raises(NotAllowed), ours.work(OURS, Actor(Kind.HOST_LINK, host_id="H1")) as work:
        catalogue.see_host(work, "H1")
