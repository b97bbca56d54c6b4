"""Companions' diaries: one person at a time, a pause in between, so many first visits a week."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from matcher.engine.assignment.plan import Taken
from matcher.engine.companions import PAUSE, Visit
from matcher.engine.problem import Problem


@dataclass(slots=True)
class Diary:
    """First visits of all companions as they are entered and struck out."""

    problem: Problem
    visits: dict[tuple[int, int], list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    week: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))

    @classmethod
    def of(cls, problem: Problem, taken: Iterable[Taken]) -> "Diary":
        """The diary of a plan."""
        diary = cls(problem)
        for t in taken:
            if t.companion is not None and t.session is not None:
                visit = next(v for v in problem.rides.visits(t.person, t.opening) if v.session == t.session)
                diary.add(t.companion, visit.day, visit.start, visit.end)
        return diary

    def add(self, companion: int, day: int, start: int, end: int) -> None:
        """Enter a visit."""
        self.visits[companion, day].append((start, end))
        self.week[companion, self._week(day)] += 1

    def remove(self, companion: int, day: int, start: int, end: int) -> None:
        """Strike a visit out."""
        self.visits[companion, day].remove((start, end))
        self.week[companion, self._week(day)] -= 1

    def anybody(self, visit: Visit, wish: int | None = None) -> int | None:
        """The first companion who can take one more visit, before all `wish`; None where nobody can."""
        first = (wish,) if wish is not None and wish in visit.companions else ()
        companion: int
        for companion in (*first, *visit.companions):
            within = self.week[companion, self._week(visit.day)] < self.problem.companions[companion].per_week
            apart = all(
                visit.end + PAUSE <= a or b + PAUSE <= visit.start for a, b in self.visits[companion, visit.day]
            )
            if within and apart:
                return companion
        return None

    def _week(self, day: int) -> int:
        return (day + self.problem.horizon.first.weekday()) // 7
