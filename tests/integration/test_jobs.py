"""Workers: they do what is in the queue, share it, and take up what a killed one left behind."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from matcher.jobs import CHORES_BY_CLOCK, app_of, serve
from matcher.model.council import Council
from matcher.model.match_run import RunRecord, RunStatus
from matcher.model.suggestion import Suggestion
from matcher.permissions import OPERATOR
from matcher.services.councils import add_council
from matcher.services.match_runs import request_run
from matcher.settings import Settings
from matcher.storage.keys import written
from matcher.storage.work import Store
from tests.integration.conftest import OURS, THEIRS, Database
from tests.integration.small_town import LEAD, town
from tests.races.many import LONG

FIRST = date.today()


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """The settings of an installation on the test's database."""
    made = Settings(
        home=tmp_path / "home",
        database_url=database.addresses.app,
        admin_url=database.addresses.owner,
        keys=written(database.keys).replace("\n", ";"),
    )
    made.make_home()
    return made


def _requested(store: Store, council: str, key: str = "k") -> UUID:
    with store.work(council, LEAD) as work:
        return request_run(work, FIRST, 4, request_key=key)


def _run(store: Store, council: str, run_id: UUID) -> RunRecord:
    with store.work(council, LEAD) as work:
        return work.get(RunRecord, run_id).record


@pytest.fixture
def present(database: Database) -> Iterator[Store]:
    """The store by the real clock, as workers of their own see it."""
    store = Store(database.addresses.app, database.keys)
    yield store
    store.close()


def _started(settings: Settings, name: str = "worker") -> subprocess.Popen[bytes]:
    """A worker in a process of its own, with a connection string of its own."""
    environment = {
        **os.environ,
        "DEBAN_HOME": str(settings.home),
        "DATABASE_URL": f"{settings.database_url}&application_name={name}",
        "DATABASE_ADMIN_URL": settings.admin_url,
        "DEBAN_KEYS": settings.keys,
    }
    command = [sys.executable, "-c", "from matcher.cli.main import run; run()", "work"]
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True)


def _wait(until: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "what was waited for did not happen"
        time.sleep(0.2)


def test_a_worker_does_what_is_in_the_queue(store: Store, present: Store, settings: Settings) -> None:
    for council in (OURS, THEIRS):
        town(store, council)
    runs = [(council, _requested(present, council)) for council in (OURS, THEIRS)]
    asyncio.run(serve(app_of(present, settings), present, wait=False))
    for council, run_id in runs:
        assert _run(present, council, run_id).status is RunStatus.DONE
    with present.work(OURS, LEAD) as work:
        assert len(work.rows(Suggestion)) == 1
        assert work.db.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'run_match'")) == 0


def test_a_killed_worker_loses_nothing(store: Store, present: Store, settings: Settings) -> None:
    town(store, OURS)
    run_id = _requested(present, OURS)
    first = _started(settings)
    _wait(lambda: _run(present, OURS, run_id).status is RunStatus.RUNNING)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    second = _started(settings)
    try:
        _wait(lambda: _run(present, OURS, run_id).status is RunStatus.DONE, 60)
    finally:
        second.terminate()
        second.wait()
    with present.work(OURS, LEAD) as work:
        assert len(work.rows(Suggestion)) == 1


def test_two_workers_share_the_runs_of_many_councils_and_one_is_killed(
    store: Store, present: Store, settings: Settings
) -> None:
    councils = [f"town-{n:02}" for n in range(62 if LONG else 6)]
    for council in councils:
        with present.work(council, OPERATOR) as work:
            add_council(work, Council(name=council))
        town(present, council)
    runs = {council: _requested(present, council) for council in councils}
    workers = [_started(settings, f"worker-{n}") for n in range(2)]
    try:
        _wait(lambda: sum(_run(present, c, r).status is RunStatus.DONE for c, r in runs.items()) >= 2, 300)
        os.kill(workers[0].pid, signal.SIGKILL)
        workers[0].wait()
        _wait(lambda: all(_run(present, c, r).status is RunStatus.DONE for c, r in runs.items()), 900)
    finally:
        for worker in workers:
            if worker.poll() is None:
                worker.terminate()
                worker.wait()
    for council in councils:
        with present.work(council, LEAD) as work:
            assert len(work.rows(Suggestion)) == 1


@pytest.mark.parametrize("name", [name for name, _, _ in CHORES_BY_CLOCK])
def test_every_chore_can_be_done(store: Store, present: Store, settings: Settings, name: str) -> None:
    import pyrage

    town(store, OURS)
    recipient = pyrage.x25519.Identity.generate().to_public()
    (settings.private / "backup-recipients").write_text(f"{recipient}\n")
    chore = next(chore for chore_name, _, chore in CHORES_BY_CLOCK if chore_name == name)
    chore(present, settings)
    chore(present, settings)
