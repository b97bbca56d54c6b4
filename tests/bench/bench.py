"""Time, memory and proven bounds of `deban match`, from process start to answer, on made-up cities."""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.city import SIZES, write_city

RUNS = {"city": 5, "ward": 3, "dense ward": 1}


def measure(folder: Path, runs: int) -> dict[str, object]:
    """Median wall seconds, peak memory of the largest process in MB, and the run's own figures."""
    command = [str(Path(sys.executable).with_name("deban")), "match", str(folder), "--from", "2099-12-01"]
    seconds = []
    for _ in range(runs + 1):  # the first run warms up
        began = time.perf_counter()
        subprocess.run([*command, "--json", str(folder / "out.json")], check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - began)
    answer = json.loads((folder / "out.json").read_text(encoding="utf-8"))["run"]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return answer | {"seconds": statistics.median(seconds[1:]), "peak": peak}


def main() -> None:
    """Print one line a size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, action="append")
    for size in parser.parse_args().size or SIZES:
        with tempfile.TemporaryDirectory() as name:
            write_city(Path(name), SIZES[size])
            done = measure(Path(name), RUNS[size])
        proven = ", ".join(
            f"{s} {done['objective'][s]}{'' if done['objective'][s] == done['bound'][s] else '/' + str(done['bound'][s])}"
            for s in ("s1", "s2", "s3", "s4")
        )
        print(
            f"{size}: median {done['seconds']:.2f} s, peak {done['peak']:.0f} MB, {done['status']}, value[/bound]: {proven}"
        )


if __name__ == "__main__":
    main()
