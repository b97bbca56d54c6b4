"""Comparing a run with what a case expects; every difference is one line of text."""

import re
from collections.abc import Iterator

from matcher.engine.answer import Answer
from matcher.engine.checker import check
from matcher.engine.held import breaches
from matcher.engine.run import MatchRun
from tests.cases.reading import Case, Expected, moment

_PAIR = re.compile(r"\w+-\w+")
_COMPARE = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
}


def unmet(case: Case, done: MatchRun) -> list[str]:
    """What the case takes for granted about fits and does not hold, with the fits as they are."""
    fits = {f"{a.person_id}-{i.opening_id}": round(i.fit * 1000) for a in done.answers for i in a.options}
    named = {line: {pair: fits.get(pair) for pair in _PAIR.findall(line)} for line in case.given}
    return [f"{line}  {found}" for line, found in named.items() if None in found.values() or not _holds(line, fits)]


def _holds(line: str, fits: dict[str, int]) -> bool:
    left, sign, right = re.split(r" (<=|>=|==|<|>) ", line)
    a, b = (sum(int(x) if x.isdigit() else fits[x] for x in side.split(" + ")) for side in (left, right))
    return _COMPARE[sign](a, b)


def differences(case: Case, done: MatchRun) -> list[str]:
    """Where a run is not what the case expects, or breaks a rule."""
    return [*_of_run(case, done), *(d for a in done.answers for d in _of_answer(a, case.expect[a.person_id]))]


def _of_run(case: Case, done: MatchRun) -> Iterator[str]:
    for fault in check(case.bundle, case.horizon, done.answers):
        yield f"the checker finds {fault}"
    for fault in done.dropped:
        yield f"the checker refused {fault}"
    if not done.plan.optimal:
        yield f"not proven: {done.plan.objective} of {done.plan.bound}"
    found = {stage: done.plan.objective[stage] for stage in case.objective}
    if found != case.objective:
        yield f"objective {found}, not {dict(case.objective)}"
    if case.told is not None:
        problem = done.problem
        told = sorted(
            f"{problem.people[p].person_id} {problem.openings[o].opening_id} {code}"
            for p, o, code in breaches(problem, done.profiles)
        )
        if told != sorted(case.told):
            yield f"told {told}, not {sorted(case.told)}"


def _of_answer(answer: Answer, expected: Expected) -> Iterator[str]:
    who = answer.person_id
    given = {i.opening_id: i for i in answer.suggestions}
    wanted, found = (
        (sorted(expected.openings), sorted(given)) if expected.count is None else (expected.count, len(given))
    )
    if (answer.status, found) != (expected.status, wanted):
        yield f"{who}: {answer.status} {found}, not {expected.status} {wanted}"
        return
    for what, right, told in (
        ("first session", expected.first, {o: moment(i.first_session) for o, i in given.items()}),
        ("companion", expected.companion, {o: i.companion_id or "" for o, i in given.items()}),
    ):
        for opening, value in zip(expected.openings, right or (), strict=right is not None):
            if told[opening] != moment(value):
                yield f"{who}: {what} at {opening} {told[opening]!r}, not {moment(value)!r}"
    options = sorted(i.opening_id for i in answer.options)
    if expected.options is not None and options != sorted(expected.options):
        yield f"{who}: options {options}, not {sorted(expected.options)}"
    yield from _of_asks(answer, expected)
    yield from _of_blocked(answer, expected)


def _of_asks(answer: Answer, expected: Expected) -> Iterator[str]:
    codes = {a.code for a in answer.options[0].asks} if answer.options else set()
    if not set(expected.ask) <= codes or set(expected.no_ask) & codes:
        yield f"{answer.person_id}: asks {sorted(codes)}, not {expected.ask} without {expected.no_ask}"


def _of_blocked(answer: Answer, expected: Expected) -> Iterator[str]:
    blocked = {b.code: b for b in answer.blocked}
    for code, wanted in expected.blocked.items():
        if code not in blocked:
            yield f"{answer.person_id}: blocked by {sorted(blocked)}, not by {code}"
            continue
        told, nearest = blocked[code], blocked[code].nearest
        known = {"openings": told.openings}
        if nearest is not None:
            known |= nearest.data | {"nearest": nearest.opening_id}
        found = {key: known.get(key) for key in wanted}
        if found != dict(wanted):
            yield f"{answer.person_id}: {code} {found}, not {dict(wanted)}"
