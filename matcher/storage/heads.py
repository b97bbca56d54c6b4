"""Exported heads of the audit chains: a file of JSON lines outside the database, and syslog where it is asked for.

Whoever can write the database and has the key could still cut off the end of a chain; a head that stands elsewhere
tells. Put `DEBAN_AUDIT_HEADS` on another disk or machine, or name `syslog:`.
"""

import json
import logging.handlers
import os
import socket
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from matcher.errors import DebanError
from matcher.permissions import WORKER
from matcher.settings import Settings
from matcher.storage import audit
from matcher.storage.work import Store

SYSLOG = "syslog:"
_SYSLOG_PORT = 514
_RESTORED = "restored"
_LONGEST_LINE = 1000  # bytes


class HeadsError(DebanError):
    """Heads cannot be exported, or an exported one cannot be read; the sentence names the place."""


def file_of(settings: Settings) -> Path:
    """The file of exported heads; with syslog as the target, heads stand in the data folder too."""
    named = "" if settings.audit_heads.startswith(SYSLOG) else settings.audit_heads
    return Path(named).expanduser().absolute() if named else settings.private / "audit-heads.jsonl"


def export_heads(store: Store, settings: Settings) -> list[audit.Head]:
    """Append the heads of all councils to the place of exported heads. Those that moved since the last export.

    Raises:
        HeadsError: the place cannot be written.
        ServerError: the database cannot be reached.
    """
    last = {council: max(known, default=0) for council, known in exported(settings).items()}
    moved = [head for head in _heads(store) if head.number > last.get(head.council, -1)]
    _append(file_of(settings), "".join(json.dumps(asdict(head)) + "\n" for head in moved))
    if settings.audit_heads.startswith(SYSLOG):
        _to_syslog(settings.audit_heads.removeprefix(SYSLOG), moved)
    return moved


def exported(settings: Settings) -> dict[str, dict[int, set[str]]]:
    """The exported heads: council → number → digests; more than one digest where a number was exported twice.

    Raises:
        HeadsError: the file cannot be read, or a line of it is none of a head.
    """
    path, known = file_of(settings), dict[str, dict[int, set[str]]]()
    if not path.exists():
        return known
    for number, line in enumerate(_lines(path), start=1):
        try:
            said = json.loads(line)
            council, head, digest = str(said["council"]), int(said["number"]), str(said["digest"])
            void = said.get(_RESTORED) is True
        except (ValueError, KeyError, TypeError, AttributeError):
            raise HeadsError(
                f"監査の控え {path} の {number} 行目が読めません。だれかが書きかえていないか確かめ、その行をのぞいた控えで、もう一度実行してください。"
            ) from None
        of_council = known.setdefault(council, {})
        if void:  # what had been exported beyond it was lost with the machine that was restored
            known[council] = {n: digests for n, digests in of_council.items() if n <= head}
        of_council = known[council]
        of_council.setdefault(head, set()).add(digest)
    return known


def verify_all(store: Store, settings: Settings) -> Iterator[audit.Broken]:
    """Every place where the chain of a council is not as it was written, or a chain that was exported is gone.

    Raises:
        HeadsError: exported heads cannot be read.
        ServerError: the database cannot be reached.
    """
    known = exported(settings)
    for council in sorted({*store.councils(), *known}):
        with store.work(council, WORKER, snapshot=True) as work:
            heads = [audit.Head(council, n, d, "") for n, ds in known.get(council, {}).items() for d in ds]
            yield from audit.verify(work.db, council, heads, work.keys.audit)


def note_restored(store: Store, settings: Settings) -> None:
    """Say in the file of exported heads that a backup was restored: what was exported beyond it is gone, with reason.

    Raises:
        HeadsError: the place cannot be written.
    """
    lines = (json.dumps({**asdict(head), _RESTORED: True}) + "\n" for head in _heads(store))
    _append(file_of(settings), "".join(lines))


def exported_at(settings: Settings) -> datetime | None:
    """When heads were exported last; None where they never were."""
    path = file_of(settings)
    return datetime.fromtimestamp(path.stat().st_mtime).astimezone() if path.exists() else None


def _heads(store: Store) -> Iterator[audit.Head]:
    for council in store.councils():
        with store.work(council, WORKER) as work:
            yield from (head for head in audit.heads(work.db, work.now) if head.council == council)


def _lines(path: Path) -> Iterator[str]:
    """Whole lines; one that a crash cut short at the end was never exported."""
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                if line.endswith("\n"):
                    yield line
    except (OSError, UnicodeDecodeError) as error:
        raise HeadsError(
            f"監査の控え {path} を読めません（{type(error).__name__}）。権限と中身を確かめてください。"
        ) from None


def _append(path: Path, text: str) -> None:
    try:
        new = not path.exists()
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _LONGEST_LINE))
            torn = size and len(file.read().rsplit(b"\n", 1)[-1])
            if torn:  # a crash cut it short: it was never exported
                file.truncate(size - torn)
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        os.utime(path)  # also where nothing moved: the export was done
        if new:
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError as error:
        raise HeadsError(
            f"監査の控えを {path} に書けません（{error.strerror}）。DEBAN_AUDIT_HEADS の場所と権限を確かめてください。"
        ) from None


class _Syslog(logging.handlers.SysLogHandler):
    """Remembers that a message could not be sent, where the library's own handler would print a traceback."""

    failed = False

    def handleError(self, record: logging.LogRecord) -> None:
        self.failed = True


def _to_syslog(target: str, heads: list[audit.Head]) -> None:
    """Send heads to syslog: `syslog:` alone is this machine's, else a socket's path, or `HOST[:PORT]` by UDP."""
    address = _address(target)
    try:
        handler = _Syslog(address, facility=logging.handlers.SysLogHandler.LOG_AUTHPRIV)
    except OSError as error:
        raise HeadsError(
            f"syslog（{target or '/dev/log'}）に監査の控えを送れません（{error.strerror}）。控えのファイルには書いてあります。"
        ) from None
    try:
        for head in heads:
            message = f"deban-audit-head {json.dumps(asdict(head))}"
            handler.emit(logging.LogRecord("deban", logging.INFO, "", 0, message, None, None))
    finally:
        handler.close()
    if handler.failed:
        raise HeadsError(
            f"syslog（{target or '/dev/log'}）に監査の控えを送れません。控えのファイルには書いてあります。"
        )


def _address(target: str) -> str | tuple[str, int]:
    if not target or target.startswith("/"):
        return target or "/dev/log"
    host, _, port = target.partition(":")
    return socket.gethostbyname(host), int(port) if port.isdecimal() else _SYSLOG_PORT


def plain(broken: audit.Broken) -> str:
    """A fault of a chain in plain words."""
    return f"社協 {broken.council} の記録 {broken.number} 番: {_WORDS[broken.code]}"


_WORDS: Mapping[str, str] = {
    "missing": "ありません。消されています。",
    "not_after_the_one_before": "前の記録とつながりません。入れかえか、書き足しがあります。",
    "changed": "書かれたときのままではありません。",
    "not_the_exported_head": "控えてある印とちがいます。書きかえられています。",
    "cut_off": "控えには印があるのに、記録がありません。終わりが切り取られています。",
    "head_missing": "終わりの印がありません。消されています。",
    "not_the_head": "終わりの印と合いません。終わりが消されたか、書き足されています。",
}
