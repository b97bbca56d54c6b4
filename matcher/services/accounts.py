"""Accounts (アカウント): adding one by invitation, listing, its areas, inviting again, closing."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from matcher.errors import DebanError
from matcher.model.account import Account, AccountArea, AccountRole, AccountStatus, Carrying
from matcher.model.area import Area
from matcher.model.council import Council
from matcher.model.link import Link, LinkPurpose
from matcher.permissions import Action
from matcher.services.links import Made, issue
from matcher.services.service import service
from matcher.storage.keys import Keys
from matcher.storage.schema import table_of
from matcher.storage.work import Work

Place = tuple[str, str]  # municipality, area_id
_LONGEST_EMAIL = 254  # characters; RFC 5321
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_WITH_CODES = frozenset({AccountRole.ADMINISTRATOR, AccountRole.LEAD})


class AccountRefused(DebanError):
    """An account that cannot be made or changed so; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An account as others see it: nothing of its password or codes."""

    account_id: UUID
    name: str
    email: str
    role: AccountRole
    status: AccountStatus
    areas: tuple[Place, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Overview:
    """A council at a glance: its name, and how many accounts are in use and invited."""

    name: str
    active: int
    invited: int


def normalised_email(email: str) -> str:
    """An e-mail address as it is looked up: NFKC, trimmed, in small letters."""
    return unicodedata.normalize("NFKC", email).strip().lower().encode(errors="replace").decode()


def email_hash(keys: Keys, email: str) -> bytes:
    """The keyed hash by which an account is found; `email` is normalised."""
    return keys.hashed("email", email)


def needs_codes(role: AccountRole) -> bool:
    """Whether the role may only log in with one-time codes: those that see everybody, or let others in."""
    return role in _WITH_CODES


@service(Action.MANAGE_ACCOUNTS)
def add_account(work: Work, role: AccountRole, name: str, email: str, areas: Collection[Place] = ()) -> Made:
    """Add an account; its owner is invited by the link, and sets a password of their own.

    Raises:
        AccountRefused: the name or address cannot be one, the address has an account already, or no such area.
    """
    address = normalised_email(email)
    if len(address) > _LONGEST_EMAIL or not _EMAIL.fullmatch(address):
        raise AccountRefused("メールアドレスの形が正しくありません。name@example.jp のように書いてください。")
    try:
        account = Account(
            account_id=uuid4(),
            role=role,
            name=name,
            email=address,
            email_hash=email_hash(work.keys, address),
            invited_at=work.now,
        )
    except ValidationError:
        raise AccountRefused("氏名は必ず書いてください。長すぎる氏名は短くしてください。") from None
    try:
        work.add(account)
    except IntegrityError as error:
        if "uq_account_email_hash" not in str(error.orig):
            raise
        raise AccountRefused("このメールアドレスには、もうアカウントがあります。別のアドレスにしてください。") from None
    _write_areas(work, account.account_id, areas)
    work.note("account.added", Account, account.account_id, role=role.value, areas=len(set(areas)))
    return _invite(work, account.account_id)


@service(Action.MANAGE_ACCOUNTS)
def list_accounts(work: Work) -> list[Listed]:
    """All accounts of the council, by role and name. Names are opened, so it is noted."""
    areas: dict[UUID, list[Place]] = {}
    for area in work.rows(AccountArea):
        areas.setdefault(area.record.account_id, []).append((area.record.municipality, area.record.area_id))
    roles = list(AccountRole)
    listed = [
        Listed(a.account_id, a.name, a.email, a.role, a.status, tuple(areas.get(a.account_id, ())), stored.version)
        for stored in work.rows(Account)
        for a in (stored.record,)
    ]
    work.note("account.listed", Account, count=len(listed))
    return sorted(listed, key=lambda one: (roles.index(one.role), one.name, one.account_id))


@service(Action.MANAGE_ACCOUNTS, noted=False)
def find_account(work: Work, email: str) -> UUID:
    """The account of an address in this council.

    Raises:
        AccountRefused: there is none here.
    """
    table = table_of(Account)
    hashed = email_hash(work.keys, normalised_email(email))
    found: UUID | None = work.db.scalar(
        select(table.c.account_id).where(work.ours(table), table.c.email_hash == hashed)
    )
    if found is None:
        raise AccountRefused(
            "この社協に、そのメールアドレスのアカウントはありません。account list で確かめてください。"
        )
    return found


@service(Action.MANAGE_ACCOUNTS)
def set_areas(work: Work, account_id: UUID, areas: Collection[Place], seen: int) -> int:
    """Give an account these areas instead of those it had; the new version.

    Raises:
        AccountRefused: no such area.
        EditedMeanwhile: somebody else changed the account since.
        NotThere: no such account.
    """
    version = work.change(work.get(Account, account_id).record, seen)
    for area in work.rows(AccountArea, table_of(AccountArea).c.account_id == account_id):
        work.remove(AccountArea, *area.record.key)
    _write_areas(work, account_id, areas)
    work.note("account.areas_set", Account, account_id, areas=len(set(areas)))
    return version


@service(Action.MANAGE_ACCOUNTS)
def invite_again(work: Work, account_id: UUID) -> Made:
    """Invite an account anew: password, codes, sessions and earlier invitations end, and the owner sets them again.

    Raises:
        NotThere: no such account.
    """
    work.move(
        Account, "invite_again", account_id, password_hash="", totp_secret="", accepted_at=None, invited_at=work.now
    )
    _end_invitations(work, account_id)
    work.note("account.invited_again", Account, account_id)
    return _invite(work, account_id)


@service(Action.MANAGE_ACCOUNTS)
def close_account(work: Work, account_id: UUID) -> int:
    """Close an account at once, with its sessions and invitations.

    Returns:
        How many people it carries, to whom the lead must give somebody else.

    Raises:
        NotPossibleNow: it is closed already.
        NotThere: no such account.
    """
    work.move(Account, "close", account_id, password_hash="", totp_secret="")
    _end_invitations(work, account_id)
    table = table_of(Carrying)
    carried = work.db.scalar(
        select(func.count()).select_from(table).where(work.ours(table), table.c.account_id == account_id)
    )
    work.note("account.closed", Account, account_id, carried=carried)
    return int(carried or 0)


@service(Action.MANAGE_ACCOUNTS, noted=False)
def see_overview(work: Work) -> Overview:
    """The council's name and how many accounts it has; of no account anything but its status."""
    table = table_of(Account)
    rows = work.db.execute(select(table.c.status, func.count()).where(work.ours(table)).group_by(table.c.status))
    counts: dict[str, int] = {status: count for status, count in rows}
    active, invited = (counts.get(s.value, 0) for s in (AccountStatus.ACTIVE, AccountStatus.INVITED))
    return Overview(work.get(Council).record.name, active, invited)


def _invite(work: Work, account_id: UUID) -> Made:
    return issue(work, LinkPurpose.INVITATION, account_id=account_id, once=True)


def _end_invitations(work: Work, account_id: UUID) -> None:
    table = table_of(Link)
    live = (table.c.account_id == account_id, table.c.revoked_at.is_(None), table.c.used_at.is_(None))
    for link in work.rows(Link, *live, lock=True):
        work.change(link.record.model_copy(update={"revoked_at": work.now}), link.version)


def _write_areas(work: Work, account_id: UUID, areas: Iterable[Place]) -> None:
    for municipality, area_id in sorted(set(areas)):
        if work.find(Area, municipality, area_id) is None:
            raise AccountRefused(
                f"{municipality} に圏域 {area_id} がありません。先に圏域を取り込むか、書き方を確かめてください。"
            )
        work.add(AccountArea(account_id=account_id, municipality=municipality, area_id=area_id))
