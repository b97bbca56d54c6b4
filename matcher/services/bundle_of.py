"""What the engine matches of a council: its rows as a bundle, with what was decided here and who is away."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import func, select

from matcher.model import Area, Bundle, Companion, Conflict, HistoryEntry, HistoryStatus, Host, Opening, Person
from matcher.model.contact import Pause
from matcher.model.placement import HOLDING, Placement, PlacementStatus
from matcher.model.records import Erasure
from matcher.model.suggestion import Suggestion, SuggestionStatus
from matcher.storage.schema import table_of
from matcher.storage.work import TOKYO, N, Work
from matcher.times import DateSpan, Once, Schedule

HELD_BACK = "取り込んだファイルの、辞退・不可の行が読めませんでした。直して取り込み直すまで、提案しません。"
TALKED = (SuggestionStatus.TOLD, SuggestionStatus.WISHED, SuggestionStatus.OFFERED)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gathered:
    """A council's bundle, and the openings that are left out of it: ID → `paused` or `ended`."""

    bundle: Bundle
    left_out: Mapping[str, str]


def bundle_of(work: Work, today: date, last: date | None = None) -> Bundle:
    """What the engine matches of a council, every reference of it resolved. All sealed columns are opened for it.

    Args:
        today: the first day that is matched.
        last: the last one; what is paused for all of the days between is left out. Without it, what is paused from
            `today` on without an end.
    """
    return gathered(work, today, last).bundle


def gathered(work: Work, today: date, last: date | None = None) -> Gathered:
    """As `bundle_of`, with what was left out and why."""
    people = _records(work, Person)
    gone = set(work.db.scalars(select(table_of(Erasure).c.person_id).where(work.ours(table_of(Erasure)))))
    people = [p for p in people if p.person_id not in gone]
    history, withheld = history_of(work, {p.person_id for p in people})
    held = {h.opening_id for h in history if h.status in (HistoryStatus.PINNED, HistoryStatus.PLACED)}
    openings, left_out = _open(_records(work, Opening), _records(work, Pause), held, today, last)
    there = {o.opening_id for o in openings}
    known = {p.person_id for p in people}
    bundle = Bundle(
        areas=tuple(_records(work, Area)),
        hosts=tuple(_records(work, Host)),
        openings=tuple(openings),
        people=tuple(people),
        companions=tuple(_records(work, Companion)),
        history=tuple(h for h in history if h.opening_id in there),
        conflicts=tuple(c for c in _records(work, Conflict) if {c.person_a, c.person_b} <= known),
        withheld=frozenset(pair for pair in withheld if pair[1] in there),
    )
    return Gathered(bundle, left_out)


def history_of(work: Work, people: Iterable[str]) -> tuple[list[HistoryEntry], set[tuple[str, str]]]:
    """What became of these people and openings, from files and from what was decided here; and the pairs held back."""
    known = set(people)
    history: list[HistoryEntry] = []
    withheld: set[tuple[str, str]] = set()
    for row in _records(work, HistoryEntry):
        if is_held_back(row):
            withheld.add((row.person_id, row.opening_id))
        else:
            history.append(row)
    seen = {h.key for h in history}
    holding = work.rows(Placement, table_of(Placement).c.status.in_(HOLDING))
    decided = [*(placed_history(stored.record) for stored in holding), *_proposed(work)]
    history += [h for h in decided if h.key not in seen]
    return [h for h in history if h.person_id in known], {pair for pair in withheld if pair[0] in known}


def is_held_back(row: HistoryEntry) -> bool:
    """Whether the row stands for one of a file that could not be read, and not for somebody's word."""
    return row.status is HistoryStatus.FORBIDDEN and row.reason == HELD_BACK


def placed_history(placement: Placement) -> HistoryEntry:
    """A placement that holds its seat, as a row of history: pinned until the first visit, placed from then on.

    A file may have told no date of the first visit: then the row has none either.
    """
    pinned = placement.status is PlacementStatus.AGREED
    day = placement.agreed_on if pinned else placement.visited_on
    return HistoryEntry(
        person_id=placement.person_id,
        opening_id=placement.opening_id,
        status=HistoryStatus.PINNED if pinned else HistoryStatus.PLACED,
        on=day if placement.brought else day or placement.agreed_on,
    )


def _proposed(work: Work) -> Iterator[HistoryEntry]:
    """What is being talked about; the sealed columns of a suggestion stay closed."""
    table = table_of(Suggestion)
    for row in work.db.execute(
        select(table.c.person_id, table.c.opening_id, func.coalesce(table.c.decided_at, table.c.made_at).label("at"))
        .where(work.ours(table), table.c.status.in_(TALKED))
        .order_by(table.c.suggestion_id)
    ):
        yield HistoryEntry(
            person_id=row.person_id,
            opening_id=row.opening_id,
            status=HistoryStatus.PROPOSED,
            on=row.at.astimezone(TOKYO).date(),
        )


def _records(work: Work, noun: type[N]) -> list[N]:
    return [stored.record for stored in work.rows(noun)]


def _open(
    openings: list[Opening], pauses: list[Pause], held: set[str], first: date, last: date | None
) -> tuple[list[Opening], dict[str, str]]:
    """Openings less the days of their pauses. One that is away all the time stays only while somebody is placed there."""
    of_host: dict[str, list[Pause]] = {}
    of_opening: dict[str, list[Pause]] = {}
    for pause in pauses:
        if pause.opening_id:
            of_opening.setdefault(pause.opening_id, []).append(pause)
        else:
            of_host.setdefault(pause.host_id, []).append(pause)
    kept: list[Opening] = []
    left_out: dict[str, str] = {}
    for opening in openings:
        away = list(
            _away([*of_host.get(opening.host_id, ()), *of_opening.get(opening.opening_id, ())], first, last or date.max)
        )
        why = _gone(opening, away, first, last or date.max)
        if why:
            left_out[opening.opening_id] = why
            if opening.opening_id in held:
                kept.append(_shut(opening, first))
        else:
            kept.append(_less(opening, away) if away else opening)
    return kept, left_out


def _away(pauses: Iterable[Pause], first: date, last: date) -> Iterator[DateSpan]:
    """The days away from `first` to `last`, in order; spans that touch are one."""
    spans = sorted(
        DateSpan(max(p.starts_on, first), min(p.ends_on or date.max, last))
        for p in pauses
        if p.starts_on <= last and (p.ends_on is None or p.ends_on >= first)
    )
    whole: DateSpan | None = None
    for span in spans:
        if whole is None:
            whole = span
        elif whole.last == date.max or span.first <= whole.last + _ONE_DAY:
            whole = DateSpan(whole.first, max(whole.last, span.last))
        else:
            yield whole
            whole = span
    if whole is not None:
        yield whole


def _gone(opening: Opening, away: list[DateSpan], first: date, last: date) -> str:
    if any(span.first <= first and span.last >= last for span in away):
        return "paused"
    if opening.schedule is None and opening.ends_on is not None and opening.ends_on < first:
        return "ended"  # without dated sessions, nothing else would keep it from being suggested
    return ""


def _less(opening: Opening, away: list[DateSpan]) -> Opening:
    """An opening by arrangement has no dated sessions to take away: the day is agreed on with the host."""
    if opening.schedule is None:
        return opening
    return opening.model_copy(
        update={"schedule": replace(opening.schedule, off=tuple(sorted({*opening.schedule.off, *away})))}
    )


def _shut(opening: Opening, first: date) -> Opening:
    """An opening in which somebody's place must be seen, but which takes nobody else: none of its days is still to come."""
    before = first - _ONE_DAY
    return opening.model_copy(update={"schedule": Schedule((Once(before, 0, 24 * 60),)), "ends_on": before})
