"""Opening the store: how every command, the worker and the web get from the settings to the data."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from sqlalchemy.exc import OperationalError, ProgrammingError

from matcher.errors import DebanError
from matcher.settings import Settings
from matcher.storage.keys import read_keys
from matcher.storage.migrating import current_revision, known_revisions, newest_revision, unreachable
from matcher.storage.server import ServerError, served
from matcher.storage.work import Store


class NoSuchCouncil(DebanError):
    """A council that this installation does not have."""


class NotReady(DebanError):
    """The database is not one that this version of the code can work on; the sentence says what to do first."""


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Store]:
    """The store of an installation, open for as long as the context is; an embedded server runs for as long.

    Args:
        settings: the environment's where none are given.

    Raises:
        NotReady: the database was never initialised, or stands at an older or newer revision than the code.
        KeysError: the keys are missing or cannot be read.
        ServerError: the database cannot be reached.
        SettingsError: a setting cannot be used.
    """
    settings = settings or Settings.from_environment()
    if not settings.database_url and not (settings.home / "postgres" / "PG_VERSION").exists():
        raise NotReady(
            f"{settings.home} には、まだデータベースがありません。はじめてなら deban init を実行してください。"
            "別の場所にあるなら DEBAN_HOME で指定してください。"
        )
    keys = read_keys(settings)
    with served(settings) as addresses:
        store = Store(addresses.app, keys, reread=partial(read_keys, settings))
        try:
            check_ready(store, addresses.embedded)
            yield store
        finally:
            store.close()


def check_ready(store: Store, embedded: bool = False) -> None:
    """Whether the schema is the one this code was written for.

    Raises:
        NotReady: it is missing, older, or newer.
        ServerError: the database cannot be reached.
    """
    try:
        with store.engine.connect() as db:
            here = current_revision(db)
    except OperationalError as error:
        if not (embedded and "does not exist" in str(error.orig)):
            raise ServerError(unreachable(error)) from None
        here = None  # the embedded server was started once, and nothing more
    except ProgrammingError:  # the application may not read the revision: the walls do not stand yet
        here = None
    if here == newest_revision():
        return
    if here is None:
        raise NotReady("データベースの用意がすんでいません。deban init を実行してください。")
    if here in known_revisions():
        raise NotReady(
            "データベースの形が、この deban より古いままです。deban backup で控えをとってから、deban migrate を実行してください。"
        )
    raise NotReady("データベースは、この deban より新しい版のものです。deban を新しい版にしてください。")


def check_council(store: Store, council: str) -> None:
    """Whether there is such a council.

    Raises:
        NoSuchCouncil: there is none.
    """
    if council not in store.councils():
        raise NoSuchCouncil(f"社協 {council} はありません。deban council list で、IDを確かめてください。")
