"""Overlap of hours: merging, and where somebody can stay in a session."""

from collections.abc import Iterable

from matcher.times.patterns import Span

MIN_STAY = 60  # minutes, or the whole session where it is shorter (formats.md, rule `time`)


def merge(spans: Iterable[Span]) -> list[Span]:
    """Disjoint spans in order; overlapping or touching ones become one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


def stay(start: int, end: int, spans: Iterable[Span]) -> Span | None:
    """Where somebody who has these spans can stay in a session: the longest stretch, of equal ones the later.

    None where it is shorter than `MIN_STAY`, or than the whole session where that is shorter still.
    """
    common = [(max(start, a), min(end, b)) for a, b in merge(spans)]
    best = max(common, key=lambda s: (s[1] - s[0], s[0]), default=(0, 0))
    return best if best[1] - best[0] >= min(MIN_STAY, end - start) else None
