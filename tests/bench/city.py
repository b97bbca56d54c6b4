"""A made-up city of a given size, from the lexicon's own words. Nobody in it exists; the same seed gives the same city."""

import csv
import random
from dataclasses import dataclass
from pathlib import Path

from matcher.words import default_reader
from matcher.words.lexicon import Means

DAYS = "月火水木金土日"


@dataclass(frozen=True)
class Size:
    """How large a city is, how many activities of the lexicon it has, and what `wants` is drawn from."""

    openings: int
    people: int
    companions: int
    activities: int
    wants: tuple[int, ...]


SIZES = {
    "city": Size(420, 150, 15, 60, (1, 1, 1, 2)),
    "ward": Size(2000, 1500, 150, 60, (1, 1, 1, 2)),
    "dense ward": Size(2000, 1500, 150, 24, (1, 1, 2, 3)),  # nearly everybody could do nearly everything
}


def write_city(folder: Path, size: Size, seed: int = 1) -> None:
    """Write the bundle's CSV files into the folder."""
    draw = random.Random(seed)
    lexicon = default_reader().lexicon
    words: dict[str, list[str]] = {}
    for form in lexicon.forms:
        if form.means is Means.ACTIVITY and form.strength >= 0.9 and len(form.text) >= 2:
            words.setdefault(form.name, []).append(form.text)
    activities = draw.sample(sorted(n for n, w in words.items() if len(w) >= 5), size.activities)
    areas = max(3, size.openings // 90)

    def write(name: str, rows: list[dict[str, object]]) -> None:
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, list(rows[0]))
            out.writeheader()
            out.writerows(rows)

    def near(k: int) -> str:
        return ";".join(f"A{x}" for x in (k - 1, k + 1) if 0 <= x < areas)

    def hours() -> str:
        start = draw.choice((9, 10, 13, 15, 17))
        days = "・".join(sorted(draw.sample(DAYS, draw.randint(2, 5)), key=DAYS.index))
        return f"{days} {start}:00-{min(22, start + draw.randint(3, 7))}:00"

    hosts = max(1, size.openings // 3)
    write(
        "areas",
        [{"area_id": f"A{k}", "municipality": "試し市", "name": f"第{k}", "neighbours": near(k)} for k in range(areas)],
    )
    write(
        "hosts",
        [
            {
                "host_id": f"H{k}",
                "name": f"試しの会{k}",
                "kind": draw.choice(("salon", "npo", "cafeteria", "corporation", "ibasho")),
                "municipality": "試し市",
                "area_id": f"A{draw.randrange(areas)}",
                "accepts": draw.choice(("yes", "yes", "yes", "conditional", "", "no")),
                "max_newcomers": draw.choice(("", 1, 2, 3)),
            }
            for k in range(hosts)
        ],
    )
    write(
        "openings",
        [_opening(draw, k, hosts, draw.choice(words[draw.choice(activities)])) for k in range(size.openings)],
    )
    write(
        "people",
        [
            {
                "person_id": f"P{k}",
                "municipality": "試し市",
                "area_id": f"A{draw.randrange(areas)}",
                "interests": "。".join(draw.choice(words[a]) for a in draw.sample(activities, draw.randint(1, 3))),
                "availability": hours() if draw.random() < 0.95 else "",
                "reach": draw.choice(("", "area", "neighbour", "city")),
                "contact_max": draw.choice(("", 2, 3, 4)),
                "needs_companion": "yes" if draw.random() < 0.2 else "",
                "wants": draw.choice(size.wants),
                "waiting_since": f"2026-{draw.randint(1, 11):02d}-{draw.randint(1, 28):02d}",
                "consent": draw.choice(("share", "share", "internal", "none")),
            }
            for k in range(size.people)
        ],
    )
    write(
        "companions",
        [
            {
                "companion_id": f"C{k}",
                "name": f"試し同行{k}",
                "kind": "supporter",
                "municipality": "試し市",
                "area_ids": ";".join(f"A{x}" for x in draw.sample(range(areas), min(areas, 3))),
                "availability": hours(),
            }
            for k in range(size.companions)
        ],
    )


def _opening(draw: random.Random, k: int, hosts: int, title: str) -> dict[str, object]:
    start = draw.choice((9, 10, 13, 14, 15, 17, 18))
    day = draw.choice(DAYS)
    when = draw.choice((day, day, day, f"第1・第3{day}", "平日"))
    return {
        "opening_id": f"O{k}",
        "host_id": f"H{draw.randrange(hosts)}",
        "title": title,
        "role": draw.choice(("attend", "help", "contribute")),
        "schedule": f"{when} {start}:00-{start + draw.randint(1, 3)}:00" if draw.random() < 0.95 else "",
        "capacity": draw.choice(("", 1, 2, 3)),
        "contact": draw.choice(("", 1, 2, 3, 4)),
        "companion_required": "yes" if draw.random() < 0.05 else "",
    }
