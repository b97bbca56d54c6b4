"""Rewriting a drawn problem: rows taken out, put in another order, or given other IDs."""

import re
from collections.abc import Mapping
from random import Random

from tests.oracle.instances import Instance, Row

IDS = {"hosts": "host_id", "openings": "opening_id", "people": "person_id", "companions": "companion_id"}
REFERENCES = {
    "area_id": "areas",
    "area_ids": "areas",
    "neighbours": "areas",
    "host_id": "hosts",
    "opening_id": "openings",
    "person_id": "people",
    "person_a": "people",
    "person_b": "people",
    "companion_id": "companions",
}
Names = Mapping[str, Mapping[str, str]]  # sheet → old ID → new ID


def held(drawn: Instance) -> list[Row]:
    """History rows that hold a seat."""
    return [row for row in drawn.rows["history"] if row["status"] in ("pinned", "placed")]


def without(drawn: Instance, sheet: str, named: str) -> Instance:
    """The problem without one row, and without the history and conflicts that name it."""
    key = IDS[sheet]
    return drawn.but(
        **{sheet: [row for row in drawn.rows[sheet] if row[key] != named]},
        history=[row for row in drawn.rows["history"] if row.get(key) != named],
        conflicts=[c for c in drawn.rows["conflicts"] if sheet != "people" or named not in c.values()],
    )


def with_cell(drawn: Instance, sheet: str, row: Row, **cells: object) -> Instance:
    """The problem with some cells of one row written over."""
    return drawn.but(**{sheet: [{**r, **cells} if r is row else r for r in drawn.rows[sheet]]})


def shuffled(drawn: Instance, draw: Random) -> Instance:
    """The same rows in another order."""
    return drawn.but(**{sheet: draw.sample(list(rows), len(rows)) for sheet, rows in drawn.rows.items()})


def names(drawn: Instance, draw: Random, in_order: bool) -> Names:
    """A new ID for each row: in the order of the old ones, or in any. No two sheets share one."""
    found = {}
    for sheet in (*IDS, "areas"):
        old = sorted({row[IDS.get(sheet, "area_id")] for row in drawn.rows[sheet]})
        new = [f"{sheet}-{number:03}" for number in sorted(draw.sample(range(1000), len(old)))]
        if not in_order:
            draw.shuffle(new)
        found[sheet] = dict(zip(old, new, strict=True))
    return found


def renamed(drawn: Instance, new: Names) -> Instance:
    """The problem with every ID replaced wherever it stands. What people and hosts are called stays."""

    def cell(column: str, value: object) -> object:
        if column not in REFERENCES or not value:
            return value
        return ";".join(new[REFERENCES[column]][name] for name in str(value).split(";"))

    return drawn.but(
        **{sheet: [{c: cell(c, v) for c, v in row.items()} for row in rows] for sheet, rows in drawn.rows.items()}
    )


def named_back(text: str, new: Names) -> str:
    """A text about the renamed problem, with the old IDs again."""
    old = {name: known for ids in new.values() for known, name in ids.items()}
    return re.sub(r"[a-z]+-\d{3}", lambda found: old.get(found[0], found[0]), text)
