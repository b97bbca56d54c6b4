"""Leaving companions out of the program, as far as they are not scarce, changes nothing about what is found."""

import random

import pytest

from matcher.engine.assignment import Assignment
from matcher.engine.pairs import judge
from matcher.engine.problem import make_problem
from matcher.engine.profiles import Profiles
from matcher.engine.solver import companionship
from matcher.engine.solver.staged import solve_staged
from matcher.words import default_reader
from tests.unit.engine.town import HORIZON, town


class Kept:
    """Stands for the solving process, and keeps what it is handed."""

    def start(self, task):
        self.task = task


def task_of(bundle):
    problem = make_problem(bundle, HORIZON)
    kept = Kept()
    Assignment(problem, judge(problem, Profiles(problem, default_reader())), kept)
    return kept.task


def crowded(seed, companions):
    """Many who need company, few hours, few companions who have few free hours themselves."""
    pick = random.Random(seed)
    hours = ["月 10:00-11:00", "火 10:00-12:00", "水 14:00-15:00", "第1金 10:00-12:00"]
    return town(
        openings=[
            {
                "opening_id": f"O{n}",
                "host_id": "H1",
                "title": pick.choice(["花壇の水やり", "花の植えかえ"]),
                "role": "help",
                "schedule": pick.choice(hours),
                "capacity": pick.randint(1, 3),
            }
            for n in range(1, 6)
        ],
        people=[
            {
                "person_id": f"P{n}",
                "municipality": "町",
                "area_id": "A1",
                "interests": pick.choice(["花を育てること", "土いじり"]),
                "availability": pick.choice(["毎日 9:00-17:00", "火・水 9:00-17:00", "月・金 9:00-12:00"]),
                "waiting_since": pick.choice(["2024-01-01", "2026-08-01", ""]),
                "consent": "share",
                "needs_companion": "true",
                "wants": pick.choice(["1", "1", "2"]),
            }
            for n in range(1, 9)
        ],
        companions=[
            {
                "companion_id": f"C{n}",
                "name": "付き添い",
                "kind": "csw",
                "municipality": "町",
                "availability": pick.choice(hours) if n > 1 else "平日 9:00-17:00",
                "per_week": pick.choice(["1", "2"]),
            }
            for n in range(1, companions + 1)
        ],
    )


@pytest.mark.parametrize("companions", [1, 2, 4])
@pytest.mark.parametrize("seed", range(12))
def test_the_same_is_found_as_with_every_companion(seed, companions):
    task = task_of(crowded(seed, companions))
    found = []
    lazily = companionship.solve(task, found.append)
    at_once = solve_staged(companionship.FullProgram(task).part(None, None))
    for stage, row in task.stages.items():
        assert row @ lazily.x == pytest.approx(row @ at_once.x), stage
    assert lazily.proven
    assert all(lazily.bound[s] == pytest.approx(at_once.bound[s]) for s in ("s1", "s2", "s3", "s4"))
