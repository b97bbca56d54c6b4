"""Services: every one is registered with its permission; one that leaves no event fails."""

import importlib
import inspect
import pkgutil
from datetime import UTC, datetime

import pytest

import matcher.services
from matcher.permissions import Action, Actor, Kind, NotAllowed
from matcher.services.service import SERVICES, NothingNoted, service
from matcher.storage.work import Work

# Functions that are given a work and are no services, with the reason. Whoever adds one says why here.
HELPERS = {
    "bundle_of.bundle_of": "what the engine reads, for services of different permissions: matching, exporting",
    "bundle_of.gathered": "as bundle_of, with what was left out",
    "bundle_of.history_of": "a part of bundle_of that changes of files ask for too",
    "consent_effects.foreseen": "what recording a consent would do, asked by it and by importing",
    "consent_effects.open_suggestions": "a part of what recording a consent does",
    "consent_effects.pass_over": "what follows where consent ends, by whichever way",
    "disclosing.standing_consent": "the check that every disclosure makes, in the transaction of that disclosure",
    "erasing.erased_ids": "asked by importing and by adding a person, of IDs alone",
    "erasing.taken_away": "carries an erasing out, asked for by the lead or by the end of the time to keep",
    "import_consent.compared_people": "a step of importing",
    "import_history.compared_history": "a step of importing",
    "import_refusals.accepted": "a step of importing",
    "import_refusals.known_rows": "a step of importing",
    "import_sheets.compared": "a step of importing",
    "import_sheets.named_areas": "a step of importing",
    "import_sheets.stored_rows": "a step of importing",
    "import_writing.hold_on_after": "a step of importing and of taking it back",
    "import_writing.in_use": "a step of taking an import back",
    "import_writing.remove_all": "a step of taking an import back",
    "import_writing.rewrite": "a step of importing and of taking it back",
    "import_writing.write": "a step of importing",
    "importing.one_at_a_time": "the lock that importing and taking it back share",
    "links.issue": "puts a link in for services of different permissions: invitations and links",
    "links.live_link": "reads the link of a token for services of different permissions",
    "links.use_link": "called by the service that a link is for, under that service's permission",
    "working_runs.digest_of": "a digest, for asking for a run and for working it",
    "once.once": "wraps what a service does, so that it is done once",
    "reserved.with_reserved": "a step of a match run",
    "scope.person_in_scope": "makes the check of one person itself, by the action that its service names",
    "seats.hold_on": "works seats out anew for whichever service changed hours",
    "seats.newcomers_of_hosts": "counts, for confirming and for matching",
    "seats.take_seat": "the last seat, for confirming and for pinning",
}
MODULES = [
    importlib.import_module(f"matcher.services.{found.name}")
    for found in pkgutil.iter_modules(matcher.services.__path__)
]


def with_a_work():
    """Every public function of the services whose first parameter is a work: (name, function)."""
    for module in MODULES:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ != module.__name__ or name.startswith("_"):
                continue
            first = next(iter(inspect.signature(function, eval_str=True).parameters.values()), None)
            if first is not None and first.annotation is Work:
                yield f"{module.__name__.rsplit('.', 1)[-1]}.{name}", function


def test_every_function_with_a_work_is_a_service_or_said_to_be_none():
    found = dict(with_a_work())
    assert found, "none was found: the search is broken"
    unregistered = {name for name, function in found.items() if not is_registered(name, function)}
    assert unregistered - set(HELPERS) == set(), "make it a service, or say in HELPERS why it is none"
    assert set(HELPERS) - unregistered == set(), "these are gone, or are services now"


def is_registered(name, function):
    return name in SERVICES and SERVICES[name].function is function and SERVICES[name].action in Action


def test_the_search_finds_a_function_that_is_no_service(monkeypatch):
    def forgotten(work: Work) -> None: ...

    module = importlib.import_module("matcher.services.councils")
    forgotten.__module__ = module.__name__
    monkeypatch.setattr(module, "forgotten", forgotten, raising=False)
    assert not is_registered("councils.forgotten", dict(with_a_work())["councils.forgotten"])


@pytest.fixture
def work():
    return Work("wakaba", Actor(Kind.LEAD), None, None, datetime(2026, 12, 1, tzinfo=UTC))


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr("matcher.services.service.SERVICES", {})


def test_a_service_is_not_even_begun_where_the_actor_may_not(work, registry):
    begun = []

    @service(Action.MAKE_COUNCIL)
    def make(work: Work) -> None:
        begun.append(work)

    with pytest.raises(NotAllowed):
        make(work)
    assert begun == []


def test_a_service_that_leaves_no_event_fails(work, registry):
    @service(Action.EDIT_CATALOGUE)
    def silent(work: Work) -> None: ...

    @service(Action.EDIT_CATALOGUE)
    def told(work: Work) -> str:
        work.note("host.changed", "host", "H1")
        return "done"

    @service(Action.SEE_CATALOGUE, noted=False)
    def reading(work: Work) -> str:
        return "read"

    assert told(work) == "done"
    with pytest.raises(NothingNoted):
        silent(work)  # an event of an earlier service in the same work does not count for it
    assert reading(work) == "read"
