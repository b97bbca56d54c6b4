"""`deban match`: one small thing for each person of a bundle, or why not."""

import sys
from datetime import date, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import click

from matcher.cli.report import card, report
from matcher.cli.terminal import COLUMNS_NOTE, Paint, Progress, wrap
from matcher.engine.answer import Answer
from matcher.engine.fairness import fairness
from matcher.engine.problem import Problem
from matcher.engine.run import FaultyPlan
from matcher.engine.standing import FaultyChange
from matcher.errors import DebanError
from matcher.services.answer_file import Written, answer_line, document, json_pieces, write_json, write_pairs
from matcher.services.asking import EXAMPLES
from matcher.services.change_text import difference
from matcher.services.fairness_text import sentences
from matcher.services.match import Matched, Wishes, match_bundle
from matcher.services.metropolis import Metropolis, Telling

TOKYO = ZoneInfo("Asia/Tokyo")


class Day(click.ParamType[date]):
    """A date option, 2026-12-01."""

    name = "日付"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"「{value}」は日付として読めません。2026-12-01 のように書いてください。", param, ctx)


@click.command("match")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--from", "first", type=Day(), help="期間のはじめの日（例 2026-12-01）。なければ今日。")
@click.option("--weeks", type=int, default=4, show_default=True, help="何週間分を見るか。")
@click.option(
    "--json", "json_path", type=click.Path(path_type=Path, allow_dash=True), help="答えをJSONで書く（- は標準出力）。"
)
@click.option(
    "--pairs", "pairs_path", type=click.Path(path_type=Path), help="可能な組すべてを、合い具合の内訳とともにCSVで書く。"
)
@click.option("--person", help="この本人IDのことだけを、くわしく表示する。")
@click.option("--what-if", "what_if", multiple=True, help=f"もし…なら、を試す。{EXAMPLES}。いくつでも。")
@click.option("--pin", "pins", multiple=True, help="「本人ID:枠ID」を入れて組む。いくつでも。")
@click.option("--ban", "bans", multiple=True, help="「本人ID:枠ID」を外して組む。いくつでも。")
@click.option("--close", "closed", multiple=True, help="この受け入れ先IDには新しい人を出さずに組む。いくつでも。")
@click.option("--time-limit", type=click.FloatRange(min=1), default=60.0, show_default=True, help="計算の上限（秒）。")
def match(
    bundle: Path,
    first: date | None,
    weeks: int,
    json_path: Path | None,
    pairs_path: Path | None,
    person: str | None,
    what_if: tuple[str, ...],
    pins: tuple[str, ...],
    bans: tuple[str, ...],
    closed: tuple[str, ...],
    time_limit: float,
) -> None:
    """一式（CSVのフォルダか .xlsx）から、ひとりひとりに「ちょっとできること」を探します。"""
    today = datetime.now(TOKYO).date()
    progress = Progress()
    tell = partial(_tell, paint=Paint(sys.stdout.isatty()), person=person, json=json_path is not None)
    try:
        for target in (json_path, pairs_path):
            if target is not None and str(target) != "-" and not target.resolve().parent.is_dir():
                raise DebanError(f"{target} を書くフォルダがありません。先にフォルダを作ってください。")
        with TemporaryDirectory(prefix="deban-") as folder:
            done = match_bundle(
                bundle,
                first or today,
                weeks,
                today=today,
                seconds=time_limit,
                every_pair=pairs_path is not None,
                wishes=Wishes(what_if, pins, bans, closed),
                telling=Telling(tell, Path(folder)),
                progress=progress,
            )
            progress.done()
            if person is not None and person not in {p.person_id for p in done.read.bundle.people}:
                raise DebanError(f"{bundle} に本人ID「{person}」はいません。IDを確かめてください。")
            _write(done, json_path, pairs_path)
            if str(json_path) != "-":
                show(done, person)
    except (FaultyPlan, FaultyChange) as error:
        progress.done()
        click.echo(str(error), err=True)
        sys.exit(1)
    except DebanError as error:
        progress.done()
        click.echo(str(error), err=True)
        sys.exit(2)
    except OSError as error:
        progress.done()
        click.echo(f"{error.filename} に書けません（{error.strerror}）。場所と権限を確かめてください。", err=True)
        sys.exit(2)


def _tell(problem: Problem, answer: Answer, *, paint: Paint, person: str | None, json: bool) -> tuple[str, str]:
    """What is written of one person among many towns."""
    shown = card(problem, answer, paint, everything=person is not None) if person in (None, answer.person_id) else ()
    return answer_line(answer) if json else "", "\n".join(shown)


def _write(done: Matched, json_path: Path | None, pairs_path: Path | None) -> None:
    run = done.run
    if json_path is not None:
        if isinstance(run, Metropolis):
            people = run.told.lines(p.person_id for p in run.problem.people)
        else:
            people = map(answer_line, run.answers)
        content = document(run, done.read.refused, done.warnings, done.changed, Written(people))
        if str(json_path) == "-":
            sys.stdout.writelines(json_pieces(content))
        else:
            write_json(content, json_path)
    if pairs_path is not None and not isinstance(run, Metropolis):
        write_pairs(run, pairs_path)


def show(done: Matched, person: str | None = None) -> None:
    """Print the report, what held pairs back first."""
    paint = Paint(sys.stdout.isatty())
    first = [w for w in done.warnings if w.code in ("withheld", "held_against_rule", "not_possible")]
    for notice in first:
        for line in wrap(f"注意: {notice.text}", COLUMNS_NOTE, "  "):
            click.echo(paint.warm(line))
    if done.read.rows_refused:
        text = f"{done.read.rows_refused}行が読めませんでした。deban check で、直す所と返ってきた行が分かります。"
        click.echo(paint.warm(text))
    if done.changed is not None:
        click.echo(paint.strong("■ たずねられたことを入れると"))
        for text in difference(done.changed):
            for line in wrap(f"・{text}", COLUMNS_NOTE, "  "):
                click.echo(f"  {line}")
        click.echo("")
    told = done.run.told.text if isinstance(done.run, Metropolis) else None
    for line in report(done.run, paint, person, told):
        click.echo(line)
    if person is None:
        click.echo("")
        click.echo(paint.strong("■ かたよりがないか"))
        areas = {(a.municipality, a.area_id): a.name for a in done.run.bundle.areas}
        for text in sentences(fairness(done.run.problem, done.run.pairs, done.run.answers), areas):
            for line in wrap(f"・{text}", COLUMNS_NOTE, "  "):
                click.echo(f"  {line}")
