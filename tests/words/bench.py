"""How well words are understood, in figures: `make bench-words [CITIES="folder …"]`."""

import argparse
import csv
import resource
import subprocess
import sys
import time
from pathlib import Path

from matcher.words import Kind, default_reader
from tests.words.measures import CITIES, KINDS, UNTOUCHED, coverage, score, sentences, wrong_sides


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cities", nargs="*", type=Path, help="further folders with labels.csv")
    further = parser.parse_args().cities
    print(f"loading, lexicon remembered: {_loading():.2f} s")
    reader = default_reader()
    texts = _texts()
    began = time.perf_counter()
    for text, kind in texts:
        reader.read(text, kind)
    rate = len(texts) / (time.perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"reading: {rate:,.0f} texts a second, {peak:.0f} MB at most so far")
    wrong = wrong_sides(reader)
    bad = {sentence.id for sentence, *_ in wrong}
    turned = sum(wanted == "-" and found in "+~" for _, _, wanted, found in wrong)
    total = len(sentences())
    print(
        f"sides: {total - len(bad)}/{total} sentences right ({1 - len(bad) / total:.1%}), refused read as liked: {turned}"
    )
    found = coverage(reader)
    print(
        f"everyday likes and skills: {found.right / found.all:.1%} rightly, {found.wrong / found.all:.1%} wrongly, "
        f"{found.not_at_all / found.all:.1%} not at all ({found.all})"
    )
    shown = [0, 0]
    tenths = [[0, 0] for _ in range(10)]
    for city in [*sorted(p.parent for p in CITIES.glob("*/labels.csv")), *further]:
        result = score(city)
        print(f"{city.name}{' (untouched)' if city.name in UNTOUCHED else ''}: {result}")
        shown[0] += result.shown_good
        shown[1] += result.shown
        for tenth, (good, every) in result.by_fit.items():
            tenths[tenth][0] += good
            tenths[tenth][1] += every
    print(
        f"calibration: of what is shown at 0.5 and above, grade 1 or better: {shown[0]}/{shown[1]} ({shown[0] / shown[1]:.1%})"
    )
    for tenth, (good, every) in enumerate(tenths):
        if every:
            print(f"  fit {tenth / 10:.1f}–{(tenth + 1) / 10:.1f}: {good}/{every} ({good / every:.0%})")


def _loading() -> float:
    """Seconds until a fresh process has read its first text; the median of three."""
    code = (
        "import time; t = time.perf_counter(); from matcher.words import default_reader, Kind; "
        "default_reader().read('花', Kind.INTEREST); print(time.perf_counter() - t)"
    )
    runs = [
        float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)
        for _ in range(3)
    ]
    return sorted(runs)[1]


def _texts() -> list[tuple[str, Kind]]:
    """Every text of the labelled towns' people, several times with a different ending, so that none is remembered."""
    found = []
    for city in CITIES.glob("*/people.csv"):
        with city.open(encoding="utf-8-sig", newline="") as file:
            found += [(row[cell], kind) for row in csv.DictReader(file) for cell, kind in KINDS.items() if row[cell]]
    return [(f"{text}{i}", kind) for i in range(10) for text, kind in found]


if __name__ == "__main__":
    main()
