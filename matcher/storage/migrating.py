"""Making and migrating the database: roles, the database itself, every migration up to the newest."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from matcher.storage.schema import metadata
from matcher.storage.server import DATABASE, LEAST_VERSION, LOGIN, OWNER, Addresses, ServerError
from matcher.storage.walls import APP, ROLES

_FOLDER = Path(__file__).parent / "migrations"


def engine_of(address: str, **more: object) -> Engine:
    """A way to an address, by psycopg. Its errors tell the statement, never the values that went with it.

    Args:
        address: `postgresql://…`
        more: as `sqlalchemy.create_engine` takes them; without a pool where nothing is said.
    """
    url = make_url(address).set(drivername="postgresql+psycopg")
    return create_engine(url, **{"poolclass": NullPool, "hide_parameters": True, **more})


def make_database(addresses: Addresses) -> bool:
    """Make the database, its roles, and bring its schema to the newest. Whether it was new.

    Raises:
        ServerError: the server cannot be reached, is too old, or its owner may not make roles.
    """
    new = addresses.embedded and _make_embedded(addresses)
    migrate(addresses.owner)
    return new


def _make_embedded(addresses: Addresses) -> bool:
    owner = make_url(addresses.owner).set(database=OWNER)
    engine = engine_of(owner.render_as_string(hide_password=False), isolation_level="AUTOCOMMIT")
    with engine.connect() as db:
        db.execute(text(ROLES))
        if not db.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": LOGIN}):
            db.execute(text(f"CREATE ROLE {LOGIN} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE IN ROLE {APP}"))
        name = make_url(addresses.owner).database or DATABASE
        if db.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
            return False
        db.execute(text(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"))
    return True


def migrate(owner: str, revision: str = "head") -> None:
    """Bring the schema to a revision, upwards or downwards.

    Raises:
        ServerError: the server cannot be reached or is too old.
    """
    with _connected(owner) as db:
        version = int(db.scalar(text("SHOW server_version_num")) or 0) // 10_000
        if version < LEAST_VERSION:
            raise ServerError(
                f"PostgreSQL {version} では動きません。{LEAST_VERSION} 以上のサーバーを指定してください。"
            )
        config = _config(db)
        if revision in ("base",) or _is_older(db, revision):
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)
        db.commit()


def current_revision(db: Connection) -> str | None:
    """The revision of the schema that stands in the database; None where there is none."""
    return MigrationContext.configure(db).get_current_revision()


def newest_revision() -> str:
    """The revision this version of the code was written for."""
    return str(ScriptDirectory(str(_FOLDER)).get_current_head())


def known_revisions() -> frozenset[str]:
    """Every revision this version of the code knows of."""
    return frozenset(script.revision for script in ScriptDirectory(str(_FOLDER)).walk_revisions())


def differences(owner: str) -> list[object]:
    """What the database's schema and the code's do not have in common; empty where they agree."""
    with _connected(owner) as db:
        options = {
            "compare_type": True,
            "include_object": lambda thing, name, *rest: not (name or "").startswith("procrastinate_"),
        }
        return list(compare_metadata(MigrationContext.configure(db, opts=options), metadata))


def write_migration(owner: str, message: str, revision: str) -> None:
    """Write a migration from what differs, to be read and mended by hand."""
    with _connected(owner) as db:
        command.revision(_config(db), message=message, rev_id=revision, autogenerate=True)


def _is_older(db: Connection, revision: str) -> bool:
    here = current_revision(db)
    if here is None or revision == "head":
        return False
    older = {script.revision for script in ScriptDirectory(str(_FOLDER)).iterate_revisions(here, "base")}
    return revision in older - {here}


def _config(db: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = db
    return config


def _connected(owner: str) -> Connection:
    try:
        return engine_of(owner).connect()
    except OperationalError as error:
        raise ServerError(unreachable(error)) from None


def unreachable(error: OperationalError) -> str:
    """Why the server could not be reached, in one sentence without the password of the address."""
    text_of = str(error.orig).strip().splitlines()
    reason = text_of[-1] if text_of else "理由不明"
    hints = {
        "Connection refused": "サーバーが動いているか、ポート番号を確かめてください",
        "No such file or directory": "サーバーが動いているか確かめてください",
        "password authentication failed": "ユーザー名とパスワードを確かめてください",
        "does not exist": "データベースかユーザーがありません。docs/operations.md の準備を確かめてください",
        "could not translate host name": "ホスト名を確かめてください",
        "failed to resolve host": "ホスト名を確かめてください",
        "timeout": "サーバーまで届きません。ネットワークを確かめてください",
    }
    hint = next((said for part, said in hints.items() if part in str(error.orig)), "DATABASE_URL を確かめてください")
    return f"データベースにつながりません（{reason[:160]}）。{hint}。"
