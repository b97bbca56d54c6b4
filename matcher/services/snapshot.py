"""The list of all that a host can ever be told of a person. Whatever is not here stays inside."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from matcher.model.companion import Companion
from matcher.model.consent import GivenConsent, Told
from matcher.model.opening import Opening
from matcher.model.person import Person
from matcher.storage.work import TOKYO

_DAYS = "月火水木金土日"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a host is told about: an opening of theirs, the first day where it is known, and who comes along."""

    opening: Opening
    day: datetime | None
    companion: Companion | None


def snapshot_of(person: Person, consent: GivenConsent, subject: Subject | None) -> dict[Told, str]:
    """What the host reads, word for word: of the items that the consent names, those that have something to say."""
    said = {item: _SAYS[item](person, consent, subject) for item in consent.items}
    return {item: words for item, words in said.items() if words}


def _alias(person: Person, consent: GivenConsent, subject: Subject | None) -> str:
    """The nickname; never the ID in its place, which nobody agreed to tell."""
    return person.alias


def _role(person: Person, consent: GivenConsent, subject: Subject | None) -> str:
    return f"{subject.opening.title}（{subject.opening.role.ja}）" if subject else ""


def _day(person: Person, consent: GivenConsent, subject: Subject | None) -> str:
    if subject is None:
        return ""
    if subject.day is None:
        return "日時は相談して決めます"
    day = subject.day.astimezone(TOKYO)
    return f"{day.year}年{day.month}月{day.day}日({_DAYS[day.weekday()]}) {day:%H:%M}"


def _companion(person: Person, consent: GivenConsent, subject: Subject | None) -> str:
    if subject is None:
        return ""
    return f"{subject.companion.name}（{subject.companion.kind.ja}）" if subject.companion else "同行なし"


def _agreed(person: Person, consent: GivenConsent, subject: Subject | None) -> str:
    return consent.agreed


_SAYS: Mapping[Told, Callable[[Person, GivenConsent, Subject | None], str]] = {
    Told.ALIAS: _alias,
    Told.ROLE: _role,
    Told.DAY: _day,
    Told.COMPANION: _companion,
    Told.AGREED: _agreed,
}
