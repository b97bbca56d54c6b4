"""Japanese text → activities, wishes and avoidances, each with the span of text that gave it."""

from matcher.words.lexicon import Lexicon, LexiconError, load_lexicon
from matcher.words.reader import Kind, Mention, Reader, Reading, TraitMention, Word, default_reader

__all__ = [
    "Kind",
    "Lexicon",
    "LexiconError",
    "Mention",
    "Reader",
    "Reading",
    "TraitMention",
    "Word",
    "default_reader",
    "load_lexicon",
]
