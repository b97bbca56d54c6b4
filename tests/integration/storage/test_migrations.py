"""Migrations: up, down and up again, and nothing between the schema that stands and the one the code believes in."""

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url, text

from matcher.model.tables import MACHINES, NOUNS
from matcher.permissions import OPERATOR
from matcher.storage.migrating import (
    current_revision,
    differences,
    engine_of,
    known_revisions,
    make_database,
    migrate,
    newest_revision,
)
from matcher.storage.server import Addresses, ServerError
from matcher.storage.walls import status_moves
from matcher.storage.work import Store
from tests.integration.conftest import OURS, Database
from tests.integration.storage.every_noun import add_all

REVISIONS = sorted(known_revisions())
STRUCTURE = """
    SELECT 'column', table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || coalesce(column_default, '')
        FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'constraint', conrelid::regclass::text || '.' || conname || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'policy', polrelid::regclass || '.' || polname || pg_get_expr(polqual, polrelid) FROM pg_policy
    UNION ALL SELECT 'trigger', pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'function', pg_get_functiondef(oid) || coalesce(proacl::text, '') FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'grant', relname || ' ' || a.grantee::regrole || ' ' || a.privilege_type
        FROM pg_class, aclexplode(relacl) a WHERE relnamespace = 'public'::regnamespace AND a.grantee <> relowner
    UNION ALL SELECT 'schema', coalesce(nspacl::text, '') FROM pg_namespace WHERE nspname = 'public'
    UNION ALL SELECT 'type', typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
    ORDER BY 1, 2
"""


@pytest.fixture
def empty(database: Database) -> Iterator[str]:
    """The owner's way to a database of this test that has no schema."""
    name = f"{make_url(database.addresses.owner).database}_bare"

    def to(name: str) -> str:
        return make_url(database.addresses.owner).set(database=name).render_as_string(hide_password=False)

    admin = engine_of(to("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as db:
        db.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
    yield to(name)
    with admin.connect() as db:
        db.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


def structure(owner: str) -> list[tuple[str, str]]:
    with engine_of(owner).connect() as db:
        return [tuple(row) for row in db.execute(text(STRUCTURE))]


def test_up_down_to_nothing_and_up_again(empty: str) -> None:
    migrate(empty)
    first = structure(empty)
    migrate(empty, "base")
    left = [
        said for kind, said in structure(empty) if kind not in ("grant", "schema") and "alembic_version" not in said
    ]
    assert left == []
    migrate(empty)
    assert structure(empty) == first


def test_each_step_can_be_taken_back(empty: str) -> None:
    stood = []
    for revision in REVISIONS:
        migrate(empty, revision)
        stood.append(structure(empty))
    assert newest_revision() == REVISIONS[-1]
    for revision, before in reversed(list(zip(REVISIONS[:-1], stood[:-1], strict=True))):
        migrate(empty, revision)
        assert _without_schema(structure(empty)) == _without_schema(before), revision
        with engine_of(empty).connect() as db:
            assert current_revision(db) == revision
    migrate(empty)
    assert structure(empty) == stood[-1]


def _without_schema(said: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Rights on the schema itself are written out once somebody touched them, and then stay written out."""
    return [(kind, one) for kind, one in said if kind != "schema" and "alembic_version" not in one]


def test_the_schema_that_stands_is_the_one_the_code_believes_in(database: Database) -> None:
    assert differences(database.addresses.owner) == []


def test_a_difference_would_be_seen(database: Database) -> None:
    with engine_of(database.addresses.owner).begin() as db:
        db.execute(text("ALTER TABLE person DROP COLUMN age"))
    assert "age" in str(differences(database.addresses.owner))


def test_walls_and_moves_of_the_migration_are_those_of_the_code(database: Database) -> None:
    """Alembic compares tables alone: triggers and policies are compared here."""
    with engine_of(database.addresses.owner).connect() as db:
        walled = set(db.scalars(text("SELECT polrelid::regclass::text FROM pg_policy WHERE polname = 'council'")))
        moves = dict(
            db.execute(
                text(
                    "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'status_moves'"
                )
            ).all()
        )
    assert walled == {noun.table for noun in NOUNS}
    assert {
        machine.name: sorted(
            part.strip(" '") for part in moves[machine.name].split("deban_check_status(")[1].rstrip(")").split(",")
        )
        for machine in MACHINES
    } == {machine.name: status_moves(machine) for machine in MACHINES}


def test_migrating_what_is_at_the_newest_changes_nothing_and_keeps_the_rows(store: Store, database: Database) -> None:
    with store.work(OURS, OPERATOR) as work:
        add_all(work, OURS)
    before = structure(database.addresses.owner)
    assert make_database(database.addresses) is False
    assert structure(database.addresses.owner) == before
    with store.work(OURS, OPERATOR) as work:
        assert all(work.rows(noun) for noun in NOUNS)


def test_a_server_that_is_too_old_is_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.storage.migrating.LEAST_VERSION", 99)
    with pytest.raises(ServerError, match="99 以上"):
        migrate(database.addresses.owner)


def test_making_a_database_says_whether_it_is_new(server: Addresses, database: Database) -> None:
    name = f"{make_url(database.addresses.owner).database}_new"

    def named(address: str, database: str) -> str:
        return make_url(address).set(database=database).render_as_string(hide_password=False)

    new = Addresses(named(server.app, name), named(server.owner, name), True)
    try:
        assert make_database(new) is True
        assert make_database(new) is False
        assert differences(new.owner) == []
    finally:
        with engine_of(named(server.owner, "postgres"), isolation_level="AUTOCOMMIT").connect() as db:
            db.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
