"""Logging in: who gets in, who does not, and that nobody learns why."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from matcher.model.account import Account, AccountRole
from matcher.model.login_attempt import LoginAttempt
from matcher.model.records import AuditEvent
from matcher.permissions import NOBODY, OPERATOR, WORKER, Kind
from matcher.services import passwords
from matcher.services.accounts import close_account, invite_again, set_areas
from matcher.services.login import LoggedOut, WrongLogin, log_in, see_actor
from matcher.services.login_attempts import MOST_BY_NETWORK, MustWait, forget_old_attempts
from tests.integration.conftest import OURS, THEIRS
from tests.integration.services.invited import EMAIL, PASSWORD, TOWN, add_areas, invited, let_in

WRONG = "machigatta-aikotoba"
SOURCE = "192.0.2.7"


def events(store, council=OURS):
    with store.work(council, OPERATOR) as work:
        return [(e.record.action, e.record.noun_key, e.record.facts) for e in work.rows(AuditEvent)]


@pytest.mark.parametrize("role", AccountRole)
def test_who_is_let_in_acts_by_the_role_for_the_areas(store, database, role):
    with store.work(OURS, OPERATOR) as work:
        add_areas(work)
    worker = let_in(store, database, role, areas=[(TOWN, "A1")])
    entered = log_in(store, f" {EMAIL.upper()}", PASSWORD, worker.code(database) if worker.secret else "", SOURCE)
    assert entered.council == OURS
    assert entered.actor.kind is Kind(role.value)
    assert entered.actor.account_id == worker.account_id
    assert entered.actor.areas == {(TOWN, "A1")}
    assert events(store)[-1] == ("login.entered", str(worker.account_id), {})


def test_whatever_is_wrong_the_sentence_is_the_same_and_the_reason_is_noted(store, database):
    lead = let_in(store, database, AccountRole.LEAD)
    plain = let_in(store, database, AccountRole.COORDINATOR, "taro@example.jp")
    closed = let_in(store, database, AccountRole.COORDINATOR, "jiro@example.jp")
    with store.work(OURS, OPERATOR) as work:
        close_account(work, closed.account_id)
    invited(store, AccountRole.COORDINATOR, "saburo@example.jp")
    said = set()
    for email, password, code, key, reason in (
        (EMAIL, WRONG, lead.code(database), lead.account_id, "password"),
        (EMAIL, PASSWORD, lead.code(database, 7), lead.account_id, "code"),
        (EMAIL, PASSWORD, "", lead.account_id, "code"),
        (plain.email, WRONG, "", plain.account_id, "password"),
        (closed.email, PASSWORD, "", closed.account_id, "password"),
        ("saburo@example.jp", PASSWORD, "", None, "password"),
    ):
        with pytest.raises(WrongLogin) as refused:
            log_in(store, email, password, code, SOURCE)
        said.add(str(refused.value))
        action, noted, facts = events(store)[-1]
        assert (action, facts) == ("login.failed", {"reason": reason})
        assert key is None or noted == str(key)
    with pytest.raises(WrongLogin) as refused:
        log_in(store, "nobody@example.jp", PASSWORD, "", SOURCE)
    said.add(str(refused.value))
    assert [e for c in (OURS, THEIRS) for e in events(store, c) if e[2] == {"reason": "unknown"}] == [
        ("login.failed", "", {"reason": "unknown"})
    ]
    assert len(said) == 1


def test_an_account_that_is_not_in_use_is_refused_even_with_the_right_password(store, database):
    """Closing takes the password away; should it ever stay, the status alone refuses."""
    worker = let_in(store, database, AccountRole.COORDINATOR)
    with store.work(OURS, OPERATOR) as work:
        kept = work.get(Account, worker.account_id).record.password_hash
        close_account(work, worker.account_id)
        closed = work.get(Account, worker.account_id)
        work.change(closed.record.model_copy(update={"password_hash": kept}), closed.version)
    with pytest.raises(WrongLogin):
        log_in(store, EMAIL, PASSWORD)
    assert events(store)[-1][2] == {"reason": "status"}


def test_a_lead_whose_codes_were_lost_is_not_let_in_without(store, database):
    worker = let_in(store, database, AccountRole.LEAD)
    with store.work(OURS, OPERATOR) as work:
        account = work.get(Account, worker.account_id)
        work.change(account.record.model_copy(update={"totp_secret": ""}), account.version)
    with pytest.raises(WrongLogin):
        log_in(store, EMAIL, PASSWORD, worker.code(database))


def test_whether_the_address_is_known_one_password_is_verified(store, database, monkeypatch):
    let_in(store, database, AccountRole.COORDINATOR)
    asked = []

    class Counting(PasswordHasher):
        def verify(self, kept, password):
            asked.append(kept[:30])
            return super().verify(kept, password)

    monkeypatch.setattr(passwords, "HASHER", Counting())
    for email in (EMAIL, "nobody@example.jp"):
        with pytest.raises(WrongLogin):
            log_in(store, email, WRONG)
    assert len(asked) == 2 and len(set(asked)) == 1  # the same parameters, hence the same work


def test_a_code_is_taken_once(store, database):
    worker = let_in(store, database, AccountRole.LEAD)
    code, later = worker.code(database), worker.code(database, 1)
    log_in(store, EMAIL, PASSWORD, code)
    with pytest.raises(WrongLogin):
        log_in(store, EMAIL, PASSWORD, code)
    log_in(store, EMAIL, PASSWORD, later)
    with pytest.raises(WrongLogin):  # an earlier step than the last one taken
        log_in(store, EMAIL, PASSWORD, code)


def test_a_code_sent_twice_at_once_lets_in_once(store, database):
    worker = let_in(store, database, AccountRole.LEAD)
    code = worker.code(database)

    def attempt(_):
        try:
            return log_in(store, EMAIL, PASSWORD, code).actor.account_id
        except WrongLogin:
            return None

    with ThreadPoolExecutor(4) as pool:
        let = list(pool.map(attempt, range(4)))
    assert sorted(map(str, let)) == sorted(map(str, [worker.account_id, None, None, None]))


def test_a_hash_by_older_parameters_is_renewed(store, database):
    worker = let_in(store, database, AccountRole.COORDINATOR)
    weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    with store.work(OURS, OPERATOR) as work:
        account = work.get(Account, worker.account_id)
        work.change(account.record.model_copy(update={"password_hash": weak}), account.version)
    with pytest.raises(WrongLogin):
        log_in(store, EMAIL, WRONG)
    with store.work(OURS, OPERATOR) as work:
        assert work.get(Account, worker.account_id).record.password_hash == weak
    log_in(store, EMAIL, PASSWORD)
    with store.work(OURS, OPERATOR) as work:
        kept = work.get(Account, worker.account_id).record.password_hash
    assert kept != weak and not passwords.is_outdated(kept)
    log_in(store, EMAIL, PASSWORD)


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.jp"])
def test_after_five_failures_even_the_right_password_waits(store, database, email):
    let_in(store, database, AccountRole.COORDINATOR)
    for _ in range(5):
        with pytest.raises(WrongLogin):
            log_in(store, email, WRONG)
    before = len(events(store)) + len(events(store, THEIRS))
    for _ in range(3):  # these are not counted, nor looked at, nor noted
        with pytest.raises(MustWait) as told:
            log_in(store, email, PASSWORD)
    assert told.value.until == database.clock.now + timedelta(minutes=1)
    assert len(events(store)) + len(events(store, THEIRS)) == before
    database.clock.pass_(minutes=1)
    with pytest.raises(WrongLogin):
        log_in(store, email, WRONG)
    with pytest.raises(MustWait) as told:
        log_in(store, email, WRONG)
    assert told.value.until == database.clock.now + timedelta(minutes=2)


def test_who_gets_in_begins_anew(store, database):
    let_in(store, database, AccountRole.COORDINATOR)
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(WrongLogin):
                log_in(store, EMAIL, WRONG, "", SOURCE)
        log_in(store, EMAIL, PASSWORD, "", SOURCE)
    with pytest.raises(WrongLogin):
        log_in(store, EMAIL, WRONG, "", SOURCE)


def test_many_addresses_from_one_place_wait_and_getting_in_oneself_does_not_wash_it_off(store, database):
    let_in(store, database, AccountRole.COORDINATOR)
    for number in range(MOST_BY_NETWORK - 1):
        with pytest.raises(WrongLogin):
            log_in(store, f"guess{number}@example.jp", WRONG, "", SOURCE)
    log_in(store, EMAIL, PASSWORD, "", SOURCE)
    with pytest.raises(WrongLogin):
        log_in(store, "guess@example.jp", WRONG, "", SOURCE)
    with pytest.raises(MustWait):
        log_in(store, EMAIL, PASSWORD, "", SOURCE)
    log_in(store, EMAIL, PASSWORD, "", "198.51.100.1")  # whose address was not held up by it


def test_attempts_at_the_same_time_do_not_slip_through(store, database):
    let_in(store, database, AccountRole.COORDINATOR)

    def attempt(_):
        try:
            log_in(store, EMAIL, WRONG)
        except WrongLogin:
            return "looked at"
        except MustWait:
            return "waits"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(12))) == ["looked at"] * 5 + ["waits"] * 7


def test_counts_hold_no_address_and_are_forgotten(store, database):
    for _ in range(2):
        with pytest.raises(WrongLogin):
            log_in(store, "nobody@example.jp", WRONG, "", SOURCE)
    found = []
    for council in (OURS, THEIRS):
        with store.work(council, OPERATOR) as work:
            found += [row[0] for row in work.db.execute(text("SELECT login_attempt::text FROM login_attempt"))]
    assert len(found) == 2
    assert not any(plain in row for row in found for plain in ("nobody", SOURCE))

    def forgotten():
        count = 0
        for council in (OURS, THEIRS):
            with store.work(council, WORKER) as work:
                count += forget_old_attempts(work)
                left = work.rows(LoginAttempt)
        return count, left

    database.clock.pass_(hours=23)
    assert forgotten()[0] == 0
    database.clock.pass_(hours=1, seconds=1)
    assert forgotten() == (2, [])


def test_a_session_ends_when_the_account_is_closed_or_invited_anew_and_follows_its_areas(store, database):
    with store.work(OURS, OPERATOR) as work:
        add_areas(work)
    worker = let_in(store, database, AccountRole.COORDINATOR)
    entered = log_in(store, EMAIL, PASSWORD)

    def actor(council=OURS, account_id=worker.account_id, since=entered.since):
        with store.work(council, NOBODY) as work:
            return see_actor(work, account_id, since)

    assert actor() == entered.actor
    with store.work(OURS, OPERATOR) as work:
        set_areas(work, worker.account_id, [(TOWN, "A2")], work.get(Account, worker.account_id).version)
    assert actor().areas == {(TOWN, "A2")}
    for other in ({"council": THEIRS}, {"account_id": uuid4()}, {"since": entered.since - timedelta(seconds=1)}):
        with pytest.raises(LoggedOut):
            actor(**other)
    with store.work(OURS, OPERATOR) as work:
        invite_again(work, worker.account_id)
    with pytest.raises(LoggedOut):
        actor()


def test_with_no_council_nobody_is_let_in(database):
    from matcher.storage.work import Store

    empty = Store(database.addresses.app, database.keys, clock=database.clock)
    with pytest.raises(WrongLogin):
        log_in(empty, EMAIL, PASSWORD)
    empty.close()
