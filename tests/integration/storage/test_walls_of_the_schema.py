"""Every table of the schema, one by one: the database alone keeps councils apart."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from matcher.permissions import OPERATOR
from matcher.storage import health
from matcher.storage.migrating import engine_of
from matcher.storage.schema import TABLES, table_of
from matcher.storage.walls import APP, APPEND_ONLY, LOOKUP
from matcher.storage.work import Store
from tests.integration.conftest import OURS, THEIRS, Database
from tests.integration.storage.every_noun import add_all, rows_in, tables

_ALL = """
    SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner),
        EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'council_id' AND a.attnotnull),
        (SELECT array_agg(p.polname::text ORDER BY p.polname) FROM pg_policy p WHERE p.polrelid = c.oid),
        (SELECT pg_get_expr(p.polqual, p.polrelid) || pg_get_expr(p.polwithcheck, p.polrelid) FROM pg_policy p
            WHERE p.polrelid = c.oid AND p.polname = 'council' AND p.polroles = '{0}' AND p.polcmd = '*' AND p.polpermissive)
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
"""
QUEUE = "procrastinate_"
UNCONSENTED = "nothing is disclosed without a consent"  # the trigger comes before the wall
LOOKED_UP = {"council": ["deban_councils"], "account": ["deban_account_of"], "link": ["deban_link_of"]}


@pytest.fixture
def filled(store: Store) -> Store:
    """Two councils with a row in every table."""
    for council in (OURS, THEIRS):
        with store.work(council, OPERATOR) as work:
            add_all(work, council)
    return store


def test_a_wall_stands_around_every_table(database: Database) -> None:
    with engine_of(database.addresses.owner).connect() as db:
        found = {row[0]: row[1:] for row in db.execute(text(_ALL))}
    ours = {name: row for name, row in found.items() if not name.startswith(QUEUE) and name != "alembic_version"}
    assert set(ours) == {table.name for table in TABLES.values()}
    condition = "(council_id = current_setting('deban.council'::text, true))"
    for name, (on, forced, owner, has_council, policies, said) in ours.items():
        assert (on, forced, has_council) == (True, True, True), name
        assert owner not in (APP, LOOKUP, "deban_web"), name
        assert policies == sorted(["council", *LOOKED_UP.get(name, [])]), name
        assert said == condition * 2, name


def test_nothing_is_granted_to_everybody_nor_more_than_needed_to_the_application(database: Database) -> None:
    with engine_of(database.addresses.owner).connect() as db:
        assert health.open_to_everybody(db) == []
        granted: dict[str, set[str]] = {}
        for table, right in db.execute(
            text(
                "SELECT c.relname, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a WHERE "
                "c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.grantee = CAST(:app AS regrole)"
            ),
            {"app": APP},
        ):
            granted.setdefault(table, set()).add(right)
    for table in TABLES.values():
        expected = {"SELECT", "INSERT"} | (set() if table.name in APPEND_ONLY else {"UPDATE", "DELETE"})
        assert granted[table.name] == expected, table.name


def test_the_doctor_sees_a_wall_that_is_down(database: Database) -> None:
    with engine_of(database.addresses.owner).begin() as db:
        assert health.bare_tables(db) == []
        db.execute(text("ALTER TABLE person NO FORCE ROW LEVEL SECURITY"))
        db.execute(text("DROP POLICY council ON host"))
        db.execute(text("CREATE TABLE forgotten (x int)"))
        db.execute(text("GRANT SELECT ON area TO PUBLIC"))
        db.execute(text("ALTER TABLE area ADD CONSTRAINT late CHECK (version > 0) NOT VALID"))
        assert health.bare_tables(db) == ["forgotten", "host", "person"]
        assert health.open_to_everybody(db) == ["area"]
        assert health.unvalidated(db) == ["late"]


def test_the_application_has_nothing_it_must_not_have(database: Database) -> None:
    with engine_of(database.addresses.app).connect() as db:
        assert health.too_much(db) == []
    with engine_of(database.addresses.owner).connect() as db:
        assert set(health.too_much(db)) >= {"superuser", "owner"}


def test_with_no_council_named_nothing_is_there(filled: Store) -> None:
    with filled.engine.connect() as db:
        for noun in tables():
            assert db.scalar(text(f"SELECT count(*) FROM {noun.table}")) == 0, noun.table


@pytest.mark.parametrize("named", ["", "%", "nobody-here", f"{OURS}' OR '1'='1", OURS.upper(), f"{OURS} "])
def test_another_name_opens_nothing(filled: Store, named: str) -> None:
    with filled.work(named, OPERATOR) as work:
        for noun in tables():
            assert rows_in(work, noun) == 0, noun.table


def test_each_council_sees_its_own_rows_alone(filled: Store) -> None:
    seen: dict[str, dict[str, int]] = {}
    for council in (OURS, THEIRS):
        with filled.work(council, OPERATOR) as work:
            for noun in tables():
                named = set(work.db.scalars(text(f"SELECT DISTINCT council_id FROM {noun.table}")))
                assert named == {council}, noun.table
                seen.setdefault(council, {})[noun.table] = rows_in(work, noun)
    assert seen[OURS] == seen[THEIRS] and min(seen[OURS].values()) > 0


def test_a_setting_does_not_outlive_its_transaction(filled: Store) -> None:
    with filled.work(OURS, OPERATOR):
        pass
    with filled.engine.connect() as db:
        assert db.scalar(text("SELECT count(*) FROM person")) == 0


def refusal(store: Store, statement: str) -> str | None:
    """Why the database refuses a statement of ours; None where it did it."""
    try:
        with store.work(OURS, OPERATOR) as work:
            work.db.execute(text(statement))
    except DBAPIError as error:
        said = str(error.orig)
        return next(
            (reason for reason in ("row-level security", "permission denied", UNCONSENTED) if reason in said), said
        )
    return None


def test_no_row_goes_into_another_council(filled: Store) -> None:
    refused, expected = {}, {}
    for noun in tables():
        columns = ", ".join(f'"{c.name}"' for c in table_of(noun).columns if c.name != "council_id")
        name = noun.table
        copied = f"INSERT INTO {name} (council_id, {columns}) SELECT '{THEIRS}', {columns} FROM {name}"
        refused[name] = refusal(filled, copied), refusal(filled, f"UPDATE {name} SET council_id = '{THEIRS}'")
        added_only = "permission denied" if name in APPEND_ONLY else "row-level security"
        expected[name] = (UNCONSENTED if name == "disclosure" else "row-level security"), added_only
    assert refused == expected


def test_no_row_of_another_council_is_changed_or_taken_away(filled: Store) -> None:
    touched = {}
    for noun in tables():
        if noun.table in APPEND_ONLY:
            assert refusal(filled, f"DELETE FROM {noun.table}") == "permission denied"
            continue
        with filled.work(OURS, OPERATOR) as work:
            changed = work.db.execute(text(f"UPDATE {noun.table} SET version = 7 WHERE council_id = '{THEIRS}'"))
            gone = work.db.execute(text(f"DELETE FROM {noun.table} WHERE council_id = '{THEIRS}'"))
            touched[noun.table] = changed.rowcount + gone.rowcount
    assert set(touched.values()) == {0}


def test_the_application_can_neither_lift_the_walls_nor_become_somebody_else(filled: Store) -> None:
    for attempt in (
        "ALTER TABLE person DISABLE ROW LEVEL SECURITY",
        "DROP POLICY council ON person",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "TRUNCATE person CASCADE",
        "SET ROLE postgres",
        f"SET ROLE {LOOKUP}",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (x int)",
        "COPY person TO PROGRAM 'cat'",
    ):
        with (
            pytest.raises(ProgrammingError, match=r"denied|must be"),
            filled.work(OURS, OPERATOR) as work,
        ):
            work.db.execute(text(attempt))
    with pytest.raises(ProgrammingError, match="row-level security"), filled.work(OURS, OPERATOR) as work:
        work.db.execute(text("SET row_security = off"))
        work.db.execute(text("SELECT count(*) FROM person"))


def test_look_ups_tell_their_columns_alone(filled: Store, database: Database) -> None:
    with engine_of(database.addresses.owner).connect() as db:
        found = db.execute(
            text(
                "SELECT p.proname, pg_get_function_result(p.oid), pg_get_userbyid(p.proowner), p.proconfig FROM pg_proc p "
                "WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef"
            )
        ).all()
        hashes = db.execute(text("SELECT council_id, account_id, email_hash FROM account")).all()
        lookup_rights = set(
            db.scalars(
                text(
                    "SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
                    "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 "
                    "AND has_column_privilege(CAST(:role AS regrole)::oid, c.oid, a.attnum, 'SELECT')"
                ),
                {"role": LOOKUP},
            )
        )
    assert {name: result for name, result, _, _ in found} == {
        "deban_councils": "TABLE(council_id text)",
        "deban_account_of": "TABLE(council_id text, account_id uuid)",
        "deban_link_of": "TABLE(council_id text, link_id uuid)",
    }
    assert {owner for _, _, owner, _ in found} == {LOOKUP}
    assert all(config == ["search_path=public, pg_temp"] for *_, config in found)
    assert lookup_rights == {
        "council.council_id", "account.council_id", "account.account_id", "account.email_hash",
        "link.council_id", "link.link_id", "link.token_hash",
    }  # fmt: skip
    for council, account, hashed in hashes:
        assert filled.look_up("deban_account_of", bytes(hashed)) == (council, account)
    assert filled.look_up("deban_account_of", b"x" * 32) is None
    assert filled.councils() == sorted((OURS, THEIRS))
