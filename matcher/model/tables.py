"""Every noun that has a table, in an order in which each comes after those it refers to."""

from matcher.model.account import Account, AccountArea, Carrying
from matcher.model.area import Area
from matcher.model.companion import Companion
from matcher.model.conflict import Conflict
from matcher.model.consent import Disclosure, GivenConsent
from matcher.model.contact import CompanionContact, HostContact, Pause
from matcher.model.council import Council
from matcher.model.development_card import CardPerson, DevelopmentCard
from matcher.model.history import HistoryEntry
from matcher.model.host import Host
from matcher.model.link import Link
from matcher.model.login_attempt import LoginAttempt
from matcher.model.match_run import RunAnswer, RunRecord
from matcher.model.noun import Noun
from matcher.model.opening import Opening
from matcher.model.person import Person
from matcher.model.placement import FollowUp, Placement
from matcher.model.records import Answered, AuditEvent, AuditHead, Erasure, ImportBatch
from matcher.model.reminder import Reminder
from matcher.model.statuses import Machine
from matcher.model.suggestion import Suggestion
from matcher.model.survey import SurveyAnswer, SurveyRound

NOUNS: tuple[type[Noun], ...] = (
    Council,
    Area,
    Account,
    AccountArea,
    Host,
    HostContact,
    Opening,
    Pause,
    Person,
    Carrying,
    Companion,
    CompanionContact,
    HistoryEntry,
    Conflict,
    SurveyRound,
    SurveyAnswer,
    RunRecord,
    RunAnswer,
    Suggestion,
    Placement,
    FollowUp,
    Reminder,
    GivenConsent,
    Disclosure,
    DevelopmentCard,
    CardPerson,
    Link,
    LoginAttempt,
    ImportBatch,
    Answered,
    Erasure,
    AuditEvent,
    AuditHead,
)
MACHINES: tuple[Machine, ...] = tuple(noun.states for noun in NOUNS if noun.states is not None)
