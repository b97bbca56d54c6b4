"""People (本人): those an actor may see, one person's record, writing it, who carries whom, who must not meet."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select, true, tuple_

from matcher.errors import DebanError
from matcher.model import Area, Conflict, Consent, Person
from matcher.model.account import Account, AccountRole, AccountStatus, Carrying
from matcher.permissions import Action, Kind, Where, check_person
from matcher.services.erasing import erased_ids
from matcher.services.import_plan import differing
from matcher.services.import_sheets import in_order
from matcher.services.scope import person_in_scope
from matcher.services.seats import hold_on
from matcher.services.service import service
from matcher.storage.schema import table_of
from matcher.storage.work import Stored, Work


class PersonRefused(DebanError):
    """A person's record that cannot be written so; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(_REFUSED[code])
        self.code = code


_REFUSED = {
    "there": "同じ本人IDが、もう使われています。別のIDにしてください。入力した内容は残っています。",
    "erased": "この本人IDの記録は消されています。別のIDにしてください。入力した内容は残っています。",
    "area": "その圏域がありません。圏域を選びなおすか、先に圏域を足してください。",
    "account": "担当にできるのは、いま使えるコーディネーターか統括のアカウントです。選びなおしてください。",
    "same_person": "同じ人どうしは選べません。もう一人を選びなおしてください。",
}


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in a list."""

    person_id: str
    called: str
    age: int | None
    municipality: str
    area_id: str
    consent: Consent | None
    waiting_since: date | None
    carried_by: UUID | None


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """A person's record, the account that carries them, and the IDs of those they must not meet."""

    person: Stored[Person]
    carried_by: UUID | None
    apart_from: tuple[str, ...]


@service(Action.SEE_PEOPLE)
def list_people(
    work: Work, *, area: tuple[str, str] | None = None, mine: bool = False, limit: int = 100, offset: int = 0
) -> list[PersonLine]:
    """The people the actor may see, who has waited longest first. Of those shown, the nickname alone is opened.

    Args:
        area: municipality and area.
        mine: only those whom the actor's account carries.
    """
    people, carrying = table_of(Person), table_of(Carrying)
    wanted = [work.ours(people), _in_scope(work)]
    if area is not None:
        wanted += [people.c.municipality == area[0], people.c.area_id == area[1]]
    if mine:
        wanted.append(carrying.c.account_id == work.actor.account_id)
    rows = work.db.execute(
        select(
            *(
                people.c[n]
                for n in ("person_id", "alias", "age", "municipality", "area_id", "consent", "waiting_since")
            ),
            carrying.c.account_id,
        )
        .select_from(people.outerjoin(carrying, and_(work.ours(carrying), carrying.c.person_id == people.c.person_id)))
        .where(*wanted)
        .order_by(people.c.waiting_since.asc().nulls_last(), people.c.person_id)
        .limit(limit)
        .offset(offset)
    ).all()
    work.note("people.listed", Person, count=len(rows))
    return [
        PersonLine(
            r.person_id,
            _opened(work, r.person_id, r.alias) or r.person_id,
            r.age,
            r.municipality,
            r.area_id or "",
            Consent(r.consent) if r.consent else None,
            r.waiting_since,
            r.account_id,
        )
        for r in rows
    ]


@service(Action.SEE_PEOPLE)
def see_person(work: Work, person_id: str) -> PersonSeen:
    """One person's record; that it was read is noted.

    Raises:
        NotThere, NotAllowed: no such person, or not this actor's.
    """
    person = person_in_scope(work, Action.SEE_PEOPLE, person_id)
    carrying, table = work.find(Carrying, person_id), table_of(Conflict)
    apart = work.rows(Conflict, or_(table.c.person_a == person_id, table.c.person_b == person_id))
    work.note("person.read", Person, person_id)
    others = sorted({n for s in apart for n in (s.record.person_a, s.record.person_b)} - {person_id})
    return PersonSeen(person, carrying.record.account_id if carrying else None, tuple(others))


@service(Action.EDIT_PEOPLE)
def add_person(work: Work, person: Person) -> None:
    """Put a new person in, in an area of the actor's. Consent is recorded apart from it, as what somebody said.

    Raises:
        NotAllowed: the area is not the actor's.
        PersonRefused: the ID is taken or was erased, or there is no such area.
    """
    check_person(work.actor, Action.EDIT_PEOPLE, Where(person.municipality, person.area_id, None))
    if work.find(Person, person.person_id) is not None:
        raise PersonRefused("there")
    if erased_ids(work, [person.person_id]):
        raise PersonRefused("erased")
    _check_area(work, person)
    work.add(person.model_copy(update={"consent": None}))
    work.note("person.added", Person, person.person_id)


@service(Action.EDIT_PEOPLE)
def change_person(work: Work, person: Person, seen: int) -> int:
    """Write a person's record over the version that was seen; the new version. Consent stays what was recorded.

    Where the hours change, the seats that the person holds move with them.

    Raises:
        NotThere, NotAllowed: no such person, or not this actor's.
        EditedMeanwhile: somebody else changed it; it carries the row as it stands, for looking at both.
        PersonRefused: there is no such area.
    """
    before = person_in_scope(work, Action.EDIT_PEOPLE, person.person_id, lock=True).record
    _check_area(work, person)
    after = person.model_copy(update={"consent": before.consent})
    version = work.change(after, seen)
    changed = differing(before, after, Person.model_fields)
    moved = hold_on(work, person_id=person.person_id) if "availability" in changed else 0
    work.note("person.changed", Person, person.person_id, changed=changed, moved=moved)
    return version


@service(Action.ASSIGN_PEOPLE)
def carry(work: Work, person_id: str, account_id: UUID | None) -> None:
    """Give a person to the account that carries them from now on; None takes them back.

    Raises:
        NotThere: no such person.
        PersonRefused: the account is no coordinator's or lead's, or cannot be used.
    """
    person_in_scope(work, Action.ASSIGN_PEOPLE, person_id, lock=True)
    before = work.find(Carrying, person_id)
    if account_id is None:
        work.remove(Carrying, person_id)
    else:
        account = work.find(Account, account_id)
        if (
            account is None
            or account.record.status is not AccountStatus.ACTIVE
            or account.record.role not in (AccountRole.COORDINATOR, AccountRole.LEAD)
        ):
            raise PersonRefused("account")
        now = Carrying(person_id=person_id, account_id=account_id, since=work.now)
        if before is None:
            work.add(now)
        elif before.record.account_id != account_id:
            work.change(now, before.version)
    work.note("person.carried", Person, person_id, account=str(account_id) if account_id else None)


@service(Action.EDIT_PEOPLE)
def keep_apart(work: Work, person_id: str, other_id: str) -> None:
    """Two people are never to be at the same host. No reason is kept.

    Raises:
        NotThere, NotAllowed: one of them is not there, or not this actor's.
        PersonRefused: they are one and the same.
    """
    conflict = _pair(work, person_id, other_id)
    if work.find(Conflict, *conflict.key) is None:
        work.add(conflict)
    work.note("conflict.added", Person, person_id)


@service(Action.EDIT_PEOPLE)
def no_longer_apart(work: Work, person_id: str, other_id: str) -> None:
    """Two people may be at the same host again.

    Raises:
        NotThere, NotAllowed: one of them is not there, or not this actor's.
        PersonRefused: they are one and the same.
    """
    removed = work.remove(Conflict, *_pair(work, person_id, other_id).key)
    work.note("conflict.removed", Person, person_id, there=removed)


def _pair(work: Work, person_id: str, other_id: str) -> Conflict:
    if person_id == other_id:
        raise PersonRefused("same_person")
    for one in sorted((person_id, other_id)):
        person_in_scope(work, Action.EDIT_PEOPLE, one, lock=True)
    return in_order([Conflict(person_a=person_id, person_b=other_id)])[0]


def _in_scope(work: Work) -> ColumnElement[bool]:
    """`permissions.may_person` as a condition of the database; a test holds the two together."""
    if work.actor.kind is not Kind.COORDINATOR:
        return true() if work.actor.kind is Kind.LEAD else false()
    people, carrying = table_of(Person), table_of(Carrying)
    own = tuple_(people.c.municipality, people.c.area_id).in_(sorted(work.actor.areas)) if work.actor.areas else false()
    return or_(own, carrying.c.account_id == work.actor.account_id) if work.actor.account_id else own


def _check_area(work: Work, person: Person) -> None:
    if person.area_id and work.find(Area, person.municipality, person.area_id) is None:
        raise PersonRefused("area")


def _opened(work: Work, person_id: str, alias: bytes | None) -> str:
    if alias is None:
        return ""
    return str(work.sealer.open((work.council, Person.table, person_id, "alias"), bytes(alias)))
