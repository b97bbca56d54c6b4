"""`deban import`, as an operator types it: what is told, what goes in, what is handed back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import seed_data
from matcher.cli.main import main
from matcher.exchange import read_bundle
from matcher.exchange.writing import write_bundle
from matcher.model import HistoryStatus
from matcher.model.placement import Placement
from matcher.permissions import OPERATOR
from matcher.services.accompanying import record_step
from matcher.storage.keys import written
from matcher.storage.work import Store
from tests.integration.conftest import OURS, Database
from tests.integration.services.test_importing import LEAD, settled, stored, town

DEMO = Path(seed_data.__file__).parent / "demo"
BROKEN = Path(__file__).parents[2] / "bundles" / "broken"


@pytest.fixture
def deban(store: Store, database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """Runs the command on this test's database."""
    monkeypatch.setenv("DEBAN_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", database.addresses.app)
    monkeypatch.setenv("DEBAN_KEYS", written(database.keys).replace("\n", ";"))

    def run(*arguments: object) -> Result:
        done = CliRunner().invoke(main, ["import", *map(str, arguments)])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run


def test_a_dry_run_tells_and_changes_nothing(deban: Callable[..., Result], store: Store) -> None:
    done = deban(OURS, DEMO, "--dry-run")
    assert done.exit_code == 0 and "まだ何も変わっていません" in done.stdout
    assert "本人" in done.stdout and "新しい 12" in done.stdout
    assert not stored(store).people


def test_a_town_goes_in_and_a_second_time_nothing_changes(deban: Callable[..., Result], store: Store) -> None:
    done = deban(OURS, DEMO)
    assert done.exit_code == 0 and "取り込みました" in done.stdout
    assert settled(stored(store)) == settled(read_bundle(DEMO).bundle)
    again = deban(OURS, DEMO)
    assert again.exit_code == 0 and again.stdout.endswith("すべて、もう入っています。何も変わりません。\n")


def test_changed_columns_are_named(deban: Callable[..., Result], tmp_path: Path) -> None:
    write_bundle(town(), tmp_path / "b")
    deban(OURS, tmp_path / "b")
    people = tmp_path / "b" / "people.csv"
    people.write_text(people.read_text("utf-8-sig").replace("花", "土"), encoding="utf-8")
    done = deban(OURS, tmp_path / "b")
    assert "変わる 2（変わる列: 関心 2）" in done.stdout and "土" not in done.stdout


def test_refused_rows_come_back(deban: Callable[..., Result], tmp_path: Path) -> None:
    done = deban(OURS, BROKEN, "--refused", tmp_path / "back")
    assert done.exit_code == 1
    assert done.stdout.startswith("注意: history.csv 5行目: ") and "■ 直してほしい行" in done.stdout
    assert "エラー" in (tmp_path / "back" / "people.csv").read_text("utf-8-sig")


def test_what_was_decided_here_is_told(deban: Callable[..., Result], store: Store, tmp_path: Path) -> None:
    write_bundle(town(), tmp_path / "b")
    deban(OURS, tmp_path / "b")
    with store.work(OURS, LEAD) as work:
        found = work.rows(Placement)[0]
        record_step(work, found.record.placement_id, "end", seen=found.version)
    done = deban(OURS, tmp_path / "b")
    assert "■ ここで決めたことを残すもの（1件）" in done.stdout
    assert "これまで P1–O1: この参加は、ここではもう終わっています。" in done.stdout
    assert HistoryStatus.PLACED not in {h.status for h in stored(store).history}


@pytest.mark.parametrize(("council", "bundle"), [("nowhere", DEMO), (OURS, Path("/nowhere/at/all"))])
def test_what_is_not_there_is_one_sentence(deban: Callable[..., Result], council: str, bundle: Path) -> None:
    done = deban(council, bundle)
    assert (done.exit_code, done.stdout) == (2, "") and done.stderr.strip().endswith("確かめてください。")
    assert OPERATOR.name not in done.stderr
