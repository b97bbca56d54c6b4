"""`deban gaps`: which asks would help most of the people left without, each tried by solving."""

import sys
from datetime import date, datetime
from pathlib import Path

import click

from matcher.cli.match import TOKYO, Day
from matcher.cli.terminal import COLUMNS_NOTE, Paint, Progress, wrap
from matcher.engine.answer import PersonStatus
from matcher.engine.run import FaultyPlan
from matcher.engine.standing import FaultyChange
from matcher.errors import DebanError
from matcher.services import change_text
from matcher.services.match import Search, find_gaps


@click.command("gaps")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--from", "first", type=Day(), help="期間のはじめの日（例 2026-12-01）。なければ今日。")
@click.option("--weeks", type=int, default=4, show_default=True, help="何週間分を見るか。")
@click.option("--most", type=click.IntRange(min=1), default=10, show_default=True, help="いくつまで挙げるか。")
@click.option("--time-limit", type=click.FloatRange(min=1), default=60.0, show_default=True, help="計算の上限（秒）。")
def gaps(bundle: Path, first: date | None, weeks: int, most: int, time_limit: float) -> None:
    """提案のない人のために、何をお願いすればよいか。ひとつずつ組み直して、人数を確かめます。"""
    today = datetime.now(TOKYO).date()
    progress = Progress()
    try:
        search = Search(bundle, first or today, weeks, today, time_limit, progress=progress)
        done, found = find_gaps(search, most)
    except DebanError as error:
        progress.done()
        click.echo(str(error), err=True)
        sys.exit(1 if isinstance(error, (FaultyPlan, FaultyChange)) else 2)
    progress.done()
    paint = Paint(sys.stdout.isatty())
    without = sum(a.status is PersonStatus.NO_FIT for a in done.answers)
    click.echo(paint.strong(f"いま提案のない人は{without}人です。"))
    if without and not found:
        click.echo(
            "席や時間をひとつふやしただけで提案ができる人は、いません。ことばや条件を、もう少し聞いてみてください。"
        )
    areas = {(a.municipality, a.area_id): a.name for a in done.judged.bundle.areas}
    for n, item in enumerate(found, start=1):
        for line in wrap(f"{n}. {change_text.ask(item, done.problem, areas)}", COLUMNS_NOTE, "   "):
            click.echo(line)
