"""What the commands of the operator work on: the settings, the server, and both ways to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from matcher.errors import DebanError
from matcher.settings import Settings
from matcher.storage.keys import read_keys
from matcher.storage.server import Addresses, served
from matcher.storage.work import Store


@dataclass(frozen=True, slots=True)
class Installation:
    """An installation that is being looked after. `owner` is held to the walls like everybody, but may change all."""

    settings: Settings
    addresses: Addresses
    store: Store
    owner: Store


class NoOwner(DebanError):
    """A named server was given without the login of its owner."""


def check_owner(settings: Settings) -> None:
    """That the owner's login is given where the server is a named one.

    Raises:
        NoOwner: it is not.
    """
    if settings.database_url and not settings.admin_url:
        raise NoOwner(
            "この操作には、データベースの所有者の接続先も要ります。DATABASE_ADMIN_URL を指定してください（docs/operations.md）。"
        )


@contextmanager
def installation(settings: Settings) -> Iterator[Installation]:
    """The installation, for as long as the context is open.

    Raises:
        NoOwner: a named server without its owner's login.
        KeysError: the keys are missing or cannot be read.
        ServerError: the database cannot be reached.
    """
    check_owner(settings)
    keys = read_keys(settings)
    with served(settings) as addresses:
        reread = partial(read_keys, settings)
        store, owner = Store(addresses.app, keys, reread), Store(addresses.owner, keys, reread)
        try:
            yield Installation(settings, addresses, store, owner)
        finally:
            store.close()
            owner.close()


class Plainly(click.Command):
    """A command whose faults are one plain sentence each, and status 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DebanError as error:
            said = str(error)
        except DBAPIError as error:  # its own text quotes rows
            diagnosis = getattr(error.orig, "diag", None)
            reason = getattr(diagnosis, "message_primary", None) or type(error.orig).__name__
            said = f"データベースの操作ができませんでした（{reason}）。deban doctor で確かめてください。"
        click.echo(said, err=True)
        ctx.exit(2)
