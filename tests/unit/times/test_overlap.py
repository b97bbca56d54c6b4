"""Merging and staying, against a walk through the minutes of the day."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matcher.times import Span, merge, stay
from tests.unit.times.strategies import spans


def minutes(of: list[Span]) -> set[int]:
    return {m for start, end in of for m in range(start, end)}


def runs(of: set[int]) -> list[Span]:
    """Maximal stretches of consecutive minutes."""
    starts = sorted(m for m in of if m - 1 not in of)
    ends = sorted(m + 1 for m in of if m + 1 not in of)
    return list(zip(starts, ends, strict=True))


@given(st.lists(spans(), max_size=5))
def test_merged_spans_are_the_stretches_of_minutes(given_spans: list[Span]) -> None:
    assert merge(given_spans) == runs(minutes(given_spans))


@given(spans(), st.lists(spans(), max_size=5))
@example((600, 720), [(540, 630), (690, 780)])
@example((600, 640), [(590, 620), (620, 650)])
def test_a_stay_is_the_longest_stretch_of_the_session(session: Span, given_spans: list[Span]) -> None:
    start, end = session
    stretches = runs(minutes([session]) & minutes(given_spans))
    longest = max((b - a for a, b in stretches), default=0)
    if longest < 60 and longest < end - start:
        assert stay(start, end, given_spans) is None
    else:
        assert stay(start, end, given_spans) == [s for s in stretches if s[1] - s[0] == longest][-1]


@pytest.mark.parametrize(
    ("session", "given_spans", "expected"),
    [
        ((600, 720), [(540, 660)], (600, 660)),
        ((600, 720), [(540, 659)], None),
        ((600, 640), [(600, 640)], (600, 640)),
        ((600, 640), [(600, 639)], None),
        ((600, 840), [(600, 690), (750, 840)], (750, 840)),
        ((600, 840), [(600, 691), (750, 840)], (600, 691)),
        ((600, 720), [(540, 630), (630, 700)], (600, 700)),
        ((600, 720), [(720, 800)], None),
        ((600, 720), [], None),
    ],
)
def test_stays_by_hand(session: Span, given_spans: list[Span], expected: Span | None) -> None:
    assert stay(*session, given_spans) == expected
