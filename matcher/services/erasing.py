"""Erasing (消す): everything of a person goes at once from the live tables; what stays is that it was done."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Column, FromClause, and_, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from matcher.model.codes import Coded
from matcher.model.council import Council
from matcher.model.match_run import RunRecord
from matcher.model.noun import Noun
from matcher.model.person import Person
from matcher.model.records import Answered, Erasure, ImportBatch
from matcher.model.suggestion import Suggestion
from matcher.model.tables import NOUNS
from matcher.permissions import Action
from matcher.services.scope import person_in_scope
from matcher.services.service import service
from matcher.storage.columns import COUNCIL
from matcher.storage.schema import table_of
from matcher.storage.work import Work

NAMES = ("person_id", "person_a", "person_b")  # under which rows and stored answers speak of a person
_BY_TABLE = {noun.table: noun for noun in NOUNS}


class Why(Coded):
    """Why a person's record is erased. There is no room for words: they would be about the person."""

    ASKED = "asked", "本人の希望"
    MISTAKE = "mistake", "登録のまちがい"
    OVER = "over", "支援が終わった"
    RETENTION = "retention", "決めた期間がすぎた"
    RESTORED = "restored", "控えを戻した後の消しなおし"


@service(Action.ERASE_PEOPLE)
def erase_person(work: Work, person_id: str, why: Why) -> dict[str, int]:
    """Erase everything of a person; how many rows went, by table. Done a second time it changes nothing.

    Whoever calls it calls `write_erasures` once it is committed, so that a restored backup is erased again.

    Raises:
        NotThere: there is no such person, and never was one that was erased.
        NotAllowed: only a lead may.
    """
    before = work.find(Erasure, person_id)
    if before is not None and work.find(Person, person_id) is None:
        work.note("person.erased_already", Erasure, person_id)
        return before.record.rows
    person_in_scope(work, Action.ERASE_PEOPLE, person_id)
    return dict(taken_away(work, [person_id], why)[person_id])


@service(Action.KEEP)
def erase_again(work: Work, erased: Iterable[tuple[str, datetime]]) -> int:
    """Erase again the people of whom the ledger says that they were erased at these times; how many were there.

    For a backup that was restored and is older than that.
    """
    at_of = dict(erased)
    there = taken_away(work, sorted(at_of), Why.RESTORED, at_of)
    work.note("erasure.repeated", Erasure, "", told=len(at_of), there=len(there))
    return len(there)


@service(Action.KEEP, noted=False)
def erasures(work: Work) -> list[Erasure]:
    """That people were erased, oldest first; nothing of who they were."""
    return [stored.record for stored in work.rows(Erasure, order=("at", "person_id"))]


def erased_ids(work: Work, among: Collection[str] | None = None) -> set[str]:
    """IDs of erased people (of those named, where some are): nobody else may silently be given one of them."""
    table = table_of(Erasure)
    named = [] if among is None else [table.c.person_id.in_(among)]
    return set(work.db.scalars(select(table.c.person_id).where(work.ours(table), *named)))


def taken_away(
    work: Work, person_ids: Collection[str], why: Why, at_of: dict[str, datetime] | None = None
) -> dict[str, Counter[str]]:
    """Take everything of these people away and note it; how many rows went, by person and table.

    Those who are not there are left out. Whether the actor may is asked before.

    Args:
        at_of: when they were erased, where that was before now.
    """
    people, suggestions = table_of(Person), table_of(Suggestion)
    theirs = work.ours(suggestions) & suggestions.c.person_id.in_(person_ids)
    in_order = select(suggestions.c.suggestion_id).where(theirs).order_by(suggestions.c.suggestion_id)
    work.db.execute(in_order.with_for_update())  # before the people, as confirming locks them
    there = frozenset(
        work.db.scalars(
            select(people.c.person_id)
            .where(work.ours(people), people.c.person_id.in_(person_ids))
            .order_by(people.c.person_id)
            .with_for_update()
        )
    )
    if not there:
        return {}
    counts = _counted(work, there)
    work.db.execute(delete(people).where(work.ours(people), people.c.person_id.in_(there)))  # the rest cascades
    _scrub_runs(work, there, counts)
    _scrub_imports(work, there, counts)
    _scrub_requests(work, there, counts)
    _scrub_priority(work, there)
    _write(
        work,
        [
            Erasure(person_id=person_id, at=(at_of or {}).get(person_id, work.now), by=work.actor.name, rows=rows)
            for person_id, rows in counts.items()
        ],
    )
    for person_id, rows in counts.items():
        work.note("person.erased", Person, person_id, why=why.value, **rows)
    return counts


def _counted(work: Work, people: frozenset[str]) -> dict[str, Counter[str]]:
    """How many rows speak of each person, by table."""
    counts = {person_id: Counter[str]() for person_id in sorted(people)}
    for noun in NOUNS:
        for whose, rows in _whose(noun):
            found = select(whose, func.count()).select_from(rows).where(work.ours(table_of(noun)), whose.in_(people))
            for person_id, count in work.db.execute(found.group_by(whose)):
                counts[person_id][noun.table] += count
    return counts


def _whose(noun: type[Noun]) -> Iterator[tuple[Column[str], FromClause]]:
    """The columns that say whose a row is, its own or those of a row that it hangs on; and where they are found."""
    table, names = table_of(noun), [name for name in NAMES if name in noun.model_fields]
    if noun is Erasure:
        return
    for name in names:
        yield table.c[name], table
    for refers in noun.refers if not names else ():
        other = table_of(_BY_TABLE[refers.table])
        if refers.gone == "CASCADE" and "person_id" in other.c:
            pairs = zip((COUNCIL, *refers.columns), (COUNCIL, *refers.targets), strict=True)
            same = and_(*(table.c[name] == other.c[target] for name, target in pairs))
            yield other.c.person_id, table.join(other, same)


def _write(work: Work, erased: Iterable[Erasure]) -> None:
    """Note the erasures, each once: a person who came to be under an erased ID has one already."""
    rows = [{COUNCIL: work.council, **erasure.model_dump()} for erasure in erased]
    work.db.execute(insert(table_of(Erasure)).on_conflict_do_nothing(), rows)


def _scrub_runs(work: Work, gone: frozenset[str], counts: dict[str, Counter[str]]) -> None:
    """Take the people out of what runs say of all together; what a run said of each went with them."""
    table = table_of(RunRecord)
    answered = select(table.c.run_id).where(work.ours(table), table.c.answer.is_not(None)).order_by(table.c.run_id)
    for run_id in work.db.scalars(answered).all():
        stored = work.get(RunRecord, run_id, lock=True)
        answer = stored.record.answer or {}
        of = gone & spoken_of(answer)
        if of:
            work.change(stored.record.model_copy(update={"answer": without_people(answer, of)}), stored.version)
            _count(counts, of, RunRecord)


def _scrub_imports(work: Work, gone: frozenset[str], counts: dict[str, Counter[str]]) -> None:
    """Take the people out of what imports could put back."""
    table = table_of(ImportBatch)
    imports = select(table.c.import_id).where(work.ours(table)).order_by(table.c.import_id)
    for import_id in work.db.scalars(imports).all():
        stored = work.get(ImportBatch, import_id, lock=True)
        about = [gone & spoken_of(step) for step in stored.record.undo]
        if any(about):
            left = [step for step, of in zip(stored.record.undo, about, strict=True) if not of]
            work.change(stored.record.model_copy(update={"undo": left}), stored.version)
            _count(counts, frozenset().union(*about), ImportBatch)


def _scrub_requests(work: Work, gone: frozenset[str], counts: dict[str, Counter[str]]) -> None:
    """Answers to requests hold no personal data; one that names the person goes with them all the same."""
    table = table_of(Answered)
    for name in NAMES:
        named = table.c.outcome[name].astext
        gone_with = delete(table).where(work.ours(table), named.in_(gone)).returning(named)
        for person_id in work.db.scalars(gone_with).all():
            counts[person_id][Answered.table] += 1


def _scrub_priority(work: Work, gone: frozenset[str]) -> None:
    stored = work.get(Council, lock=True)
    left = tuple(person_id for person_id in stored.record.priority if person_id not in gone)
    if left != stored.record.priority:
        work.change(stored.record.model_copy(update={"priority": left}), stored.version)


def _count(counts: dict[str, Counter[str]], of: Iterable[str], noun: type[Noun]) -> None:
    for person_id in of:
        counts[person_id][noun.table] += 1


def spoken_of(value: Any) -> frozenset[str]:
    """The IDs of people that a stored answer, or a step of an import, speaks of."""
    return frozenset(_spoken_of(value))


def _spoken_of(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _spoken_of(one)
    elif isinstance(value, dict):
        yield from (value[name] for name in NAMES if isinstance(value.get(name), str))
        for name, one in value.items():
            if name == "people" and isinstance(one, dict | list):
                yield from (who for who in one if isinstance(who, str))
            if name != "people" or isinstance(one, list):  # what is kept under a person's ID speaks of them alone
                yield from _spoken_of(one)


_GONE: Any = object()


def without_people(answer: dict[str, Any], gone: Collection[str]) -> dict[str, Any]:
    """A run's answer without anything of these people. A gap that was theirs alone goes: its words were theirs."""
    left = _without(answer, gone)
    return {} if left is _GONE else dict(left)


def _without(value: Any, gone: Collection[str]) -> Any:
    if isinstance(value, list):
        return [inner for inner in (_without(one, gone) for one in value) if inner is not _GONE]
    if not isinstance(value, dict):
        return value
    if any(value.get(name) in gone for name in NAMES):
        return _GONE
    left = {}
    for name, one in value.items():
        if name == "people" and isinstance(one, dict):  # what is kept under a person's ID speaks of them alone
            left[name] = {person_id: own for person_id, own in one.items() if person_id not in gone}
            continue
        if name == "people" and isinstance(one, list):
            others = [who for who in one if not (isinstance(who, str) and who in gone)]
            if one and not others:
                return _GONE
            one = others
        kept = _without(one, gone)
        if kept is not _GONE:
            left[name] = kept
    return left
