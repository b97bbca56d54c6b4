"""Link (リンク): a capability for one page and one purpose, never a login."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from matcher.model.cells import Line
from matcher.model.codes import Coded
from matcher.model.noun import Noun, Refers


class LinkPurpose(Coded):
    """What a link lets its bearer do."""

    INVITATION = "invitation", "アカウントの招待"
    SURVEY = "survey", "調査への回答"
    HOST_PAGE = "host_page", "受け入れ先のページ"
    INTAKE = "intake", "相談の受付"


class Link(Noun):
    """A link. Only the hash of its token is kept; `once` links end with their first use."""

    table: ClassVar[str] = "link"
    identity: ClassVar[tuple[str, ...]] = ("link_id",)
    alone: ClassVar[tuple[tuple[str, ...], ...]] = (("token_hash",),)
    refers: ClassVar[tuple[Refers, ...]] = (
        Refers(("account_id",), "account", ("account_id",), "CASCADE"),
        Refers(("host_id",), "host", ("host_id",), "CASCADE"),
        Refers(("round_id",), "survey_round", ("round_id",), "CASCADE"),
    )

    link_id: UUID
    token_hash: bytes
    purpose: LinkPurpose
    once: bool
    account_id: UUID | None = None
    host_id: Line = ""
    round_id: UUID | None = None
    made_at: datetime
    made_by: str
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None
