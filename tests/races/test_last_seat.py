"""Two, eight, fifty processes confirm the last seat at once: one gets it, and the database says the same."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from matcher.model.opening import Opening
from matcher.model.person import Person
from matcher.model.placement import HOLDING, Placement
from matcher.model.suggestion import Suggestion
from matcher.services.confirming import confirm
from matcher.services.seats import NoSeat, sessions_held
from matcher.storage.schema import table_of
from matcher.storage.work import Store, Work
from tests.integration.conftest import Database
from tests.integration.small_town import TUESDAY
from tests.races.many import LONG, contest


def _confirmed(work: Work, suggestion_id: UUID, key: str) -> bool:
    try:
        confirm(work, suggestion_id, request_key=key)
    except NoSeat:
        return False
    return True


def _looked_then_took(work: Work, suggestion_id: UUID, key: str) -> bool:
    """What confirming must not be: it looks whether the seat is free, and then takes it."""
    suggestion = work.get(Suggestion, suggestion_id).record
    opening, person = work.get(Opening, suggestion.opening_id).record, work.get(Person, suggestion.person_id).record
    table = table_of(Placement)
    statement = select(func.count()).where(table.c.opening_id == opening.opening_id, table.c.status.in_(HOLDING))
    if (work.db.scalar(statement) or 0) >= opening.capacity:
        return False
    work.add(
        Placement(
            placement_id=uuid4(),
            suggestion_id=suggestion_id,
            person_id=person.person_id,
            opening_id=opening.opening_id,
            first_visit=TUESDAY,
            sessions=sessions_held(opening, person, TUESDAY.date()),
            request_key=key,
            agreed_on=work.now.date(),
        )
    )
    return True


@pytest.mark.parametrize(
    ("processes", "rounds"), [(2, 3000), (8, 3000), (50, 3000)] if LONG else [(2, 60), (8, 30), (50, 8)]
)
def test_one_gets_the_last_seat(store: Store, database: Database, processes: int, rounds: int) -> None:
    assert contest(store, database, rounds, processes, _confirmed) == (0, 0, 0)


def test_the_harness_sees_who_looks_first_and_takes_later(store: Store, database: Database) -> None:
    over, _, broken = contest(store, database, 40, 8, _looked_then_took)
    assert over > 0
    assert broken == 0
