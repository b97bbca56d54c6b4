"""The nouns of the domain: one file each, with one definition of their columns for files, forms and tables."""

from matcher.model.area import Area
from matcher.model.bundle import Bundle
from matcher.model.codes import Acceptance, Coded, CompanionKind, Consent, HistoryStatus, HostKind, Reach, Role
from matcher.model.companion import Companion
from matcher.model.conflict import Conflict
from matcher.model.history import HistoryEntry
from matcher.model.host import Host
from matcher.model.opening import Opening
from matcher.model.person import Person
from matcher.model.record import Record

SHEETS: tuple[type[Record], ...] = (Area, Host, Opening, Person, Companion, HistoryEntry, Conflict)

__all__ = [
    "SHEETS",
    "Acceptance",
    "Area",
    "Bundle",
    "Coded",
    "Companion",
    "CompanionKind",
    "Conflict",
    "Consent",
    "HistoryEntry",
    "HistoryStatus",
    "Host",
    "HostKind",
    "Opening",
    "Person",
    "Reach",
    "Record",
    "Role",
]
