"""Companions: added, changed, reached, and not taken away while somebody counts on them."""

import pytest

from matcher.model.contact import CompanionContact
from matcher.model.placement import Placement
from matcher.model.records import AuditEvent
from matcher.permissions import Actor, Kind, NotAllowed
from matcher.services.accompanying import record_step
from matcher.services.companions import (
    CompanionRefused,
    add_companion,
    change_companion,
    list_companions,
    remove_companion,
)
from matcher.services.confirming import confirm
from matcher.services.contacts import put_companion_contact, see_companion_contact
from matcher.storage.work import EditedMeanwhile, Store
from tests.integration.conftest import OURS
from tests.integration.small_town import LEAD, companion, town, wished


def test_a_companion_comes_changes_and_goes(store: Store) -> None:
    town(store, OURS)
    with store.work(OURS, LEAD) as work:
        add_companion(work, companion("C2", name="木村たえ"))
        change_companion(work, companion("C2", name="木村たえ", per_week=5), 1)
        put_companion_contact(work, CompanionContact(companion_id="C2", phone="090-0000-0000"), None)
        found = see_companion_contact(work, "C2")
        assert found is not None and found.record.phone == "090-0000-0000"
        assert [(c.record.companion_id, c.record.per_week) for c in list_companions(work)] == [("C1", 2), ("C2", 5)]
        remove_companion(work, "C2")
        assert work.find(CompanionContact, "C2") is None
    with store.work(OURS, LEAD) as work:
        told = {s.record.action: s.record.facts for s in work.rows(AuditEvent)}
    assert told["companion.changed"] == {"changed": ["per_week"]} and told["companion.listed"] == {"count": 2}


def test_one_who_is_to_go_along_stays(store: Store) -> None:
    town(store, OURS)
    with store.work(OURS, LEAD) as work:
        wish = wished(work, "P1", companion_id="C1")
        for step in ("open", "agreed"):
            with pytest.raises(CompanionRefused) as refused:
                remove_companion(work, "C1")
            assert refused.value.code == "needed"
            if step == "open":
                confirm(work, wish, request_key="k")
        placement = work.rows(Placement)[0]
        record_step(work, placement.record.placement_id, "visit", seen=placement.version)
        remove_companion(work, "C1")
        assert work.rows(Placement)[0].record.companion_id == ""


def test_what_cannot_be_is_refused(store: Store) -> None:
    town(store, OURS)
    with store.work(OURS, LEAD) as work:
        with pytest.raises(CompanionRefused):
            add_companion(work, companion())
        change_companion(work, companion(per_week=1), 1)
    with pytest.raises(EditedMeanwhile), store.work(OURS, LEAD) as work:
        change_companion(work, companion(per_week=3), 1)
    with pytest.raises(NotAllowed), store.work(OURS, Actor(Kind.STATISTICS)) as work:
        list_companions(work)
