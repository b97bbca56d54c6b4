"""Putting jobs in the queue within the transaction of the work they belong to."""

from collections.abc import Iterable
from typing import Any

from procrastinate import SyncPsycopgConnector
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from sqlalchemy import Connection

from matcher.storage.work import Work

RUNS, CHORES = "runs", "chores"  # the queues: matching, and what is done at night


def put_job(work: Work, queue: str, task: str, *, lock: str | None = None, **arguments: str) -> int:
    """Put a job in the queue; it is there where the work is committed, and then alone. The job's number.

    Args:
        lock: of jobs with one lock, one runs at a time.
        arguments: IDs, never anything of a person.
    """
    job = Job(
        id=None,
        queue=queue,
        lock=lock,
        queueing_lock=None,
        task_name=task,
        task_kwargs={**arguments, "council": work.council},
        scheduled_at=None,
    )
    put = JobManager(SyncPsycopgConnector()).defer_job(job, connection=work.db.connection.dbapi_connection)
    if put.id is None:
        raise RuntimeError("the queue gave no number")
    return put.id


def lock_of(council: str) -> str:
    """The lock under which a council's runs go one after the other."""
    return f"council:{council}"


def tasks_waiting(db: Connection, task: str, argument: str, values: Iterable[str]) -> set[str]:
    """Of these values of an argument, those for which a job waits or is at work."""
    raw: Any = db.connection.dbapi_connection
    with raw.cursor() as cursor:
        cursor.execute(
            "SELECT args->>%s FROM procrastinate_jobs "
            "WHERE task_name = %s AND status IN ('todo', 'doing') AND args->>%s = ANY(%s)",
            (argument, task, argument, list(values)),
        )
        return {row[0] for row in cursor.fetchall()}
