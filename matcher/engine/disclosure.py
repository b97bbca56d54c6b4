"""What of a fairness report may be shown outside the team: no count of fewer than k people, told or worked out.

Figures come in columns, the most telling first; each later column is shown only as far as those before it allow. In
each dimension a column hides single groups, always together, so that what is left of the total after all that is
shown tells of them as one block only. A figure is safe where it is at least k and differs by at least k from every
figure already shown of the same people (the difference counts people too: those without a suggestion, without
consent …). Every set of people that sums and differences of shown figures can single out is then a union of such
safe pieces; decision 0005 says why. Zero is not safe either: "nobody of them" tells about each of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from matcher.engine.fairness import Dimension, Fairness, Group
from matcher.engine.problem import Bools, Ints

COLUMNS = ("people", "suggested", "with_options", "eligible")


def public(report: Fairness, k: int = 5) -> Fairness:
    """The report as it may be shown outside the team.

    Groups too small to be named are taken together as others; single figures that are not safe are None. Expectations
    and chances are left out, since they tell about the strata of a group.

    Raises:
        ValueError: k is below 2, which would hide nothing, or the report is a public one already.
    """
    if k < 2:
        raise ValueError(f"k is {k}; below 2 nothing is hidden")
    if report.hidden_below is not None:
        raise ValueError("the report is a public one already")
    columns: tuple[str, ...] = ()
    for column in COLUMNS:
        if _safe(_counts((report.total,), (*columns, column)), k)[0]:
            columns = (*columns, column)
    return Fairness(
        _only(report.total, columns), tuple(_dimension(d, columns, k) for d in report.dimensions), hidden_below=k
    )


def _counts(groups: tuple[Group, ...], columns: tuple[str, ...]) -> Ints:
    """(G, columns)."""
    return np.array([[getattr(g, c) for c in columns] for g in groups], dtype=np.int32).reshape(-1, len(columns))


def _safe(counts: Ints, k: int) -> Bools:
    """Per row: whether the last column may be shown beside the earlier ones."""
    last = counts[:, -1]
    found: Bools = (last >= k) & (np.abs(last[:, None] - counts[:, :-1]) >= k).all(axis=1)
    return found


def _dimension(dimension: Dimension, columns: tuple[str, ...], k: int) -> Dimension:
    groups = dimension.groups
    if not columns or not groups:
        return Dimension(dimension.axis, ())
    by_size = np.argsort(_counts(groups, ("people",))[:, 0], kind="stable").tolist()
    hidden = np.zeros(len(groups), dtype=np.bool_)
    hiding: dict[str, Bools] = {}
    for n, column in enumerate(columns):
        hidden = _hidden(_counts(groups, columns[: n + 1]), hidden, by_size, k)
        hiding[column] = hidden
    nameless = hiding["people"]
    if nameless.all():
        return Dimension(dimension.axis, ())
    shown = [
        _only(group, [c for c in columns if not hiding[c][g]]) for g, group in enumerate(groups) if not nameless[g]
    ]
    if nameless.any():
        block = tuple(group for g, group in enumerate(groups) if nameless[g])
        shown.append(_others(block, tuple(c for c in columns if (hiding[c] == nameless).all())))
    return Dimension(dimension.axis, tuple(shown))


def _hidden(counts: Ints, hidden: Bools, by_size: Iterable[int], k: int) -> Bools:
    """The groups whose last column is hidden: those hidden already, the unsafe, and the smallest of the rest for as
    long as all of them together are not safe, since their sum is what the shown ones leave of the total."""
    hidden = hidden | ~_safe(counts, k)
    for g in by_size:
        if not hidden.any() or _safe(counts[hidden].sum(axis=0, keepdims=True), k)[0]:
            break
        hidden[g] = True
    return hidden


def _others(block: tuple[Group, ...], columns: tuple[str, ...]) -> Group:
    """One row for groups that are not named, with the columns that hide these groups and no others."""
    sums = dict(zip(columns, _counts(block, columns).sum(axis=0).tolist(), strict=True))
    return Group(
        key="",
        municipality="",
        people=sums.get("people"),
        eligible=sums.get("eligible"),
        with_options=sums.get("with_options"),
        suggested=sums.get("suggested"),
        others=True,
    )


def _only(group: Group, columns: Sequence[str]) -> Group:
    """The group with these columns alone, and the means over people whose number is shown."""

    def kept(figure: str, column: str = "") -> Any:
        return getattr(group, figure) if (column or figure) in columns else None

    return replace(
        group,
        people=kept("people"),
        eligible=kept("eligible"),
        with_options=kept("with_options"),
        suggested=kept("suggested"),
        options=kept("options", "eligible"),
        best_fit=kept("best_fit", "with_options"),
        given_fit=kept("given_fit", "suggested"),
        expected=None,
        chance=None,
        marked=group.marked and "suggested" in columns and "with_options" in columns,
    )
