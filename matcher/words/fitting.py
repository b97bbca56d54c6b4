"""How well a form fits the sentence in which it stands."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.words.forms import Hit
from matcher.words.guesser import Guesser
from matcher.words.lexicon import Lexicon, Means
from matcher.words.tokens import Token

BETWEEN_SENTENCES = "。!?！？\n"
BETWEEN_CLAUSES = BETWEEN_SENTENCES + "、,;"
LEAST_FITTING, FITTING = 0.4, 0.8  # what fits its sentence not at all keeps so much of its strength, and gains so much


class Fitting:
    """How well each hit fits the piece of text in which it stands, as the trained part sees the piece as a whole.

    In 「機械の録音ボタンを押す」 nobody reads aloud, though 録音 alone would say so.
    """

    def __init__(
        self, text: str, own: Sequence[Token], between: str, lexicon: Lexicon, guesser: Guesser | None
    ) -> None:
        self._text, self._own = text, own
        self._lexicon, self._guesser = lexicon, guesser
        self._piece_of: list[int] = []  # per morpheme
        self._content: list[int] = []  # how many content words stand before each
        piece = told = 0
        for token in own:
            piece += token.surface in between
            self._piece_of.append(piece)
            self._content.append(told)
            told += token.content
        self._content.append(told)
        self._best: dict[int, tuple[NDArray[np.float32], float]] = {}

    def of(self, hit: Hit) -> float:
        """A weight of LEAST_FITTING to 1; 1 where the trained part does not know the activity, or nothing else stands there."""
        if self._guesser is None or hit.form.means is not Means.ACTIVITY:
            return 1.0
        piece = self._piece_of[hit.first]
        first, end = bisect_left(self._piece_of, piece), bisect_right(self._piece_of, self._piece_of[hit.last])
        first += self._own[first].pos == "補助記号"  # the stop that begins it
        told = self._content[end] - self._content[first] - (self._content[hit.last + 1] - self._content[hit.first])
        if told <= 0:
            return 1.0
        found = self._best.get(first)
        if found is None:
            outline = self._guesser.outline(self._text[self._own[first].start : self._own[end - 1].end])
            found = self._best[first] = outline, float(outline.max())
        outline, most = found
        activity = self._lexicon.index[hit.form.name]
        if most <= 0 or not outline[activity]:
            return 1.0
        near = float((outline * self._lexicon.closeness[activity]).max())
        return min(1.0, LEAST_FITTING + FITTING * max(near / most, 0.0))
