"""Contacts (連絡先): whom to ring at a host, and how to reach a companion. They are people: reading one is noted."""

from typing import TypeVar

from matcher.model import Companion, Host
from matcher.model.contact import CompanionContact, HostContact
from matcher.permissions import Action, check_host
from matcher.services.import_plan import differing
from matcher.services.service import service
from matcher.storage.work import Stored, Work

C = TypeVar("C", HostContact, CompanionContact)


@service(Action.SEE_CATALOGUE)
def see_contact(work: Work, host_id: str) -> Stored[HostContact] | None:
    """Whom to ring at a host; None where nobody is known."""
    check_host(work.actor, Action.SEE_CATALOGUE, host_id)
    work.note("host_contact.read", HostContact, host_id)
    return work.find(HostContact, host_id)


@service(Action.EDIT_CATALOGUE)
def put_contact(work: Work, contact: HostContact, seen: int | None) -> int:
    """Write whom to ring at a host, over the version that was seen, None where there was nobody; the new version.

    Raises:
        NotThere: no such host.
        EditedMeanwhile: somebody else wrote it since.
    """
    check_host(work.actor, Action.EDIT_CATALOGUE, contact.host_id)
    work.get(Host, contact.host_id, lock=True)
    return _write(work, contact, seen)


@service(Action.SEE_CATALOGUE)
def see_companion_contact(work: Work, companion_id: str) -> Stored[CompanionContact] | None:
    """How to reach a companion; None where nothing is known."""
    work.note("companion_contact.read", CompanionContact, companion_id)
    return work.find(CompanionContact, companion_id)


@service(Action.EDIT_CATALOGUE)
def put_companion_contact(work: Work, contact: CompanionContact, seen: int | None) -> int:
    """Write how to reach a companion, over the version that was seen, None where there was nothing; the new version.

    Raises:
        NotThere: no such companion.
        EditedMeanwhile: somebody else wrote it since.
    """
    work.get(Companion, contact.companion_id, lock=True)
    return _write(work, contact, seen)


def _write(work: Work, contact: C, seen: int | None) -> int:
    noun = type(contact)
    before = work.find(noun, *contact.key)
    if before is None and seen is None:
        work.add(contact)
        work.note(f"{noun.table}.added", noun, contact.key[0])
        return 1
    version = work.change(contact, seen or 0)
    changed = differing(before.record, contact, noun.model_fields) if before else ()
    work.note(f"{noun.table}.changed", noun, contact.key[0], changed=changed)
    return version
