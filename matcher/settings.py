"""What is set from outside: where data lies, which database, which keys. Read once, from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from matcher.errors import DebanError

HOME_MODE = 0o711  # nobody but the owner lists it; the embedded server's own user must pass through
PRIVATE_MODE = 0o700


class SettingsError(DebanError):
    """A setting from the environment that cannot be used; the sentence names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where this installation keeps its things.

    `database_url` is the login of the application, which owns nothing; `admin_url` that of the owner, which migrates.
    Without `database_url` an embedded server runs in `home`.
    """

    home: Path
    database_url: str = ""
    admin_url: str = ""
    keys: str = ""
    keys_file: str = ""
    audit_heads: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """The settings of `DEBAN_HOME`, `DATABASE_URL`, `DATABASE_ADMIN_URL`, `DEBAN_KEYS`, `DEBAN_KEYS_FILE`, `DEBAN_AUDIT_HEADS`.

        Raises:
            SettingsError: one names no database of PostgreSQL.
        """
        for name in ("DATABASE_URL", "DATABASE_ADMIN_URL"):
            url = environment.get(name, "")
            if url and not url.startswith(("postgresql://", "postgres://")):
                raise SettingsError(f"{name} は postgresql:// で始まるPostgreSQLの接続先にしてください。")
        return cls(
            home=Path(environment.get("DEBAN_HOME") or "var").expanduser().absolute(),
            database_url=environment.get("DATABASE_URL", ""),
            admin_url=environment.get("DATABASE_ADMIN_URL", ""),
            keys=environment.get("DEBAN_KEYS", ""),
            keys_file=environment.get("DEBAN_KEYS_FILE", ""),
            audit_heads=environment.get("DEBAN_AUDIT_HEADS", ""),
        )

    @property
    def private(self) -> Path:
        """The folder that nobody but the owner may open: keys, exported heads of the audit chain, backups."""
        return self.home / "private"

    def make_home(self) -> None:
        """Make the data folder and its private part, closed to others.

        Raises:
            SettingsError: the folder cannot be made.
        """
        try:
            self.home.mkdir(PRIVATE_MODE, parents=True, exist_ok=True)
            self.private.mkdir(PRIVATE_MODE, exist_ok=True)
            mode = self.home.stat().st_mode & 0o777
            if mode & ~HOME_MODE:  # passing through is left as it is: another process may just be starting the server
                self.home.chmod(mode & HOME_MODE)
            self.private.chmod(PRIVATE_MODE)
        except OSError as error:
            raise SettingsError(
                f"データのフォルダ {self.home} を作れません（{error.strerror}）。DEBAN_HOME で、書き込める場所を指定してください。"
            ) from None
