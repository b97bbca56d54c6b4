"""Links: for one page and one purpose, by the hash of a token."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from matcher.model.account import AccountRole
from matcher.model.link import Link, LinkPurpose
from matcher.model.records import AuditEvent
from matcher.model.survey import SurveyRound
from matcher.permissions import OPERATOR, Actor, Kind, NotAllowed
from matcher.services.links import (
    LinkRefused,
    LinkUnusable,
    list_links,
    make_link,
    open_link,
    revoke_link,
    see_link,
    use_link,
)
from matcher.storage.work import NotThere
from tests.integration.conftest import OURS, THEIRS
from tests.integration.services.invited import add_areas, invited
from tests.integration.small_town import LEAD, host

ROUND = uuid4()
SURVEY, PAGE, INTAKE = LinkPurpose.SURVEY, LinkPurpose.HOST_PAGE, LinkPurpose.INTAKE


@pytest.fixture
def town(store):
    with store.work(OURS, LEAD) as work:
        add_areas(work)
        work.add(host("H1"), host("H2"))
        work.add(SurveyRound(round_id=ROUND, title="年に一度", starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 20)))
    return store


def made(store, purpose, **more):
    bound = {SURVEY: {"host_id": "H1", "round_id": ROUND}, PAGE: {"host_id": "H1"}, INTAKE: {}}[purpose]
    with store.work(OURS, LEAD) as work:
        return make_link(work, purpose, **{**bound, **more})


@pytest.mark.parametrize(
    ("purpose", "kind", "host_id", "round_id"),
    [
        (SURVEY, Kind.HOST_LINK, "H1", ROUND),
        (PAGE, Kind.HOST_LINK, "H1", None),
        (INTAKE, Kind.INTAKE_LINK, "", None),
    ],
)
def test_a_link_leads_to_its_bearer(town, purpose, kind, host_id, round_id):
    link = made(town, purpose)
    bearer = open_link(town, link.token, purpose)
    assert (bearer.council, bearer.purpose, bearer.round_id) == (OURS, purpose, round_id)
    assert bearer.actor == Actor(kind, link_id=link.link_id, host_id=host_id)


def test_only_the_hash_of_a_token_stands_in_the_database(town):
    link = made(town, PAGE)
    with town.work(OURS, OPERATOR) as work:
        (row,) = work.db.scalars(text("SELECT link::text FROM link")).all()
        (event,) = [e.record for e in work.rows(AuditEvent) if e.record.action == "link.made"]
    assert link.token not in row and link.token.encode().hex() not in row
    assert event.facts == {"purpose": "host_page", "once": False}
    assert link.token not in repr(link)


def test_opening_changes_nothing_however_often(town):
    link = made(town, SURVEY, once=True)

    def everything():
        with town.work(OURS, OPERATOR) as work:
            return work.rows(Link), len(work.rows(AuditEvent))

    before = everything()
    for _ in range(3):
        open_link(town, link.token, SURVEY)
    assert everything() == before


def test_a_link_for_one_use_ends_with_the_use_and_another_does_not(town):
    for once in (True, False):
        link = made(town, SURVEY, once=once)
        bearer = open_link(town, link.token, SURVEY)
        with town.work(OURS, bearer.actor) as work:
            use_link(work)
        if once:
            with pytest.raises(LinkUnusable), town.work(OURS, bearer.actor) as work:
                use_link(work)
            unusable(town, link.token, SURVEY)
        else:
            with town.work(OURS, bearer.actor) as work:
                use_link(work)
            open_link(town, link.token, SURVEY)


def test_a_use_that_fails_does_not_end_the_link(town):
    link = made(town, SURVEY, once=True)
    bearer = open_link(town, link.token, SURVEY)
    with pytest.raises(ZeroDivisionError), town.work(OURS, bearer.actor) as work:
        use_link(work)
        raise ZeroDivisionError
    open_link(town, link.token, SURVEY)


def test_an_actor_without_a_link_uses_none(town):
    with town.work(OURS, LEAD) as work:
        use_link(work)
        assert work.noted == []


@pytest.mark.parametrize("purpose", [SURVEY, PAGE, INTAKE])
def test_what_does_not_stand_is_told_kindly_and_all_the_same(town, database, purpose):
    revoked, expired = made(town, purpose), made(town, purpose, expires_at=database.clock.now + timedelta(hours=1))
    bearer = open_link(town, revoked.token, purpose)
    with town.work(OURS, LEAD) as work:
        revoke_link(work, revoked.link_id)
    with pytest.raises(LinkUnusable), town.work(OURS, bearer.actor) as work:
        use_link(work)  # it was open when it was revoked
    database.clock.pass_(hours=1)
    other = next(p for p in (SURVEY, PAGE, INTAKE) if p is not purpose)
    standing = made(town, purpose)
    said = {
        unusable(town, revoked.token, purpose),
        unusable(town, expired.token, purpose),
        unusable(town, standing.token, other),
        unusable(town, standing.token, LinkPurpose.INVITATION),
        unusable(town, "no-such-token", purpose),
        unusable(town, "", purpose),
    }
    assert len(said) == 1
    with pytest.raises(LinkUnusable), town.work(THEIRS, LEAD) as work:
        see_link.__wrapped__(work, standing.token, purpose)  # another council's walls


def unusable(store, token, purpose):
    with pytest.raises(LinkUnusable) as refused:
        open_link(store, token, purpose)
    return str(refused.value)


def test_a_link_lives_no_longer_than_its_purpose_allows_and_not_into_the_past(town, database):
    link = made(town, SURVEY, expires_at=database.clock.now + timedelta(days=4000))
    assert link.expires_at == database.clock.now + timedelta(days=60)
    with pytest.raises(LinkRefused):
        made(town, SURVEY, expires_at=database.clock.now)


@pytest.mark.parametrize(
    ("purpose", "bound"),
    [
        (SURVEY, {"host_id": "H1"}),
        (SURVEY, {"round_id": ROUND}),
        (PAGE, {}),
        (PAGE, {"host_id": "H1", "round_id": ROUND}),
        (INTAKE, {"host_id": "H1"}),
        (INTAKE, {"round_id": ROUND}),
        (LinkPurpose.INVITATION, {}),
    ],
)
def test_a_purpose_goes_with_what_it_is_bound_to(town, purpose, bound):
    with town.work(OURS, LEAD) as work, pytest.raises(LinkRefused):
        make_link(work, purpose, **bound)


def test_a_link_is_for_a_host_and_a_round_of_this_council(town):
    for bound in ({"host_id": "H9"}, {"round_id": uuid4()}):
        with pytest.raises(NotThere):
            made(town, SURVEY, **bound)
    with town.work(THEIRS, LEAD) as work, pytest.raises(NotThere):
        make_link(work, PAGE, host_id="H1")


def test_links_are_listed_by_host_newest_first_without_invitations(town, database):
    invited(town, AccountRole.LEAD)
    first = made(town, PAGE)
    database.clock.pass_(minutes=1)
    second, other = made(town, SURVEY), made(town, PAGE, host_id="H2")
    with town.work(OURS, LEAD) as work:
        assert [link.record.link_id for link in list_links(work, "H1")] == [second.link_id, first.link_id]
        assert {link.record.link_id for link in list_links(work)} == {first.link_id, second.link_id, other.link_id}
    with town.work(THEIRS, LEAD) as work:
        assert list_links(work) == []


def test_revoking_twice_is_harmless_and_invitations_and_others_links_are_not_ours_to_revoke(town):
    link = made(town, PAGE)
    with town.work(OURS, LEAD) as work:
        revoke_link(work, link.link_id)
        revoke_link(work, link.link_id)
        assert [e.facts for e in work.noted] == [{"stood": True}, {"stood": False}]
    invited(town, AccountRole.LEAD)
    with town.work(OURS, OPERATOR) as work:
        (invitation,) = [s.record for s in work.rows(Link) if s.record.purpose is LinkPurpose.INVITATION]
    with town.work(OURS, LEAD) as work, pytest.raises(NotThere):
        revoke_link(work, invitation.link_id)
    with town.work(THEIRS, LEAD) as work, pytest.raises(NotThere):
        revoke_link(work, link.link_id)


def test_the_bearer_of_a_link_makes_none(town):
    bearer = open_link(town, made(town, PAGE).token, PAGE)
    with town.work(OURS, bearer.actor) as work, pytest.raises(NotAllowed):
        make_link(work, PAGE, host_id="H1")
