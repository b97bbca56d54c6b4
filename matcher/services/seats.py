"""Seats: the dated sessions at which a placement holds one, and taking one only where it is free."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, text

from matcher.errors import DebanError
from matcher.model.companion import Companion
from matcher.model.host import Host
from matcher.model.opening import Opening
from matcher.model.person import Person
from matcher.model.placement import HOLDING, Placement, PlacementStatus
from matcher.storage.rows import to_row
from matcher.storage.schema import table_of
from matcher.storage.work import TOKYO, Work
from matcher.times import Schedule, sessions, spans_on, stay

HELD_WEEKS = 26  # ahead; a nightly job moves it on
NEWCOMER_DAYS = 28  # how long one counts as a newcomer at a host (max_newcomers, formats.md)
RIDE = timedelta(minutes=90)  # a companion stays for 60 minutes and has 30 until the next


class NoSeat(DebanError):
    """The seat, the host's limit or the companion was taken by somebody else; `code` says which, nothing was changed."""

    def __init__(self, code: str) -> None:
        super().__init__(_NO_SEAT[code])
        self.code = code


_NO_SEAT = {
    "seats": "この枠の席は、先にうまりました。何も変わっていません。別の案を見てください。",
    "host": "この受け入れ先は、4週間に受けられる人数になりました。何も変わっていません。日をおくか、別の案を見てください。",
    "conflict": "この受け入れ先は、いまは見合わせたほうがよい組み合わせです。何も変わっていません。別の案を見てください。",
    "companion": "同行する人は、その時間にほかの同行があるか、週の上限です。何も変わっていません。別の人か別の日にしてください。",
    "already": "この人は、この枠にもう参加が決まっています。",
}


def sessions_held(opening: Opening, person: Person, first: date) -> tuple[datetime, ...]:
    """The starts of the sessions at which the person takes a seat: all they can attend, from a day on, for half a year.

    Empty where the opening is by arrangement: then the seat is held as such.
    """
    if opening.schedule is None:
        return ()
    low = max(first, opening.starts_on or first)
    high = min(first + timedelta(weeks=HELD_WEEKS), opening.ends_on or date.max)
    if high < low:
        return ()
    return tuple(_attended(opening.schedule, person.availability, low, high))


def _attended(schedule: Schedule, hours: Schedule | None, low: date, high: date) -> Iterator[datetime]:
    for session in sessions(schedule, low, high):
        if hours is None or stay(session.start, session.end, spans_on(hours, session.date)) is not None:
            yield datetime.combine(session.date, time(), TOKYO) + timedelta(minutes=session.start)


def take_seat(work: Work, placement: Placement, opening: Opening) -> None:
    """Put a placement in where its seat is free, the host has room, nobody is met who must not be, and the companion can.

    The host's, the opening's and the companion's rows are locked first, always in this order, so that of two who want
    the last seat one waits for the other; then one statement looks and takes.

    Raises:
        NoSeat: it is not free; nothing was changed.
    """
    work.get(Host, opening.host_id, lock=True)
    work.get(Opening, opening.opening_id, lock=True)
    if placement.companion_id:
        work.get(Companion, placement.companion_id, lock=True)
    row = to_row(work.council, placement, work.sealer)
    columns = ", ".join(f'"{name}"' for name in row)
    values = ", ".join(f":{name}" for name in row)
    found = {**row, **_asked(work, placement, opening)}
    taken = work.db.execute(
        text(f"INSERT INTO placement ({columns}) SELECT {values} WHERE {' AND '.join(_FREE.values())}"), found
    )
    if taken.rowcount != 1:
        raise NoSeat(_why_not(work, found))


def _asked(work: Work, placement: Placement, opening: Opening) -> dict[str, Any]:
    visit = placement.first_visit
    monday = (visit or work.now).astimezone(TOKYO).date()
    monday -= timedelta(days=monday.weekday())
    return {
        "opening_host": opening.host_id,
        "arranged": opening.schedule is None,
        "holding": [status.value for status in HOLDING],
        "agreed": PlacementStatus.AGREED.value,
        "newcomers_since": work.now.date() - timedelta(days=NEWCOMER_DAYS),
        "ride": RIDE,
        "visit": visit,
        "week": datetime.combine(monday, time(), TOKYO),
        "next_week": datetime.combine(monday + timedelta(days=7), time(), TOKYO),
    }


# Each is true where nothing stands against it. Column names are those of the placement that is to be put in.
_FREE = {
    "already": """
        NOT EXISTS (SELECT FROM placement p WHERE p.council_id = :council_id AND p.person_id = :person_id
            AND p.opening_id = :opening_id AND p.status = ANY(:holding))""",
    "conflict": """
        NOT EXISTS (SELECT FROM conflict c
            JOIN placement p ON p.council_id = c.council_id AND p.status = ANY(:holding) AND p.person_id <> :person_id
                AND p.person_id IN (c.person_a, c.person_b)
            JOIN opening o ON o.council_id = p.council_id AND o.opening_id = p.opening_id AND o.host_id = :opening_host
            WHERE c.council_id = :council_id AND :person_id IN (c.person_a, c.person_b))""",
    "seats": """
        (SELECT capacity FROM opening WHERE council_id = :council_id AND opening_id = :opening_id) > CASE WHEN :arranged
            THEN (SELECT count(*) FROM placement p WHERE p.council_id = :council_id AND p.opening_id = :opening_id
                AND p.status = ANY(:holding))
            ELSE (SELECT coalesce(max(held.n), 0) FROM (
                SELECT count(*) AS n FROM placement p, unnest(p.sessions) AS s(start)
                WHERE p.council_id = :council_id AND p.opening_id = :opening_id AND p.status = ANY(:holding)
                    AND s.start = ANY(CAST(:sessions AS timestamptz[]))
                GROUP BY s.start) held)
            END""",
    "host": """
        coalesce((SELECT max_newcomers FROM host WHERE council_id = :council_id AND host_id = :opening_host), 2147483647)
            > (SELECT count(DISTINCT p.person_id) FROM placement p
                JOIN opening o ON o.council_id = p.council_id AND o.opening_id = p.opening_id
                WHERE p.council_id = :council_id AND o.host_id = :opening_host AND p.person_id <> :person_id
                    AND p.status = ANY(:holding)
                    AND (p.status = :agreed OR p.visited_on > :newcomers_since))""",
    "companion": """
        (CAST(:companion_id AS text) IS NULL OR CAST(:visit AS timestamptz) IS NULL OR (
            NOT EXISTS (SELECT FROM placement p WHERE p.council_id = :council_id AND p.companion_id = :companion_id
                AND p.status = :agreed AND p.first_visit > CAST(:visit AS timestamptz) - CAST(:ride AS interval)
                AND p.first_visit < CAST(:visit AS timestamptz) + CAST(:ride AS interval))
            AND (SELECT count(*) FROM placement p WHERE p.council_id = :council_id AND p.companion_id = :companion_id
                AND p.status = ANY(:holding) AND p.first_visit >= :week AND p.first_visit < :next_week)
                < (SELECT per_week FROM companion WHERE council_id = :council_id AND companion_id = :companion_id)))""",
}


def _why_not(work: Work, asked: dict[str, Any]) -> str:
    """The first of the conditions that does not hold, looked at under the same locks."""
    for code, condition in _FREE.items():
        if not work.db.scalar(text(f"SELECT {condition}"), asked):
            return code
    raise RuntimeError("a seat was refused and everything about it is free")


def newcomers_of_hosts(work: Work) -> dict[str, int]:
    """By host, the people who came within four weeks and take part: they use up some of what the host can take in."""
    rows = work.db.execute(
        text(
            "SELECT o.host_id, count(DISTINCT p.person_id) FROM placement p "
            "JOIN opening o ON o.council_id = p.council_id AND o.opening_id = p.opening_id "
            "WHERE p.council_id = :council AND p.status = ANY(:holding) AND p.status <> :agreed AND p.visited_on > :since "
            "GROUP BY o.host_id"
        ),
        {
            "council": work.council,
            "holding": [status.value for status in HOLDING],
            "agreed": PlacementStatus.AGREED.value,
            "since": work.now.date() - timedelta(days=NEWCOMER_DAYS),
        },
    )
    return {row[0]: row[1] for row in rows}


def hold_on(work: Work, opening_id: str = "", person_id: str = "") -> int:
    """Work out anew the sessions that placements hold, of one opening or person, or of all; how many changed.

    To be called where the hours of either have changed, and at night for the days that came nearer.
    """
    table = table_of(Placement)
    where: list[ColumnElement[bool]] = [table.c.status.in_([status.value for status in HOLDING])]
    where += [table.c.opening_id == opening_id] if opening_id else []
    where += [table.c.person_id == person_id] if person_id else []
    changed = 0
    for stored in work.rows(Placement, *where, lock=True):
        held = stored.record
        today = work.now.astimezone(TOKYO).date()
        first = max(today, held.first_visit.astimezone(TOKYO).date()) if held.first_visit else today
        opening, person = work.get(Opening, held.opening_id).record, work.get(Person, held.person_id).record
        sessions_now = sessions_held(opening, person, first)
        if sessions_now != held.sessions:
            work.change(held.model_copy(update={"sessions": sessions_now}), stored.version)
            changed += 1
    return changed
