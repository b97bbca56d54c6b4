"""Starting a reader: the project's lexicon and a council's own, the trained part or a site's encoder, and the cache."""

import os
from functools import lru_cache
from pathlib import Path

import seed_data
from matcher.words.cache import digest, remembered
from matcher.words.encoder import EncoderGuesser, Landmarks, OnnxEncoder, landmarks, named_folder
from matcher.words.everyday import load_everyday
from matcher.words.forms import FormIndex
from matcher.words.guesser import WEIGHTS, Guesser, TrainedGuesser, Weights
from matcher.words.lexicon import Lexicon, LexiconError, load_lexicon
from matcher.words.reader import Reader
from matcher.words.vectors import VECTORS, Vectors

OWN = "DEBAN_LEXICON"  # a council's own lexicon folders, separated as in PATH


def lexicon_folder() -> Path:
    """The project's own lexicon."""
    return Path(seed_data.__file__).parent / "lexicon"


def default_reader(*folders: Path) -> Reader:
    """The reader over the project's lexicon and, after it, a council's own folders (else those that DEBAN_LEXICON names).

    Raises:
        LexiconError: a folder that is named does not exist, or a file in it cannot be read.
        WeightsError, VectorsError, EncoderError: the trained part, the word vectors, or the encoder that DEBAN_ENCODER
            names, cannot be read.
    """
    own = folders or tuple(Path(p) for p in os.environ.get(OWN, "").split(os.pathsep) if p)
    return _reader(own, named_folder())


@lru_cache(maxsize=4)
def _reader(own: tuple[Path, ...], encoder: Path | None) -> Reader:
    for folder in own:
        if not folder.is_dir():
            raise LexiconError(f"語彙のフォルダ {folder} がありません。{OWN} か --lexicon の書き方を確かめてください。")
    every = (lexicon_folder(), *own)

    def make() -> tuple[Lexicon, FormIndex]:
        lexicon = load_lexicon(*every)
        return lexicon, FormIndex(lexicon.forms)

    files = [path for folder in every for path in folder.rglob("*.ini")]
    known = digest(files)
    lexicon, forms = remembered(f"lexicon-{known}", make)
    return Reader(lexicon, forms, _guesser(lexicon, encoder, known), load_everyday(*every))


def _guesser(lexicon: Lexicon, encoder: Path | None, known: str) -> Guesser | None:
    if encoder is not None:
        model = OnnxEncoder(encoder)
        places: Landmarks = remembered(
            f"places-{known[:32]}-{digest([encoder / 'model.onnx'])[:32]}", lambda: landmarks(model, lexicon)
        )
        return EncoderGuesser(model, lexicon, places)
    weights = lexicon_folder() / WEIGHTS
    return TrainedGuesser(Weights.read(weights), stored_vectors(), lexicon) if weights.is_file() else None


@lru_cache(maxsize=1)
def stored_vectors() -> Vectors:
    """The project's own word vectors.

    Raises:
        VectorsError: the file cannot be read.
    """
    return Vectors.read(lexicon_folder() / VECTORS)
