"""`deban init`: data folder, keys, database, newest schema."""

from pathlib import Path

import click
from sqlalchemy import text

from matcher.cli.installation import Plainly, check_owner
from matcher.settings import Settings
from matcher.storage.keys import Keys, file_of, fingerprint, made_keys, read_keys, write_keys
from matcher.storage.migrating import engine_of, make_database
from matcher.storage.server import served


@click.command("init", cls=Plainly)
def init() -> None:
    """はじめの用意をします（フォルダ、鍵、データベース）。何度実行しても、あるものは変えません。"""
    settings = Settings.from_environment()
    check_owner(settings)
    settings.make_home()
    with served(settings) as addresses:
        new = make_database(addresses)
        with engine_of(addresses.app).connect() as db:
            used = bool(db.scalar(text("SELECT count(*) FROM deban_councils()")))
        keys, new_keys = _keys(settings, used)
    click.echo(f"データのフォルダ: {settings.home}")
    click.echo("データベース: " + ("新しく作りました。" if new else "最新の形になっています。"))
    _say_keys(settings, keys, new_keys)
    if new_keys:
        click.echo("次に、deban council add で社協を作ってください。")


def _keys(settings: Settings, used: bool) -> tuple[Keys, bool]:
    """The keys; new ones only where nothing was ever sealed: data that is there needs the ones it was sealed by."""
    if used or settings.keys or file_of(settings).exists():
        return read_keys(settings), False
    keys = made_keys()
    write_keys(settings, keys)
    return keys, True


def _say_keys(settings: Settings, keys: Keys, new: bool) -> None:
    if settings.keys:
        click.echo(f"鍵: 環境変数 DEBAN_KEYS（確かめる記号 {fingerprint(keys)}）")
        return
    path: Path = file_of(settings)
    click.echo(f"鍵: {path}（{'新しく作りました。' if new else '前からあります。'}確かめる記号 {fingerprint(keys)}）")
    if new:
        click.echo("")
        click.echo(
            "■ いますぐ、この鍵のファイルを写しとり、このコンピューターともバックアップとも別の場所に保管してください。"
        )
        click.echo("  鍵をなくすと、名前やメモはだれにも開けません。確かめる記号も、紙に控えておいてください。")
