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
from matcher.words.lexicon import Lexicon, Means
from matcher.words.tokens import tokens
from matcher.words.vectors import Vectors

F32 = NDArray[np.float32]

FORMAT = 2
WEIGHTS = "weights.npz"
LEAST_WORTH = 0.2  # a guess that comes no nearer than this says nothing


class WeightsError(DebanError):
    """A weights file that is damaged, or of another format or dictionary."""


@dataclass(frozen=True, slots=True)
class Guess:
    """An activity of the lexicon that a phrase probably means; `sureness`: how close to it, 0..1, one may expect."""

    activity: str
    sureness: float


class Guesser(Protocol):
    """What a reader asks the trained part."""

    def guess(self, phrase: str) -> Guess | None:
        """What a phrase that no form covers probably means; None rather than a wild guess."""
        ...

    def outline(self, text: str) -> F32:
        """(A,) how near a text as a whole comes to each activity of the lexicon, in its order; 0 is far."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Trained weights of a linear model from features to the closeness of each activity.

    Attributes:
        value: (F, A) int8, times `scale` (F,) float32 of its feature.
        scores, closeness: (K,) float32, ascending: what a best score is worth, between them linearly.
        threshold: the least score of a guess.
        activities: names of the A activities.
        digest: of the lexicon's forms, and the vectors, that they were trained on.
    """

    value: NDArray[np.int8]
    scale: F32
    scores: F32
    closeness: F32
    threshold: float
    activities: tuple[str, ...]
    digest: str

    @classmethod
    def packed(
        cls,
        coefficients: NDArray[np.float64],
        scores: NDArray[np.float64],
        closeness: NDArray[np.float64],
        threshold: float,
        activities: Sequence[str],
        digest: str,
    ) -> "Weights":
        """Round (F, A) coefficients to bytes, each feature by its own scale."""
        scale = np.maximum(np.abs(coefficients).max(axis=1, keepdims=True), 1e-9) / 127
        return cls(
            np.rint(coefficients / scale).astype(np.int8),
            scale[:, 0].astype(np.float32),
            scores.astype(np.float32),
            closeness.astype(np.float32),
            threshold,
            tuple(activities),
            digest,
        )

    def write(self, path: Path) -> None:
        about = {
            "format": FORMAT,
            "dictionary": version("sudachidict_core"),
            "tokenizer": version("sudachipy"),
            "threshold": self.threshold,
            "activities": self.activities,
            "trained_on": self.digest,
        }
        content = BytesIO()
        np.savez_compressed(
            content,
            about=np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), dtype=np.uint8),
            value=self.value,
            scale=self.scale,
            scores=self.scores,
            closeness=self.closeness,
        )
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
                    weights = cls(
                        stored["value"],
                        stored["scale"],
                        stored["scores"],
                        stored["closeness"],
                        float(about["threshold"]),
                        tuple(about["activities"]),
                        str(about["trained_on"]),
                    )
                    if not weights.fits_together():
                        raise ValueError("the arrays differ in size")
                    return weights
        except Exception as error:  # zip, numpy and json each have errors of their own
            raise WeightsError(
                f"学習した重み {path.name} が読めません。deban train で作りなおしてください。"
            ) from error
        raise WeightsError(
            f"学習した重み {path.name} は、いまとちがう辞書で作られています。deban train で作りなおしてください。"
        )

    def fits_together(self) -> bool:
        """Whether the arrays have the sizes that they must have."""
        return (
            self.value.ndim == 2
            and self.value.shape[1] == len(self.activities)
            and self.value.shape[0] == len(self.scale) > BUCKETS
            and len(self.scores) == len(self.closeness) > 0
            and bool((np.diff(self.scores) >= 0).all())
        )


class TrainedGuesser:
    """Guesses by trained weights, only activities that the lexicon knows.

    Raises:
        WeightsError: the weights were trained on vectors of another size.
    """

    def __init__(self, weights: Weights, vectors: Vectors, lexicon: Lexicon) -> None:
        size = vectors.places.shape[1]
        if len(weights.scale) != size + BUCKETS:
            raise WeightsError("学習した重みが単語ベクトルと合いません。deban train で作りなおしてください。")
        known = [at for at, a in enumerate(weights.activities) if a in lexicon.index]
        whole = np.zeros((len(weights.scale), len(lexicon.activities)), dtype=np.float32)
        whole[:, [lexicon.index[weights.activities[at]] for at in known]] = weights.value[:, known]
        whole *= weights.scale[:, None]
        self._placed, self._spelt = whole[:size], whole[size:]
        self._weights = weights
        self._activities = lexicon.activities
        self._vectors = vectors
        self._outlined = lru_cache(maxsize=65536)(self._outline)

    def guess(self, phrase: str) -> Guess | None:
        scores = self._outlined(phrase)
        best = int(np.argmax(scores))
        if scores[best] < self._weights.threshold:
            return None
        worth = float(np.interp(scores[best], self._weights.scores, self._weights.closeness))
        return Guess(self._activities[best], round(worth, 4)) if worth >= LEAST_WORTH else None

    def outline(self, text: str) -> F32:
        return self._outlined(text)

    def _outline(self, text: str) -> F32:
        found = features(text, tokens(text, by_itself=True), self._vectors)
        size = len(self._placed)
        spelt = np.flatnonzero(found[size:])
        scores: F32 = found[:size] @ self._placed + found[size:][spelt] @ self._spelt[spelt]
        return scores


def training_digest(lexicon: Lexicon, vectors: Vectors) -> str:
    """Of what is trained on, forms and vectors: says whether weights are those of this lexicon."""
    made = hashlib.sha256(vectors.keys.tobytes() + vectors.row.tobytes() + vectors.places.tobytes())
    for form in sorted(f for f in lexicon.forms if f.means is Means.ACTIVITY):
        made.update(f"{form.text}\t{form.name}\t{form.strength}\n".encode())
    return made.hexdigest()
