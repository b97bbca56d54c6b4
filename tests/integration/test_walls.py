"""Walls between councils, from inside: no service ever shows, exports, notes, logs or queues anything of another council.

The council next door has a row of every noun under the very IDs of our rows, and one under IDs of its own; every text
in them is a canary. Each service is called by everybody who may, with the code's own filters and without them.
"""

import importlib
import logging
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import structlog
from sqlalchemy import text, true

import matcher.services
from matcher.errors import DebanError
from matcher.model.account import AccountRole, AccountStatus
from matcher.model.codes import Acceptance, Consent
from matcher.model.conflict import Conflict
from matcher.model.council import Council
from matcher.model.link import LinkPurpose
from matcher.model.noun import Noun
from matcher.model.person import Person
from matcher.model.placement import Placement
from matcher.model.records import AuditEvent, AuditHead
from matcher.model.suggestion import SuggestionStatus
from matcher.model.tables import NOUNS
from matcher.permissions import TABLE, Actor, Kind
from matcher.services.accounts import email_hash
from matcher.services.service import SERVICES
from matcher.storage.migrating import engine_of
from matcher.storage.schema import metadata
from matcher.storage.work import Store, Work
from tests.integration.conftest import OURS, THEIRS, Database
from tests.integration.every_service import CALLS, Call, Own, words_of
from tests.integration.storage.every_noun import row_of

for found in pkgutil.iter_modules(matcher.services.__path__):
    importlib.import_module(f"matcher.services.{found.name}")

CANARY = "kanaria"  # in every text of the council next door, and nowhere else
SECRET = "himitsu"  # in every sealed text of our own people
SECOND = "zz-second"  # the person who must not meet the first
NOT_GENERIC = (Council, AuditEvent, AuditHead)  # there already
# Refused to everybody as the table calls them, and why.
REFUSED = {
    "councils.add_council": "our council is there already",
    "invitations.confirm_code": "no password was set",
    "areas.remove_area": "somebody lives there",
    "companions.remove_companion": "somebody counts on them",
}
LINKS_MAY = {"disclosing.disclosed_to_host"}  # services that the bearer of a host's link may call


def rows(mark: str, sealed: str) -> dict[str, Noun]:
    """A row of every noun, by table, fit to be worked on."""
    made = {
        noun.table: row_of(noun, mark, lambda name: f"{sealed}-{name}") for noun in NOUNS if noun not in NOT_GENERIC
    }
    fit: dict[str, dict[str, Any]] = {
        "account": {"role": AccountRole.LEAD, "status": AccountStatus.ACTIVE, "accepted_at": None},
        "host": {"accepts": Acceptance.YES, "max_newcomers": None},
        "opening": dict.fromkeys(("schedule", "starts_on", "ends_on", "min_age", "max_age")) | {"capacity": 9},
        "pause": {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 1, 2)},
        "person": {"consent": Consent.INTERNAL},
        "suggestion": {"status": SuggestionStatus.WISHED, "first_session": None},
        "link": {"purpose": LinkPurpose.HOST_PAGE, "once": False, "used_at": None, "revoked_at": None},
        "placement": {"person_id": f"{mark}-third", "suggestion_id": None, "first_visit": None, "sessions": ()},
    }
    said = {"said": f"{mark}-said"}
    fit |= {
        "answered": {"outcome": said},
        "erasure": {"rows": {f"{mark}-rows": 1}},
        "import_batch": {"counts": said},
        "match_run": {"versions": said, "objective": {f"{mark}-stage": 1}, "bound": {f"{mark}-stage": 1}},
        "survey_round": {"target": said, "questions": [said]},
    }
    for table, changed in fit.items():
        made[table] = made[table].model_copy(update=changed)
    return made


def put(work: Work, made: dict[str, Noun]) -> None:
    """Put the rows in, each after those it refers to, and the two people more that they speak of."""
    others = {Conflict: SECOND, Placement: made["placement"].__dict__["person_id"]}
    for noun in NOUNS:
        if noun in others and work.find(Person, others[noun]) is None:
            work.add(made["person"].model_copy(update={"person_id": others[noun]}))
        if noun not in NOT_GENERIC:
            work.add(made[noun.table])


def twins(made: dict[str, Noun], like: dict[str, Noun]) -> dict[str, Noun]:
    """The same rows under the IDs of others."""
    found = {}
    for table, row in made.items():
        names = {*row.identity, *(name for refers in row.refers for name in refers.columns)}
        found[table] = row.model_copy(update={name: getattr(like[table], name) for name in names})
    return found


@dataclass
class Town:
    """Both councils, filled."""

    store: Store
    own: Own
    strange: Own


class OwnAndPlaced(Own):
    @property
    def placed(self) -> str:
        return str(self.row("placement").person_id)


@pytest.fixture
def both(store: Store) -> Town:
    ours, theirs = rows("ours", SECRET), rows(CANARY, CANARY)
    email = f"{SECRET}@example.jp"
    known = {"email": email, "email_hash": email_hash(store.sealer.keys, email), "totp_secret": ""}
    ours["account"] = ours["account"].model_copy(update=known)
    with store.work(OURS, Actor(Kind.LEAD)) as work:
        put(work, ours)
    with store.work(THEIRS, Actor(Kind.LEAD)) as work:
        council = work.get(Council)
        named = {"name": f"{CANARY}-council", "priority": (f"{CANARY}-priority",)}
        work.change(council.record.model_copy(update=named), council.version)
        put(work, theirs)
        work.note(f"{CANARY}.noted", "council", f"{CANARY}-key", fact=CANARY)
    with store.work(THEIRS, Actor(Kind.LEAD)) as work:
        put(work, twins(rows(f"{CANARY}-twin", f"{CANARY}-twin"), ours))
    return Town(store, OwnAndPlaced(ours), OwnAndPlaced(theirs))


class _Undone(Exception):
    """Nothing of a call is kept: each begins in the same town."""


def said_by(
    store: Store, actor: Actor, call: Call, own: Own, *, also: tuple[type[Exception], ...] = ()
) -> tuple[bool, list[str]]:
    """All that a call says, in its answer or its refusal, in the audit and the queue; and whether it was carried out."""
    said: list[str] = []
    done = False
    try:
        with store.work(OURS, actor) as work:
            try:
                said += words_of(call(work, own))
                done = True
            except (DebanError, *also) as refusal:
                said += words_of(refusal)
                if not isinstance(refusal, DebanError):
                    raise _Undone from refusal
            work.close()
            said += words_of([dict(row) for row in work.db.execute(text("SELECT * FROM audit_event")).mappings()])
            said += words_of(
                [dict(row) for row in work.db.execute(text("SELECT * FROM procrastinate_jobs")).mappings()]
            )
            raise _Undone
    except _Undone:
        pass
    return done, said


def actors(name: str, own: Own) -> Iterator[Actor]:
    """Everybody who may call a service."""
    for kind in sorted(TABLE[SERVICES[name].action]):
        places = frozenset({own.area})
        yield Actor(kind, uuid4(), places, host_id=own.host if kind is Kind.HOST_LINK else "")


def without(said: list[str], own: Own) -> str:
    """What was said, less the IDs that the caller brought along."""
    joined = "\n".join(said)
    brought = {str(part) for row in own.rows.values() for part in row.key if isinstance(part, str)}
    brought.add(own.row("account").email)
    for part in sorted(brought, key=len, reverse=True):
        joined = joined.replace(part, "")
    return joined


def test_every_service_has_a_line() -> None:
    assert set(CALLS) == set(SERVICES)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    lines: list[str] = []

    def keep(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
        lines.append(repr(event))
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[keep])
    caplog.set_level(logging.INFO)
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)
    yield lines
    structlog.configure(**before)


@pytest.mark.parametrize("filters", ["with the code's filters", "by the database alone"])
def test_nothing_of_the_council_next_door_is_ever_said(
    both: Town,
    filters: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    logged: list[str],
) -> None:
    if filters == "by the database alone":
        monkeypatch.setattr(Work, "ours", lambda work, table: true())
    leaks, carried_out = [], set()
    for name, call in CALLS.items():
        for actor in actors(name, both.own):
            done, said = said_by(both.store, actor, call, both.own)
            if done:
                carried_out.add(name)
            leaks += [f"{name} by {actor.kind}"] if CANARY in "\n".join(said) else []
            _, said = said_by(both.store, actor, call, both.strange)
            leaks += [f"{name} by {actor.kind}, asked as a stranger"] if CANARY in without(said, both.strange) else []
    assert leaks == []
    assert set(CALLS) - carried_out == set(REFUSED), "what is refused shows nothing; say why where it must be"
    out = capfd.readouterr()
    assert CANARY not in caplog.text + out.out + out.err + "\n".join(logged)


def test_the_search_finds_what_leaks_where_no_wall_stands(
    both: Town, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine_of(database.addresses.owner).begin() as db:
        for table in metadata.tables:
            db.execute(text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))
    monkeypatch.setattr(Work, "ours", lambda work, table: true())
    found = set()
    for name in (
        "catalogue.list_hosts",
        "accounts.list_accounts",
        "people.list_people",
        "exporting.export_council",
        "links.list_links",
    ):
        for actor in actors(name, both.own):
            _, said = said_by(both.store, actor, CALLS[name], both.own, also=(Exception,))
            found |= {name} if CANARY in "\n".join(said) else set()
    assert found >= {"catalogue.list_hosts", "accounts.list_accounts", "people.list_people", "links.list_links"}


def test_every_text_of_the_council_next_door_is_a_canary(both: Town) -> None:
    with both.store.work(THEIRS, Actor(Kind.LEAD)) as work:
        for noun in NOUNS:
            if noun is AuditHead:
                continue
            there = work.rows(noun)
            assert there, noun
            texts = [
                name for name, field in noun.model_fields.items() if field.annotation is str and name not in NO_TEXT
            ]
            for name in texts if noun is not AuditEvent else ():
                assert any(CANARY in str(getattr(stored.record, name)) for stored in there), (noun, name)


NO_TEXT = {
    "opening_id",
    "host_id",
    "companion_id",
    "area_id",
    "person_b",
    "password_hash",
}  # references may be left out


def test_a_hosts_link_may_call_what_is_listed_and_sees_nothing_of_a_person_but_what_was_told(both: Town) -> None:
    may = {name for name, service in SERVICES.items() if Kind.HOST_LINK in TABLE[service.action]}
    assert may == LINKS_MAY
    actor = Actor(Kind.HOST_LINK, link_id=uuid4(), host_id=both.own.host)
    for name, call in CALLS.items():
        done, said = said_by(both.store, actor, call, both.own)
        told = "\n".join(said)
        if name == "disclosing.disclosed_to_host":
            assert done and f"{SECRET}-person.alias" in told, "what was agreed is shown"
            told = told.replace(f"{SECRET}-person.alias", "").replace(f"{SECRET}-companion.name", "")
        assert SECRET not in told, name


def test_nothing_sealed_of_our_own_people_is_noted_logged_or_queued(
    both: Town, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], logged: list[str]
) -> None:
    for name, call in CALLS.items():
        for actor in actors(name, both.own):
            _, said = said_by(both.store, actor, lambda w, own, call=call: call(w, own) and None, both.own)
            assert SECRET not in "\n".join(said), name
    out = capfd.readouterr()
    assert SECRET not in caplog.text + out.out + out.err + "\n".join(logged)
