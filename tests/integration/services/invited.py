"""People who work at a made-up council: invited, and let in."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pyotp

from matcher.model.account import AccountRole
from matcher.model.area import Area
from matcher.permissions import NOBODY, OPERATOR
from matcher.services.accounts import add_account
from matcher.services.invitations import confirm_code, set_password
from matcher.storage.work import Store, Work
from tests.integration.conftest import OURS, Database

PASSWORD = "hatake-ni-mizu-wo-yaru"
EMAIL = "hanako@example.jp"
TOWN = "若葉野市"


def code_of(secret: str, database: Database, away: int = 0) -> str:
    """The code that a phone with this secret shows, so many steps away."""
    return pyotp.TOTP(secret).generate_otp(int(database.clock.now.timestamp()) // 30 + away)


@dataclass
class Worker:
    """Somebody with an account, and what is on their phone."""

    account_id: UUID
    email: str
    secret: str = ""

    def code(self, database: Database, away: int = 0) -> str:
        """The code that the phone shows, so many steps away."""
        return code_of(self.secret, database, away)


def add_areas(work: Work) -> None:
    """The council's two areas."""
    work.add(*(Area(area_id=area, municipality=TOWN, name=area) for area in ("A1", "A2")))


def invited(store: Store, role: AccountRole, email: str = EMAIL, council: str = OURS, areas=()) -> tuple[UUID, str]:
    """An account that was added, and the token of its invitation."""
    with store.work(council, OPERATOR) as work:
        made = add_account(work, role, "川井はなこ", email, areas)
        link = next(event for event in work.noted if event.action == "account.added")
    return UUID(link.noun_key), made.token


def let_in(
    store: Store, database: Database, role: AccountRole, email: str = EMAIL, *, codes: bool = False, **more
) -> Worker:
    """Somebody who accepted, with one-time codes where the role needs them or `codes` says so."""
    council = more.get("council", OURS)
    account_id, token = invited(store, role, email, **more)
    worker = Worker(account_id, email)
    with store.work(council, NOBODY) as work:
        address = set_password(work, token, PASSWORD, codes).app_address
    if address:
        worker.secret = parse_qs(urlsplit(address).query)["secret"][0]
        with store.work(council, NOBODY) as work:
            confirm_code(work, token, worker.code(database))
        database.clock.pass_(minutes=2)  # the code of the invitation is used up
    return worker
