"""Settings from the environment."""

from pathlib import Path

import pytest

from matcher.settings import HOME_MODE, PRIVATE_MODE, Settings, SettingsError


def test_nothing_set_means_an_embedded_server_below_the_present_folder() -> None:
    settings = Settings.from_environment({})
    assert settings == Settings(home=Path("var").absolute())
    assert settings.private == Path("var").absolute() / "private"


def test_everything_set() -> None:
    settings = Settings.from_environment(
        {
            "DEBAN_HOME": "~/data",
            "DATABASE_URL": "postgresql://web@server/deban",
            "DATABASE_ADMIN_URL": "postgres://owner@server/deban",
            "DEBAN_KEYS": "1 x",
            "DEBAN_KEYS_FILE": "/keys",
            "DEBAN_AUDIT_HEADS": "syslog:",
        }
    )
    assert settings.home == Path.home() / "data"
    assert (settings.database_url, settings.admin_url) == (
        "postgresql://web@server/deban",
        "postgres://owner@server/deban",
    )
    assert (settings.keys, settings.keys_file, settings.audit_heads) == ("1 x", "/keys", "syslog:")


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_ADMIN_URL"])
@pytest.mark.parametrize("url", ["sqlite:///x.db", "mysql://u:pass-word@h/d", "server:5432"])
def test_another_kind_of_database_is_refused_without_telling_the_password(name: str, url: str) -> None:
    with pytest.raises(SettingsError, match=name) as refused:
        Settings.from_environment({name: url})
    assert "pass-word" not in str(refused.value)


def test_the_data_folder_is_closed_to_others(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "a" / "var")
    settings.make_home()
    assert settings.home.stat().st_mode & 0o777 == PRIVATE_MODE
    assert settings.private.stat().st_mode & 0o777 == PRIVATE_MODE


@pytest.mark.parametrize(
    "found, left",
    [(0o777, HOME_MODE), (0o755, HOME_MODE), (0o750, 0o710), (HOME_MODE, HOME_MODE), (PRIVATE_MODE, PRIVATE_MODE)],
)
def test_a_data_folder_that_others_may_read_is_closed(tmp_path: Path, found: int, left: int) -> None:
    settings = Settings(home=tmp_path / "var")
    settings.make_home()
    settings.home.chmod(found)
    settings.private.chmod(0o755)
    settings.make_home()
    assert settings.home.stat().st_mode & 0o777 == left
    assert settings.private.stat().st_mode & 0o777 == PRIVATE_MODE


def test_a_folder_that_cannot_be_made_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SettingsError, match="DEBAN_HOME"):
        Settings(home=tmp_path / "file" / "var").make_home()
