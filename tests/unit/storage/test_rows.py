"""Nouns become rows and come back the same."""

import pytest

from matcher.model.noun import Noun
from matcher.model.person import Person
from matcher.model.tables import NOUNS
from matcher.storage.columns import is_reference, may_be_null
from matcher.storage.keys import made_keys
from matcher.storage.rows import from_row, row_key, to_row
from matcher.storage.schema import table_of
from matcher.storage.sealing import SealBroken, Sealer
from tests.integration.storage.every_noun import row_of

SEALER = Sealer(made_keys())


def filled(noun: type[Noun]) -> Noun:
    return row_of(noun, "m", lambda name: f"ことば{name}")


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.table)
def test_a_full_row_comes_back_as_it_was(noun: type[Noun]) -> None:
    record = filled(noun)
    row = to_row("wakaba", record, SEALER)
    assert set(row) == {c.name for c in table_of(noun).columns} - {"version"} - _by_the_database(noun)
    assert from_row(noun, row, SEALER) == record


def _by_the_database(noun: type[Noun]) -> set[str]:
    return {c.name for c in table_of(noun).columns} - set(noun.model_fields) - {"council_id", "version"}


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.table)
def test_sealed_fields_are_bytes_that_tell_nothing(noun: type[Noun]) -> None:
    row = to_row("wakaba", filled(noun), SEALER)
    for name in noun.sealed:
        assert isinstance(row[name], bytes)
        assert "ことば".encode() not in row[name]


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.table)
def test_what_was_not_given_comes_back_as_not_given(noun: type[Noun]) -> None:
    full = filled(noun)
    required = {name: getattr(full, name) for name, field in noun.model_fields.items() if field.is_required()}
    empty = noun.model_construct(**required)
    row = to_row("wakaba", empty, SEALER)
    for name, field in noun.model_fields.items():
        if not field.is_required() and field.get_default(call_default_factory=True) in (None, ""):
            assert (row[name] is None) == may_be_null(noun, name), name
    assert from_row(noun, row, SEALER) == empty


@pytest.mark.parametrize("noun", [noun for noun in NOUNS if noun.sealed], ids=lambda noun: noun.table)
def test_a_value_moved_to_another_council_does_not_open(noun: type[Noun]) -> None:
    row = to_row("wakaba", filled(noun), SEALER)
    with pytest.raises(SealBroken):
        from_row(noun, {**row, "council_id": "minato"}, SEALER)


def test_a_value_moved_to_another_person_or_column_does_not_open() -> None:
    one = to_row("wakaba", Person(person_id="P1", municipality="x", alias="a", note="b"), SEALER)
    two = to_row("wakaba", Person(person_id="P2", municipality="x", alias="c", note="d"), SEALER)
    for moved in ({**one, "alias": two["alias"]}, {**one, "alias": one["note"]}):
        with pytest.raises(SealBroken):
            from_row(Person, moved, SEALER)


def test_keys_of_rows_are_told_apart() -> None:
    history = next(noun for noun in NOUNS if noun.table == "history")
    keys = {
        row_key(history, {"person_id": a, "opening_id": b, "status": "placed", "on": None})
        for a, b in (("a", "bc"), ("ab", "c"), ("", "abc"))
    }
    assert len(keys) == 3


def test_an_empty_reference_is_null_and_an_empty_text_is_not() -> None:
    person = Person(person_id="P1", municipality="x")
    row = to_row("wakaba", person, SEALER)
    assert is_reference(Person, "area_id") and row["area_id"] is None
    assert row["municipality"] == "x" and row["alias"] is None
