"""Disclosing (伝える): the only way by which anything of a person goes to a host, and the answer to what they were told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, or_, select

from matcher.errors import DebanError
from matcher.model.codes import Consent
from matcher.model.companion import Companion
from matcher.model.consent import ConsentBasis, Disclosure, GivenConsent, Purpose, Told
from matcher.model.opening import Opening
from matcher.model.person import Person
from matcher.model.placement import HOLDING, Placement
from matcher.model.suggestion import Suggestion, SuggestionStatus
from matcher.permissions import Action, Kind, NotAllowed, check_host
from matcher.services.scope import person_in_scope
from matcher.services.service import service
from matcher.services.snapshot import Subject, snapshot_of
from matcher.storage.schema import table_of
from matcher.storage.work import NotThere, Work

# The person has said that they would like to; before that, no host hears of them.
TELLABLE = (SuggestionStatus.WISHED, SuggestionStatus.OFFERED, SuggestionStatus.CONFIRMED)


class NotToTell(DebanError):
    """The host may not be told, or there is nothing to tell; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(_NOT_TO_TELL[code])
        self.code = code


_NOT_TO_TELL = {
    "consent": "この受け入れ先に伝えてよいという本人の同意がありません。何も伝えていません。同意を聞いて記録してから、もう一度お願いします。",
    "other_host": "その提案や参加は、この受け入れ先のものではありません。何も伝えていません。",
    "not_wished": "本人の「やってみたい」がまだ記録されていないか、もう終わっています。何も伝えていません。",
    "nothing": "伝えてよい項目に、書かれていることがありません。何も伝えていません。呼び名などを書いてから、もう一度お願いします。",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """What a host would see, word for word, and which agreed items there is nothing to say about yet."""

    consent_id: UUID
    snapshot: Mapping[Told, str]
    missing: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a host sees of somebody who comes or would like to come. Nothing else of the person is in it."""

    disclosure_id: UUID
    purpose: Purpose
    at: datetime
    snapshot: Mapping[Told, str]


@dataclass(frozen=True, slots=True)
class ToldTo:
    """What a host was told: when, by whom, by which consent, word for word; `stands` where the host still sees it."""

    disclosure: Disclosure
    stands: bool


@service(Action.DISCLOSE)
def disclose(work: Work, person_id: str, host_id: str, purpose: Purpose, about: UUID | None = None) -> UUID:
    """Tell a host what the person agreed to, and only that, and keep what was told; its number.

    Args:
        about: the suggestion (for a proposal) or the placement (for a first visit) that it is about; without one
            only the name and what the person agreed to tell can be told.

    Raises:
        NotToTell: no consent stands for this host and purpose, or there is nothing to tell.
        NotThere, NotAllowed: no such person, suggestion or placement, or not this actor's.
    """
    seen = _prepared(work, person_id, host_id, purpose, about)
    told = Disclosure(
        disclosure_id=uuid4(),
        consent_id=seen.consent_id,
        person_id=person_id,
        host_id=host_id,
        purpose=purpose,
        about=about,
        snapshot={item.value: text for item, text in seen.snapshot.items()},
        at=work.now,
        by=work.actor.name,
    )
    work.add(told)
    work.note(
        "disclosure.made",
        Disclosure,
        told.disclosure_id,
        consent=str(seen.consent_id),
        purpose=purpose.value,
        items=[item.value for item in seen.snapshot],
    )
    return told.disclosure_id


@service(Action.DISCLOSE)
def preview_disclosure(
    work: Work, person_id: str, host_id: str, purpose: Purpose, about: UUID | None = None
) -> Preview:
    """What `disclose` would tell, without telling it.

    Raises:
        NotToTell, NotThere, NotAllowed: as `disclose`.
    """
    seen = _prepared(work, person_id, host_id, purpose, about)
    work.note("disclosure.previewed", GivenConsent, seen.consent_id, purpose=purpose.value, items=len(seen.snapshot))
    return seen


@service(Action.SEE_PEOPLE)
def what_was_disclosed(work: Work, person_id: str) -> list[ToldTo]:
    """All that hosts were ever told of a person, newest first.

    Raises:
        NotThere, NotAllowed: no such person, or not this actor's.
    """
    person_in_scope(work, Action.SEE_PEOPLE, person_id)
    table = table_of(Disclosure)
    told = work.rows(Disclosure, table.c.person_id == person_id, order=("at", "disclosure_id"))
    shown = set(work.db.scalars(select(table.c.disclosure_id).where(table.c.person_id == person_id, *_shown(work))))
    work.note("disclosure.read", Person, person_id, count=len(told))
    return [ToldTo(d.record, d.record.disclosure_id in shown) for d in reversed(told)]


@service(Action.SEE_DISCLOSED)
def disclosed_to_host(work: Work, host_id: str) -> list[Shown]:
    """What a host sees, newest first: what it was told by consents that still stand, for what is not over yet.

       Nothing is seen any more from the moment in which a consent is taken back, the person or the host passes, or the
       participation ends.
    A coordinator
       who looks at a host's page sees there the people of their own scope.

       Raises:
           NotAllowed: another host's link.
    """
    check_host(work.actor, Action.SEE_DISCLOSED, host_id)
    told = work.rows(
        Disclosure,
        table_of(Disclosure).c.host_id == host_id,
        *_shown(work),
        order=("at", "disclosure_id"),
    )
    visible = [d.record for d in reversed(told) if _may_see(work, d.record.person_id)]
    work.note("disclosure.shown", Disclosure, host_id, count=len(visible))
    return [Shown(d.disclosure_id, d.purpose, d.at, _by_item(d.snapshot)) for d in visible]


def _shown(work: Work) -> tuple[ColumnElement[bool], ...]:
    """That a host still sees what it was told: the consent stands, and what it is about is not over."""
    told, consents = table_of(Disclosure), table_of(GivenConsent)
    suggestions, placements = table_of(Suggestion), table_of(Placement)
    stands = select(consents.c.consent_id).where(
        work.ours(consents),
        consents.c.state == Consent.SHARE.value,
        consents.c.basis == ConsentBasis.PERSON.value,
        consents.c.withdrawn_at.is_(None),
    )
    holding = work.ours(placements) & placements.c.status.in_([status.value for status in HOLDING])
    going_on = [status.value for status in TELLABLE if status is not SuggestionStatus.CONFIRMED]
    asked = select(suggestions.c.suggestion_id).where(work.ours(suggestions), suggestions.c.status.in_(going_on))
    return (
        work.ours(told),
        told.c.consent_id.in_(stands),
        or_(
            told.c.about.is_(None),
            told.c.about.in_(asked),
            told.c.about.in_(select(placements.c.placement_id).where(holding)),
            told.c.about.in_(select(placements.c.suggestion_id).where(holding)),
        ),
    )


def _may_see(work: Work, person_id: str) -> bool:
    if work.actor.kind is Kind.HOST_LINK:
        return True
    try:
        person_in_scope(work, Action.SEE_DISCLOSED, person_id)
    except NotAllowed:
        return False
    return True


def _by_item(snapshot: Mapping[str, str]) -> dict[Told, str]:
    return {item: snapshot[item.value] for item in Told if item.value in snapshot}


def _prepared(work: Work, person_id: str, host_id: str, purpose: Purpose, about: UUID | None) -> Preview:
    """What may be told, under a consent that is locked against being taken back before this work ends.

    Raises:
        NotToTell, NotThere, NotAllowed: as `disclose`.
    """
    person = person_in_scope(work, Action.DISCLOSE, person_id).record
    consent = standing_consent(work, person_id, host_id, purpose)
    subject = _subject(work, person_id, host_id, purpose, about)
    snapshot = snapshot_of(person, consent, subject)
    if not snapshot:
        raise NotToTell("nothing")
    return Preview(consent.consent_id, snapshot, tuple(item for item in consent.items if item not in snapshot))


def standing_consent(work: Work, person_id: str, host_id: str, purpose: Purpose) -> GivenConsent:
    """The consent by which this host may be told for this purpose, held (FOR SHARE) until the work ends.

    Raises:
        NotToTell: there is none.
    """
    table = table_of(GivenConsent)
    held = select(table.c.consent_id).where(
        work.ours(table),
        table.c.person_id == person_id,
        table.c.host_id == host_id,
        table.c.purpose == purpose.value,
        table.c.state == Consent.SHARE.value,
        table.c.basis == ConsentBasis.PERSON.value,
        table.c.withdrawn_at.is_(None),
    )
    found = work.db.scalars(held.order_by(table.c.recorded_at.desc()).limit(1).with_for_update(read=True)).first()
    if found is None:
        raise NotToTell("consent")
    return work.get(GivenConsent, found).record


def _subject(work: Work, person_id: str, host_id: str, purpose: Purpose, about: UUID | None) -> Subject | None:
    """What it is about: an opening of this host, a day and a companion, of this person's own suggestion or placement."""
    if about is None:
        return None
    record: Suggestion | Placement
    if purpose is Purpose.PROPOSAL:
        record = suggestion = work.get(Suggestion, about).record
        day, in_time = suggestion.first_session, suggestion.status in TELLABLE
    else:
        record = placement = work.get(Placement, about).record
        day, in_time = placement.first_visit, placement.status in HOLDING
    if record.person_id != person_id:
        raise NotThere("その提案や参加は、この本人のものではありません。画面を新しくして確かめてください。")
    opening = work.get(Opening, record.opening_id).record
    if opening.host_id != host_id:
        raise NotToTell("other_host")
    if not in_time:
        raise NotToTell("not_wished")
    companion = work.get(Companion, record.companion_id).record if record.companion_id else None
    return Subject(opening, day, companion)
