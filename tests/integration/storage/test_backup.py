"""Backups made and restored: whole, encrypted, without keys, and only onto what is empty."""

import io
import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pyrage
import pytest
from sqlalchemy import make_url, text

from matcher.model.person import Person
from matcher.model.records import Erasure
from matcher.permissions import OPERATOR
from matcher.settings import Settings
from matcher.storage import backup, heads, restoring
from matcher.storage.backup import BackupError, back_up
from matcher.storage.keys import made_keys, with_new_key
from matcher.storage.migrating import differences, engine_of, migrate
from matcher.storage.rotation import SEALED
from matcher.storage.schema import TABLES
from matcher.storage.server import Addresses
from matcher.storage.work import Store, Work
from tests.integration.conftest import NOON, OURS, THEIRS, Database
from tests.integration.storage.every_noun import add_all

PAIR = pyrage.x25519.Identity.generate()
PUBLIC = str(PAIR.to_public())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home")
    settings.make_home()
    return settings


@pytest.fixture
def filled(store: Store) -> Store:
    for council in (OURS, THEIRS):
        with store.work(council, OPERATOR) as work:
            add_all(work, council)
    return store


@pytest.fixture
def elsewhere(server: Addresses) -> Iterator[Addresses]:
    """An empty database on the same server, as a new machine has it."""
    name = f"empty_{os.urandom(4).hex()}"

    def named(address: str, database: str) -> str:
        return make_url(address).set(database=database).render_as_string(hide_password=False)

    admin = engine_of(named(server.owner, "postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as db:
        db.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    yield Addresses(named(server.app, name), named(server.owner, name), True)
    with admin.connect() as db:
        db.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def no_erasing(work: Work, gone: list[tuple[str, datetime]]) -> int:
    raise AssertionError(gone)


def made(database: Database, settings: Settings) -> bytes:
    stream = io.BytesIO()
    back_up(database.addresses, settings, [PUBLIC], stream)
    return stream.getvalue()


def restored(
    content: bytes,
    to: Addresses,
    database: Database,
    settings: Settings,
    gone: list[restoring.Gone] | None = None,
    erase: restoring.Erase = no_erasing,
) -> restoring.Restored:
    store = Store(to.app, database.keys, clock=database.clock)
    try:
        return restoring.restore(to, store, settings, io.BytesIO(content), [PAIR], gone or [], erase)
    finally:
        store.close()


def everything(address: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, as bytes stand there."""
    with engine_of(address).connect() as db:
        return {
            table.name: sorted((tuple(row) for row in db.execute(table.select())), key=repr)
            for table in TABLES.values()
        }


def test_what_was_backed_up_is_there_again(
    filled: Store, database: Database, elsewhere: Addresses, settings: Settings, tmp_path: Path
) -> None:
    before = everything(database.addresses.owner)
    content = made(database, settings)
    new = Settings(home=tmp_path / "new")
    new.make_home()
    done = restored(content, elsewhere, database, new)
    assert (done.faults, done.erased, done.manifest.councils) == ([], 0, [THEIRS, OURS])
    after = everything(elsewhere.owner)
    for name, rows in before.items():
        if name in ("audit_event", "audit_head"):
            continue  # that it was restored is an event
        assert after[name] == rows, name
    assert all(row in after["audit_event"] for row in before["audit_event"])
    assert differences(elsewhere.owner) == []
    store = Store(elsewhere.app, database.keys)
    assert store.councils() == [THEIRS, OURS]
    assert list(heads.verify_all(store, new)) == []
    with store.work(OURS, OPERATOR) as work:
        assert all(work.rows(noun) for noun in SEALED)
        assert work.db.scalar(text("SELECT count(*) FROM audit_event WHERE action = 'backup.restored'")) == 1
    store.close()
    with engine_of(elsewhere.owner).connect() as db:
        owners = set(
            db.scalars(
                text("SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE proname LIKE 'deban\\_%' AND prosecdef")
            )
        )
    assert owners == {"deban_lookup"}


def test_counts_are_of_the_moment_of_the_dump(
    filled: Store, database: Database, elsewhere: Addresses, settings: Settings
) -> None:
    """What is written between the counting and the dump is in neither."""

    class Busy(io.BytesIO):
        def write(self, data: object) -> int:
            if self.tell() == 0:
                with filled.work(OURS, OPERATOR) as work:
                    work.add(Person(person_id="LATE", municipality="若葉野市"))
                    work.note("person.added", Person, "LATE")
            return super().write(data)

    stream = Busy()
    back_up(database.addresses, settings, [PUBLIC], stream)
    assert restored(stream.getvalue(), elsewhere, database, settings).faults == []
    with engine_of(elsewhere.owner).connect() as db:
        assert db.scalar(text("SELECT count(*) FROM person WHERE person_id = 'LATE'")) == 0


def test_a_backup_in_a_folder_is_private_named_by_its_time_and_noted(
    filled: Store, database: Database, settings: Settings, tmp_path: Path
) -> None:
    done = back_up(database.addresses, settings, [PUBLIC], tmp_path / "nightly")
    (file,) = (tmp_path / "nightly").iterdir()
    assert str(file) == done.file and file.name.startswith("deban-") and file.suffix == ".age"
    assert (file.stat().st_mode & 0o777, file.stat().st_size) == (0o600, done.bytes)
    assert backup.last_backup(settings) == done


def test_nothing_can_be_read_without_the_secret_half(filled: Store, database: Database, settings: Settings) -> None:
    content = made(database, settings)
    assert b"deban-backup" not in content and b"PGDMP" not in content and OURS.encode() not in content
    with pytest.raises(BackupError, match="この鍵では"):
        restoring._decrypt(
            io.BytesIO(content), restoring._Sink("postgresql://nowhere"), [pyrage.x25519.Identity.generate()]
        )


def test_no_key_is_in_a_backup(filled: Store, database: Database, settings: Settings) -> None:
    plain = pyrage.decrypt(made(database, settings), [PAIR])
    for key in (database.keys.hashing, database.keys.audit, *database.keys.sealing.values()):
        assert key not in plain and key.hex().encode() not in plain


def test_it_can_be_opened_by_hand(filled: Store, database: Database, settings: Settings) -> None:
    form, manifest, dump = pyrage.decrypt(made(database, settings), [PAIR]).split(b"\n", 2)
    assert form == b"deban-backup 1"
    assert json.loads(manifest)["counts"]["person"] == {THEIRS: 2, OURS: 2}
    assert dump.startswith(b"PGDMP")


def test_a_council_that_is_there_is_never_overwritten(filled: Store, database: Database, settings: Settings) -> None:
    content = made(database, settings)
    before = everything(database.addresses.owner)
    with pytest.raises(BackupError, match="もう社協のデータがあります"):
        restored(content, database.addresses, database, settings)
    assert everything(database.addresses.owner) == before


def test_a_table_that_is_not_ours_is_left_alone(
    filled: Store, database: Database, elsewhere: Addresses, settings: Settings
) -> None:
    with engine_of(elsewhere.owner).begin() as db:
        db.execute(text("CREATE TABLE somebody_elses (x int)"))
    with pytest.raises(BackupError, match="somebody_elses"):
        restored(made(database, settings), elsewhere, database, settings)


@pytest.mark.parametrize("spoilt", ["cut in the middle", "last byte", "a byte in the middle", "no backup", "nothing"])
def test_a_spoilt_backup_leaves_the_database_empty_and_can_be_followed_by_a_good_one(
    filled: Store, database: Database, elsewhere: Addresses, settings: Settings, spoilt: str
) -> None:
    good = made(database, settings)
    middle = len(good) // 2
    bad = {
        "cut in the middle": good[:middle],
        "last byte": good[:-1],
        "a byte in the middle": good[:middle] + bytes((good[middle] ^ 1,)) + good[middle + 1 :],
        "no backup": pyrage.encrypt(b"hello\nthere\n" * 100, [PAIR.to_public()]),
        "nothing": pyrage.encrypt(b"", [PAIR.to_public()]),
    }[spoilt]
    with pytest.raises(BackupError):
        restored(bad, elsewhere, database, settings)
    with engine_of(elsewhere.owner).connect() as db:
        assert db.scalar(text("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")) == 0
    assert restored(good, elsewhere, database, settings).faults == []


def test_people_erased_after_the_backup_are_erased_again(
    filled: Store, database: Database, elsewhere: Addresses, settings: Settings
) -> None:
    """Not those whose erasure the backup holds: whoever stands under such an ID was registered anew."""
    with filled.work(OURS, OPERATOR) as work:
        work.add(*(Person(person_id=name, municipality="若葉野市") for name in ("GONE", "ANEW", "STAYS")))
        work.add(Erasure(person_id="ANEW", at=work.now, by="x", rows={}))
        work.note("person.added", Person, "GONE")
    content = made(database, settings)
    erased = []

    def erase(work: Work, gone: list[tuple[str, datetime]]) -> int:
        erased.extend((work.council, *one) for one in gone)
        work.note("erasure.repeated", Erasure, "")
        return len(gone)

    after = NOON + timedelta(days=1)
    ledger = [(OURS, name, after) for name in ("GONE", "ANEW", "NEVER")] + [
        (THEIRS, "GONE", after),
        ("nobody", "X", after),
    ]
    assert restored(content, elsewhere, database, settings, ledger, erase).erased == 1
    assert erased == [(OURS, "GONE", after)]


def test_a_row_that_did_not_come_over_is_told(
    filled: Store, database: Database, elsewhere: Addresses, settings: Settings
) -> None:
    form, line, dump = pyrage.decrypt(made(database, settings), [PAIR]).split(b"\n", 2)
    manifest = json.loads(line)
    manifest["counts"]["person"][OURS] += 1
    head = next(head for head in manifest["heads"] if head["council"] == OURS)
    head["digest"] = "00" * 32
    content = b"\n".join((form, json.dumps(manifest).encode(), dump))
    faults = restored(pyrage.encrypt(content, [PAIR.to_public()]), elsewhere, database, settings).faults
    assert any(OURS in fault and "person" in fault for fault in faults)
    assert any(OURS in fault and "控えてある印" in fault for fault in faults)
    assert len(faults) == 2


def test_wrong_keys_are_told(filled: Store, database: Database, elsewhere: Addresses, settings: Settings) -> None:
    content = made(database, settings)
    store = Store(elsewhere.app, made_keys())
    done = restoring.restore(elsewhere, store, settings, io.BytesIO(content), [PAIR], [], no_erasing)
    store.close()
    assert any("書かれたときのままではありません" in fault for fault in done.faults)


def test_a_missing_key_is_told_by_its_number(
    filled: Store, database: Database, elsewhere: Addresses, settings: Settings
) -> None:
    new = with_new_key(database.keys)
    filled.sealer.use(new)
    with filled.work(OURS, OPERATOR) as work:
        stored = work.get(Person, "zz-second")
        work.change(stored.record, stored.version)
        work.remove(Person, f"{OURS}-person-person-id")
        work.note("person.changed", Person, "zz-second")
    faults = restored(made(database, settings), elsewhere, database, settings).faults
    assert any("鍵2がない" in fault for fault in faults)


def test_an_older_schema_is_brought_up_and_a_newer_one_refused(
    filled: Store, database: Database, elsewhere: Addresses, settings: Settings
) -> None:
    content = made(database, settings)
    form, line, dump = pyrage.decrypt(content, [PAIR]).split(b"\n", 2)
    manifest = {**json.loads(line), "revision": "9999"}
    newer = pyrage.encrypt(b"\n".join((form, json.dumps(manifest).encode(), dump)), [PAIR.to_public()])
    with pytest.raises(BackupError, match="より新しい"):
        restored(newer, elsewhere, database, settings)
    migrate(database.addresses.owner, "0002")
    assert restored(made(database, settings), elsewhere, database, settings).faults == []
    assert differences(elsewhere.owner) == []


def test_a_dump_that_fails_leaves_no_file(
    filled: Store, database: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    false = tmp_path / "pg_dump"
    false.write_text("#!/bin/sh\necho half a dump\necho 'pg_dump: error: connection lost' >&2\nexit 1\n")
    false.chmod(0o755)
    monkeypatch.setattr(backup, "binary", lambda name: false)
    folder = tmp_path / "nightly"
    with pytest.raises(BackupError, match="connection lost"):
        back_up(database.addresses, settings, [PUBLIC], folder)
    assert list(folder.iterdir()) == []
    assert backup.last_backup(settings) is None


def test_a_full_disk_is_told_and_leaves_no_file(
    filled: Store, database: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup.os, "fsync", full)
    with pytest.raises(BackupError, match="No space left"):
        back_up(database.addresses, settings, [PUBLIC], tmp_path / "nightly")
    assert list((tmp_path / "nightly").iterdir()) == []


def test_a_stream_that_breaks_off_is_told(filled: Store, database: Database, settings: Settings) -> None:
    class Broken(io.BytesIO):
        def write(self, data: object) -> int:
            raise BrokenPipeError(32, "Broken pipe")

    with pytest.raises(BackupError, match="Broken pipe"):
        back_up(database.addresses, settings, [PUBLIC], Broken())


def test_a_login_held_to_the_walls_cannot_back_up(filled: Store, database: Database, settings: Settings) -> None:
    held = Addresses(database.addresses.app, database.addresses.app, True)
    with pytest.raises(BackupError, match="BYPASSRLS"):
        back_up(held, settings, [PUBLIC], io.BytesIO())


def test_for_whom_it_is_encrypted(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="backup-pair"):
        backup.recipients(settings)
    with pytest.raises(BackupError, match="公開鍵ではありません"):
        backup.recipients(settings, ["age1nonsense"])
    with pytest.raises(BackupError, match="データのフォルダの外"):
        backup.make_pair(settings, settings.private / "secret")
    public = backup.make_pair(settings, tmp_path / "secret")
    assert backup.recipients(settings) == [public]
    assert backup.recipients(settings, [PUBLIC]) == [PUBLIC]
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    (identity,) = restoring.identities(tmp_path / "secret")
    assert str(identity.to_public()) == public
    with pytest.raises(BackupError, match="もうあります"):
        backup.make_pair(settings, tmp_path / "another")
    with pytest.raises(BackupError, match="秘密の半分"):
        restoring.identities(settings.private / "backup-recipients")
