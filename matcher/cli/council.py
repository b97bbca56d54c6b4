"""`deban council`: the councils of this installation."""

import sys

import click

from matcher.cli.report import table
from matcher.errors import DebanError


@click.group("council")
def council() -> None:
    """社協を加えます。一覧を見ます。"""


@council.command("add")
@click.argument("council_id", metavar="ID")
@click.argument("name", metavar="名称")
def add(council_id: str, name: str) -> None:
    """社協を一つ加えます。IDは、英小文字・数字・ハイフンで、3〜40字です（例: wakaba）。"""
    from pydantic import TypeAdapter, ValidationError

    from matcher.model.council import Council, CouncilId
    from matcher.permissions import OPERATOR
    from matcher.services.councils import add_council
    from matcher.services.opening_store import opened

    try:
        TypeAdapter(CouncilId).validate_python(council_id)
    except ValidationError:
        click.echo(
            "社協のIDは、英小文字で始め、英小文字・数字・ハイフンの3〜40字で書いてください（例: wakaba）。", err=True
        )
        sys.exit(2)
    try:
        record = Council(name=name)
    except ValidationError:
        click.echo("社協の名称を書いてください。", err=True)
        sys.exit(2)
    try:
        with opened() as store, store.work(council_id, OPERATOR) as work:
            add_council(work, record)
    except DebanError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    click.echo(f"社協 {council_id}（{record.name}）を加えました。")
    click.echo(f"つぎは、管理者を招待してください: deban account add {council_id} --role administrator …")


@council.command("list")
def list_() -> None:
    """社協の一覧と、それぞれのアカウントの数を出します。"""
    from matcher.permissions import OPERATOR
    from matcher.services.accounts import see_overview
    from matcher.services.opening_store import opened

    rows = []
    try:
        with opened() as store:
            for council_id in store.councils():
                with store.work(council_id, OPERATOR) as work:
                    seen = see_overview(work)
                rows.append((council_id, f"{seen.name}　アカウント {seen.active}（招待中 {seen.invited}）"))
    except DebanError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    for line in table(rows):
        click.echo(line)
    if not rows:
        click.echo("まだ社協がありません。deban council add で加えてください。")
