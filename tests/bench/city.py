"""A made-up town, or many, of a given size, from the lexicon's own words. Nobody in it exists; the same seed gives the same.

It resembles what councils keep: uneven towns, places on the map for some, survey answers of several years, openings that
go on online for everybody, people who go already or declined, pairs who must not meet.
"""

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from matcher.words import default_reader
from matcher.words.lexicon import Means

FIRST = date(2099, 12, 1)  # the first day of the horizon: far off, so that it never passes
DAYS = "月火水木金土日"
Row = dict[str, object]


@dataclass(frozen=True)
class Size:
    """How large the towns are together, how many activities of the lexicon they know, and what `wants` is drawn from."""

    openings: int
    people: int
    companions: int
    activities: int = 60
    wants: tuple[int, ...] = (1, 1, 1, 2)
    municipalities: int = 1


SIZES = {
    "city": Size(420, 150, 15),
    "ward": Size(2000, 1500, 150),
    "dense ward": Size(2000, 1500, 150, 24, (1, 1, 2, 3)),  # nearly everybody could do nearly everything
    "tokyo": Size(26_000, 20_000, 2000, municipalities=62),
}


def grown(people: int) -> Size:
    """A town with so many people, of the density of `ward`: openings, companions and areas in proportion."""
    ward = SIZES["ward"]
    return Size(ward.openings * people // ward.people, people, max(1, ward.companions * people // ward.people))


def write_city(folder: Path, size: Size, seed: int = 1) -> None:
    """Write the bundle's CSV files into the folder."""
    sheets = _Sheets()
    whole = random.Random(f"{seed}")
    words, activities = _vocabulary(whole, size.activities)
    shares = [whole.lognormvariate(0, 0.7) for _ in range(size.municipalities)]
    parts = [_shared(n, shares) for n in (size.openings, size.people, size.companions)]
    for number, (openings, people, companions) in enumerate(zip(*parts, strict=True)):
        draw, areas = random.Random(f"{seed}-{number}"), max(3, openings // 90)
        town = _Town(sheets, draw, number, words, activities, size, areas)
        town.write_areas()
        town.write_hosts(max(1, openings // 3))
        town.write_openings(openings)
        town.write_people(people)
        town.write_companions(companions)
        town.write_conflicts(people // 60)
    sheets.write(folder)


def _vocabulary(draw: random.Random, wanted: int) -> tuple[dict[str, list[str]], list[str]]:
    """Sure words of each activity, and the activities that are known here."""
    words: dict[str, list[str]] = {}
    for form in default_reader().lexicon.forms:
        if form.means is Means.ACTIVITY and form.strength >= 0.9 and len(form.text) >= 2:
            words.setdefault(form.name, []).append(form.text)
    return words, draw.sample(sorted(n for n, w in words.items() if len(w) >= 5), wanted)


def _shared(total: int, shares: Sequence[float]) -> list[int]:
    """The total cut in proportion, at least one each; the largest takes what rounding leaves."""
    cut = [max(1, round(total * s / sum(shares))) for s in shares]
    cut[shares.index(max(shares))] += total - sum(cut)
    return cut


@dataclass
class _Sheets:
    """Rows of all towns, sheet by sheet."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, sheet: str, row: Row) -> int:
        """Put a row in; how many there were before."""
        rows = self.rows.setdefault(sheet, [])
        rows.append(row)
        return len(rows) - 1

    def count(self, sheet: str) -> int:
        """Rows so far."""
        return len(self.rows.get(sheet, ()))

    def write(self, folder: Path) -> None:
        """Write one CSV file a sheet."""
        for sheet, rows in self.rows.items():
            with (folder / f"{sheet}.csv").open("w", encoding="utf-8", newline="") as file:
                out = csv.DictWriter(file, list(rows[0]))
                out.writeheader()
                out.writerows(rows)


@dataclass
class _Town:
    """One municipality under way."""

    sheets: _Sheets
    draw: random.Random
    number: int
    words: dict[str, list[str]]
    activities: list[str]
    size: Size
    areas: int
    hosts: list[Row] = field(default_factory=list)
    doing: dict[str, list[tuple[Row, Row]]] = field(default_factory=dict)  # activity → openings with their hosts
    people: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"試し第{self.number + 1}市"

    def place(self, area: int, known: float) -> Row:
        """A spot on the map within the area (areas lie in rows of a grid), known to some only."""
        across = max(2, round(self.areas**0.5))
        lat = 35.5 + self.number // 8 * 0.12 + (area // across + self.draw.uniform(-0.5, 0.5)) * 0.012
        lon = 139.2 + self.number % 8 * 0.14 + (area % across + self.draw.uniform(-0.5, 0.5)) * 0.015
        shown = self.draw.random() < known
        return {"lat": round(lat, 5) if shown else "", "lon": round(lon, 5) if shown else ""}

    def write_areas(self) -> None:
        across = max(2, round(self.areas**0.5))
        for k in range(self.areas):
            beside = [k - 1] * (k % across > 0) + [k + 1] * ((k + 1) % across > 0) + [k - across, k + across]
            near = ";".join(self._area_id(x) for x in beside if 0 <= x < self.areas)
            row: Row = {"area_id": self._area_id(k), "municipality": self.name, "name": f"第{k + 1}圏域"}
            self.sheets.add("areas", row | {"neighbours": near})

    def _area_id(self, k: int) -> str:
        return f"M{self.number}A{k}"

    def write_hosts(self, count: int) -> None:
        draw = self.draw
        for _ in range(count):
            area, host_id = draw.randrange(self.areas), f"H{self.sheets.count('hosts')}"
            accepts = draw.choices(("yes", "conditional", "no", ""), (0.55, 0.2, 0.08, 0.17))[0]
            roles = [r for r, known in (("attend", 0.9), ("help", 0.8), ("contribute", 0.6)) if draw.random() < known]
            row: Row = {
                "host_id": host_id,
                "name": f"試しの会{host_id}",
                "kind": draw.choice(("salon", "npo", "cafeteria", "corporation", "ibasho", "school", "association")),
                "municipality": self.name,
                "area_id": self._area_id(area),
                **self.place(area, 0.6),
                "accepts": accepts,
                "accepts_as": ";".join(roles) if accepts in ("yes", "conditional") and draw.random() < 0.5 else "",
                "max_newcomers": draw.choice(("", 1, 2, 2, 3, 4)),
                "surveyed_on": FIRST - timedelta(days=draw.randint(10, 900)),
            }
            self.sheets.add("hosts", row)
            self.hosts.append(row)

    def write_openings(self, count: int) -> None:
        draw = self.draw
        for _ in range(count):
            activity, host = draw.choice(self.activities), draw.choice(self.hosts)
            row: Row = {
                "opening_id": f"O{self.sheets.count('openings')}",
                "host_id": host["host_id"],
                "title": draw.choice(self.words[activity]),
                "role": draw.choice(("attend", "help", "contribute")),
                "schedule": self._schedule() if draw.random() < 0.95 else "",
                "capacity": draw.choice(("", 1, 1, 2, 2, 3)),
                "min_age": draw.choice(("", "", "", "", 15, 18)),
                "contact": draw.choice(("", 1, 2, 3, 4)),
                "physical": draw.choice(("", 1, 1, 2, 2, 3)),
                "wheelchair": draw.choice(("", "", "yes", "no")),
                "online": "yes" if draw.random() < 0.03 else "",
                "companion_required": "yes" if draw.random() < 0.05 else "",
            }
            self.sheets.add("openings", row)
            self.doing.setdefault(activity, []).append((row, host))

    def _schedule(self) -> str:
        draw = self.draw
        start = draw.choice((9, 10, 10, 13, 13, 14, 15, 17, 18))
        hours = f"{start}:{draw.choice(('00', '30'))}-{start + draw.randint(2, 3)}:00"
        day = draw.choice(DAYS)
        ways = (f"{day} {hours}", f"第1・第3{day} {hours}", f"平日 {hours}", f"{day} {hours} / 祝日除く")
        return draw.choices(ways, (0.6, 0.2, 0.08, 0.12))[0]

    def write_people(self, count: int) -> None:
        draw = self.draw
        for _ in range(count):
            area, person_id = draw.randrange(self.areas), f"P{self.sheets.count('people')}"
            liked = draw.sample(self.activities, draw.choice((1, 2, 2, 3)))
            row: Row = {
                "person_id": person_id,
                "age": draw.choice((16, 19, 24, 28, 33, 38, 42, 47, 51, 55, 61, 66, 72, "")),
                "municipality": self.name,
                "area_id": self._area_id(area) if draw.random() < 0.97 else "",
                **self.place(area, 0.5),
                "interests": "。".join(draw.choice(self.words[a]) for a in liked),
                "strengths": draw.choice(self.words[liked[0]]) if draw.random() < 0.4 else "",
                "avoid": draw.choice(("", "", "", "大きな音", "人が多いところ", "電話", "初対面の雑談")),
                "availability": self._hours() if draw.random() < 0.95 else "",
                "reach": draw.choices(("", "area", "neighbour", "city", "home"), (0.2, 0.25, 0.3, 0.21, 0.04))[0],
                "max_travel_min": draw.choice(("", "", "", 15, 20, 30, 45)),
                "roles": draw.choices(("", "attend", "attend;help", "help;contribute"), (0.5, 0.15, 0.2, 0.15))[0],
                "contact_max": draw.choice(("", "", 2, 3, 4)),
                "physical_max": draw.choice(("", "", 1, 2, 3)),
                "wheelchair": "yes" if draw.random() < 0.02 else "",
                "needs_companion": "yes" if draw.random() < 0.2 else "",
                "wants": draw.choice(self.size.wants),
                "waiting_since": FIRST - timedelta(days=draw.randint(1, 600)),
                "consent": draw.choices(("share", "internal", "none"), (0.6, 0.32, 0.08))[0],
            }
            self.sheets.add("people", row)
            self.people.append(person_id)
            self._write_history(row, liked)

    def _write_history(self, person: Row, liked: Sequence[str]) -> None:
        """Some have been somewhere near, or said no to it, or have it proposed."""
        known = [
            opening["opening_id"]
            for activity in liked
            for opening, host in self.doing.get(activity, ())
            if host["area_id"] == person["area_id"] and str(opening["role"]) in str(person["roles"] or opening["role"])
        ]
        if not known or self.draw.random() >= 0.3:
            return
        statuses = ("declined", "refused", "placed", "pinned", "visited", "proposed")
        row: Row = {
            "person_id": person["person_id"],
            "opening_id": self.draw.choice(known),
            "status": self.draw.choices(statuses, (0.25, 0.05, 0.15, 0.05, 0.15, 0.35))[0],
            "on": FIRST - timedelta(days=self.draw.randint(5, 120)),
        }
        self.sheets.add("history", row)

    def _hours(self) -> str:
        """When somebody is free: some days, evenings, every afternoon, or one day."""
        draw = self.draw
        start = draw.choice((9, 10, 13, 15, 17))
        days = "・".join(sorted(draw.sample(DAYS, draw.randint(2, 5)), key=DAYS.index))
        ways = (
            f"{days} {start}:00-{min(22, start + draw.randint(3, 7))}:00",
            f"平日 {draw.choice((17, 18))}:00-21:00 / 土日 {draw.randint(9, 13)}:00-18:00",
            f"毎日 {draw.choice((13, 15, 17))}:00-{draw.choice((20, 21, 22))}:00",
            f"{draw.choice(DAYS)} {draw.randint(9, 13)}:00-{draw.randint(15, 18)}:00",
        )
        return draw.choices(ways, (0.5, 0.2, 0.2, 0.1))[0]

    def write_companions(self, count: int) -> None:
        draw = self.draw
        for _ in range(count):
            companion_id = f"C{self.sheets.count('companions')}"
            own = draw.sample(range(self.areas), min(self.areas, draw.randint(1, 4)))
            row: Row = {
                "companion_id": companion_id,
                "name": f"試し同行{companion_id}",
                "kind": draw.choice(("csw", "minsei", "peer", "supporter", "supporter")),
                "municipality": self.name,
                "area_ids": ";".join(self._area_id(k) for k in own) if draw.random() < 0.8 else "",
                "availability": self._hours(),
                "per_week": draw.choice(("", 1, 2, 3)),
            }
            self.sheets.add("companions", row)

    def write_conflicts(self, count: int) -> None:
        for _ in range(count):
            one, other = self.draw.sample(self.people, 2)
            self.sheets.add("conflicts", {"person_a": one, "person_b": other})
