"""Reading named cases: small match problems in TOML, each with its right answer and the argument for it.

A file holds any number of cases:

    [[case]]
    name = "one seat, two people"
    why = "P2 has waited a year, P1 not at all, and there is one seat."
    people.P2 = { waiting_since = 2025-12-01 }
    expect.P1 = { status = "no_fit" }
    expect.P2 = { openings = ["O1"], first = [2026-12-01T10:00:00], companion = [""] }
    objective = { s1 = 1, s2 = 3 }

Rows change the small town of `tests.unit.engine.town`, sheet by sheet, each under its ID. A row whose ID the town does
not know begins as a copy of the sheet's first row (so P2 likes what P1 likes). `P[01-40]` stands for forty IDs wherever
an ID stands. History is written `"P1 O1 placed"`, with a date behind it where one matters; a conflict is `"P1 P2"`.

Optional: `from` and `weeks` (the horizon; 2026-12-01 and 4 otherwise); `given`, what the case takes for granted about
fits, in thousandths, such as `"P1-O1 >= 750"` or `"P1-O1 < P1-O2 + P1-O3"` (so that a change in how words are read is
not mistaken for a fault of the plan); `told`, pinned and placed pairs that break a rule, as `"P1 O1 age"`; and
`disagrees`, what the program answers instead, for a case that still waits to be put right.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import Any

from matcher.engine.answer import Horizon
from matcher.model import SHEETS, Bundle
from tests.unit.engine.town import HORIZON, ROWS, town

_IDS = {model.sheet: next(iter(model.model_fields)) for model in SHEETS}
_RANGE = re.compile(r"(.*)\[(\d+)-(\d+)\]")


@dataclass(frozen=True)
class Expected:
    """What is expected of one person's answer; what is left out is not looked at.

    Attributes:
        status: the person's status; `suggested` unless it is given.
        openings: IDs of the suggested openings, in any order; none unless they are given.
        count: how many openings are suggested, where it does not matter which.
        first: the first session of each of `openings`, "" for one by arrangement.
        companion: the companion of each of `openings`, "" where nobody is needed.
        ask, no_ask: codes that are, or are not, asked before the person's first option is proposed.
        options: IDs of all options, in any order.
        blocked: rule → what is said of it: `openings`, `nearest`, or a figure of the nearest's change.
    """

    status: str = "suggested"
    openings: tuple[str, ...] = ()
    count: int | None = None
    first: tuple[datetime | str, ...] | None = None
    companion: tuple[str, ...] | None = None
    ask: tuple[str, ...] = ()
    no_ask: tuple[str, ...] = ()
    options: tuple[str, ...] | None = None
    blocked: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One problem and its right answer."""

    subject: str
    name: str
    why: str
    bundle: Bundle
    horizon: Horizon
    expect: Mapping[str, Expected]
    objective: Mapping[str, int]
    given: tuple[str, ...]
    told: tuple[str, ...] | None
    disagrees: str

    @property
    def id(self) -> str:
        """The name by which pytest knows the case."""
        return f"{self.subject}: {self.name}"


def read_cases(folder: Path) -> list[Case]:
    """Every case of every TOML file in a folder.

    Raises:
        ValueError: a case is not written as it should be.
    """
    cases = [
        _case(path.stem, row)
        for path in sorted(folder.glob("*.toml"))
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    ]
    names = [c.id for c in cases]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise ValueError(f"names that stand twice: {sorted(twice)}")
    return cases


def _case(subject: str, row: dict[str, Any]) -> Case:
    name, why = row.pop("name"), row.pop("why")
    try:
        changes = {sheet: list(_rows(sheet, row.pop(sheet))) for sheet in _IDS if sheet in row}
        case = Case(
            subject,
            name,
            why,
            town(**changes),
            Horizon(row.pop("from", HORIZON.first), row.pop("weeks", HORIZON.weeks)),
            {person: _expected(e) for key, e in row.pop("expect").items() for person in _spread(key)},
            row.pop("objective", {}),
            tuple(row.pop("given", ())),
            tuple(row.pop("told")) if "told" in row else None,
            row.pop("disagrees", ""),
        )
        if row:
            raise ValueError(f"unknown keys {sorted(row)}")
        if {p.person_id for p in case.bundle.people} != set(case.expect):
            raise ValueError("everybody must be expected something of, and nobody else")
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"{subject}.toml, case {name!r}: {error}") from error
    return case


def _rows(sheet: str, given: Any) -> Iterator[dict[str, Any]]:
    if sheet == "history":
        for a, b, *rest in map(str.split, given):
            for pair in product(_spread(a), _spread(b)):
                yield dict(zip(("person_id", "opening_id", "status", "on"), (*pair, *rest), strict=False))
    elif sheet == "conflicts":
        for a, b in map(str.split, given):
            yield from ({"person_a": one, "person_b": other} for one, other in product(_spread(a), _spread(b)))
    else:
        known = {r[_IDS[sheet]] for r in ROWS[sheet]}
        for key, row in given.items():
            for name in _spread(key):
                yield (ROWS[sheet][0] if name not in known else {}) | {_IDS[sheet]: name} | row


def _spread(key: str) -> list[str]:
    found = _RANGE.fullmatch(key)
    if not found:
        return [key]
    head, low, high = found.groups()
    return [f"{head}{n:0{len(low)}}" for n in range(int(low), int(high) + 1)]


def _expected(row: dict[str, Any]) -> Expected:
    return Expected(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})


def moment(value: datetime | date | str | None) -> str:
    """A first session as text, for comparing and for messages; "" where there is none."""
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, date) else value or ""
