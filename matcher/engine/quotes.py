"""The two quotes that meet: the person's words and the opening's, with the activity that bridges them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matcher.engine.fit import WHOLE
from matcher.engine.likeness import FIELDS, sharp
from matcher.engine.profiles import NOTE_WEIGHT, RARE_WORD, Profiles, Voice
from matcher.words import Kind, Mention, Reading

LEAST_ALIKE = 0.15  # what is less alike is no reason that anybody would see


@dataclass(frozen=True, slots=True)
class Quote:
    """`person` and `opening` are words as they stand; `bridge` the activities between them, from the person's side."""

    person: str
    opening: str
    bridge: tuple[str, ...]
    strength: float
    field: str


def quote(profiles: Profiles, person: int, opening: int, source: str) -> Quote | None:
    """The strongest meeting of one source of words; None where nothing meets."""
    if source == "wish":
        return _wish(profiles, person, opening)
    found = [
        *_by_activity(profiles, person, opening, source),
        *_by_word(profiles, person, opening, source),
        *_by_whole(profiles, person, opening, source),
    ]
    return max(found, key=lambda q: (q.strength, q.person, q.opening), default=None)


def _fields(voice: Voice) -> tuple[tuple[str, Reading, float], ...]:
    return (
        ("interests", voice.interests, 1.0),
        ("strengths", voice.strengths, 1.0),
        ("note", voice.note, NOTE_WEIGHT),
    )


def _offered(profiles: Profiles, opening: int) -> Iterator[tuple[Mention, float]]:
    for reading, weight in profiles.offers[opening].parts:
        for mention in reading.mentions:
            yield mention, weight


def _by_activity(profiles: Profiles, person: int, opening: int, source: str) -> Iterator[Quote]:
    lexicon = profiles.lexicon
    for field, reading, weight in _fields(profiles.voices[person]):
        for mine in reading.mentions:
            if mine.kind.value != source or mine.polarity < 0:
                continue
            near = lexicon.closeness[lexicon.index[mine.activity]]
            for theirs, other in _offered(profiles, opening):
                strength = (
                    float(near[lexicon.index[theirs.activity]]) * mine.strength * theirs.strength * weight * other
                )
                if strength > 0.1:
                    yield Quote(
                        _around(reading.text, mine.start, mine.end),
                        theirs.words,
                        tuple(dict.fromkeys((mine.activity, theirs.activity))),
                        strength,
                        field,
                    )


def _by_word(profiles: Profiles, person: int, opening: int, source: str) -> Iterator[Quote]:
    if source not in (Kind.INTEREST.value, Kind.STRENGTH.value):
        return
    voice = profiles.voices[person]
    field, reading = ("interests", voice.interests) if source == "interest" else ("strengths", voice.strengths)
    offered = profiles.words_of[opening]
    for word in reading.words:
        if word.noun and word.polarity > 0:
            for key in word.keys:
                if key in offered:
                    strength = RARE_WORD * offered[key] * profiles.tells(key)
                    if strength > 0.1:
                        yield Quote(
                            _around(reading.text, word.start, word.end),
                            _word_of(profiles, opening, key),
                            (),
                            strength,
                            field,
                        )


def _by_whole(profiles: Profiles, person: int, opening: int, source: str) -> Iterator[Quote]:
    """Pieces that are alike as a whole; the bridge is the activity that both speak of most."""
    offered = profiles.outlines.openings[opening]
    for (field, reading, weight), kind in zip(_fields(profiles.voices[person]), FIELDS, strict=True):
        if kind.value != source:
            continue
        for piece in reading.pieces:
            own = sharp(profiles.reader, piece.words)
            meeting = own * offered
            length = float(np.sqrt((own * own).sum()))
            strength = WHOLE * weight * float(meeting.sum()) / max(length, 1e-9)
            if piece.liked and strength >= LEAST_ALIKE:
                at = int(meeting.argmax())
                words = _piece_of(profiles, opening, at)
                yield Quote(piece.words, words, (profiles.lexicon.activities[at],), strength, field)


def _piece_of(profiles: Profiles, opening: int, activity: int) -> str:
    """The piece of the opening's own words that speaks most of an activity."""
    own = [p.words for reading, _ in profiles.offers[opening].parts[:3] for p in reading.pieces]
    title = profiles.problem.openings[opening].title
    return max(own, key=lambda words: float(profiles.reader.outline(words)[activity]), default=title)


def _word_of(profiles: Profiles, opening: int, key: str) -> str:
    for reading, _ in profiles.offers[opening].parts:
        for word in reading.words:
            if key in word.keys:
                return word.words
    return profiles.problem.openings[opening].title


def _wish(profiles: Profiles, person: int, opening: int) -> Quote | None:
    best: Quote | None = None
    for field, reading, weight in _fields(profiles.voices[person]):
        for trait in reading.traits:
            if trait.polarity < 0:
                continue
            shown = float(profiles.shows[opening, profiles.trait_index[trait.trait]])
            strength = trait.strength * weight * max(0.0, shown)
            if strength > 0 and (best is None or strength > best.strength):
                words = _around(reading.text, trait.start, trait.end)
                best = Quote(words, _trait_words(profiles, opening, trait.trait), (trait.trait,), strength, field)
    return best


def avoided(profiles: Profiles, person: int, opening: int) -> Quote:
    """The two words that come nearest where an opening is near what the person avoids."""
    voice = profiles.voices[person]
    best: tuple[float, str, str] = (
        0.0,
        profiles.problem.people[person].avoid,
        profiles.problem.openings[opening].title,
    )
    for reading in (voice.avoid, voice.interests, voice.strengths, voice.note):
        for trait in reading.traits:
            if trait.polarity < 0:
                shown = float(profiles.shows[opening, profiles.trait_index[trait.trait]])
                if shown * trait.strength > best[0]:
                    words = _around(reading.text, trait.start, trait.end)
                    best = shown * trait.strength, words, _trait_words(profiles, opening, trait.trait)
        for mine in reading.mentions:
            if mine.polarity < 0:
                for theirs, other in _offered(profiles, opening):
                    lexicon = profiles.lexicon
                    close = float(lexicon.closeness[lexicon.index[mine.activity], lexicon.index[theirs.activity]])
                    if close * mine.strength * theirs.strength * other > best[0]:
                        words = _around(reading.text, mine.start, mine.end)
                        best = close * mine.strength * theirs.strength * other, words, theirs.words
    return Quote(best[1], best[2], (), best[0], "avoid")


def _trait_words(profiles: Profiles, opening: int, trait: str) -> str:
    offer = profiles.offers[opening]
    for reading in (*(r for r, _ in offer.parts), *offer.surroundings):
        for mention in reading.traits:
            if mention.trait == trait and mention.polarity > 0:
                return mention.words
    return profiles.problem.openings[opening].title


def _around(text: str, start: int, end: int) -> str:
    """The words as they stand, with what belongs to them up to the next stop, so that the quote reads as a phrase."""
    stops = "。、,.!?！？\n/ "
    a = start
    while a > 0 and text[a - 1] not in stops and start - a < 12:
        a -= 1
    b = end
    while b < len(text) and text[b] not in stops and b - end < 12:
        b += 1
    return text[a:b].strip()
