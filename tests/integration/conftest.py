"""A real PostgreSQL: one embedded server for all tests, and for each test a database of its own, copied from a template."""

import itertools
import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import make_url, text

from matcher.model.council import Council
from matcher.permissions import OPERATOR, Actor, Kind
from matcher.services.councils import add_council
from matcher.settings import Settings
from matcher.storage.keys import Keys, made_keys
from matcher.storage.migrating import engine_of, make_database
from matcher.storage.server import OWNER, Addresses, served
from matcher.storage.work import TOKYO, Store

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=TOKYO)
OURS, THEIRS = "wakaba", "minato"  # two made-up councils: one works, the other must never be seen
_numbers = itertools.count(1)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        """Let time pass: `days=1`, `minutes=5`."""
        self.now += timedelta(**span)


@dataclass(frozen=True)
class Database:
    """One test's database."""

    addresses: Addresses
    keys: Keys
    clock: Clock


@pytest.fixture(scope="session")
def server() -> Iterator[Addresses]:
    """The server of the whole run, with a migrated database that is the others' template. Nothing of it outlives the run."""
    with tempfile.TemporaryDirectory(prefix="deban-") as folder, served(Settings(home=Path(folder))) as addresses:
        make_database(addresses)
        with _as_owner(addresses) as db:  # no test asks whether the disk keeps its word
            db.execute(text("ALTER SYSTEM SET fsync = off"))
            db.execute(text("ALTER SYSTEM SET full_page_writes = off"))
            db.execute(text("SELECT pg_reload_conf()"))
        yield addresses


@pytest.fixture
def database(server: Addresses) -> Iterator[Database]:
    """A database of this test's own."""
    name = f"t{next(_numbers)}_{secrets.token_hex(3)}"
    template = make_url(server.owner).database
    with _as_owner(server) as db:
        db.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'))
    yield Database(Addresses(_named(server.app, name), _named(server.owner, name), True), made_keys(), Clock())
    with _as_owner(server) as db:
        db.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    """The store of this test, with two councils in it."""
    store = Store(database.addresses.app, database.keys, clock=database.clock)
    for council, name in ((OURS, "若葉野市社会福祉協議会"), (THEIRS, "湊市社会福祉協議会")):
        with store.work(council, OPERATOR) as work:
            add_council(work, Council(name=name))
    yield store
    store.close()


@pytest.fixture
def actor() -> Callable[..., Actor]:
    """Makes an actor of a kind: `actor(Kind.LEAD)`."""

    def made(kind: Kind, account_id: UUID | None = None, areas: tuple[tuple[str, str], ...] = ()) -> Actor:
        return Actor(kind, account_id or uuid4(), frozenset(areas))

    return made


def _named(address: str, name: str) -> str:
    return make_url(address).set(database=name).render_as_string(hide_password=False)


def _as_owner(server: Addresses):
    return engine_of(_named(server.owner, OWNER), isolation_level="AUTOCOMMIT").connect()
