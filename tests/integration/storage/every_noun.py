"""A row of every noun, made from the nouns themselves: whoever adds a noun or a field has it in these rows at once."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Any, get_args, get_origin
from uuid import UUID, uuid5

from sqlalchemy import func, select

from matcher.model.codes import Consent
from matcher.model.council import Council
from matcher.model.noun import Between, Noun
from matcher.model.records import AuditEvent, AuditHead
from matcher.model.tables import NOUNS
from matcher.storage.columns import is_reference, plain_type
from matcher.storage.schema import table_of
from matcher.storage.work import TOKYO, Work
from matcher.times import Schedule, parse

CANARY_JA, CANARY_ASCII = "金糸雀カナリア", "xCANARYx"
NAMESPACE = UUID("6f1c1f5e-3f0a-4d5b-9d0c-3a3a3a3a3a3a")
LATITUDE = 35.123456789  # of no place but these rows
AT = datetime(2026, 12, 1, 9, 30, tzinfo=TOKYO)
_FIXED: dict[tuple[str, str], Any] = {
    ("consent", "state"): Consent.SHARE,
    ("consent", "withdrawn_at"): None,
    ("conflict", "person_b"): "zz-second",
    ("match_run", "finished_at"): None,
    ("opening", "min_age"): 10,
    ("opening", "max_age"): 90,
    ("link", "expires_at"): datetime(2027, 1, 1, tzinfo=TOKYO),
    ("account", "password_hash"): "",
}
_BESIDE = (AuditEvent, AuditHead)  # written by the work itself


def row_of(noun: type[Noun], mark: str, words: Callable[[str], str]) -> Noun:
    """A row with every field filled: references as `mark` says, sealed texts as `words` says of their field."""
    values: dict[str, Any] = {}
    for name, field in noun.model_fields.items():
        fixed = (noun.table, name)
        values[name] = _FIXED[fixed] if fixed in _FIXED else _value(noun, name, field, mark, words)
    return noun.model_construct(**values)


def add_all(
    work: Work, mark: str, words: Callable[[str], str] = lambda name: f"{CANARY_JA}{CANARY_ASCII}{name}"
) -> None:
    """Put a row of every noun into a council that is there already, with its chain."""
    for noun in NOUNS:
        if noun in (Council, *_BESIDE):
            continue
        row = row_of(noun, mark, words)
        if noun.table == "conflict":
            second = row_of(_noun("person"), mark, words)
            work.add(second.model_copy(update={"person_id": "zz-second"}))
        work.add(row)
        work.note("row.made", noun)


def tables() -> Iterator[type[Noun]]:
    """Every noun, one by one."""
    yield from NOUNS


def rows_in(work: Work, noun: type[Noun]) -> int:
    """Rows that the work sees of a noun, without a filter of its own: the database alone holds."""
    return int(work.db.scalar(select(func.count()).select_from(table_of(noun))) or 0)


def _noun(table: str) -> type[Noun]:
    return next(noun for noun in NOUNS if noun.table == table)


def _value(noun: type[Noun], name: str, field: Any, mark: str, words: Callable[[str], str]) -> Any:
    sealed = name in noun.sealed
    kind, _ = plain_type(field.annotation)
    target = next(
        (
            (r.table, r.targets[r.columns.index(name)])
            for r in noun.refers
            if name in r.columns and r.table != noun.table
        ),
        None,
    )
    if target is not None:  # the same value that the other row has under its name
        other = _noun(target[0])
        return (
            _value(other, target[1], other.model_fields[target[1]], mark, words)
            if target not in _FIXED
            else _FIXED[target]
        )
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        return (_plain(inner, f"{noun.table}.{name}", mark, words if sealed else None),)
    origin = get_origin(kind) or kind
    if origin is list:
        return [{"said": words(f"{noun.table}.{name}")}] if sealed else [{"code": "x"}]
    if origin is dict:
        inner = get_args(kind)[1] if get_args(kind) else Any
        said: Any = words(f"{noun.table}.{name}") if sealed else (1 if inner is int else "x")
        return {"said": said}
    between = next((m for m in field.metadata if isinstance(m, Between)), None)
    if between is not None and origin is int:
        return between.low
    if isinstance(origin, type) and issubclass(origin, StrEnum):
        return field.default if field.default is not None and not field.is_required() else next(iter(origin))
    if origin is str and not sealed and is_reference(noun, name):
        return ""
    return _plain(origin, f"{noun.table}.{name}", mark, words if sealed else None)


def _plain(kind: Any, place: str, mark: str, words: Callable[[str], str] | None) -> Any:
    if issubclass(kind, StrEnum):
        return next(iter(kind))
    if kind is str:
        return words(place) if words else f"{mark}-{place.replace('_', '-').replace('.', '-')}"
    if kind is Schedule:
        return parse("火 10:10-11:20")
    made: dict[Any, Any] = {
        bool: False,
        int: 1,
        float: LATITUDE,
        date: date(2026, 12, 1),
        datetime: AT,
        UUID: uuid5(NAMESPACE, f"{mark}{place}"),
        bytes: f"{mark}{place}".encode().ljust(32, b".")[:32],
    }
    return made[kind]
