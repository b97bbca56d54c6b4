"""Exported heads: what is appended, when, and what a crash may leave."""

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from matcher.permissions import OPERATOR
from matcher.settings import Settings
from matcher.storage import heads
from matcher.storage.work import Store
from tests.integration.conftest import OURS, THEIRS


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home")
    settings.make_home()
    return settings


def note(store: Store, council: str = OURS) -> None:
    with store.work(council, OPERATOR) as work:
        work.note("person.seen", "person", "P1")


def lines(settings: Settings) -> list[dict[str, object]]:
    return [json.loads(line) for line in heads.file_of(settings).read_text().splitlines()]


def test_the_heads_of_all_councils_are_appended(store: Store, settings: Settings) -> None:
    assert [(head.council, head.number) for head in heads.export_heads(store, settings)] == [(THEIRS, 1), (OURS, 1)]
    note(store)
    assert [(head.council, head.number) for head in heads.export_heads(store, settings)] == [(OURS, 2)]
    assert [(line["council"], line["number"]) for line in lines(settings)] == [(THEIRS, 1), (OURS, 1), (OURS, 2)]
    assert heads.file_of(settings).stat().st_mode & 0o777 == 0o600
    assert list(heads.verify_all(store, settings)) == []


def test_an_export_of_nothing_new_is_an_export_all_the_same(store: Store, settings: Settings) -> None:
    import os

    assert heads.exported_at(settings) is None
    heads.export_heads(store, settings)
    os.utime(heads.file_of(settings), (0, 0))
    assert heads.export_heads(store, settings) == []
    at = heads.exported_at(settings)
    assert at is not None and at.year >= 2026


def test_a_line_cut_short_by_a_crash_counts_as_never_exported(store: Store, settings: Settings) -> None:
    heads.export_heads(store, settings)
    whole = heads.file_of(settings).read_bytes()
    note(store)
    heads.export_heads(store, settings)
    added = heads.file_of(settings).read_bytes()[len(whole) :]
    for length in (1, len(added) // 2, len(added) - 1):
        heads.file_of(settings).write_bytes(whole + added[:length])
        assert list(heads.verify_all(store, settings)) == []
        assert [head.number for head in heads.export_heads(store, settings)] == [2]
        assert heads.file_of(settings).read_bytes() == whole + added


@pytest.mark.parametrize(
    "line", ["not json", '{"council": "wakaba"}', "[]", '{"council": "w", "number": "x", "digest": ""}']
)
def test_a_line_that_is_no_head_is_told(store: Store, settings: Settings, line: str) -> None:
    heads.export_heads(store, settings)
    with heads.file_of(settings).open("a") as file:
        file.write(f"{line}\n")
    with pytest.raises(heads.HeadsError, match="3 行目"):
        list(heads.verify_all(store, settings))


def test_a_place_of_ones_own(store: Store, settings: Settings, tmp_path: Path) -> None:
    elsewhere = replace(settings, audit_heads=str(tmp_path / "other-disk" / "heads.jsonl"))
    with pytest.raises(heads.HeadsError, match="書けません"):
        heads.export_heads(store, elsewhere)
    (tmp_path / "other-disk").mkdir()
    heads.export_heads(store, elsewhere)
    assert len(lines(elsewhere)) == 2
    assert not heads.file_of(settings).exists()


def test_syslog_gets_them_too(store: Store, settings: Settings) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(30)
        to = replace(settings, audit_heads=f"syslog:127.0.0.1:{listener.getsockname()[1]}")
        heads.export_heads(store, to)
        said = [listener.recv(2000).decode() for _ in range(2)]
    assert all("deban-audit-head {" in one for one in said)
    assert json.loads(said[1].split("deban-audit-head ")[1].rstrip("\0"))["council"] == OURS
    assert len(lines(settings)) == 2


def test_syslog_that_cannot_be_reached_is_told_and_the_file_stands(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(heads.HeadsError, match="syslog"):
        heads.export_heads(store, replace(settings, audit_heads=f"syslog:{tmp_path / 'no-socket'}"))
    assert len(lines(settings)) == 2


def test_after_a_restoration_heads_beyond_the_backup_are_void(store: Store, settings: Settings) -> None:
    heads.export_heads(store, settings)
    with heads.file_of(settings).open("a") as file:
        file.write(json.dumps({"council": OURS, "number": 9, "digest": "ab", "at": ""}) + "\n")
    assert [broken.code for broken in heads.verify_all(store, settings)] == ["cut_off"]
    heads.note_restored(store, settings)
    assert list(heads.verify_all(store, settings)) == []
    note(store)
    assert [head.number for head in heads.export_heads(store, settings)] == [2]
