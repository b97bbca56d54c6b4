"""`deban template`: an empty workbook to fill in."""

import sys
from pathlib import Path

import click

from matcher.errors import DebanError
from matcher.exchange.template import write_template


@click.command("template")
@click.argument("directory", type=click.Path(path_type=Path))
def template(directory: Path) -> None:
    """記入用のブック「出番テンプレート.xlsx」を、指定したフォルダに書きます。"""
    try:
        path = write_template(directory)
    except DebanError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    click.echo(f"{path} を書きました。「{path.stem}」を開き、「書き方」のシートから読んでください。")
