"""`deban keys`: new keys, rotation, giving up old ones, and the pair for backups."""

import sys
from datetime import datetime
from pathlib import Path

import click

from matcher.cli.installation import Plainly, installation
from matcher.cli.terminal import Progress
from matcher.settings import Settings
from matcher.storage import backup
from matcher.storage.keys import KeysError, file_of, fingerprints, read_keys, with_new_key, without_old_keys, write_keys
from matcher.storage.rotation import by_key, check_retire, rotate


@click.group("keys")
def keys() -> None:
    """名前やメモを守る鍵を扱います。"""


@keys.command("show", cls=Plainly)
def show() -> None:
    """いまの鍵の番号と、確かめる記号を示します（鍵そのものは示しません）。"""
    settings = Settings.from_environment()
    at_hand = read_keys(settings)
    click.echo(f"場所: {'環境変数 DEBAN_KEYS' if settings.keys else file_of(settings)}")
    for name, print_of in fingerprints(at_hand).items():
        current = "（いま書くのに使う鍵）" if name == str(at_hand.current) else ""
        click.echo(f"鍵 {name}: {print_of}{current}")


@keys.command("new", cls=Plainly)
def new() -> None:
    """新しい鍵を足します。これからは、その鍵で書きます。"""
    settings = Settings.from_environment()
    more = with_new_key(read_keys(settings))
    path = write_keys(settings, more)
    click.echo(f"鍵 {more.current} を足しました（確かめる記号 {fingerprints(more)[str(more.current)]}）。")
    click.echo(f"{path} をもう一度写しとり、別の場所の控えと取りかえてください。")
    click.echo("前に書いたものを新しい鍵にするには、deban keys rotate を実行してください。")


@keys.command("rotate", cls=Plainly)
def rotate_() -> None:
    """前に書いたものを、すべて新しい鍵で守りなおします。使っている間でもでき、途中で止めても続きからできます。"""
    progress = Progress()
    with installation(Settings.from_environment()) as here:
        done = rotate(here.store, here.owner, lambda council, table, n: progress(f"{council} の {table}、{n} 件"))
    progress.done()
    for council, values in done.items():
        click.echo(f"社協 {council}: {values} 件を、新しい鍵で守りなおしました。")
    click.echo("すべて、いまの鍵で守られています。" if done else "社協がまだありません。")


@keys.command("retire", cls=Plainly)
def retire() -> None:
    """古い鍵がどこにも要らないことを確かめてから、古い鍵を捨てます。"""
    settings = Settings.from_environment()
    at_hand = read_keys(settings)
    old = sorted(set(at_hand.sealing) - {at_hand.current})
    if not old:
        click.echo("古い鍵はありません。")
        return
    if settings.keys:
        raise KeysError("鍵は環境変数 DEBAN_KEYS で決められています。そちらを書きかえてください。")
    made_at = datetime.fromtimestamp(file_of(settings).stat().st_mtime).astimezone()
    with installation(settings) as here:
        check_retire(here.store, here.owner, made_at)
        write_keys(settings, without_old_keys(at_hand))
    click.echo(f"鍵 {'、'.join(map(str, old))} を、この装置から消しました。")
    click.echo("古い鍵のころのバックアップを残すあいだは、別の場所に控えた古い鍵も残してください。復元に要ります。")


@keys.command("used", cls=Plainly)
def used() -> None:
    """どの鍵で守られているものが何件あるかを、社協ごとに示します。"""
    with installation(Settings.from_environment()) as here:
        for council in here.store.councils():
            counts = by_key(here.owner, council)
            listed = "、".join(f"鍵 {number} で {n} 件" for number, n in sorted(counts.items()))
            click.echo(f"社協 {council}: {listed or 'ありません'}")


@keys.command("backup-pair", cls=Plainly)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_pair(file: Path) -> None:
    """バックアップ用の鍵の組を一度だけ作り、秘密の半分を FILE（USBメモリーなど）に書きます。"""
    public = backup.make_pair(Settings.from_environment(), file)
    click.echo(f"公開の半分: {public}（この装置に置きました。これだけではバックアップを開けません。）")
    click.echo(f"秘密の半分: {file}")
    click.echo("■ 秘密の半分は、この装置にもバックアップの置き場にも残さず、施錠できる場所に保管してください。")
    click.echo("  なくすと、バックアップはだれにも開けません。2つ写して、別々の場所に置くと安心です。")
    sys.stdout.flush()
