"""The plan made as by hand, longest waiting first and best fit first: `python -m tests.bench.peers.greedy FOLDER SECONDS WAY`."""

import pickle
from dataclasses import astuple
from pathlib import Path

from matcher.engine.assignment.columns import make_candidates
from matcher.engine.assignment.greedy import greedy
from tests.bench.peers.peer import Clock, Reached, peer


def solve(folder: Path, seconds: float, way: str) -> Reached:
    """The engine's own greedy plan; it proves nothing."""
    problem, pairs = pickle.loads((folder / "pairs.pickle").read_bytes())
    clock = Clock()
    candidates = make_candidates(problem, pairs)
    clock.built()
    taken = greedy(problem, candidates)
    clock.solved()
    return Reached(clock, "by hand", taken=[astuple(t) for t in taken])


if __name__ == "__main__":
    peer(solve)
