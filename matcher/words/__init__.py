"""Japanese text → activities, wishes and avoidances, each with the span of text that gave it."""

from matcher.words.encoder import EncoderError
from matcher.words.guesser import Guess, Guesser, WeightsError
from matcher.words.lexicon import Lexicon, LexiconError, load_lexicon
from matcher.words.proposals import Proposal, proposals
from matcher.words.reader import Reader
from matcher.words.reading import Kind, Mention, Piece, Reading, TraitMention, Word
from matcher.words.start import default_reader, lexicon_folder

__all__ = [
    "EncoderError",
    "Guess",
    "Guesser",
    "Kind",
    "Lexicon",
    "LexiconError",
    "Mention",
    "Piece",
    "Proposal",
    "Reader",
    "Reading",
    "TraitMention",
    "WeightsError",
    "Word",
    "default_reader",
    "lexicon_folder",
    "load_lexicon",
    "proposals",
]
