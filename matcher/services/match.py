"""Match a bundle from files: read, refuse what cannot be read, solve, check, answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from matcher.engine.answer import Horizon
from matcher.engine.run import MatchRun, run
from matcher.engine.solver.process import SolverProcess
from matcher.errors import DebanError
from matcher.exchange import Notice, ReadResult, read_bundle
from matcher.model import Bundle
from matcher.words import default_reader


class NothingToMatch(DebanError):
    """There is nobody, or nothing, to match; the sentence says what is missing and where."""


@dataclass(frozen=True, slots=True)
class Matched:
    """A run with what was read for it, and notices about fixed pairs that break a rule."""

    read: ReadResult
    run: MatchRun
    warnings: tuple[Notice, ...]


def match_bundle(
    path: Path,
    first: date,
    weeks: int,
    *,
    today: date,
    seconds: float = 60.0,
    every_pair: bool = False,
    progress: Callable[[str], None] = lambda what: None,
) -> Matched:
    """Match the people of a bundle over so many weeks.

    Raises:
        BundleError: the bundle cannot be read at all.
        NothingToMatch: the horizon has passed, or no people or openings are left to match.
        ProblemError: the horizon is too short or too long.
    """
    horizon = Horizon(first, weeks)
    if weeks >= 1 and horizon.last < today:
        raise NothingToMatch(
            f"期間 {first} からの{weeks}週間は、もう過ぎています。--from に今日（{today}）以降の日を指定してください。"
        )
    with SolverProcess() as process:  # started first: the solver loads while the bundle is read
        progress("一式を読んでいます")
        read = read_bundle(path)
        _check_filled(path, read)
        done = run(
            read.bundle, horizon, default_reader(), process, seconds=seconds, every_pair=every_pair, progress=progress
        )
    return Matched(read, done, (*read.notices, *held_against_rules(read.bundle, done)))


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


def held_against_rules(bundle: Bundle, done: MatchRun) -> list[Notice]:
    """Pinned and placed pairs that break a rule are kept, and told."""
    from matcher.engine.held import breaches

    notices = []
    for person, opening, code in breaches(done.problem, done.profiles):
        who, what = done.problem.people[person], done.problem.openings[opening]
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
    "conflict": "会わないほうがよい人と同じ受け入れ先です",
    "seats": "定員より多い人が入っています",
    "newcomers": "受け入れ先の上限より多い人が決まっています",
    "avoid": "避けたいことに当たるかもしれません",
}
