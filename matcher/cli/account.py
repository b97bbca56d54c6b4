"""`deban account`: who of a council can log in."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from matcher.cli.report import table
from matcher.errors import DebanError
from matcher.model.account import AccountRole

if TYPE_CHECKING:
    from matcher.services.links import Made
    from matcher.storage.work import Work


@click.group("account")
def account() -> None:
    """社協のアカウント（ログインできる人）を管理します。"""


@account.command("add")
@click.argument("council_id", metavar="社協ID")
@click.option(
    "--role",
    required=True,
    type=click.Choice([role.value for role in AccountRole]),
    help="役割: " + "、".join(f"{role.value} {role.ja}" for role in AccountRole),
)
@click.option("--name", required=True, help="氏名")
@click.option("--email", required=True, help="メールアドレス（ログインに使います）")
@click.option("--area", "areas", multiple=True, metavar="区市町村:圏域ID", help="担当圏域。いくつでも書けます")
def add(council_id: str, role: str, name: str, email: str, areas: tuple[str, ...]) -> None:
    """アカウントを加え、招待のリンクを出します。リンクが出るのは一度だけです。"""
    from matcher.services.accounts import add_account

    places = [_place(area) for area in areas]
    with _working(council_id) as work:
        made = add_account(work, AccountRole(role), name, email, places)
    _invited(made)


@account.command("list")
@click.argument("council_id", metavar="社協ID")
def list_(council_id: str) -> None:
    """アカウントの一覧を出します。"""
    from matcher.services.accounts import list_accounts

    with _working(council_id) as work:
        listed = list_accounts(work)
    for line in table(
        [
            (one.email, f"{one.name}　{one.role.ja}　{one.status.ja}" + "".join(f"　{m}:{a}" for m, a in one.areas))
            for one in listed
        ]
    ):
        click.echo(line)
    if not listed:
        click.echo("まだアカウントがありません。deban account add で加えてください。")


@account.command("close")
@click.argument("council_id", metavar="社協ID")
@click.argument("email", metavar="メールアドレス")
def close(council_id: str, email: str) -> None:
    """アカウントを閉じます。すぐにログインできなくなります。"""
    from matcher.services.accounts import close_account, find_account

    with _working(council_id) as work:
        carried = close_account(work, find_account(work, email))
    click.echo("アカウントを閉じました。")
    if carried:
        click.echo(f"この人が担当していた本人が {carried} 人います。統括に、つぎの担当を決めてもらってください。")


@account.command("invite-again")
@click.argument("council_id", metavar="社協ID")
@click.argument("email", metavar="メールアドレス")
def invite_again(council_id: str, email: str) -> None:
    """招待しなおします。前のパスワードと前の招待は使えなくなります。"""
    from matcher.services import accounts

    with _working(council_id) as work:
        made = accounts.invite_again(work, accounts.find_account(work, email))
    _invited(made)


@contextmanager
def _working(council_id: str) -> Iterator["Work"]:
    from matcher.permissions import OPERATOR
    from matcher.services.opening_store import check_council, opened

    try:
        with opened() as store:
            check_council(store, council_id)
            with store.work(council_id, OPERATOR) as work:
                yield work
    except DebanError as error:
        click.echo(str(error), err=True)
        sys.exit(2)


def _place(area: str) -> tuple[str, str]:
    municipality, colon, area_id = area.replace("：", ":").partition(":")
    if not (municipality.strip() and colon and area_id.strip()):
        raise click.BadParameter(f"「{area}」は、区市町村:圏域ID の形で書いてください。")
    return municipality.strip(), area_id.strip()


def _invited(made: "Made") -> None:
    click.echo("招待のリンクです。この画面にしか出ません。本人だけに渡してください。")
    click.echo(f"  /invitation/{made.token}")
    end = made.expires_at
    click.echo(
        f"{end.year}年{end.month}月{end.day}日 {end:%H:%M} まで使えます。すぎたら account invite-again を使ってください。"
    )
