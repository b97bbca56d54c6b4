"""A piece of work: one transaction inside one council's walls, by one actor, with its audit events.

Everything that reads or writes a council's rows goes through here. Rows are nouns; sealed columns are opened where they
are read and nowhere else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Engine, Table, and_, delete, insert, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from matcher.errors import DebanError
from matcher.model.codes import Coded
from matcher.model.noun import Noun
from matcher.permissions import Actor
from matcher.storage import audit
from matcher.storage.columns import COUNCIL, VERSION
from matcher.storage.keys import Keys
from matcher.storage.migrating import engine_of, unreachable
from matcher.storage.rows import from_row, to_row
from matcher.storage.schema import table_of
from matcher.storage.sealing import Sealer
from matcher.storage.server import ServerError
from matcher.storage.walls import CLOCK, SETTING

TOKYO = ZoneInfo("Asia/Tokyo")
N = TypeVar("N", bound=Noun)


class NotThere(DebanError):
    """No such row in this council."""


@dataclass(frozen=True, slots=True)
class Stored(Generic[N]):
    """A row as it stands: the noun, and its version for whoever wants to change it."""

    record: N
    version: int


class EditedMeanwhile(DebanError):
    """Somebody else changed the row since it was read; `current` is how it stands now, None where it is gone."""

    def __init__(self, current: Stored[Any] | None) -> None:
        super().__init__(
            "ほかの人が、同じところを先に書きかえていました。入力した内容は残っています。いまの内容と見くらべて、もう一度保存してください。"
        )
        self.current = current


def now_in_tokyo() -> datetime:
    """The time, in Japan."""
    return datetime.now(TOKYO)


class Store:
    """The way to the database for the application: a pool of connections, and the keys.

    Args:
        address: the application's login, which owns nothing.
        keys: the keys at hand.
        reread: gives the keys anew when another process may have made one.
        clock: gives the time.
    """

    def __init__(
        self,
        address: str,
        keys: Keys,
        reread: Callable[[], Keys] | None = None,
        clock: Callable[[], datetime] = now_in_tokyo,
    ) -> None:
        self.address = address
        self.sealer = Sealer(keys, reread)
        self.clock = clock
        self.engine: Engine = engine_of(address, poolclass=QueuePool, pool_size=5, max_overflow=15, pool_pre_ping=True)

    @contextmanager
    def work(self, council: str, actor: Actor, *, snapshot: bool = False) -> Iterator["Work"]:
        """A transaction inside a council's walls: committed where all went well, else as if it had never been.

        Args:
            snapshot: whether all of it sees the rows as they stood at its beginning; for long readings.

        Raises:
            ServerError: the database cannot be reached.
        """
        self.sealer.refresh()
        with self._connected() as db, _isolated(db, snapshot).begin():
            now = self.clock()
            db.execute(
                text(f"SELECT set_config('{SETTING}', :council, true), set_config('{CLOCK}', :now, true)"),
                {"council": council, "now": now.isoformat()},
            )
            work = Work(council, actor, db, self.sealer, now)
            yield work
            work.close()

    def councils(self) -> list[str]:
        """The IDs of all councils, and nothing else of them."""
        with self._connected() as db:
            return sorted(db.scalars(text("SELECT council_id FROM deban_councils()")))

    def look_up(self, function: str, value: bytes) -> tuple[str, Any] | None:
        """Whose row it is, before a council is known: `deban_account_of` (hash of an address), `deban_link_of` (of a token)."""
        with self._connected() as db:
            row = db.execute(text(f"SELECT * FROM {function}(:value)"), {"value": value}).one_or_none()
            return None if row is None else (row[0], row[1])

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            db = self.engine.connect()
        except OperationalError as error:
            raise ServerError(unreachable(error)) from None
        with db:
            yield db

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _isolated(db: Connection, snapshot: bool) -> Connection:
    return db.execution_options(isolation_level="REPEATABLE READ") if snapshot else db


@dataclass(slots=True)
class Work:
    """One transaction of one council, by one actor.

    `noted` are the events of it; they are appended to the council's chain at its end, just before it is committed.
    """

    council: str
    actor: Actor
    db: Connection
    sealer: Sealer
    now: datetime
    noted: list[audit.Happened] = field(default_factory=list)

    @property
    def keys(self) -> Keys:
        """The keys at hand."""
        return self.sealer.keys

    def note(self, action: str, noun: type[Noun] | str, key: object = "", **facts: Any) -> None:
        """Note an event: codes, IDs and counts, nothing personal."""
        table = noun if isinstance(noun, str) else noun.table
        self.noted.append(audit.Happened(action, table, str(key), audit.checked_facts(facts)))

    def close(self) -> None:
        """Append the events; the transaction is to be committed right after."""
        audit.append(self.db, self.council, self.actor.name, self.now, self.noted, self.keys.audit)

    def find(self, noun: type[N], *key: Any, lock: bool = False) -> Stored[N] | None:
        """The row with this identity, None where there is none; `lock` keeps others from changing it until the end."""
        statement = select(table_of(noun)).where(self._is(noun, key))
        row = self.db.execute(statement.with_for_update() if lock else statement).mappings().one_or_none()
        return None if row is None else self._stored(noun, row)

    def get(self, noun: type[N], *key: Any, lock: bool = False) -> Stored[N]:
        """As `find`.

        Raises:
            NotThere: there is none.
        """
        found = self.find(noun, *key, lock=lock)
        if found is None:
            raise NotThere("さがしているものが見つかりません。消されたか、場所がちがいます。")
        return found

    def rows(
        self, noun: type[N], *where: ColumnElement[bool], order: Sequence[str] = (), lock: bool = False
    ) -> list[Stored[N]]:
        """The rows for which all of this holds, by identity where no order is given."""
        table = table_of(noun)
        statement = (
            select(table)
            .where(self.ours(table), *where)
            .order_by(*(table.c[name] for name in (order or noun.identity)))
        )
        found = self.db.execute(statement.with_for_update() if lock else statement).mappings()
        return [self._stored(noun, row) for row in found]

    def add(self, *records: Noun) -> None:
        """Put new rows in."""
        by_noun: dict[type[Noun], list[dict[str, Any]]] = {}
        for record in records:
            by_noun.setdefault(type(record), []).append(to_row(self.council, record, self.sealer))
        for noun, rows in by_noun.items():
            self.db.execute(insert(table_of(noun)), rows)

    def change(self, record: Noun, seen: int) -> int:
        """Write a row over the version that was seen; the new version.

        Raises:
            EditedMeanwhile: the row is no longer at that version.
        """
        noun, table = type(record), table_of(type(record))
        done = self.db.execute(
            update(table)
            .where(self._is(noun, record.key), table.c[VERSION] == seen)
            .values({**to_row(self.council, record, self.sealer), VERSION: seen + 1})
        )
        if done.rowcount != 1:
            raise EditedMeanwhile(self.find(noun, *record.key))
        return seen + 1

    def remove(self, noun: type[Noun], *key: Any) -> bool:
        """Take a row away. Whether it was there."""
        return self.db.execute(delete(table_of(noun)).where(self._is(noun, key))).rowcount == 1

    def move(self, noun: type[N], step: str, *key: Any, **values: Any) -> Stored[N]:
        """Move a row's status by one step of its machine, and write values with it, in one statement.

        Raises:
            NotThere: no such row.
            NotPossibleNow: its status does not allow the step.
        """
        stored = self.get(noun, *key, lock=True)
        machine = noun.states
        status = getattr(stored.record, "status", None)
        if machine is None or not isinstance(status, Coded):
            raise TypeError(f"{noun.__name__} has no statuses")
        moved = stored.record.model_copy(update={"status": machine.check_step(status, step), **values})
        return Stored(moved, self.change(moved, stored.version))

    def ours(self, table: Table) -> ColumnElement[bool]:
        """That a row is this council's. The database holds to it by itself; this saves it from looking further."""
        return table.c[COUNCIL] == self.council

    def _is(self, noun: type[Noun], key: Sequence[Any]) -> ColumnElement[bool]:
        table = table_of(noun)
        named = zip(noun.identity, key, strict=True)
        return and_(self.ours(table), *(table.c[name] == value for name, value in named))

    def _stored(self, noun: type[N], row: Mapping[Any, Any]) -> Stored[N]:
        return Stored(from_row(noun, row, self.sealer), row[VERSION])
