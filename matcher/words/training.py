"""Training of the part that guesses words which the lexicon lacks (`deban train`); needs scikit-learn, reading does not.

A phrase becomes hashed morphemes and characters; one linear classifier an activity (support vectors, one against the
rest) scores them. How sure a guess must be is found by cross-validation over the lexicon's own forms: each is guessed by
classifiers that never saw it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.model_selection import KFold
from sklearn.svm import LinearSVC

from matcher.words.features import BUCKETS, buckets
from matcher.words.guesser import Weights, lexicon_digest
from matcher.words.lexicon import Lexicon, Means
from matcher.words.tokens import normalise

F64 = NDArray[np.float64]
Ints = NDArray[np.int64]

PENALTY = 0.5  # of the classifiers: less overfits the few forms of small activities
SEED = 20261123
FOLDS = 5
WANTED_PRECISION = 0.85  # of guesses that are made, at least so many are the activity or one next to it
NEXT_TO = 0.4  # closeness from which another activity counts as right
LEAST_WEIGHT = 0.04  # of the largest: smaller weights are dropped, which no guess notices and the file does


@dataclass(frozen=True, slots=True)
class Trained:
    """Weights, and what cross-validation says of them."""

    weights: Weights
    forms: int
    precision: float  # of the guesses that were made
    made: float  # share of unseen forms for which a guess was made


def train(lexicon: Lexicon) -> Trained:
    """Train on the forms of the lexicon's activities. The same lexicon gives the same weights."""
    phrases, labels, sure = _examples(lexicon)
    features = _matrix(phrases)
    rarity = _rarity(features)
    scaled = _scaled(features, rarity)
    scores = np.zeros((len(phrases), len(lexicon.activities)))
    for seen, unseen in KFold(FOLDS, shuffle=True, random_state=SEED).split(phrases):
        coefficients, intercept = _fit(scaled[seen], labels[seen], sure[seen], len(lexicon.activities))
        scores[unseen] = scaled[unseen] @ coefficients + intercept
    right = _right(phrases, labels, scores.argmax(axis=1), lexicon)
    temperature = _temperature(scores, labels)
    threshold, precision, made = _threshold(_probabilities(scores, temperature).max(axis=1), right)
    coefficients, intercept = _fit(scaled, labels, sure, len(lexicon.activities))
    weights = Weights.packed(
        rarity=rarity,
        coefficients=coefficients,
        least=LEAST_WEIGHT,
        intercept=intercept,
        temperature=temperature,
        threshold=threshold,
        activities=lexicon.activities,
        digest=lexicon_digest(lexicon),
    )
    return Trained(weights, len(phrases), precision, made)


def _examples(lexicon: Lexicon) -> tuple[list[str], Ints, F64]:
    best: dict[tuple[str, int], float] = {}
    for form in lexicon.forms:
        if form.means is Means.ACTIVITY:
            key = normalise(form.text), lexicon.index[form.name]
            best[key] = max(best.get(key, 0.0), form.strength)
    ordered = sorted(best)
    return [p for p, _ in ordered], np.array([a for _, a in ordered]), np.array([best[k] for k in ordered])


def _matrix(phrases: Sequence[str]) -> csr_matrix:
    rows = [buckets(p) for p in phrases]
    first = np.concatenate([[0], np.cumsum([len(r) for r in rows])])
    return csr_matrix((np.ones(first[-1]), np.concatenate(rows), first), shape=(len(rows), BUCKETS))


def _rarity(features: csr_matrix) -> F64:
    seen = np.asarray((features > 0).sum(axis=0)).ravel()
    rarity: F64 = np.where(seen > 0, np.log((1 + features.shape[0]) / np.maximum(seen, 1)), 0.0)
    return rarity


def _scaled(features: csr_matrix, rarity: F64) -> csr_matrix:
    weighted = features.multiply(rarity[None, :]).tocsr()
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return weighted.multiply(1 / np.maximum(norms, 1e-9)[:, None]).tocsr()


def _fit(scaled: csr_matrix, labels: Ints, sure: F64, activities: int) -> tuple[F64, F64]:
    model = LinearSVC(C=PENALTY, random_state=SEED).fit(scaled, labels, sample_weight=sure)
    coefficients = np.zeros((BUCKETS, activities))
    intercept = np.full(activities, -5.0)  # an activity without any form in this fold
    coefficients[:, model.classes_] = model.coef_.T
    intercept[model.classes_] = model.intercept_
    return coefficients, intercept


def _probabilities(scores: F64, temperature: float) -> F64:
    odds: F64 = np.exp((scores - scores.max(axis=1, keepdims=True)) * temperature)
    odds /= odds.sum(axis=1, keepdims=True)
    return odds


def _right(phrases: Sequence[str], labels: Ints, guesses: Ints, lexicon: Lexicon) -> NDArray[np.bool_]:
    """Whether each guess is the form's activity, another one that has the same form, or one next to it."""
    holders: dict[str, set[int]] = {}
    for phrase, label in zip(phrases, labels.tolist(), strict=True):
        holders.setdefault(phrase, set()).add(label)
    same = np.array([g in holders[p] for p, g in zip(phrases, guesses.tolist(), strict=True)])
    near: NDArray[np.bool_] = same | (lexicon.closeness[labels, guesses] >= NEXT_TO)
    return near


def _temperature(scores: F64, labels: Ints) -> float:
    """The sharpness at which the scores of unseen forms mean what they say (least log loss)."""

    def loss(temperature: float) -> float:
        own = _probabilities(scores, temperature)[np.arange(len(labels)), labels]
        return float(-np.log(np.maximum(own, 1e-12)).mean())

    return float(min(np.linspace(1.0, 12.0, 23), key=loss))


def _threshold(sure: F64, right: NDArray[np.bool_]) -> tuple[float, float, float]:
    """The least sureness from which WANTED_PRECISION holds; with the precision and the share of guesses made."""
    for threshold in np.linspace(0.05, 0.95, 91):
        made = sure >= threshold
        if made.any() and right[made].mean() >= WANTED_PRECISION:
            return float(threshold), float(right[made].mean()), float(made.mean())
    return 1.01, 1.0, 0.0
