"""What the words of people and openings come to: evidence for a pair, avoidance, and the spans that gave them.

Evidence runs from 0 to 1 per source (interest, strength, biography, wish). Each person's words are spread over the
lexicon's closeness once; a pair then only looks up what the opening names.
"""

from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.engine.block import Block
from matcher.engine.likeness import outlines
from matcher.engine.problem import Floats, Ints, Problem
from matcher.model import Host, Opening, Person
from matcher.words import Kind, Mention, Reader, Reading

F32 = NDArray[np.float32]

# How much a text of the opening says about what one does there.
TITLE, TAGS, DESCRIPTION, HOST_NAME = 1.0, 0.95, 0.5, 0.35
AROUND = 0.8  # of a word that the person avoids and the host's conditions or notes name
MET_IN_DESCRIPTION = 0.75  # what one would meet there, said only in passing, is met all the same
UNSAID = 0.65  # a trait that an activity nearly always has, though nobody says so
NAMED_SO = 0.8  # 「こども食堂」 as a host's name: children are about, whatever one does there
NOTE_WEIGHT = 0.35  # the coordinator's note counts for less than the person's words
REFUSAL_FADING = 1.5  # to refuse a thing refuses less of its neighbours than to like it likes of them
NEGATION_REACH = 0.8  # a refused activity closer than this to a wished one wins over it
# A refused activity forbids where the title or a tag names it; in a description it is something to ask about.
REFUSED_IN_TITLE = 0.8
AVOID_FORBIDS, AVOID_CHECK = 0.6, 0.3
SAID_OUTRIGHT = 0.7
# What the catalogue's figures for 体力 and 交流 say of an opening, besides its words.
PHYSICAL_SHOWS: dict[int, dict[str, float]] = {2: {"体を動かす": 0.5}, 3: {"体を動かす": 0.9, "力仕事": 0.6}}
CONTACT_SHOWS: dict[int, dict[str, float]] = {1: {"一人でできる": 0.5}, 4: {"大人数": 0.3}, 5: {"大人数": 0.6}}
ASKED_AT_MOST = 0.5
RARE_WORD = 0.5  # evidence of a rare word that both sides use, where the lexicon says nothing
AT_HOME = "外に出なくてよい"  # who does it at home meets nothing of what is around the host
SOURCES = (Kind.INTEREST, Kind.STRENGTH, Kind.BIOGRAPHY)


@dataclass(frozen=True, slots=True)
class Voice:
    """A person's words, read: one reading a field."""

    interests: Reading
    strengths: Reading
    avoid: Reading
    note: Reading

    @classmethod
    def of(cls, person: Person, reader: Reader) -> "Voice":
        return cls(
            reader.read(person.interests, Kind.INTEREST),
            reader.read(person.strengths, Kind.STRENGTH),
            reader.read(person.avoid, Kind.AVOID),
            reader.read(person.note, Kind.BIOGRAPHY),
        )

    def weighted(self) -> list[tuple[Mention, float]]:
        """Mentions with the weight of the field they stand in."""
        own = [(m, 1.0) for r in (self.interests, self.strengths, self.avoid) for m in r.mentions]
        return own + [(m, NOTE_WEIGHT) for m in self.note.mentions]


@dataclass(frozen=True, slots=True)
class Offer:
    """An opening's words, read: texts with their weight."""

    parts: tuple[tuple[Reading, float], ...]
    surroundings: tuple[Reading, ...]  # conditions and notes: traits only

    @classmethod
    def of(cls, opening: Opening, host: Host, reader: Reader) -> "Offer":
        read = reader.read_opening
        return cls(
            (
                (read(opening.title), TITLE),
                (read("、".join(opening.activities)), TAGS),
                (read(opening.description), DESCRIPTION),
                (read(host.name), HOST_NAME),
            ),
            (read(opening.note), read(host.conditions), read(host.note)),
        )


class Profiles:
    """Readings of all people and openings of a problem as arrays over activities and traits.

    Attributes:
        offers, voices: the readings themselves, for explanations.
        evidence: per source (P, A): how well an opening that is purely this activity meets the person's words.
        refused: (P, A) how much an activity is what the person refuses.
        shows: (O, T) in -1..1, how surely an opening has a trait; -1 where its text says that it has not.
        shows_said: the same without what its activities bring with them unsaid.
        shows_besides: the same without what only the words of its activities show.
        outlines: what whole texts tell, beside their single words.
    """

    def __init__(self, problem: Problem, reader: Reader) -> None:
        self.problem = problem
        self.reader = reader
        self.lexicon = reader.lexicon
        self.voices = [Voice.of(p, reader) for p in problem.people]
        self.offers = [
            Offer.of(o, problem.hosts[h], reader) for o, h in zip(problem.openings, problem.o.host, strict=True)
        ]
        self.trait_index = {name: i for i, name in enumerate(sorted(self.lexicon.traits))}
        self._read_offers()
        self._read_voices()
        self._match_words()
        self.outlines = outlines(
            reader,
            [(v.interests, v.strengths, v.note) for v in self.voices],
            [(o.parts[0][0], o.parts[1][0], o.parts[2][0]) for o in self.offers],
        )

    def _read_offers(self) -> None:
        """What each opening is: activities (padded lists) and traits in -1..1."""
        lexicon = self.lexicon
        rows: list[dict[int, float]] = []
        opposed: list[dict[int, float]] = []
        self.shows = np.zeros((len(self.offers), len(self.trait_index)), dtype=np.float32)
        self.shows_said, self.shows_besides = np.zeros_like(self.shows), np.zeros_like(self.shows)
        for at, offer in enumerate(self.offers):
            row: dict[int, float] = {}
            against: dict[int, float] = {}
            shown, said, besides = self.shows[at], self.shows_said[at], self.shows_besides[at]
            denied: dict[int, bool] = {}  # whether the opening itself denies it, rather than what stands around it
            for reading, weight in offer.parts:
                for mention in reading.mentions:
                    a = lexicon.index[mention.activity]
                    row[a] = max(row.get(a, 0.0), weight * mention.strength)
                    heavy = max(weight, MET_IN_DESCRIPTION) if weight == DESCRIPTION else weight
                    against[a] = max(against.get(a, 0.0), heavy * mention.strength)
            own = [r for r, _ in offer.parts[:3]]
            opening = self.problem.openings[at]
            host = self.problem.hosts[self.problem.o.host[at]]
            at_home = bool(opening.online) or any(
                t.trait == AT_HOME and t.polarity > 0 and t.strength >= SAID_OUTRIGHT for r in own for t in r.traits
            )
            around = () if at_home else (offer.parts[3][0], *offer.surroundings)
            for reading in (*own, *around):
                for t in reading.traits:
                    i = self.trait_index[t.trait]
                    if t.polarity > 0:
                        strength = t.strength * (NAMED_SO if reading is offer.parts[3][0] else 1)
                        said[i] = max(said[i], strength)
                        if not any(m.start < t.end and t.start < m.end for m in reading.mentions):
                            besides[i] = max(besides[i], strength)
                    else:
                        denied[i] = denied.get(i, False) or reading in own
            for name, trait in lexicon.traits.items():
                if host.kind.value in trait.kinds and not at_home:
                    i = self.trait_index[name]
                    said[i], besides[i] = max(said[i], 0.7), max(besides[i], 0.7)
            np.maximum(shown, said, out=shown)
            for figures, shows in ((opening.physical, PHYSICAL_SHOWS), (opening.contact, CONTACT_SHOWS)):
                for name in shows.get(figures or 0, {}).keys() & self.trait_index.keys():
                    i = self.trait_index[name]
                    shown[i] = max(shown[i], shows[figures or 0][name])
            for a, weight in row.items():
                for name in lexicon.traits_of[lexicon.activities[a]]:
                    i = self.trait_index[name]
                    shown[i] = max(shown[i], UNSAID * weight)
            for i, by_itself in denied.items():
                if said[i] < SAID_OUTRIGHT:
                    shown[i] = said[i] = besides[i] = -1.0
                elif by_itself:  # where its own text says both, somebody must ask
                    shown[i] = said[i] = besides[i] = ASKED_AT_MOST
            rows.append(dict(sorted(row.items(), key=lambda x: (-x[1], x[0]))[:12]))
            opposed.append(against)
        width = max(1, max((len(r) for r in rows), default=1))
        self.offered = np.zeros((len(rows), width), dtype=np.int32)
        self.offered_weight = np.zeros((len(rows), width), dtype=np.float32)
        self.opposed_weight = np.zeros_like(self.offered_weight)
        for at, row in enumerate(rows):
            self.offered[at, : len(row)] = list(row)
            self.offered_weight[at, : len(row)] = list(row.values())
            self.opposed_weight[at, : len(row)] = [opposed[at][a] for a in row]

    def _read_voices(self) -> None:
        lexicon, size = self.lexicon, len(self.lexicon.activities)
        people = len(self.voices)
        self.evidence = {kind: np.zeros((people, size), dtype=np.float32) for kind in SOURCES}
        self.refused = np.zeros((people, size), dtype=np.float32)
        self.wished = np.zeros((people, len(self.trait_index)), dtype=np.float32)
        self.unbearable = np.zeros((people, len(self.trait_index)), dtype=np.float32)
        self.disliked = np.zeros_like(self.unbearable)
        for at, voice in enumerate(self.voices):
            for mention, weight in voice.weighted():
                activity = lexicon.index[mention.activity]
                reach = lexicon.closeness[activity]
                told = np.float32(mention.strength * weight)
                if mention.polarity < 0:
                    refused = reach ** np.float32(REFUSAL_FADING) * told
                    np.maximum(self.refused[at], refused, out=self.refused[at])
                else:
                    target = self.evidence[mention.kind][at]
                    np.maximum(target, reach * told, out=target)
            for reading in (voice.interests, voice.strengths, voice.avoid, voice.note):
                weight = NOTE_WEIGHT if reading is voice.note else 1.0
                for t in reading.traits:
                    if t.polarity > 0 and reading is voice.note:
                        continue  # the coordinator tells how things are there, not how the person wishes them
                    against = self.unbearable if reading in (voice.avoid, voice.note) else self.disliked
                    target = self.wished[at] if t.polarity > 0 else against[at]
                    i = self.trait_index[t.trait]
                    target[i] = max(target[i], t.strength * weight)
        for name, trait in lexicon.traits.items():  # what brings an unbearable trait with it is unbearable in part
            i = self.trait_index[name]
            for other, strength in trait.implied.items():
                if other in self.trait_index and strength >= 0.7:
                    j = self.trait_index[other]
                    np.maximum(self.unbearable[:, j], self.unbearable[:, i] * 0.5, out=self.unbearable[:, j])

    def _match_words(self) -> None:
        """Words that a person and an opening both use, where the lexicon says nothing: (person) → openings, evidence."""
        self.words_of: list[dict[str, float]] = []
        openings_with: dict[str, list[tuple[int, float]]] = {}
        openings_amid: dict[str, list[tuple[int, float]]] = {}  # what only conditions and notes say
        for at, offer in enumerate(self.offers):
            own: dict[str, float] = {}
            for reading, weight in offer.parts[:3]:
                for word in reading.words:
                    if word.noun:
                        for key in word.keys:
                            own[key] = max(own.get(key, 0.0), weight)
            self.words_of.append(own)
            for key, weight in own.items():
                openings_with.setdefault(key, []).append((at, weight))
            for key in sorted({key for r in offer.surroundings for w in r.words if w.noun for key in w.keys}):
                openings_amid.setdefault(key, []).append((at, AROUND))
        self.shared: dict[Kind, dict[int, tuple[Ints, F32]]] = {
            k: {} for k in (Kind.INTEREST, Kind.STRENGTH, Kind.AVOID)
        }
        for at, voice in enumerate(self.voices):
            for kind, read in (
                (Kind.INTEREST, voice.interests),
                (Kind.STRENGTH, voice.strengths),
                (Kind.AVOID, voice.avoid),
            ):
                found: dict[int, float] = {}
                for word in read.words:
                    if not word.noun or word.polarity != (-1 if kind is Kind.AVOID else 1):
                        continue
                    for key in word.keys:
                        amid = openings_amid.get(key, ()) if kind is Kind.AVOID else ()
                        for o, weight in (*openings_with.get(key, ()), *amid):
                            found[o] = max(found.get(o, 0.0), RARE_WORD * weight * self.tells(key))
                if found:
                    at_openings = np.array(sorted(found), dtype=np.int32)
                    self.shared[kind][at] = at_openings, np.array([found[o] for o in sorted(found)], dtype=np.float32)

    def told(self) -> "Profiles":
        """What explanations ask for alone; most of the arrays go, and no pair can be judged with it any more."""
        kept = copy(self)
        nothing = np.zeros((0, 0), dtype=np.float32)
        kept.evidence = dict.fromkeys(SOURCES, nothing)
        kept.refused = kept.wished = kept.unbearable = kept.disliked = nothing
        kept.shared = {kind: {} for kind in self.shared}
        kept.outlines = replace(self.outlines, people=dict.fromkeys(self.outlines.people, nothing))
        return kept

    def tells(self, key: str) -> float:
        """How much it tells that two texts share a word, 0 to 1."""
        return self.reader.everyday.get(key, 1.0)

    def _raise_by_shared(self, block: Block, kind: Kind, evidence: F32) -> None:
        """Raise (n, m) evidence to what shared words come to."""
        column: Ints | None = None
        for i, person in enumerate(block.people):
            found = self.shared[kind].get(int(person))
            if found is None:
                continue
            if column is None:
                column = np.full(len(self.offers), -1, dtype=np.int32)
                column[block.openings] = np.arange(len(block.openings), dtype=np.int32)
            at = column[found[0]]
            here = at >= 0
            evidence[i, at[here]] = np.maximum(evidence[i, at[here]], found[1][here])

    def _named(self, block: Block, kind: Kind) -> F32:
        """(n, m) evidence of the lexicon alone, before anything is held against it."""
        spread = self.evidence[kind][block.people]
        offered, weight = self.offered[block.openings], self.offered_weight[block.openings]
        best = np.zeros(block.shape, dtype=np.float32)
        for k in range(offered.shape[1]):
            np.maximum(best, spread[:, offered[:, k]] * weight[:, k], out=best)
        return best

    def meets(self, block: Block, kind: Kind) -> F32:
        """(n, m) evidence of one source for each pair."""
        best = self._named(block, kind)
        if kind in self.shared:
            self._raise_by_shared(block, kind, best)
        if kind is not Kind.AVOID:
            against = self._against(block)
            best = np.where(against >= best * NEGATION_REACH, best * (1 - against), best)
        return best

    def _against(self, block: Block) -> F32:
        """(n, m) how much the opening is an activity that the person refuses."""
        spread = self.refused[block.people]
        offered, weight = self.offered[block.openings], self.opposed_weight[block.openings]
        worst = np.zeros(block.shape, dtype=np.float32)
        for k in range(offered.shape[1]):
            np.maximum(worst, spread[:, offered[:, k]] * weight[:, k], out=worst)
        return worst

    def wish(self, block: Block) -> F32:
        """(n, m) how far the opening is as the person wishes it (静か, ひとりで, 体を動かす…), 0..1."""
        wished = self.wished[block.people]
        shown = np.maximum(self.shows[block.openings], 0)
        best = np.zeros(block.shape, dtype=np.float32)
        for t in np.flatnonzero(wished.any(axis=0)):
            np.maximum(best, wished[:, t : t + 1] * shown[:, t], out=best)
        return best

    def avoidance(self, block: Block) -> F32:
        """(n, m) how surely the opening is what the person cannot bear: AVOID_FORBIDS forbids, AVOID_CHECK asks."""
        shown, said, besides = (
            np.maximum(array[block.openings], 0) for array in (self.shows, self.shows_said, self.shows_besides)
        )

        def felt(unwanted: F32, outright: F32) -> F32:
            """Only what is said outright shuts an opening out; what is only likely there is asked about."""
            likely = np.minimum(_worst(unwanted, shown), np.float32(ASKED_AT_MOST))
            return np.maximum(_worst(unwanted, outright), likely)

        # A trait told in the same breath as the liking (「猫。犬はむり」) must be said apart from what one does there.
        worst = np.maximum(felt(self.unbearable[block.people], said), felt(self.disliked[block.people], besides))
        np.maximum(worst, self._against(block) * REFUSED_IN_TITLE, out=worst)
        self._raise_by_shared(block, Kind.AVOID, worst)
        return worst


def _worst(unwanted: F32, shown: F32) -> F32:
    """(n, m) the strongest meeting of traits (n, T) that people do not want and traits (m, T) that openings show."""
    worst = np.zeros((len(unwanted), len(shown)), dtype=np.float32)
    for t in np.flatnonzero(unwanted.any(axis=0)):
        np.maximum(worst, unwanted[:, t : t + 1] * shown[:, t], out=worst)
    return worst


def as_floats(array: F32) -> Floats:
    """Evidence as float64, so that fits are rounded alike on every machine."""
    return array.astype(np.float64)
