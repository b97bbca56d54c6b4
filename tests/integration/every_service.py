"""How to call every service there is: one line each. A service without a line fails the tests of the walls.

`own` are the IDs of rows that are there (or of the council next door, to try them as a stranger would).
"""

import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel

from matcher.exchange import read_bundle
from matcher.model.account import AccountRole
from matcher.model.area import Area
from matcher.model.codes import Acceptance, CompanionKind, Consent, HostKind, Role
from matcher.model.companion import Companion
from matcher.model.consent import ConsentWay, GivenConsent, Purpose, Told
from matcher.model.contact import CompanionContact, HostContact
from matcher.model.council import Council
from matcher.model.host import Host
from matcher.model.link import LinkPurpose
from matcher.model.match_run import RunAnswer
from matcher.model.noun import Noun
from matcher.model.opening import Opening
from matcher.model.person import Person
from matcher.model.placement import FollowUpKind
from matcher.model.reminder import Reminder
from matcher.permissions import Actor, Kind
from matcher.services import (
    accompanying,
    accounts,
    areas,
    catalogue,
    chores,
    companions,
    confirming,
    consents,
    contacts,
    councils,
    disclosing,
    erasing,
    exporting,
    importing,
    invitations,
    keeping,
    links,
    login,
    login_attempts,
    match_runs,
    offering,
    pausing,
    people,
    reminding,
    reviewing,
    undoing_import,
    working_runs,
)
from matcher.storage.work import Work

ROOT = Path(__file__).parents[2]
DAY = date(2026, 12, 1)
SOLVED = working_runs.Result("optimal", {}, {}, {}, {}, {"gaps": []})


class Own:
    """IDs by the table's name: `own.host` is the ID of a host, `own.row("host")` all of it."""

    def __init__(self, rows: Mapping[str, Noun]) -> None:
        self.rows = rows

    def __getattr__(self, table: str) -> Any:
        key = self.rows[table].key
        return key[0] if len(key) == 1 else key

    def row(self, table: str, **changed: Any) -> Any:
        return self.rows[table].model_copy(update=changed)


@contextmanager
def by(work: Work, kind: Kind) -> Iterator[Work]:
    """The same work by somebody else, for what must be done before."""
    actor, work.actor = work.actor, Actor(kind, uuid4())
    try:
        yield work
    finally:
        work.actor = actor


def seen(work: Work, noun: type[Noun], *key: Any) -> int:
    """The version at which a row stands; 1 where there is none."""
    stored = work.find(noun, *key)
    return stored.version if stored else 1


@cache
def demo() -> Any:
    """A bundle to import."""
    return read_bundle(ROOT / "seed_data" / "demo")


def _shared(work: Work, own: Own) -> UUID:
    """A consent by which the host may be told."""
    with by(work, Kind.LEAD):
        return consents.record_consent(
            work, own.person, state=Consent.SHARE, way=ConsentWay.WRITTEN, given_on=DAY, host_id=own.host,
            purpose=Purpose.PROPOSAL, items=tuple(Told), agreed="花が好きです",
        )  # fmt: skip


def _said(work: Work, own: Own) -> tuple[UUID, str]:
    """A run's answer about the person, in the form in which runs store them."""
    stored = work.find(RunAnswer, *own.run_answer)
    if stored is not None:
        idea = {"opening_id": own.opening, "first_session": None, "companion_id": None, "fit": 0.5, "asks": []}
        reason = {"code": "interest", "weight": 0.5, "data": stored.record.answer}
        answer = {"status": "no_fit", "suggestions": [], "options": [{**idea, "reasons": [reason]}], "blocked": []}
        work.change(stored.record.model_copy(update={"answer": answer}), stored.version)
    run_id, person_id = own.run_answer
    return run_id, person_id


def _told(work: Work, own: Own) -> None:
    _shared(work, own)
    with by(work, Kind.LEAD):
        disclosing.disclose(work, own.person, own.host, Purpose.PROPOSAL, own.suggestion)


def _token(work: Work, own: Own) -> str:
    with by(work, Kind.ADMINISTRATOR):
        return accounts.invite_again(work, own.account).token


def _link(work: Work, own: Own) -> str:
    with by(work, Kind.LEAD):
        return links.make_link(work, LinkPurpose.HOST_PAGE, own.host).token


def _host(own: Own) -> Host:
    return Host(host_id="new", name="新しい会", kind=HostKind.SALON, municipality=own.area[0], area_id=own.area[1])


def _opening(own: Own) -> Opening:
    return Opening(opening_id="new", host_id=own.host, title="お茶いれ", role=Role.HELP)


def _companion() -> Companion:
    return Companion(companion_id="new", name="佐藤", kind=CompanionKind.CSW, municipality="x")


def _exported(work: Work) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return exporting.export_council(work, Path(folder) / "all.xlsx").read_bytes()


def _running(work: Work, own: Own) -> int:
    taken = working_runs.take_up(work, own.match_run)
    return taken.attempt if taken else 1


def _imported(work: Work) -> UUID:
    number = importing.apply_import(work, demo(), "walls").import_id
    assert number is not None
    return number


Call = Callable[[Work, Own], Any]
CALLS: dict[str, Call] = {
    "accompanying.placements_of": lambda w, own: accompanying.placements_of(w, own.placed),
    "accompanying.record_step": lambda w, own: accompanying.record_step(w, own.placement, "visit", seen=1, words="よかった"),
    "accompanying.record_word": lambda w, own: accompanying.record_word(w, own.person, FollowUpKind.CONTACT, words="電話"),
    "accompanying.words_of": lambda w, own: accompanying.words_of(w, own.person),
    "accounts.add_account": lambda w, own: accounts.add_account(w, AccountRole.COORDINATOR, "森", "m@example.jp", [own.area]),
    "accounts.list_accounts": lambda w, own: accounts.list_accounts(w),
    "accounts.find_account": lambda w, own: accounts.find_account(w, own.row("account").email),
    "accounts.set_areas": lambda w, own: accounts.set_areas(w, own.account, [own.area], 1),
    "accounts.invite_again": lambda w, own: accounts.invite_again(w, own.account),
    "accounts.close_account": lambda w, own: accounts.close_account(w, own.account),
    "accounts.see_overview": lambda w, own: accounts.see_overview(w),
    "areas.list_areas": lambda w, own: areas.list_areas(w),
    "areas.add_area": lambda w, own: areas.add_area(w, Area(area_id="new", municipality=own.area[0], name="西")),
    "areas.change_area": lambda w, own: areas.change_area(w, own.row("area", name="東"), 1),
    "areas.remove_area": lambda w, own: areas.remove_area(w, *own.area),
    "catalogue.list_hosts": lambda w, own: catalogue.list_hosts(w),
    "catalogue.see_host": lambda w, own: catalogue.see_host(w, own.host),
    "catalogue.see_opening": lambda w, own: catalogue.see_opening(w, own.opening),
    "catalogue.add_host": lambda w, own: catalogue.add_host(w, _host(own)),
    "catalogue.change_host": lambda w, own: catalogue.change_host(w, own.row("host", accepts=Acceptance.NO), 1),
    "catalogue.add_opening": lambda w, own: catalogue.add_opening(w, _opening(own)),
    "catalogue.change_opening": lambda w, own: catalogue.change_opening(w, own.row("opening", capacity=3), 1),
    "catalogue.duplicate_opening": lambda w, own: catalogue.duplicate_opening(w, own.opening, "another"),
    "chores._noted_backup": lambda w, own: chores._noted_backup(w),
    "chores.move_seats_on": lambda w, own: chores.move_seats_on(w),
    "companions.list_companions": lambda w, own: companions.list_companions(w),
    "companions.add_companion": lambda w, own: companions.add_companion(w, _companion()),
    "companions.change_companion": lambda w, own: companions.change_companion(w, own.row("companion", per_week=1), 1),
    "companions.remove_companion": lambda w, own: companions.remove_companion(w, own.companion),
    "confirming.confirm": lambda w, own: confirming.confirm(w, own.suggestion, request_key="walls", companion_id=""),
    "confirming.undo_confirmation": lambda w, own: confirming.undo_confirmation(w, own.placement),
    "consents.see_consents": lambda w, own: consents.see_consents(w, own.person),
    "consents.record_consent": _shared,
    "consents.withdraw_consent": lambda w, own: consents.withdraw_consent(w, own.person),
    "consents.effects_of_withdrawal": lambda w, own: consents.effects_of_withdrawal(w, own.person),
    "contacts.see_contact": lambda w, own: contacts.see_contact(w, own.host),
    "contacts.put_contact": lambda w, own: contacts.put_contact(
        w, HostContact(host_id=own.host, name="山本"), seen(w, HostContact, own.host)
    ),
    "contacts.see_companion_contact": lambda w, own: contacts.see_companion_contact(w, own.companion),
    "contacts.put_companion_contact": lambda w, own: contacts.put_companion_contact(
        w, CompanionContact(companion_id=own.companion), seen(w, CompanionContact, own.companion)
    ),
    "councils.add_council": lambda w, own: councils.add_council(w, Council(name="また")),
    "councils.see_council": lambda w, own: councils.see_council(w),
    "councils.set_council": lambda w, own: councils.set_council(w, w.get(Council).record, seen(w, Council)),
    "disclosing.disclose": _told,
    "disclosing.preview_disclosure": lambda w, own: disclosing.preview_disclosure(
        w, own.person, own.host, w.get(GivenConsent, _shared(w, own)).record.purpose, own.suggestion
    ),
    "disclosing.what_was_disclosed": lambda w, own: disclosing.what_was_disclosed(w, own.person),
    "disclosing.disclosed_to_host": lambda w, own: (_told(w, own), disclosing.disclosed_to_host(w, own.host)),
    "erasing.erase_person": lambda w, own: erasing.erase_person(w, own.person, erasing.Why.ASKED),
    "erasing.erase_again": lambda w, own: erasing.erase_again(w, [(own.person, w.now)]),
    "erasing.erasures": lambda w, own: erasing.erasures(w),
    "exporting.export_council": lambda w, own: _exported(w),
    "importing.known_here": lambda w, own: importing.known_here(w),
    "importing.plan_import": lambda w, own: importing.plan_import(w, demo()),
    "importing.apply_import": lambda w, own: importing.apply_import(w, demo(), "walls"),
    "invitations.see_invitation": lambda w, own: invitations.see_invitation(w, _token(w, own)),
    "invitations.set_password": lambda w, own: invitations.set_password(w, _token(w, own), "hatake-ni-mizu-wo-yaru"),
    "invitations.confirm_code": lambda w, own: invitations.confirm_code(w, _token(w, own), "123456"),
    "keeping.keep": lambda w, own: keeping.keep(w),
    "keeping.retention_due": lambda w, own: keeping.retention_due(w),
    "links.see_link": lambda w, own: links.see_link(w, _link(w, own), LinkPurpose.HOST_PAGE),
    "links.make_link": lambda w, own: links.make_link(w, LinkPurpose.HOST_PAGE, own.host),
    "links.list_links": lambda w, own: links.list_links(w),
    "links.revoke_link": lambda w, own: links.revoke_link(w, own.link),
    "login.prove": lambda w, own: login.prove(w, own.account, "hatake-ni-mizu-wo-yaru", "123456"),
    "login.see_actor": lambda w, own: login.see_actor(w, own.account, own.row("account").accepted_at),
    "login_attempts.count_attempt": lambda w, own: login_attempts.count_attempt(w, own.login_attempt, 99),
    "login_attempts.take_back_attempt": lambda w, own: login_attempts.take_back_attempt(w, own.login_attempt, w.now),
    "login_attempts.forget_attempts_of": lambda w, own: login_attempts.forget_attempts_of(w, own.login_attempt),
    "login_attempts.forget_old_attempts": lambda w, own: login_attempts.forget_old_attempts(w),
    "match_runs.request_run": lambda w, own: match_runs.request_run(w, DAY, 4, request_key="walls"),
    "match_runs.see_run": lambda w, own: match_runs.see_run(w, own.match_run),
    "match_runs.see_answer": lambda w, own: match_runs.see_answer(w, *_said(w, own)),
    "match_runs.runs": lambda w, own: match_runs.runs(w),
    "match_runs.cancel_run": lambda w, own: match_runs.cancel_run(w, own.match_run),
    "working_runs.take_up": lambda w, own: working_runs.take_up(w, own.match_run),
    "working_runs.beat": lambda w, own: working_runs.beat(w, own.match_run, _running(w, own), "half"),
    "working_runs.finish": lambda w, own: working_runs.finish(w, own.match_run, _running(w, own), SOLVED),
    "working_runs.fail": lambda w, own: working_runs.fail(w, own.match_run, _running(w, own), "time"),
    "working_runs.recover_runs": lambda w, own: working_runs.recover_runs(w),
    "offering.offer": lambda w, own: (_shared(w, own), offering.offer(w, own.suggestion, seen=1)),
    "pausing.pause": lambda w, own: pausing.pause(w, own.host, starts_on=DAY, opening_id=own.opening, reason="大掃除"),
    "pausing.close": lambda w, own: pausing.close(w, own.host),
    "pausing.resume": lambda w, own: pausing.resume(w, own.pause),
    "people.list_people": lambda w, own: people.list_people(w),
    "people.see_person": lambda w, own: people.see_person(w, own.person),
    "people.add_person": lambda w, own: people.add_person(
        w, Person(person_id="new", municipality=own.area[0], area_id=own.area[1])
    ),
    "people.change_person": lambda w, own: people.change_person(w, own.row("person", note="元気"), seen(w, Person, own.person)),
    "people.carry": lambda w, own: people.carry(w, own.person, own.account),
    "people.keep_apart": lambda w, own: people.keep_apart(w, own.person, own.placed),
    "people.no_longer_apart": lambda w, own: people.no_longer_apart(w, own.person, own.placed),
    "reminding.remind": lambda w, own: reminding.remind(w),
    "reminding.reminders": lambda w, own: reminding.reminders(w),
    "reminding.done_reminder": lambda w, own: reminding.done_reminder(w, own.row("reminder"), seen(w, Reminder, *own.reminder)),
    "reviewing.suggestions_of": lambda w, own: reviewing.suggestions_of(w, own.person),
    "reviewing.suggest": lambda w, own: reviewing.suggest(w, own.placed, own.opening),
    "reviewing.decide": lambda w, own: reviewing.decide(w, own.suggestion, "pass", seen=1, reason="また今度"),
    "reviewing.pin": lambda w, own: reviewing.pin(w, own.suggestion, seen=1),
    "undoing_import.imports_of": lambda w, own: undoing_import.imports_of(w),
    "undoing_import.undo_import": lambda w, own: undoing_import.undo_import(w, _imported(w)),
}  # fmt: skip


def words_of(value: Any) -> Iterator[str]:
    """Every word that an answer holds, however deep, fields that are not printed and files among them."""
    if isinstance(value, bytes):
        yield from _of_bytes(value)
    elif isinstance(value, BaseException):
        yield str(value)
        yield from words_of(vars(value))
        yield from words_of(value.args)
    elif isinstance(value, BaseModel):
        yield from words_of(value.__dict__)
    elif is_dataclass(value) and not isinstance(value, type):
        yield from words_of({field.name: getattr(value, field.name) for field in fields(value)})
    elif isinstance(value, Mapping):
        yield from words_of(list(value.items()))
    elif isinstance(value, str | int | float | bool | UUID | datetime | date | timedelta | type | None):
        yield str(value)
    elif isinstance(value, Iterable):
        for one in value:
            yield from words_of(one)
    else:
        yield repr(value)


def _of_bytes(value: bytes) -> Iterator[str]:
    if value.startswith(b"PK"):
        with tempfile.TemporaryFile() as file:
            file.write(value)
            with zipfile.ZipFile(file) as packed:
                for name in packed.namelist():
                    yield packed.read(name).decode("utf-8", errors="replace")
    else:
        yield value.decode("utf-8", errors="replace")
