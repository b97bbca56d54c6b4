"""`deban restore`: a backup, onto an empty machine, verified."""

import shutil
import sys
from pathlib import Path
from typing import IO

import click

from matcher.cli.installation import Plainly, installation
from matcher.cli.terminal import Progress
from matcher.services.erasing import erase_again
from matcher.services.erasure_ledger import ledger_of, read_ledger, write_erasures
from matcher.settings import Settings
from matcher.storage.restoring import identities
from matcher.storage.restoring import restore as restored


@click.command("restore", cls=Plainly)
@click.argument("file", type=click.File("rb"))
@click.option(
    "--identity",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="バックアップの鍵の、秘密の半分のファイル。",
)
@click.option(
    "--erasures",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="消した記録の控え（erasures.jsonl）。なければ private の中のもの。",
)
def restore(file: IO[bytes], identity: Path, erasures: Path | None) -> None:
    """バックアップ FILE（- で標準入力）を、空のところに復元して確かめます。鍵のファイルを先に置いてください。"""
    settings = Settings.from_environment()
    progress = Progress()
    secrets = identities(identity)
    ledger = ledger_of(settings)
    if erasures is not None and not ledger.exists():
        settings.make_home()
        shutil.copyfile(erasures, ledger)
    told = ledger.exists()
    gone = [(line.council, line.person_id, line.at) for line in read_ledger(settings)]
    with installation(settings) as here:
        done = restored(here.addresses, here.store, settings, file, secrets, gone, erase_again, progress)
        write_erasures(here.store, settings)
    progress.done()
    people = sum(done.manifest.counts["person"].values())
    click.echo(
        f"{done.manifest.at[:16].replace('T', ' ')} のバックアップを復元しました。社協 {len(done.manifest.councils)}、本人 {people} 人。"
    )
    if done.erased:
        click.echo(f"バックアップの後で消されていた {done.erased} 人を、もう一度消しました。")
    elif not told:
        click.echo(
            "消した記録の控え（erasures.jsonl）がなかったので、バックアップの後で消した人がいれば、もう一度消してください。"
        )
    for step, seconds in done.seconds.items():
        click.echo(f"  {step}: {seconds:.1f} 秒")
    click.echo(f"かかった時間: {sum(done.seconds.values()):.0f} 秒")
    for fault in done.faults:
        click.echo(f"× {fault}")
    if done.faults:
        click.echo("控えと合わないところがあります。このデータは使わず、別のバックアップで試してください。")
        sys.exit(1)
    click.echo("行の数、制約、社協のあいだの壁、監査の記録、暗号にした値を、すべて確かめました。")
