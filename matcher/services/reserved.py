"""What people have decided is kept for them: a run fills only the seats, the hosts' room and the companions' time left.

The solver knows of what is decided through the bundle: a suggestion that a coordinator approved, told or pinned holds its
seat like a pinned one; a host takes fewer newcomers where some came lately; a companion is away on the day of a first
visit that is agreed or being talked about.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from matcher.model import Bundle, Companion, HistoryEntry, HistoryStatus, Host
from matcher.model.placement import Placement, PlacementStatus
from matcher.model.suggestion import OPEN, Suggestion, SuggestionStatus
from matcher.services.seats import newcomers_of_hosts
from matcher.storage.schema import table_of
from matcher.storage.work import TOKYO, Work
from matcher.times import DateSpan

DECIDED = (SuggestionStatus.APPROVED, SuggestionStatus.TOLD, SuggestionStatus.WISHED, SuggestionStatus.OFFERED)
_HOLDING = (HistoryStatus.PINNED, HistoryStatus.PLACED)


def with_reserved(work: Work, bundle: Bundle) -> Bundle:
    """The bundle in which what people have decided takes its place."""
    decided = [s for s in _open(work) if s.status in DECIDED or s.pinned]
    held = {(h.person_id, h.opening_id) for h in bundle.history if h.status in _HOLDING}
    known = {p.person_id for p in bundle.people}, {o.opening_id for o in bundle.openings}
    pinned = tuple(
        HistoryEntry.model_construct(
            person_id=s.person_id,
            opening_id=s.opening_id,
            status=HistoryStatus.PINNED,
            on=(s.decided_at or s.made_at).astimezone(TOKYO).date(),
            reason="",
        )
        for s in decided
        if (s.person_id, s.opening_id) not in held and s.person_id in known[0] and s.opening_id in known[1]
    )
    newcomers, visits = newcomers_of_hosts(work), _visits(work, decided)
    return replace(
        bundle,
        history=(*bundle.history, *pinned),
        hosts=tuple(_less_room(h, newcomers.get(h.host_id, 0)) for h in bundle.hosts),
        companions=tuple(less_time(c, visits.get(c.companion_id, ())) for c in bundle.companions),
    )


def _open(work: Work) -> list[Suggestion]:
    table = table_of(Suggestion)
    return [s.record for s in work.rows(Suggestion, table.c.status.in_([status.value for status in OPEN]))]


def _less_room(host: Host, newcomers: int) -> Host:
    if host.max_newcomers is None or not newcomers:
        return host
    return host.model_copy(update={"max_newcomers": max(0, host.max_newcomers - newcomers)})


def _visits(work: Work, decided: list[Suggestion]) -> Mapping[str, tuple[date, ...]]:
    """The days of first visits that are agreed or being talked about, by companion."""
    found: dict[str, list[date]] = defaultdict(list)
    for companion_id, visit in (*_agreed(work), *((s.companion_id, s.first_session) for s in decided)):
        if companion_id and visit is not None:
            found[companion_id].append(visit.astimezone(TOKYO).date())
    return {companion_id: tuple(days) for companion_id, days in found.items()}


def _agreed(work: Work) -> Iterator[tuple[str, datetime | None]]:
    for stored in work.rows(Placement, table_of(Placement).c.status == PlacementStatus.AGREED.value):
        yield stored.record.companion_id, stored.record.first_visit


def less_time(companion: Companion, visits: tuple[date, ...]) -> Companion:
    """A companion who is away on these days, and in weeks that are full; with fewer first visits left in every week.

    A schedule can leave out a whole day and no part of it, and `per_week` is one figure: what is left is rather too
    little than too much, so that nobody is promised a companion who cannot come.
    """
    if companion.availability is None or not visits:
        return companion
    weeks = Counter(day - timedelta(days=day.weekday()) for day in visits)
    full = {week for week, count in weeks.items() if count >= companion.per_week}
    most = max((count for week, count in weeks.items() if week not in full), default=0)
    away = {DateSpan(day, day) for day in visits} | {DateSpan(week, week + timedelta(days=6)) for week in full}
    schedule = replace(companion.availability, off=tuple(sorted({*companion.availability.off, *away})))
    return companion.model_copy(update={"availability": schedule, "per_week": companion.per_week - most})
