"""The bench: `make bench`, `make bench-tokyo`, or `make bench BUNDLES="folder …"`.

A run writes its figures into FOLDER/NAME.json and the report, made of all such files there, into FOLDER/README.md.
"""

import argparse
import json
import tempfile
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

from tests.bench import changes, growth
from tests.bench.city import FIRST, SIZES, write_city
from tests.bench.contest import GREEDY, HAND, OURS, PEERS, contest, whole_command
from tests.bench.instance import Instance, read_instance
from tests.bench.machine import machine
from tests.bench.pictures import draw_growth, draw_peers
from tests.bench.table import report

DOCS = Path(__file__).parents[2] / "docs" / "benchmarks"
ELSEWHERE = Path("var") / "bench"
RUNS = {"city": 5, "ward": 3, "dense ward": 3, "tokyo": 3}
LIMITS = {"city": 60.0, "ward": 90.0}  # seconds that each peer has for solving
LIMIT = 90.0
LARGE = 5000  # people beyond whom no peer is tried


def main() -> None:
    """Measure, and write what was measured."""
    options = _options()
    done: dict[str, Any] = {"command": options.command, **machine(), "sizes": [], "growth": []}
    if options.bundles:
        for folder in options.bundles:
            done["sizes"].append(_size(folder.name, folder, options.first, options))
    else:
        for size in options.size or ("city", "ward"):
            with tempfile.TemporaryDirectory() as place:
                write_city(Path(place), SIZES[size])
                done["sizes"].append(_size(size, Path(place), FIRST, options))
    if options.growth:
        for point in growth.measure(growth.PEOPLE, options.seconds or LIMIT):
            print(f"growth: {point}", flush=True)
            done["growth"].append(_short(asdict(point)))
    _write(options.out or (ELSEWHERE if options.bundles else DOCS), options.name, done)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=SIZES, action="append", help="made-up towns (city and ward)")
    parser.add_argument("--bundles", type=Path, nargs="*", help="folders to measure in place of made-up towns")
    parser.add_argument(
        "--from",
        dest="first",
        type=date.fromisoformat,
        default=date(2026, 12, 1),
        help="first day for the folders (2026-12-01)",
    )
    parser.add_argument("--seconds", type=float, help="limit of each peer's solving")
    parser.add_argument("--runs", type=int, help="runs of the whole command")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="deban and greedy alone")
    parser.add_argument("--growth", action="store_true", help="measure growth too")
    parser.add_argument("--name", default="bench", help="of the run's file")
    parser.add_argument("--command", default="make bench", help="what the report says was run")
    parser.add_argument("--out", type=Path, help=f"folder to write to (docs/benchmarks; {ELSEWHERE} for BUNDLES)")
    return parser.parse_args()


def _size(name: str, folder: Path, first: date, options: argparse.Namespace) -> dict[str, Any]:
    """Everything about one size."""
    results = [whole_command(folder, first, options.runs or RUNS.get(name, 3))]
    print(f"{name}: {results[0]}", flush=True)
    instance = read_instance(folder, first)
    large = len(instance.problem.people) > LARGE
    peers = [OURS, GREEDY, *(PEERS if options.peers and not large else ())]
    limit = options.seconds or LIMITS.get(name, LIMIT)
    for result in contest(instance, [replace(p, runs=1) if large else p for p in peers], limit):
        print(f"{name}: {result}", flush=True)
        results.append(result)
    changed = changes.measure(instance, changes.COUNTS[name]) if name in changes.COUNTS else None
    return {
        "name": name,
        "limit": limit,
        "counts": _counts(instance),
        "results": [_short(asdict(r)) for r in results],
        "changes": changed and _short(asdict(changed)),
    }


def _counts(instance: Instance) -> dict[str, int]:
    problem, task = instance.problem, instance.task
    return {
        "openings": len(problem.openings),
        "people": len(problem.people),
        "companions": len(problem.companions),
        "municipalities": len({p.municipality for p in problem.people}),
        "pairs worth bringing up": len(instance.candidates),
        "variables": len(task.upper),
        "rows": len(task.row_upper),
        "entries": len(task.values),
    }


def _short(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures for the file, measured ones to four digits."""
    return {k: float(f"{v:.4g}") if isinstance(v, float) else v for k, v in figures.items()}


def _write(folder: Path, name: str, done: dict[str, Any]) -> None:
    """The run's file, its pictures, and the report of all runs there."""
    folder.mkdir(parents=True, exist_ok=True)
    compared = [s for s in done["sizes"] if s["results"][-1]["name"] != HAND]
    done["compared"] = bool(compared)
    if compared:
        draw_peers(compared, folder / "peers.svg")
    if done["growth"]:
        draw_growth(done["growth"], folder / "growth.svg")
    (folder / f"{name}.json").write_text(json.dumps(done, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    runs = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob("*.json"))]
    (folder / "README.md").write_text(report(runs), encoding="utf-8")
    print(f"written: {folder}/README.md")


if __name__ == "__main__":
    main()
