"""A plan that stands, and what becomes of it after a change: whatever can stay stays, and who moves is told why."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from matcher.engine.answer import Answer, PersonStatus
from matcher.engine.answers import answers_of, bare_answers, start_of, status_of
from matcher.engine.assignment import Assignment, Plan, Taken
from matcher.engine.assignment.plan import stage_values
from matcher.engine.assignment.program import STAGES
from matcher.engine.block import Block
from matcher.engine.changes import Change
from matcher.engine.checker import Checker, Fault, check
from matcher.engine.feasibility import CODES, forbidding
from matcher.engine.fit import WORTH
from matcher.engine.fit import fit as fit_of
from matcher.engine.judged import Judged
from matcher.engine.solver.process import SolverProcess
from matcher.errors import DebanError

Pair = tuple[str, str]  # person_id, opening_id


@dataclass(frozen=True, slots=True)
class Given:
    """A suggestion by IDs: what, from when (None by arrangement), with whom (None: nobody needed)."""

    opening_id: str
    first_session: datetime | None
    companion_id: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A person whose suggestions changed, and why.

    `code` is the rule that now forbids what they had (its name in formats.md), `settled` where it is decided and so no
    suggestion any more, `decided` where a pin took its place, `wants` where they want fewer now, `needs_consent` and
    `needs_information` where they take no part any more, `thin` where it suits them no longer, `gone` without a row,
    `gave_way` where others are served for it (`stage` is the first that rose, empty where there is only less to give),
    `other_day` where only the first session or the companion is another, `gained` where they had nothing or less.
    """

    person_id: str
    before: tuple[Given, ...]
    after: tuple[Given, ...]
    code: str
    stage: str = ""


@dataclass(frozen=True, slots=True)
class StandingPlan:
    """A plan with everything it was made from. It is never changed: `change` gives another."""

    judged: Judged
    plan: Plan

    def given(self) -> dict[str, tuple[Given, ...]]:
        """Everybody's suggestions, by person ID."""
        problem = self.judged.problem
        found: dict[str, list[Given]] = {}
        for t in self.plan.taken:
            found.setdefault(problem.people[t.person].person_id, []).append(
                Given(
                    problem.openings[t.opening].opening_id,
                    None if t.session is None else start_of(problem, t.session),
                    None if t.companion is None else problem.companions[t.companion].companion_id,
                )
            )
        return {p: tuple(sorted(g, key=lambda x: x.opening_id)) for p, g in found.items()}

    def answers(self, people: Iterable[str]) -> tuple[Answer, ...]:
        """Whole answers for some people (IDs)."""
        at = {p.person_id: i for i, p in enumerate(self.judged.problem.people)}
        return answers_of(self.judged, self.plan.taken, [at[p] for p in people])

    def faults(self) -> list[Fault]:
        """What the independent checker finds wrong with the plan."""
        return check(
            self.judged.bundle, self.judged.problem.horizon, bare_answers(self.judged.problem, self.plan.taken)
        )

    def change(
        self,
        changes: Sequence[Change],
        process: SolverProcess,
        *,
        told: Set[Pair] = frozenset(),
        given: Set[Pair] = frozenset(),
        seconds: float = 60.0,
    ) -> "Changed":
        """Solve again after some changes.

        Among plans equal in s1-s3 the one that moves fewest people is taken. What somebody has been told (`told`) is
        never taken from them here; where a change makes it impossible, `Changed.broken` says so and a coordinator has
        to talk to them. `given` are pairs that are to be given whatever it costs, unless they cannot be. Where the
        solving ends without a plan, what can stay of the standing one comes back.

        Raises:
            UnknownId: a change names what is not there.
            ProblemError: the changed bundle makes no problem.
        """
        judged = self.judged.changed(changes)
        standing = _carried(self, judged)
        pairs = _indices(judged, told | given)
        assignment = Assignment(judged.problem, judged.pairs, process, standing, pairs)
        # While the solver is at work: most suggestions will stand, and what the checker finds out about them it keeps.
        checker = Checker(judged.bundle, judged.problem.horizon)
        checker.run(bare_answers(judged.problem, standing))
        plan = assignment.finish(seconds)
        if plan.ended == "failed" and pairs:  # not all of them fit together any more
            together = _together(judged, standing, _indices(judged, told), plan)
            plan = Assignment(judged.problem, judged.pairs, process, standing, together).finish(seconds)
        if plan.ended:
            plan = _what_stays(judged, standing, plan)
        after = StandingPlan(judged, plan)
        faults = checker.run(bare_answers(judged.problem, plan.taken))
        if faults:
            raise FaultyChange(faults[0])
        kept = {(p, g.opening_id) for p, own in after.given().items() for g in own}
        had = {(p, g.opening_id) for p, own in self.given().items() for g in own}
        return Changed(
            self, after, _moved(self, after, given & kept), tuple(sorted((told & had) - kept - _held(judged)))
        )


class FaultyChange(DebanError):
    """The checker found the changed plan in breach of a rule; it is not to be used."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(
            f"組み直した答えの検算が合いませんでした（{fault.rule}: {fault.person_id} {fault.opening_id}）。"
            "この結果は使わないでください。"
        )
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change comes to: the plan before and after, who moved, and what had been told and cannot be kept."""

    before: StandingPlan
    after: StandingPlan
    moved: tuple[Moved, ...]
    broken: tuple[Pair, ...]

    @property
    def difference(self) -> Mapping[str, tuple[int, int]]:
        """Stages whose value is another, before and after."""
        old, new = self.before.plan.objective, self.after.plan.objective
        return {s: (old[s], new[s]) for s in STAGES if s != "s5" and old[s] != new[s]}


def _carried(standing: StandingPlan, judged: Judged) -> list[Taken]:
    """Suggestions of the plan before, by indices now; without those whose person, opening or session is gone."""
    old, new = standing.judged.problem, judged.problem
    person = {p.person_id: i for i, p in enumerate(new.people)}
    opening = {o.opening_id: i for i, o in enumerate(new.openings)}
    companion = {c.companion_id: i for i, c in enumerate(new.companions)}
    found = []
    for t in standing.plan.taken:
        p = person.get(old.people[t.person].person_id)
        o = opening.get(old.openings[t.opening].opening_id)
        if p is None or o is None:
            continue
        session: int | None = None
        if t.session is not None:
            slot = tuple(old.timetable.slots[old.timetable.slot[t.session]])
            at = (s for s in new.timetable.sessions_of(o) if tuple(new.timetable.slots[new.timetable.slot[s]]) == slot)
            session = next(at, None)
            if session is None:
                continue
        c = None if t.companion is None else companion.get(old.companions[t.companion].companion_id)
        found.append(Taken(p, o, t.fit, session, c))
    return found


def _indices(judged: Judged, pairs: Set[Pair]) -> frozenset[tuple[int, int]]:
    person = {p.person_id: i for i, p in enumerate(judged.problem.people)}
    opening = {o.opening_id: i for i, o in enumerate(judged.problem.openings)}
    return frozenset((person[p], opening[o]) for p, o in pairs if p in person and o in opening)


def _held(judged: Judged) -> set[Pair]:
    problem = judged.problem
    return {
        (r.person_id, problem.openings[o].opening_id)
        for r, own in zip(problem.people, problem.held, strict=True)
        for o in own
    }


def _together(
    judged: Judged, standing: Sequence[Taken], told: Set[tuple[int, int]], failed: Plan
) -> frozenset[tuple[int, int]]:
    """Told pairs that can still stand together, those of who waited longest first."""
    waiting = judged.problem.p.waiting_class
    own = sorted((t for t in standing if (t.person, t.opening) in told), key=lambda t: (-waiting[t.person], t.person))
    return frozenset((t.person, t.opening) for t in _what_stays(judged, own, failed).taken)


def _what_stays(judged: Judged, standing: Sequence[Taken], failed: Plan) -> Plan:
    """The standing suggestions that are worth it and break no rule after the change, one after the other."""
    kept: list[Taken] = []
    pairs = judged.pairs
    fits = dict(zip(zip(pairs.person.tolist(), pairs.opening.tolist(), strict=True), pairs.fit.tolist(), strict=True))
    refitted = (replace(t, fit=fits.get((t.person, t.opening), 0)) for t in standing)

    def keep(some: Sequence[Taken]) -> None:
        # As if one after the other, since what breaks a rule does so in a larger plan too; with few checks where few fall.
        if not check(judged.bundle, judged.problem.horizon, bare_answers(judged.problem, [*kept, *some])):
            kept.extend(some)
        elif len(some) > 1:
            keep(some[: len(some) // 2])
            keep(some[len(some) // 2 :])

    keep([t for t in refitted if t.fit >= WORTH])
    values = stage_values(judged.problem, kept)
    return Plan(tuple(kept), values, failed.bound, False, failed.ended, failed.columns, failed.rows)


def _moved(before: StandingPlan, after: StandingPlan, given: Set[Pair]) -> tuple[Moved, ...]:
    """Who has something else now, and why; `given` are pairs that were asked for."""
    old, new = before.given(), after.given()
    values = before.plan.objective, after.plan.objective
    other = next((s for s in STAGES[:4] if values[0][s] != values[1][s]), "")
    rose = other if other and values[1][other] > values[0][other] else ""
    found = []
    for person_id in sorted(old.keys() | new.keys()):
        was, now = old.get(person_id, ()), new.get(person_id, ())
        if was == now:
            continue
        lost = {g.opening_id for g in was} - {g.opening_id for g in now}
        if not lost:
            found.append(Moved(person_id, was, now, "gained" if len(now) > len(was) else "other_day"))
        else:
            new_pairs = given - {(person_id, g.opening_id) for g in was}
            codes = (_lost(before, after, new_pairs, person_id, o) for o in sorted(lost))
            code = next((c for c in codes if c), "gave_way")
            found.append(Moved(person_id, was, now, code, rose if code == "gave_way" else ""))
    return tuple(found)


def _lost(before: StandingPlan, after: StandingPlan, given: Set[Pair], person_id: str, opening_id: str) -> str:
    """Why a person cannot keep an opening; empty where they could, and others are served for it.

    `given` are pairs that were asked for, without what the person had.
    """
    judged, problem = after.judged, after.judged.problem
    p, o = _indices_of(judged, person_id, opening_id)
    if p is None or o is None:
        return "gone"
    if o in problem.held[p]:
        return "settled"
    if any(person == person_id for person, _ in given):
        return "decided"
    q, _ = _indices_of(before.judged, person_id, opening_id)
    if q is not None and problem.p.wants_left[p] < before.judged.problem.p.wants_left[q]:
        return "decided" if len(problem.held[p]) > len(before.judged.problem.held[q]) else "wants"
    status = status_of(problem, p)
    if status is not PersonStatus.NO_FIT:
        return status.value
    block = Block(problem, np.array([p], dtype=np.int32), np.array([o], dtype=np.int32))
    bits = int(forbidding(block, judged.profiles, np.ones((1, 1), dtype=np.bool_))[0, 0])
    rules = [code for k, code in enumerate(CODES) if bits & (1 << k)]
    if rules:
        return rules[0]
    if int(fit_of(block, judged.profiles)[0][0, 0]) < WORTH:
        return "thin"
    hosts = {r.opening_id: r.host_id for r in problem.openings}
    return "capacity" if any(hosts[opening] == hosts[opening_id] for _, opening in given) else ""


def _indices_of(judged: Judged, person_id: str, opening_id: str) -> tuple[int | None, int | None]:
    problem = judged.problem
    p = next((i for i, r in enumerate(problem.people) if r.person_id == person_id), None)
    o = next((i for i, r in enumerate(problem.openings) if r.opening_id == opening_id), None)
    return p, o
