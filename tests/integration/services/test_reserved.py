"""What people have decided is not given away by the next run."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.jobs import match
from matcher.model import HistoryStatus, Host
from matcher.model.placement import Placement, PlacementStatus
from matcher.model.suggestion import Suggestion, SuggestionStatus
from matcher.services.bundle_of import bundle_of
from matcher.services.match_runs import request_run
from matcher.services.reserved import DECIDED, less_time, with_reserved
from matcher.storage.work import Store
from matcher.times import parse, sessions
from tests.integration.conftest import OURS
from tests.integration.small_town import LEAD, TUESDAY, companion, fill, wished

FIRST = date(2026, 12, 1)


def _match(store: Store) -> list[tuple[str, str, str]]:
    with store.work(OURS, LEAD) as work:
        run_id = request_run(work, FIRST, 4, request_key=str(uuid4()))
    match(store, OURS, run_id)
    with store.work(OURS, LEAD) as work:
        found = [s.record for s in work.rows(Suggestion)]
    return sorted((s.person_id, s.opening_id, s.status.value) for s in found)


@pytest.mark.parametrize("status", [*DECIDED, SuggestionStatus.SUGGESTED])
def test_a_seat_that_is_talked_about_is_not_given_to_another(store: Store, status: SuggestionStatus) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        wished(work, "P2", status=status, pinned=status is SuggestionStatus.SUGGESTED)
    assert _match(store) == [("P2", "O1", status.value)]


def test_one_who_is_thinking_it_over_keeps_no_seat(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        wished(work, "P2", status=SuggestionStatus.HELD)
        bundle = with_reserved(work, bundle_of(work, FIRST))
    assert all(h.status is not HistoryStatus.PINNED for h in bundle.history)


def test_a_host_that_took_newcomers_lately_takes_fewer(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work, capacity=9)
        stored = work.get(Host, "H1")
        work.change(stored.record.model_copy(update={"max_newcomers": 1}), stored.version)
        work.add(
            Placement(
                placement_id=uuid4(),
                status=PlacementStatus.TAKING_PART,
                person_id="P1",
                opening_id="O1",
                request_key="k",
                agreed_on=date(2026, 11, 1),
                visited_on=date(2026, 11, 20),
            )
        )
        assert with_reserved(work, bundle_of(work, FIRST)).hosts[0].max_newcomers == 0
    assert _match(store) == []


def test_a_companion_who_is_promised_is_not_promised_again(store: Store) -> None:
    with store.work(OURS, LEAD) as work:
        fill(work)
        wished(work, "P1", companion_id="C1", status=SuggestionStatus.TOLD)
        (kept,) = with_reserved(work, bundle_of(work, FIRST)).companions
    assert kept.availability is not None
    days = {s.date for s in sessions(kept.availability, FIRST, FIRST + timedelta(days=27))}
    assert TUESDAY.date() not in days
    assert kept.per_week == 1


_DAYS = st.dates(date(2026, 12, 1), date(2026, 12, 28))


@given(st.lists(_DAYS, max_size=6), _DAYS, st.integers(0, 4))
def test_nobody_is_promised_a_companion_too_often(visits: list[date], day: date, per_week: int) -> None:
    left = less_time(companion(per_week=per_week, availability=parse("毎日 9:00-17:00")), tuple(visits))
    assert left.availability is not None
    week = [v for v in visits if v.isocalendar()[:2] == day.isocalendar()[:2]]
    free = {s.date for s in sessions(left.availability, day, day)}
    if day in visits or (visits and week and len(week) >= per_week):
        assert not free
    elif free:
        assert len(week) + left.per_week <= per_week
