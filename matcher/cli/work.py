"""`deban work`: a worker, which does the matching and what is to be done at night."""

import asyncio
import sys

import click

from matcher.errors import DebanError


@click.command("work")
@click.option(
    "--concurrency", default=1, show_default=True, type=click.IntRange(1, 64), help="同時に進めるマッチングの数"
)
@click.option("--until-empty", is_flag=True, help="たまっている仕事が終わったら止まります")
def work(concurrency: int, until_empty: bool) -> None:
    """マッチングや夜の仕事をする、担当プログラムを動かします。止めるには Ctrl+C。"""
    from matcher import logs
    from matcher.jobs import app_of, serve
    from matcher.services.opening_store import opened
    from matcher.settings import Settings

    try:
        logs.set_up()
        settings = Settings.from_environment()
        with opened(settings) as store:
            click.echo("担当プログラムを始めました。", err=True)
            asyncio.run(serve(app_of(store, settings), store, concurrency=concurrency, wait=not until_empty))
    except DebanError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
