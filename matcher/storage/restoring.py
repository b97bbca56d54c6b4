"""Restoring a backup onto an empty database, and making sure that what stands there is what was backed up."""

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import pyrage
from sqlalchemy import inspect, select, text

from matcher.errors import DebanError
from matcher.model.person import Person
from matcher.model.records import Erasure
from matcher.permissions import OPERATOR
from matcher.settings import Settings
from matcher.storage import audit, heads, health
from matcher.storage.backup import FORM, BackupError, Manifest, check_sees_all, counted, environment, plain_reason
from matcher.storage.migrating import engine_of, known_revisions, make_database, migrate
from matcher.storage.rotation import SEALED
from matcher.storage.rows import from_row
from matcher.storage.schema import table_of
from matcher.storage.server import Addresses, binary
from matcher.storage.walls import LOOKUP
from matcher.storage.work import Store, Work

_LONGEST_HEAD = 64_000_000  # bytes of the manifest: counts and heads of every municipality there is are far below

Gone = tuple[str, str, datetime]  # council, person_id, when erased
Erase = Callable[[Work, list[tuple[str, datetime]]], int]


@dataclass(slots=True)
class Restored:
    """What a restoration did: seconds by step, what does not agree with the backup, and people erased once more."""

    manifest: Manifest
    seconds: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    erased: int = 0


def identities(path: Path) -> list[Any]:
    """The secret halves in a file.

    Raises:
        BackupError: the file cannot be read or holds none.
    """
    try:
        lines = path.read_text(encoding="ascii").splitlines()
        found = [pyrage.x25519.Identity.from_str(x.strip()) for x in lines if x.startswith("AGE-SECRET-KEY-")]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError):
        found = []
    if not found:
        raise BackupError(
            f"{path} に、バックアップを開く鍵（AGE-SECRET-KEY- で始まる行）がありません。保管しておいた秘密の半分を指定してください。"
        )
    return found


def restore(
    addresses: Addresses,
    store: Store,
    settings: Settings,
    source: IO[bytes],
    secrets: Sequence[Any],
    gone: Sequence[Gone],
    erase: Erase,
    told: Callable[[str], None] = lambda _: None,
) -> Restored:
    """Restore a backup onto an empty database and verify it. People erased after the backup are erased once more.

    Args:
        store: the application's way to the same database, with the keys that the values were sealed by.
        secrets: secret halves of age, one of which the backup was encrypted for.
        gone: who was erased, by the ledger that is kept outside the database.
        erase: erases people of a council, with the time at which they were erased first; how many.
        told: is told each step.

    Raises:
        BackupError: a council is there already, or the backup cannot be opened, read or put in; then the database is
            as empty as before.
        ServerError: the database cannot be reached.
    """
    known = heads.exported(settings)  # an unreadable one is told before anything is done
    clock = time.monotonic()

    def done(step: str) -> None:
        nonlocal clock
        now = time.monotonic()
        result.seconds[step], clock = round(now - clock, 1), now

    _empty(addresses)
    emptied = time.monotonic() - clock
    told("バックアップを開いて、データベースに入れています")
    sink = _Sink(addresses.owner)
    _decrypt(source, sink, secrets)
    result = Restored(sink.manifest)
    result.seconds["用意"] = round(emptied, 1)
    clock += emptied
    done("入れる")
    told("数と仕切りを確かめています")
    _hand_over(addresses)
    result.faults += _wrong_counts(addresses, result.manifest)
    migrate(addresses.owner)
    with engine_of(addresses.owner).connect() as db:
        result.faults += [f"表 {name} に、社協のあいだの壁がありません。" for name in health.bare_tables(db)]
        result.faults += [f"制約 {name} が、確かめられていません。" for name in health.unvalidated(db)]
    done("数と仕切り")
    told("監査の記録と、暗号にした値を確かめています")
    result.faults += _broken(store, known, result.manifest)
    done("監査と暗号")
    told("バックアップの後で消された人を、もう一度消しています")
    result.erased = _erase_again(store, gone, erase)
    for council in result.manifest.councils:
        with store.work(council, OPERATOR) as work:
            work.note("backup.restored", "council", council, faults=len(result.faults))
    heads.note_restored(store, settings)
    done("消しなおし")
    return result


def _empty(addresses: Addresses) -> None:
    """Roles and database are there, and nothing of a council."""
    make_database(addresses)
    with engine_of(addresses.owner).connect() as db:
        check_sees_all(db)
        if db.scalar(text("SELECT count(*) FROM council")):
            raise BackupError(
                "このデータベースには、もう社協のデータがあります。復元は空のところにだけできます。何も変えていません。"
                "別の DEBAN_HOME か、空のデータベースを指定してください。"
            )
    migrate(addresses.owner, "base")
    with engine_of(addresses.owner).begin() as db:
        db.execute(text("DROP TABLE IF EXISTS alembic_version"))
        if others := inspect(db).get_table_names("public"):
            raise BackupError(
                f"このデータベースには、deban のものではない表があります（{others[0]} など）。空のデータベースを指定してください。"
            )


class _Sink:
    """Takes the plain bytes of a backup: keeps the manifest, feeds the rest to pg_restore.

    Nothing of it stands in the database before `finish`: pg_restore works in one transaction.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._head = b""
        self._manifest: Manifest | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 closed with the object
        self.failure: BackupError | None = None

    @property
    def manifest(self) -> Manifest:
        assert self._manifest is not None
        return self._manifest

    def write(self, data: bytes) -> int:
        try:
            self._take(data)
        except BackupError as error:
            self.failure = error
            raise
        except BrokenPipeError:
            self.failure = self._gone()
            raise
        return len(data)

    def flush(self) -> None:
        return

    def finish(self) -> None:
        """All was read and proved whole: let pg_restore commit."""
        if self._process is None:
            raise BackupError("バックアップが途中で終わっています。別のバックアップで試してください。")
        try:
            _stdin(self._process).close()
        except BrokenPipeError:
            raise self._gone() from None
        if self._process.wait() != 0:
            raise self._gone()

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            with suppress(BrokenPipeError):
                _stdin(self._process).close()
        self._errors.close()

    def _take(self, data: bytes) -> None:
        if self._process is None:
            self._head += data
            if not self._head.startswith(FORM[: len(self._head)]) or len(self._head) > _LONGEST_HEAD:
                raise BackupError("これは、この版の deban が読めるバックアップではありません。")
            _form, _, rest = self._head.partition(b"\n")
            line, found, data = rest.partition(b"\n")
            if not found:
                return
            self._manifest, self._head = _manifest(line), b""
            self._process = self._started()
        _stdin(self._process).write(data)

    def _gone(self) -> BackupError:
        if self._process is not None:
            self._process.wait()
        return BackupError(
            f"データベースに入れられませんでした（{plain_reason(self._errors)}）。データベースは空のままです。"
        )

    def _started(self) -> "subprocess.Popen[bytes]":
        address, variables = environment(self._address)
        command = [str(binary("pg_restore")), "--format=custom", "--single-transaction", "--exit-on-error"]
        command += ["--no-owner", "--no-password", f"--dbname={address}"]
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._errors, env=variables
        )


def _stdin(process: "subprocess.Popen[bytes]") -> IO[bytes]:
    assert process.stdin is not None
    return process.stdin


def _manifest(line: bytes) -> Manifest:
    try:
        manifest = Manifest(**json.loads(line))
    except (ValueError, TypeError):
        raise BackupError("これは、この版の deban が読めるバックアップではありません。") from None
    if manifest.revision not in known_revisions():
        raise BackupError(
            f"このバックアップは、より新しい deban {manifest.deban} のものです。その版の deban で復元してください。何も変えていません。"
        )
    return manifest


def _decrypt(source: IO[bytes], sink: _Sink, secrets: Sequence[Any]) -> None:
    try:
        pyrage.decrypt_io(source, sink, list(secrets))
        sink.finish()
    except BackupError:
        raise
    except Exception as error:
        if sink.failure is not None:
            raise sink.failure from None
        if isinstance(error, pyrage.DecryptError) and "matching keys" in str(error):
            raise BackupError(
                "この鍵では、このバックアップを開けません。バックアップをとったときの組の、秘密の半分を指定してください。"
            ) from None
        raise BackupError(
            "バックアップのファイルがこわれているか、途中で切れています。データベースは空のままです。別のバックアップで試してください。"
        ) from None
    finally:
        sink.close()


def _hand_over(addresses: Addresses) -> None:
    """Functions that look over the walls belong to a role that sees nothing else; and the planner learns the sizes."""
    with engine_of(addresses.owner, isolation_level="AUTOCOMMIT").connect() as db:
        found = db.scalars(
            text(
                "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace "
                "AND p.prosecdef AND p.proname LIKE 'deban\\_%'"
            )
        ).all()
        db.execute(text(f"GRANT CREATE ON SCHEMA public TO {LOOKUP}"))
        for function in found:
            db.execute(text(f"ALTER FUNCTION {function} OWNER TO {LOOKUP}"))
        db.execute(text(f"REVOKE CREATE ON SCHEMA public FROM {LOOKUP}"))
        db.execute(text("ANALYZE"))


def _wrong_counts(addresses: Addresses, manifest: Manifest) -> Iterator[str]:
    with engine_of(addresses.owner).connect() as db:
        here = counted(db)
    for table in sorted({*manifest.counts, *here}):
        was_of, now_of = manifest.counts.get(table, {}), here.get(table, {})
        for council in sorted({*was_of, *now_of}):
            was, now = was_of.get(council, 0), now_of.get(council, 0)
            if was != now:
                yield f"社協 {council} の {table} は、控えでは {was} 行、ここでは {now} 行です。"


def _broken(store: Store, known: Mapping[str, Mapping[int, set[str]]], manifest: Manifest) -> Iterator[str]:
    """Faults of the chains up to the heads of the backup and those exported before it, and values that do not open."""
    ends = {head["council"]: int(head["number"]) for head in manifest.heads}
    for council in manifest.councils:
        before = [
            audit.Head(council, n, digest, "")
            for n, digests in known.get(council, {}).items()
            for digest in digests
            if n <= ends.get(council, 0)
        ]
        here = [audit.Head(**head) for head in manifest.heads if head["council"] == council]
        with store.work(council, OPERATOR, snapshot=True) as work:
            yield from (heads.plain(b) for b in audit.verify(work.db, council, here + before, work.keys.audit))
            yield from _unopened(work)


def _unopened(work: Work) -> Iterator[str]:
    for noun in SEALED:
        table = table_of(noun)
        for name in sorted(noun.sealed):
            row = work.db.execute(select(table).where(work.ours(table), table.c[name].is_not(None)).limit(1)).first()
            if row is None:
                continue
            try:
                from_row(noun, dict(row._mapping), work.sealer)
            except DebanError as error:
                yield f"社協 {work.council}: {error}"
                break


def _erase_again(store: Store, gone: Sequence[Gone], erase: Erase) -> int:
    """Erase whom the backup still held; where an erasure stands beside a person, somebody was registered anew."""
    done = 0
    for council in store.councils():
        with store.work(council, OPERATOR) as work:
            there = [
                (person_id, at)
                for of, person_id, at in gone
                if of == council and work.find(Person, person_id) and not work.find(Erasure, person_id)
            ]
            if there:
                done += erase(work, there)
    return done
