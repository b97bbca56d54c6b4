"""Sealed values open where they were sealed, by the key they were sealed by, and nowhere else."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.storage.keys import Keys, KeysError, made_keys, with_new_key, without_old_keys
from matcher.storage.sealing import SealBroken, Sealer, key_number

PLACE = ("wakaba", "person", "P001", "alias")
KEYS = made_keys()
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(values)
def test_what_was_sealed_is_opened(value: object) -> None:
    sealer = Sealer(KEYS)
    assert sealer.open(PLACE, sealer.seal(PLACE, value)) == value


def test_the_same_value_looks_different_each_time_and_never_like_itself() -> None:
    sealed = [Sealer(KEYS).seal(PLACE, "ひみつの呼び名") for _ in range(50)]
    assert len(set(sealed)) == 50
    assert not any("ひみつ".encode() in one for one in sealed)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), min_size=4, max_size=4), st.data())
def test_it_opens_at_no_other_place(place: list[str], data: st.DataObject) -> None:
    """Not even at one whose parts, written one after the other, read the same."""
    here = tuple(place)
    joined = "".join(place)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(joined)), min_size=3, max_size=3)))
    there = tuple(joined[a:b] for a, b in pairwise([0, *cuts, len(joined)]))
    sealed = Sealer(KEYS).seal(here, "x")
    if there == here:
        return
    with pytest.raises(SealBroken):
        Sealer(KEYS).open(there, sealed)


@pytest.mark.parametrize("part", range(4))
def test_it_opens_for_no_other_council_table_row_or_column(part: int) -> None:
    other = tuple("other" if n == part else one for n, one in enumerate(PLACE))
    with pytest.raises(SealBroken, match="書かれたときのままではありません"):
        Sealer(KEYS).open(other, Sealer(KEYS).seal(PLACE, "x"))


@given(st.data())
def test_no_bit_may_be_changed_and_no_byte_cut_off(data: st.DataObject) -> None:
    sealed = Sealer(KEYS).seal(PLACE, "ことば")
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    changed = bytearray(sealed)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBroken):
        Sealer(KEYS).open(PLACE, bytes(changed))
    with pytest.raises(SealBroken):
        Sealer(KEYS).open(PLACE, sealed[: -data.draw(st.integers(1, 16))])


def test_the_newest_key_seals_and_older_ones_open() -> None:
    old = Sealer(KEYS).seal(PLACE, "x")
    new = with_new_key(KEYS)
    sealed = Sealer(new).seal(PLACE, "x")
    assert (key_number(old), key_number(sealed)) == (1, 2)
    assert Sealer(new).open(PLACE, old) == Sealer(new).open(PLACE, sealed) == "x"
    with pytest.raises(SealBroken, match="鍵1がない"):
        Sealer(without_old_keys(new)).open(PLACE, old)


def test_a_key_that_another_process_made_is_looked_for() -> None:
    new = with_new_key(KEYS)
    asked = []

    def reread() -> Keys:
        asked.append(1)
        return new

    sealer = Sealer(KEYS, reread)
    assert sealer.open(PLACE, Sealer(new).seal(PLACE, "x")) == "x"
    assert sealer.keys == new and len(asked) == 1
    with pytest.raises(SealBroken):
        sealer.open(PLACE, Sealer(with_new_key(new)).seal(PLACE, "x"))
    assert len(asked) == 2


def test_before_a_transaction_a_new_key_is_taken_up_and_none_is_lost() -> None:
    at_hand = [KEYS]
    sealer = Sealer(KEYS, lambda: at_hand[0])
    at_hand[0] = with_new_key(KEYS)
    sealer.refresh()
    assert key_number(sealer.seal(PLACE, "x")) == 2

    def gone() -> Keys:
        raise KeysError("")

    kept = Sealer(KEYS, gone)
    kept.refresh()
    assert kept.keys == KEYS
    Sealer(KEYS).refresh()


def test_another_installations_key_of_the_same_number_does_not_open() -> None:
    with pytest.raises(SealBroken) as refused:
        Sealer(made_keys()).open(PLACE, Sealer(KEYS).seal(PLACE, "ひみつ"))
    assert "ひみつ" not in str(refused.value) and "P001" not in str(refused.value)
