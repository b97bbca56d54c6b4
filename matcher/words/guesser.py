"""Guessing what a word means that the lexicon lacks, from trained weights; numpy alone.

A guess is an activity and how near it probably comes to what is meant; below the threshold found in training there is
none.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.errors import DebanError
from matcher.words.features import BUCKETS, features
from matcher.words.lexicon import Example, Lexicon, Means
from matcher.words.tokens import tokens
from matcher.words.vectors import Vectors

F32 = NDArray[np.float32]

FORMAT = 3
WEIGHTS = "weights.npz"
LEAST_WORTH = 0.2  # a guess that comes no nearer than this says nothing


class WeightsError(DebanError):
    """A weights file that is damaged, or of another format or dictionary."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A name (of an activity or trait) that a phrase probably means; `sureness`: how close to it, 0..1, one may expect."""

    name: str
    sureness: float


class Guesser(Protocol):
    """What a reader asks the trained part."""

    def guess(self, phrase: str) -> Guess | None:
        """The activity that a phrase that no form covers probably means; None rather than a wild guess."""
        ...

    def avoided(self, phrase: str) -> Guess | None:
        """The trait that somebody who names this as unbearable probably cannot bear."""
        ...

    def shown(self, phrase: str) -> Guess | None:
        """The trait that a catalogue's phrase probably shows."""
        ...

    def outline(self, text: str) -> F32:
        """(A,) how near a text as a whole comes to each activity of the lexicon, in its order; 0 is far."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A linear model from features to the closeness of each of its names.

    Attributes:
        value: (F, N) int8, times `scale` (F,) float32 of its feature.
        scores, worth: (K,) float32, ascending: what a best score is worth, between them linearly.
        threshold: the least score of a guess.
        names: of the N columns.
    """

    value: NDArray[np.int8]
    scale: F32
    scores: F32
    worth: F32
    threshold: float
    names: tuple[str, ...]

    @classmethod
    def packed(
        cls,
        coefficients: NDArray[np.float64],
        scores: NDArray[np.float64],
        worth: NDArray[np.float64],
        threshold: float,
        names: Sequence[str],
    ) -> "Head":
        """Round (F, N) coefficients to bytes, each feature by its own scale."""
        scale = np.maximum(np.abs(coefficients).max(axis=1, keepdims=True), 1e-9) / 127
        return cls(
            np.rint(coefficients / scale).astype(np.int8),
            scale[:, 0].astype(np.float32),
            scores.astype(np.float32),
            worth.astype(np.float32),
            threshold,
            tuple(names),
        )

    def fits_together(self) -> bool:
        """Whether the arrays have the sizes that they must have."""
        return (
            self.value.ndim == 2
            and self.value.shape[1] == len(self.names)
            and self.value.shape[0] == len(self.scale) > BUCKETS
            and len(self.scores) == len(self.worth) > 0
            and bool((np.diff(self.scores) >= 0).all())
        )


HEADS = ("activity", "avoided", "shown")
_ARRAYS = ("value", "scale", "scores", "worth")


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Trained weights: a head for activities, one for traits that people avoid, one for traits that catalogues show.

    `digest`: of what they were trained on.
    """

    heads: dict[str, Head]
    digest: str

    def write(self, path: Path) -> None:
        about = {
            "format": FORMAT,
            "dictionary": version("sudachidict_core"),
            "tokenizer": version("sudachipy"),
            "trained_on": self.digest,
            "heads": {name: {"threshold": h.threshold, "names": h.names} for name, h in self.heads.items()},
        }
        arrays = {f"{name}_{part}": getattr(head, part) for name, head in self.heads.items() for part in _ARRAYS}
        content = BytesIO()
        written = json.dumps(about, ensure_ascii=False).encode()
        np.savez_compressed(content, about=np.frombuffer(written, dtype=np.uint8), **arrays)
        path.write_bytes(content.getvalue())

    @classmethod
    def read(cls, path: Path) -> "Weights":
        """Read weights.

        Raises:
            WeightsError: the file is no weights file, or made with another format, dictionary or tokenizer.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                about = json.loads(stored["about"].tobytes())
                made_with = about.get("format"), about.get("dictionary"), about.get("tokenizer")
                if made_with == (FORMAT, version("sudachidict_core"), version("sudachipy")):
                    heads = {
                        name: Head(
                            **{part: stored[f"{name}_{part}"] for part in _ARRAYS},
                            threshold=float(about["heads"][name]["threshold"]),
                            names=tuple(about["heads"][name]["names"]),
                        )
                        for name in HEADS
                    }
                    if not all(head.fits_together() for head in heads.values()):
                        raise ValueError("the arrays differ in size")
                    return cls(heads, str(about["trained_on"]))
        except Exception as error:  # zip, numpy and json each have errors of their own
            raise WeightsError(
                f"学習した重み {path.name} が読めません。deban train で作りなおしてください。"
            ) from error
        raise WeightsError(
            f"学習した重み {path.name} は、いまとちがう辞書で作られています。deban train で作りなおしてください。"
        )


class _Model:
    """A head ready for use: its names in the lexicon's order, unknown ones left out."""

    def __init__(self, head: Head, size: int, names: Sequence[str]) -> None:
        at = {name: i for i, name in enumerate(names)}
        known = [i for i, name in enumerate(head.names) if name in at]
        whole = np.zeros((len(head.scale), len(names)), dtype=np.float32)
        whole[:, [at[head.names[i]] for i in known]] = head.value[:, known]
        whole *= head.scale[:, None]
        self._placed, self._spelt = whole[:size], whole[size:]
        self._head, self._names = head, tuple(names)

    def scores(self, found: F32) -> F32:
        size = len(self._placed)
        spelt = np.flatnonzero(found[size:])
        scores: F32 = found[:size] @ self._placed + found[size:][spelt] @ self._spelt[spelt]
        return scores

    def best(self, scores: F32) -> Guess | None:
        at = int(np.argmax(scores))
        if scores[at] < self._head.threshold:
            return None
        worth = float(np.interp(scores[at], self._head.scores, self._head.worth))
        return Guess(self._names[at], round(worth, 4)) if worth >= LEAST_WORTH else None


class TrainedGuesser:
    """Guesses by trained weights, only what the lexicon knows.

    Raises:
        WeightsError: the weights were trained on vectors of another size.
    """

    def __init__(self, weights: Weights, vectors: Vectors, lexicon: Lexicon) -> None:
        size = vectors.places.shape[1]
        if any(len(head.scale) != size + BUCKETS for head in weights.heads.values()):
            raise WeightsError("学習した重みが単語ベクトルと合いません。deban train で作りなおしてください。")
        traits = tuple(lexicon.traits)
        self._activity = _Model(weights.heads["activity"], size, lexicon.activities)
        self._avoided = _Model(weights.heads["avoided"], size, traits)
        self._shown = _Model(weights.heads["shown"], size, traits)
        self._vectors = vectors
        self._outlined = lru_cache(maxsize=8192)(self._outline)
        self._described = lru_cache(maxsize=64)(self._features)  # a piece is asked about activities and traits

    def guess(self, phrase: str) -> Guess | None:
        return self._activity.best(self._outlined(phrase))

    def avoided(self, phrase: str) -> Guess | None:
        return self._avoided.best(self._avoided.scores(self._described(phrase)))

    def shown(self, phrase: str) -> Guess | None:
        return self._shown.best(self._shown.scores(self._described(phrase)))

    def outline(self, text: str) -> F32:
        return self._outlined(text)

    def _features(self, text: str) -> F32:
        return features(text, tokens(text, by_itself=True), self._vectors)

    def _outline(self, text: str) -> F32:
        return self._activity.scores(self._described(text))


def training_digest(lexicon: Lexicon, examples: Sequence[Example], vectors: Vectors) -> str:
    """Of what is trained on: says whether weights are those of this lexicon."""
    made = hashlib.sha256(vectors.keys.tobytes() + vectors.row.tobytes() + vectors.places.tobytes())
    for form in sorted(f for f in lexicon.forms if f.means in (Means.ACTIVITY, Means.AVOIDED, Means.SHOWN)):
        made.update(f"{form.text}\t{form.means}\t{form.name}\t{form.strength}\n".encode())
    for example in examples:
        made.update(f"{example.text}\t{sorted(example.activities.items())}\n".encode())
    return made.hexdigest()
