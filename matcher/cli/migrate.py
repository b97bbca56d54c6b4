"""`deban migrate`: the schema, brought to what this version needs."""

import click

from matcher.cli.installation import Plainly, check_owner
from matcher.settings import Settings
from matcher.storage.migrating import current_revision, engine_of, make_database
from matcher.storage.server import served


@click.command("migrate", cls=Plainly)
def migrate() -> None:
    """データベースを、この版の deban の形にします。"""
    settings = Settings.from_environment()
    check_owner(settings)
    with served(settings) as addresses:
        make_database(addresses)
        with engine_of(addresses.owner).connect() as db:
            click.echo(f"データベースは最新の形です（{current_revision(db)}）。")
