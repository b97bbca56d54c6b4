import random
from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from matcher.engine.fairness import KEYS, PEOPLE, SHARE, UNKNOWN, Axis, compare, fairness
from tests.unit.engine.crowd import crowd


def groups(people, axis):
    report = fairness(*crowd(people))
    return next(d.groups for d in report.dimensions if d.axis is axis)


def only(person, axis):
    (group,) = groups([person], axis)
    return group.key


def members(number, served, options=2, **cells):
    """So many people with so many options each, the first of them with a suggestion."""
    return [{"options": options, "served": n < served, **cells} for n in range(number)]


@pytest.mark.parametrize(
    ("age", "key"),
    [
        (0, "0-17"),
        (17, "0-17"),
        (18, "18-24"),
        (24, "18-24"),
        (25, "25-39"),
        (39, "25-39"),
        (40, "40-64"),
        (64, "40-64"),
        (65, "65+"),
        (99, "65+"),
        ("", UNKNOWN),
    ],
)
def test_bands_of_age_begin_with_their_first_year(age, key):
    assert only({"age": age}, Axis.AGE) == key


@pytest.mark.parametrize(
    ("since", "key"),
    [
        ("2026-11-30", "0-2"),
        ("2026-09-02", "0-2"),
        ("2026-09-01", "3-5"),
        ("2026-06-01", "6-11"),
        ("2025-12-01", "12+"),
        ("", UNKNOWN),
    ],
)
def test_whoever_waits_without_a_date_is_not_counted_as_just_come(since, key):
    assert only({"waiting_since": since}, Axis.WAITING) == key


@pytest.mark.parametrize(("needs", "key"), [("yes", "yes"), ("no", "no"), ("", UNKNOWN)])
def test_need_of_company_is_never_guessed(needs, key):
    assert only({"needs_companion": needs}, Axis.COMPANION) == key


def test_areas_are_of_their_municipality_and_a_blank_one_is_the_municipality():
    people = [
        {"municipality": "町", "area_id": "A10"},
        {"municipality": "町", "area_id": ""},
        {"municipality": "町", "area_id": "A2"},
        {"municipality": "町", "area_id": "A10"},
        {"municipality": "市", "area_id": "A10"},
        {"municipality": "市", "area_id": ""},
    ]
    found = [(g.municipality, g.key, g.people) for g in groups(people, Axis.AREA)]
    assert found == [("市", "A10", 1), ("市", "", 1), ("町", "A2", 1), ("町", "A10", 2), ("町", "", 1)]


def test_each_count_is_part_of_the_one_before():
    people = [
        {"options": 3, "served": True},
        {"options": 3},
        {"fits": [499, 200]},
        {"options": 3, "consent": "none"},
        {"options": 3, "consent": ""},
        {"options": 3, "availability": ""},
    ]
    total = fairness(*crowd(people)).total
    assert (total.people, total.eligible, total.with_options, total.suggested) == (6, 3, 2, 1)
    assert total.share == 0.5


def test_means_are_over_the_people_they_speak_of():
    people = [
        {"fits": [900, 500, 499], "given": [500]},
        {"fits": [600], "given": []},
        {"fits": [400], "given": []},
        {"fits": [950], "consent": "none"},
    ]
    total = fairness(*crowd(people)).total
    assert total.options == pytest.approx((2 + 1 + 0) / 3)
    assert total.best_fit == pytest.approx((0.9 + 0.6) / 2)
    assert total.given_fit == pytest.approx(0.5)


def test_a_person_with_several_suggestions_counts_once_with_the_best():
    total = fairness(*crowd([{"fits": [900, 800], "given": [800, 900]}])).total
    assert (total.suggested, total.given_fit) == (1, pytest.approx(0.9))


def test_what_was_given_is_an_option_even_where_it_is_judged_otherwise_now():
    total = fairness(*crowd([{"fits": [450], "given": [650]}])).total
    assert (total.with_options, total.suggested, total.options) == (1, 1, 1.0)
    assert total.best_fit == pytest.approx(0.65)


def test_nobody_has_no_means_and_no_share():
    total = fairness(*crowd([{"consent": "none"}])).total
    assert (total.options, total.best_fit, total.given_fit, total.share) == (None, None, None, None)


PERSON = st.fixed_dictionaries(
    {
        "options": st.integers(0, 12),
        "age": st.sampled_from(["", 12, 20, 30, 50, 70]),
        "area_id": st.sampled_from(["", "A1", "A2"]),
        "municipality": st.sampled_from(["町", "市"]),
        "consent": st.sampled_from(["share", "share", "internal", "none"]),
        "needs_companion": st.sampled_from(["yes", "no", ""]),
        "waiting_since": st.sampled_from(["", "2026-11-01", "2025-01-01"]),
    }
)


@given(st.lists(PERSON, max_size=30), st.randoms())
def test_every_dimension_divides_everybody(people, chance):
    for person in people:
        person["served"] = person["options"] > 0 and person["consent"] != "none" and chance.random() < 0.6
    report = fairness(*crowd(people))
    assert report.total.people == len(people)
    assert [d.axis for d in report.dimensions] == list(Axis)
    for dimension in report.dimensions:
        for column in ("people", "eligible", "with_options", "suggested"):
            assert sum(getattr(g, column) for g in dimension.groups) == getattr(report.total, column)
        if dimension.axis is not Axis.AREA:
            order = [KEYS[dimension.axis].index(g.key) for g in dimension.groups]
            assert order == sorted(set(order))


def test_there_is_an_answer_for_each_person():
    problem, pairs, answers = crowd([{}, {}])
    with pytest.raises(ValueError, match="1 answers for 2 people"):
        fairness(problem, pairs, answers[:1])


def test_the_expectation_is_the_rate_of_everybody_else_with_as_many_options():
    people = [
        *members(4, 1, options=1, age=70),  # others with one option: 5 of 10
        *members(6, 3, options=5, age=70),  # others with four to nine: 8 of 10
        *members(10, 5, options=1, age=30),
        *members(10, 8, options=9, age=50),
    ]
    found = {g.key: g for g in groups(people, Axis.AGE)}
    assert found["65+"].expected == pytest.approx(4 * 5 / 10 + 6 * 8 / 10)
    assert found["25-39"].expected == pytest.approx(10 * 1 / 4)


@pytest.mark.parametrize(("options", "other", "alike"), [(2, 3, True), (4, 9, True), (10, 16, True), (1, 2, False)])
def test_as_many_options_means_one_or_2_to_3_or_4_to_9_or_10_and_more(options, other, alike):
    people = [*members(3, 1, options=options, age=70), *members(3, 3, options=other, age=30)]
    old = next(g for g in groups(people, Axis.AGE) if g.key == "65+")
    assert (old.expected == pytest.approx(3.0)) if alike else (old.expected is None)


def test_where_nobody_else_has_as_many_options_the_group_is_its_own_measure():
    people = [*members(3, 1, options=12, age=70), *members(4, 0, options=1, age=70), *members(4, 4, options=1, age=30)]
    old = next(g for g in groups(people, Axis.AGE) if g.key == "65+")
    assert old.expected == pytest.approx(1 + 4)


def test_with_nobody_to_compare_nothing_is_expected_and_nothing_marked():
    (group,) = groups(members(50, 1, age=70), Axis.AGE)
    assert (group.expected, group.chance, group.marked) == (None, None, False)


STRATUM = st.tuples(st.integers(0, 4), st.integers(0, 4)).flatmap(
    lambda n: st.tuples(st.just(n), st.integers(0, n[0]), st.integers(0, n[1]))
)


@given(st.lists(STRATUM, min_size=1, max_size=2))
def test_the_chance_is_that_of_dealing_the_suggestions_out_anew(strata):
    """In each stratum every way to hand the same number of suggestions to the same people is as likely as any other."""
    have = np.array([[n[0] for n, _, _ in strata], [n[1] for n, _, _ in strata]])
    got = np.array([[a for _, a, _ in strata], [b for _, _, b in strata]])
    _, chance = compare(have, got)
    alike = [s for s in range(len(strata)) if have[:, s].all()]
    if not alike:
        assert np.isnan(chance).all()
        return
    dealt = [
        [sum(place < have[0, s] for place in deal) for deal in combinations(range(have[:, s].sum()), got[:, s].sum())]
        for s in alike
    ]
    sums = [sum(parts) for parts in product(*dealt)]
    limit = sum(got[0, s] for s in alike)
    assert chance[0] == pytest.approx(sum(x <= limit for x in sums) / len(sums))
    assert len(sums) == np.prod([comb(int(have[:, s].sum()), int(got[:, s].sum())) for s in alike])


@pytest.mark.parametrize("got", [2900, 2960, 3000, 3100])
def test_the_chance_is_right_for_thousands(got):
    have = np.array([[5000], [15000]])
    _, chance = compare(have, np.array([[got], [12000 - got]]))
    assert chance[0] == pytest.approx(hypergeom.cdf(got, 20000, 12000, 5000), rel=1e-6)


def test_a_group_served_far_less_is_marked_and_nobody_else():
    people = [*members(40, 15, age=70), *members(60, 50, age=30), *members(60, 50, age=50)]
    assert [g.key for g in groups(people, Axis.AGE) if g.marked] == ["65+"]


def test_a_group_that_has_fewer_options_is_not_marked_for_getting_less():
    people = [
        *members(40, 12, options=1, age=70),
        *members(40, 12, options=1, age=30),
        *members(80, 76, options=12, age=30),
    ]
    old, young = sorted(groups(people, Axis.AGE), key=lambda g: g.key, reverse=True)
    assert old.share < young.share - 0.3
    assert not old.marked


def test_a_shortfall_that_chance_explains_is_not_marked():
    old = groups([*members(8, 3, age=70), *members(60, 45, age=30)], Axis.AGE)[-1]
    assert old.expected - old.suggested >= PEOPLE
    assert not old.marked


def test_a_sure_but_small_difference_is_not_marked():
    old = next(g for g in groups([*members(900, 780, age=70), *members(900, 850, age=30)], Axis.AGE) if g.key == "65+")
    assert old.chance < 1e-6
    assert old.expected - old.suggested < SHARE * old.with_options
    assert not old.marked


def test_fewer_than_three_people_less_is_not_marked():
    old = next(g for g in groups([*members(3, 1, age=70), *members(900, 900, age=30)], Axis.AGE) if g.key == "65+")
    assert old.chance < 1e-4
    assert not old.marked


def test_the_more_groups_are_looked_at_the_surer_a_mark_must_be():
    few = [*members(16, 7, area_id="A1"), *members(240, 192, area_id="A2")]
    many = [*few[:16], *(p | {"area_id": f"B{n % 40}"} for n, p in enumerate(few[16:]))]
    one, other = groups(few, Axis.AREA)[0], groups(many, Axis.AREA)[0]
    assert one.chance == pytest.approx(other.chance)
    assert (one.marked, other.marked) == (True, False)


def test_groups_too_small_for_a_mark_do_not_ask_for_more_sureness():
    people = [*members(16, 7, area_id="A1"), *members(240, 192, area_id="A2")]
    many = [*people[:16], *(p | {"area_id": f"B{n // 2}"} for n, p in enumerate(people[16:]))]
    found = groups(many, Axis.AREA)
    assert len(found) == 121
    assert [g.key for g in found if g.marked] == ["A1"]


def test_a_second_group_need_be_less_sure_than_the_first():
    people = [*members(30, 12, age=70), *members(20, 10, age=30), *members(200, 170, age=50)]
    found = {g.key: g for g in groups(people, Axis.AGE)}
    assert 0.0125 / 3 < found["25-39"].chance < 0.0125 / 2
    assert {key for key, g in found.items() if g.marked} == {"65+", "25-39"}


def test_where_options_alone_decide_hardly_any_run_gets_a_mark():
    deal = random.Random(5)
    runs = 300
    marked = 0
    shape = [(n % 12 + 1, deal.choice((12, 20, 30, 50, 70)), f"A{deal.randrange(8)}") for n in range(240)]
    problem, pairs, _ = crowd({"options": o, "age": a, "area_id": area} for o, a, area in shape)
    both = [crowd([{"options": 1, "served": s}])[2][0] for s in (False, True)]
    for _ in range(runs):
        report = fairness(problem, pairs, [both[deal.random() < 0.3 + 0.05 * o] for o, _, _ in shape])
        marked += any(g.marked for d in report.dimensions for g in d.groups)
    assert marked <= 0.05 * runs
