"""`deban demo`: the casebook and a made-up town, matched."""

import sys
from datetime import date
from pathlib import Path

import click

import seed_data
from matcher.cli.match import show
from matcher.cli.terminal import Paint, Progress
from matcher.errors import DebanError
from matcher.services.match import match_bundle

FIRST, WEEKS = date(2026, 12, 1), 4  # the made-up dates of the demonstration
_BUNDLES = (
    ("casebook", "事例集（東京の7つの社協の実践）から"),
    ("demo", "作りごとの町「若葉野市」で"),
)


@click.command("demo")
def demo() -> None:
    """事例集と、作りごとの町で、ためしに探してみます。"""
    paint, progress = Paint(sys.stdout.isatty()), Progress()
    for name, title in _BUNDLES:
        click.echo(paint.strong(f"＝＝ {title} ＝＝"))
        try:
            done = match_bundle(Path(seed_data.__file__).parent / name, FIRST, WEEKS, today=FIRST, progress=progress)
        except DebanError as error:
            progress.done()
            click.echo(str(error), err=True)
            sys.exit(2)
        progress.done()
        show(done)
        click.echo("")
