"""Consent (同意): what a person agreed to is recorded, and taken back at once when they say so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from matcher.errors import DebanError
from matcher.model.codes import Coded, Consent
from matcher.model.consent import ConsentBasis, ConsentWay, GivenConsent, Purpose, Told
from matcher.model.host import Host
from matcher.model.person import Person
from matcher.permissions import Action
from matcher.services.consent_effects import Effects, current_state, foreseen, open_suggestions, pass_over
from matcher.services.scope import person_in_scope
from matcher.services.service import service
from matcher.storage.schema import table_of
from matcher.storage.work import TOKYO, NotThere, Stored, Work


class ConsentRefused(DebanError):
    """What was to be recorded is no consent, or one that could not be kept to; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(_REFUSED[code])
        self.code = code


_REFUSED = {
    "future": "同意した日が、まだ来ていない日です。日付を確かめてください。",
    "brought": "ここでは「口頭」か「書面」を選んでください。",
    "witness": "口頭の同意は、聞いた人の名前も書いてください。",
    "meeting": "支援会議は本人の同意ではないので、「同意なし」として記録してください。",
    "host": "受け入れ先への情報提供の同意は、受け入れ先と、何のためかを選んでください。",
    "not_for_host": "受け入れ先や伝える内容は、「受け入れ先への情報提供に同意」のときだけ書けます。",
    "items": "受け入れ先に何を伝えてよいかを、一つは選んでください。",
    "agreed": "「本人が伝えてよいと言ったこと」は、選んだうえで、本人のことばを書いてください。",
}


class MeetingWay(Coded):
    """How a person's support may be talked over: with their consent in the open way, without it only in confidence."""

    PLAN = "plan", "プランと重層的支援会議"
    CONFIDENTIAL = "confidential", "支援会議（守秘）だけ"


@dataclass(frozen=True, slots=True)
class Consents:
    """A person's consents: where they stand now, every record (newest first), and which way of meeting that allows."""

    current: Consent
    meeting: MeetingWay
    records: tuple[Stored[GivenConsent], ...]


@service(Action.SEE_PEOPLE)
def see_consents(work: Work, person_id: str) -> Consents:
    """What a person agreed to, and whether they took it back.

    Raises:
        NotThere, NotAllowed: no such person, or not this actor's.
    """
    person_in_scope(work, Action.SEE_PEOPLE, person_id)
    records = _of(work, person_id)
    current = current_state(r.record for r in records)
    work.note("consent.read", Person, person_id, count=len(records))
    meeting = MeetingWay.CONFIDENTIAL if current is Consent.NONE else MeetingWay.PLAN
    return Consents(current, meeting, tuple(records[::-1]))


@service(Action.RECORD_CONSENT)
def record_consent(
    work: Work,
    person_id: str,
    *,
    state: Consent,
    way: ConsentWay,
    given_on: date,
    basis: ConsentBasis = ConsentBasis.PERSON,
    witness: str = "",
    host_id: str = "",
    purpose: Purpose | None = None,
    items: Sequence[Told] = (),
    agreed: str = "",
) -> UUID:
    """Record what a person agreed to; its number. The person's consent follows in the same transaction.

    A consent takes the place of the one it says anew: `share` of the same host and purpose, `internal` of `internal`.
    The person's own `none` takes everything back. `none` on the ground of a 支援会議 notes that ground and lets
    nothing happen.

    Args:
        state: how far it goes; `share` names host, purpose and items, the others none of them.
        items: what the host may be told.
        agreed: what else the host may know, in the person's words; belongs to `Told.AGREED`.
        witness: who heard it, where it was spoken.

    Raises:
        ConsentRefused: it is no consent that could be kept to.
        NotThere, NotAllowed: no such person or host, or not this actor's.
    """
    given = GivenConsent(
        consent_id=uuid4(),
        person_id=person_id,
        state=state,
        basis=basis,
        purpose=purpose,
        host_id=host_id,
        items=tuple(told for told in Told if told in items),
        agreed=agreed,
        way=way,
        witness=witness,
        given_on=given_on,
        recorded_at=work.now,
        recorded_by=work.actor.name,
    )
    person = _locked(work, person_id)
    _check_consent(given, work.now.astimezone(TOKYO).date())
    if given.host_id:
        work.get(Host, given.host_id)
    records = _of(work, person_id, lock=True)
    ended = [r for r in records if r.record.withdrawn_at is None and _takes_the_place(given, r.record)]
    work.add(given)
    effects = _carry_out(work, person, records, ended, (given,))
    work.note(
        "consent.recorded",
        GivenConsent,
        given.consent_id,
        state=state.value,
        basis=basis.value,
        way=way.value,
        purpose=purpose.value if purpose else None,
        items=[told.value for told in given.items],
        current=effects.current.value,
        ended=effects.consents,
        passed=effects.suggestions,
    )
    return given.consent_id


@service(Action.RECORD_CONSENT)
def withdraw_consent(work: Work, person_id: str, consent_id: UUID | None = None) -> Effects:
    """A person takes one consent back, or all of them where none is named. From this moment on it holds.

    Open suggestions that no longer have a ground are *passed over*, not held: `pass` is the one step that every open
    status has, also those in which a host is already being asked, and nothing passed over can be gone on with. Where
    the person agrees again, it is reopened and begins at the beginning, as a suggestion that nobody was told of.

    Raises:
        NotThere, NotAllowed: no such person or consent, or not this actor's.
    """
    person = _locked(work, person_id)
    records = _of(work, person_id, lock=True)
    effects = _carry_out(work, person, records, _to_end(records, consent_id))
    work.note(
        "consent.withdrawn",
        GivenConsent,
        consent_id or "",
        current=effects.current.value,
        ended=effects.consents,
        passed=effects.suggestions,
        hosts=len(effects.hosts_told),
    )
    return effects


@service(Action.RECORD_CONSENT)
def effects_of_withdrawal(work: Work, person_id: str, consent_id: UUID | None = None) -> Effects:
    """What `withdraw_consent` would do, before it is done.

    Raises:
        NotThere, NotAllowed: no such person or consent, or not this actor's.
    """
    person_in_scope(work, Action.RECORD_CONSENT, person_id)
    records = _of(work, person_id)
    ended = _to_end(records, consent_id)
    effects, _ = foreseen(work, person_id, records, ended)
    work.note("consent.effects_read", Person, person_id, ended=len(ended))
    return effects


def _check_consent(given: GivenConsent, today: date) -> None:
    """A consent that can be kept to.

    Raises:
        ConsentRefused: it is not.
    """
    share = given.state is Consent.SHARE
    spoken_yes = given.way is ConsentWay.SPOKEN and given.state is not Consent.NONE
    for code, wrong in (
        ("future", given.given_on > today),
        ("brought", given.way is ConsentWay.BROUGHT),
        ("meeting", given.basis is ConsentBasis.MEETING and given.state is not Consent.NONE),
        ("witness", spoken_yes and not given.witness),
        ("host", share and not (given.host_id and given.purpose)),
        ("not_for_host", not share and bool(given.host_id or given.purpose or given.items or given.agreed)),
        ("items", share and not given.items),
        ("agreed", share and (Told.AGREED in given.items) != bool(given.agreed)),
    ):
        if wrong:
            raise ConsentRefused(code)


def _takes_the_place(new: GivenConsent, old: GivenConsent) -> bool:
    """Whether a record that stands ends with the new one."""
    if new.basis is ConsentBasis.MEETING:
        return old.basis is ConsentBasis.MEETING
    if new.state is Consent.NONE or old.state is Consent.NONE:
        return True
    same_place = (old.host_id, old.purpose) == (new.host_id, new.purpose)
    return old.state is new.state and same_place


def _to_end(records: Sequence[Stored[GivenConsent]], consent_id: UUID | None) -> list[Stored[GivenConsent]]:
    """The records that end: the one named, where it still stands, or all that give something."""
    if consent_id is None:
        return [r for r in records if r.record.withdrawn_at is None and r.record.state is not Consent.NONE]
    named = [r for r in records if r.record.consent_id == consent_id]
    if not named:
        raise NotThere("その同意の記録が見つかりません。画面を新しくして確かめてください。")
    return [r for r in named if r.record.withdrawn_at is None]


def _locked(work: Work, person_id: str) -> Stored[Person]:
    """The person, with their open suggestions: locked in the order in which confirming locks them."""
    person_in_scope(work, Action.RECORD_CONSENT, person_id)
    open_suggestions(work, person_id, lock=True)
    return person_in_scope(work, Action.RECORD_CONSENT, person_id, lock=True)


def _of(work: Work, person_id: str, *, lock: bool = False) -> list[Stored[GivenConsent]]:
    table = table_of(GivenConsent)
    return work.rows(GivenConsent, table.c.person_id == person_id, order=("recorded_at", "consent_id"), lock=lock)


def _carry_out(
    work: Work,
    person: Stored[Person],
    records: Sequence[Stored[GivenConsent]],
    ended: Sequence[Stored[GivenConsent]],
    new: Sequence[GivenConsent] = (),
) -> Effects:
    effects, passed = foreseen(work, person.record.person_id, records, ended, new, lock=True)
    for stored in ended:
        withdrawn = {"withdrawn_at": work.now, "withdrawn_by": work.actor.name}
        work.change(stored.record.model_copy(update=withdrawn), stored.version)
    if person.record.consent is not effects.current:
        work.change(person.record.model_copy(update={"consent": effects.current}), person.version)
    pass_over(work, passed)
    return effects
