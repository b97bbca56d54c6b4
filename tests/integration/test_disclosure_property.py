"""No host is ever told, or sees, what nobody agreed to: random histories against a model that says it a second time.

300 histories in the normal run, 20,000 where `DEBAN_LONG=1`; `DEBAN_SEED` is the first seed, random and printed where
it is not given.
"""

import os
import secrets
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from matcher.errors import DebanError
from matcher.model.consent import Disclosure, GivenConsent, Purpose, Told
from matcher.services import disclosing
from matcher.services.disclosing import NotToTell, Shown
from matcher.storage.migrating import engine_of
from matcher.storage.schema import table_of
from matcher.storage.work import Store, Work
from tests.integration.conftest import Database
from tests.integration.disclosure_driver import Violation, drive, prepare

LONG = os.environ.get("DEBAN_LONG") == "1"
FIRST = int(os.environ.get("DEBAN_SEED") or secrets.randbelow(10**9))
UNTIL_FOUND = range(2_000)  # seeds; a fault is found by the first few


@pytest.fixture
def ours(store: Store) -> Store:
    prepare(store)
    return store


def test_no_history_makes_a_host_see_what_was_not_agreed(ours: Store) -> None:
    histories = 20_000 if LONG else 300
    steps = drive(ours, range(FIRST, FIRST + histories))
    print(f"{histories} histories from seed {FIRST}: {steps} steps")
    assert steps > histories


def careless(work: Work, person_id: str, host_id: str, purpose: Purpose) -> GivenConsent:
    """What a thoughtless hand would write: the best consent this person ever gave for this host, whether it stands or not."""
    table = table_of(GivenConsent)
    found = [c.record for c in work.rows(GivenConsent, table.c.person_id == person_id, table.c.host_id == host_id)]
    if not found:
        raise NotToTell("consent")
    return max(found, key=lambda consent: (consent.purpose is purpose, consent.withdrawn_at is None))


@pytest.fixture
def no_second_wall(database: Database) -> None:
    """The database no longer holds disclosures to a consent that stands."""
    with engine_of(database.addresses.owner).begin() as db:
        db.execute(text("DROP TRIGGER needs_consent ON disclosure"))
        foreign = db.scalar(
            text(
                "SELECT conname FROM pg_constraint WHERE conrelid = 'disclosure'::regclass AND confrelid = 'consent'::regclass"
            )
        )
        db.execute(text(f'ALTER TABLE disclosure DROP CONSTRAINT "{foreign}"'))


def test_telling_without_asking_for_a_consent_is_found(
    ours: Store, no_second_wall: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disclosing, "standing_consent", careless)
    with pytest.raises(Violation, match="without a consent that stands"):
        drive(ours, UNTIL_FOUND)


def test_the_database_alone_holds_where_the_code_does_not_ask(ours: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosing, "standing_consent", careless)
    assert drive(ours, range(FIRST, FIRST + 60), refusals=(DebanError, DBAPIError)) > 60


def test_telling_more_than_was_agreed_is_found(ours: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    right = disclosing.standing_consent

    def generous(work: Work, person_id: str, host_id: str, purpose: Purpose) -> GivenConsent:
        return right(work, person_id, host_id, purpose).model_copy(update={"items": tuple(Told)})

    monkeypatch.setattr(disclosing, "standing_consent", generous)
    with pytest.raises(Violation, match="an item was told that nobody agreed to"):
        drive(ours, UNTIL_FOUND)


def test_a_page_that_shows_what_was_ever_told_is_found(ours: Store) -> None:
    def ever_told(work: Work, host_id: str) -> list[Shown]:
        rows = work.rows(Disclosure, table_of(Disclosure).c.host_id == host_id)
        return [
            Shown(
                d.record.disclosure_id,
                d.record.purpose,
                d.record.at,
                {Told(k): v for k, v in d.record.snapshot.items()},
            )
            for d in rows
        ]

    with pytest.raises(Violation, match="too much"):
        drive(ours, UNTIL_FOUND, see=ever_told)


def test_a_consent_that_outlives_its_withdrawal_is_found(ours: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from matcher.services import consents

    def forgetful(records: object, consent_id: UUID | None) -> list[object]:
        return []

    monkeypatch.setattr(consents, "_to_end", forgetful)
    with pytest.raises(Violation):
        drive(ours, UNTIL_FOUND)
