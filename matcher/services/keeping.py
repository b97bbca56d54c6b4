"""Keeping (残す): what a council keeps no longer than it set for itself, and what goes next."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, select, text, update

from matcher.model.council import Council
from matcher.model.link import Link
from matcher.model.match_run import RunAnswer, RunRecord
from matcher.model.noun import Noun
from matcher.model.person import Person
from matcher.model.placement import HOLDING
from matcher.model.records import Answered, ImportBatch
from matcher.model.suggestion import OPEN
from matcher.permissions import Action
from matcher.services.erasing import Why, taken_away
from matcher.services.service import service
from matcher.storage.columns import VERSION
from matcher.storage.rows import row_key
from matcher.storage.schema import table_of
from matcher.storage.work import Work

NOTICE_MONTHS = 1  # how long a person is listed as due before their record goes
REQUESTS = timedelta(days=30)  # for so long a form that was sent is known again
UNDO = timedelta(days=90)  # for so long an import can be taken back
_LISTED = "retention.listed"


@dataclass(frozen=True, slots=True)
class DuePerson:
    """A person whose record goes. `last` is when something last happened; `goes_at` is when it goes, at the earliest."""

    person_id: str
    last: datetime
    listed_at: datetime | None
    goes_at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """What goes within the next month."""

    people: tuple[DuePerson, ...]
    runs: int
    links: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What was done: people listed and erased, answers of runs and undo lists of imports emptied, links and requests removed."""

    listed: int
    people: int
    runs: int
    imports: int
    links: int
    requests: int


@service(Action.ERASE_PEOPLE)
def retention_due(work: Work) -> Due:
    """What would go within the next month, so that whoever should stay can be kept: any record of them is enough."""
    council = work.get(Council).record
    soon = months_after(work.now, 1)
    due = _due(work, council, soon)
    runs = _number(work, RunRecord, _old_runs(work, council, soon))
    links = _number(work, Link, _old_links(council, soon))
    work.note("retention.read", Council, work.council, people=len(due), runs=runs, links=links)
    return Due(tuple(due), runs, links)


@service(Action.KEEP)
def keep(work: Work) -> Kept:
    """Let go of what the council keeps no longer. A person is listed as due for a month before, then erased.

    Whoever calls it calls `write_erasures` once it is committed.
    """
    council = work.get(Council).record
    soon = _due(work, council, months_after(work.now, NOTICE_MONTHS))
    new = [person for person in soon if person.listed_at is None]
    for person in new:
        work.note(_LISTED, Person, person.person_id)
    erased = taken_away(work, _still_due(work, council), Why.RETENTION)
    kept = Kept(
        listed=len(new),
        people=len(erased),
        runs=_forget_answers(work, _old_runs(work, council, work.now)),
        imports=_empty(work, ImportBatch, "undo", [], _old_imports(work)),
        links=_remove(work, Link, _old_links(council, work.now)),
        requests=_remove(work, Answered, table_of(Answered).c.at < work.now - REQUESTS),
    )
    counts = {name: getattr(kept, name) for name in Kept.__dataclass_fields__}
    work.note("retention.kept", Council, work.council, **counts)
    return kept


def months_after(at: datetime, months: int) -> datetime:
    """The same day so many months later (earlier, where negative), or the last one of a shorter month."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def _end_of(day: str) -> str:
    return f"""(("{day}" + 1)::timestamp AT TIME ZONE 'Asia/Tokyo')"""


# Everything that happened to a person. Reading their file is nothing that happened to them. A day counts to its end:
# what was written down on the day of the notice may have come after it.
_LAST = f"""
WITH happened (person_id, at) AS (
    SELECT person_id, changed_at FROM person WHERE council_id = :council
    UNION ALL SELECT person_id, {_end_of("on")} FROM follow_up WHERE council_id = :council
    UNION ALL SELECT person_id, {_end_of("on")} FROM history WHERE council_id = :council
    UNION ALL SELECT person_id, greatest(made_at, decided_at) FROM suggestion WHERE council_id = :council
    UNION ALL SELECT person_id, greatest({_end_of("agreed_on")}, {_end_of("visited_on")}, {_end_of("ended_on")}, first_visit) FROM placement
        WHERE council_id = :council
    UNION ALL SELECT person_id, greatest(recorded_at, withdrawn_at) FROM consent WHERE council_id = :council
    UNION ALL SELECT person_id, at FROM disclosure WHERE council_id = :council
    UNION ALL SELECT person_id, since FROM carrying WHERE council_id = :council
), last (person_id, at) AS (
    SELECT person_id, max(at) FROM happened h GROUP BY person_id HAVING max(at) < :until
), listed (person_id, at) AS (
    SELECT noun_key, at FROM audit_event WHERE council_id = :council AND action = :listed
)
SELECT last.person_id, last.at, min(listed.at) AS listed_at
FROM last LEFT JOIN listed ON listed.person_id = last.person_id AND listed.at > last.at
WHERE NOT EXISTS (SELECT FROM placement p WHERE p.council_id = :council AND p.person_id = last.person_id
        AND p.status = ANY(:holding))
    AND NOT EXISTS (SELECT FROM suggestion s WHERE s.council_id = :council AND s.person_id = last.person_id
        AND s.status = ANY(:open))
GROUP BY last.person_id, last.at
ORDER BY last.at, last.person_id
"""


def _due(work: Work, council: Council, by: datetime) -> list[DuePerson]:
    """People to whom nothing will have happened for as long as the council keeps them, and whom nothing is open for."""
    asked = {
        "council": work.council,
        "until": months_after(by, -council.keep_people_months),
        "listed": _LISTED,
        "holding": [status.value for status in HOLDING],
        "open": [status.value for status in OPEN],
    }
    found = []
    for person_id, last, listed_at in work.db.execute(text(_LAST), asked):
        noticed = months_after(listed_at or work.now, NOTICE_MONTHS)
        goes_at = max(months_after(last, council.keep_people_months), noticed)
        found.append(DuePerson(person_id, last, listed_at, goes_at))
    return found


def _still_due(work: Work, council: Council) -> list[str]:
    """People who were listed for long enough; asked again once they are locked, since something may have happened."""

    def gone() -> list[str]:
        due = _due(work, council, work.now)
        return [p.person_id for p in due if p.listed_at is not None and p.goes_at <= work.now]

    first = gone()
    if not first:
        return []
    work.rows(Person, table_of(Person).c.person_id.in_(first), lock=True)
    return sorted(set(first) & set(gone()))


def _old_runs(work: Work, council: Council, by: datetime) -> ColumnElement[bool]:
    table = table_of(RunRecord)
    return (table.c.finished_at < months_after(by, -council.keep_runs_months)) & _filled(work, RunRecord, "answer", {})


def _forget_answers(work: Work, old: ColumnElement[bool]) -> int:
    """What old runs said: of each person, and of all together; of how many runs."""
    runs, answers = table_of(RunRecord), table_of(RunAnswer)
    work.db.execute(
        delete(answers).where(
            work.ours(answers), answers.c.run_id.in_(select(runs.c.run_id).where(work.ours(runs), old))
        )
    )
    return _empty(work, RunRecord, "answer", {}, old)


def _old_imports(work: Work) -> ColumnElement[bool]:
    return (table_of(ImportBatch).c.at < work.now - UNDO) & _filled(work, ImportBatch, "undo", [])


def _old_links(council: Council, by: datetime) -> ColumnElement[bool]:
    """Links that came to their end long ago: revoked, used where once is all, or expired."""
    table = table_of(Link)
    used = case((table.c.once, table.c.used_at))
    return func.least(table.c.expires_at, table.c.revoked_at, used) < months_after(by, -council.keep_links_months)


def _filled(work: Work, noun: type[Noun], column: str, empty: Any) -> ColumnElement[bool]:
    """That a sealed column holds more than this: a sealed value is as long as its text, whatever its key."""
    length = len(work.sealer.seal((work.council, noun.table, "", column), empty))
    return func.octet_length(table_of(noun).c[column]) > length


def _empty(work: Work, noun: type[Noun], column: str, empty: Any, where: ColumnElement[bool]) -> int:
    """Empty a sealed column without opening it; of how many rows."""
    table = table_of(noun)
    (identity,) = noun.identity
    keys = work.db.execute(select(table.c[identity]).where(work.ours(table), where).with_for_update()).scalars().all()
    for key in keys:
        place = (work.council, noun.table, row_key(noun, {identity: key}), column)
        values = {column: work.sealer.seal(place, empty), VERSION: table.c[VERSION] + 1}
        work.db.execute(update(table).where(work.ours(table), table.c[identity] == key).values(values))
    return len(keys)


def _remove(work: Work, noun: type[Noun], where: ColumnElement[bool]) -> int:
    table = table_of(noun)
    return work.db.execute(delete(table).where(work.ours(table), where)).rowcount


def _number(work: Work, noun: type[Noun], where: ColumnElement[bool]) -> int:
    table = table_of(noun)
    return work.db.scalar(select(func.count()).select_from(table).where(work.ours(table), where)) or 0
