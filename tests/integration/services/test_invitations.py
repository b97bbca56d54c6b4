"""Invitations: a password of one's own, a first code, and then one is in."""

from urllib.parse import parse_qs, urlsplit

import pytest

from matcher.model.account import Account, AccountRole, AccountStatus
from matcher.model.link import Link, LinkPurpose
from matcher.permissions import NOBODY, OPERATOR
from matcher.services.accounts import close_account, invite_again
from matcher.services.invitations import CodeWrong, Invitation, confirm_code, see_invitation, set_password
from matcher.services.links import LinkUnusable, council_of, open_link
from matcher.services.passwords import PasswordRefused
from tests.integration.conftest import OURS, THEIRS
from tests.integration.services.invited import EMAIL, PASSWORD, code_of, invited


def secret_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["secret"][0]


def account(store, account_id):
    with store.work(OURS, OPERATOR) as work:
        return work.get(Account, account_id).record


@pytest.mark.parametrize(("role", "needed"), [(r, r.value in ("administrator", "lead")) for r in AccountRole])
def test_roles_that_see_everybody_need_codes_and_others_do_not(store, database, role, needed):
    account_id, token = invited(store, role)
    assert council_of(store, token) == OURS
    with store.work(OURS, NOBODY) as work:
        assert see_invitation(work, token) == Invitation("川井はなこ", role, needed)
    with store.work(OURS, NOBODY) as work:
        done = set_password(work, token, PASSWORD)
    assert bool(done.app_address) is needed
    assert account(store, account_id).status is (AccountStatus.INVITED if needed else AccountStatus.ACTIVE)


def test_the_first_right_code_makes_the_account_usable(store, database):
    account_id, token = invited(store, AccountRole.LEAD)
    with store.work(OURS, NOBODY) as work:
        done = set_password(work, token, PASSWORD)
    assert secret_of(done.app_address) not in repr(done)
    secret = secret_of(done.app_address)
    with pytest.raises(CodeWrong), store.work(OURS, NOBODY) as work:
        confirm_code(work, token, code_of(secret, database, 5))
    assert account(store, account_id).status is AccountStatus.INVITED
    with store.work(OURS, NOBODY) as work:
        confirm_code(work, token, code_of(secret, database))
    accepted = account(store, account_id)
    assert (accepted.status, accepted.accepted_at) == (AccountStatus.ACTIVE, database.clock.now)
    assert accepted.totp_step == int(database.clock.now.timestamp()) // 30


def test_others_may_have_codes_too(store, database):
    account_id, token = invited(store, AccountRole.COORDINATOR)
    with store.work(OURS, NOBODY) as work:
        done = set_password(work, token, PASSWORD, with_codes=True)
    assert account(store, account_id).status is AccountStatus.INVITED
    with store.work(OURS, NOBODY) as work:
        confirm_code(work, token, code_of(secret_of(done.app_address), database))
    assert account(store, account_id).status is AccountStatus.ACTIVE


def test_looking_changes_nothing_and_until_it_is_done_it_can_be_done_again(store, database):
    _, token = invited(store, AccountRole.LEAD)
    for _ in range(3):
        with store.work(OURS, NOBODY) as work:
            see_invitation(work, token)
    with store.work(OURS, NOBODY) as work:
        first = secret_of(set_password(work, token, "kinou-no-aikotoba").app_address)
    with store.work(OURS, NOBODY) as work:
        second = secret_of(set_password(work, token, PASSWORD).app_address)
    assert first != second
    with pytest.raises(CodeWrong), store.work(OURS, NOBODY) as work:
        confirm_code(work, token, code_of(first, database))
    with store.work(OURS, NOBODY) as work:
        confirm_code(work, token, code_of(second, database))


def test_a_used_invitation_is_none_any_more(store):
    _, token = invited(store, AccountRole.COORDINATOR)
    with store.work(OURS, NOBODY) as work:
        set_password(work, token, PASSWORD)
    refused(store, token)


def test_an_invitation_ends_after_seven_days(store, database):
    _, token = invited(store, AccountRole.COORDINATOR)
    database.clock.pass_(days=6, hours=23, minutes=59)
    with store.work(OURS, NOBODY) as work:
        see_invitation(work, token)
    database.clock.pass_(minutes=1)
    refused(store, token)


def test_closing_and_inviting_again_end_it(store):
    account_id, first = invited(store, AccountRole.COORDINATOR)
    with store.work(OURS, OPERATOR) as work:
        second = invite_again(work, account_id).token
    refused(store, first)
    with store.work(OURS, OPERATOR) as work:
        close_account(work, account_id)
    refused(store, second)
    with store.work(OURS, OPERATOR) as work:
        assert all(link.record.revoked_at is not None for link in work.rows(Link))


def test_a_token_opens_nothing_in_another_council_nor_for_another_purpose(store):
    _, token = invited(store, AccountRole.COORDINATOR)
    refused(store, token, THEIRS)
    for purpose in LinkPurpose:
        with pytest.raises(LinkUnusable):
            open_link(store, token, purpose)


def test_a_code_before_a_password_is_refused(store):
    _, token = invited(store, AccountRole.LEAD)
    with pytest.raises(LinkUnusable), store.work(OURS, NOBODY) as work:
        confirm_code(work, token, "000000")


@pytest.mark.parametrize("password", ["mijikai", EMAIL, "password1234"])
def test_a_password_that_is_refused_leaves_the_invitation_as_it_was(store, password):
    account_id, token = invited(store, AccountRole.COORDINATOR)
    with pytest.raises(PasswordRefused), store.work(OURS, NOBODY) as work:
        set_password(work, token, password)
    assert account(store, account_id).password_hash == ""
    with store.work(OURS, NOBODY) as work:
        set_password(work, token, PASSWORD)


def refused(store, token, council=OURS):
    for ask in (
        lambda work: see_invitation(work, token),
        lambda work: set_password(work, token, PASSWORD),
        lambda work: confirm_code(work, token, "123456"),
    ):
        with pytest.raises(LinkUnusable), store.work(council, NOBODY) as work:
            ask(work)
