"""The report says what the run's file says, and leaves out what is not there."""

import pytest

from tests.bench.contest import HAND, OWN, WHOLE
from tests.bench.growth import exponent
from tests.bench.table import report


def stages(*values):
    return dict(zip(("s1", "s2", "s3", "s4", "s5", "s6"), values, strict=True))


def result(name, **changes):
    row = {
        "name": name,
        "runs": 1,
        "whole": 12.34,
        "build": 0.5,
        "solve": 0.25,
        "status": "proven",
        "stages": stages(40, 80, 20, 30000, 0, -4),
        "gap": 0.0,
        "together": 321.4,
        "largest": 210.2,
    }
    return row | changes


def run(*results, changes=None, growth=(), compared=False):
    size = {"name": "hamlet", "limit": 60.0, "counts": {"people": 1500}, "results": results, "changes": changes}
    return {
        "command": "make bench",
        "date": "2099-12-01",
        "machine": "2 cores",
        "versions": "Python 3.11",
        "sizes": [size],
        "growth": growth,
        "compared": compared,
    }


def line(text, name):
    (found,) = (x for x in text.splitlines() if x.startswith((f"| {name} |", f"| **{name}** |")))
    return [cell.strip() for cell in found.strip("|").split("|")]


def test_a_peer_is_compared_with_our_solve():
    peer = result("CBC", solve=5.0, status="not proven", gap=0.0123)
    text = report([run(result(WHOLE, build=None, solve=None), result(OWN), peer)])
    assert line(text, "CBC")[1:6] == ["1", "12", "0.500", "5.00", "> 20"]
    assert line(text, "CBC")[-4:] == ["not proven", "1.2 %", "321", "210"]
    assert line(text, OWN)[5] == "1.0"
    assert line(report([run(result(OWN), result("CBC", solve=2.0))]), "CBC")[5] == "8.0"
    assert line(text, WHOLE)[3:6] == ["–", "–", "–"]
    assert line(text, "CBC")[6:12] == ["40", "80", "20", "30,000", "0", "-4"]


def test_a_peer_that_was_killed_has_a_line_without_figures():
    killed = result("CBC", build=None, solve=None, status="killed", stages=None, gap=None)
    assert line(report([run(result(OWN), killed)]), "CBC")[3:14] == ["–"] * 9 + ["killed", "–"]


def test_what_is_lost_by_hand_is_said():
    text = report([run(result(OWN), result(HAND, stages=stages(30, 70, 20, 24000, 0, -1), gap=None))])
    assert "By hand, 10 (25 %) of the people served are lost, 0 (0) of those with a good fit, 6,000 (20 %)" in text


def test_the_machine_and_the_size_are_said():
    text = report([run(result(OWN))])
    assert "## `make bench`\n\n2099-12-01; 2 cores.\nPython 3.11.\n" in text
    assert "1,500 people. Each peer had 60 s for solving." in text


def test_sections_are_there_only_where_they_were_measured():
    bare = report([run(result(OWN))])
    assert not any(section in bare for section in ("peers.svg", "growth.svg", "One change"))
    changes = {"count": 200, "p50": 0.0456, "p95": 0.19, "slowest": 1.5, "moved": 1.25, "unsolved": 0}
    growth = [{"people": n, "pairs": n * 5, "whole": n / 100, "solve": n**2 / 1e6} for n in (200, 400, 800)]
    full = report([run(result(OWN), changes=changes, growth=growth, compared=True)])
    assert "(200 random changes): p50 0.046, p95 0.190, slowest 1.50 s; 1.2 people are moved on average.\n" in full
    failing = report([run(result(OWN), changes=changes | {"unsolved": 3})])
    assert "on average; 3 found no sound plan." in failing
    assert "From 400 people on, the whole takes time in proportion to people^1.00." in full
    assert "the solve takes time in proportion to people^2.00." in full
    assert line(full, "800") == ["800", "4,000", "8.00", "0.640"]
    assert "(peers.svg)" in full and "(growth.svg)" in full


def test_runs_stand_one_after_the_other():
    tokyo = run(result(OWN)) | {"command": "make bench-tokyo"}
    text = report([run(result(OWN)), tokyo])
    assert text.index("## `make bench`\n") < text.index("## `make bench-tokyo`\n")


def test_the_exponent_is_that_of_the_line():
    assert exponent([100, 200, 400], [3, 12, 48]) == pytest.approx(2)
