import json
from dataclasses import replace

import numpy as np
import pytest

from matcher.words import WeightsError, lexicon_folder, load_lexicon
from matcher.words.features import BUCKETS, features
from matcher.words.guesser import HEADS, WEIGHTS, TrainedGuesser, Weights, training_digest
from matcher.words.lexicon import Example, load_examples
from matcher.words.start import stored_vectors
from matcher.words.tokens import tokens
from matcher.words.training import WANTED_PRECISION, train

SMALL = {
    "plants.ini": "[花の世話]\n言葉 = 花、花壇、花を植える、花の水やり、花を育てる、草花、花がら摘み、花苗、花びん\n"
    "[野菜づくり]\n言葉 = 野菜、野菜を育てる、野菜の苗、夏野菜、冬野菜、野菜畑、葉野菜、根野菜\n",
    "repairing.ini": "[自転車の修理]\n言葉 = 自転車、自転車屋、自転車を直す、自転車整備、自転車のパンク、自転車の空気\n",
}

TRAITS = (
    "[大きな音]\n避ける言葉 = 騒音、大きな音、爆音、うるさい所\n現れる言葉 = 太鼓、マイク、エンジンの音、歓声\n"
    "[水]\n避ける言葉 = 水、濡れること、泳ぐこと、水たまり\n現れる言葉 = プール、川、ホース、びしょぬれ\n"
)
EXAMPLES = (Example("苗に朝の水をやる", {"花の世話": 1.0, "野菜づくり": 0.6}),)


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lexicon")
    (folder / "activities").mkdir()
    for name, text in SMALL.items():
        (folder / "activities" / name).write_text(text, encoding="utf-8")
    (folder / "traits.ini").write_text(TRAITS, encoding="utf-8")
    return load_lexicon(folder)


@pytest.fixture(scope="module")
def trained(lexicon):
    return train(lexicon, EXAMPLES, stored_vectors())


@pytest.fixture(scope="module")
def guesser(trained, lexicon):
    return TrainedGuesser(trained.weights, stored_vectors(), lexicon)


def nearest(guesser, lexicon, text):
    return lexicon.activities[int(guesser.outline(text).argmax())]


@pytest.mark.parametrize(
    ("phrase", "activity"),
    [
        ("子ども自転車", "自転車の修理"),
        ("アサガオ", "花の世話"),
        ("ほうれん草", "野菜づくり"),
        ("スポーク", "自転車の修理"),
    ],
)
def test_words_never_seen_are_placed_by_spelling_and_by_use(guesser, lexicon, phrase, activity):
    assert nearest(guesser, lexicon, phrase) == activity


def test_traits_are_guessed_from_each_side(guesser):
    avoided, shown = guesser.avoided("騒がしい音"), guesser.shown("池とプール")
    assert avoided is not None and avoided.name == "大きな音"
    assert shown is not None and shown.name == "水"


def test_an_example_teaches_all_that_it_names(guesser, lexicon):
    outline = dict(zip(lexicon.activities, guesser.outline("苗に朝の水をやる").tolist(), strict=True))
    assert outline["花の世話"] > outline["野菜づくり"] > outline["自転車の修理"]


def test_a_guess_is_the_nearest_activity_and_says_how_near(guesser, lexicon):
    guess = guesser.guess("花を植える庭")
    assert guess is not None
    assert guess.name == nearest(guesser, lexicon, "花を植える庭")
    assert 0 < guess.sureness <= 1


@pytest.mark.parametrize("phrase", ["", "。。", "ABC", "とはいえ"])
def test_what_resembles_nothing_is_not_guessed(guesser, phrase):
    assert guesser.guess(phrase) is None


def test_the_same_lexicon_gives_the_same_weights(trained, lexicon, tmp_path):
    again = train(lexicon, EXAMPLES, stored_vectors())
    trained.weights.write(tmp_path / "a.npz")
    again.weights.write(tmp_path / "b.npz")
    a, b = Weights.read(tmp_path / "a.npz"), Weights.read(tmp_path / "b.npz")
    assert a.digest == b.digest
    for name in HEADS:
        one, other = a.heads[name], b.heads[name]
        assert one.threshold == other.threshold
        assert np.array_equal(one.value, other.value) and np.array_equal(one.worth, other.worth)


def test_an_activity_that_the_lexicon_lacks_is_never_guessed(trained, tmp_path):
    (tmp_path / "activities").mkdir()
    (tmp_path / "activities" / "plants.ini").write_text(SMALL["plants.ini"], encoding="utf-8")
    smaller = load_lexicon(tmp_path)
    outline = TrainedGuesser(trained.weights, stored_vectors(), smaller).outline("自転車のパンク")
    assert len(outline) == len(smaller.activities)


def test_weights_of_other_vectors_are_refused(trained, lexicon):
    vectors = stored_vectors()
    narrow = replace(vectors, places=vectors.places[:, :5])
    with pytest.raises(WeightsError, match="deban train"):
        TrainedGuesser(trained.weights, narrow, lexicon)


def test_the_stored_weights_are_those_of_the_lexicon():
    """Whoever changes the lexicon runs `deban train` and stores both together."""
    weights = Weights.read(lexicon_folder() / WEIGHTS)
    lexicon = load_lexicon(lexicon_folder())
    examples = load_examples(lexicon, lexicon_folder())
    assert weights.digest == training_digest(lexicon, examples, stored_vectors())
    assert weights.heads["activity"].names == lexicon.activities
    assert all(0 < head.threshold < 1 for head in weights.heads.values())
    assert WANTED_PRECISION >= 0.7


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
        {"about": {"heads": {}}},
        {"activity_scale": np.zeros(1, dtype=np.float32)},
        {"avoided_scores": np.zeros(0, dtype=np.float32)},
        {"shown_scores": np.array([1, 0], dtype=np.float32), "shown_worth": np.zeros(2, dtype=np.float32)},
        {"activity_value": np.zeros(1, dtype=np.int8)},
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


def test_features_are_of_unit_length_each_and_empty_for_grammar():
    vectors = stored_vectors()
    size = vectors.places.shape[1]
    found = features("花壇の手入れ", tokens("花壇の手入れ"), vectors)
    assert found.shape == (size + BUCKETS,)
    assert np.linalg.norm(found[:size]) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(found[size:]) == pytest.approx(0.7, abs=1e-5)
    assert not features("", [], vectors).any()
