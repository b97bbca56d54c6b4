"""Backups: everything of the database from one moment, encrypted for people who keep the secret half elsewhere.

A backup is an age file. Inside stand a line that names its form, a line of JSON (what is in it), and then a dump of
pg_dump's custom form, so that it can be opened by hand too: `age -d -i KEY FILE | tail -n +3 | pg_restore …`.
Keys are never in it: sealed values stay sealed.
"""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import pyrage
from sqlalchemy import Connection, make_url, text

from matcher.errors import DebanError
from matcher.settings import Settings
from matcher.storage import audit
from matcher.storage.columns import COUNCIL
from matcher.storage.migrating import current_revision, engine_of
from matcher.storage.server import Addresses, binary
from matcher.storage.work import now_in_tokyo

FORM = b"deban-backup 1\n"
_RECIPIENTS = "backup-recipients"
_LAST = "last-backup.json"
_TABLES = text(
    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind = 'r' "
    f"AND c.relnamespace = 'public'::regnamespace AND a.attname = '{COUNCIL}' AND NOT a.attisdropped ORDER BY 1"
)


class BackupError(DebanError):
    """A backup cannot be made or restored; the sentence says why and what was kept."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a backup. `counts` are rows by table and council, as they stood in the moment of the dump."""

    at: str
    deban: str
    revision: str
    counts: dict[str, dict[str, int]]
    heads: list[dict[str, Any]]

    @property
    def councils(self) -> list[str]:
        """The councils that are in it."""
        return sorted(self.counts["council"])


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made: where (`-` for a stream), its bytes and the seconds it took."""

    at: str
    file: str
    bytes: int
    seconds: float
    councils: int


def recipients(settings: Settings, named: Sequence[str] = ()) -> list[str]:
    """For whom backups are encrypted: those named, else those of the file `private/backup-recipients`.

    Raises:
        BackupError: nobody is named, or a name is no public key of age.
    """
    path = settings.private / _RECIPIENTS
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() and not named else named
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not found:
        raise BackupError(
            "バックアップをだれが開けるようにするか決まっていません。deban keys backup-pair ファイル名 で鍵の組を作るか、--recipient age1… で指定してください。"
        )
    for one in found:
        _recipient(one)
    return found


def make_pair(settings: Settings, secret: Path) -> str:
    """Make a pair of keys for backups: the public half goes to this installation, the secret half to a file elsewhere.

    Raises:
        BackupError: there is a pair already, or the file is in the data folder, exists, or cannot be written.
    """
    path, secret = settings.private / _RECIPIENTS, secret.expanduser().absolute()
    if path.exists():
        raise BackupError(f"バックアップの鍵の組は、もうあります（公開の半分: {path}）。そのまま使えます。")
    if secret.is_relative_to(settings.home.resolve()) or secret.resolve().is_relative_to(settings.home.resolve()):
        raise BackupError("秘密の半分は、データのフォルダの外（USBメモリーなど、別に保管できる場所）に書いてください。")
    settings.make_home()
    pair = pyrage.x25519.Identity.generate()
    try:
        with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(f"# deban backup, public half: {pair.to_public()}\n{pair}\n")
            file.flush()
            os.fsync(file.fileno())
        path.write_text(f"{pair.to_public()}\n", encoding="ascii")
        path.chmod(0o600)
    except OSError as error:
        raise BackupError(
            f"鍵を書けません（{error.filename}: {error.strerror}）。ほかのファイル名で、もう一度実行してください。"
        ) from None
    return str(pair.to_public())


def back_up(addresses: Addresses, settings: Settings, named: Sequence[str], target: Path | IO[bytes]) -> Made:
    """Write a backup into a folder, under a name that tells its time, or into a stream.

    Raises:
        BackupError: nobody to encrypt for, too few rights in the database, or it cannot be written; nothing half-done
            is left in the folder.
        ServerError: the database cannot be reached.
    """
    to = [_recipient(one) for one in recipients(settings, named)]
    began, clock = now_in_tokyo(), time.monotonic()
    with snapshot(addresses) as (db, moment):
        manifest = _manifest(db, began)
        source = _Source(FORM + json.dumps(asdict(manifest)).encode() + b"\n", addresses.owner, moment)
        if isinstance(target, Path):
            name, size = _into_folder(source, to, target.expanduser().absolute(), began)
        else:
            stream = _Counted(target)
            try:
                _encrypt(source, stream, to)
            except OSError as error:
                raise _unwritable("出力先", error) from None
            name, size = "-", stream.bytes
    made = Made(manifest.at, name, size, round(time.monotonic() - clock, 1), len(manifest.councils))
    _note(settings, made)
    return made


def last_backup(settings: Settings) -> Made | None:
    """The last backup made by this installation; None where there is none."""
    try:
        return Made(**json.loads((settings.private / _LAST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


@contextmanager
def snapshot(addresses: Addresses) -> Iterator[tuple[Connection, str]]:
    """A reading transaction of the owner that sees all councils, and the name by which pg_dump sees the same moment.

    Raises:
        BackupError: the owner is held to the walls, so that a backup would be empty.
    """
    engine = engine_of(addresses.owner, isolation_level="REPEATABLE READ")
    with engine.connect() as db:
        check_sees_all(db)
        yield db, str(db.scalar(text("SELECT pg_export_snapshot()")))


def check_sees_all(db: Connection) -> None:
    """That the login may look over the walls between councils.

    Raises:
        BackupError: it may not.
    """
    if not db.scalar(text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")):
        raise BackupError(
            "DATABASE_ADMIN_URL のユーザーは、社協のあいだの壁（行レベルセキュリティ）を越えて読めないので、バックアップと復元ができません。"
            "docs/operations.md のとおり、データベースの管理者に BYPASSRLS をつけてもらってください。"
        )


def counted(db: Connection) -> dict[str, dict[str, int]]:
    """Rows by table and council, of all that the connection sees and of whichever tables its revision has."""
    counts: dict[str, dict[str, int]] = {}
    for name in db.scalars(_TABLES).all():
        rows = db.execute(text(f'SELECT {COUNCIL}, count(*) FROM "{name}" GROUP BY 1 ORDER BY 1'))
        counts[name] = {row[0]: row[1] for row in rows}
    return counts


def environment(address: str) -> tuple[str, dict[str, str]]:
    """An address without its password, and the environment that carries it: a command line is seen by everybody."""
    url = make_url(address).set(drivername="postgresql")
    more = {"PGPASSWORD": str(url.password)} if url.password else {}
    return url.set(password=None).render_as_string(hide_password=False), {**os.environ, **more}


def plain_reason(errors: IO[bytes]) -> str:
    """The first thing a program of PostgreSQL complained of; what follows it may quote rows."""
    errors.seek(0)
    lines = errors.read().decode(errors="replace").splitlines()
    return next((line for line in lines if "error" in line.lower()), lines[0] if lines else "理由不明")[:200]


def _manifest(db: Connection, at: datetime) -> Manifest:
    heads = [asdict(head) for head in audit.heads(db, at)]
    revision = current_revision(db)
    if revision is None:
        raise BackupError("データベースの用意がすんでいません。deban init を実行してください。")
    return Manifest(at.isoformat(), version("deban"), revision, counted(db), heads)


class _Source:
    """What is to be encrypted, for reading: the head, then what pg_dump says. A dump that failed is an error to read.

    `failure` is that error: the library of age wraps what it meets.
    """

    def __init__(self, head: bytes, address: str, moment: str) -> None:
        self._head = head
        self._address, self._moment = address, moment
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 closed with the object
        self.failure: DebanError | None = None

    def read(self, size: int = -1) -> bytes:
        if self._head:
            taken = self._head if size < 0 else self._head[:size]
            self._head = self._head[len(taken) :]
            return taken
        try:
            return self._dumped(size)
        except DebanError as error:
            self.failure = error
            raise

    def _dumped(self, size: int) -> bytes:
        if self._process is None:
            self._process = self._started()
        assert self._process.stdout is not None
        got = self._process.stdout.read(size)
        if not got and size != 0 and self._process.wait() != 0:
            raise BackupError(
                f"pg_dump が途中で止まりました（{plain_reason(self._errors)}）。バックアップはできていません。"
            )
        return got

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
        self._errors.close()

    def _started(self) -> "subprocess.Popen[bytes]":
        address, variables = environment(self._address)
        command = [str(binary("pg_dump")), "--format=custom", f"--snapshot={self._moment}", "--no-password"]
        return subprocess.Popen(
            [*command, f"--dbname={address}"], stdout=subprocess.PIPE, stderr=self._errors, env=variables
        )


class _Counted:
    """A stream that counts what is written to it, and keeps the error that writing met."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.bytes = 0
        self.failure: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            self._stream.write(data)
        except OSError as error:
            self.failure = error
            raise
        self.bytes += len(data)
        return len(data)

    def flush(self) -> None:
        self._stream.flush()


def _into_folder(source: _Source, to: list[Any], folder: Path, began: datetime) -> tuple[str, int]:
    path = folder / f"deban-{began:%Y%m%d-%H%M%S}.age"
    partial = path.with_suffix(".partial")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            counted = _Counted(file)
            _encrypt(source, counted, to)
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError as error:
        raise _unwritable(str(folder), error) from None
    finally:
        partial.unlink(missing_ok=True)
    return str(path), counted.bytes


def _encrypt(source: _Source, target: _Counted, to: list[Any]) -> None:
    try:
        pyrage.encrypt_io(source, target, to)
        target.flush()
    except Exception as error:
        if source.failure is not None:
            raise source.failure from None
        if target.failure is not None:
            raise target.failure from None
        raise BackupError(
            f"バックアップを暗号にできませんでした（{type(error).__name__}）。バックアップはできていません。"
        ) from error
    finally:
        source.close()


def _unwritable(place: str, error: OSError) -> BackupError:
    return BackupError(
        f"{place} にバックアップを書けません（{error.strerror}）。空きと権限を確かめてください。バックアップはできていません。"
    )


def _recipient(text_of: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(text_of)
    except pyrage.RecipientError:
        raise BackupError(
            f"「{text_of[:12]}…」はageの公開鍵ではありません。age1 で始まる1行を指定してください。"
        ) from None


def _note(settings: Settings, made: Made) -> None:
    path = settings.private / _LAST
    partial = path.with_suffix(".new")
    partial.write_text(json.dumps(asdict(made)), encoding="utf-8")
    os.replace(partial, path)
