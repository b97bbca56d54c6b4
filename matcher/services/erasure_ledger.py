"""The ledger of erasures: a file outside the database, by which a restored backup is erased again.

The rows of `erasure` are written with the erasing itself; the ledger follows from them. So a crash between the two
loses nothing: the next call, at the latest that of the night, writes the lines that are missing.
"""

import fcntl
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from matcher.errors import DebanError
from matcher.permissions import WORKER
from matcher.services.erasing import erasures
from matcher.settings import Settings
from matcher.storage.work import Store


class LedgerError(DebanError):
    """The ledger cannot be written or read. Without it a restored backup would bring erased people back."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: whose person was erased, and when."""

    council: str
    person_id: str
    at: datetime


def ledger_of(settings: Settings) -> Path:
    """The file of an installation's ledger."""
    return settings.private / "erasures.jsonl"


def read_ledger(settings: Settings) -> list[Line]:
    """All lines, each once, in the order in which they were written. A line cut off by a crash was written again later.

    Raises:
        LedgerError: the file cannot be read.
    """
    try:
        text = ledger_of(settings).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LedgerError(
            f"消した人の控え {ledger_of(settings)} を読めません（{error.strerror}）。権限を確かめてください。"
        ) from None
    return list(dict.fromkeys(filter(None, map(_parsed, text.splitlines()))))


def write_erasures(store: Store, settings: Settings) -> int:
    """Append to the ledger every erasure that is not in it yet; how many. Several processes may do it at once.

    To be called once an erasing is committed, and every night.

    Raises:
        LedgerError: the file cannot be written; the people are erased all the same.
    """
    done: list[Line] = []
    for council in store.councils():
        with store.work(council, WORKER) as work:
            done += [Line(council, one.person_id, one.at) for one in erasures(work)]
    path = ledger_of(settings)
    try:
        settings.make_home()
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            there = file.read()
            known = set(filter(None, map(_parsed, there.decode("utf-8", errors="replace").splitlines())))
            missing = [line for line in done if line not in known]
            cut_off = b"\n" if there and not there.endswith(b"\n") else b""
            if missing:
                file.write(cut_off + "".join(map(_written, missing)).encode())
                file.flush()
                os.fsync(file.fileno())
                _keep_name(path)
    except OSError as error:
        raise LedgerError(
            f"本人の記録は消しましたが、控えのファイル {path} に書けませんでした（{error.strerror}）。"
            "このままでは、バックアップを戻したときに消した記録が戻ってしまいます。ディスクと権限を確かめて、もう一度実行してください。"
        ) from None
    return len(missing)


def _keep_name(path: Path) -> None:
    """That a new file is in its folder is to outlive a power cut as well."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _written(line: Line) -> str:
    said = {"council": line.council, "person_id": line.person_id, "at": line.at.isoformat()}
    return json.dumps(said, ensure_ascii=False) + "\n"


def _parsed(text: str) -> Line | None:
    try:
        said = json.loads(text)
        return Line(said["council"], said["person_id"], datetime.fromisoformat(said["at"]))
    except (ValueError, KeyError, TypeError):
        return None
