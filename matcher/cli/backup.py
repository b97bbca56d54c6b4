"""`deban backup`: everything, encrypted, into a folder or a stream."""

import sys
from pathlib import Path

import click

from matcher.cli.installation import Plainly, installation
from matcher.permissions import OPERATOR
from matcher.settings import Settings
from matcher.storage.backup import back_up
from matcher.storage.keys import file_of


@click.command("backup", cls=Plainly)
@click.argument("target")
@click.option(
    "--recipient", "recipients", multiple=True, metavar="age1…", help="開ける人の公開鍵。くり返し指定できます。"
)
def backup(target: str, recipients: tuple[str, ...]) -> None:
    """バックアップを、暗号にして TARGET（フォルダ、または - で標準出力）に書きます。鍵は入りません。"""
    settings = Settings.from_environment()
    stream = target == "-"
    with installation(settings) as here:
        made = back_up(here.addresses, settings, recipients, sys.stdout.buffer if stream else Path(target))
        for council in here.store.councils():
            with here.store.work(council, OPERATOR) as work:
                work.note("backup.made", "council", council, bytes=made.bytes)
    click.echo(
        f"{made.councils} の社協を {made.seconds:.0f} 秒でバックアップしました（{made.file}、{made.bytes:,} バイト）。",
        err=stream,
    )
    if not settings.keys:
        click.echo(f"鍵（{file_of(settings)}）は入っていません。別の場所に控えがあるか、確かめてください。", err=stream)
