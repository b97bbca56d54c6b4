"""`deban doctor`: what is wrong with this installation, and what to do about it."""

import importlib.util
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import click
import psutil
from packaging.requirements import Requirement

from matcher.cli.doctor_store import examined_store
from matcher.cli.finding import Finding, must, note
from matcher.cli.installation import Plainly
from matcher.cli.terminal import Paint, wrap
from matcher.settings import HOME_MODE, Settings
from matcher.storage import heads
from matcher.storage.backup import last_backup
from matcher.storage.keys import KeysError, file_of, read_keys
from matcher.storage.work import now_in_tokyo

_COLUMNS = 92
_LEAST_FREE, _LITTLE_FREE = 500_000_000, 5_000_000_000  # bytes of disk
_LEAST_MEMORY = 1_000_000_000  # bytes; a match of a whole city takes about so much
_BACKUP_AGE, _HEADS_AGE = timedelta(hours=36), timedelta(hours=3)


@click.command("doctor", cls=Plainly)
def doctor() -> None:
    """この装置の deban を調べて、直したほうがよいところを示します。"""
    paint = Paint(sys.stdout.isatty())
    findings = list(examined(Settings.from_environment()))
    for one in findings:
        mark = paint.warm("× 直してください") if one.must else paint.quiet("△ ご確認ください")
        click.echo(f"{mark}: {one.what}")
        for line in wrap(f"→ {one.do}", _COLUMNS, "     "):
            click.echo(f"   {line}")
    if not findings:
        click.echo(paint.agreed("○ よくないところは見つかりませんでした。"))
    if any(one.must for one in findings):
        sys.exit(1)


def examined(settings: Settings) -> Iterator[Finding]:
    """Everything that is not as it should be, the machine first, then the database."""
    yield from _packages()
    yield from _folders(settings)
    yield from _machine(settings)
    yield from _keys(settings)
    yield from examined_store(settings)
    yield from _backups(settings, now_in_tokyo())
    yield from _heads(settings, now_in_tokyo())


def _packages() -> Iterator[Finding]:
    for line in requires("deban") or []:
        needed = Requirement(line)
        if needed.marker is not None and not needed.marker.evaluate({"extra": ""}):
            continue
        try:
            here = version(needed.name)
        except PackageNotFoundError:
            here = ""
        if not here or not needed.specifier.contains(here, prereleases=True):
            yield must(
                f"部品 {needed.name} が合っていません（いま {here or 'なし'}、必要 {needed.specifier}）。",
                "make setup をもう一度実行してください。",
            )
    spec = importlib.util.find_spec("sudachidict_core")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    if folder is None or not any(folder.rglob("*.dic")):
        yield must("ことばの辞書（sudachidict_core）がありません。", "make setup をもう一度実行してください。")


def _folders(settings: Settings) -> Iterator[Finding]:
    for path, most in ((settings.home, HOME_MODE), (settings.private, stat.S_IRWXU)):
        if not path.is_dir():
            yield must(
                f"フォルダ {path} がありません。",
                "はじめてなら deban init を。別の場所なら DEBAN_HOME を指定してください。",
            )
        elif (mode := stat.S_IMODE(path.stat().st_mode)) & ~most:
            yield must(
                f"フォルダ {path} を、ほかの人が開けます（{mode:o}）。", f"chmod {most:o} {path} を実行してください。"
            )


def _machine(settings: Settings) -> Iterator[Finding]:
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        yield note(
            "root で動いています。", "deban 専用の利用者を作り、その利用者で動かしてください（docs/operations.md）。"
        )
    if settings.home.is_dir():
        free = shutil.disk_usage(settings.home).free
        if free < _LITTLE_FREE:
            level = must if free < _LEAST_FREE else note
            yield level(
                f"ディスクの空きが {free / 1e9:.1f} GB です（{settings.home}）。",
                "使わないファイルを移すか、ディスクを増やしてください。",
            )
    memory = psutil.virtual_memory().available
    if memory < _LEAST_MEMORY:
        yield note(
            f"使えるメモリーが {memory / 1e9:.1f} GB です。",
            "大きなマッチングには 1 GB ほど要ります。ほかのソフトを止めてください。",
        )


def _keys(settings: Settings) -> Iterator[Finding]:
    try:
        read_keys(settings)
    except KeysError as error:
        yield must(str(error).split("。")[0] + "。", "控えておいた鍵を置いてください。はじめてなら deban init を。")
        return
    if settings.keys:
        return
    path = file_of(settings)
    if (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077:
        yield must(
            f"鍵のファイル {path} を、ほかの人が読めます（{mode:o}）。", f"chmod 600 {path} を実行してください。"
        )
    last = last_backup(settings)
    if last is not None and last.file != "-" and path.resolve().is_relative_to(Path(last.file).resolve().parent):
        yield must(
            f"鍵のファイルが、バックアップと同じ場所（{Path(last.file).parent}）にあります。",
            "バックアップを別の場所に移してください。いっしょに持ち出されると、守りになりません。",
        )


def _backups(settings: Settings, now: datetime) -> Iterator[Finding]:
    last = last_backup(settings)
    if last is None:
        yield must(
            "バックアップが、まだ一度もありません。",
            "deban keys backup-pair で鍵の組を作り、deban backup フォルダ を毎晩動かしてください。",
        )
        return
    age = now - datetime.fromisoformat(last.at)
    if age < timedelta(minutes=-5):
        yield must(f"最後のバックアップが、先の日時（{last.at[:16]}）です。", "時計を合わせてください。")
    elif age > _BACKUP_AGE:
        yield must(
            f"最後のバックアップが {age.days} 日と {age.seconds // 3600} 時間前です。",
            "毎晩のバックアップが動いているか確かめ、いま deban backup を実行してください。",
        )
    if last.file != "-" and not Path(last.file).exists():
        yield note(f"最後のバックアップ {last.file} が見あたりません。", "移したのであれば、そのままでかまいません。")


def _heads(settings: Settings, now: datetime) -> Iterator[Finding]:
    at = heads.exported_at(settings)
    if at is None:
        yield note(
            "監査の記録の印が、まだ控えられていません。",
            "deban work を動かすと1時間ごとに控えます。すぐなら deban audit export を。",
        )
    elif now - at > _HEADS_AGE:
        yield must(
            f"監査の記録の印を最後に控えたのが {(now - at).total_seconds() / 3600:.0f} 時間前です。",
            "deban work が動いているか確かめてください。",
        )
    if heads.file_of(settings).is_relative_to(settings.home) and not settings.audit_heads:
        yield note(
            "監査の記録の印を、データと同じ場所に控えています。",
            "DEBAN_AUDIT_HEADS で、別のディスクのファイルか syslog: を指定してください。",
        )
