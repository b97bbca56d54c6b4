"""`deban audit`: heads of the audit chains exported, and the chains verified."""

import sys

import click

from matcher.cli.installation import Plainly
from matcher.services.opening_store import opened
from matcher.settings import Settings
from matcher.storage import heads


@click.group("audit")
def audit() -> None:
    """だれが何をしたかの記録（監査の記録）を守ります。"""


@audit.command("export", cls=Plainly)
def export() -> None:
    """記録の終わりの印を、データベースの外に控えます。"""
    settings = Settings.from_environment()
    with opened(settings) as store:
        moved = heads.export_heads(store, settings)
    click.echo(f"{len(moved)} 件の印を {heads.file_of(settings)} に控えました。")


@audit.command("verify", cls=Plainly)
def verify() -> None:
    """記録が書かれたときのままか、控えた印とくらべて確かめます。"""
    settings = Settings.from_environment()
    with opened(settings) as store:
        councils = len(store.councils())
        faults = list(heads.verify_all(store, settings))
    for fault in faults:
        click.echo(heads.plain(fault))
    if faults:
        click.echo(
            "記録が書きかえられています。データベースに手をふれず、バックアップを確保して、責任者に知らせてください。"
        )
        sys.exit(1)
    click.echo(f"{councils} の社協の記録は、すべて書かれたときのままです。")
    if heads.exported_at(settings) is None:
        click.echo(
            "印がまだ一度も控えられていないので、終わりが切り取られていても分かりません。deban audit export を実行してください。"
        )
