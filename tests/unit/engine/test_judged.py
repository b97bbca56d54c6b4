"""What is known after a change is what would be known if everything were judged anew."""

from random import Random

import numpy as np
import pytest

from matcher.engine.answer import Horizon
from matcher.engine.answers import draft, with_suggestions
from matcher.engine.assignment import Assignment
from matcher.engine.changes import Change, Newcomers, Pin, PutPerson, Seats, applied
from matcher.engine.judged import Judged
from matcher.exchange import read_bundle
from matcher.words import default_reader
from tests.bench.city import FIRST, Size, write_city
from tests.oracle.instances import instance
from tests.unit.engine.inline import InlineSolver
from tests.unit.engine.random_changes import KINDS, drawn
from tests.unit.engine.town import HORIZON, town

SMALL = Size(70, 40, 6, activities=12, municipalities=2)


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city")
    write_city(folder, SMALL)
    return Judged.of(read_bundle(folder).bundle, Horizon(FIRST, 4), default_reader())


def rows(judged: Judged):
    """Pairs by IDs, in their order."""
    problem, pairs = judged.problem, judged.pairs
    return [
        (problem.people[p].person_id, problem.openings[o].opening_id, int(fit))
        for p, o, fit in zip(pairs.person, pairs.opening, pairs.fit, strict=True)
    ]


def compare(judged: Judged, changes: list[Change]) -> Judged:
    """Judge a change both ways; the way that takes over what it can."""
    short = judged.changed(changes)
    whole = Judged.of(applied(judged.bundle, changes), judged.problem.horizon, default_reader(), judged.at_least)
    assert short.bundle == whole.bundle
    assert rows(short) == rows(whole)
    np.testing.assert_array_equal(short.pairs.first, whole.pairs.first)
    np.testing.assert_allclose(short.pairs.parts, whole.pairs.parts, atol=1e-6)
    np.testing.assert_allclose(short.pairs.avoidance, whole.pairs.avoidance, atol=1e-6)
    plan = Assignment(whole.problem, whole.pairs, InlineSolver()).finish(60)
    people = range(len(whole.problem.people))
    answers = [with_suggestions(way, [draft(way, p) for p in people], plan.taken) for way in (short, whole)]
    assert answers[0] == answers[1]
    return short


@pytest.mark.parametrize("kind", KINDS)
def test_one_change_to_a_city_is_judged_as_everything_anew(city, kind):
    for seed in range(3):
        change = drawn(kind, city.bundle, Random(f"{kind}{seed}"))
        assert change is not None
        compare(city, [change])


@pytest.mark.parametrize("seed", range(40))
def test_changes_one_after_the_other_are_judged_as_everything_anew(seed):
    small, draw = instance(seed), Random(seed)
    judged = Judged.of(small.bundle, small.horizon, default_reader())
    for kind in draw.choices(KINDS, k=5):
        change = drawn(kind, judged.bundle, draw)
        if change is not None and not _twice(change, judged):
            judged = compare(judged, [change])


def _twice(change: Change, judged: Judged) -> bool:
    """An opening that is only thought of is thought of once."""
    return getattr(change, "opening_id", "") in {h.host_id for h in judged.bundle.hosts}


def test_several_changes_at_once(city):
    draw = Random(5)
    changes = [c for kind in KINDS if (c := drawn(kind, city.bundle, draw)) is not None]
    assert len(changes) == len(KINDS)
    compare(city, changes)


def test_pairs_of_any_fit_stay_so_after_a_change():
    people = [{"person_id": "P1", "interests": "", "area_id": "", "availability": ""}]
    hosts = [{"host_id": "H1", "accepts": ""}]
    judged = Judged.of(town(people=people, hosts=hosts), HORIZON, default_reader(), 0)
    assert rows(judged)[0][2] < 200
    assert rows(compare(judged, [Seats("O1")])) == rows(judged)


def test_what_nobody_touched_is_not_judged_again(city, monkeypatch):
    judged = []
    import matcher.engine.judged as module

    original = module.judge_blocks

    def watched(problem, profiles, among, at_least):
        among = list(among)
        judged.extend(len(b.people) * len(b.openings) for b in among)
        return original(problem, profiles, among, at_least)

    monkeypatch.setattr(module, "judge_blocks", watched)
    host = city.bundle.hosts[0].host_id
    city.changed([Newcomers(host)])
    people = len(city.bundle.people)
    assert sum(judged) <= people * sum(o.host_id == host for o in city.bundle.openings)
    judged.clear()
    city.changed([PutPerson(city.bundle.people[0].model_copy(update={"contact_max": 1}))])
    assert sum(judged) <= len(city.bundle.openings)


def test_words_are_read_again_only_where_words_changed(city):
    person, opening = city.bundle.people[0], city.bundle.openings[0]
    assert city.changed([Pin(person.person_id, opening.opening_id)]).profiles.voices is city.profiles.voices
    other = PutPerson(person.model_copy(update={"interests": "将棋"}))
    assert city.changed([other]).profiles.voices is not city.profiles.voices
