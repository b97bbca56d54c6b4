from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.engine.disclosure import COLUMNS, public
from matcher.engine.fairness import Axis, Dimension, Fairness, Group, fairness
from tests.unit.engine.crowd import crowd

# The kinds of people in a group, from the widest count to the narrowest, and which of them each count holds.
KINDS = 4  # not eligible, without options, without a suggestion, suggested
HOLDS = {"people": range(4), "eligible": range(1, 4), "with_options": range(2, 4), "suggested": range(3, 4)}
AXES = (Axis.AGE, Axis.COMPANION)
KEYS = {Axis.AGE: ("0-17", "18-24", "25-39", "40-64"), Axis.COMPANION: ("yes", "no")}


def group(key, kinds, **more):
    """A group of so many people of each kind."""
    counts = {column: int(sum(kinds[k] for k in held)) for column, held in HOLDS.items()}
    return Group(key=key, municipality="", **counts, **more)


def report_of(*tables):
    """A report of tables (groups, KINDS), each another way to divide the same people."""
    dimensions = [
        Dimension(axis, tuple(group(key, row) for key, row in zip(KEYS[axis], table, strict=False)))
        for axis, table in zip(AXES, tables, strict=False)
    ]
    return Fairness(group("total", np.sum(tables[0], axis=0)), tuple(dimensions))


def shown_sets(report, where):
    """Each shown count as the set of atoms it counts; `where` gives the atoms (a mask) of one group of one axis."""
    everybody = np.logical_or.reduce(list(where.values()))
    sets = []

    def add(figures, atoms):
        for column in COLUMNS:
            if getattr(figures, column) is not None:
                sets.append(atoms & kind_in(column, len(atoms)))

    add(report.total, everybody)
    for dimension in report.dimensions:
        named = {g.key for g in dimension.groups if not g.others}
        for row in dimension.groups:
            if row.others:
                unnamed = [atoms for (axis, key), atoms in where.items() if axis is dimension.axis and key not in named]
                add(row, np.logical_or.reduce(unnamed))
            else:
                add(row, where[dimension.axis, row.key])
    return np.array(sets, dtype=float).reshape(-1, len(everybody))


def kind_in(column, atoms):
    return np.isin(np.arange(atoms) % KINDS, list(HOLDS[column]))


def told_apart(sets):
    """Every non-empty set of atoms whose number sums and differences of shown counts give: 0/1 in their span."""
    atoms = sets.shape[1]
    subsets = (np.arange(1, 2**atoms)[:, None] >> np.arange(atoms)) & 1
    if not len(sets):
        return subsets[:0]
    _, values, basis = np.linalg.svd(sets)
    free = basis[int((values > 1e-9).sum()) :]
    return subsets[np.abs(subsets @ free.T).max(axis=1, initial=0) < 1e-9]


COUNT = st.sampled_from([0, 0, 1, 2, 4, 5, 6, 9, 12, 30])
ROW = st.tuples(*[COUNT] * KINDS)


@given(st.lists(ROW, min_size=1, max_size=4), st.sampled_from([2, 3, 5, 10]))
def test_no_sum_or_difference_of_shown_counts_tells_of_fewer_than_k(table, k):
    shown = public(report_of(table), k)
    atoms = len(table) * KINDS
    where = {(Axis.AGE, KEYS[Axis.AGE][g]): np.arange(atoms) // KINDS == g for g in range(len(table))}
    people = np.array(table).ravel()
    sets = shown_sets(shown, where)
    assert ((told_apart(sets) @ people) >= k).all()
    told = [getattr(g, c) for g in (shown.total, *shown.dimensions[0].groups) for c in COLUMNS]
    figures = [t for t in told if t is not None]
    assert min(figures, default=k) >= k
    assert sorted(figures) == sorted((sets @ people).tolist())  # what is shown is true


@given(st.lists(ROW, min_size=4, max_size=4), st.sampled_from([2, 5]))
def test_nor_do_two_dimensions_together(cells, k):
    """Two ways to divide the same people, two groups each: the cells are (age, company, kind)."""
    counts = np.array(cells).reshape(2, 2, KINDS)
    shown = public(report_of(counts.sum(axis=1), counts.sum(axis=0)), k)
    age, company = np.arange(16) // 8, np.arange(16) // KINDS % 2
    where = {(Axis.AGE, KEYS[Axis.AGE][g]): age == g for g in range(2)}
    where |= {(Axis.COMPANION, KEYS[Axis.COMPANION][g]): company == g for g in range(2)}
    assert ((told_apart(shown_sets(shown, where)) @ counts.ravel()) >= k).all()


@given(st.lists(ROW, min_size=1, max_size=4))
def test_means_are_shown_only_beside_the_number_of_their_people(table):
    means = {"options": 1.5, "best_fit": 0.7, "given_fit": 0.6, "expected": 3.0, "chance": 0.2}
    groups = tuple(group(key, row, **means) for key, row in zip(KEYS[Axis.AGE], table, strict=False))
    shown = public(Fairness(group("total", np.sum(table, axis=0), **means), (Dimension(Axis.AGE, groups),)))
    for row in (shown.total, *shown.dimensions[0].groups):
        assert (row.expected, row.chance) == (None, None)
        for mean, column in (("options", "eligible"), ("best_fit", "with_options"), ("given_fit", "suggested")):
            assert row.others or (getattr(row, mean) is None) == (getattr(row, column) is None)
            assert getattr(row, mean) is None or getattr(row, column) >= 5


@given(st.lists(st.tuples(*[st.integers(5, 60)] * KINDS), min_size=1, max_size=4))
def test_nothing_is_hidden_where_every_group_is_large(table):
    report = report_of(table)
    assert public(report).dimensions == report.dimensions


def named(report):
    return [(g.key or "others", g.people, g.suggested) for g in report.dimensions[0].groups]


def test_a_single_small_group_takes_the_next_smallest_with_it():
    shown = public(report_of([(0, 0, 2, 2), (0, 0, 10, 10), (0, 0, 8, 8), (0, 0, 20, 20)]))
    assert named(shown) == [("18-24", 20, 10), ("40-64", 40, 20), ("others", 20, 10)]


def test_small_groups_that_are_many_together_take_nobody_with_them():
    shown = public(report_of([(0, 0, 2, 2), (0, 0, 3, 1), (0, 0, 8, 8), (0, 0, 0, 3)]))
    assert named(shown) == [("25-39", 16, 8), ("others", 11, 6)]


@pytest.mark.parametrize("row", [(0, 0, 20, 4), (0, 0, 4, 20), (0, 0, 0, 24), (0, 0, 24, 0)])
def test_few_with_or_without_a_suggestion_hide_that_figure_and_another_groups(row):
    shown = public(report_of([row, (0, 0, 30, 30), (0, 0, 10, 10)]))
    assert named(shown) == [("0-17", 24, None), ("18-24", 60, 30), ("25-39", 20, None)]


def test_two_groups_of_which_one_is_small_are_not_told_at_all():
    assert public(report_of([(0, 0, 2, 2), (0, 0, 30, 30)])).dimensions[0].groups == ()


def test_fewer_than_k_people_are_not_told_at_all():
    shown = public(report_of([(0, 0, 2, 2)]))
    assert [getattr(shown.total, c) for c in COLUMNS] == [None] * 4
    assert shown.dimensions[0].groups == ()


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ([(9, 9, 90, 30), (9, 9, 90, 90), (9, 9, 90, 90)], True),
        ([(9, 9, 90, 4), (9, 9, 90, 90), (9, 9, 90, 90)], False),
        ([(9, 9, 90, 0), (9, 9, 12, 4)], False),  # so few suggestions in all that not even their total is shown
    ],
)
def test_a_mark_is_shown_only_beside_its_figures(rows, shown):
    report = report_of(rows)
    first, *others = report.dimensions[0].groups
    marked = Dimension(Axis.AGE, (replace(first, marked=True), *others))
    dimension = public(replace(report, dimensions=(marked,))).dimensions[0]
    assert [g.marked for g in dimension.groups] == [shown] + [False] * len(others)


def test_a_run_of_every_size_can_be_shown():
    for size, k in product((0, 1, 4, 5, 12, 80), (2, 5)):
        people = [
            {"options": n % 4, "served": n % 4 > 1, "age": n % 90, "area_id": f"A{n % 7}", "consent": "share"}
            for n in range(size)
        ]
        shown = public(fairness(*crowd(people)), k)
        assert shown.hidden_below == k
        assert (shown.total.people is None) == (size < k)


@pytest.mark.parametrize("k", [1, 0, -3])
def test_k_must_hide_something(k):
    with pytest.raises(ValueError, match="nothing is hidden"):
        public(report_of([(9, 9, 9, 9)]), k)


def test_a_public_report_is_not_made_public_again():
    with pytest.raises(ValueError, match="already"):
        public(public(report_of([(9, 9, 9, 9)])))
