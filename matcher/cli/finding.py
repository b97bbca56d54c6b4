"""A finding of the doctor: what is not as it should be, and what to do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong and what to do; `must` where it has to be mended."""

    must: bool
    what: str
    do: str


def must(what: str, do: str) -> Finding:
    """Something that has to be mended."""
    return Finding(True, what, do)


def note(what: str, do: str) -> Finding:
    """Something to think about."""
    return Finding(False, what, do)
