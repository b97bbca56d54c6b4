"""Invitations (招待): the owner of a new account sets a password and, where the role needs it, one-time codes.

Looking changes nothing. The link ends when the account can be used; until then everything can be done again.
"""

from dataclasses import dataclass, field

from matcher.errors import DebanError
from matcher.model.account import Account, AccountRole, AccountStatus
from matcher.model.link import Link, LinkPurpose
from matcher.permissions import Action
from matcher.services.accounts import needs_codes
from matcher.services.links import LinkUnusable, live_link
from matcher.services.one_time_codes import app_address, made_secret, step_of
from matcher.services.passwords import check_password, hash_of
from matcher.services.service import service
from matcher.storage.work import Stored, Work


class CodeWrong(DebanError):
    """The first code is not right."""

    def __init__(self) -> None:
        super().__init__(
            "確認コードがちがいます。アプリに出ている6けたの数字を入れてください。スマートフォンの時計が合っているかも確かめてください。"
        )


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the invited person is shown."""

    name: str
    role: AccountRole
    needs_codes: bool


@dataclass(frozen=True, slots=True)
class PasswordSet:
    """What comes next: `app_address` is to be read into an app, whose first code makes the account usable.

    It is empty where the account is usable already.
    """

    app_address: str = field(repr=False)


@service(Action.ACCEPT_INVITATION, noted=False)
def see_invitation(work: Work, token: str) -> Invitation:
    """The invitation of a token, in the council that `links.council_of` tells.

    Raises:
        LinkUnusable: it is none, or none any more.
    """
    _, account = _invited(work, token)
    return Invitation(account.record.name, account.record.role, needs_codes(account.record.role))


@service(Action.ACCEPT_INVITATION)
def set_password(work: Work, token: str, password: str, with_codes: bool = False) -> PasswordSet:
    """Set the password, and make the secret of one-time codes where the role needs them or the owner wants them.

    Raises:
        LinkUnusable: the invitation does not stand.
        PasswordRefused: others would guess it.
    """
    link, account = _invited(work, token)
    owner = account.record
    check_password(password, owner.email)
    secret = made_secret() if with_codes or needs_codes(owner.role) else ""
    kept = owner.model_copy(update={"password_hash": hash_of(password), "totp_secret": secret, "totp_step": 0})
    work.change(kept, account.version)
    work.note("account.password_set", Account, owner.account_id, codes=bool(secret))
    if not secret:
        _accept(work, link, kept, 0)
        return PasswordSet("")
    return PasswordSet(app_address(secret, owner.email))


@service(Action.ACCEPT_INVITATION)
def confirm_code(work: Work, token: str, code: str) -> None:
    """The first right code makes the account usable, and ends the invitation.

    Raises:
        CodeWrong: it is not right; the invitation still stands.
        LinkUnusable: the invitation does not stand, or no password was set.
    """
    link, account = _invited(work, token)
    owner = account.record
    if not owner.password_hash or not owner.totp_secret:
        raise LinkUnusable
    step = step_of(owner.totp_secret, code, work.now, after=owner.totp_step)
    if step is None:
        raise CodeWrong
    _accept(work, link, owner, step)


def _invited(work: Work, token: str) -> tuple[Stored[Link], Stored[Account]]:
    link = live_link(work, token, LinkPurpose.INVITATION, lock=True)
    account = work.find(Account, link.record.account_id, lock=True)
    if account is None or account.record.status is not AccountStatus.INVITED:
        raise LinkUnusable
    return link, account


def _accept(work: Work, link: Stored[Link], owner: Account, step: int) -> None:
    work.move(Account, "accept", owner.account_id, accepted_at=work.now, totp_step=step)
    work.change(link.record.model_copy(update={"used_at": work.now}), link.version)
    work.note("account.accepted", Account, owner.account_id, codes=bool(owner.totp_secret))
