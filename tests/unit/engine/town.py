"""A small town to match in: every test changes one thing of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from matcher.engine.answer import Horizon
from matcher.model import SHEETS, Bundle, Record

HORIZON = Horizon(date(2026, 12, 1), 4)

ROWS: dict[str, list[dict[str, Any]]] = {
    "areas": [
        {"area_id": "A1", "municipality": "町", "name": "北", "neighbours": "A2"},
        {"area_id": "A2", "municipality": "町", "name": "中"},
        {"area_id": "A3", "municipality": "町", "name": "南"},
    ],
    "hosts": [
        {"host_id": "H1", "name": "花の会", "kind": "npo", "municipality": "町", "area_id": "A1", "accepts": "yes"},
    ],
    "openings": [
        {
            "opening_id": "O1",
            "host_id": "H1",
            "title": "花壇の水やり",
            "role": "help",
            "schedule": "火 10:00-12:00",
            "contact": 1,
        }
    ],
    "people": [
        {
            "person_id": "P1",
            "alias": "はるさん",
            "municipality": "町",
            "area_id": "A1",
            "interests": "花を育てること",
            "availability": "毎日 9:00-17:00",
            "consent": "share",
        }
    ],
    "companions": [
        {
            "companion_id": "C1",
            "name": "付き添い",
            "kind": "csw",
            "municipality": "町",
            "availability": "平日 9:00-17:00",
        }
    ],
    "history": [],
    "conflicts": [],
}


def town(**changes: list[Mapping[str, Any]]) -> Bundle:
    """The town with rows changed: a row merges into the one with its ID, or is added. `drop` as a value removes it."""
    sheets: dict[str, tuple[Record, ...]] = {}
    for model in SHEETS:
        rows = [dict(r) for r in ROWS[model.sheet]]
        for change in changes.get(model.sheet, []):
            first = next(iter(model.model_fields))
            known = next((r for r in rows if r.get(first) == change.get(first)), None)
            if known is None or model.sheet in ("history", "conflicts"):
                rows.append(dict(change))
            else:
                known.update(change)
        sheets[model.sheet] = tuple(model.model_validate(r) for r in rows)
    return Bundle(**sheets)
