"""Match runs of a council as people see them: asked for, followed, cancelled, and what one says about a person."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from matcher.engine.answer import Answer
from matcher.errors import DebanError
from matcher.model import Person
from matcher.model.match_run import RunAnswer, RunRecord, RunStatus
from matcher.permissions import Action
from matcher.services.once import once
from matcher.services.scope import person_in_scope
from matcher.services.service import service
from matcher.services.stored_answer import from_stored
from matcher.storage.queue import put_run
from matcher.storage.work import TOKYO, Stored, Work

MOST_WEEKS = 26


class HorizonRefused(DebanError):
    """The weeks asked for lie in the past, or are too few or too many."""


@service(Action.RUN_MATCH)
def request_run(work: Work, first: date, weeks: int, *, seconds: int = 60, request_key: str) -> UUID:
    """Ask for a run over so many weeks from a day on; the run's number. It waits its turn in the queue.

    Args:
        seconds: limit of the whole run.
        request_key: of the form; pressed twice it is one run.

    Raises:
        HorizonRefused: not 1 to 26 weeks, or the last of their days has passed.
    """
    if not 1 <= weeks <= MOST_WEEKS:
        raise HorizonRefused(f"期間は1週間から{MOST_WEEKS}週間までです。選びなおしてください。")
    if first + timedelta(weeks=weeks) <= work.now.astimezone(TOKYO).date():
        raise HorizonRefused("その期間は、もう過ぎています。今日より後を含む期間を選んでください。")

    def do() -> dict[str, str]:
        run = RunRecord(
            run_id=uuid4(),
            request_key=request_key or str(uuid4()),
            first=first,
            weeks=weeks,
            seconds=seconds,
            requested_by=work.actor.name,
            requested_at=work.now,
        )
        work.add(run)
        put_run(work, run.run_id)
        work.note("run.requested", RunRecord, run.run_id, weeks=weeks)
        return {"run_id": str(run.run_id)}

    return UUID(once(work, "request_run", request_key, do)["run_id"])


@service(Action.RUN_MATCH, noted=False)
def see_run(work: Work, run_id: UUID) -> Stored[RunRecord]:
    """A run without its answers: where it stands, and what was proven.

    Raises:
        NotThere: no such run.
    """
    stored = work.get(RunRecord, run_id)
    return Stored(stored.record.model_copy(update={"answer": None}), stored.version)


@service(Action.REVIEW)
def see_answer(work: Work, run_id: UUID, person_id: str) -> Answer:
    """What a run says about one person.

    Raises:
        NotThere, NotAllowed: no such run or answer, or not this actor's person.
    """
    person_in_scope(work, Action.REVIEW, person_id)
    stored = work.get(RunAnswer, run_id, person_id)
    work.note("run.answer_read", Person, person_id, run=str(run_id))
    return from_stored(person_id, stored.record.answer)


@service(Action.RUN_MATCH, noted=False)
def runs(work: Work) -> list[Stored[RunRecord]]:
    """All runs without their answers, newest first."""
    found = work.rows(RunRecord, order=("requested_at", "run_id"))
    return [Stored(s.record.model_copy(update={"answer": None}), s.version) for s in found[::-1]]


@service(Action.RUN_MATCH)
def cancel_run(work: Work, run_id: UUID) -> RunStatus:
    """Cancel a run: at once where it waits, within seconds where a worker is at it. Its status now."""
    stored = work.get(RunRecord, run_id, lock=True)
    run = stored.record
    if run.status is RunStatus.QUEUED:
        run = work.move(RunRecord, "cancel", run_id, finished_at=work.now).record
    elif run.status is RunStatus.RUNNING:
        work.change(run.model_copy(update={"cancel_asked": True}), stored.version)
    work.note("run.cancel_asked", RunRecord, run_id, status=run.status.value)
    return run.status
