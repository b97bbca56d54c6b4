"""What was worked out from the lexicon files, remembered between runs: the files change rarely, starting is often.

The memory lies in the user's own cache folder, readable by nobody else, under a digest of everything that went into it;
a damaged or foreign file is simply made anew.
"""

import gc
import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def folder() -> Path:
    """Where it is kept: DEBAN_CACHE, else the user's cache folder."""
    own = os.environ.get("DEBAN_CACHE")
    return Path(own) if own else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "deban"


def digest(paths: Iterable[Path]) -> str:
    """One digest of files, of the programs that read them, and of the dictionary."""
    made = hashlib.sha256(f"{sys.version} {version('sudachipy')} {version('sudachidict_core')}".encode())
    for path in [*sorted(paths), *sorted(Path(__file__).parent.glob("*.py"))]:
        content = path.read_bytes()
        made.update(f"{path.name} {len(content)} ".encode() + content)
    return made.hexdigest()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without looking for garbage among a hundred thousand new objects, all of which stay: half of the time of reading."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def remembered(name: str, make: Callable[[], T]) -> T:
    """What `make` gives, from the cache where it is there."""
    path = folder() / f"{name}.pickle"
    try:
        if path.stat().st_uid == os.getuid():
            with path.open("rb") as file, _undisturbed():
                known: T = pickle.load(file)
                return known
    except Exception:  # whatever is wrong with the cache, the lexicon itself is there
        pass
    made = make()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            pickle.dump(made, file, protocol=5)
        os.replace(partial, path)
        for old in path.parent.glob(f"{name.split('-')[0]}-*.pickle"):
            if old != path:
                old.unlink(missing_ok=True)
    except OSError:
        pass  # a read-only home only costs the time of working it out again
    return made
