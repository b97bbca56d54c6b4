"""Match a bundle from files: read, refuse what cannot be read, solve, check, answer."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

from matcher.engine.answer import Horizon
from matcher.engine.changes import Pin
from matcher.engine.gaps import gaps, wished
from matcher.engine.held import breaches
from matcher.engine.problem import Problem
from matcher.engine.run import MatchRun, run
from matcher.engine.solver.process import SolverProcess
from matcher.engine.standing import Changed
from matcher.engine.tried import Tried, tried
from matcher.engine.why import Why, why
from matcher.errors import DebanError
from matcher.exchange import Notice, ReadResult, read_bundle
from matcher.services.asking import Asked, read_asked
from matcher.services.metropolis import Metropolis, Telling, is_metropolis, match_metropolis
from matcher.words import default_reader


class NothingToMatch(DebanError):
    """There is nobody, or nothing, to match; the sentence says what is missing and where."""


@dataclass(frozen=True, slots=True)
class Matched:
    """A run with what was read for it, and notices about fixed pairs that break a rule."""

    read: ReadResult
    run: MatchRun | Metropolis
    warnings: tuple[Notice, ...]
    changed: Changed | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked for besides the bundle, as it was written; see `read_asked`."""

    what_if: Sequence[str] = ()
    pins: Sequence[str] = ()
    bans: Sequence[str] = ()
    closed: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """What is to be matched: a bundle, from which day, over how many weeks, in how much time."""

    path: Path
    first: date
    weeks: int
    today: date
    seconds: float = 60.0
    every_pair: bool = False
    progress: Callable[[str], None] = field(default=lambda what: None)
    began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds left of the limit, from when the search was asked for; at least one, for what is tried at the end."""
        return max(1.0, self.began + self.seconds - time.monotonic())


def match_bundle(
    path: Path,
    first: date,
    weeks: int,
    *,
    today: date,
    seconds: float = 60.0,
    every_pair: bool = False,
    wishes: Wishes = Wishes(),
    telling: Telling | None = None,
    progress: Callable[[str], None] = lambda what: None,
) -> Matched:
    """Match the people of a bundle over so many weeks, and where something is asked for, once more with it.

    Where `telling` says how answers are put into words, many towns are matched in processes of their own: unless every
    pair is wanted, or something is asked for, since both need everybody's words in one place.

    Raises:
        BundleError: the bundle cannot be read at all.
        NothingToMatch: the horizon has passed, or no people or openings are left to match.
        NotUnderstood: what is asked for cannot be read.
        ProblemError: the horizon is too short or too long.
    """
    search = Search(path, first, weeks, today, seconds, every_pair, progress)
    with _solving(search) as (read, process):
        asked = read_asked(read.bundle, wishes.what_if, wishes.pins, wishes.bans, wishes.closed)
        if telling is not None and is_metropolis(read.bundle, telling.many) and not (asked or every_pair):
            horizon = Horizon(first, weeks)
            all_towns = match_metropolis(read.bundle, horizon, process, telling, seconds=search.left, progress=progress)
            told = held_against_rules(all_towns.problem, all_towns.breaches)
            return Matched(read, all_towns, (*read.notices, *told))
        done = _run(search, read, process)
        changed = None
        notices: list[Notice] = []
        if asked:
            progress("たずねられたことを試しています")
            done, changed, notices = _tried(done, asked, process, search.left)
    return Matched(
        read,
        done,
        (*read.notices, *notices, *held_against_rules(done.problem, breaches(done.problem, done.profiles))),
        changed,
    )


def explain(search: Search, person_id: str, opening_id: str) -> tuple[MatchRun, Why]:
    """Why a person was not given an opening, with what it would cost.

    Raises:
        NoSuchPair: the person or the opening is not in the bundle.
    """
    with _solving(search) as (read, process):
        done = _run(search, read, process)
        return done, why(done.standing, person_id, opening_id, process, search.left)


def find_gaps(search: Search, most: int) -> tuple[MatchRun, tuple[Tried, ...]]:
    """The asks that would help most of those left without, each tried by solving."""
    with _solving(search) as (read, process):
        done = _run(search, read, process)
        search.progress("ひとつずつ、試しています")
        return done, tried(done.standing, process, most=most, seconds=search.left)


@contextmanager
def _solving(search: Search) -> Iterator[tuple[ReadResult, SolverProcess]]:
    """The bundle, read while the solver loads in its process."""
    last = Horizon(search.first, search.weeks).last
    if search.weeks >= 1 and last < search.today:
        raise NothingToMatch(
            f"期間 {search.first} からの{search.weeks}週間は、もう過ぎています。"
            f"--from に今日（{search.today}）以降の日を指定してください。"
        )
    with SolverProcess() as process:
        search.progress("一式を読んでいます")
        read = read_bundle(search.path)
        _check_filled(search.path, read)
        yield read, process


def _run(search: Search, read: ReadResult, process: SolverProcess) -> MatchRun:
    return run(
        read.bundle,
        Horizon(search.first, search.weeks),
        default_reader(),
        process,
        seconds=search.left,
        every_pair=search.every_pair,
        progress=search.progress,
    )


def _tried(
    done: MatchRun, asked: Asked, process: SolverProcess, seconds: float
) -> tuple[MatchRun, Changed, list[Notice]]:
    """The run with what was asked for; a pin that a rule forbids is held as decided, and told with the others."""
    judged = done.judged.changed(asked.changes) if asked.changes else done.judged
    people = {p.person_id: i for i, p in enumerate(judged.problem.people)}
    openings = {o.opening_id: i for i, o in enumerate(judged.problem.openings)}
    possible = {(int(p), int(o)) for p, o in zip(judged.pairs.person, judged.pairs.opening, strict=True)}
    given = frozenset(
        (p, o) for p, o in asked.pins if (people[p], openings[o]) in possible and judged.problem.p.eligible[people[p]]
    )
    against = [Pin(p, o) for p, o in asked.pins if (p, o) not in given]
    changed = done.standing.change([*asked.changes, *against], process, given=given, seconds=seconds)
    notices = [
        Notice("", 0, "", "not_possible", f"--pin {p}:{o} は、席や付き添いの都合がつかず、入れられませんでした。")
        for p, o in sorted(given)
        if all(g.opening_id != o for g in changed.after.given().get(p, ()))
    ]
    after = changed.after
    answers = after.answers(p.person_id for p in after.judged.problem.people)
    rest = gaps(after.judged.problem, partial(wished, after.judged.profiles), answers)
    return replace(done, judged=after.judged, plan=after.plan, answers=answers, gaps=rest), changed, notices


def _check_filled(path: Path, read: ReadResult) -> None:
    for rows, sheet, file in (
        (read.bundle.people, "本人", "people"),
        (read.bundle.openings, "受け入れ枠", "openings"),
    ):
        if not rows:
            refused = next((len(s.refused) for s in read.sheets if s.sheet.name in (sheet, file)), 0)
            if refused:
                raise NothingToMatch(
                    f"{path} の{sheet}は{refused}行すべてが読めませんでした。deban check {path} で直す所が分かります。"
                )
            raise NothingToMatch(
                f"{path} に{sheet}（{file}）がひとつもありません。{file}.csv か「{sheet}」シートを足してください。"
            )


def held_against_rules(problem: Problem, broken: Iterable[tuple[int, int, str]]) -> list[Notice]:
    """Pinned and placed pairs that break a rule are kept, and told."""
    notices = []
    for person, opening, code in broken:
        who, what = problem.people[person], problem.openings[opening]
        notices.append(
            Notice(
                "history",
                0,
                "status",
                "held_against_rule",
                f"{who.called}（{who.person_id}）の決定済み・参加中「{what.title}」（{what.opening_id}）は、{_RULES[code]}。"
                "そのまま残しました。記録を確かめてください。",
            )
        )
    return notices


_RULES = {
    "time": "出られる時間と合いません",
    "reach": "動ける範囲の外です",
    "travel": "移動時間の上限をこえます",
    "role": "希望する関わり方とちがいます",
    "age": "年齢の条件と合いません",
    "contact": "交流の上限をこえます",
    "physical": "体力の上限をこえます",
    "wheelchair": "車いすで使えません",
    "acceptance": "受け入れ先が受けていない役割です",
    "declined": "辞退などの記録もあります",
    "conflict": "同席回避の記録と合いません",
    "seats": "定員より多い人が入っています",
    "newcomers": "受け入れ先の上限より多い人が決まっています",
    "avoid": "避けたいことに当たるかもしれません",
}
