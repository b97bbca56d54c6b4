"""How well words are understood: against coordinators' labels, against plain lists, and how fast.

The cities under `tests/cities` carry labels (person, opening, grade): 3 exactly this, 2 good, 1 may be brought up,
-1 only seems to fit (the reason begins with `avoid` where the person's own words speak against it), all else 0.
"""

import csv
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from matcher.engine.answer import Horizon, PersonStatus
from matcher.engine.block import Block
from matcher.engine.fit import WORDS, words_half
from matcher.engine.problem import make_problem
from matcher.engine.profiles import Profiles
from matcher.model import Bundle, Host, HostKind, Opening, Person, Role
from matcher.services.match import match_bundle
from matcher.words import Kind, Reader

FIRST, WEEKS = date(2026, 12, 1), 4
HERE = Path(__file__).parent
CITIES = HERE.parent / "cities"
UNTOUCHED = frozenset({"minase"})  # only its sums are looked at; nothing is mended by it
WORTH = 0.5
SHOWN = 10


@dataclass
class Score:
    """Sums over people; figures as properties."""

    people: int = 0
    first_best: int = 0
    best_in_three: int = 0
    gain: float = 0.0
    shown: int = 0
    shown_good: int = 0
    wanted: int = 0
    wanted_shown: int = 0
    nothing_suits: int = 0
    abstained: int = 0
    harmful: int = 0
    forbidden: int = 0
    by_fit: dict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    @property
    def hit1(self) -> float:
        return self.first_best / max(1, self.people)

    @property
    def hit3(self) -> float:
        return self.best_in_three / max(1, self.people)

    @property
    def ndcg(self) -> float:
        return self.gain / max(1, self.people)

    @property
    def precision(self) -> float:
        return self.shown_good / max(1, self.shown)

    @property
    def recall(self) -> float:
        return self.wanted_shown / max(1, self.wanted)

    def __str__(self) -> str:
        return (
            f"hit@1 {self.hit1:.1%}, hit@3 {self.hit3:.1%}, nDCG@5 {self.ndcg:.3f}, precision {self.precision:.1%}, "
            f"recall {self.recall:.1%}, abstains {self.abstained}/{self.nothing_suits}, harmful {self.harmful}, "
            f"forbidden {self.forbidden} ({self.people} people)"
        )


Labels = dict[str, dict[str, tuple[int, str]]]


def labels_of(city: Path) -> Labels:
    """Grades and reasons by person and opening."""
    found: Labels = defaultdict(dict)
    with (city / "labels.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found[row["person_id"]][row["opening_id"]] = int(row["grade"]), row["why"]
    return found


def score(city: Path) -> Score:
    """Match a labelled city and hold each person's options against its labels."""
    run = match_bundle(city, FIRST, WEEKS, today=FIRST).run
    labels, total = labels_of(city), Score()
    for answer in run.answers:
        if answer.status is not PersonStatus.PLACED:
            options = [(i.opening_id, i.fit) for i in answer.options]
            _add(total, options, labels[answer.person_id])
    return total


def _add(total: Score, options: Sequence[tuple[str, float]], own: dict[str, tuple[int, str]]) -> None:
    grades = [own.get(o, (0, ""))[0] for o, _ in options]
    worth = [o for o, fit in options if fit >= WORTH]
    for opening, fit in options:
        grade, why = own.get(opening, (0, ""))
        if grade < 0:
            if not why.startswith("avoid"):
                total.forbidden += 1
            elif fit >= WORTH:
                total.harmful += 1
        tenth = total.by_fit[min(9, int(fit * 10))]
        tenth[0] += grade >= 1
        tenth[1] += 1
    best = max((g for g, _ in own.values()), default=0)
    total.shown += len(worth)
    total.shown_good += sum(own.get(o, (0, ""))[0] >= 1 for o in worth)
    if best < 1:
        total.nothing_suits += 1
        total.abstained += not worth
        return
    total.people += 1
    total.wanted += sum(g >= 2 for g, _ in own.values())
    total.wanted_shown += sum(own.get(o, (0, ""))[0] >= 2 for o in worth)
    total.first_best += bool(grades) and grades[0] == best
    total.best_in_three += best in grades[:3]
    ideal = sorted((g for g, _ in own.values() if g > 0), reverse=True)[:5]
    total.gain += _gain(grades[:5]) / _gain(ideal)


def _gain(grades: Sequence[int]) -> float:
    return sum((2 ** max(g, 0) - 1) / math.log2(i + 2) for i, g in enumerate(grades))


# --- lists of single texts


@dataclass(frozen=True)
class Sentence:
    """A text, the cell it stands in, and the sides that its parts should come out with: + - ~ (past) 0 (others')."""

    id: str
    cell: str
    text: str
    sides: tuple[tuple[str, str], ...]


def sentences() -> list[Sentence]:
    """The sentences of negation.csv."""
    with (HERE / "negation.csv").open(encoding="utf-8", newline="") as file:
        return [
            Sentence(
                r["id"],
                r["field"],
                r["text"],
                tuple((p.rsplit(" ", 1)[0].strip(), p.rsplit(" ", 1)[1]) for p in r["spans"].split(";") if p.strip()),
            )
            for r in csv.DictReader(file)
        ]


KINDS = {"interests": Kind.INTEREST, "strengths": Kind.STRENGTH, "avoid": Kind.AVOID, "note": Kind.BIOGRAPHY}


def side_of(reader: Reader, sentence: Sentence, part: str) -> str:
    """The side on which the reader puts a part of a sentence."""
    side = reader.side(sentence.text, KINDS[sentence.cell], part)
    return "0" if side.sign == 0 else "-" if side.sign < 0 else "~" if side.past else "+"


def wrong_sides(reader: Reader) -> list[tuple[Sentence, str, str, str]]:
    """Sentence, part, wanted side and found side, where they differ. Liked and told of the past are both not refused."""
    wrong = []
    for sentence in sentences():
        for part, wanted in sentence.sides:
            found = side_of(reader, sentence, part)
            if found != wanted:
                wrong.append((sentence, part, wanted, found))
    return wrong


@dataclass(frozen=True)
class Liking:
    """An everyday like or skill, an opening that suits it, and one that does not."""

    id: str
    cell: str
    text: str
    right: str
    wrong: str


def likings() -> list[Liking]:
    """The rows of coverage.csv."""
    with (HERE / "coverage.csv").open(encoding="utf-8", newline="") as file:
        return [Liking(r["id"], r["field"], r["text"], r["right"], r["wrong"]) for r in csv.DictReader(file)]


def evidence(reader: Reader) -> list[tuple[Liking, float, float]]:
    """How well the words of each row meet its right and its wrong opening, 0..1, whatever hours and places are."""
    rows = likings()
    people = [Person(person_id=r.id, municipality="町", **{r.cell: r.text}) for r in rows]
    host = Host(host_id="H", name="会", kind=HostKind.OTHER, municipality="町")
    titles = sorted({t for r in rows for t in (r.right, r.wrong)})
    openings = [
        Opening(opening_id=f"O{i:04d}", host_id="H", title=t, role=Role.HELP, capacity=1) for i, t in enumerate(titles)
    ]
    problem = make_problem(Bundle(hosts=(host,), openings=tuple(openings), people=tuple(people)), Horizon(FIRST, WEEKS))
    profiles = Profiles(problem, reader)
    everybody, everything = np.arange(len(rows), dtype=np.int32), np.arange(len(titles), dtype=np.int32)
    met, _ = words_half(Block(problem, everybody, everything), profiles)
    at = {o.title: i for i, o in enumerate(problem.openings)}
    row_of = {p.person_id: i for i, p in enumerate(problem.people)}
    return [(r, float(met[row_of[r.id], at[r.right]]), float(met[row_of[r.id], at[r.wrong]])) for r in rows]


ORDINARY = 0.22  # what hours, nearness and the other circumstances come to, in the median of the labelled towns' pairs
MET = (0.5 - ORDINARY) / WORDS  # words that meet this well come to 0.5, worth bringing up


@dataclass(frozen=True)
class Coverage:
    """Of the everyday likes and skills: how many are read rightly, wrongly, and not at all."""

    right: int
    wrong: int
    not_at_all: int

    @property
    def all(self) -> int:
        return self.right + self.wrong + self.not_at_all


def coverage(reader: Reader) -> Coverage:
    """Rightly: the right opening is worth bringing up and the wrong one is not. Wrongly: the wrong one is."""
    found = evidence(reader)
    wrong = sum(b >= MET for _, _, b in found)
    right = sum(a >= MET > b for _, a, b in found)
    return Coverage(right, wrong, len(found) - right - wrong)
