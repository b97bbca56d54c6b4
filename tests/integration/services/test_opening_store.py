"""Opening the store: from the settings to the data, or a plain sentence."""

import pytest
from sqlalchemy import make_url, text

from matcher.permissions import OPERATOR
from matcher.services.accounts import see_overview
from matcher.services.opening_store import NoSuchCouncil, NotReady, check_council, opened
from matcher.settings import Settings, SettingsError
from matcher.storage.keys import KeysError, write_keys, written
from matcher.storage.migrating import engine_of
from matcher.storage.server import ServerError
from tests.integration.conftest import OURS, THEIRS


@pytest.fixture
def settings(database, tmp_path):
    """An installation whose server is named, and whose keys are in the environment."""
    return Settings(home=tmp_path, database_url=database.addresses.app, keys=written(database.keys))


def revised(database, statement):
    with engine_of(database.addresses.owner).begin() as db:
        db.execute(text(statement))


def test_an_installation_is_opened_and_closed(settings, store):
    with opened(settings) as ours:
        assert ours.councils() == sorted([OURS, THEIRS])
        with ours.work(OURS, OPERATOR) as work:
            assert see_overview(work).name == "若葉野市社会福祉協議会"
        check_council(ours, OURS)
        with pytest.raises(NoSuchCouncil, match="hinata"):
            check_council(ours, "hinata")
    assert ours.engine.pool.checkedout() == 0


def test_the_environment_is_asked_where_nothing_is_given(settings, store, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("DEBAN_KEYS", settings.keys)
    with opened() as ours:
        assert OURS in ours.councils()
    monkeypatch.setenv("DATABASE_URL", "mysql://localhost/deban")
    with pytest.raises(SettingsError), opened():
        pass


def test_keys_are_read_anew_when_another_process_made_one(database, store, tmp_path):
    settings = Settings(home=tmp_path, database_url=database.addresses.app)
    settings.make_home()
    write_keys(settings, database.keys)
    with opened(settings) as ours:
        assert ours.sealer.keys == database.keys


def test_without_keys_it_is_said_where_they_are_looked_for(database, store, tmp_path):
    with pytest.raises(KeysError, match="deban init"), opened(Settings(tmp_path, database.addresses.app)):
        pass


def test_an_embedded_database_that_was_never_made_is_not_made_by_looking(tmp_path):
    with pytest.raises(NotReady, match="deban init"), opened(Settings(home=tmp_path / "var")):
        pass
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE alembic_version SET version_num = '0002'", "deban migrate"),
        ("UPDATE alembic_version SET version_num = '9999'", "新しい版"),
        ("DELETE FROM alembic_version", "deban init"),
        ("DROP TABLE alembic_version", "deban init"),
        ("REVOKE ALL ON alembic_version FROM deban_app", "deban init"),
    ],
)
def test_a_schema_that_is_not_the_codes_is_refused(settings, database, store, statement, said):
    revised(database, statement)
    with pytest.raises(NotReady, match=said), opened(settings):
        pass


def test_a_database_that_cannot_be_reached_is_told_without_its_password(settings):
    address = make_url(settings.database_url).set(password="himitsu", database="nowhere")
    settings = Settings(settings.home, address.render_as_string(hide_password=False), keys=settings.keys)
    with pytest.raises(ServerError) as told, opened(settings):
        pass
    assert "himitsu" not in str(told.value) and "つながりません" in str(told.value)
