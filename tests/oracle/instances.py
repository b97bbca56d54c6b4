"""Small, tight match problems drawn by number: the same number gives the same problem, so whatever fails has a name.

Everything is scarce on purpose. There are few hours, so that sessions lie over each other; one seat or two; hosts that
take nobody, one or two; companions who go once a week; people who must not meet; seats that are held already. Nearly
everybody likes plants, so that most pairs are worth bringing up and people want the same things.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from random import Random
from typing import Any

from matcher.engine.answer import Horizon
from matcher.model import SHEETS, Bundle

Row = dict[str, Any]

PEOPLE, OPENINGS, COMPANIONS = 6, 8, 3  # at most
MONDAY = date(2026, 11, 30)
DAYS = "火水"
TITLES = ("花壇の水やり", "庭の草とり", "畑の手入れ", "野菜の収穫", "鉢植えの世話", "花の植えかえ")
INTERESTS = (
    "花を育てること",
    "植物の世話",
    "花を育てること、野菜づくり",
    "庭いじり",
    "庭いじり、野菜づくり",
    "花を育てること、将棋",
)
TOWNS = ("町", "村")
AREAS: tuple[Row, ...] = (
    {"area_id": "A1", "municipality": "町", "name": "北", "neighbours": "A2"},
    {"area_id": "A2", "municipality": "町", "name": "中"},
    {"area_id": "A3", "municipality": "町", "name": "南"},
    {"area_id": "A1", "municipality": "村", "name": "上"},  # the same name in another town
    {"area_id": "A4", "municipality": "村", "name": "下"},
)
OPENINGS_ALIKE = ("title", "role", "contact", "online")
PEOPLE_ALIKE = ("municipality", "area_id", "interests", "strengths", "contact_max", "needs_companion")


@dataclass(frozen=True)
class Instance:
    """A small problem: the rows of its sheets as somebody would type them, and the days looked at."""

    seed: int
    rows: Mapping[str, Sequence[Row]]
    horizon: Horizon

    @cached_property
    def bundle(self) -> Bundle:
        """The rows, read."""
        sheets = {m.sheet: tuple(m.model_validate(r) for r in self.rows[m.sheet]) for m in SHEETS}
        return Bundle(**sheets)

    def but(self, **sheets: Sequence[Row]) -> "Instance":
        """The same problem with some sheets replaced."""
        return replace(self, rows={**self.rows, **sheets})


def instance(seed: int) -> Instance:
    """The problem with this number."""
    return _Town(Random(seed)).instance(seed)


class _Town:
    """A problem as it is drawn."""

    def __init__(self, draw: Random) -> None:
        self.draw = draw
        self.horizon = Horizon(MONDAY + timedelta(days=draw.randrange(14)), draw.choice((1, 1, 2, 3)))
        self.towns = TOWNS if draw.random() < 0.3 else TOWNS[:1]
        self.hosts = [self._host(f"H{n + 1}") for n in range(draw.choice((1, 2, 3, 3, 4)))]
        self.openings: list[Row] = []
        for n in range(draw.choice((4, 6, 7, OPENINGS, OPENINGS))):
            self.openings.append(self._opening(f"O{n + 1}") | self._like(self.openings, OPENINGS_ALIKE))
        self.people: list[Row] = []
        for n in range(draw.choice((3, 4, 5, PEOPLE, PEOPLE, PEOPLE))):
            self.people.append(self._person(f"P{n + 1}") | self._like(self.people, PEOPLE_ALIKE))
        self.companions = [self._companion(f"C{n + 1}") for n in range(draw.choice((0, 1, 1, 1, 1, 2, 2, COMPANIONS)))]

    def instance(self, seed: int) -> Instance:
        rows = {
            "areas": AREAS,
            "hosts": self.hosts,
            "openings": self.openings,
            "people": self.people,
            "companions": self.companions,
            "history": self._history(),
            "conflicts": self._conflicts(),
        }
        return Instance(seed, rows, self.horizon)

    def _like(self, rows: Sequence[Row], columns: Sequence[str]) -> Row:
        """What a row has in common with an earlier one, now and then: equal fits, so that the last stages decide."""
        if not rows or self.draw.random() < 0.6:
            return {}
        other = self.draw.choice(rows)
        return {column: other[column] for column in columns}

    def _host(self, host_id: str) -> Row:
        town = self.draw.choice(self.towns)
        return {
            "host_id": host_id,
            "name": f"試しの会{host_id}",
            "kind": self.draw.choice(("npo", "salon", "association")),
            "municipality": town,
            "area_id": self._area(town, blank=0.2),
            "accepts": self.draw.choice(("yes", "yes", "yes", "conditional", "")),
            "max_newcomers": self.draw.choices(("", 0, 1, 2, 3), (0.35, 0.05, 0.25, 0.25, 0.1))[0],
        }

    def _area(self, town: str, blank: float) -> str:
        if self.draw.random() < blank:
            return ""
        return self.draw.choice([a["area_id"] for a in AREAS if a["municipality"] == town])

    def _opening(self, opening_id: str) -> Row:
        draw = self.draw
        row = {
            "opening_id": opening_id,
            "host_id": draw.choice(self.hosts)["host_id"],
            "title": draw.choice(TITLES),
            "role": draw.choice(("attend", "help", "help", "help")),
            "schedule": self._schedule() if draw.random() < 0.88 else "",
            "capacity": draw.choice(("", 1, 1, 2)),
            "contact": draw.choice(("", 1, 2)),
            "online": "yes" if draw.random() < 0.15 else "",
            "companion_required": "yes" if draw.random() < 0.35 else "",
        }
        if draw.random() < 0.06:
            row["starts_on"] = self._day()
        elif draw.random() < 0.06:
            row["ends_on"] = self._day()
        return row

    def _day(self, weekday: int | None = None) -> date:
        """A day of the horizon (of its first week where it must be a certain weekday)."""
        if weekday is None:
            return self.draw.choice(self.horizon.dates)
        return next(d for d in self.horizon.dates if d.weekday() == weekday)

    def _weekdays(self, most: int) -> str:
        return "・".join(
            sorted(self.draw.sample(DAYS, self.draw.randint(1, min(most, len(DAYS)))), key="月火水木金土日".index)
        )

    def _schedule(self) -> str:
        draw = self.draw
        start, minutes = draw.choice(((10, "00"), (10, "00"), (11, "00"), (11, "20"), (11, "30"), (13, "00")))
        hours = f"{start}:{minutes}-{start + 2}:00"
        match draw.choices(range(8), (30, 20, 12, 12, 8, 6, 6, 6))[0]:
            case 0:
                return f"{draw.choice(DAYS)} {hours}"
            case 1:
                return f"{self._weekdays(2)} {hours}"
            case 2:
                day = draw.choice(DAYS)
                anchor = self._day("月火水木金土日".index(day)) + timedelta(days=draw.choice((0, 7, -7)))
                return f"隔週{day} {hours} ({anchor})"
            case 3:
                return " / ".join(f"{d} {hours}" for d in draw.sample(self.horizon.dates, draw.randint(1, 3)))
            case 4:
                return f"{self._weekdays(2)} {hours} / 除く {self._day()}"
            case 5:
                return f"{draw.choice(DAYS)} {start}:00-{start}:40"
            case 6:
                day = draw.choice(DAYS)
                return f"{day} 10:00-11:30 / {day} 13:00-14:30"
            case _:
                return f"{draw.choice(DAYS)} 10:00-14:00"

    def _hours(self) -> str:
        """When somebody is free."""
        draw = self.draw
        match draw.choices(range(6), (25, 35, 12, 12, 10, 6))[0]:
            case 0:
                start = draw.choice((9, 10, 11, 13))
                return f"{self._weekdays(3)} {start}:00-{start + draw.choice((2, 3, 5))}:00"
            case 1:
                return "毎日 9:00-17:00"
            case 2:
                return draw.choice(("毎日 10:30-12:30", "毎日 11:00-14:00", "毎日 13:00-16:00"))
            case 3:
                return f"{self._weekdays(3)} 9:00-11:00 / {draw.choice(DAYS)} 11:30-15:00"
            case 4:
                return f"毎日 9:00-17:00 / 除く {self._day()}"
            case _:
                days = draw.sample(self.horizon.dates, draw.randint(2, 5))
                return " / ".join(f"{d} 10:00-13:00" for d in days)

    def _person(self, person_id: str) -> Row:
        draw = self.draw
        town = draw.choice(self.towns)
        return {
            "person_id": person_id,
            "alias": f"{person_id}さん",
            "municipality": town,
            "area_id": self._area(town, blank=0.2),
            "interests": draw.choice(INTERESTS),
            "strengths": draw.choice(("", "", "庭仕事")),
            "availability": self._hours() if draw.random() < 0.95 else "",
            "reach": draw.choices(("", "area", "neighbour", "city", "home"), (0.15, 0.05, 0.1, 0.65, 0.05))[0],
            "roles": draw.choices(("", "help", "attend"), (0.9, 0.07, 0.03))[0],
            "contact_max": draw.choice(("", 1, 2, 3)),
            "needs_companion": "yes" if draw.random() < 0.5 else "",
            "wants": draw.choices(("", 1, 2, 3), (0.2, 0.35, 0.3, 0.15))[0],
            "waiting_since": self._waiting_since(),
            "consent": draw.choices(("share", "internal", "none", ""), (0.6, 0.32, 0.05, 0.03))[0],
        }

    def _waiting_since(self) -> date | str:
        """So many whole months before the horizon, or a day less; or unknown."""
        months = self.draw.choice((0, 1, 3, 3, 6, 6, 12, 12, 30))
        year, month = divmod(self.horizon.first.year * 12 + self.horizon.first.month - 1 - months, 12)
        since = date(year, month + 1, self.horizon.first.day) + timedelta(days=self.draw.choice((0, 0, 1)))
        return since if self.draw.random() < 0.85 else ""

    def _companion(self, companion_id: str) -> Row:
        town = self.draw.choice(self.towns)
        own = [a["area_id"] for a in AREAS if a["municipality"] == town]
        return {
            "companion_id": companion_id,
            "name": f"試し同行{companion_id}",
            "kind": "supporter",
            "municipality": town,
            "area_ids": ";".join(self.draw.sample(own, self.draw.randint(1, 2))) if self.draw.random() < 0.4 else "",
            "availability": self._free_hours(),
            "per_week": self.draw.choices(("", 0, 1, 2, 3), (0.1, 0.05, 0.45, 0.25, 0.15))[0],
        }

    def _free_hours(self) -> str:
        """When a companion is free: often enough to be wanted, seldom enough to be missed."""
        draw = self.draw
        start = draw.choice((10, 11, 13))
        short = f"{self._weekdays(3)} {start}:00-{start}:{draw.choice((50, 59))} / {draw.choice(DAYS)} 11:00-12:30"
        some = f"{self._weekdays(3)} 10:00-{draw.choice((12, 13, 14))}:00"
        return draw.choices((some, "毎日 9:00-17:00", self._hours(), short, ""), (0.35, 0.35, 0.15, 0.1, 0.05))[0]

    def _history(self) -> list[Row]:
        draw = self.draw
        statuses = ("pinned", "placed", "proposed", "declined", "visited", "ended", "refused", "forbidden")
        rows: list[Row] = []
        for _ in range(draw.choice((0, 1, 3, 5, 8))):
            status = draw.choices(statuses, (0.08, 0.08, 0.66, 0.05, 0.05, 0.03, 0.03, 0.02))[0]
            rows.append(
                {
                    "person_id": draw.choice(self.people)["person_id"],
                    "opening_id": draw.choice(self.openings)["opening_id"],
                    "status": status,
                    "on": self.horizon.first - timedelta(days=draw.randint(5, 90)),
                }
            )
        return rows

    def _conflicts(self) -> list[Row]:
        count = self.draw.choices((0, 1, 2, 3), (0.4, 0.3, 0.2, 0.1))[0]
        names = [p["person_id"] for p in self.people]
        return [dict(zip(("person_a", "person_b"), self.draw.sample(names, 2), strict=True)) for _ in range(count)]
