"""Runs as a worker goes through them: taken up, kept alive, finished once, failed plainly, or left for another worker."""

import hmac
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from matcher.errors import DebanError
from matcher.model import SHEETS, Bundle, Consent, Person
from matcher.model.match_run import RunAnswer, RunRecord, RunStatus
from matcher.model.suggestion import OPEN, Suggestion, SuggestionStatus
from matcher.permissions import Action
from matcher.services.bundle_of import bundle_of
from matcher.services.erasing import spoken_of, without_people
from matcher.services.reserved import with_reserved
from matcher.services.service import service
from matcher.services.stored_answer import idea_from_stored
from matcher.storage.queue import put_run
from matcher.storage.schema import table_of
from matcher.storage.work import TOKYO, Stored, Work

MOST_ATTEMPTS = 3
SILENCE = timedelta(seconds=20)  # without a heartbeat for so long, the worker counts as gone
_MADE = (SuggestionStatus.SUGGESTED.value,)


class TakenOver(DebanError):
    """The run is no longer this worker's: it was cancelled, or another worker took it up."""


class StillRunning(DebanError):
    """Another worker is at this run, and was heard of a moment ago."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A run that a worker took up: what is to be matched, from when, in how much time."""

    run_id: UUID
    attempt: int
    bundle: Bundle
    first: date
    weeks: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to, as it is stored: of each person by ID, and of all together."""

    solved: str  # "optimal" or "feasible"
    objective: dict[str, int]
    bound: dict[str, int]
    versions: dict[str, str]
    people: dict[str, Any]
    answer: dict[str, Any]


@service(Action.WORK_RUN)
def take_up(work: Work, run_id: UUID) -> Taken | None:
    """Take up a run: one that waits, or one whose worker fell silent. None where there is nothing left to do.

    Raises:
        StillRunning: its worker was heard of a moment ago.
    """
    stored = work.get(RunRecord, run_id, lock=True)
    run = stored.record
    if run.status is RunStatus.RUNNING:
        if _heard_of(work, run):
            raise StillRunning("このマッチングは、ほかの担当プログラムが実行中です。")
        if not _resumed(work, run):
            return None
    elif run.status is not RunStatus.QUEUED:
        work.note("run.left", RunRecord, run_id, status=run.status.value)
        return None
    first = max(run.first, work.now.astimezone(TOKYO).date())
    weeks = max(1, run.weeks - (first - run.first).days // 7)
    bundle = with_reserved(work, bundle_of(work, first, first + timedelta(days=7 * weeks - 1)))
    run = work.move(
        RunRecord,
        "start",
        run_id,
        started_at=work.now,
        heartbeat_at=work.now,
        attempt=run.attempt + 1,
        progress="",
        inputs_digest=digest_of(work, bundle),
    ).record
    work.note("run.started", RunRecord, run_id, attempt=run.attempt, people=len(bundle.people))
    return Taken(run_id, run.attempt, bundle, first, weeks, run.seconds)


@service(Action.WORK_RUN, noted=False)
def beat(work: Work, run_id: UUID, attempt: int, progress: str) -> None:
    """Say that the worker is alive, and how far it is.

    Raises:
        TakenOver: the run was cancelled, or is another worker's by now.
    """
    stored = work.get(RunRecord, run_id, lock=True)
    _check_own(stored.record, attempt)
    if stored.record.cancel_asked:
        raise TakenOver("取りやめになりました。")
    work.change(stored.record.model_copy(update={"heartbeat_at": work.now, "progress": progress}), stored.version)


@service(Action.WORK_RUN)
def finish(work: Work, run_id: UUID, attempt: int, result: Result) -> int:
    """Write what a run came to, all of it once; how many suggestions are new.

    What people have decided stays: only suggestions that nobody has looked at yet give way to the new ones.

    Raises:
        TakenOver: the run was cancelled, or is another worker's by now; nothing is written.
    """
    run = work.get(RunRecord, run_id, lock=True).record
    _check_own(run, attempt)
    standing = _standing(work)  # before the people, as confirming locks them
    consents = _consents(work)
    answers = {person_id: said for person_id, said in result.people.items() if person_id in consents}
    agreed = {p: said for p, said in answers.items() if consents[p] in (Consent.INTERNAL, Consent.SHARE)}
    made, replaced, kept = _write_suggestions(work, run_id, standing, agreed)
    work.add(*(RunAnswer(run_id=run_id, person_id=p, answer=said) for p, said in sorted(answers.items())))
    work.move(
        RunRecord,
        "finish",
        run_id,
        finished_at=work.now,
        heartbeat_at=work.now,
        progress="",
        solved=result.solved,
        objective=result.objective,
        bound=result.bound,
        versions=result.versions,
        answer=without_people(result.answer, spoken_of(result.answer) - consents.keys()),
    )
    work.note("run.finished", RunRecord, run_id, made=made, replaced=replaced, kept=kept, solved=result.solved)
    return made


@service(Action.WORK_RUN)
def fail(work: Work, run_id: UUID, attempt: int, code: str) -> None:
    """Write that a run could not be done, and why: a code, whose sentence is made when it is shown.

    Raises:
        TakenOver: the run is another worker's by now.
    """
    run = work.get(RunRecord, run_id, lock=True).record
    _check_own(run, attempt)
    step = "cancel" if run.cancel_asked else "fail"
    work.move(RunRecord, step, run_id, finished_at=work.now, failure="" if run.cancel_asked else code)
    work.note("run.failed" if step == "fail" else "run.cancelled", RunRecord, run_id, code=code)


@service(Action.WORK_RUN, noted=False)
def recover_runs(work: Work) -> int:
    """Put runs whose worker fell silent back into the queue, or fail them after some attempts; how many."""
    table = table_of(RunRecord)
    found = 0
    for stored in work.rows(RunRecord, table.c.status == RunStatus.RUNNING.value, lock=True):
        run = stored.record
        if _heard_of(work, run):
            continue
        found += 1
        if run.cancel_asked:
            work.move(RunRecord, "cancel", run.run_id, finished_at=work.now)
            work.note("run.cancelled", RunRecord, run.run_id)
        elif _resumed(work, run):
            put_run(work, run.run_id)
    return found


def _heard_of(work: Work, run: RunRecord) -> bool:
    return run.heartbeat_at is not None and work.now - run.heartbeat_at < SILENCE


def _resumed(work: Work, run: RunRecord) -> bool:
    """Back into the queue; where that was done too often already, failed."""
    if run.attempt >= MOST_ATTEMPTS:
        work.move(RunRecord, "fail", run.run_id, finished_at=work.now, failure="worker_gone")
        work.note("run.failed", RunRecord, run.run_id, code="worker_gone")
        return False
    work.move(RunRecord, "resume", run.run_id, progress="")
    work.note("run.resumed", RunRecord, run.run_id, attempt=run.attempt)
    return True


def _consents(work: Work) -> dict[str, Consent | None]:
    """Who is there now, and what they agree to; held until the work ends. Much may have happened while it was solved."""
    table = table_of(Person)
    rows = work.db.execute(
        select(table.c.person_id, table.c.consent)
        .where(work.ours(table))
        .order_by(table.c.person_id)
        .with_for_update(read=True)
    )
    return {row.person_id: Consent(row.consent) if row.consent else None for row in rows}


def _check_own(run: RunRecord, attempt: int) -> None:
    if run.status is not RunStatus.RUNNING or run.attempt != attempt:
        raise TakenOver("このマッチングは、もうこの担当プログラムのものではありません。")


def _standing(work: Work) -> dict[tuple[str, str], Stored[Suggestion]]:
    """Open suggestions by pair, held until the work ends."""
    table = table_of(Suggestion)
    found = work.rows(Suggestion, table.c.status.in_([status.value for status in OPEN]), lock=True)
    return {(s.record.person_id, s.record.opening_id): s for s in found}


def _write_suggestions(
    work: Work, run_id: UUID, open_ones: dict[tuple[str, str], Stored[Suggestion]], people: dict[str, Any]
) -> tuple[int, int, int]:
    """Suggestions nobody has looked at give way to the new ones; how many are new, replaced, kept."""
    given = {(person_id, idea["opening_id"]): idea for person_id, own in people.items() for idea in own["suggestions"]}
    replaced = kept = 0
    for pair, stored in open_ones.items():
        record = stored.record
        if record.status.value not in _MADE or record.pinned or record.run_id is None:
            continue
        if pair not in given:
            work.move(Suggestion, "replace", record.suggestion_id)
            replaced += 1
        else:
            work.change(_from_idea(work, record, run_id, given[pair]), stored.version)
            kept += 1
    new = [
        _from_idea(
            work, Suggestion(suggestion_id=uuid4(), person_id=p, opening_id=o, made_at=work.now), run_id, given[p, o]
        )
        for p, o in sorted(given.keys() - open_ones.keys())
    ]
    work.add(*new)
    return len(new), replaced, kept


def _from_idea(work: Work, suggestion: Suggestion, run_id: UUID, idea: dict[str, Any]) -> Suggestion:
    first = idea_from_stored(idea).first_session
    return suggestion.model_copy(
        update={
            "run_id": run_id,
            "first_session": first and first.replace(tzinfo=TOKYO),
            "companion_id": idea["companion_id"] or "",
            "fit": round(idea["fit"] * 1000),
            "answer": idea,
        }
    )


def digest_of(work: Work, bundle: Bundle) -> str:
    """A keyed digest of all that goes into a run: the same for the same rows, and telling nothing of them."""
    digest = hmac.new(work.keys.hashing, digestmod=sha256)
    for model in SHEETS:
        for record in getattr(bundle, model.sheet):
            digest.update(repr(sorted((n, str(v)) for n, v in record.__dict__.items())).encode())
    return digest.hexdigest()
