"""`deban why`: why a person was not given an opening, and what giving it would cost."""

import sys
from datetime import date, datetime
from pathlib import Path

import click

from matcher.cli.match import TOKYO, Day
from matcher.cli.terminal import COLUMNS_NOTE, Paint, Progress, wrap
from matcher.engine.run import FaultyPlan
from matcher.engine.standing import FaultyChange
from matcher.errors import DebanError
from matcher.services import change_text
from matcher.services.match import Search, explain


@click.command("why")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--person", required=True, help="本人ID。")
@click.option("--opening", required=True, help="枠ID。")
@click.option("--from", "first", type=Day(), help="期間のはじめの日（例 2026-12-01）。なければ今日。")
@click.option("--weeks", type=int, default=4, show_default=True, help="何週間分を見るか。")
@click.option("--time-limit", type=click.FloatRange(min=1), default=60.0, show_default=True, help="計算の上限（秒）。")
def why(bundle: Path, person: str, opening: str, first: date | None, weeks: int, time_limit: float) -> None:
    """この人に、なぜこの枠を提案しなかったのか。入れると、だれの提案がどう変わるのか。"""
    today = datetime.now(TOKYO).date()
    progress = Progress()
    try:
        search = Search(bundle, first or today, weeks, today, time_limit, progress=progress)
        done, answer = explain(search, person, opening)
    except DebanError as error:
        progress.done()
        click.echo(str(error), err=True)
        sys.exit(1 if isinstance(error, (FaultyPlan, FaultyChange)) else 2)
    progress.done()
    paint = Paint(sys.stdout.isatty())
    for n, text in enumerate(change_text.why(answer, done.problem)):
        for line in wrap(text, COLUMNS_NOTE, "  "):
            click.echo(paint.strong(line) if n == 0 else line)
