"""The error carries its faults and reads as their sentences."""

import pickle

import pytest

from matcher.errors import DebanError
from matcher.times import TimesError, parse, sentence


def refused(cell: str) -> TimesError:
    with pytest.raises(TimesError) as caught:
        parse(cell)
    return caught.value


def test_the_text_is_every_sentence() -> None:
    error = refused("月\n10:00-12:00")
    assert isinstance(error, DebanError)
    assert str(error) == "".join(sentence(p) for p in error.problems)
    assert len(error.problems) == 2


def test_of_very_many_faults_the_first_ten_are_told_and_the_others_counted() -> None:
    error = refused("/".join(f"x{i}" for i in range(13)))
    assert len(error.problems) == 13
    assert str(error) == "".join(sentence(p) for p in error.problems[:10]) + "同じセルに、ほかに3か所あります。"


def test_a_refused_cell_is_refused_again_with_the_same_faults() -> None:
    assert refused("灯 10:00-12:00").problems == refused("灯 10:00-12:00").problems


def test_it_travels_between_processes() -> None:
    error = refused("灯 10:00-12:00")
    copy = pickle.loads(pickle.dumps(error))
    assert copy.problems == error.problems
    assert str(copy) == str(error)
