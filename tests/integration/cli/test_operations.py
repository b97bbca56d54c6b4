"""The operator's commands, one after the other, as docs/operations.md tells them; and what the doctor says."""

import json
import os
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from matcher.cli.doctor import examined
from matcher.cli.main import main
from matcher.model.council import Council
from matcher.model.person import Person
from matcher.permissions import OPERATOR
from matcher.services.councils import add_council
from matcher.services.opening_store import opened
from matcher.settings import Settings
from matcher.storage.migrating import engine_of
from matcher.storage.server import served
from matcher.storage.work import now_in_tokyo


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A made-up installation with one council and one person, made by `deban init`."""
    with tempfile.TemporaryDirectory(prefix="deban-") as folder:
        home = Path(folder) / "var"
        assert run(home, "init").exit_code == 0
        with opened(Settings(home=home)) as store:
            with store.work("wakaba", OPERATOR) as work:
                add_council(work, Council(name="若葉野市社会福祉協議会"))
            with store.work("wakaba", OPERATOR) as work:
                work.add(Person(person_id="P1", municipality="若葉野市", alias="さくら"))
                work.note("person.added", Person, "P1")
        yield home


def run(home: Path, *arguments: str) -> Result:
    names = ("DATABASE_URL", "DATABASE_ADMIN_URL", "DEBAN_KEYS", "DEBAN_KEYS_FILE", "DEBAN_AUDIT_HEADS")
    return CliRunner().invoke(main, arguments, env={"DEBAN_HOME": str(home), **dict.fromkeys(names, "")})


def said(home: Path) -> str:
    return "\n".join(f"{one.must} {one.what}" for one in examined(Settings(home=home)))


def test_what_was_made_is_never_made_anew(home: Path) -> None:
    keys = (home / "private" / "keys").read_bytes()
    again = run(home, "init")
    assert again.exit_code == 0 and "前からあります" in again.output
    assert (home / "private" / "keys").read_bytes() == keys
    assert run(home, "migrate").exit_code == 0


def test_data_whose_keys_are_missing_gets_no_new_ones(home: Path) -> None:
    keys = home / "private" / "keys"
    keys.rename(home / "private" / "hidden")
    try:
        refused = run(home, "init")
        assert refused.exit_code == 2 and "控えておいた鍵" in refused.output
        assert not keys.exists()
        assert "True 鍵のファイル" in said(home)
    finally:
        (home / "private" / "hidden").rename(keys)


def test_backup_and_restoration_by_the_handbook(home: Path, tmp_path: Path) -> None:
    assert run(home, "backup", str(tmp_path / "b")).exit_code == 2
    assert run(home, "keys", "backup-pair", str(tmp_path / "secret")).exit_code == 0
    assert run(home, "backup", str(tmp_path / "b")).exit_code == 0
    (backup,) = (tmp_path / "b").iterdir()
    restore = ("restore", str(backup), "--identity", str(tmp_path / "secret"))
    assert "何も変えていません" in run(home, *restore).output
    with tempfile.TemporaryDirectory(prefix="deban-") as folder:
        new = Path(folder) / "var"
        (new / "private").mkdir(parents=True)
        assert run(new, *restore).exit_code == 2  # no keys yet
        (new / "private" / "keys").write_bytes((home / "private" / "keys").read_bytes())
        gone = {"council": "wakaba", "person_id": "P1", "at": now_in_tokyo().isoformat()}
        (tmp_path / "erasures.jsonl").write_text(json.dumps(gone) + "\n")
        done = run(new, *restore, "--erasures", str(tmp_path / "erasures.jsonl"))
        assert done.exit_code == 0 and "1 人を、もう一度消しました" in done.output
        with opened(Settings(home=new)) as store, store.work("wakaba", OPERATOR) as work:
            assert work.rows(Person) == []
        assert run(new, "audit", "verify").exit_code == 0


def test_keys_are_changed_by_the_handbook(home: Path) -> None:
    assert "古い鍵はありません" in run(home, "keys", "retire").output
    assert "鍵 2 を足しました" in run(home, "keys", "new").output
    early = run(home, "keys", "retire")
    assert early.exit_code == 2 and "keys rotate" in early.output
    assert "False 1 件が、まだ古い鍵 1" in said(home)
    assert "社協 wakaba: 1 件を" in run(home, "keys", "rotate").output
    assert "鍵 2 で 1 件" in run(home, "keys", "used").output
    assert run(home, "keys", "retire").exit_code == 0
    shown = run(home, "keys", "show").output
    secrets = [line.split(" ")[1] for line in (home / "private" / "keys").read_text().splitlines()]
    assert "鍵 2" in shown and "鍵 1" not in shown and not any(secret in shown for secret in secrets)


def test_an_audit_that_was_tampered_with_ends_with_a_status(home: Path) -> None:
    assert run(home, "audit", "export").exit_code == 0
    assert run(home, "audit", "verify").exit_code == 0
    change = "UPDATE audit_event SET actor = :actor WHERE number = 1"
    for actor, status in (("somebody", 1), ("operator", 0)):
        with served(Settings(home=home)) as addresses, engine_of(addresses.owner).begin() as db:
            db.execute(text("SET LOCAL session_replication_role = replica"))
            db.execute(text(change), {"actor": actor})
        done = run(home, "audit", "verify")
        assert done.exit_code == status
        assert ("記録 1 番" in done.output) == bool(status)


def test_the_doctor_sees_what_is_open_to_others(home: Path) -> None:
    keys = home / "private" / "keys"
    home.chmod(0o755)
    keys.chmod(0o644)
    found = said(home)
    home.chmod(0o711)
    keys.chmod(0o600)
    assert f"True フォルダ {home}" in found
    assert f"True 鍵のファイル {keys} を、ほかの人が読めます（644）" in found
    assert "読めます" not in said(home)


def test_the_doctor_sees_old_backups_and_exports(home: Path) -> None:
    note = home / "private" / "last-backup.json"
    at = (now_in_tokyo() - timedelta(days=3)).isoformat()
    note.write_text(
        json.dumps({"at": at, "file": str(home / "private" / "x.age"), "bytes": 1, "seconds": 1, "councils": 1})
    )
    heads = home / "private" / "audit-heads.jsonl"
    heads.touch()
    os.utime(heads, (0, 0))
    found = said(home)
    assert "True 最後のバックアップが 3 日" in found
    assert "True 監査の記録の印を最後に控えたのが" in found
    assert "True 鍵のファイルが、バックアップと同じ場所" in found
    note.unlink()
    heads.unlink()
    assert "True バックアップが、まだ一度もありません" in said(home)


def test_the_doctor_sees_walls_that_are_down_and_work_that_waits(home: Path) -> None:
    settings = Settings(home=home)
    with served(settings) as addresses:
        with engine_of(addresses.owner).begin() as db:
            db.execute(text("ALTER TABLE person NO FORCE ROW LEVEL SECURITY"))
            db.execute(text("GRANT SELECT ON host TO PUBLIC"))
            db.execute(text("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'x')"))
            db.execute(text("ALTER ROLE deban_web CREATEROLE"))
        found = said(home)
        with engine_of(addresses.owner).begin() as db:
            db.execute(text("ALTER TABLE person FORCE ROW LEVEL SECURITY"))
            db.execute(text("REVOKE SELECT ON host FROM PUBLIC"))
            db.execute(text("DELETE FROM procrastinate_jobs"))
            db.execute(text("ALTER ROLE deban_web NOCREATEROLE"))
    assert "True 表 person に、社協のあいだの壁がありません" in found
    assert "True 表 host に、だれでも触れます" in found
    assert "True 1 件の仕事が待っていますが" in found
    assert "CREATEROLE" in found
    assert "True 表" not in said(home)


def test_the_doctor_of_nothing_says_where_to_begin(tmp_path: Path) -> None:
    done = run(tmp_path / "nothing", "doctor")
    assert done.exit_code == 1 and "deban init" in done.output


def test_a_named_server_needs_its_owner_too(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main,
        ["migrate"],
        env={"DEBAN_HOME": str(tmp_path), "DATABASE_URL": "postgresql://x@127.0.0.1:1/x", "DATABASE_ADMIN_URL": ""},
    )
    assert done.exit_code == 2 and "DATABASE_ADMIN_URL" in done.output
