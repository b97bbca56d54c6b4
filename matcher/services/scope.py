"""Where a person stands, for the question who may do something to them."""

from matcher.model.account import Carrying
from matcher.model.person import Person
from matcher.permissions import Action, Where, check_person
from matcher.storage.work import NotThere, Stored, Work

NOWHERE = Where("", "", None)


def person_in_scope(work: Work, action: Action, person_id: str, *, lock: bool = False) -> Stored[Person]:
    """The person, where the actor may do the action to them.

    Raises:
        NotThere: no such person, told to those who may see everybody.
        NotAllowed: not this actor's, or, told in the same words, no such person.
    """
    stored = work.find(Person, person_id, lock=lock)
    if stored is None:
        check_person(work.actor, action, NOWHERE)
        raise NotThere("その本人の記録が見つかりません。消されたか、IDがちがいます。")
    carrying = work.find(Carrying, person_id)
    check_person(
        work.actor,
        action,
        Where(stored.record.municipality, stored.record.area_id, carrying.record.account_id if carrying else None),
    )
    return stored
