"""On what, when and with which versions a run took place."""

import os
import platform
from datetime import date
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("deban", "ortools", "scipy", "numpy", "pulp")


def machine() -> dict[str, str]:
    """The machine, the date and the versions, as they are printed."""
    kilobytes = int(_lines("/proc/meminfo", "MemTotal")[0].split()[0])
    return {
        "date": date.today().isoformat(),
        "machine": f"{len(os.sched_getaffinity(0))} cores, {_lines('/proc/cpuinfo', 'model name')[0]}, "
        f"{kilobytes / 1024**2:.0f} GB, {platform.system()}",
        "versions": ", ".join([f"Python {platform.python_version()}", *(f"{p} {version(p)}" for p in PACKAGES)]),
    }


def _lines(path: str, name: str) -> list[str]:
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return [line.partition(":")[2].strip() for line in lines if line.startswith(name)] or ["0 unknown"]
