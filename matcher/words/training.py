"""Training of the part that guesses words which the lexicon lacks (`deban train`); needs scikit-learn, reading does not.

A phrase becomes hashed morphemes and characters, these become a few dimensions (latent semantic analysis), and a logistic
regression over the lexicon's activities gives the probabilities. How sure a guess must be is found by cross-validation
over the lexicon's own forms: each is guessed by a model that never saw it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from matcher.words.features import BUCKETS, buckets
from matcher.words.guesser import Weights, lexicon_digest
from matcher.words.lexicon import Lexicon, Means

F64 = NDArray[np.float64]

DIMENSIONS = 128
SHARPNESS = 30.0  # inverse regularisation of the logistic regression
SEED = 20261123
FOLDS = 5
WANTED_PRECISION = 0.8  # of guesses that are made, at least so many are the activity or one next to it
NEXT_TO = 0.5  # closeness from which another activity counts as right


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
    probabilities, rarity = np.zeros((len(phrases), len(lexicon.activities))), _rarity(features)
    for seen, unseen in KFold(FOLDS, shuffle=True, random_state=SEED).split(phrases):
        model = _fit(features[seen], labels[seen], sure[seen], rarity, len(lexicon.activities))
        probabilities[unseen] = _probabilities(model, features[unseen])
    temperature = _temperature(probabilities, labels)
    threshold, precision, made = _threshold(probabilities**temperature, labels, lexicon)
    model = _fit(features, labels, sure, rarity, len(lexicon.activities))
    weights = Weights.packed(
        projection=(rarity[:, None] * model.axes),
        coefficients=model.coefficients,
        intercept=model.intercept,
        temperature=temperature,
        threshold=threshold,
        activities=lexicon.activities,
        digest=lexicon_digest(lexicon),
    )
    return Trained(weights, len(phrases), precision, made)


@dataclass(frozen=True, slots=True)
class _Model:
    axes: F64  # (BUCKETS, DIMENSIONS)
    coefficients: F64  # (DIMENSIONS, activities)
    intercept: F64
    rarity: F64


def _examples(lexicon: Lexicon) -> tuple[list[str], NDArray[np.int64], F64]:
    best: dict[tuple[str, int], float] = {}
    for form in lexicon.forms:
        if form.means is Means.ACTIVITY:
            key = form.text, lexicon.index[form.name]
            best[key] = max(best.get(key, 0.0), form.strength)
    ordered = sorted(best)
    return [p for p, _ in ordered], np.array([a for _, a in ordered]), np.array([best[k] for k in ordered])


def _matrix(phrases: Sequence[str]) -> csr_matrix:
    rows = [buckets(p) for p in phrases]
    first = np.concatenate([[0], np.cumsum([len(r) for r in rows])])
    columns = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int32)
    return csr_matrix((np.ones(len(columns)), columns, first), shape=(len(rows), BUCKETS))


def _rarity(features: csr_matrix) -> F64:
    seen = np.asarray((features > 0).sum(axis=0)).ravel()
    rarity: F64 = np.where(seen > 0, np.log((1 + features.shape[0]) / np.maximum(seen, 1)), 0.0)
    return rarity


def _scaled(features: csr_matrix, rarity: F64) -> csr_matrix:
    weighted = features.multiply(rarity[None, :]).tocsr()
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return weighted.multiply(1 / np.maximum(norms, 1e-9)[:, None]).tocsr()


def _fit(features: csr_matrix, labels: NDArray[np.int64], sure: F64, rarity: F64, activities: int) -> _Model:
    scaled = _scaled(features, rarity)
    reducer = TruncatedSVD(DIMENSIONS, random_state=SEED).fit(scaled)
    axes = reducer.components_.T
    model = LogisticRegression(C=SHARPNESS, max_iter=300).fit(_placed(scaled, axes), labels, sample_weight=sure)
    coefficients = np.zeros((DIMENSIONS, activities))
    intercept = np.full(activities, -1e3)
    coefficients[:, model.classes_] = model.coef_.T
    intercept[model.classes_] = model.intercept_
    return _Model(axes, coefficients, intercept, rarity)


def _placed(scaled: csr_matrix, axes: F64) -> F64:
    """Places of unit length along the axes."""
    places: F64 = scaled @ axes
    places /= np.maximum(np.sqrt((places * places).sum(axis=1, keepdims=True)), 1e-9)
    return places


def _probabilities(model: _Model, features: csr_matrix) -> F64:
    scores = _placed(_scaled(features, model.rarity), model.axes) @ model.coefficients + model.intercept
    scores -= scores.max(axis=1, keepdims=True)
    odds: F64 = np.exp(scores)
    odds /= odds.sum(axis=1, keepdims=True)
    return odds


def _temperature(probabilities: F64, labels: NDArray[np.int64]) -> float:
    """The power by which probabilities of unseen forms must be raised to mean what they say (least log loss)."""

    def loss(power: float) -> float:
        raised = probabilities**power
        own = raised[np.arange(len(labels)), labels] / raised.sum(axis=1)
        return float(-np.log(np.maximum(own, 1e-12)).mean())

    return float(min(np.linspace(0.3, 3.0, 28), key=loss))


def _threshold(raised: F64, labels: NDArray[np.int64], lexicon: Lexicon) -> tuple[float, float, float]:
    """The least sureness from which WANTED_PRECISION holds; with the precision and the share of guesses made."""
    probabilities = raised / raised.sum(axis=1, keepdims=True)
    guess = probabilities.argmax(axis=1)
    sure = probabilities[np.arange(len(guess)), guess]
    right = lexicon.closeness[labels, guess] >= NEXT_TO
    for threshold in np.linspace(0.1, 0.95, 86):
        made = sure >= threshold
        if made.any() and right[made].mean() >= WANTED_PRECISION:
            return float(threshold), float(right[made].mean()), float(made.mean())
    return 1.01, 1.0, 0.0
