"""`deban demo`: the casebook and a made-up town, imported into a store that is thrown away afterwards, and matched there."""

import sys
import tempfile
from datetime import date, datetime, time
from pathlib import Path

import click

import seed_data
from matcher.cli.match import TOKYO, show
from matcher.cli.terminal import Paint, Progress
from matcher.engine.answer import Horizon
from matcher.engine.held import breaches
from matcher.engine.run import run
from matcher.engine.solver.process import SolverProcess
from matcher.errors import DebanError
from matcher.exchange import read_bundle
from matcher.model.council import Council
from matcher.permissions import OPERATOR
from matcher.services.bundle_of import bundle_of
from matcher.services.councils import add_council
from matcher.services.importing import apply_import
from matcher.services.match import Matched, held_against_rules
from matcher.settings import Settings
from matcher.storage.keys import made_keys
from matcher.storage.migrating import make_database
from matcher.storage.server import served
from matcher.storage.work import Store
from matcher.words import default_reader

FIRST, WEEKS = date(2026, 12, 1), 4  # the made-up dates of the demonstration
SECONDS = 60.0  # for solving each
_BUNDLES = (
    ("casebook", "事例集の社会福祉協議会", "事例集（東京の7つの社協の実践）から"),
    ("demo", "若葉野市社会福祉協議会", "作りごとの町「若葉野市」で"),
)


@click.command("demo")
def demo() -> None:
    """事例集と、作りごとの町で、ためしに探してみます。"""
    paint, progress = Paint(sys.stdout.isatty()), Progress()
    try:
        progress("データベースを用意しています")
        # Passed through by the embedded server's own user where root runs it; its data stay closed to others.
        with tempfile.TemporaryDirectory(prefix="deban-demo-") as folder, served(Settings(Path(folder))) as addresses:
            make_database(addresses)
            store = Store(addresses.app, made_keys(), clock=lambda: datetime.combine(FIRST, time(9), TOKYO))
            try:
                for name, council, title in _BUNDLES:
                    done = _matched(store, name, council, progress)
                    progress.done()
                    click.echo(paint.strong(f"＝＝ {title} ＝＝"))
                    show(done)
                    click.echo("")
            finally:
                store.close()
    except DebanError as error:
        progress.done()
        click.echo(str(error), err=True)
        sys.exit(2)


def _matched(store: Store, name: str, title: str, progress: Progress) -> Matched:
    """A bundle of the seed, in through the import and out of the store again, and matched."""
    progress("一式を取り込んでいます")
    read = read_bundle(Path(seed_data.__file__).parent / name)
    horizon = Horizon(FIRST, WEEKS)
    with store.work(name, OPERATOR) as work:
        add_council(work, Council(name=title))
        apply_import(work, read, "")
        bundle = bundle_of(work, horizon.first, horizon.last)
    with SolverProcess() as process:
        done = run(bundle, horizon, default_reader(), process, seconds=SECONDS, progress=progress)
    return Matched(
        read, done, (*read.notices, *held_against_rules(done.problem, breaches(done.problem, done.profiles)))
    )
