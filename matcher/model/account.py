"""Account (アカウント): who of a council works here, as what, and for which areas."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from matcher.model.area import Area
from matcher.model.cells import Line, RequiredLine
from matcher.model.codes import Coded
from matcher.model.noun import Noun, Refers
from matcher.model.statuses import Machine


class AccountRole(Coded):
    """What an account is for (役割); what each may do stands in `matcher.permissions`."""

    ADMINISTRATOR = "administrator", "管理者"
    LEAD = "lead", "統括"
    COORDINATOR = "coordinator", "コーディネーター"
    STATISTICS = "statistics", "実績をみる人"


class AccountStatus(Coded):
    """Whether one can log in."""

    INVITED = "invited", "招待中"
    ACTIVE = "active", "使える"
    CLOSED = "closed", "閉じた"


ACCOUNTS = Machine(
    "account",
    "アカウント",
    (AccountStatus.INVITED,),
    {
        AccountStatus.INVITED: {
            "accept": AccountStatus.ACTIVE,
            "close": AccountStatus.CLOSED,
            "invite_again": AccountStatus.INVITED,
        },
        AccountStatus.ACTIVE: {"close": AccountStatus.CLOSED, "invite_again": AccountStatus.INVITED},
        AccountStatus.CLOSED: {"invite_again": AccountStatus.INVITED},
    },
)


class Account(Noun):
    """An account. `email_hash` is a keyed hash, so that the address is found without standing in the table."""

    table: ClassVar[str] = "account"
    identity: ClassVar[tuple[str, ...]] = ("account_id",)
    sealed: ClassVar[frozenset[str]] = frozenset({"name", "email", "totp_secret"})
    states: ClassVar[Machine] = ACCOUNTS

    account_id: UUID
    status: AccountStatus = AccountStatus.INVITED
    role: AccountRole = Field(title="役割")
    name: RequiredLine = Field(title="氏名")
    email: RequiredLine = Field(title="メールアドレス")
    email_hash: bytes
    password_hash: Line = ""
    totp_secret: Line = ""
    totp_step: int = 0  # the last time step whose code was used; none is taken twice
    invited_at: datetime
    accepted_at: datetime | None = None


class AccountArea(Noun):
    """An area that an account works in (担当圏域)."""

    table: ClassVar[str] = "account_area"
    identity: ClassVar[tuple[str, ...]] = ("account_id", "municipality", "area_id")
    refers: ClassVar[tuple[Refers, ...]] = (
        Refers(("account_id",), "account", ("account_id",), "CASCADE"),
        Refers(("municipality", "area_id"), Area.table, ("municipality", "area_id"), "CASCADE"),
    )

    account_id: UUID
    municipality: RequiredLine
    area_id: RequiredLine


class Carrying(Noun):
    """The account that carries a person (担当), whatever the area."""

    table: ClassVar[str] = "carrying"
    identity: ClassVar[tuple[str, ...]] = ("person_id",)
    refers: ClassVar[tuple[Refers, ...]] = (
        Refers(("person_id",), "person", ("person_id",), "CASCADE"),
        Refers(("account_id",), "account", ("account_id",), "CASCADE"),
    )

    person_id: RequiredLine
    account_id: UUID
    since: datetime
