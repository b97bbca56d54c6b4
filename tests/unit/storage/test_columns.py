"""From a noun's fields come its columns and constraints."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

import pytest
from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, LargeBinary, MetaData, Table, UniqueConstraint
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from matcher.model.codes import Role
from matcher.model.noun import Between, Noun, Refers
from matcher.model.tables import NOUNS
from matcher.storage.columns import NAMES, made_table, may_be_null, plain_type
from matcher.storage.schema import TABLES, metadata


class Leaf(Noun):
    """A noun with a field of every kind."""

    table: ClassVar[str] = "leaf"
    identity: ClassVar[tuple[str, ...]] = ("leaf_id",)
    sealed: ClassVar[frozenset[str]] = frozenset({"secret", "needed"})
    alone: ClassVar[tuple[tuple[str, ...], ...]] = (("name",),)
    refers: ClassVar[tuple[Refers, ...]] = (
        Refers(("tree_id",), "tree", ("tree_id",), "CASCADE"),
        Refers(("branch_id",), "branch", ("branch_id",), "SET NULL"),
    )

    leaf_id: UUID
    name: str
    tree_id: str
    branch_id: str = ""
    needed: str
    secret: str = ""
    note: str = ""
    count: Annotated[int, Between(1, 9)] = 1
    role: Role
    roles: tuple[Role, ...] = ()
    maybe: date | None = None
    lat: float | None = None
    at: datetime
    facts: dict[str, Any]


def leaf() -> Table:
    return made_table(Leaf, MetaData(naming_convention=NAMES))


def checks(table: Table) -> dict[str, str]:
    found = [one for one in table.constraints if isinstance(one, CheckConstraint)]
    return {str(one.name).removeprefix(f"ck_{table.name}_"): str(one.sqltext) for one in found}


def test_the_council_comes_first_and_the_version_last() -> None:
    names = [column.name for column in leaf().columns]
    assert names == ["council_id", *Leaf.model_fields, "version"]


def test_sealed_fields_stand_as_bytes() -> None:
    table = leaf()
    assert all(isinstance(table.c[name].type, LargeBinary) for name in Leaf.sealed)


def test_what_may_be_left_out_is_null() -> None:
    table = leaf()
    assert {c.name for c in table.columns if c.nullable} == {"secret", "branch_id", "maybe", "lat"}
    assert all(table.c[name].nullable == may_be_null(Leaf, name) for name in Leaf.model_fields)


def test_bounds_codes_and_filled_texts_are_checked() -> None:
    found = checks(leaf())
    assert found["count_range"] == "count BETWEEN 1 AND 9"
    assert found["role_codes"] == "role IN ('attend', 'help', 'contribute')"
    assert found["roles_codes"] == "roles <@ ARRAY['attend', 'help', 'contribute']"
    assert found["lat_range"] == "lat BETWEEN -90 AND 90"
    assert found["name_filled"] == "name <> ''" and found["branch_id_filled"] == "branch_id <> ''"
    assert not {"note_filled", "secret_filled", "needed_filled"} & set(found)


def test_keys_and_references_hold_within_a_council() -> None:
    table = leaf()
    assert [c.name for c in table.primary_key.columns] == ["council_id", "leaf_id"]
    uniques = [[c.name for c in one.columns] for one in table.constraints if isinstance(one, UniqueConstraint)]
    assert uniques == [["council_id", "name"]]
    references = {
        tuple(one.column_keys): (tuple(e.target_fullname for e in one.elements), one.ondelete)
        for one in table.constraints
        if isinstance(one, ForeignKeyConstraint)
    }
    assert references == {
        ("council_id",): (("council.council_id",), None),
        ("council_id", "tree_id"): (("tree.council_id", "tree.tree_id"), "CASCADE"),
        ("council_id", "branch_id"): (("branch.council_id", "branch.branch_id"), "SET NULL (branch_id)"),
    }


@pytest.mark.parametrize(
    "annotation, plain",
    [
        (str, (str, False)),
        (int | None, (int, True)),
        (Annotated[int | None, "x"], (int, True)),
        (Annotated[str, 1], (str, False)),
    ],
)
def test_the_plain_type_of_an_annotation(annotation: Any, plain: tuple[Any, bool]) -> None:
    assert plain_type(annotation) == plain


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.table)
def test_every_table_of_the_store_is_within_a_council(noun: type[Noun]) -> None:
    table = TABLES[noun]
    assert not table.c.council_id.nullable
    unique = [table.primary_key, *(one for one in table.constraints if isinstance(one, UniqueConstraint))]
    assert all("council_id" in one.columns for one in unique if len(one.columns))
    for one in table.constraints:
        if isinstance(one, ForeignKeyConstraint):
            assert "council_id" in one.column_keys
    assert all(
        one.name for one in table.constraints if len(getattr(one, "columns", [])) or isinstance(one, CheckConstraint)
    )
    assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))


def test_names_of_constraints_fit_and_are_told_apart() -> None:
    for table in metadata.tables.values():
        names = [str(one.name) for one in table.constraints if one.name] + [str(one.name) for one in table.indexes]
        assert len(set(names)) == len(names)
        assert all(len(name) <= 63 for name in names), names


def test_lists_stand_as_arrays() -> None:
    assert isinstance(leaf().c.roles.type, ARRAY)
