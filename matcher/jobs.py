"""Jobs: what is done outside of a click. The queue carries IDs alone; the rows are the record of what became of it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import procrastinate
import structlog

from matcher.errors import DebanError
from matcher.permissions import WORKER
from matcher.services import chores
from matcher.services.run_apart import RunFailed, run_apart
from matcher.services.working_runs import (
    StillRunning,
    Taken,
    TakenOver,
    beat,
    fail,
    finish,
    recover_runs,
    take_up,
)
from matcher.settings import Settings
from matcher.storage.queue import CHORES, RUN_TASK, RUNS
from matcher.storage.work import Store

HEARTBEAT = 5.0  # seconds
SILENCE = 20.0  # seconds after which a worker counts as gone
BETWEEN_SWEEPS = 7.0  # seconds
log = structlog.get_logger("jobs")


def app_of(store: Store, settings: Settings) -> procrastinate.App:
    """The queue with every task, on the store's database."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=store.address))

    @app.task(
        name=RUN_TASK,
        queue=RUNS,
        retry=procrastinate.RetryStrategy(max_attempts=20, wait=5, retry_exceptions=[StillRunning]),
    )
    def run_match(council: str, run: str) -> None:
        match(store, council, UUID(run))

    for name, cron, chore in CHORES_BY_CLOCK:
        _add_chore(app, store, settings, name, cron, chore)
    return app


Chore = Callable[[Store, Settings], None]
# By the clock of the queue, which is nine hours behind Japan's: name, when, what.
CHORES_BY_CLOCK: tuple[tuple[str, str, Chore], ...] = (
    ("keep", "10 17 * * *", chores.keep_all),
    ("remind", "20 17 * * *", chores.remind_all),
    ("hold_on", "30 17 * * *", chores.hold_on_all),
    ("backup", "40 17 * * *", chores.back_up_all),
    ("audit_heads", "5 * * * *", chores.export_all_heads),
)


def _add_chore(app: procrastinate.App, store: Store, settings: Settings, name: str, cron: str, chore: Chore) -> None:
    def run(timestamp: int) -> None:
        log.info("chore.started", chore=name)
        chore(store, settings)
        log.info("chore.done", chore=name)

    task = app.task(name=name, queue=CHORES, queueing_lock=name, lock=name)(run)
    app.periodic(cron=cron, periodic_id=name)(task)


def match(store: Store, council: str, run_id: UUID) -> None:
    """Do a run: take it up, match in a process of its own, write what it came to once.

    Raises:
        StillRunning: another worker is at it; to be tried again later.
    """
    with store.work(council, WORKER) as work:
        taken = take_up(work, run_id)
    if taken is None:
        return
    log.info("run.started", council=council, run=str(run_id), attempt=taken.attempt)
    try:
        result = run_apart(taken.bundle, taken.first, taken.weeks, taken.seconds, _beating(store, council, taken))
        with store.work(council, WORKER) as work:
            finish(work, run_id, taken.attempt, result)
        log.info("run.finished", council=council, run=str(run_id))
    except TakenOver:
        _give_up(store, council, taken, "gone")
    except RunFailed as error:
        _give_up(store, council, taken, error.code)


def _beating(store: Store, council: str, taken: Taken) -> Callable[[str], None]:
    def said(progress: str) -> None:
        with store.work(council, WORKER) as work:
            beat(work, taken.run_id, taken.attempt, progress)

    return said


def _give_up(store: Store, council: str, taken: Taken, code: str) -> None:
    with suppress(TakenOver), store.work(council, WORKER) as work:
        fail(work, taken.run_id, taken.attempt, code)
    log.info("run.ended", council=council, run=str(taken.run_id), code=code)


async def serve(app: procrastinate.App, store: Store, *, concurrency: int = 1, wait: bool = True) -> None:
    """Work on what is in the queue until a signal comes, and look after what other workers left behind.

    Args:
        concurrency: runs at the same time, each in processes of its own.
        wait: go on when the queue is empty.
    """
    async with app.open_async():
        sweeping = asyncio.create_task(_sweep(app, store))
        try:
            await app.run_worker_async(
                queues=[RUNS, CHORES],
                concurrency=concurrency,
                wait=wait,
                delete_jobs="successful",
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=SILENCE,
                fetch_job_polling_interval=2.0,
            )
        finally:
            sweeping.cancel()
            with suppress(asyncio.CancelledError):
                await sweeping


async def _sweep(app: procrastinate.App, store: Store) -> None:
    """Take up what workers that are gone had begun: their jobs, then their runs."""
    while True:
        try:
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENCE):
                log.info("job.retried", task=job.task_name)
                await app.job_manager.retry_job(job)
            await asyncio.to_thread(recover, store)
        except (DebanError, procrastinate.exceptions.ProcrastinateException) as error:
            log.warning("sweep.failed", error=type(error).__name__)
        await asyncio.sleep(BETWEEN_SWEEPS)


def recover(store: Store) -> int:
    """Of every council, put runs whose worker fell silent back into the queue, or fail them; how many."""
    found = 0
    for council in store.councils():
        with store.work(council, WORKER) as work:
            found += recover_runs(work)
    return found
