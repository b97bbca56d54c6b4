"""What the database holds a table's statuses to is what its machine says."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from matcher.model.account import Account, AccountRole, AccountStatus
from matcher.model.tables import MACHINES
from matcher.permissions import OPERATOR
from matcher.storage.migrating import engine_of
from matcher.storage.walls import status_moves
from tests.integration.conftest import OURS
from tests.integration.services.invited import invited

TRIGGERS = """
    SELECT c.relname, t.tgargs, t.tgenabled, pg_get_triggerdef(t.oid) AS said FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE p.proname = 'deban_check_status'
"""


def test_every_machine_has_a_trigger_with_the_same_moves_and_no_other_table_has_one(database):
    with engine_of(database.addresses.owner).connect() as db:
        rows = db.execute(text(TRIGGERS)).all()
    told = {row.relname: sorted(bytes(row.tgargs).decode().split("\0")[:-1]) for row in rows}
    assert told == {machine.name: status_moves(machine) for machine in MACHINES}
    assert len(rows) == len(MACHINES)
    for row in rows:
        assert row.tgenabled == "O"
        assert "BEFORE UPDATE OF status" in row.said and "FOR EACH ROW" in row.said


@pytest.mark.parametrize("then", AccountStatus)
def test_a_move_that_is_none_is_refused_whoever_tries(store, then):
    account_id, _ = invited(store, AccountRole.COORDINATOR)
    move = text("UPDATE account SET status = :then WHERE account_id = :id")
    with store.work(OURS, OPERATOR) as work:  # → closed, from where one is only invited again
        work.db.execute(move, {"then": "closed", "id": account_id})
    if then is AccountStatus.ACTIVE:
        with pytest.raises(IntegrityError, match="may not become"), store.work(OURS, OPERATOR) as work:
            work.db.execute(move, {"then": then.value, "id": account_id})
        then = AccountStatus.CLOSED
    else:
        with store.work(OURS, OPERATOR) as work:
            work.db.execute(move, {"then": then.value, "id": account_id})
    with store.work(OURS, OPERATOR) as work:
        assert work.get(Account, account_id).record.status is then
