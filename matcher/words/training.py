"""Training of the part that guesses words which the lexicon lacks. Needs scikit-learn (`deban[train]`); reading does not.

A linear model learns, from the forms of all activities, how close a phrase comes to each of them. What a guess is worth
is measured on forms whose words the model never saw in any other form, since words that the lexicon lacks are what it
is for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import Ridge

from matcher.words.features import features
from matcher.words.guesser import Weights, training_digest
from matcher.words.lexicon import Lexicon, Means
from matcher.words.tokens import normalise, tokens
from matcher.words.vectors import Vectors, content_words

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]
Ints = NDArray[np.int64]

PENALTY = 3.0  # of large coefficients: less overfits the few forms of small activities
FOLDS = 5
WANTED_PRECISION = 0.75  # of guesses that are made, at least so many are the activity or one next to it
NEXT_TO = 0.4  # closeness from which another activity counts as right
STEPS = 33  # points of the curve that says what a score is worth


@dataclass(frozen=True, slots=True)
class Trained:
    """Weights, and what guesses at words never seen say of them."""

    weights: Weights
    forms: int
    tried: int  # forms of words never seen
    precision: float  # of the guesses that were made
    made: float  # share of those forms for which a guess was made


def train(lexicon: Lexicon, vectors: Vectors) -> Trained:
    """Train on the forms of the lexicon's activities. The same lexicon and vectors give the same weights."""
    phrases, labels, sure = _examples(lexicon)
    morphemes = [tokens(p, by_itself=True) for p in phrases]
    described = np.array([features(p, own, vectors) for p, own in zip(phrases, morphemes, strict=True)])
    wanted = lexicon.closeness[labels]
    words = [{w.normal for w in content_words(own)} for own in morphemes]
    tried: list[Ints] = []
    guessed: list[F64] = []
    for fold in range(FOLDS):
        kept_back = [{crc32(w.encode()) % FOLDS == fold for w in own} for own in words]
        seen = np.array([i for i, own in enumerate(kept_back) if own == {False}], dtype=np.int64)
        unseen = np.array([i for i, own in enumerate(kept_back) if own == {True}], dtype=np.int64)
        if len(seen) and len(unseen):
            tried.append(unseen)
            guessed.append(described[unseen] @ _fit(described[seen], wanted[seen], sure[seen]))
    at = np.concatenate(tried) if tried else np.zeros(0, dtype=np.int64)
    scores = np.concatenate(guessed) if guessed else np.zeros((0, len(lexicon.activities)))
    best, score = scores.argmax(axis=1), scores.max(axis=1) if len(at) else np.zeros(0)
    worth = _worth([phrases[i] for i in at], phrases, labels, best, lexicon)
    points, closeness = _curve(score, worth)
    threshold, precision, made = _threshold(score, worth >= NEXT_TO)
    weights = Weights.packed(
        coefficients=_fit(described, wanted, sure),
        scores=points,
        closeness=closeness,
        threshold=threshold,
        activities=lexicon.activities,
        digest=training_digest(lexicon, vectors),
    )
    return Trained(weights, len(phrases), len(at), precision, made)


def _examples(lexicon: Lexicon) -> tuple[list[str], Ints, F64]:
    """Forms, the activity of each, and how surely it is meant."""
    best: dict[tuple[str, int], float] = {}
    for form in lexicon.forms:
        if form.means is Means.ACTIVITY:
            key = normalise(form.text), lexicon.index[form.name]
            best[key] = max(best.get(key, 0.0), form.strength)
    ordered = sorted(best)
    return [p for p, _ in ordered], np.array([a for _, a in ordered]), np.array([best[k] for k in ordered])


def _fit(described: F32, wanted: F32, sure: F64) -> F64:
    """(F, A) coefficients."""
    model = Ridge(alpha=PENALTY, fit_intercept=False, solver="cholesky")
    model.fit(described.astype(np.float64), wanted.astype(np.float64), sample_weight=sure)
    coefficients: F64 = model.coef_.T
    return coefficients


def _worth(tried: Sequence[str], phrases: Sequence[str], labels: Ints, guesses: Ints, lexicon: Lexicon) -> F64:
    """How close each guess is to an activity that the form stands for, 0..1."""
    holders: dict[str, list[int]] = {}
    for phrase, label in zip(phrases, labels.tolist(), strict=True):
        holders.setdefault(phrase, []).append(label)
    return np.array(
        [max(float(lexicon.closeness[h, g]) for h in holders[p]) for p, g in zip(tried, guesses.tolist(), strict=True)]
    )


def _curve(scores: F64, worth: F64) -> tuple[F64, F64]:
    """What a score is worth: a rising line through STEPS points."""
    if not len(scores):
        return np.array([0.0, 1.0]), np.array([0.0, 1.0])
    rising = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, worth)
    points = np.linspace(scores.min(), max(scores.max(), scores.min() + 1e-6), STEPS)
    return points, rising.predict(points)


def _threshold(scores: F64, right: NDArray[np.bool_]) -> tuple[float, float, float]:
    """The least score from which WANTED_PRECISION holds; with the precision and the share of guesses made."""
    for threshold in np.linspace(0.02, 1.5, 149):
        made = scores >= threshold
        if made.any() and right[made].mean() >= WANTED_PRECISION:
            return float(threshold), float(right[made].mean()), float(made.mean())
    return 1e9, 1.0, 0.0
