import json

import msgpack
import numpy as np
import pytest

from matcher.words.start import stored_vectors
from matcher.words.tokens import tokens
from matcher.words.vectors import Vectors, VectorsError, unit
from matcher.words.vectors_import import string_key, vectors_from

PLACES = np.array([[3, 1, 0], [2.9, 1.2, 0], [0, 1, 4], [9, 9, 9]], dtype=np.float32)
ROWS = {"花": 0, "草": 1, "自転車": 2}


@pytest.fixture
def small():
    return Vectors.packed(ROWS, PLACES, "made for the test")


def test_each_word_has_its_row_and_unknown_words_have_none(small):
    assert [small.of(w) for w in ROWS] == [0, 1, 2]
    assert small.of("将棋") == -1
    assert len(small.places) == 3  # nothing is kept that no word points to


def test_the_mean_has_unit_length_and_leaves_out_what_is_unknown(small):
    flower, both = small.mean(tokens("花")), small.mean(tokens("花と将棋"))
    assert np.linalg.norm(flower) == pytest.approx(1)
    assert np.array_equal(flower, both)
    assert not small.mean(tokens("将棋")).any()


def test_words_that_are_used_alike_lie_near_each_other(small):
    flower, grass, cycle = (small.mean(tokens(w)) for w in ROWS)
    assert flower @ grass > flower @ cycle


def test_what_is_written_is_read_again(small, tmp_path):
    small.write(tmp_path / "v.npz")
    again = Vectors.read(tmp_path / "v.npz")
    assert again.source == small.source
    for one, other in ((again.keys, small.keys), (again.row, small.row), (again.places, small.places)):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04broken"])
def test_a_file_that_holds_no_vectors_is_refused(tmp_path, content):
    (tmp_path / "v.npz").write_bytes(content)
    with pytest.raises(VectorsError, match=r"v\.npz"):
        Vectors.read(tmp_path / "v.npz")


@pytest.mark.parametrize(
    "changes",
    [
        {"keys": np.zeros(1, dtype=np.uint32)},
        {"row": np.array([0, 1, 9], dtype=np.uint16)},
        {"places": np.zeros(3, dtype=np.int8)},
        {"about": np.frombuffer(b'{"format": 0, "source": ""}', dtype=np.uint8)},
    ],
)
def test_parts_that_do_not_fit_are_refused(small, tmp_path, changes):
    small.write(tmp_path / "v.npz")
    with np.load(tmp_path / "v.npz") as stored:
        arrays = {k: stored[k] for k in stored.files} | changes
    np.savez(tmp_path / "v.npz", **arrays)
    with pytest.raises(VectorsError, match="合いません"):
        Vectors.read(tmp_path / "v.npz")


def test_zeros_stay_zeros():
    assert not unit(np.zeros(3, dtype=np.float32)).any()


def test_the_stored_vectors_know_everyday_words_and_where_they_come_from():
    stored = stored_vectors()
    assert "chiVe" in stored.source
    sewing, knitting, shogi = (stored.mean(tokens(w)) for w in ("裁縫", "編み物", "将棋"))
    assert sewing @ knitting > 0.5 > sewing @ shogi


# --- made from a spaCy vocabulary


def folder_of(path, words):
    path.mkdir()
    (path / "strings.json").write_text(json.dumps([*words, "どこにもない"]), encoding="utf-8")
    (path / "key2row").write_bytes(msgpack.packb({string_key(w): r for w, r in words.items()}))
    with (path / "vectors").open("wb") as file:
        np.save(file, PLACES)
    return path


@pytest.mark.parametrize(
    ("text", "key"),
    [("花", 3507598157659622480), ("ミシン掛けをする", 1633759042349332730)],  # as spaCy 3.8 gives them
)
def test_strings_have_the_keys_that_spacy_gives_them(text, key):
    assert string_key(text) == key


def test_words_of_the_dictionary_are_kept_and_names_and_figures_are_not(tmp_path):
    words = {"花": 0, "編む": 1, "東京": 2, "ギョルム": 2, "三": 3, "花見て": 3}
    made = vectors_from(folder_of(tmp_path / "vocab", words), "here")
    assert made.of("花") >= 0 and made.of("編む") >= 0
    assert all(made.of(w) == -1 for w in ("東京", "ギョルム", "三", "花見て", "どこにもない"))


def test_a_folder_that_is_no_vocabulary_is_named(tmp_path):
    with pytest.raises(VectorsError, match="vocab"):
        vectors_from(tmp_path, "here")


def test_a_vocabulary_without_japanese_words_is_told(tmp_path):
    with pytest.raises(VectorsError, match="単語がありません"):
        vectors_from(folder_of(tmp_path / "vocab", {"qwxz": 0}), "here")
