"""Guessing what a word means that the lexicon lacks, from trained weights; numpy alone.

A guess is an activity and how sure it is; below the threshold found in training there is none.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.errors import DebanError
from matcher.words.features import BUCKETS, buckets
from matcher.words.lexicon import Lexicon, Means

F32 = NDArray[np.float32]

FORMAT = 1
WEIGHTS = "weights.npz"


class WeightsError(DebanError):
    """A weights file that is damaged, or of another format or dictionary."""


@dataclass(frozen=True, slots=True)
class Guess:
    """An activity of the lexicon that a phrase probably means; `sureness` from 0 to 1."""

    activity: str
    sureness: float


class Guesser(Protocol):
    """What a reader asks about a phrase that it cannot read: a guess, or None rather than a wild one."""

    def guess(self, phrases: Sequence[str]) -> list[Guess | None]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Trained weights.

    Attributes:
        projection: (BUCKETS, D) int8, per column times `scale` (D,).
        coefficients, intercept: (D, A) and (A,) float32.
        temperature, threshold: sharpening of the probabilities, and the least sureness of a guess.
        activities: names of the A columns.
        digest: of the lexicon's forms that they were trained on.
    """

    projection: NDArray[np.int8]
    scale: F32
    coefficients: F32
    intercept: F32
    temperature: float
    threshold: float
    activities: tuple[str, ...]
    digest: str

    @classmethod
    def packed(
        cls,
        projection: NDArray[np.float64],
        coefficients: NDArray[np.float64],
        intercept: NDArray[np.float64],
        temperature: float,
        threshold: float,
        activities: Sequence[str],
        digest: str,
    ) -> "Weights":
        """Round the projection to bytes: what is lost is far below what a guess depends on."""
        scale = np.maximum(np.abs(projection).max(axis=0), 1e-9) / 127
        return cls(
            np.rint(projection / scale).astype(np.int8),
            scale.astype(np.float32),
            coefficients.astype(np.float32),
            intercept.astype(np.float32),
            temperature,
            threshold,
            tuple(activities),
            digest,
        )

    def write(self, path: Path) -> None:
        about = {
            "format": FORMAT,
            "dictionary": version("sudachidict_core"),
            "tokenizer": version("sudachipy"),
            "temperature": self.temperature,
            "threshold": self.threshold,
            "activities": self.activities,
            "lexicon": self.digest,
        }
        content = BytesIO()
        np.savez_compressed(
            content,
            about=np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), dtype=np.uint8),
            projection=self.projection,
            scale=self.scale,
            coefficients=self.coefficients,
            intercept=self.intercept,
        )
        path.write_bytes(content.getvalue())

    @classmethod
    def read(cls, path: Path) -> "Weights":
        """Read weights.

        Raises:
            WeightsError: the file is no weights file, or made with another format, dictionary or tokenizer.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                about = json.loads(stored["about"].tobytes())
                weights = cls(
                    stored["projection"],
                    stored["scale"],
                    stored["coefficients"],
                    stored["intercept"],
                    float(about["temperature"]),
                    float(about["threshold"]),
                    tuple(about["activities"]),
                    str(about["lexicon"]),
                )
        except Exception as error:  # zip, numpy and json each have errors of their own
            raise WeightsError(
                f"学習した重み {path.name} が読めません。deban train で作りなおしてください。"
            ) from error
        made_with = about.get("format"), about.get("dictionary"), about.get("tokenizer")
        if made_with != (FORMAT, version("sudachidict_core"), version("sudachipy")):
            raise WeightsError(
                f"学習した重み {path.name} は、いまとちがう辞書で作られています。deban train で作りなおしてください。"
            )
        shapes = weights.projection.shape, weights.coefficients.shape, weights.intercept.shape
        size, count = len(weights.scale), len(weights.activities)
        if shapes != ((BUCKETS, size), (size, count), (count,)):
            raise WeightsError(f"学習した重み {path.name} の大きさが合いません。deban train で作りなおしてください。")
        return weights


class TrainedGuesser:
    """Guesses by trained weights, only activities that the lexicon knows."""

    def __init__(self, weights: Weights, lexicon: Lexicon) -> None:
        self._weights = weights
        self._known = np.array([a in lexicon.index for a in weights.activities])

    def guess(self, phrases: Sequence[str]) -> list[Guess | None]:
        return [self._one(phrase) for phrase in phrases]

    def _one(self, phrase: str) -> Guess | None:
        w = self._weights
        rows = w.projection[buckets(phrase)].astype(np.float32)
        place = rows.sum(axis=0) * w.scale
        norm = float(np.sqrt((place * place).sum()))
        if norm < 1e-6:
            return None
        scores = (place / norm) @ w.coefficients + w.intercept
        odds = np.exp((scores - scores.max()) * np.float32(w.temperature))
        best = int(np.argmax(odds))
        sureness = float(odds[best] / odds.sum())
        if sureness < w.threshold or not self._known[best]:
            return None
        return Guess(w.activities[best], round(sureness, 4))


def lexicon_digest(lexicon: Lexicon) -> str:
    """Of the forms that are trained on: says whether weights are those of this lexicon."""
    made = hashlib.sha256()
    for form in sorted(f for f in lexicon.forms if f.means is Means.ACTIVITY):
        made.update(f"{form.text}\t{form.name}\t{form.strength}\n".encode())
    return made.hexdigest()
