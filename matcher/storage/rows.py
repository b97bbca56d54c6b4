"""Nouns ↔ rows: what the noun says as values of columns, sealed where it must be, and back."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_origin
from uuid import UUID

from matcher.model.noun import Noun
from matcher.storage.columns import COUNCIL, is_reference, plain_type
from matcher.storage.sealing import Sealer
from matcher.times import Schedule, format_cell, parse

N = TypeVar("N", bound=Noun)
_AS_IT_IS = (str, bool, int, float, date, datetime, UUID, bytes, dict, list)


def row_key(noun: type[Noun], values: Mapping[str, Any]) -> str:
    """The identity of a row as one text, for the place of its sealed values."""
    return "\x1f".join("" if values[name] is None else str(values[name]) for name in noun.identity)


def to_row(council: str, record: Noun, sealer: Sealer) -> dict[str, Any]:
    """The columns of a row, `council_id` among them."""
    noun = type(record)
    row: dict[str, Any] = {COUNCIL: council}
    key = row_key(noun, record.__dict__)
    for name in noun.model_fields:
        value = _plain(getattr(record, name))
        if name in noun.sealed:
            empty = value in (None, "") and not noun.model_fields[name].is_required()
            row[name] = None if empty else sealer.seal((council, noun.table, key, name), value)
        elif value == "" and is_reference(noun, name):
            row[name] = None
        else:
            row[name] = value
    return row


def from_row(noun: type[N], row: Mapping[str, Any], sealer: Sealer) -> N:
    """The noun that a row holds. Its values went in checked, and the database held them to that: they are not read anew.

    Raises:
        SealBroken: a sealed value is not the one that was written there.
    """
    council, key = row[COUNCIL], row_key(noun, row)
    values: dict[str, Any] = {}
    for name, field in noun.model_fields.items():
        value = row[name]
        if name in noun.sealed and value is not None:
            value = sealer.open((council, noun.table, key, name), bytes(value))
        if value is None:
            values[name] = field.get_default(call_default_factory=True) if not field.is_required() else None
        else:
            values[name] = _reading(noun, name)(value)
    return cast(N, noun.model_construct(set(values), **values))


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Schedule):
        return format_cell(value)
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value


@cache
def _reading(noun: type[Noun], name: str) -> Callable[[Any], Any]:
    kind, _ = plain_type(noun.model_fields[name].annotation)
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        one = _one(inner)
        return lambda value: tuple(one(v) for v in value)
    return _one(get_origin(kind) or kind)


def _one(kind: Any) -> Callable[[Any], Any]:
    if kind is Schedule:
        return parse
    if issubclass(kind, StrEnum):
        return cast(Callable[[Any], Any], kind)
    if kind is bytes:
        return bytes
    return _same


def _same(value: Any) -> Any:
    return value
