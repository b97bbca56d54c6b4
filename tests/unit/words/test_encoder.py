"""A site's own sentence-embedding model, tried on a tiny one made here: each character is a direction of its own."""

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from matcher.words import EncoderError, default_reader, load_lexicon
from matcher.words.encoder import VARIABLE, EncoderGuesser, OnnxEncoder, landmarks
from matcher.words.reading import Kind

LETTERS = "花野菜自転車をの育てる直す苗畑屋空気。、"


def make_model(folder, *, pooled: bool = False, inputs: tuple[str, ...] = ("input_ids", "attention_mask")) -> None:
    """A model that looks each token up in a table; `pooled` ones average by themselves."""
    folder.mkdir(parents=True, exist_ok=True)
    size = len(LETTERS) + 2
    table = numpy_helper.from_array(np.eye(size, dtype=np.float32), "table")
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["tokens"])]
    output, dims = "tokens", ["batch", "length", size]
    if pooled:
        nodes.append(helper.make_node("ReduceMean", ["tokens"], ["pooled"], axes=[1], keepdims=0))
        output, dims = "pooled", ["batch", size]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(i, TensorProto.INT64, ["batch", "length"]) for i in inputs],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, dims)],
        [table],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=9)
    onnx.save(model, folder / "model.onnx")
    vocabulary = {"[PAD]": 0, "[UNK]": 1} | {c: i for i, c in enumerate(LETTERS, start=2)}
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "NFKC"},
        "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "."}, "behavior": "Isolated", "invert": False},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    make_model(tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def lexicon(tmp_path):
    (tmp_path / "lexicon" / "activities").mkdir(parents=True)
    (tmp_path / "lexicon" / "activities" / "all.ini").write_text(
        "[花]\n言葉 = 花を育てる、花の苗、花の花、花花、花を花\n[野菜]\n言葉 = 野菜の苗、野菜畑、野菜の野菜、野菜を育てる\n"
        "[自転車]\n言葉 = 自転車屋、自転車を直す、自転車の自転車、自転車の空気\n",
        encoding="utf-8",
    )
    return load_lexicon(tmp_path / "lexicon")


def test_vectors_have_unit_length_and_padding_changes_nothing(folder):
    encoder = OnnxEncoder(folder)
    alone, together = encoder.encode(["花"]), encoder.encode(["花", "自転車を直す"])
    assert np.allclose(np.linalg.norm(together, axis=1), 1)
    assert np.allclose(alone[0], together[0])
    assert encoder.encode([]).shape[0] == 0


def test_a_model_that_averages_by_itself_is_taken_as_it_is(tmp_path):
    make_model(tmp_path, pooled=True)
    assert OnnxEncoder(tmp_path).encode(["花", "苗"]).shape == (2, len(LETTERS) + 2)


def test_many_texts_go_through_in_batches(folder):
    encoder = OnnxEncoder(folder)
    texts = ["花", "野菜", "自転車"] * 50
    assert np.allclose(encoder.encode(texts)[:3], encoder.encode(texts[:3]))


def test_near_phrases_are_guessed_and_far_ones_are_not(folder, lexicon):
    encoder = OnnxEncoder(folder)
    guesser = EncoderGuesser(encoder, lexicon, landmarks(encoder, lexicon))
    near, far = guesser.guess("自転車自転車"), guesser.guess("。、")
    assert near is not None and near.name == "自転車"
    assert far is None
    assert lexicon.activities[int(guesser.outline("野菜畑の野菜").argmax())] == "野菜"


def test_it_is_off_unless_named(monkeypatch, folder, tmp_path):
    monkeypatch.setenv("DEBAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv(VARIABLE, raising=False)
    plain = default_reader()
    monkeypatch.setenv(VARIABLE, str(folder))
    named = default_reader()
    assert type(plain.guesser).__name__ == "TrainedGuesser"
    assert type(named.guesser).__name__ == "EncoderGuesser"
    read = [{(m.activity, m.words) for m in r.read("花の世話が好き", Kind.INTEREST).mentions} for r in (plain, named)]
    assert read[0] == read[1] != set()


@pytest.mark.parametrize("missing", ["model.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(folder, missing):
    (folder / missing).unlink()
    with pytest.raises(EncoderError, match=missing):
        OnnxEncoder(folder)


@pytest.mark.parametrize("broken", ["model.onnx", "tokenizer.json"])
def test_a_damaged_file_is_told(folder, broken):
    (folder / broken).write_bytes(b"nothing of the kind")
    with pytest.raises(EncoderError, match="読めません"):
        OnnxEncoder(folder)


def test_a_model_that_asks_for_more_than_text_is_refused(tmp_path):
    make_model(tmp_path, inputs=("input_ids", "pixel_values"))
    with pytest.raises(EncoderError, match="pixel_values"):
        OnnxEncoder(tmp_path)
