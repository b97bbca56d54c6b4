"""Logging in (ログイン): address, password and one-time code together; one sentence for whichever was wrong."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from matcher.errors import DebanError
from matcher.model.account import Account, AccountArea, AccountStatus
from matcher.permissions import NOBODY, Action, Actor, Kind
from matcher.services.accounts import email_hash, needs_codes, normalised_email
from matcher.services.login_attempts import (
    MOST_BY_EMAIL,
    MOST_BY_NETWORK,
    count_attempt,
    email_subject,
    forget_attempts_of,
    network_subject,
    take_back_attempt,
)
from matcher.services.one_time_codes import step_of
from matcher.services.passwords import hash_of, is_outdated, is_right
from matcher.services.service import service
from matcher.storage.schema import table_of
from matcher.storage.work import Store, Work


class WrongLogin(DebanError):
    """Address, password or code is wrong, or the account cannot be used; which of them is not told."""

    def __init__(self) -> None:
        super().__init__(
            "ログインできませんでした。メールアドレス、パスワード、確認コードのどれかがちがいます。もう一度入れてください。"
        )


class LoggedOut(DebanError):
    """The account was closed, or its password made anew, since it logged in."""

    def __init__(self) -> None:
        super().__init__("もう一度ログインしてください。")


@dataclass(frozen=True, slots=True)
class Entered:
    """Who logged in, and where. A session keeps council, `actor.account_id` and `since`, and asks `see_actor` each time."""

    council: str
    actor: Actor
    since: datetime


def log_in(store: Store, email: str, password: str, code: str = "", source: str = "") -> Entered:
    """Log in.

    Every attempt takes the same steps: both counts, a look for the account, one hash, one code, one event. An address
    that nobody has is noted with the council that its hash picks.

    Args:
        source: the network address it comes from, where known.

    Raises:
        WrongLogin: it is not right; the count stands.
        MustWait: too many attempts failed.
    """
    councils, keys, address = store.councils(), store.sealer.keys, normalised_email(email)
    if not councils:
        raise WrongLogin
    subject = email_subject(keys, address)
    network = network_subject(keys, source) if source else None
    counted = None
    if network:  # first, so that whoever is held up there cannot hold up others' addresses
        with store.work(_picked(councils, network), NOBODY) as work:
            count_attempt(work, network, MOST_BY_NETWORK)
            counted = work.now
    with store.work(_picked(councils, subject), NOBODY) as work:
        count_attempt(work, subject, MOST_BY_EMAIL)
    found = store.look_up("deban_account_of", email_hash(keys, address))
    council, account_id = found or (_picked(councils, subject), None)
    with store.work(council, NOBODY) as work:
        entered = prove(work, account_id, password, code)
    if entered is None:
        raise WrongLogin
    with store.work(_picked(councils, subject), NOBODY) as work:
        forget_attempts_of(work, subject)
    if network and counted:
        with store.work(_picked(councils, network), NOBODY) as work:
            take_back_attempt(work, network, counted)
    return entered


def _picked(councils: list[str], subject: bytes) -> str:
    return councils[int.from_bytes(subject[:8]) % len(councils)]


@service(Action.LOG_IN)
def prove(work: Work, account_id: UUID | None, password: str, code: str) -> Entered | None:
    """Who it is, if password and code are right and the account may be used.

    None otherwise, not an error, so that the event stands. A code is taken once; a hash by older parameters is renewed.
    """
    found = work.find(Account, account_id or uuid4(), lock=True)
    account = found.record if found else None
    right = is_right(account.password_hash if account else "", password)
    step = step_of(account.totp_secret if account else "", code, work.now, after=account.totp_step if account else 0)
    wrong = _wrong(account, right, step is not None)
    if wrong or found is None or account is None or account.accepted_at is None:
        work.note("login.failed", Account, account_id or "", reason=wrong)
        return None
    kept = hash_of(password) if is_outdated(account.password_hash) else account.password_hash
    proved = account.model_copy(update={"password_hash": kept, "totp_step": step or account.totp_step})
    if proved != account:
        work.change(proved, found.version)
    work.note("login.entered", Account, account.account_id)
    return Entered(work.council, _actor(work, account), account.accepted_at)


@service(Action.LOG_IN, noted=False)
def see_actor(work: Work, account_id: UUID, since: datetime) -> Actor:
    """Who a session's account is now: its role and areas may have changed since it logged in.

    Args:
        since: as `Entered` gave it.

    Raises:
        LoggedOut: the account is closed, or was invited anew.
    """
    found = work.find(Account, account_id)
    if found is None or found.record.status is not AccountStatus.ACTIVE or found.record.accepted_at != since:
        raise LoggedOut
    return _actor(work, found.record)


def _wrong(account: Account | None, right: bool, code_right: bool) -> str:
    """What is wrong, as a code for the audit; empty where nothing is."""
    if account is None:
        return "unknown"
    if not right:
        return "password"
    if not code_right and (account.totp_secret or needs_codes(account.role)):
        return "code"
    return "" if account.status is AccountStatus.ACTIVE else "status"


def _actor(work: Work, account: Account) -> Actor:
    areas = work.rows(AccountArea, table_of(AccountArea).c.account_id == account.account_id)
    places = frozenset((area.record.municipality, area.record.area_id) for area in areas)
    return Actor(Kind(account.role.value), account.account_id, places)
