"""The lexicon: activities with their forms and relations, traits, and biography, from plain text files.

The files are INI texts that people read and extend (`seed_data/lexicon`); a council's own files are read after them in
the same way and add to them.
"""

import configparser
import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.errors import DebanError

# How well somebody who likes or can do the one is suited by the other, where the file names no strength.
RELATIONS = {"上位": 0.7, "一部": 0.7, "同じ技": 0.6, "同じ楽しみ": 0.5}
FORM_KEYS = {"言葉": 1.0, "動作": 1.0, "物": 0.8}
SAME_FAMILY = 0.25  # a thin idea: never enough by itself to be worth bringing up
SECOND_STEP = 0.8  # each further step along the relations loses a little more than its strengths say
FADING = 2.1  # relations are written generously; as evidence a weak one counts for much less than a strong one

_SEPARATOR = re.compile(r"[、，,\n]")
_WITH_STRENGTH = re.compile(r"^(?P<form>.+?)[ \u3000]+(?P<strength>0?\.\d+|[01](?:\.\d+)?)$")
_BEYOND = re.compile(r"[ \u3000][-+]?\d*\.?\d+$")  # ends like a strength
_PROSE = "説明"


class LexiconError(DebanError):
    """A lexicon file that cannot be read as one; names file and place."""


class Means(StrEnum):
    """What a form stands for."""

    ACTIVITY = "activity"
    BIOGRAPHY = "biography"
    AVOIDED = "avoided"  # how people say they cannot bear a trait
    WANTED = "wanted"  # how people say they want a trait
    SHOWN = "shown"  # words of a catalogue that show a trait
    DENIED = "denied"  # words of a catalogue that say a trait is not there


class Form(NamedTuple):
    """A surface form and what it points to, with a strength of 0.1 to 1."""

    text: str
    means: Means
    name: str
    strength: float


@dataclass(frozen=True, slots=True)
class Trait:
    """What an activity is like; `kinds` are host kinds where it is nearly always so."""

    name: str
    opposites: tuple[str, ...]
    implied: Mapping[str, float]  # traits that bring this one with them
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Everything the files say.

    Attributes:
        activities: names, sorted; positions are the indices of `closeness`.
        closeness: (A, A) in 0..1, symmetric, 1 on the diagonal.
        traits_of: per activity the traits that are nearly always true of it.
        biography: per occupation, school, club or event the activities it suggests, with strengths.
    """

    activities: tuple[str, ...]
    index: Mapping[str, int]
    family: Mapping[str, str]
    closeness: NDArray[np.float32]
    traits: Mapping[str, Trait]
    traits_of: Mapping[str, tuple[str, ...]]
    biography: Mapping[str, Mapping[str, float]]
    forms: tuple[Form, ...]


def load_lexicon(*folders: Path) -> Lexicon:
    """Read `activities/*.ini`, `biography/*.ini` and `traits.ini` of each folder, later folders adding to earlier ones.

    Raises:
        LexiconError: a file is not INI text, or an activity or trait is named that no file defines.
    """
    forms: list[Form] = []
    family: dict[str, str] = {}
    relations: list[tuple[str, str, float, Path]] = []
    traits_of: dict[str, tuple[str, ...]] = {}
    traits: dict[str, Trait] = {}
    biography: dict[str, dict[str, float]] = {}
    for folder in folders:
        for path in sorted((folder / "activities").glob("*.ini")):
            for name, keys in _sections(path):
                family.setdefault(name, path.stem)
                forms.append(Form(name, Means.ACTIVITY, name, 1.0))
                forms += _forms(keys, FORM_KEYS, Means.ACTIVITY, name)
                traits_of[name] = traits_of.get(name, ()) + tuple(n for n, _ in _weighted(keys.get("性質", ""), 1.0))
                for relation, default in RELATIONS.items():
                    relations += [(name, n, s, path) for n, s in _weighted(keys.get(relation, ""), default)]
        for path in sorted((folder / "biography").glob("*.ini")):
            for name, keys in _sections(path):
                forms.append(Form(name, Means.BIOGRAPHY, name, 1.0))
                forms += _forms(keys, {"言葉": 1.0}, Means.BIOGRAPHY, name)
                biography.setdefault(name, {}).update(_weighted(keys.get("示す", ""), 0.6))
        for path in sorted(folder.glob("traits.ini")):
            for name, keys in _sections(path):
                traits[name] = Trait(
                    name,
                    tuple(n for n, _ in _weighted(keys.get("反対", ""), 1.0)),
                    dict(_weighted(keys.get("同類", ""), 0.5)),
                    tuple(keys.get("種別", "").replace("、", " ").split()),
                )
                forms += _forms(keys, {"避ける言葉": 1.0}, Means.AVOIDED, name)
                forms += _forms(keys, {"望む言葉": 1.0}, Means.WANTED, name)
                forms += _forms(keys, {"現れる言葉": 1.0}, Means.SHOWN, name)
                forms += _forms(keys, {"打ち消す言葉": 1.0}, Means.DENIED, name)
    activities = tuple(sorted(family))
    index = {name: i for i, name in enumerate(activities)}
    _check(relations, biography, traits_of, traits, index)
    return Lexicon(
        activities,
        index,
        family,
        _closeness(activities, index, family, relations),
        traits,
        traits_of,
        biography,
        tuple(dict.fromkeys(forms)),
    )


@dataclass(frozen=True, slots=True)
class Example:
    """A text as people or hosts write it, and the activities that it is about, with strengths of 0.1 to 1."""

    text: str
    activities: Mapping[str, float]


def load_examples(lexicon: Lexicon, *folders: Path) -> tuple[Example, ...]:
    """Read `examples/*.csv` (columns text, activities) of each folder; only the training needs them.

    Raises:
        LexiconError: a row names no activity, or one that the lexicon lacks.
    """
    found: list[Example] = []
    for path in (p for folder in folders for p in sorted((folder / "examples").glob("*.csv"))):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                own = dict(_weighted((row.get("activities") or "").replace(";", "、"), 1.0))
                unknown = [name for name in own if name not in lexicon.index]
                if not own or unknown or not row.get("text"):
                    named = f"活動「{unknown[0]}」はどのファイルにもありません" if unknown else "言葉か活動がありません"
                    raise LexiconError(f"文例 {path.name} の {number} 行目: {named}。")
                found.append(Example(row["text"], own))
    return tuple(found)


def _sections(path: Path) -> Iterable[tuple[str, Mapping[str, str]]]:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=(";", "#"), strict=True)
    try:
        parser.read_string(path.read_text(encoding="utf-8-sig"), source=path.name)
    except (configparser.Error, UnicodeDecodeError) as error:
        raise LexiconError(f"語彙ファイル {path.name} が読めません（{error}）。その行を直してください。") from error
    for name in parser.sections():
        for key, cell in parser[name].items():
            for part in () if key == _PROSE else _SEPARATOR.split(cell):
                if _BEYOND.search(part.strip()) and not _WITH_STRENGTH.match(part.strip()):
                    raise LexiconError(
                        f"語彙ファイル {path.name} の［{name}］の「{part.strip()}」が読めません。"
                        "強さは 0.1 から 1 で、「土いじり 0.8」のように書いてください。"
                    )
    return ((name, parser[name]) for name in parser.sections())


def _weighted(cell: str, default: float) -> list[tuple[str, float]]:
    found = []
    for part in _SEPARATOR.split(cell):
        item = part.strip()
        if item:
            match = _WITH_STRENGTH.match(item)
            found.append((match["form"], float(match["strength"])) if match else (item, default))
    return found


def _forms(keys: Mapping[str, str], columns: Mapping[str, float], means: Means, name: str) -> list[Form]:
    return [
        Form(text, means, name, min(1.0, strength))
        for column, default in columns.items()
        for text, strength in _weighted(keys.get(column, ""), default)
    ]


def _check(
    relations: Iterable[tuple[str, str, float, Path]],
    biography: Mapping[str, Mapping[str, float]],
    traits_of: Mapping[str, tuple[str, ...]],
    traits: Mapping[str, Trait],
    index: Mapping[str, int],
) -> None:
    for name, other, _, path in relations:
        if other not in index:
            raise LexiconError(f"{path.name} の［{name}］にある活動「{other}」は、どのファイルにもありません。")
    for name, shown in biography.items():
        for other in shown:
            if other not in index:
                raise LexiconError(f"経歴［{name}］が示す活動「{other}」は、どのファイルにもありません。")
    for name, own in traits_of.items():
        for trait in own:
            if trait not in traits:
                raise LexiconError(f"［{name}］の性質「{trait}」は traits.ini にありません。")


def _closeness(
    activities: tuple[str, ...],
    index: Mapping[str, int],
    family: Mapping[str, str],
    relations: Iterable[tuple[str, str, float, Path]],
) -> NDArray[np.float32]:
    """The best chain of at most three relations; strengths multiply along it."""
    size = len(activities)
    direct = np.eye(size, dtype=np.float32)
    for name, other, strength, _ in relations:
        i, j = index[name], index[other]
        direct[i, j] = direct[j, i] = max(direct[i, j], min(strength, 0.95))
    close = direct.copy()
    for _ in range(2):
        step = close.copy()
        for k in range(size):
            near = np.flatnonzero(direct[k])
            step[:, near] = np.maximum(step[:, near], close[:, k : k + 1] * (direct[k, near] * np.float32(SECOND_STEP)))
        close = step
    families = np.array([family[a] for a in activities])
    same = (families[:, None] == families[None, :]) * np.float32(SAME_FAMILY)
    result: NDArray[np.float32] = np.maximum(close, same) ** np.float32(FADING)
    return result
