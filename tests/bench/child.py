"""Running a command with a hard limit and watching its memory, children included."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

LOOK = 0.025  # seconds between two looks at memory
SEARCH = 8  # looks between two searches for new children: reading all of /proc costs time of its own
MB = 1024  # kB


@dataclass(frozen=True)
class Ended:
    """How a command ended.

    Attributes:
        seconds: from its start to its end.
        code: exit code; None where it was killed at the limit.
        together: MB resident in all its processes at one time, at most (pages they share count more than once).
        largest: MB resident in its largest process, at most.
        error: the end of what it wrote on standard error.
    """

    seconds: float
    code: int | None
    together: float
    largest: float
    error: str


def run(command: Sequence[str], limit: float) -> Ended:
    """Run a command to its end, or kill it and all its children after so many seconds."""
    with tempfile.TemporaryFile() as error:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=error, start_new_session=True)
        watch = _Watch(process.pid, began + limit)
        watch.start()
        process.wait()
        seconds = time.perf_counter() - began
        watch.finish()
        error.seek(0)
        told = error.read().decode(errors="replace")[-2000:]
    # What the system counts for a child that has ended begins with its parent's memory: only what was seen is right.
    code = None if watch.killed else process.returncode
    return Ended(seconds, code, max(watch.together, watch.largest) / MB, watch.largest / MB, told)


@dataclass
class _Watch:
    """A thread that looks at a session's processes until they are gone, and ends them at the limit."""

    session: int
    end: float
    together: int = 0  # kB
    largest: int = 0
    killed: bool = False
    _over: Event = field(default_factory=Event)

    def start(self) -> None:
        self._thread = Thread(target=self._look, daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Stop looking; whatever the command left behind is ended."""
        self._over.set()
        self._thread.join()
        self._kill(_members(self.session))

    def _look(self) -> None:
        looks = 0
        members = [self.session]
        while not self._over.wait(LOOK):
            if looks % SEARCH == 0:
                members = _members(self.session) or members
            looks += 1
            seen = [m for m in map(_memory, members) if m is not None]
            self.together = max(self.together, sum(now for now, _ in seen))
            self.largest = max(self.largest, max((most for _, most in seen), default=0))
            if time.perf_counter() > self.end and not self.killed:
                self.killed = True
                self._kill(_members(self.session))

    @staticmethod
    def _kill(pids: Sequence[int]) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _members(session: int) -> list[int]:
    """Processes of a session."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with suppress(OSError):
                after = Path(entry.path, "stat").read_bytes().rpartition(b")")[2].split()
                if int(after[3]) == session and after[0] != b"Z":
                    found.append(int(entry.name))
    return found


def _memory(pid: int) -> tuple[int, int] | None:
    """kB resident now, and at most so far; None where the process has gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    found = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith(("VmRSS:", "VmHWM:"))}
    return (found["VmRSS"], found["VmHWM"]) if len(found) == 2 else None
