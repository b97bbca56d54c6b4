"""What follows from a consent that is given or taken back: where the person stands, and what may not go on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from matcher.model.codes import Coded, Consent
from matcher.model.consent import ConsentBasis, Disclosure, GivenConsent, Purpose
from matcher.model.noun import Noun
from matcher.model.opening import Opening
from matcher.model.placement import HOLDING, Placement
from matcher.model.suggestion import OPEN, Suggestion, SuggestionStatus
from matcher.storage.schema import table_of
from matcher.storage.work import Stored, Work


@dataclass(frozen=True, slots=True)
class Effects:
    """What taking consent back does, or did.

    Attributes:
        current: the person's consent afterwards.
        consents: how many consents end.
        suggestions: how many open suggestions are passed over.
        placements: how many participations go on: they are between the person and the host.
        hosts_told: hosts that were told something by the consents that end; what they heard cannot be made unheard.
        hidden: how many snapshots no host sees any more.
    """

    current: Consent
    consents: int
    suggestions: int
    placements: int
    hosts_told: tuple[str, ...]
    hidden: int


def current_state(records: Iterable[GivenConsent]) -> Consent:
    """Where a person's consent stands: what is furthest of their own consents that were not taken back."""
    standing = {r.state for r in records if r.withdrawn_at is None and r.basis is ConsentBasis.PERSON}
    return next((state for state in (Consent.SHARE, Consent.INTERNAL) if state in standing), Consent.NONE)


def foreseen(
    work: Work,
    person_id: str,
    records: Sequence[Stored[GivenConsent]],
    ended: Sequence[Stored[GivenConsent]],
    new: Sequence[GivenConsent] = (),
    *,
    lock: bool = False,
) -> tuple[Effects, list[Suggestion]]:
    """What happens where these records end and the new ones begin, and the suggestions to pass over.

    Args:
        records: all of the person's, those that end among them.
        lock: it is about to be carried out.
    """
    gone = {stored.record.consent_id for stored in ended}
    left = [r.record for r in records if r.record.consent_id not in gone and r.record.withdrawn_at is None]
    current = current_state([*left, *new])
    told = work.rows(Disclosure, table_of(Disclosure).c.consent_id.in_(gone)) if gone else []
    no_longer = _hosts_to_ask(r.record for r in ended) - _hosts_to_ask([*left, *new])
    passed = _without_ground(work, person_id, current, no_longer, lock=lock)
    effects = Effects(
        current,
        len(ended),
        len(passed),
        len(work.rows(Placement, table_of(Placement).c.person_id == person_id, _in(Placement, HOLDING))),
        tuple(sorted({d.record.host_id for d in told})),
        len(told),
    )
    return effects, passed


def _hosts_to_ask(records: Iterable[GivenConsent]) -> set[str]:
    """Hosts that may be asked about the person, by these consents."""
    return {r.host_id for r in records if r.state is Consent.SHARE and r.purpose is Purpose.PROPOSAL}


def _without_ground(
    work: Work, person_id: str, current: Consent, no_longer: set[str], *, lock: bool
) -> list[Suggestion]:
    """Open suggestions that may not go on: without consent all, else those that a host is asked about and no longer may be."""
    suggestions = open_suggestions(work, person_id, lock=lock)
    if current is Consent.NONE or not no_longer:
        return suggestions if current is Consent.NONE else []
    openings = table_of(Opening)
    theirs = set(
        work.db.scalars(select(openings.c.opening_id).where(work.ours(openings), openings.c.host_id.in_(no_longer)))
    )
    return [s for s in suggestions if s.status is SuggestionStatus.OFFERED and s.opening_id in theirs]


def open_suggestions(work: Work, person_id: str, *, lock: bool) -> list[Suggestion]:
    """A person's suggestions that are not decided yet; `lock` keeps them from being decided meanwhile."""
    found = work.rows(Suggestion, table_of(Suggestion).c.person_id == person_id, _in(Suggestion, OPEN), lock=lock)
    return [stored.record for stored in found]


def pass_over(work: Work, suggestions: Iterable[Suggestion]) -> int:
    """Pass suggestions over, since nothing may go on without consent; how many."""
    count = 0
    for suggestion in suggestions:
        work.move(
            Suggestion,
            "pass",
            suggestion.suggestion_id,
            pinned=False,
            reason=suggestion.reason or "同意が取り下げられたため",
            decided_at=work.now,
            decided_by=work.actor.name,
        )
        count += 1
    return count


def _in(noun: type[Noun], statuses: Iterable[Coded]) -> ColumnElement[bool]:
    return table_of(noun).c.status.in_([status.value for status in statuses])
