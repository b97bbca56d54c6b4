"""What words must come to: floors under the figures of `make bench-words`, a little below what was measured last."""

from functools import cache
from pathlib import Path

import pytest

from matcher.words import default_reader
from tests.words.measures import CITIES, UNTOUCHED, Score, coverage, score, sentences, wrong_sides

READER = default_reader()


def test_the_lists_are_long_enough_to_say_something():
    assert len(sentences()) >= 200
    assert coverage(READER).all >= 400


def test_nineteen_of_twenty_sentences_are_read_on_the_right_side():
    wrong = {sentence.id for sentence, *_ in wrong_sides(READER)}
    assert len(wrong) <= 0.05 * len(sentences())


def test_what_is_refused_is_never_read_as_liked():
    assert [(s.text, part) for s, part, wanted, found in wrong_sides(READER) if wanted == "-" and found in "+~"] == []


def test_everyday_likes_and_skills_are_read():
    found = coverage(READER)
    assert found.right >= 0.88 * found.all
    assert found.wrong <= 0.03 * found.all


@cache
def scored(city: str) -> Score:
    return score(CITIES / city)


@pytest.mark.parametrize(
    ("city", "hit1", "hit3", "ndcg", "precision", "recall"),
    [
        ("shiomi", 0.88, 0.96, 0.92, 0.78, 0.82),
        ("kanase", 0.89, 0.92, 0.92, 0.87, 0.79),
        ("wakanami", 0.85, 0.96, 0.93, 0.78, 0.88),
        ("hinokizaka", 0.77, 0.88, 0.82, 0.67, 0.70),
        ("sakumo", 0.81, 0.88, 0.80, 0.77, 0.64),
        ("tekkawa", 0.73, 0.80, 0.72, 0.63, 0.63),
        ("minase", 0.61, 0.73, 0.68, 0.75, 0.48),
    ],
)
def test_towns_are_matched_as_their_coordinators_would(city, hit1, hit3, ndcg, precision, recall):
    found = scored(city)
    assert found.forbidden == 0
    assert found.hit1 >= hit1, str(found)
    assert found.hit3 >= hit3, str(found)
    assert found.ndcg >= ndcg, str(found)
    assert found.precision >= precision, str(found)
    assert found.recall >= recall, str(found)


def test_every_town_with_labels_is_measured():
    towns = {"shiomi", "kanase", "wakanami", "hinokizaka", "sakumo", "tekkawa", *UNTOUCHED}
    assert {p.parent.name for p in Path(CITIES).glob("*/labels.csv")} == towns
