"""Keys: where they come from, and which one writes. They live in a file or the environment, never in the database.

The file holds one key a line, `NUMBER SECRET`, the newest last: that one writes, all of them read. `hash SECRET` is
the key of hashes that must stay equal (looking an address up), `audit SECRET` that of the audit chain.
"""

import base64
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from matcher.errors import DebanError
from matcher.settings import Settings

LENGTH = 32  # bytes of every key
MOST_NUMBER = 65_535


class KeysError(DebanError):
    """Keys are missing or cannot be read; the sentence says where they are looked for."""


@dataclass(frozen=True, slots=True)
class Keys:
    """All keys. `current` is the number of the one that writes."""

    sealing: Mapping[int, bytes]
    current: int
    hashing: bytes
    audit: bytes

    def hashed(self, purpose: str, text: str) -> bytes:
        """A keyed hash of a text, for finding the same text again; different purposes give different hashes."""
        return hmac.new(self.hashing, f"{purpose}\x1f{text}".encode(), sha256).digest()


def made_keys() -> Keys:
    """New keys by the system's own randomness."""
    return Keys({1: secrets.token_bytes(LENGTH)}, 1, secrets.token_bytes(LENGTH), secrets.token_bytes(LENGTH))


def with_new_key(keys: Keys) -> Keys:
    """The same keys and a new one, which writes from now on.

    Raises:
        KeysError: no number is left.
    """
    number = max(keys.sealing) + 1
    if number > MOST_NUMBER:
        raise KeysError("鍵の番号がもうありません。")
    return Keys({**keys.sealing, number: secrets.token_bytes(LENGTH)}, number, keys.hashing, keys.audit)


def without_old_keys(keys: Keys) -> Keys:
    """Only the key that writes; for after a rotation that has come to its end."""
    return Keys({keys.current: keys.sealing[keys.current]}, keys.current, keys.hashing, keys.audit)


def fingerprints(keys: Keys) -> dict[str, str]:
    """For each key, by its name in the file, a short mark that tells keys apart and gives nothing of them away."""
    named = {"hash": keys.hashing, "audit": keys.audit, **{str(n): key for n, key in sorted(keys.sealing.items())}}
    return {name: _mark(key) for name, key in named.items()}


def fingerprint(keys: Keys) -> str:
    """One mark of all keys together, to be written down and compared with a copy of the file."""
    return _mark(written(keys).encode())


def _mark(secret: bytes) -> str:
    mark = hmac.new(secret, b"deban fingerprint", sha256).hexdigest()[:16]
    return "-".join(mark[at : at + 4] for at in range(0, 16, 4))


def file_of(settings: Settings) -> Path:
    """The file of keys of an installation."""
    return Path(settings.keys_file) if settings.keys_file else settings.private / "keys"


def read_keys(settings: Settings) -> Keys:
    """The keys of an installation, from `DEBAN_KEYS` or the file.

    Raises:
        KeysError: there are none, or they cannot be read.
    """
    if settings.keys:
        return parsed(settings.keys.replace(";", "\n"), "DEBAN_KEYS")
    path = file_of(settings)
    try:
        return parsed(path.read_text(encoding="ascii"), str(path))
    except FileNotFoundError:
        raise KeysError(
            f"鍵のファイル {path} がありません。はじめてなら deban init を、移した後なら控えておいた鍵を置いてください。"
        ) from None
    except (OSError, UnicodeDecodeError):
        raise KeysError(f"鍵のファイル {path} を読めません。権限と中身を確かめてください。") from None


def parsed(text: str, place: str) -> Keys:
    """Keys from their lines.

    Raises:
        KeysError: a line cannot be read, or a kind of key is missing.
    """
    sealing: dict[int, bytes] = {}
    named: dict[str, bytes] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, _, secret = line.partition(" ")
        try:
            key = base64.urlsafe_b64decode(secret.strip())
        except ValueError:
            key = b""
        if len(key) != LENGTH or not (
            name in ("hash", "audit") or (name.isdecimal() and 1 <= int(name) <= MOST_NUMBER)
        ):
            raise KeysError(f"{place} に読めない鍵があります（「{name[:8]}」の行）。控えておいた鍵と比べてください。")
        if name.isdecimal():
            sealing[int(name)] = key
        else:
            named[name] = key
    if not sealing or set(named) != {"hash", "audit"}:
        raise KeysError(f"{place} に鍵がそろっていません。番号の鍵、hash、audit が要ります。")
    return Keys(sealing, max(sealing), named["hash"], named["audit"])


def written(keys: Keys) -> str:
    """The lines of the file of keys."""
    named = [("hash", keys.hashing), ("audit", keys.audit), *((str(n), key) for n, key in sorted(keys.sealing.items()))]
    return "".join(f"{name} {base64.urlsafe_b64encode(key).decode()}\n" for name, key in named)


def write_keys(settings: Settings, keys: Keys) -> Path:
    """Write the file of keys, readable by its owner alone, all of it or nothing.

    Raises:
        KeysError: keys come from the environment, or the file cannot be written.
    """
    if settings.keys:
        raise KeysError("鍵は環境変数 DEBAN_KEYS で決められています。そちらを書きかえてください。")
    path = file_of(settings)
    partial = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(written(keys))
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError as error:
        raise KeysError(f"鍵のファイル {path} を書けません（{error.strerror}）。") from None
    return path
