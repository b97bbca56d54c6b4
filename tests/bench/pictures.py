"""The pictures beside the report, as SVG; the same figures give the same bytes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.bench.contest import WHOLE
from tests.bench.growth import exponent
from tests.bench.table import ENDED, fitted_points

OURS, THEIRS, PAPER, INK = "#0b6e4f", "#b08968", "#ffffff", "#222222"
matplotlib.rcParams.update({"svg.hashsalt": "deban", "svg.fonttype": "none", "font.family": "sans-serif"})


def draw_peers(sizes: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Seconds of solving, one bar a peer and one panel a size, on a logarithmic axis."""
    figure = Figure(figsize=(9, 3.4 * len(sizes)), facecolor=PAPER, layout="constrained")
    for axes, size in zip(figure.subplots(len(sizes), squeeze=False)[:, 0], sizes, strict=True):
        _bars(axes, size)
    _save(figure, path)


def _bars(axes: Axes, size: Mapping[str, Any]) -> None:
    results = [r for r in size["results"] if r["name"] != WHOLE][::-1]
    for at, result in enumerate(results):
        seconds = result["solve"] if result["solve"] is not None else result["whole"]
        ended = result["status"] in ENDED
        color = OURS if result["name"].startswith("deban") else THEIRS
        axes.barh(at, seconds, color=color, hatch=None if ended else "//", edgecolor=PAPER)
        told = f" {seconds:.2g} s" + ("" if ended else f", {result['status']}")
        axes.text(seconds, at, told, va="center", color=INK, fontsize=9)
    axes.set_yticks(range(len(results)), [r["name"] for r in results])
    axes.set_xscale("log")
    axes.set_xlim(right=axes.get_xlim()[1] * 6)  # room for the figures
    axes.set_xlabel("seconds of solving (logarithmic)")
    axes.set_title(f"{size['name']}: {size['counts']['people']:,} people, {size['counts']['openings']:,} openings")
    axes.spines[["top", "right"]].set_visible(False)


def draw_growth(growth: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Seconds by people on logarithmic axes, with the fitted lines."""
    figure = Figure(figsize=(7, 4.5), facecolor=PAPER, layout="constrained")
    axes = figure.subplots()
    for what, marker, color in (("whole", "o", INK), ("solve", "s", OURS)):
        points = [(g["people"], g[what]) for g in growth if g[what]]
        people, seconds = fitted_points(growth, what)
        label = f"{what} command" if what == "whole" else "solve alone"
        if len(people) > 1:
            e = exponent(people, seconds)
            middle = (seconds[0] * seconds[-1]) ** 0.5 / (people[0] * people[-1]) ** (e / 2)
            axes.plot(people, [middle * p**e for p in people], "--", color=color, linewidth=1)
            label += f", people^{e:.2f}"
        axes.plot(*zip(*points, strict=True), marker, color=color, label=label)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xticks([g["people"] for g in growth], [f"{g['people']:,}" for g in growth])
    axes.set_xlabel("people (openings, companions and areas in proportion)")
    axes.set_ylabel("seconds")
    axes.grid(alpha=0.3)
    axes.legend()
    axes.spines[["top", "right"]].set_visible(False)
    _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, format="svg", metadata={"Date": None})
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")
