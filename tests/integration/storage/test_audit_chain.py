"""The audit chain in a real database."""

from matcher.model.council import Council
from matcher.permissions import OPERATOR
from matcher.services.councils import set_council
from matcher.storage import audit
from matcher.storage.work import Store
from tests.integration.conftest import OURS, Database


def test_a_chain_that_nobody_touched_is_whole(store: Store, database: Database) -> None:
    for months in (6, 7, 8):
        with store.work(OURS, OPERATOR) as work:
            council = work.get(Council)
            set_council(work, council.record.model_copy(update={"survey_stale_months": months}), council.version)
    with store.work(OURS, OPERATOR) as work:
        assert list(audit.verify(work.db, OURS, audit.heads(work.db, work.now), database.keys.audit)) == []
        assert audit.heads(work.db, work.now)[0].number == 4
