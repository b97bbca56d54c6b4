"""A bundle: what a coordinator hands over, read and validated."""

from dataclasses import dataclass

from matcher.model.area import Area
from matcher.model.companion import Companion
from matcher.model.conflict import Conflict
from matcher.model.history import HistoryEntry
from matcher.model.host import Host
from matcher.model.opening import Opening
from matcher.model.person import Person


@dataclass(frozen=True, slots=True)
class Bundle:
    """Rows of the seven sheets; every reference resolves.

    `withheld` are pairs (person_id, opening_id) whose declined, refused or forbidden row could not be read: they are
    not suggested until it is mended.
    """

    areas: tuple[Area, ...] = ()
    hosts: tuple[Host, ...] = ()
    openings: tuple[Opening, ...] = ()
    people: tuple[Person, ...] = ()
    companions: tuple[Companion, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    withheld: frozenset[tuple[str, str]] = frozenset()
