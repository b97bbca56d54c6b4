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
    """Trained weights, sparse: bucket f speaks for activities `activity[first[f]:first[f + 1]]`.

    Attributes:
        rarity: (BUCKETS,) float32, how much a feature weighs.
        first: (BUCKETS + 1,) int32; activity: (N,) uint16; value: (N,) int8, times `scale`.
        intercept: (A,) float32.
        temperature, threshold: sharpness of the probabilities, and the least sureness of a guess.
        activities: names of the A activities.
        digest: of the lexicon's forms that they were trained on.
    """

    rarity: F32
    first: NDArray[np.int32]
    activity: NDArray[np.uint16]
    value: NDArray[np.int8]
    scale: float
    intercept: F32
    temperature: float
    threshold: float
    activities: tuple[str, ...]
    digest: str

    @classmethod
    def packed(
        cls,
        rarity: NDArray[np.float64],
        coefficients: NDArray[np.float64],
        least: float,
        intercept: NDArray[np.float64],
        temperature: float,
        threshold: float,
        activities: Sequence[str],
        digest: str,
    ) -> "Weights":
        """Round (BUCKETS, A) coefficients to bytes and drop those below `least` of the largest."""
        scale = float(np.abs(coefficients).max()) / 127
        rounded = np.rint(coefficients / scale).astype(np.int8)
        rounded[np.abs(coefficients) < least * scale * 127] = 0
        feature, activity = np.nonzero(rounded)
        first = np.searchsorted(feature, np.arange(len(rarity) + 1)).astype(np.int32)
        return cls(
            rarity.astype(np.float32),
            first,
            activity.astype(np.uint16),
            rounded[feature, activity],
            scale,
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
            "scale": self.scale,
            "temperature": self.temperature,
            "threshold": self.threshold,
            "activities": self.activities,
            "lexicon": self.digest,
        }
        content = BytesIO()
        np.savez_compressed(
            content,
            about=np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), dtype=np.uint8),
            rarity=self.rarity,
            first=self.first,
            activity=self.activity,
            value=self.value,
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
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                about = json.loads(stored["about"].tobytes())
                weights = cls(
                    stored["rarity"],
                    stored["first"],
                    stored["activity"],
                    stored["value"],
                    float(about["scale"]),
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
        if not weights.fits_together():
            raise WeightsError(f"学習した重み {path.name} の大きさが合いません。deban train で作りなおしてください。")
        return weights

    def fits_together(self) -> bool:
        """Whether the arrays have the sizes that they must have."""
        total = len(self.value)
        return (
            self.rarity.shape == (BUCKETS,)
            and self.first.shape == (BUCKETS + 1,)
            and int(self.first[-1]) == total == len(self.activity)
            and bool((np.diff(self.first) >= 0).all())
            and self.intercept.shape == (len(self.activities),)
            and (total == 0 or int(self.activity.max()) < len(self.activities))
        )


class TrainedGuesser:
    """Guesses by trained weights, only activities that the lexicon knows."""

    def __init__(self, weights: Weights, lexicon: Lexicon) -> None:
        self._weights = weights
        self._known = np.array([a in lexicon.index for a in weights.activities])

    def guess(self, phrases: Sequence[str]) -> list[Guess | None]:
        return [self._one(phrase) for phrase in phrases]

    def _one(self, phrase: str) -> Guess | None:
        w = self._weights
        found = buckets(phrase)
        weights = w.rarity[found]
        norm = float(np.sqrt((weights * weights).sum()))
        if norm < 1e-6:
            return None
        scores = w.intercept.copy()
        for feature, weight in zip(found.tolist(), (weights * np.float32(w.scale / norm)).tolist(), strict=True):
            own = slice(w.first[feature], w.first[feature + 1])
            scores[w.activity[own]] += w.value[own] * np.float32(weight)
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
