"""Links (リンク): capabilities for one page and one purpose. Only the hash of a token is kept; looking changes nothing."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from matcher.errors import DebanError
from matcher.model.host import Host
from matcher.model.link import Link, LinkPurpose
from matcher.model.survey import SurveyRound
from matcher.permissions import NOBODY, Action, Actor, Kind, check_host
from matcher.services.service import service
from matcher.storage.keys import Keys
from matcher.storage.schema import table_of
from matcher.storage.work import NotThere, Store, Stored, Work

_TOKEN = 32  # bytes of randomness
LIFETIMES = {
    LinkPurpose.INVITATION: timedelta(days=7),
    LinkPurpose.SURVEY: timedelta(days=60),
    LinkPurpose.HOST_PAGE: timedelta(days=366),
    LinkPurpose.INTAKE: timedelta(days=366),
}
_BEARERS = {
    LinkPurpose.SURVEY: Kind.HOST_LINK,
    LinkPurpose.HOST_PAGE: Kind.HOST_LINK,
    LinkPurpose.INTAKE: Kind.INTAKE_LINK,
}


class LinkUnusable(DebanError):
    """The link opens nothing. Whether it ever did, and why it does not, is not told."""

    def __init__(self) -> None:
        super().__init__(
            "このリンクは使えません。期限がすぎたか、新しいリンクに替わっています。お手数ですが、送った人に新しいリンクを頼んでください。"
        )


class LinkRefused(DebanError):
    """A link that cannot be made; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new link. The token is shown to whoever asked for it, once; it is kept nowhere."""

    link_id: UUID
    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever holds a link: where they are, as what they act, and for which round of a survey."""

    council: str
    actor: Actor
    purpose: LinkPurpose
    round_id: UUID | None


def token_hash(keys: Keys, token: str) -> bytes:
    """The keyed hash by which a token is found."""
    return keys.hashed("link", token)


def council_of(store: Store, token: str) -> str:
    """The council whose link it is.

    Raises:
        LinkUnusable: it is nobody's.
    """
    found = store.look_up("deban_link_of", token_hash(store.sealer.keys, token))
    if found is None:
        raise LinkUnusable
    return found[0]


def open_link(store: Store, token: str, purpose: LinkPurpose) -> Bearer:
    """Whoever holds this link, for one purpose. Nothing changes, however often it is opened.

    Raises:
        LinkUnusable: unknown, expired, revoked, used up, or for another purpose.
    """
    with store.work(council_of(store, token), NOBODY) as work:
        return see_link(work, token, purpose)


@service(Action.LOG_IN, noted=False)
def see_link(work: Work, token: str, purpose: LinkPurpose) -> Bearer:
    """As `open_link`, in the council that is known."""
    link = live_link(work, token, purpose).record
    if purpose not in _BEARERS:
        raise LinkUnusable
    actor = Actor(_BEARERS[purpose], link_id=link.link_id, host_id=link.host_id)
    return Bearer(work.council, actor, purpose, link.round_id)


@service(Action.MANAGE_LINKS)
def make_link(
    work: Work,
    purpose: LinkPurpose,
    host_id: str = "",
    round_id: UUID | None = None,
    expires_at: datetime | None = None,
    once: bool = False,
) -> Made:
    """Make a link for a host (a survey's round or the host's page) or for intake.

    Args:
        expires_at: after the purpose's lifetime where none is given, and never later.
        once: whether it ends with its first use.

    Raises:
        LinkRefused: the purpose does not go with what it is bound to.
        NotThere: no such host or round.
    """
    if purpose is LinkPurpose.INVITATION:
        raise LinkRefused("招待のリンクは、アカウントをつくるときにできます。")
    bound = (bool(host_id), round_id is not None)
    if bound != (purpose is not LinkPurpose.INTAKE, purpose is LinkPurpose.SURVEY):
        raise LinkRefused("リンクの使い道と、受け入れ先や調査の組み合わせが合いません。選びなおしてください。")
    if host_id:
        check_host(work.actor, Action.MANAGE_LINKS, host_id)
        work.get(Host, host_id)
    if round_id is not None:
        work.get(SurveyRound, round_id)
    return issue(work, purpose, host_id=host_id, round_id=round_id, expires_at=expires_at, once=once)


@service(Action.MANAGE_LINKS, noted=False)
def list_links(work: Work, host_id: str | None = None) -> list[Stored[Link]]:
    """The links that stand or stood, newest first; of one host where it is named. Invitations are not among them."""
    table = table_of(Link)
    where = [table.c.purpose != LinkPurpose.INVITATION.value]
    if host_id is not None:
        where.append(table.c.host_id == host_id)
    return sorted(work.rows(Link, *where), key=lambda link: link.record.made_at, reverse=True)


@service(Action.MANAGE_LINKS)
def revoke_link(work: Work, link_id: UUID) -> None:
    """End a link at once. Doing it twice changes nothing more.

    Raises:
        NotThere: no such link.
    """
    found = work.get(Link, link_id, lock=True)
    if found.record.purpose is LinkPurpose.INVITATION:
        raise NotThere("さがしているリンクが見つかりません。")
    stood = found.record.revoked_at is None
    if stood:
        work.change(found.record.model_copy(update={"revoked_at": work.now}), found.version)
    work.note("link.revoked", Link, link_id, stood=stood)


def use_link(work: Work) -> None:
    """The bearer of a link does what it is for: it must still stand, and ends here where it is for one use.

    Called within the service that the link is for. An actor who came without a link uses none.

    Raises:
        LinkUnusable: it was used up, revoked or expired since it was opened.
    """
    if work.actor.link_id is None:
        return
    found = work.find(Link, work.actor.link_id, lock=True)
    if found is None or not stands(found.record, work.now):
        raise LinkUnusable
    if found.record.once:
        work.change(found.record.model_copy(update={"used_at": work.now}), found.version)
    work.note("link.used", Link, found.record.link_id, once=found.record.once)


def stands(link: Link, now: datetime) -> bool:
    """Whether a link can be used."""
    return link.revoked_at is None and link.used_at is None and now < link.expires_at


def live_link(work: Work, token: str, purpose: LinkPurpose, lock: bool = False) -> Stored[Link]:
    """The link of a token, if it stands and is for this purpose.

    Raises:
        LinkUnusable: it does not, or is not.
    """
    found = work.rows(Link, table_of(Link).c.token_hash == token_hash(work.keys, token), lock=lock)
    if not found or found[0].record.purpose is not purpose or not stands(found[0].record, work.now):
        raise LinkUnusable
    return found[0]


def issue(
    work: Work,
    purpose: LinkPurpose,
    *,
    account_id: UUID | None = None,
    host_id: str = "",
    round_id: UUID | None = None,
    expires_at: datetime | None = None,
    once: bool = False,
) -> Made:
    """Put a new link in, and note it."""
    latest = work.now + LIFETIMES[purpose]
    until = min(expires_at or latest, latest)
    if until <= work.now:
        raise LinkRefused("リンクの期限は、これから先の日時にしてください。")
    token = secrets.token_urlsafe(_TOKEN)
    link = Link(
        link_id=uuid4(),
        token_hash=token_hash(work.keys, token),
        purpose=purpose,
        once=once,
        account_id=account_id,
        host_id=host_id,
        round_id=round_id,
        made_at=work.now,
        made_by=work.actor.name,
        expires_at=until,
    )
    work.add(link)
    work.note("link.made", Link, link.link_id, purpose=purpose.value, once=once)
    return Made(link.link_id, token, until)
