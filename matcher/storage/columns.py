"""Nouns → tables: each field becomes a column whose constraints say in the database what the model believes.

A text field that refers to something, or may be left out of a key, stands as NULL where the noun has an empty text.
Sealed fields stand as bytes, whatever they are in the noun.
"""

import types
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Union, get_args, get_origin
from uuid import UUID

from pydantic.fields import FieldInfo
from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy import Boolean as Bool
from sqlalchemy import Date as Day
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from matcher.model.noun import Between, Noun
from matcher.times import Schedule

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
COUNCIL = "council_id"
VERSION = "version"
_PLAIN: dict[type, type[TypeEngine[Any]]] = {
    str: Text,
    bool: Bool,
    int: Integer,
    float: Double,
    date: Day,
    UUID: Uuid,
    bytes: LargeBinary,
    dict: JSONB,
    list: JSONB,
    Schedule: Text,
}


def plain_type(annotation: Any) -> tuple[Any, bool]:
    """The type a field's annotation speaks of, without `None`; and whether None is allowed."""
    if get_origin(annotation) is Annotated:
        return plain_type(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [a for a in get_args(annotation) if a is not type(None)]
        return plain_type(inner[0])[0], len(inner) < len(get_args(annotation))
    return annotation, False


def made_table(noun: type[Noun], metadata: MetaData) -> Table:
    """The table of a noun, with `council_id` before its fields and `version` after them."""
    columns: list[Column[Any]] = [Column(COUNCIL, Text, nullable=False)]
    checks: list[CheckConstraint] = []
    for name, field in noun.model_fields.items():
        columns.append(_column(noun, name, field))
        checks += _checks(noun, name, field)
    columns.append(Column(VERSION, Integer, nullable=False, server_default=text("1")))
    return Table(
        noun.table,
        metadata,
        *columns,
        *checks,
        *_keys(noun),
        *_references(noun),
    )


def may_be_null(noun: type[Noun], name: str) -> bool:
    """Whether the column holds NULL for a value not given."""
    field = noun.model_fields[name]
    _, optional = plain_type(field.annotation)
    return optional or (name in noun.sealed and not field.is_required()) or is_reference(noun, name)


def is_reference(noun: type[Noun], name: str) -> bool:
    """Whether an empty text of this field stands as NULL, so that a foreign key is not asked."""
    field = noun.model_fields[name]
    return field.annotation is str and not field.is_required() and any(name in r.columns for r in noun.refers)


def _column(noun: type[Noun], name: str, field: FieldInfo) -> Column[Any]:
    kind: TypeEngine[Any] = LargeBinary() if name in noun.sealed else _type(field.annotation)
    return Column(name, kind, nullable=may_be_null(noun, name))


def _type(annotation: Any) -> TypeEngine[Any]:
    kind, _ = plain_type(annotation)
    if get_origin(kind) is tuple:
        return ARRAY(_type(get_args(kind)[0]))
    kind = get_origin(kind) or kind
    if issubclass(kind, datetime):
        return DateTime(timezone=True)
    if issubclass(kind, StrEnum):
        return Text()
    return _PLAIN[kind]()


def _checks(noun: type[Noun], name: str, field: FieldInfo) -> Iterator[CheckConstraint]:
    if name in noun.sealed:
        return
    kind, _ = plain_type(field.annotation)
    for mark in field.metadata:
        if isinstance(mark, Between):
            yield CheckConstraint(f"{name} BETWEEN {mark.low} AND {mark.high}", name=f"{name}_range")
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        if isinstance(inner, type) and issubclass(inner, StrEnum):
            yield CheckConstraint(f"{name} <@ ARRAY[{_listed(inner)}]", name=f"{name}_codes")
    elif isinstance(kind, type) and issubclass(kind, StrEnum):
        yield CheckConstraint(f"{name} IN ({_listed(kind)})", name=f"{name}_codes")
    elif kind is str and (field.is_required() or is_reference(noun, name)):
        yield CheckConstraint(f"{name} <> ''", name=f"{name}_filled")
    elif kind is float:
        limit = 90 if name == "lat" else 180
        yield CheckConstraint(f"{name} BETWEEN -{limit} AND {limit}", name=f"{name}_range")


def _listed(codes: type[StrEnum]) -> str:
    return ", ".join(f"'{code.value}'" for code in codes)


def _keys(noun: type[Noun]) -> Iterator[PrimaryKeyConstraint | UniqueConstraint]:
    columns = (COUNCIL, *noun.identity)
    if any(may_be_null(noun, name) for name in noun.identity):
        yield UniqueConstraint(*columns, postgresql_nulls_not_distinct=True)
    else:
        yield PrimaryKeyConstraint(*columns)
    for alone in noun.alone:
        yield UniqueConstraint(COUNCIL, *alone)


def _references(noun: type[Noun]) -> Iterator[ForeignKeyConstraint]:
    if noun.table != "council":
        yield ForeignKeyConstraint([COUNCIL], [f"council.{COUNCIL}"])
    for refers in noun.refers:
        gone: str = refers.gone
        if gone == "SET NULL":
            gone = f"SET NULL ({', '.join(refers.columns)})"
        yield ForeignKeyConstraint(
            [COUNCIL, *refers.columns],
            [f"{refers.table}.{COUNCIL}", *(f"{refers.table}.{target}" for target in refers.targets)],
            ondelete=None if gone == "RESTRICT" else gone,
        )
