"""Accounts: adding, listing, areas, inviting again, closing."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from matcher.model.account import Account, AccountArea, AccountRole, AccountStatus, Carrying
from matcher.model.link import Link
from matcher.model.records import AuditEvent
from matcher.model.statuses import NotPossibleNow
from matcher.permissions import OPERATOR, Kind, NotAllowed
from matcher.services.accounts import (
    AccountRefused,
    Overview,
    add_account,
    close_account,
    find_account,
    invite_again,
    list_accounts,
    see_overview,
    set_areas,
)
from matcher.storage.work import EditedMeanwhile, NotThere
from tests.integration.conftest import OURS, THEIRS
from tests.integration.services.invited import EMAIL, TOWN, add_areas, invited, let_in
from tests.integration.small_town import person


def test_an_added_account_is_invited_by_a_link_of_which_only_the_hash_is_kept(store, database):
    with store.work(OURS, OPERATOR) as work:
        add_areas(work)
        made = add_account(work, AccountRole.COORDINATOR, "川井はなこ", f"  {EMAIL.upper()} ", [(TOWN, "A1")] * 2)
    assert len(made.token) == 43  # 256 bits
    assert made.token not in repr(made)
    assert (made.expires_at - database.clock.now).days == 7
    with store.work(OURS, OPERATOR) as work:
        (account,) = (a.record for a in work.rows(Account))
        assert (account.status, account.email, account.password_hash) == (AccountStatus.INVITED, EMAIL, "")
        assert [area.record.area_id for area in work.rows(AccountArea)] == ["A1"]
        row = work.db.execute(text("SELECT link::text AS link, account::text AS account FROM link, account")).one()
        assert made.token not in row.link
        assert not any(plain in row.account for plain in ("川井", "hanako", EMAIL))
        (link,) = (stored.record for stored in work.rows(Link))
        assert link.once and link.account_id == account.account_id


@pytest.mark.parametrize(
    "email", ["", "hanako", "@example.jp", "a b@example.jp", "a@b@c.jp", "hanako@example", "x" * 250 + "@a.jp"]
)
def test_what_is_no_address_is_refused(store, email):
    with store.work(OURS, OPERATOR) as work, pytest.raises(AccountRefused, match="メールアドレスの形"):
        add_account(work, AccountRole.LEAD, "川井はなこ", email)


def test_a_blank_name_and_an_unknown_area_are_refused(store):
    with pytest.raises(AccountRefused, match="氏名"), store.work(OURS, OPERATOR) as work:
        add_account(work, AccountRole.LEAD, " ", EMAIL)
    with pytest.raises(AccountRefused, match="圏域 A9"), store.work(OURS, OPERATOR) as work:
        add_account(work, AccountRole.COORDINATOR, "川井はなこ", EMAIL, [(TOWN, "A9")])
    with store.work(OURS, OPERATOR) as work:
        assert work.rows(Account) == []


@pytest.mark.parametrize("council", [OURS, THEIRS])
def test_an_address_has_one_account_over_all_councils_and_the_refusal_tells_nothing_of_whose(store, council):
    invited(store, AccountRole.LEAD)
    with pytest.raises(AccountRefused) as refused, store.work(council, OPERATOR) as work:
        add_account(work, AccountRole.LEAD, "別の人", "ＨＡＮＡＫＯ@example.jp")
    assert OURS not in str(refused.value) and EMAIL not in str(refused.value)
    assert refused.value.__cause__ is None and refused.value.__suppress_context__


def test_the_list_shows_nothing_of_passwords_and_is_noted(store, database):
    let_in(store, database, AccountRole.LEAD)
    invited(store, AccountRole.ADMINISTRATOR, "kanri@example.jp")
    invited(store, AccountRole.LEAD, "minato@example.jp", THEIRS)
    with store.work(OURS, OPERATOR) as work:
        listed = list_accounts(work)
    assert [(one.role.value, one.email, one.status.value) for one in listed] == [
        ("administrator", "kanri@example.jp", "invited"),
        ("lead", EMAIL, "active"),
    ]
    assert not any("argon2" in repr(one) for one in listed)
    with store.work(OURS, OPERATOR) as work:
        last = work.rows(AuditEvent)[-1].record
    assert (last.action, last.facts) == ("account.listed", {"count": 2})


def test_an_account_is_found_by_its_address_in_its_own_council_alone(store):
    account_id, _ = invited(store, AccountRole.LEAD)
    with store.work(OURS, OPERATOR) as work:
        assert find_account(work, EMAIL.title()) == account_id
    with store.work(THEIRS, OPERATOR) as work, pytest.raises(AccountRefused):
        find_account(work, EMAIL)


def test_areas_are_set_whole_and_nobodys_edit_is_lost(store):
    with store.work(OURS, OPERATOR) as work:
        add_areas(work)
    account_id, _ = invited(store, AccountRole.COORDINATOR, areas=[(TOWN, "A1")])
    with store.work(OURS, OPERATOR) as work:
        assert set_areas(work, account_id, [(TOWN, "A2")], seen=1) == 2
        (listed,) = list_accounts(work)
    assert (listed.areas, listed.version) == (((TOWN, "A2"),), 2)
    with pytest.raises(EditedMeanwhile), store.work(OURS, OPERATOR) as work:
        set_areas(work, account_id, [], seen=1)
    with pytest.raises(NotThere), store.work(THEIRS, OPERATOR) as work:
        set_areas(work, account_id, [], seen=2)


def test_closing_ends_password_codes_and_invitations_and_tells_how_many_are_carried(store, database):
    worker = let_in(store, database, AccountRole.LEAD)
    with store.work(OURS, OPERATOR) as work:
        add_areas(work)
        work.add(person("P1"), person("P2"))
        work.add(*(Carrying(person_id=p, account_id=worker.account_id, since=work.now) for p in ("P1", "P2")))
    with store.work(OURS, OPERATOR) as work:
        assert close_account(work, worker.account_id) == 2
    with store.work(OURS, OPERATOR) as work:
        account = work.get(Account, worker.account_id).record
        assert (account.status, account.password_hash, account.totp_secret) == (AccountStatus.CLOSED, "", "")
    with pytest.raises(NotPossibleNow), store.work(OURS, OPERATOR) as work:
        close_account(work, worker.account_id)
    with pytest.raises(NotThere), store.work(OURS, OPERATOR) as work:
        close_account(work, uuid4())


@pytest.mark.parametrize("before", ["invited", "active", "closed"])
def test_inviting_again_ends_what_was_before(store, database, before):
    if before == "invited":
        account_id, _ = invited(store, AccountRole.COORDINATOR)
    else:
        account_id = let_in(store, database, AccountRole.COORDINATOR).account_id
    if before == "closed":
        with store.work(OURS, OPERATOR) as work:
            close_account(work, account_id)
    with store.work(OURS, OPERATOR) as work:
        made = invite_again(work, account_id)
    with store.work(OURS, OPERATOR) as work:
        account = work.get(Account, account_id).record
        assert (account.status, account.password_hash, account.accepted_at) == (AccountStatus.INVITED, "", None)
        standing = [s.record.link_id for s in work.rows(Link) if not (s.record.revoked_at or s.record.used_at)]
    assert standing == [made.link_id]


def test_an_overview_counts_by_status(store, database):
    let_in(store, database, AccountRole.COORDINATOR)
    invited(store, AccountRole.LEAD, "tokatsu@example.jp")
    with store.work(OURS, OPERATOR) as work:
        assert see_overview(work) == Overview("若葉野市社会福祉協議会", 1, 1)
    with store.work(THEIRS, OPERATOR) as work:
        assert see_overview(work) == Overview("湊市社会福祉協議会", 0, 0)


@pytest.mark.parametrize("kind", [Kind.LEAD, Kind.COORDINATOR, Kind.STATISTICS, Kind.NOBODY])
def test_only_administrators_and_the_operator_manage_accounts(store, actor, kind):
    with store.work(OURS, actor(kind)) as work, pytest.raises(NotAllowed):
        list_accounts(work)
    with store.work(OURS, actor(Kind.ADMINISTRATOR)) as work:
        assert list_accounts(work) == []


def test_no_event_tells_who_it_was(store, database):
    worker = let_in(store, database, AccountRole.LEAD)
    with store.work(OURS, OPERATOR) as work:
        close_account(work, worker.account_id)
        events = [event.record for event in work.rows(AuditEvent)]
    assert {"account.added", "link.made", "account.password_set", "account.accepted"} <= {e.action for e in events}
    for event in events:
        assert not any(word in event.model_dump_json(exclude={"before", "digest"}) for word in ("川井", "hanako"))
        assert event.noun != "account" or UUID(event.noun_key)
