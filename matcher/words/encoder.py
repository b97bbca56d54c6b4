"""A site's own sentence-embedding model in place of the trained part: off unless DEBAN_ENCODER names its folder.

The folder holds `model.onnx` and `tokenizer.json`, as sentence-embedding models are commonly exported. Nothing is
downloaded. Needs the extra `deban[encoder]` (onnxruntime and tokenizers).
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.errors import DebanError
from matcher.words.guesser import Guess
from matcher.words.lexicon import Lexicon, Means

F32 = NDArray[np.float32]

VARIABLE = "DEBAN_ENCODER"
BATCH = 64
WANTED_PRECISION = 0.85  # of guesses about forms kept back, at least so many must be the activity or one next to it
NEXT_TO = 0.5
GLOSS, KEPT_BACK = 8, 3  # forms of an activity that describe it, and forms that guesses are tried on


class EncoderError(DebanError):
    """A model folder that cannot be used; names what is missing."""


class Encoder(Protocol):
    """Texts in, (n, d) vectors of unit length out."""

    def encode(self, texts: Sequence[str]) -> F32: ...


class OnnxEncoder:
    """A sentence-embedding model in ONNX form; token vectors are averaged where the model does not do so itself.

    Raises:
        EncoderError: a file is missing or damaged, the extra is not installed, or the model asks for unknown inputs.
    """

    def __init__(self, folder: Path) -> None:
        for name in ("model.onnx", "tokenizer.json"):
            if not (folder / name).is_file():
                raise EncoderError(
                    f"{VARIABLE} のフォルダ {folder} に {name} がありません。model.onnx と tokenizer.json を置いてください。"
                )
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise EncoderError(
                f"{VARIABLE} を使うには、追加の部品が要ります。pip install 'deban[encoder]' で入れてください。"
            ) from error
        try:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1  # one thread sums in one order: the same text always gives the same vector
            options.log_severity_level = 3
            self._session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # the two libraries raise what they like
            raise EncoderError(f"{VARIABLE} のモデル {folder} が読めません（{error}）。") from error
        self._tokenizer.enable_padding()
        self._tokenizer.enable_truncation(256)
        self._inputs = [i.name for i in self._session.get_inputs()]
        unknown = set(self._inputs) - {"input_ids", "attention_mask", "token_type_ids"}
        if unknown:
            raise EncoderError(
                f"{VARIABLE} のモデルは {'、'.join(sorted(unknown))} を求めていますが、渡せません。文埋め込みのモデルを置いてください。"
            )

    def encode(self, texts: Sequence[str]) -> F32:
        """(n, d) float32; a text without any known token becomes zeros."""
        parts = [self._batch(texts[i : i + BATCH]) for i in range(0, len(texts), BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, 1), dtype=np.float32)

    def _batch(self, texts: Sequence[str]) -> F32:
        read = self._tokenizer.encode_batch(list(texts))
        ids = np.array([e.ids for e in read], dtype=np.int64)
        mask = np.array([e.attention_mask for e in read], dtype=np.int64)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        output = np.asarray(self._session.run(None, {k: given[k] for k in self._inputs})[0], dtype=np.float32)
        if output.ndim == 3:
            weight = mask[:, :, None].astype(np.float32)
            output = (output * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1)
        norms = np.sqrt((output * output).sum(axis=1, keepdims=True))
        unit: F32 = np.divide(output, norms, out=np.zeros_like(output), where=norms > 1e-9)
        return unit


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """Where the activities lie in the space of a model: (A, d) of unit length, and how near a phrase must come."""

    places: F32
    threshold: float


def landmarks(encoder: Encoder, lexicon: Lexicon) -> Landmarks:
    """Place each activity by a gloss of its forms, and find the nearness from which guesses about other forms hold."""
    glosses: list[str] = []
    phrases: list[str] = []
    labels: list[int] = []
    forms: dict[str, list[str]] = {a: [] for a in lexicon.activities}
    for form in lexicon.forms:
        if form.means is Means.ACTIVITY and form.strength >= 0.8 and form.text != form.name:
            forms[form.name].append(form.text)
    for at, name in enumerate(lexicon.activities):
        back = forms[name][1 :: max(2, len(forms[name]) // KEPT_BACK)][:KEPT_BACK]
        glosses.append("、".join([name, *(f for f in forms[name] if f not in back)][: GLOSS + 1]))
        phrases += back
        labels += [at] * len(back)
    places = encoder.encode(glosses)
    near = encoder.encode(phrases) @ places.T if phrases else np.zeros((0, len(places)), dtype=np.float32)
    guess = near.argmax(axis=1)
    sure = near[np.arange(len(guess)), guess]
    right = lexicon.closeness[np.array(labels, dtype=np.int64), guess] >= NEXT_TO if len(guess) else np.zeros(0, bool)
    threshold = next(
        (
            float(t)
            for t in np.linspace(0.3, 1.0, 71)
            if (sure >= t).any() and right[sure >= t].mean() >= WANTED_PRECISION
        ),
        1.01,
    )
    return Landmarks(places, threshold)


class EncoderGuesser:
    """Guesses by nearness in the space of a sentence-embedding model."""

    def __init__(self, encoder: Encoder, lexicon: Lexicon, known: Landmarks) -> None:
        self._encoder = encoder
        self._lexicon = lexicon
        self._known = known

    def guess(self, phrase: str) -> Guess | None:
        near = self.outline(phrase)
        best = int(np.argmax(near))
        if near[best] < self._known.threshold:
            return None
        return Guess(self._lexicon.activities[best], round(min(float(near[best]), 1.0), 4))

    def avoided(self, phrase: str) -> Guess | None:
        return None  # a model of similarity says nothing of what somebody cannot bear

    def shown(self, phrase: str) -> Guess | None:
        return None

    def outline(self, text: str) -> F32:
        near: F32 = (self._encoder.encode([text]) @ self._known.places.T)[0]
        return near


def named_folder() -> Path | None:
    """The folder that DEBAN_ENCODER names; None where it is off."""
    named = os.environ.get(VARIABLE, "").strip()
    return Path(named) if named else None
