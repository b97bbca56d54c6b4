"""Making the stored word vectors from the vocabulary folder of a spaCy model of Japanese (as in the package ja-ginza).

Needs msgpack (`deban[train]`). Only words of the dictionary are kept: no names, figures or unknown strings.
"""

import json
from pathlib import Path

import numpy as np
from sudachipy import dictionary, tokenizer

from matcher.words.vectors import Vectors, VectorsError

LONGEST = 14  # characters
KEPT = frozenset(("名詞", "動詞", "形容詞", "形状詞", "副詞", "代名詞", "接頭辞", "接尾辞"))
LEFT_OUT = frozenset(("固有名詞", "数詞"))
_MASK = (1 << 64) - 1
_SEED, _FACTOR, _SHIFT = 1, 0xC6A4A7935BD1E995, 47


def vectors_from(folder: Path, source: str) -> Vectors:
    """Read `strings.json`, `key2row` and `vectors` of a spaCy vocabulary.

    Raises:
        VectorsError: a file is missing or of another form.
    """
    import msgpack

    try:
        strings = json.loads((folder / "strings.json").read_text(encoding="utf-8"))
        row_of = msgpack.unpackb((folder / "key2row").read_bytes(), strict_map_key=False)
        places = np.load(folder / "vectors", allow_pickle=False)
    except Exception as error:  # each of the three formats has errors of its own
        raise VectorsError(
            f"単語ベクトルのフォルダ {folder} が読めません（{error}）。spaCy の日本語モデルの vocab フォルダを指してください。"
        ) from error
    rows = {word: row_of[key] for word in strings if (key := string_key(word)) in row_of}
    kept = {word: row for word, row in rows.items() if _in_dictionary(word)}
    if not kept:
        raise VectorsError(f"単語ベクトルのフォルダ {folder} に、日本語の単語がありません。")
    return Vectors.packed(kept, places, source)


_TOKENIZER: list[tokenizer.Tokenizer] = []


def _in_dictionary(word: str) -> bool:
    if not word or len(word) > LONGEST:
        return False
    if not _TOKENIZER:
        _TOKENIZER.append(dictionary.Dictionary(dict="core").tokenizer())
    found = _TOKENIZER[0].tokenize(word, tokenizer.Tokenizer.SplitMode.C)
    if len(found) != 1 or found[0].is_oov() or found[0].normalized_form() != word:
        return False
    kind = found[0].part_of_speech()
    return kind[0] in KEPT and kind[1] not in LEFT_OUT


def string_key(text: str) -> int:
    """spaCy's key of a string: MurmurHash64A of its UTF-8 bytes with seed 1."""
    content = text.encode()
    key = _SEED ^ (len(content) * _FACTOR & _MASK)
    whole = len(content) - len(content) % 8
    for at in range(0, whole, 8):
        part = int.from_bytes(content[at : at + 8], "little") * _FACTOR & _MASK
        part = (part ^ part >> _SHIFT) * _FACTOR & _MASK
        key = (key ^ part) * _FACTOR & _MASK
    if whole < len(content):
        key = (key ^ int.from_bytes(content[whole:], "little")) * _FACTOR & _MASK
    key = (key ^ key >> _SHIFT) * _FACTOR & _MASK
    return key ^ key >> _SHIFT
