"""A driver that tries to make the services show a host what nobody agreed to.

A history is a row of random steps by a seed. After each step the model, which knows nothing of tables, says what every
host may see and where every person's consent stands; whatever differs is a `Violation` that names seed and steps.
"""

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, text

from matcher.errors import DebanError
from matcher.model.codes import Consent
from matcher.model.consent import ConsentBasis, ConsentWay, GivenConsent, Purpose, Told
from matcher.model.person import Person
from matcher.model.placement import HOLDING, Placement, PlacementStatus
from matcher.model.suggestion import OPEN, SUGGESTIONS, Suggestion, SuggestionStatus
from matcher.permissions import Actor, Kind
from matcher.services import disclosing
from matcher.services.confirming import confirm
from matcher.services.consents import record_consent, withdraw_consent
from matcher.services.disclosing import Shown, disclosed_to_host
from matcher.services.erasing import Why, erase_person
from matcher.storage.walls import SETTING
from matcher.storage.work import Store, Work
from tests.integration.conftest import NOON, OURS
from tests.integration.disclosure_model import PEOPLE, Agreement, Model
from tests.integration.small_town import LEAD, companion, fill, host, opening, person

HOSTS = ("H1", "H2")
LINKS = {host_id: Actor(Kind.HOST_LINK, link_id=uuid4(), host_id=host_id) for host_id in HOSTS}
SECRET = "だれにも言わない"  # stands in everything of a person that no host may ever be told
See = Callable[[Work, str], list[Shown]]


class Violation(AssertionError):
    """Somebody was told, or sees, what the model forbids, or does not see what it allows."""


def prepare(store: Store) -> None:
    """The town in which all histories begin; each is taken back at its end."""
    with store.work(OURS, LEAD) as work:
        fill(work, 0, openings=0)
        work.add(host("H2"), companion("C2"))
        work.add(*(opening(f"O{n}", host_id=f"H{n}", schedule=None, capacity=9) for n in (1, 2)))
        secret = dict.fromkeys(("interests", "strengths", "avoid", "note"), SECRET)
        work.add(*(person(p, consent=None, **secret) for p in PEOPLE))


_GOING_ON = text("""
    SELECT suggestion_id FROM suggestion WHERE status IN ('wished', 'offered')
    UNION ALL SELECT placement_id FROM placement WHERE status = ANY(:holding)
    UNION ALL SELECT suggestion_id FROM placement WHERE status = ANY(:holding) AND suggestion_id IS NOT NULL
""")


@dataclass
class History:
    """One history: the steps so far, what the model makes of them, and the same in the database."""

    store: Store
    db: Connection
    seed: int
    see: See
    refusals: tuple[type[Exception], ...]
    model: Model = field(default_factory=Model)
    steps: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.now = NOON

    def work(self, actor: Actor = LEAD) -> Work:
        return Work(OURS, actor, self.db, self.store.sealer, self.now)

    def attempt(self, name: str, call: Callable[[Work], Any], *said: object) -> tuple[bool, Any]:
        """Do a step as a transaction of its own; whether it was done, and its answer."""
        self.steps.append(f"{name}({', '.join(str(one) for one in said)})")
        work = self.work()
        try:
            with self.db.begin_nested():
                answer = call(work)
                work.close()
        except self.refusals:
            self.steps[-1] += " refused"
            return False, None
        return True, answer

    def go(self) -> None:
        """One random step, and a look at everything after it; what was refused has left nothing to look at."""
        self.random.choices(*zip(*_STEPS, strict=True))[0](self)
        if self.steps and not self.steps[-1].endswith("refused"):
            self.look()

    def fail(self, what: str) -> None:
        raise Violation(f"seed {self.seed}: {what}\n  " + "\n  ".join(self.steps))

    def look(self) -> None:
        """What every host sees, and where everybody's consent stands, against the model."""
        going_on = self.going_on()
        for host_id in HOSTS:
            shown = {s.disclosure_id: s for s in self.see(self.work(LINKS[host_id]), host_id)}
            may = {
                number: by
                for number, (by, about) in self.model.told.items()
                if by.stands and by.host == host_id and (about is None or about in going_on)
            }
            if shown.keys() != may.keys():
                self.fail(
                    f"{host_id} sees {len(shown.keys() - may.keys())} too much, {len(may.keys() - shown.keys())} too little"
                )
            for number, seen in shown.items():
                self.check_told(seen.snapshot, may[number])
        for person_id, consent in self.db.execute(text("SELECT person_id, consent FROM person")):
            if (consent or "none") != self.model.state(person_id).value:
                self.fail(f"{person_id} stands at {consent}")

    def going_on(self) -> set[UUID]:
        """What may be told about and is not over: still being asked, or somebody comes or will come."""
        return set(self.db.scalars(_GOING_ON, {"holding": [status.value for status in HOLDING]}))

    def check_told(self, snapshot: Any, by: Agreement) -> None:
        if not set(snapshot) <= by.items:
            self.fail("an item was told that nobody agreed to")
        if SECRET in repr(snapshot):
            self.fail("something was told that is never told")
        if (
            snapshot.get(Told.AGREED, by.agreed) != by.agreed
            or snapshot.get(Told.ALIAS, f"はる{by.person}") != f"はる{by.person}"
        ):
            self.fail("somebody else's words were told")


def _someone(history: History) -> tuple[str, str, Purpose]:
    draw = history.random.choice
    return draw(PEOPLE), draw(HOSTS), draw(tuple(Purpose))


def _record(history: History) -> None:
    draw = history.random
    person_id, host_id, purpose = _someone(history)
    state = draw.choices((Consent.SHARE, Consent.INTERNAL, Consent.NONE), (6, 2, 1))[0]
    own = state is not Consent.NONE or draw.random() < 0.5
    share = state is Consent.SHARE
    items = draw.sample(tuple(Told), draw.randint(1, 5)) if share else []
    given = {
        "state": state,
        "basis": ConsentBasis.PERSON if own else ConsentBasis.MEETING,
        "way": draw.choice((ConsentWay.WRITTEN, ConsentWay.SPOKEN)),
        "witness": "聞いた人",
        "given_on": history.now.date(),
        "host_id": host_id if share else "",
        "purpose": purpose if share else None,
        "items": items,
        "agreed": f"{person_id}のことば{len(history.steps)}" if Told.AGREED in items else "",
    }
    done, number = history.attempt(
        "record", lambda work: record_consent(work, person_id, **given), person_id, state, own, host_id, purpose, *items
    )
    if done != (person_id in history.model.people):
        history.fail("a consent was refused, or recorded of nobody")
    if done:
        history.model.say(
            Agreement(
                number, person_id, state, own, given["host_id"], given["purpose"], frozenset(items), given["agreed"]
            )
        )


def _bring(history: History) -> None:
    """A consent that came with a file: it counts for where the person stands, and names no host."""
    person_id = history.random.choice(PEOPLE)
    if person_id not in history.model.people:
        return
    state = history.random.choice((Consent.INTERNAL, Consent.SHARE))
    brought = GivenConsent(
        consent_id=uuid4(), person_id=person_id, state=state, way=ConsentWay.BROUGHT, given_on=history.now.date(),
        recorded_at=history.now, recorded_by="file",
    )  # fmt: skip
    history.model.agreements.append(Agreement(brought.consent_id, person_id, state))

    def put(work: Work) -> None:
        stored = work.get(Person, person_id)
        work.add(brought)
        work.change(stored.record.model_copy(update={"consent": history.model.state(person_id)}), stored.version)

    history.attempt("bring", put, person_id, state)


def _withdraw(history: History) -> None:
    person_id = history.random.choice(PEOPLE)
    own = [a.number for a in history.model.agreements if a.person == person_id]
    number = history.random.choice([*own, None]) if own else None
    done, _ = history.attempt("withdraw", lambda work: withdraw_consent(work, person_id, number), person_id, number)
    if done != (person_id in history.model.people):
        history.fail("taking back was refused")
    history.model.take_back(person_id, number)
    if done and history.model.state(person_id) is Consent.NONE:
        left = [
            s for s in history.work().rows(Suggestion) if s.record.person_id == person_id and s.record.status in OPEN
        ]
        if left:
            history.fail("a suggestion goes on without any consent")


def _suggest(history: History) -> None:
    person_id, host_id, _ = _someone(history)
    made = Suggestion(
        suggestion_id=uuid4(), status=SuggestionStatus.WISHED, person_id=person_id, opening_id=f"O{host_id[1]}",
        first_session=history.now, companion_id=history.random.choice(("", "C1", "C2")), made_at=history.now,
    )  # fmt: skip
    there = [s.record for s in history.work().rows(Suggestion)]
    if person_id in history.model.people and not any(
        (s.person_id, s.opening_id) == (person_id, made.opening_id) and s.status in OPEN for s in there
    ):
        history.attempt("suggest", lambda work: work.add(made), person_id, host_id)


def _decide(history: History) -> None:
    there = [s.record for s in history.work().rows(Suggestion) if s.record.status in OPEN]
    if there:
        one = history.random.choice(there)
        step = history.random.choice(sorted(set(SUGGESTIONS.moves[one.status]) - {"confirm"}))
        history.attempt("decide", lambda work: work.move(Suggestion, step, one.suggestion_id), one.person_id, step)


def _confirm(history: History) -> None:
    ready = [
        s.record.suggestion_id
        for s in history.work().rows(Suggestion)
        if s.record.status in (SuggestionStatus.WISHED, SuggestionStatus.OFFERED)
    ]
    if ready:
        one, key = history.random.choice(ready), str(len(history.steps))
        history.attempt("confirm", lambda work: confirm(work, one, request_key=key), one)


def _end(history: History) -> None:
    there = [p.record for p in history.work().rows(Placement) if p.record.status is PlacementStatus.AGREED]
    if there:
        one = history.random.choice(there)
        history.attempt("end", lambda work: work.move(Placement, "end", one.placement_id), one.person_id)


def _disclose(history: History) -> None:
    """Tell a host, with or without a ground for it; the model says which it was."""
    person_id, host_id, purpose = _someone(history)
    records: Sequence[Any] = [
        s.record for s in history.work().rows(Suggestion if purpose is Purpose.PROPOSAL else Placement)
    ]
    about = history.random.choice([*records, None, None])
    done, number = history.attempt(
        "disclose",
        lambda work: disclosing.disclose(work, person_id, host_id, purpose, about and about.key[0]),
        person_id, host_id, purpose, about and about.status,
    )  # fmt: skip
    ground = history.model.ground(person_id, host_id, purpose)
    if done and ground is None:
        history.fail("a host was told without a consent that stands for it and for this purpose")
    if done and ground is not None:
        history.model.told[number] = (ground, about and about.key[0])
        told = history.work().get(disclosing.Disclosure, number).record
        history.check_told({Told(item): words for item, words in told.snapshot.items()}, ground)
    right = about is None or (
        (about.person_id, about.opening_id[1]) == (person_id, host_id[1])
        and about.status in (*disclosing.TELLABLE, *HOLDING)
    )
    something = ground is not None and (ground.items if about else ground.items & {Told.ALIAS, Told.AGREED})
    if not done and right and something:
        history.fail("a host could not be told what was agreed")


def _erase(history: History) -> None:
    person_id = history.random.choice(PEOPLE)
    history.attempt("erase", lambda work: erase_person(work, person_id, Why.ASKED), person_id)
    history.model.erase(person_id)


def _wait(history: History) -> None:
    history.now += timedelta(days=history.random.randint(1, 400))
    history.steps.append("wait")


_STEPS: tuple[tuple[Callable[[History], None], int], ...] = (
    (_record, 8), (_bring, 1), (_withdraw, 4), (_suggest, 3), (_decide, 1), (_confirm, 2), (_end, 1), (_disclose, 9),
    (_erase, 1), (_wait, 1),
)  # fmt: skip


@contextmanager
def _taken_back(store: Store) -> Any:
    with store.engine.connect() as db:
        transaction = db.begin()
        db.execute(text(f"SELECT set_config('{SETTING}', :council, true)"), {"council": OURS})
        yield db
        transaction.rollback()


def drive(
    store: Store,
    seeds: Sequence[int],
    *,
    see: See = disclosed_to_host,
    refusals: tuple[type[Exception], ...] = (DebanError,),
) -> int:
    """Play a history for each seed; how many steps in all.

    Raises:
        Violation: the services and the model do not say the same.
    """
    steps = 0
    for seed in seeds:
        with _taken_back(store) as db:
            history = History(store, db, seed, see, refusals)
            for _ in range(history.random.randint(4, 24)):
                history.go()
            steps += len(history.steps)
    return steps
