"""The report: tables in Markdown, made of nothing but the files that runs wrote."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.bench.contest import HAND, OWN, STAGES, WHOLE
from tests.bench.growth import FITTED, exponent

ENDED = ("proven", "by hand")
HEAD = """# Benchmarks

Measured by `make bench` and, for all of a metropolis at once, by `make bench-tokyo`. This page and its pictures are written by those commands; nothing in it is typed by hand.
`make bench BUNDLES="folder …" FROM=2026-12-01` measures other bundles and writes to `var/bench`. The towns are made up (`tests/bench/city.py`), the same for the same lexicon. Times are wall clock, medians of the runs named; every peer is a process of its own, its memory is its own, and it
is killed from outside when it does not end.
"""

NOTES = """
How to read the tables:

- **whole**: seconds from the start of the process to its end. For deban that is `deban match FOLDER --from DAY --weeks 4 --json FILE`: reading, understanding words, judging pairs, solving, explaining, checking, writing.
  For a peer it is loading its libraries and the arrays, and solving. **model**: making the program or model. **solve**: the solver alone; **× solve** compares that with deban's.
- **s1 … s6** are counted from each plan's suggestions, in the order of importance: people served; their waiting; people with a good fit; sum of fits in thousandths; suggestions kept from before; minus newcomers
  beyond half of what hosts take. Plans of the program's arrays are checked row by row, others by the engine's independent checker.
- **proven**: for deban each of s1 to s4 meets its own bound; for a peer its own objective meets its bound. **gap**: how far the bound is above the plan: s4's for deban, of the own objective for peers.
- **memory**: MB resident in all processes of the run at one time, and in the largest of them.
- PuLP + CBC and SciPy's `milp` get deban's own program, as arrays. *Plain*: one sum with powers of ten as weights, the kindest way for a solver, though nothing guarantees that a later stage never costs an earlier
  one. *Strict weights*: one sum that guarantees it for s1 to s4 (for a ward it comes to nearly 1e15; 64-bit numbers have no digits left for s5 and s6). *Stage by stage*: one solve a stage, each kept by a row; it guarantees and proves
  what deban does. Gaps are closed (no default tolerance of 0.01 %).
- *Naive CP-SAT*: one Boolean for each person, opening, first session and companion, plain weights, all cores. *Greedy by hand*: longest waiting first, best fit first.
"""


def report(runs: Iterable[Mapping[str, Any]]) -> str:
    """The whole page, of the runs as their files hold them."""
    parts = [HEAD]
    for run in runs:
        parts.append(f"\n## `{run['command']}`\n\n{run['date']}; {run['machine']}.\n{run['versions']}.\n")
        for size in run["sizes"]:
            parts.append(_size(size))
        if run["compared"]:
            parts.append("\n![Seconds of solving, deban and its peers](peers.svg)\n")
        if run["growth"]:
            parts.append(_growth(run["growth"]))
    return "".join([*parts, NOTES])


def _size(size: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{v:,} {k}" for k, v in size["counts"].items() if (k, v) != ("municipalities", 1))
    title = f"\n### {size['name']}\n\n{counts}. Each peer had {size['limit']:g} s for solving.\n\n"
    own = next((r["solve"] for r in size["results"] if r["name"] == OWN), None)
    head = ["", "runs", "whole", "model", "solve", "× solve", *STAGES, "", "gap", "memory", "largest"]
    text = title + _table(head, [_line(r, own) for r in size["results"]])
    text += _greedy(size["results"])
    if size["changes"]:
        c = size["changes"]
        text += (
            f"\nOne change to the standing plan, re-solved in process ({c['count']} random changes): p50 {_seconds(c['p50'])}, "
            f"p95 {_seconds(c['p95'])}, slowest {_seconds(c['slowest'])} s; {c['moved']:.1f} people are moved on average"
            + (f"; {c['unsolved']} found no sound plan" if c["unsolved"] else "")
            + ".\n"
        )
    return text


def _greedy(results: Sequence[Mapping[str, Any]]) -> str:
    """What is lost by hand, in words."""
    by_name = {r["name"]: r["stages"] for r in results}
    best, hand = by_name.get(OWN), by_name.get(HAND)
    if not best or not hand:
        return ""
    lost = {s: f"{best[s] - hand[s]:,} ({_share((best[s] - hand[s]) / best[s] if best[s] else 0)})" for s in STAGES}
    return f"\nBy hand, {lost['s1']} of the people served are lost, {lost['s3']} of those with a good fit, {lost['s4']} of the fit.\n"


def _line(result: Mapping[str, Any], own: float | None) -> list[str]:
    stages = result["stages"] or {}
    return [
        f"**{result['name']}**" if result["name"] in (OWN, WHOLE) else result["name"],
        str(result["runs"]),
        _seconds(result["whole"]),
        _seconds(result["build"]),
        _seconds(result["solve"]),
        _ratio(result, own),
        *(f"{stages[s]:,}" if s in stages else "–" for s in STAGES),
        result["status"],
        _share(result["gap"]),
        f"{result['together']:.0f}",
        f"{result['largest']:.0f}",
    ]


def _ratio(result: Mapping[str, Any], own: float | None) -> str:
    """How many times our seconds of solving; a peer that did not end would have taken more."""
    if not own or result["solve"] is None:
        return "–"
    ratio = result["solve"] / own
    return ("" if result["status"] in ENDED else "> ") + (f"{ratio:.1f}" if ratio < 10 else f"{ratio:,.0f}")


def _growth(growth: Sequence[Mapping[str, Any]]) -> str:
    lines = [[f"{g['people']:,}", f"{g['pairs']:,}", _seconds(g["whole"]), _seconds(g["solve"])] for g in growth]
    text = "\n### Growth\n\nTowns of one density: openings, companions and areas grow with the people. "
    text += "Pairs grow faster, for some people go anywhere in town.\n\n"
    text += _table(["people", "pairs worth bringing up", "whole", "solve"], lines)
    for what in ("whole", "solve"):
        if len(fitted := fitted_points(growth, what)[0]) > 1:
            e = exponent(*fitted_points(growth, what))
            text += f"\nFrom {fitted[0]:,} people on, the {what} takes time in proportion to people^{e:.2f}.\n"
    return text + "\n![Seconds by people, on logarithmic axes](growth.svg)\n"


def fitted_points(growth: Iterable[Mapping[str, Any]], what: str) -> tuple[list[int], list[float]]:
    """The points that the exponent is fitted to."""
    points = [(g["people"], g[what]) for g in growth if g["people"] >= FITTED and g[what]]
    return [p for p, _ in points], [s for _, s in points]


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = ["---", *("---:" for _ in head[1:])]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in (head, rule, *lines))


def _seconds(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _share(value: float | None) -> str:
    return "–" if value is None else "0" if value == 0 else f"{value * 100:.2g} %"
