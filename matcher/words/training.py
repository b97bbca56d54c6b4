"""Training of the part that guesses words which the lexicon lacks. Needs scikit-learn (`deban[train]`); reading does not.

Linear models learn, from the lexicon's forms and from example texts, how close a phrase comes to each activity, and which
trait it speaks of. What a guess is worth is measured on texts whose words the model never saw in any other text, since
words that the lexicon lacks are what it is for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import Ridge

from matcher.words.features import features
from matcher.words.guesser import Head, Weights, training_digest
from matcher.words.lexicon import Example, Lexicon, Means
from matcher.words.tokens import normalise, tokens
from matcher.words.vectors import Vectors, content_words

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]

PENALTY = 2.0  # of large coefficients: less overfits the few forms of small activities
FOLDS = 5
WANTED_PRECISION = 0.75  # of guesses that are made, at least so many are the activity or one next to it
NEXT_TO = 0.4  # closeness from which another activity counts as right
AS_WRITTEN = 1.5  # weight of an example text beside that of a form
STEPS = 33  # points of the curve that says what a score is worth


@dataclass(frozen=True, slots=True)
class Measured:
    """What guesses at words never seen say of a head."""

    texts: int  # trained on
    tried: int  # texts of words never seen
    precision: float  # of the guesses that were made
    made: float  # share of those texts for which a guess was made


@dataclass(frozen=True, slots=True)
class Trained:
    """Weights, and how good each head is."""

    weights: Weights
    measured: dict[str, Measured]


@dataclass(frozen=True, slots=True, eq=False)
class _Lessons:
    """Texts and how close each comes to each name: (n,) texts, (n, N) wanted, (n,) sure."""

    texts: list[str]
    wanted: F32
    sure: F64
    names: tuple[str, ...]


def train(lexicon: Lexicon, examples: Sequence[Example], vectors: Vectors) -> Trained:
    """Train on the lexicon's forms and on example texts. The same input gives the same weights."""
    heads: dict[str, Head] = {}
    measured: dict[str, Measured] = {}
    for name, lessons in (
        ("activity", _activities(lexicon, examples)),
        ("avoided", _traits(lexicon, Means.AVOIDED)),
        ("shown", _traits(lexicon, Means.SHOWN)),
    ):
        heads[name], measured[name] = _head(lessons, vectors)
    return Trained(Weights(heads, training_digest(lexicon, examples, vectors)), measured)


def _head(lessons: _Lessons, vectors: Vectors) -> tuple[Head, Measured]:
    morphemes = [tokens(t, by_itself=True) for t in lessons.texts]
    described = np.array([features(t, own, vectors) for t, own in zip(lessons.texts, morphemes, strict=True)])
    words = [{w.normal for w in content_words(own)} for own in morphemes]
    score, worth = _tried(lessons, described, words)
    points, curve = _curve(score, worth)
    threshold, precision, made = _threshold(score, worth >= NEXT_TO)
    coefficients = _fit(described, lessons.wanted, lessons.sure)
    head = Head.packed(coefficients, points, curve, threshold, lessons.names)
    return head, Measured(len(lessons.texts), len(score), precision, made)


def _tried(lessons: _Lessons, described: F32, words: Sequence[set[str]]) -> tuple[F64, F64]:
    """Best scores of texts none of whose words occur in what was trained on, and how close each guess comes."""
    score: list[F64] = []
    worth: list[F64] = []
    for fold in range(FOLDS):
        kept_back = [{crc32(w.encode()) % FOLDS == fold for w in own} for own in words]
        seen = np.array([i for i, own in enumerate(kept_back) if own == {False}], dtype=np.int64)
        unseen = np.array([i for i, own in enumerate(kept_back) if own == {True}], dtype=np.int64)
        if len(seen) and len(unseen):
            guessed = described[unseen] @ _fit(described[seen], lessons.wanted[seen], lessons.sure[seen])
            score.append(guessed.max(axis=1))
            worth.append(lessons.wanted[unseen, guessed.argmax(axis=1)].astype(np.float64))
    return np.concatenate(score or [np.zeros(0)]), np.concatenate(worth or [np.zeros(0)])


def _activities(lexicon: Lexicon, examples: Sequence[Example]) -> _Lessons:
    """Forms of activities and example texts; a text that stands for several comes close to each."""
    wanted: dict[str, F32] = {}
    sure: dict[str, float] = {}
    for form in sorted(f for f in lexicon.forms if f.means is Means.ACTIVITY):
        _learn(wanted, normalise(form.text), lexicon.closeness[lexicon.index[form.name]])
        sure[normalise(form.text)] = max(sure.get(normalise(form.text), 0.0), form.strength)
    for example in examples:
        text = normalise(example.text)
        for name, strength in example.activities.items():
            _learn(wanted, text, lexicon.closeness[lexicon.index[name]] * np.float32(strength))
        sure[text] = AS_WRITTEN
    return _Lessons([*wanted], np.array([*wanted.values()]), np.array([sure[t] for t in wanted]), lexicon.activities)


def _traits(lexicon: Lexicon, means: Means) -> _Lessons:
    """Forms of traits of one side; traits that imply each other come out together."""
    names = tuple(lexicon.traits)
    at = {name: i for i, name in enumerate(names)}
    wanted: dict[str, F32] = {}
    sure: dict[str, float] = {}
    for form in sorted(f for f in lexicon.forms if f.means is means):
        row = np.zeros(len(names), dtype=np.float32)
        row[at[form.name]] = 1
        text = normalise(form.text)
        _learn(wanted, text, row)
        sure[text] = max(sure.get(text, 0.0), form.strength)
    shape = (len(wanted), len(names))
    return _Lessons([*wanted], np.array([*wanted.values()]).reshape(shape), np.array([sure[t] for t in wanted]), names)


def _learn(wanted: dict[str, F32], text: str, row: F32) -> None:
    wanted[text] = np.maximum(wanted[text], row) if text in wanted else row


def _fit(described: F32, wanted: F32, sure: F64) -> F64:
    """(F, A) coefficients."""
    model = Ridge(alpha=PENALTY, fit_intercept=False, solver="cholesky")
    model.fit(described.astype(np.float64), wanted.astype(np.float64), sample_weight=sure)
    coefficients: F64 = model.coef_.T
    return coefficients


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
