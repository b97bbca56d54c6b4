"""The rules about one idea, an option or a suggestion: its fit, its first session and its companion.

Every function says whether its rule is broken. What only a suggestion must have (a first session, a companion, a fit
that is high enough) may be missing from an option; what an option does name must be right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time

from matcher.engine.answer import Idea
from matcher.engine.checker.facts import Facts, Pair
from matcher.times import Session, Span

WORTH_BRINGING_UP = 0.5


@dataclass(frozen=True, slots=True)
class Visit:
    """An idea with what it names: the pair, the sessions that begin when it says, and the stay at one of them.

    `first` is None unless the person can attend such a session.
    """

    pair: Pair
    idea: Idea
    suggested: bool
    starting: tuple[Session, ...]
    first: tuple[Session, Span] | None


def visit(facts: Facts, pair: Pair, idea: Idea, *, suggested: bool) -> Visit:
    """Look up what an idea names."""
    starting = _starting(facts, pair, idea.first_session)
    diary = facts.diary(pair.person.person_id)
    stays = ((session, diary.stay(session)) for session in starting)
    first = next(((session, span) for session, span in stays if span is not None), None)
    return Visit(pair, idea, suggested, starting, first)


def _starting(facts: Facts, pair: Pair, start: datetime | None) -> tuple[Session, ...]:
    if start is None:
        return ()
    same_day = (s for s in facts.sessions(pair.opening) if s.date == start.date())
    return tuple(s for s in same_day if datetime.combine(s.date, time(*divmod(s.start, 60))) == start)


def fit_range(facts: Facts, visit: Visit) -> bool:
    """The fit is not a number from 0 to 1."""
    return not 0 <= visit.idea.fit <= 1


def fit_below_half(facts: Facts, visit: Visit) -> bool:
    """Something is suggested that is not worth bringing up."""
    return visit.suggested and visit.idea.fit < WORTH_BRINGING_UP


def session_missing(facts: Facts, visit: Visit) -> bool:
    """A suggestion for an opening with a schedule names no first session."""
    return visit.suggested and visit.pair.opening.schedule is not None and visit.idea.first_session is None


def session_by_arrangement(facts: Facts, visit: Visit) -> bool:
    """A first session is named although the opening is by arrangement."""
    return visit.pair.opening.schedule is None and visit.idea.first_session is not None


def _first_day_is_inside(facts: Facts, visit: Visit) -> tuple[bool, bool] | None:
    """Whether the first session's day is in the horizon and in the opening's period; None if there is no day."""
    opening, start = visit.pair.opening, visit.idea.first_session
    if opening.schedule is None or start is None:
        return None
    day = start.date()
    in_horizon = facts.first <= day <= facts.last
    begun = opening.starts_on is None or opening.starts_on <= day
    return in_horizon, begun and (opening.ends_on is None or day <= opening.ends_on)


def session_outside_horizon(facts: Facts, visit: Visit) -> bool:
    """The first session is on a day outside the horizon."""
    inside = _first_day_is_inside(facts, visit)
    return inside is not None and not inside[0]


def session_outside_period(facts: Facts, visit: Visit) -> bool:
    """The first session is before `starts_on` or after `ends_on`."""
    inside = _first_day_is_inside(facts, visit)
    return inside is not None and inside[0] and not inside[1]


def session_unknown(facts: Facts, visit: Visit) -> bool:
    """No session of the opening begins at the time named."""
    return _first_day_is_inside(facts, visit) == (True, True) and not visit.starting


def session_unattendable(facts: Facts, visit: Visit) -> bool:
    """The person cannot stay at the first session for long enough."""
    return bool(visit.starting) and visit.first is None


def companion_missing(facts: Facts, visit: Visit) -> bool:
    """The first visit must be accompanied, and a suggestion names nobody."""
    return visit.suggested and visit.pair.needs_companion and visit.idea.companion_id is None


def companion_needless(facts: Facts, visit: Visit) -> bool:
    """A companion is given where nobody is needed."""
    return visit.idea.companion_id is not None and not visit.pair.needs_companion


def companion_unknown(facts: Facts, visit: Visit) -> bool:
    """The companion is not in the bundle."""
    return visit.idea.companion_id is not None and visit.idea.companion_id not in facts.companions


def companion_area(facts: Facts, visit: Visit) -> bool:
    """The companion does not go to the host's area."""
    companion = facts.companions.get(visit.idea.companion_id or "")
    return companion is not None and visit.pair.needs_companion and not facts.covers(companion, visit.pair.host)


def companion_busy(facts: Facts, visit: Visit) -> bool:
    """The companion is not free for the first 60 minutes of the stay."""
    companion = facts.companions.get(visit.idea.companion_id or "")
    if companion is None or visit.first is None or not visit.pair.needs_companion:
        return False
    return not facts.is_free(companion, *visit.first)


RULES: tuple[Callable[[Facts, Visit], bool], ...] = (
    fit_range,
    fit_below_half,
    session_missing,
    session_by_arrangement,
    session_outside_horizon,
    session_outside_period,
    session_unknown,
    session_unattendable,
    companion_missing,
    companion_needless,
    companion_unknown,
    companion_area,
    companion_busy,
)


def broken(facts: Facts, visit: Visit) -> tuple[str, ...]:
    """The codes of the rules that an idea breaks in itself."""
    return tuple(rule.__name__ for rule in RULES if rule(facts, visit))
