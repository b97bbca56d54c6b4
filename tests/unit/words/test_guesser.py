import json

import numpy as np
import pytest

from matcher.words import WeightsError, lexicon_folder, load_lexicon
from matcher.words.features import BUCKETS, buckets
from matcher.words.guesser import WEIGHTS, TrainedGuesser, Weights, lexicon_digest
from matcher.words.training import WANTED_PRECISION, train

SMALL = {
    "plants.ini": "[花の世話]\n言葉 = 花、花壇、花を植える、花の水やり、花を育てる、草花、花がら摘み、花苗、花びん\n"
    "[野菜づくり]\n言葉 = 野菜、野菜を育てる、野菜の苗、夏野菜、冬野菜、野菜畑、葉野菜、根野菜\n",
    "repairing.ini": "[自転車の修理]\n言葉 = 自転車、自転車屋、自転車を直す、自転車整備、自転車のパンク、自転車の空気\n",
}


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lexicon")
    (folder / "activities").mkdir()
    for name, text in SMALL.items():
        (folder / "activities" / name).write_text(text, encoding="utf-8")
    return load_lexicon(folder)


@pytest.fixture(scope="module")
def trained(lexicon):
    return train(lexicon)


def test_words_made_of_known_parts_are_guessed(trained, lexicon):
    guesser = TrainedGuesser(trained.weights, lexicon)
    flower, cycle = guesser.guess(["花祭り花", "子ども自転車"])
    assert flower is None or flower.activity == "花の世話"
    assert cycle is not None and cycle.activity == "自転車の修理"
    assert trained.weights.threshold <= cycle.sureness <= 1


@pytest.mark.parametrize("phrase", ["", "。。", "ABC", "量子色力学"])
def test_what_resembles_nothing_is_not_guessed(trained, lexicon, phrase):
    assert TrainedGuesser(trained.weights, lexicon).guess([phrase]) == [None]


def test_the_same_lexicon_gives_the_same_weights(trained, lexicon, tmp_path):
    again = train(lexicon)
    trained.weights.write(tmp_path / "a.npz")
    again.weights.write(tmp_path / "b.npz")
    a, b = Weights.read(tmp_path / "a.npz"), Weights.read(tmp_path / "b.npz")
    assert (a.threshold, a.temperature, a.digest) == (b.threshold, b.temperature, b.digest)
    assert np.array_equal(a.value, b.value) and np.array_equal(a.activity, b.activity)
    guesses = [TrainedGuesser(w, lexicon).guess(["子ども自転車", "秋野菜"]) for w in (trained.weights, a)]
    assert guesses[0] == guesses[1]


def test_an_activity_that_the_lexicon_lacks_is_never_guessed(trained, tmp_path):
    (tmp_path / "activities").mkdir()
    (tmp_path / "activities" / "plants.ini").write_text(SMALL["plants.ini"], encoding="utf-8")
    assert TrainedGuesser(trained.weights, load_lexicon(tmp_path)).guess(["子ども自転車"]) == [None]


def test_the_stored_weights_are_those_of_the_lexicon():
    """Whoever changes the lexicon runs `deban train` and stores both together."""
    weights = Weights.read(lexicon_folder() / WEIGHTS)
    lexicon = load_lexicon(lexicon_folder())
    assert weights.digest == lexicon_digest(lexicon)
    assert weights.activities == lexicon.activities
    assert 0 < weights.threshold < 1
    assert WANTED_PRECISION >= 0.8


def damaged(path, **changes):
    with np.load(path) as stored:
        arrays = {k: stored[k] for k in stored.files}
    about = json.loads(arrays["about"].tobytes()) | changes.pop("about", {})
    arrays |= changes | {"about": np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)}
    np.savez(path, **arrays)


@pytest.mark.parametrize(
    "changes",
    [
        {"about": {"format": 0}},
        {"about": {"dictionary": "1999"}},
        {"about": {"activities": ["花"]}},
        {"intercept": np.zeros(1, dtype=np.float32)},
        {"first": np.zeros(3, dtype=np.int32)},
        {"value": np.zeros(1, dtype=np.int8)},
    ],
)
def test_weights_that_do_not_fit_are_refused_with_a_way_out(trained, tmp_path, changes):
    trained.weights.write(tmp_path / "w.npz")
    damaged(tmp_path / "w.npz", **changes)
    with pytest.raises(WeightsError, match="deban train"):
        Weights.read(tmp_path / "w.npz")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04broken"])
def test_a_file_that_holds_no_weights_is_refused(tmp_path, content):
    (tmp_path / "w.npz").write_bytes(content)
    with pytest.raises(WeightsError, match=r"w\.npz"):
        Weights.read(tmp_path / "w.npz")


def test_features_are_sorted_distinct_and_bounded():
    found = buckets("花壇の手入れ")
    assert (np.diff(found) > 0).all()
    assert found.min() >= 0
    assert found.max() < BUCKETS
    assert len(buckets("")) == 0
