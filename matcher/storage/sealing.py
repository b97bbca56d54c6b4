"""Sealing columns: AES-256-GCM, with the place of the value as associated data, so that it opens nowhere else."""

import json
import os
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from matcher.errors import DebanError
from matcher.storage.keys import Keys, KeysError

_FORMAT = 1
_NONCE = 12  # bytes
_HEAD = 3  # bytes: format, number of the key


class SealBroken(DebanError):
    """A sealed value does not open: changed, moved from another place, or its key is missing."""


class Sealer:
    """Seals and opens values by an installation's keys.

    A sealed value is: format (1 byte), number of the key (2), nonce (12), AES-GCM of the value's JSON (UTF-8).

    Args:
        keys: the keys at hand.
        reread: gives the keys anew; asked once where a value was sealed by a key that is not at hand, since another
            process may have made one.
    """

    def __init__(self, keys: Keys, reread: Callable[[], Keys] | None = None) -> None:
        self.keys = keys
        self._reread = reread
        self._ciphers = {number: AESGCM(key) for number, key in keys.sealing.items()}

    def seal(self, place: tuple[str, ...], value: Any) -> bytes:
        """A value, sealed for one place: (council, table, row, column)."""
        number = self.keys.current
        head = bytes((_FORMAT, *number.to_bytes(2)))
        nonce = os.urandom(_NONCE)
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return head + nonce + self._ciphers[number].encrypt(nonce, plain, _associated(head, place))

    def open(self, place: tuple[str, ...], sealed: bytes) -> Any:
        """The value that was sealed for this place.

        Raises:
            SealBroken: it was sealed for another place or changed, or its key is missing.
        """
        number = key_number(sealed)
        if number not in self._ciphers and self._reread is not None:
            self.use(self._reread())
        cipher = self._ciphers.get(number)
        if cipher is None or sealed[0] != _FORMAT:
            raise SealBroken(
                f"鍵{number}がないので、{place[1]} の {place[3]} を開けません。控えておいた鍵を置いてください。"
            )
        head, nonce, body = sealed[:_HEAD], sealed[_HEAD : _HEAD + _NONCE], sealed[_HEAD + _NONCE :]
        try:
            return json.loads(cipher.decrypt(nonce, body, _associated(head, place)))
        except InvalidTag:
            raise SealBroken(f"{place[1]} の {place[3]} が、書かれたときのままではありません。") from None

    def refresh(self) -> None:
        """Take up a key that another process has made. To be called before each transaction, so that none which began
        after a key was made still writes by an older one. Where keys cannot be read, those at hand stay.
        """
        if self._reread is None:
            return
        try:
            keys = self._reread()
        except KeysError:
            return
        if keys != self.keys:
            self.use(keys)

    def use(self, keys: Keys) -> None:
        """Seal and open by these keys from now on."""
        self.keys = keys
        self._ciphers = {number: AESGCM(key) for number, key in keys.sealing.items()}


def key_number(sealed: bytes) -> int:
    """The number of the key a value was sealed by."""
    return int.from_bytes(sealed[1:_HEAD])


def _associated(head: bytes, place: tuple[str, ...]) -> bytes:
    """Each part with its length before it, so that no two places read the same."""
    parts = (part.encode() for part in place)
    return head + b"".join(len(part).to_bytes(4) + part for part in parts)
