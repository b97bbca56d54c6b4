"""What is done at night and every hour, council after council: one that fails does not keep the others waiting."""

from collections.abc import Callable
from typing import Any

import structlog

from matcher.errors import DebanError
from matcher.permissions import WORKER, Action
from matcher.services.erasure_ledger import write_erasures
from matcher.services.keeping import keep
from matcher.services.login_attempts import forget_old_attempts
from matcher.services.reminding import remind
from matcher.services.seats import hold_on
from matcher.services.service import service
from matcher.settings import Settings
from matcher.storage.backup import back_up
from matcher.storage.heads import export_heads
from matcher.storage.server import served
from matcher.storage.work import Store, Work

log = structlog.get_logger("chores")


class ChoreFailed(DebanError):
    """A chore failed for some councils; the others are done."""


@service(Action.KEEP)
def move_seats_on(work: Work) -> int:
    """Hold seats at the sessions that came nearer; of how many placements."""
    changed = hold_on(work)
    work.note("seats.moved_on", "placement", count=changed)
    return changed


def keep_all(store: Store, settings: Settings) -> None:
    """Let go of what councils keep no longer, and write erasures where a restore will find them."""
    _each(store, keep)
    _each(store, forget_old_attempts)
    write_erasures(store, settings)


def remind_all(store: Store, settings: Settings) -> None:
    """Note what has come due."""
    _each(store, remind)


def hold_on_all(store: Store, settings: Settings) -> None:
    """Hold seats at the sessions that came nearer."""
    _each(store, move_seats_on)


def back_up_all(store: Store, settings: Settings) -> None:
    """Back up into the private folder."""
    with served(settings) as addresses:
        back_up(addresses, settings, (), settings.private / "backups")
    _each(store, _noted_backup)


@service(Action.KEEP)
def _noted_backup(work: Work) -> None:
    work.note("backup.made", "council", work.council)


def export_all_heads(store: Store, settings: Settings) -> None:
    """Export the heads of all audit chains."""
    export_heads(store, settings)


def _each(store: Store, do: Callable[[Work], Any]) -> None:
    """Do it for each council in a transaction of its own.

    Raises:
        ChoreFailed: for some it could not be done.
    """
    failed = 0
    for council in store.councils():
        try:
            with store.work(council, WORKER) as work:
                do(work)
        except Exception as error:  # one council's trouble is not another's
            failed += 1
            log.error("chore.failed", council=council, error=type(error).__name__)
    if failed:
        raise ChoreFailed(f"{failed}の社協で、夜の仕事が終わりませんでした。")
