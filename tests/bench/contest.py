"""deban and its peers on one instance, side by side. Each is a process of its own, ended from outside at its limit."""

import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from matcher.engine.assignment.plan import Taken
from tests.bench.child import Ended, run
from tests.bench.instance import Instance

STAGES = ("s1", "s2", "s3", "s4", "s5", "s6")
OWN = "deban, solve alone"
WHOLE = "deban, whole command"
HAND = "greedy by hand"
GRACE = 60.0  # seconds for reading and building, beyond a peer's limit of solving
WHOLE_LIMIT = 300.0  # seconds


@dataclass(frozen=True)
class Peer:
    """A way to a plan: the module that runs it, and in which way."""

    name: str
    module: str
    way: str = "weights"
    runs: int = 1


OURS = Peer(OWN, "own", runs=5)
GREEDY = Peer(HAND, "greedy", runs=5)
PEERS = (
    Peer("PuLP + CBC", "cbc"),
    Peer("PuLP + CBC, strict weights", "cbc", "strict"),
    Peer("PuLP + CBC, stage by stage", "cbc", "stages"),
    Peer("SciPy milp (HiGHS)", "highs"),
    Peer("SciPy milp (HiGHS), strict weights", "highs", "strict"),
    Peer("SciPy milp (HiGHS), stage by stage", "highs", "stages"),
    Peer("naive CP-SAT", "naive"),
)


@dataclass(frozen=True)
class Result:
    """One line of the table. Seconds are medians of `runs`; what a peer did not come to is None.

    Attributes:
        whole, build, solve: seconds of the whole process, of making the model, of solving it.
        status: "proven", "not proven", "nothing", "by hand", "killed" (at the limit), or how it failed.
        gap: how far the bound is from the plan, as a share of the bound: s4's for deban, of its own objective for others.
        together, largest: MB of all its processes at one time, and of the largest.
    """

    name: str
    runs: int
    whole: float
    build: float | None
    solve: float | None
    status: str
    stages: dict[str, int] | None
    gap: float | None
    together: float
    largest: float


def whole_command(folder: Path, first: date, runs: int, *, warm: bool = True) -> Result:
    """`deban match` from its start to the written answer; where it is to `warm` up, a run before is not counted."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "answer.json"
        command = [str(Path(sys.executable).with_name("deban")), "match", str(folder), "--from", first.isoformat()]
        command += ["--weeks", "4", "--json", str(out)]
        ended = [run(command, WHOLE_LIMIT) for _ in range(runs + warm)][int(warm) :]
        failed = next((e for e in ended if e.code != 0), None)
        answer = {} if failed else json.loads(out.read_text(encoding="utf-8"))["run"]
    if failed:
        return Result(WHOLE, runs, failed.seconds, None, None, _failure(failed), None, None, *_peaks(ended))
    value, bound = answer["objective"], answer["bound"]
    gap = (bound["s4"] - value["s4"]) / bound["s4"] if bound["s4"] else 0.0
    status = "proven" if all(value[s] == bound[s] for s in STAGES[:4]) else "not proven"
    seconds = statistics.median(e.seconds for e in ended)
    return Result(WHOLE, runs, seconds, None, None, status, value, gap, *_peaks(ended))


def contest(instance: Instance, peers: Sequence[Peer], seconds: float) -> Iterator[Result]:
    """Let one peer after the other solve the instance, each within so many seconds of solving."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        instance.save(folder)
        for peer in peers:
            yield _result(instance, peer, folder, seconds)


def _result(instance: Instance, peer: Peer, folder: Path, seconds: float) -> Result:
    """Run a peer, and count for ourselves what its plan comes to."""
    command = [sys.executable, "-m", f"tests.bench.peers.{peer.module}", str(folder), str(seconds), peer.way]
    ended, reached = [], []
    for _ in range(peer.runs):
        for file in ("reached.json", "x.npy"):
            (folder / file).unlink(missing_ok=True)
        ended.append(run(command, seconds + GRACE))
        if ended[-1].code != 0:
            whole = ended[-1].seconds
            return Result(peer.name, 1, whole, None, None, _failure(ended[-1]), None, None, *_peaks(ended))
        reached.append(json.loads((folder / "reached.json").read_text(encoding="utf-8")))
    last = reached[-1]
    plan = None
    if (folder / "x.npy").exists():
        plan = instance.taken(np.load(folder / "x.npy"))
    elif last["taken"] is not None:
        plan = [Taken(*t) for t in last["taken"]]
        faults = instance.faults(plan)
        if faults:
            raise AssertionError(f"{peer.name} breaks a rule: {faults[0]}")
    return Result(
        name=peer.name,
        runs=peer.runs,
        whole=statistics.median(e.seconds for e in ended),
        build=instance.build if peer.name == OWN else statistics.median(r["build"] for r in reached),
        solve=statistics.median(r["solve"] for r in reached),
        status=last["status"],
        stages=None if plan is None else instance.values(plan),
        gap=_gap(last),
        together=max(e.together for e in ended),
        largest=max(e.largest for e in ended),
    )


def _gap(reached: dict[str, float | None]) -> float | None:
    value, bound = reached["objective"], reached["bound"]
    if value is None or bound is None:
        return 0.0 if reached["status"] == "proven" else None
    return max(0.0, bound - value) / abs(bound) if bound else 0.0


def _failure(ended: Ended) -> str:
    return "killed" if ended.code is None else f"failed ({(ended.error.strip().splitlines() or [ended.code])[-1]})"


def _peaks(ended: Sequence[Ended]) -> tuple[float, float]:
    return max(e.together for e in ended), max(e.largest for e in ended)
