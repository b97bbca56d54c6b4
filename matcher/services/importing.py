"""Importing a bundle: a dry run that shows what would happen, and the import, which does exactly that."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from matcher.exchange import ReadResult
from matcher.model import SHEETS, Area, Companion, Conflict, Consent, HistoryEntry, Host, Opening, Person, Record
from matcher.model.records import ImportBatch
from matcher.permissions import Action
from matcher.services.consent_effects import open_suggestions, pass_over
from matcher.services.import_consent import compared_people
from matcher.services.import_history import compared_history
from matcher.services.import_plan import Change, ImportPlan
from matcher.services.import_refusals import accepted, known_rows
from matcher.services.import_sheets import compared, in_order, named_areas
from matcher.services.import_writing import hold_on_after, kept, write
from matcher.services.once import once
from matcher.services.service import service
from matcher.storage.work import Work


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to. `import_id` None: all of it was there already, nothing was changed.

    `counts` are those of `ImportPlan.counts`. `plan` is None where the same request had been carried out before.
    """

    import_id: UUID | None
    counts: Mapping[str, Mapping[str, int]]
    plan: ImportPlan | None


@service(Action.IMPORT, noted=False)
def known_here(work: Work) -> dict[type[Record], frozenset[str]]:
    """The IDs that stand here, for reading a file that has only one half: `read_bundle(path, also_known=…)`."""
    return known_rows(work)


@service(Action.IMPORT)
def plan_import(work: Work, read: ReadResult) -> ImportPlan:
    """What importing a bundle would do. Nothing is changed."""
    plan = _planned(work, read, lock=False)
    work.note("import.planned", ImportBatch, work.council, **_facts(plan))
    return plan


@service(Action.IMPORT)
def apply_import(work: Work, read: ReadResult, request_key: str) -> Imported:
    """Import a bundle, all of it or nothing. What the file says otherwise than was decided here is left as it is here.

    Args:
        request_key: of whoever asks; asked twice with it, the bundle is imported once.
    """
    made: list[ImportPlan] = []

    def do() -> dict[str, Any]:
        one_at_a_time(work)
        plan = _planned(work, read, lock=True)
        made.append(plan)
        if plan.nothing:
            work.note("import.nothing_new", ImportBatch, work.council, **_facts(plan))
            return {"import_id": None, "counts": plan.counts}
        return {"import_id": str(_carried_out(work, plan, request_key)), "counts": plan.counts}

    outcome = once(work, "apply_import", request_key, do)
    number = outcome["import_id"]
    return Imported(UUID(number) if number else None, outcome["counts"], made[0] if made else None)


def one_at_a_time(work: Work) -> None:
    """Wait for another import of this council, or its being taken back, to come to its end."""
    work.db.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:place, 0))"), {"place": f"{work.council}/import"}
    )


def _planned(work: Work, read: ReadResult, lock: bool) -> ImportPlan:
    read = accepted(work, read)
    bundle = read.bundle
    areas = [*bundle.areas, *named_areas(work, bundle.areas, bundle.hosts, bundle.people)]
    openings = compared(work, Opening, bundle.openings, read, lock)
    people, consents = compared_people(work, bundle.people, read, lock)
    history, held_back = compared_history(work, read, people, openings, lock)
    plans = {
        Area: compared(work, Area, areas, read, lock),
        Host: compared(work, Host, bundle.hosts, read, lock),
        Opening: openings,
        Person: people,
        Companion: compared(work, Companion, bundle.companions, read, lock),
        HistoryEntry: history,
        Conflict: compared(work, Conflict, in_order(bundle.conflicts), read, lock),
    }
    return ImportPlan(read, tuple(plans[model] for model in SHEETS), (*consents, *held_back))


def _carried_out(work: Work, plan: ImportPlan, request_key: str) -> UUID:
    number, changes = uuid4(), list(plan)
    write(work, changes)
    hold_on_after(work, changes)
    passed = pass_over(work, (s for p in _said_no(changes) for s in open_suggestions(work, p, lock=True)))
    work.add(
        ImportBatch(
            import_id=number,
            request_key=request_key or str(number),
            at=work.now,
            by=work.actor.name,
            counts=plan.counts,
            undo=[kept(change) for change in changes],
        )
    )
    work.note("import.applied", ImportBatch, number, **_facts(plan), passed=passed)
    return number


def _said_no(changes: Iterable[Change]) -> Iterator[str]:
    """People who agreed so far, and of whom the file says that they do not."""
    for change in changes:
        after, before = change.after, change.before and change.before.record
        if isinstance(after, Person) and isinstance(before, Person):
            agreed = before.consent is not Consent.NONE
            if agreed and after.consent is Consent.NONE:
                yield after.person_id


def _facts(plan: ImportPlan) -> dict[str, Any]:
    """How many rows of each kind, and which columns change: no value of them."""
    facts: dict[str, Any] = {"refused": plan.read.rows_refused, "beside": len(plan.beside)}
    for sheet in plan.sheets:
        found = {"new": sheet.new, "changed": sheet.changed, "kept": len(sheet.objections)}
        facts |= {f"{sheet.sheet.sheet}_{name}": count for name, count in found.items() if count}
        if sheet.columns:
            facts[f"{sheet.sheet.sheet}_columns"] = sorted(sheet.columns)
    return facts


__all__ = ["Change", "ImportPlan", "Imported", "apply_import", "known_here", "one_at_a_time", "plan_import"]
