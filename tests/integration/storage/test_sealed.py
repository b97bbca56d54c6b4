"""What is sealed stands nowhere in plain text: not in tables, not in the log of changes, dumps or logs."""

import io
import json
import logging
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyrage
import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from matcher import logs
from matcher.errors import DebanError
from matcher.model.council import Council
from matcher.model.person import Person
from matcher.permissions import OPERATOR
from matcher.services.councils import add_council
from matcher.settings import Settings
from matcher.storage.backup import back_up
from matcher.storage.keys import made_keys, with_new_key
from matcher.storage.migrating import engine_of, make_database
from matcher.storage.rotation import SEALED, rotate
from matcher.storage.schema import TABLES
from matcher.storage.server import Addresses, served
from matcher.storage.walls import APPEND_ONLY
from matcher.storage.work import Store
from tests.integration.conftest import OURS
from tests.integration.storage.every_noun import CANARY_ASCII, CANARY_JA, LATITUDE, add_all

PLAIN = "plain-marker-in-no-sealed-field"
NEEDLES = {
    text_of: text_of.encode(encoding)
    for text_of, encoding in (
        (CANARY_ASCII, "ascii"),
        (CANARY_JA, "utf-8"),
        (f"{CANARY_JA}u", "utf-8"),
        (str(LATITUDE)[:9], "ascii"),
    )
}
ESCAPED = {
    "escaped": json.dumps(CANARY_JA).strip('"').encode(),
    "utf-16": CANARY_JA.encode("utf-16-le"),
    "cp932": CANARY_JA.encode("cp932"),
    "hours": b"10:10-11:20",
}

CLEAR = {"area": (str(LATITUDE)[:9],), "host": (str(LATITUDE)[:9],), "opening": ("hours",), "companion": ("hours",)}


@pytest.fixture(scope="module")
def home() -> Iterator[Settings]:
    with tempfile.TemporaryDirectory(prefix="deban-") as folder:
        yield Settings(home=Path(folder) / "var")


@pytest.fixture(scope="module")
def used(home: Settings) -> Iterator[tuple[Settings, Addresses, Store]]:
    """An installation of its own in which every sealed field holds a canary, was read, edited and sealed anew."""
    keys = made_keys()
    with served(home) as addresses:
        make_database(addresses)
        store, owner = Store(addresses.app, keys), Store(addresses.owner, keys)
        with store.work(OURS, OPERATOR) as work:
            add_council(work, Council(name=PLAIN))
        with store.work(OURS, OPERATOR) as work:
            add_all(work, OURS)
        with store.work(OURS, OPERATOR) as work:
            for noun in (noun for noun in SEALED if noun.table not in APPEND_ONLY):
                for stored in work.rows(noun):
                    work.change(stored.record, stored.version)
        new = with_new_key(keys)
        store.sealer.use(new)
        owner.sealer.use(new)
        rotate(store, owner)
        _faults(store)
        with engine_of(addresses.owner, isolation_level="AUTOCOMMIT").connect() as db:
            db.execute(text("CHECKPOINT"))
            db.execute(text("SELECT pg_switch_wal()"))
        yield home, addresses, store
        store.close()
        owner.close()


def _faults(store: Store) -> None:
    """Statements that the server refuses, with canaries in their parameters and rows."""
    person = Person(person_id="twice", municipality="x", alias=CANARY_JA, note=CANARY_ASCII)
    for _ in range(2):
        try:
            with store.work(OURS, OPERATOR) as work:
                work.add(person)
        except DBAPIError:
            pass
    with suppress(DBAPIError), store.work(OURS, OPERATOR) as work:
        work.db.execute(text("SELECT CAST(:said AS integer)"), {"said": CANARY_ASCII})


def found(content: bytes) -> list[str]:
    return [name for name, needle in {**NEEDLES, **ESCAPED}.items() if needle in content]


def test_the_canaries_are_there_for_whoever_has_the_keys(used: tuple[Settings, Addresses, Store]) -> None:
    _, _, store = used
    with store.work(OURS, OPERATOR) as work:
        said = "".join(repr(stored.record) for noun in SEALED for stored in work.rows(noun))
    for noun in SEALED:
        for name in noun.sealed - {"lat", "lon", "availability"}:
            assert f"{CANARY_JA}{CANARY_ASCII}{noun.table}.{name}" in said
    assert str(LATITUDE) in said


@pytest.mark.parametrize("form", ["text", "binary"])
def test_no_table_holds_one(used: tuple[Settings, Addresses, Store], form: str) -> None:
    _, addresses, _ = used
    rows = 0
    with engine_of(addresses.owner).connect() as db:
        names = db.scalars(
            text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        ).all()
        assert {table.name for table in TABLES.values()} <= set(names)
        cursor = db.connection.cursor()
        for name in names:
            with cursor.copy(f'COPY "{name}" TO STDOUT (FORMAT {form})') as copy:
                content = b"".join(bytes(part) for part in copy)
            rows += len(content)
            plain = CLEAR.get(name, ())  # the same value stands there by right, in a column that is not sealed
            assert [one for one in found(content) if one not in plain] == [], name
    assert rows > 0


def test_no_file_of_the_server_holds_one(used: tuple[Settings, Addresses, Store]) -> None:
    """Tables and indexes, the log of changes, the server's own log, temporary files: every byte in its folder."""
    home, _, _ = used
    files = [path for path in (home.home / "postgres").rglob("*") if path.is_file() and not path.is_symlink()]
    content = {path: path.read_bytes() for path in files}
    assert any(PLAIN.encode() in said for path, said in content.items() if "pg_wal" in path.parts)
    assert any(PLAIN.encode() in said for path, said in content.items() if "base" in path.parts)
    assert any(b"LOG:" in said for path, said in content.items() if path.name == "log")
    words = (CANARY_ASCII.encode(), CANARY_JA.encode(), ESCAPED["escaped"], ESCAPED["utf-16"], ESCAPED["cp932"])
    assert [path for path, said in content.items() if any(word in said for word in words)] == []


def test_no_dump_holds_one(used: tuple[Settings, Addresses, Store]) -> None:
    import subprocess

    from matcher.storage.server import binary

    home, addresses, _ = used
    pair = pyrage.x25519.Identity.generate()
    stream = io.BytesIO()
    back_up(addresses, home, [str(pair.to_public())], stream)
    dump = pyrage.decrypt(stream.getvalue(), [pair]).split(b"\n", 2)[2]
    script = subprocess.run([str(binary("pg_restore")), "--file=-"], input=dump, capture_output=True, check=True).stdout
    assert PLAIN.encode() in script and b"COPY public.person" in script
    words = (CANARY_ASCII.encode(), CANARY_JA.encode(), ESCAPED["escaped"])
    assert [word for word in words if word in script] == []


def test_no_log_of_ours_holds_one(used: tuple[Settings, Addresses, Store]) -> None:
    """With everything turned up, SQLAlchemy's echo of statements and their parameters too."""
    _, _, store = used
    root = logging.getLogger()
    before, level, raising = root.handlers[:], root.level, logging.raiseExceptions
    out = io.StringIO()
    logs.set_up(out, json_lines=True, level=logging.DEBUG)
    engine_log = logging.getLogger("sqlalchemy.engine.Engine")
    engine_log.setLevel(logging.DEBUG)
    try:
        _faults(store)
        with store.work(OURS, OPERATOR) as work:
            person = work.rows(Person)[0]
            logs.logger().info("person.seen", alias=person.record.alias, code=person.record.alias)
            engine_log.info("SELECT %s", person.record.note)
        try:
            with store.work(OURS, OPERATOR) as work:
                work.add(person.record)
        except (DBAPIError, DebanError):
            logs.logger().exception("service.failed")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        logging.raiseExceptions = raising
        engine_log.setLevel(logging.NOTSET)
        structlog.reset_defaults()
    assert out.getvalue().count("\n") >= 3
    assert found(out.getvalue().encode()) == []
