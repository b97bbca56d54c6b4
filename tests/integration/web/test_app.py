"""The application as a whole."""

from sqlalchemy import text

from matcher.storage.migrating import engine_of
from matcher.storage.work import Store
from tests.integration.conftest import Database
from web.app import create_app


def test_it_is_ready_where_the_database_is(store: Store) -> None:
    answer = create_app(store).test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"ready": True})
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_it_is_not_ready_on_a_schema_of_another_version(store: Store, database: Database) -> None:
    with engine_of(database.addresses.owner).begin() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    answer = create_app(store).test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"ready": False})
