"""Consent that a file brings: it never says more than what was recorded here, and names no host."""

from collections.abc import Iterable
from uuid import UUID, uuid5

from matcher.exchange import ReadResult
from matcher.model import Consent, Person
from matcher.model.consent import ConsentWay, GivenConsent
from matcher.services.import_plan import Change, Objection, SheetPlan, among, differing
from matcher.services.import_sheets import columns_of, put, stored_rows
from matcher.storage.schema import table_of
from matcher.storage.work import TOKYO, Stored, Work

BROUGHT = UUID("6f2b1f3c-6d0e-5a55-9a43-0f1d7c1b6a10")  # the ground of numbers that are made from what they stand for


def compared_people(
    work: Work, people: Iterable[Person], read: ReadResult, lock: bool
) -> tuple[SheetPlan, list[Change]]:
    """People of a file, and the consents that it brings.

    What somebody recorded here, or withdrew, stays as it is. An empty cell is no answer and takes nothing away.
    """
    rows = list(people)
    plan, consents = SheetPlan(Person), list[Change]()
    if not rows:
        return plan, consents
    columns = columns_of(read, Person)
    there = stored_rows(work, Person, rows, lock)
    given = _given(work, (p.person_id for p in rows), lock)
    for row in rows:
        stored, own = there.get(row.key), given.get(row.person_id, [])
        before = stored.record.consent if stored else None
        said = row.consent if "consent" in columns else None
        objection = _objection(before, said, own, asked="consent" in columns)
        if objection:
            plan.objections.append(Objection(Person, row.key, objection, ("consent",)))
        consent = before if objection or said is None else said
        if consent is not None and consent != before:
            consents += _brought(work, row.person_id, consent, own)
        if stored is None:
            plan.changes.append(Change(row.model_copy(update={"consent": consent}), None))
        else:
            wanted = {name: getattr(row, name) for name in columns} | {"consent": consent}
            put(plan, stored, stored.record.model_copy(update=wanted))
    return plan, consents


def _given(work: Work, people: Iterable[str], lock: bool) -> dict[str, list[Stored[GivenConsent]]]:
    found: dict[str, list[Stored[GivenConsent]]] = {}
    for stored in work.rows(GivenConsent, among(table_of(GivenConsent).c.person_id, people), lock=lock):
        found.setdefault(stored.record.person_id, []).append(stored)
    return found


def _objection(before: Consent | None, said: Consent | None, given: list[Stored[GivenConsent]], asked: bool) -> str:
    if before == said or not asked:
        return ""
    if said is None:
        return "consent_empty"
    decided = any(g.record.way is not ConsentWay.BROUGHT or g.record.withdrawn_at is not None for g in given)
    return "consent_decided" if decided else ""


def _brought(work: Work, person_id: str, state: Consent, given: list[Stored[GivenConsent]]) -> Iterable[Change]:
    number = uuid5(BROUGHT, f"consent\x1f{work.council}\x1f{person_id}")
    stored = next((g for g in given if g.record.consent_id == number), None)
    if stored is None:
        if state is not Consent.NONE and not given:
            yield Change(
                GivenConsent(
                    consent_id=number,
                    person_id=person_id,
                    state=state,
                    way=ConsentWay.BROUGHT,
                    given_on=work.now.astimezone(TOKYO).date(),
                    recorded_at=work.now,
                    recorded_by=work.actor.name,
                ),
                None,
            )
    elif stored.record.state is not state and stored.record.withdrawn_at is None:
        wanted = stored.record.model_copy(
            update={
                "state": state,
                "given_on": work.now.astimezone(TOKYO).date(),
                "recorded_at": work.now,
                "recorded_by": work.actor.name,
            }
        )
        yield Change(wanted, stored, differing(stored.record, wanted, GivenConsent.model_fields))
