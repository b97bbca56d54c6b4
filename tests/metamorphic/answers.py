"""What two runs are compared by: their stages, and the whole answer as it is written to a file."""

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

from matcher.engine.run import MatchRun
from matcher.services.answer_file import as_json, document
from tests.oracle.comparing import solved
from tests.oracle.instances import Instance, instance
from tests.oracle.search import STAGES


def values(done: MatchRun) -> tuple[int, ...]:
    """The six stages; compared as tuples, the more important first."""
    return tuple(done.plan.objective[stage] for stage in STAGES)


def written(drawn: Instance) -> str:
    """The answer as it would stand in the file, but for the seconds it took."""
    content = document(solved(drawn))
    del content["run"]["seconds"]
    return as_json(content)


def digest(seeds: Iterable[int]) -> str:
    """One digest of the answers to drawn problems."""
    made = hashlib.sha256()
    for seed in seeds:
        made.update(written(instance(seed)).encode())
    return made.hexdigest()


if (
    __name__ == "__main__"
):  # digest of the problems first to last, for test_same.py: written to a file, since solvers print
    Path(sys.argv[3]).write_text(digest(range(int(sys.argv[1]), int(sys.argv[2]))))
