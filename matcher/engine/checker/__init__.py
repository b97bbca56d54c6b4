"""The independent checker: it goes through every answer of a run again, from the bundle alone.

It shares no rule with the solver, so that the two can disagree, and it looks only at what the answers name, never at
all pairs. `check` returns nothing where every rule holds. Which rules there are is best read in the modules:

- `pair`: what makes an opening impossible for a person (checked for every option and every suggestion)
- `idea`: fit, first session and companion of one option or suggestion
- `person`: one person's answer as a whole
- `plan`: what people take from each other

and here: everybody is answered once, and nobody and nothing is named that the bundle does not know.
"""

from collections.abc import Iterable, Iterator, Sequence

from matcher.engine.answer import Answer, Horizon, Idea
from matcher.engine.checker import idea as idea_rules
from matcher.engine.checker import pair as pair_rules
from matcher.engine.checker import person as person_rules
from matcher.engine.checker import plan as plan_rules
from matcher.engine.checker.facts import Facts
from matcher.engine.checker.fault import Fault
from matcher.engine.checker.idea import Visit, visit
from matcher.model import Bundle, Person

__all__ = ["Checker", "Fault", "check"]


def check(
    bundle: Bundle, horizon: Horizon, answers: Sequence[Answer], *, pinned_extra: Iterable[tuple[str, str]] = ()
) -> list[Fault]:
    """Return every fault of a run's answers, an empty list if there is none.

    `pinned_extra` are pairs of person and opening that count as pinned besides those of the history.
    """
    return Checker(bundle, horizon, pinned_extra).run(answers)


class Checker:
    """Checks answers over one bundle; what it found out about pairs it knows the next time."""

    def __init__(self, bundle: Bundle, horizon: Horizon, pinned_extra: Iterable[tuple[str, str]] = ()) -> None:
        self._facts = Facts(bundle, horizon, pinned_extra)
        self._verdicts: dict[tuple[str, str], tuple[str, ...]] = {}
        self._suggested: list[Visit] = []

    def run(self, answers: Sequence[Answer]) -> list[Fault]:
        """Check each answer, then that nobody was left out, then the plan as a whole."""
        self._suggested = []
        found: list[Fault] = []
        answered: set[str] = set()
        for answer in answers:
            person = self._facts.people.get(answer.person_id)
            if person is None:
                found.append(Fault("unknown_person", answer.person_id, ""))
            elif answer.person_id in answered:
                found.append(Fault("answered_twice", answer.person_id, ""))
            else:
                answered.add(answer.person_id)
                found.extend(self._answer(person, answer))
        missing = (person_id for person_id in self._facts.people if person_id not in answered)
        found.extend(Fault("unanswered", person_id, "") for person_id in missing)
        return found + plan_rules.faults(self._facts, self._suggested)

    def _answer(self, person: Person, answer: Answer) -> Iterator[Fault]:
        for rule in person_rules.broken(self._facts, person, answer):
            yield Fault(rule, person.person_id, "")
        for option in answer.options:
            yield from self._idea(person, option, suggested=False)
        for suggestion in answer.suggestions:
            yield from self._idea(person, suggestion, suggested=True)
        for blocked in answer.blocked:
            if blocked.nearest is not None and blocked.nearest.opening_id not in self._facts.openings:
                yield Fault("unknown_opening", person.person_id, blocked.nearest.opening_id, {"in": "blocked"})

    def _idea(self, person: Person, idea: Idea, *, suggested: bool) -> Iterator[Fault]:
        data = {"in": "suggestions" if suggested else "options"}
        opening = self._facts.openings.get(idea.opening_id)
        if opening is None:
            yield Fault("unknown_opening", person.person_id, idea.opening_id, data)
            return
        pair = self._facts.pair(person, opening)
        key = person.person_id, opening.opening_id
        if key not in self._verdicts:
            self._verdicts[key] = pair_rules.forbidding(self._facts, pair)
        looked_up = visit(self._facts, pair, idea, suggested=suggested)
        if suggested:
            self._suggested.append(looked_up)
        for rule in (*self._verdicts[key], *idea_rules.broken(self._facts, looked_up)):
            yield Fault(rule, person.person_id, opening.opening_id, data)
