"""What a match run says about one person. Codes and figures only; the sentences are made elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Horizon:
    """The days a run looks at: whole weeks from `first` on."""

    first: date
    weeks: int

    @property
    def last(self) -> date:
        """The last day that still belongs to the horizon."""
        return self.first + timedelta(days=7 * self.weeks - 1)

    @property
    def dates(self) -> tuple[date, ...]:
        """Every day of the horizon, in order."""
        return tuple(self.first + timedelta(days=i) for i in range(7 * self.weeks))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an opening suits the person: the criterion, its share of the fit, and what a sentence about it needs."""

    code: str
    weight: float
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Ask:
    """Something to find out before the opening is proposed."""

    code: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Idea:
    """One opening for one person.

    `first_session` is the local start of the first visit (Asia/Tokyo, without a time zone), None for an opening by
    arrangement; `companion_id` is None where nobody is needed; `fit` runs from 0 to 1 in thousandths, and 0.5 means
    worth bringing up with the person.
    """

    opening_id: str
    first_session: datetime | None
    companion_id: str | None
    fit: float
    reasons: tuple[Reason, ...] = ()
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class Nearest:
    """The blocked opening that the smallest change would free, and that change."""

    opening_id: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Blocked:
    """How many openings that would otherwise suit the person one rule forbids."""

    code: str
    openings: int
    nearest: Nearest | None


class PersonStatus(StrEnum):
    """What a run comes to for a person."""

    SUGGESTED = "suggested"
    NO_FIT = "no_fit"
    NEEDS_INFORMATION = "needs_information"
    NEEDS_CONSENT = "needs_consent"
    PLACED = "placed"


@dataclass(frozen=True, slots=True)
class Answer:
    """All that a run says about one person: what is suggested, what else is possible, and what stands in the way."""

    person_id: str
    status: PersonStatus
    suggestions: tuple[Idea, ...]
    options: tuple[Idea, ...]
    blocked: tuple[Blocked, ...]
