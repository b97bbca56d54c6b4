"""The rules about one person's answer as a whole. Every function says whether its rule is broken."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

from matcher.engine.answer import Answer, PersonStatus
from matcher.engine.checker.facts import Facts
from matcher.model import Consent, Person

MOST_OPTIONS = 10


def _consented(person: Person) -> bool:
    return person.consent in (Consent.INTERNAL, Consent.SHARE)


def consent(facts: Facts, person: Person, answer: Answer) -> bool:
    """Something is suggested for a person who has not consented."""
    return bool(answer.suggestions) and not _consented(person)


def availability_unknown(facts: Facts, person: Person, answer: Answer) -> bool:
    """Something is suggested for a person whose hours are not known."""
    return bool(answer.suggestions) and person.availability is None


def wants(facts: Facts, person: Person, answer: Answer) -> bool:
    """With what is pinned or placed already, the person is given more openings than they want."""
    held = len(facts.held.get(person.person_id, ()))
    return bool(answer.suggestions) and held + len(answer.suggestions) > person.wants


def status(facts: Facts, person: Person, answer: Answer) -> bool:
    """The status does not follow from the suggestions, the consent, the hours or the seats held.

    Where two statuses apply at once (no consent and unknown hours, say), either is right.
    """
    if answer.suggestions:
        return answer.status is not PersonStatus.SUGGESTED
    applies = {
        PersonStatus.NEEDS_CONSENT: not _consented(person),
        PersonStatus.NEEDS_INFORMATION: person.availability is None,
        PersonStatus.PLACED: len(facts.held.get(person.person_id, ())) >= person.wants,
    }
    if answer.status is PersonStatus.NO_FIT:
        return any(applies.values())
    return not applies.get(answer.status, False)


def option_twice(facts: Facts, person: Person, answer: Answer) -> bool:
    """An opening is listed twice among the options."""
    return any(count > 1 for count in Counter(option.opening_id for option in answer.options).values())


def options_too_many(facts: Facts, person: Person, answer: Answer) -> bool:
    """There are more than ten options."""
    return len(answer.options) > MOST_OPTIONS


def options_order(facts: Facts, person: Person, answer: Answer) -> bool:
    """The options do not stand best first."""
    return any(worse.fit > better.fit for better, worse in pairwise(answer.options))


def suggestion_twice(facts: Facts, person: Person, answer: Answer) -> bool:
    """An opening is suggested twice to one person."""
    return any(count > 1 for count in Counter(given.opening_id for given in answer.suggestions).values())


def suggestion_held(facts: Facts, person: Person, answer: Answer) -> bool:
    """An opening is suggested at which the person already has a seat."""
    held = facts.held.get(person.person_id, ())
    return any(given.opening_id in held for given in answer.suggestions)


RULES: tuple[Callable[[Facts, Person, Answer], bool], ...] = (
    consent,
    availability_unknown,
    wants,
    status,
    option_twice,
    options_too_many,
    options_order,
    suggestion_twice,
    suggestion_held,
)


def broken(facts: Facts, person: Person, answer: Answer) -> tuple[str, ...]:
    """The codes of the rules that an answer breaks as a whole."""
    return tuple(rule.__name__ for rule in RULES if rule(facts, person, answer))
