"""Finding the lexicon's forms in a tokenised text: a trie over morpheme keys, longest match first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from matcher.words.lexicon import Form, Means
from matcher.words.tokens import Token, normalise, tokens

GAP_STRENGTH = 0.85  # a verb phrase found with another word in between (本を棚にもどす for 本を戻す)


@dataclass(frozen=True, slots=True)
class Hit:
    """A form found in a text: token positions first..last (inclusive) and what it points to."""

    first: int
    last: int
    form: Form
    strength: float


@dataclass(slots=True)
class _Node:
    next: dict[str, "_Node"] = field(default_factory=dict)
    forms: list[Form] = field(default_factory=list)
    verb_last: bool = False


class FormIndex:
    """All forms, keyed by their content morphemes, so that particles and inflection do not matter."""

    def __init__(self, forms: Iterable[Form]) -> None:
        self._root = _Node()
        self._phrases: dict[str, list[tuple[str, Form]]] = {}
        for form in forms:
            self._add(form)

    def _add(self, form: Form) -> None:
        own = [t for t in tokens(normalise(form.text)) if t.content]
        if not own:
            return
        node = self._root
        for token in own:
            node = node.next.setdefault(token.key, _Node())
        node.forms.append(form)
        if len(own) == 2 and own[1].pos == "動詞" and form.means is Means.ACTIVITY:
            self._phrases.setdefault(own[0].key, []).append((own[1].key, form))

    def find(self, text_tokens: Sequence[Token]) -> list[Hit]:
        """Hits in text order; a form inside a longer one of the same meaning is left out."""
        content = [i for i, t in enumerate(text_tokens) if t.content]
        hits: list[Hit] = []
        for at, i in enumerate(content):
            node = self._root
            for step, j in enumerate(content[at:]):
                if step and j - content[at + step - 1] > 2:
                    break  # more than one particle apart, or punctuation between
                if step and any(t.pos in ("補助記号", "接続詞") for t in text_tokens[content[at + step - 1] + 1 : j]):
                    break
                found = node.next.get(text_tokens[j].key)
                if found is None:
                    break
                node = found
                if node.forms and self._whole(text_tokens, i, j):
                    hits += [Hit(i, j, form, form.strength) for form in node.forms]
            hits += self._phrase_hits(text_tokens, content, at)
        return _longest(hits)

    def _phrase_hits(self, text_tokens: Sequence[Token], content: Sequence[int], at: int) -> Iterable[Hit]:
        i = content[at]
        wanted = self._phrases.get(text_tokens[i].key)
        if not wanted or not text_tokens[i].opens:
            return
        for j in content[at + 1 : at + 4]:
            if any(t.pos in ("補助記号", "接続詞") for t in text_tokens[i + 1 : j]):
                return
            for verb, form in wanted:
                if text_tokens[j].key == verb:
                    yield Hit(i, j, form, form.strength * GAP_STRENGTH)

    @staticmethod
    def _whole(text_tokens: Sequence[Token], i: int, j: int) -> bool:
        """A single morpheme counts only where it is a word: 車 is not in 車いす."""
        return i != j or (text_tokens[i].opens and text_tokens[i].closes)


def _longest(hits: list[Hit]) -> list[Hit]:
    def inside(a: Hit, b: Hit) -> bool:
        return (
            a.form.means is b.form.means
            and b.first <= a.first
            and a.last <= b.last
            and b.last - b.first > a.last - a.first
        )

    kept = [a for a in hits if not any(inside(a, b) for b in hits)]
    best: dict[tuple[int, int, Means, str], Hit] = {}
    for hit in kept:
        key = hit.first, hit.last, hit.form.means, hit.form.name
        if key not in best or hit.strength > best[key].strength:
            best[key] = hit
    return sorted(best.values(), key=lambda h: (h.first, h.last, h.form.means, h.form.name))
