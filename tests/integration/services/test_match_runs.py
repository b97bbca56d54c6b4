"""Match runs: asked for, taken up, beaten, finished once, cancelled, recovered."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text

from matcher.jobs import match, recover
from matcher.model import Consent, Person
from matcher.model.match_run import RunRecord, RunStatus
from matcher.model.statuses import NotPossibleNow
from matcher.model.suggestion import Suggestion, SuggestionStatus
from matcher.permissions import WORKER
from matcher.services import match_runs, wording, working_runs
from matcher.services.erasing import Why, erase_person
from matcher.services.match_runs import HorizonRefused
from matcher.services.reviewing import decide, pin
from matcher.services.stored_answer import from_stored, to_stored
from matcher.services.working_runs import Result, StillRunning, TakenOver
from matcher.storage.work import NotThere, Store
from tests.integration.conftest import OURS, Database
from tests.integration.small_town import LEAD, town

FIRST = date(2026, 12, 1)


def _requested(store: Store, key: str = "k1") -> UUID:
    with store.work(OURS, LEAD) as work:
        return match_runs.request_run(work, FIRST, 4, request_key=key)


def _status(store: Store, run_id: UUID) -> RunStatus:
    with store.work(OURS, LEAD) as work:
        return match_runs.see_run(work, run_id).record.status


def _suggestions(store: Store) -> list[Suggestion]:
    with store.work(OURS, LEAD) as work:
        return [s.record for s in work.rows(Suggestion)]


def _take_up(store: Store, run_id: UUID) -> working_runs.Taken:
    with store.work(OURS, WORKER) as work:
        taken = working_runs.take_up(work, run_id)
    assert taken is not None
    return taken


def _result(suggestions: dict[str, list[str]]) -> Result:
    ideas = {
        person: {
            "status": "suggested",
            "suggestions": [
                {
                    "opening_id": opening,
                    "first_session": "2026-12-08T14:00",
                    "companion_id": None,
                    "fit": 0.75,
                    "reasons": [],
                    "asks": [],
                }
                for opening in openings
            ],
            "options": [],
            "blocked": [],
        }
        for person, openings in suggestions.items()
    }
    return Result("optimal", {"s1": 1}, {"s1": 1}, {"deban": "0"}, ideas, {"gaps": [], "fairness": {}})


def test_a_run_goes_from_the_queue_to_suggestions_that_wait_for_a_coordinator(store: Store) -> None:
    town(store, OURS, people=3, openings=2)
    run_id = _requested(store)
    assert _status(store, run_id) is RunStatus.QUEUED
    match(store, OURS, run_id)
    with store.work(OURS, LEAD) as work:
        run = match_runs.see_run(work, run_id).record
        assert (run.status, run.solved, run.objective["s1"]) == (RunStatus.DONE, "optimal", 2)
        assert run.objective["s1"] == run.bound["s1"]
        assert run.versions["ortools"] and len(run.inputs_digest) == 64
    found = _suggestions(store)
    assert [s.status for s in found] == [SuggestionStatus.SUGGESTED] * 2
    assert {s.run_id for s in found} == {run_id}
    assert all(s.answer and s.answer["reasons"] for s in found)


def test_pressing_twice_is_one_run(store: Store) -> None:
    town(store, OURS)
    assert _requested(store) == _requested(store)
    with store.work(OURS, LEAD) as work:
        assert len(match_runs.runs(work)) == 1
        assert work.db.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 1


def test_the_queue_carries_ids_alone(store: Store, database: Database) -> None:
    town(store, OURS)
    run_id = _requested(store)
    with store.work(OURS, LEAD) as work:
        job = work.db.execute(text("SELECT args, lock FROM procrastinate_jobs")).one()
    assert job.args == {"council": OURS, "run": str(run_id)}
    assert job.lock == f"council:{OURS}"


@pytest.mark.parametrize(("first", "weeks"), [(date(2026, 10, 1), 4), (FIRST, 0), (FIRST, 27)])
def test_weeks_that_cannot_be_are_refused(store: Store, first: date, weeks: int) -> None:
    town(store, OURS)
    with store.work(OURS, LEAD) as work, pytest.raises(HorizonRefused):
        match_runs.request_run(work, first, weeks, request_key="k")


def test_a_run_with_nobody_to_match_fails_plainly(store: Store) -> None:
    run_id = _requested(store)
    match(store, OURS, run_id)
    with store.work(OURS, LEAD) as work:
        run = match_runs.see_run(work, run_id).record
    assert (run.status, run.failure) == (RunStatus.FAILED, "nothing")


def test_a_waiting_run_is_cancelled_at_once_and_never_taken_up(store: Store) -> None:
    town(store, OURS)
    run_id = _requested(store)
    with store.work(OURS, LEAD) as work:
        assert match_runs.cancel_run(work, run_id) is RunStatus.CANCELLED
    match(store, OURS, run_id)
    assert _status(store, run_id) is RunStatus.CANCELLED
    assert _suggestions(store) == []


def test_a_running_one_is_cancelled_at_its_next_beat(store: Store) -> None:
    town(store, OURS)
    taken = _take_up(store, run_id := _requested(store))
    with store.work(OURS, LEAD) as work:
        assert match_runs.cancel_run(work, run_id) is RunStatus.RUNNING
    with store.work(OURS, WORKER) as work, pytest.raises(TakenOver):
        working_runs.beat(work, run_id, taken.attempt, "")
    with store.work(OURS, WORKER) as work:
        working_runs.fail(work, run_id, taken.attempt, "gone")
    assert _status(store, run_id) is RunStatus.CANCELLED


def test_nobody_takes_up_what_another_is_at_until_that_one_falls_silent(store: Store, database: Database) -> None:
    town(store, OURS)
    _take_up(store, run_id := _requested(store))
    with store.work(OURS, WORKER) as work, pytest.raises(StillRunning):
        working_runs.take_up(work, run_id)
    database.clock.pass_(seconds=21)
    assert _take_up(store, run_id).attempt == 2


def test_results_are_written_once_by_whoever_has_the_run(store: Store, database: Database) -> None:
    town(store, OURS)
    first = _take_up(store, run_id := _requested(store))
    database.clock.pass_(seconds=21)
    second = _take_up(store, run_id)
    with pytest.raises(TakenOver), store.work(OURS, WORKER) as work:
        working_runs.finish(work, run_id, first.attempt, _result({"P1": ["O1"]}))
    with store.work(OURS, WORKER) as work:
        assert working_runs.finish(work, run_id, second.attempt, _result({"P1": ["O1"]})) == 1
    with pytest.raises(TakenOver), store.work(OURS, WORKER) as work:
        working_runs.finish(work, run_id, second.attempt, _result({"P1": ["O1"]}))
    assert len(_suggestions(store)) == 1


def test_a_silent_run_goes_back_into_the_queue_and_fails_after_three_attempts(store: Store, database: Database) -> None:
    town(store, OURS)
    run_id = _requested(store)
    for attempt in (1, 2, 3):
        assert _take_up(store, run_id).attempt == attempt
        assert recover(store) == 0
        database.clock.pass_(seconds=21)
        assert recover(store) == 1
    with store.work(OURS, LEAD) as work:
        run = match_runs.see_run(work, run_id).record
    assert (run.status, run.failure) == (RunStatus.FAILED, "worker_gone")


def test_a_new_run_replaces_only_what_nobody_has_looked_at(store: Store, database: Database) -> None:
    town(store, OURS, people=4, openings=4, capacity=9)
    first = _take_up(store, run_id := _requested(store))
    with store.work(OURS, WORKER) as work:
        working_runs.finish(
            work, run_id, first.attempt, _result({"P1": ["O1"], "P2": ["O1"], "P3": ["O1"], "P4": ["O1"]})
        )
    by_person = {s.person_id: s for s in _suggestions(store)}
    with store.work(OURS, LEAD) as work:
        decide(work, by_person["P1"].suggestion_id, "approve", seen=1)
        pin(work, by_person["P2"].suggestion_id, seen=1)
    second = _take_up(store, other := _requested(store, "k2"))
    with store.work(OURS, WORKER) as work:
        made = working_runs.finish(
            work, other, second.attempt, _result({"P1": ["O2"], "P2": ["O2"], "P3": ["O2"], "P4": ["O1"]})
        )
    statuses = {(s.person_id, s.opening_id): s.status for s in _suggestions(store)}
    assert made == 3
    assert statuses[("P1", "O1")] is SuggestionStatus.APPROVED
    assert statuses[("P2", "O1")] is SuggestionStatus.SUGGESTED
    assert statuses[("P3", "O1")] is SuggestionStatus.REPLACED
    assert statuses[("P3", "O2")] is SuggestionStatus.SUGGESTED
    assert statuses[("P4", "O1")] is SuggestionStatus.SUGGESTED
    assert {s.run_id for s in _suggestions(store) if s.person_id == "P4"} == {other}


def test_a_finished_run_is_not_moved_any_more(store: Store) -> None:
    town(store, OURS)
    taken = _take_up(store, run_id := _requested(store))
    with store.work(OURS, WORKER) as work:
        working_runs.finish(work, run_id, taken.attempt, _result({}))
    with store.work(OURS, WORKER) as work, pytest.raises(NotPossibleNow):
        work.move(RunRecord, "fail", run_id, finished_at=work.now)


def test_what_happened_while_it_was_solved_is_not_undone_by_its_result(store: Store) -> None:
    town(store, OURS, people=3, openings=3)
    taken = _take_up(store, run_id := _requested(store))
    with store.work(OURS, LEAD) as work:
        erase_person(work, "P1", Why.ASKED)
        stored = work.get(Person, "P2")
        work.change(stored.record.model_copy(update={"consent": Consent.NONE}), stored.version)
    result = _result({"P1": ["O1"], "P2": ["O2"], "P3": ["O3"]})
    gap = {"area_id": "A1", "role": "help", "when": "", "activity": "花", "people": ["P1", "P3"]}
    with store.work(OURS, WORKER) as work:
        working_runs.finish(work, run_id, taken.attempt, replace(result, answer={"gaps": [gap]}))
    assert [(s.person_id, s.opening_id) for s in _suggestions(store)] == [("P3", "O3")]
    with store.work(OURS, LEAD) as work:
        assert match_runs.see_answer(work, run_id, "P2").person_id == "P2"
        with pytest.raises(NotThere):
            match_runs.see_answer(work, run_id, "P1")
        assert work.get(RunRecord, run_id).record.answer == {"gaps": [{**gap, "people": ["P3"]}]}


def test_an_answer_comes_back_as_the_engine_gave_it(store: Store) -> None:
    town(store, OURS, people=2)
    match(store, OURS, run_id := _requested(store))
    with store.work(OURS, LEAD) as work:
        answers = [match_runs.see_answer(work, run_id, p) for p in ("P1", "P2")]
    assert sorted(a.status.value for a in answers) == ["no_fit", "suggested"]
    (given,) = (a for a in answers if a.suggestions)
    assert given.suggestions[0].opening_id == "O1"
    assert all(wording.reason(r) for r in given.suggestions[0].reasons)
    (left,) = (a for a in answers if not a.suggestions)
    assert from_stored(left.person_id, to_stored(left)) == left
