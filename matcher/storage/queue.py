"""Putting jobs in the queue within the transaction of the work they belong to."""

from uuid import UUID

from procrastinate import SyncPsycopgConnector
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

from matcher.storage.work import Work

RUN_TASK = "run_match"
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


def put_run(work: Work, run_id: UUID) -> int:
    """Put a run in the queue; the runs of one council go one after the other. The job's number."""
    return put_job(work, RUNS, RUN_TASK, lock=f"council:{work.council}", run=str(run_id))
