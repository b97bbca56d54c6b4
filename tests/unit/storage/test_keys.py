"""Keys: their file, and what is said when it is not as it must be."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from matcher.settings import Settings
from matcher.storage.keys import (
    MOST_NUMBER,
    KeysError,
    file_of,
    fingerprint,
    fingerprints,
    made_keys,
    parsed,
    read_keys,
    with_new_key,
    without_old_keys,
    write_keys,
    written,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home")
    settings.make_home()
    return settings


def test_what_was_written_is_read(settings: Settings) -> None:
    keys = with_new_key(made_keys())
    path = write_keys(settings, keys)
    assert read_keys(settings) == keys
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["keys"]


def test_no_two_keys_are_alike() -> None:
    one, two = with_new_key(made_keys()), made_keys()
    secrets = [*one.sealing.values(), one.hashing, one.audit, *two.sealing.values(), two.hashing, two.audit]
    assert len(set(secrets)) == len(secrets) == 7
    assert {len(secret) for secret in secrets} == {32}


def test_the_newest_key_writes_and_all_stay_until_they_are_given_up() -> None:
    keys = with_new_key(with_new_key(made_keys()))
    assert (sorted(keys.sealing), keys.current) == ([1, 2, 3], 3)
    left = without_old_keys(keys)
    assert (list(left.sealing), left.current, left.hashing, left.audit) == ([3], 3, keys.hashing, keys.audit)
    assert with_new_key(left).current == 4


def test_numbers_come_to_an_end() -> None:
    keys = made_keys()
    full = replace(keys, sealing={MOST_NUMBER: keys.sealing[1]}, current=MOST_NUMBER)
    with pytest.raises(KeysError, match="番号"):
        with_new_key(full)


def test_they_may_come_from_the_environment(settings: Settings) -> None:
    keys = with_new_key(made_keys())
    given = replace(settings, keys=written(keys).strip().replace("\n", ";"))
    assert read_keys(given) == keys
    with pytest.raises(KeysError, match="DEBAN_KEYS"):
        write_keys(given, keys)


def test_they_may_lie_elsewhere(settings: Settings, tmp_path: Path) -> None:
    elsewhere = replace(settings, keys_file=str(tmp_path / "stick"))
    write_keys(elsewhere, made_keys())
    assert file_of(elsewhere) == tmp_path / "stick" and not file_of(settings).exists()
    with pytest.raises(KeysError, match="書けません"):
        write_keys(replace(settings, keys_file=str(tmp_path / "none" / "keys")), made_keys())


def test_a_missing_file_is_told_with_its_place(settings: Settings) -> None:
    with pytest.raises(KeysError, match=str(file_of(settings))):
        read_keys(settings)


def test_a_file_that_cannot_be_read_is_told(settings: Settings) -> None:
    file_of(settings).write_bytes("鍵".encode("cp932"))
    with pytest.raises(KeysError, match="読めません"):
        read_keys(settings)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("hash ", "hush "),
        lambda text: "\n".join(line for line in text.splitlines() if not line.startswith("audit")),
        lambda text: "\n".join(line for line in text.splitlines() if not line[0].isdigit()),
        lambda text: text.replace("1 ", "0 "),
        lambda text: text.replace("1 ", f"{MOST_NUMBER + 1} "),
        lambda text: text[:-5],
        lambda text: text + "2 c2hvcnQ=\n",
        lambda text: text + "3\n",
        lambda text: "",
    ],
)
def test_keys_that_are_not_whole_are_refused_and_no_secret_is_told(spoil) -> None:
    whole = "\n".join(sorted(written(made_keys()).splitlines(), reverse=True)) + "\n"
    whole = "\n".join(sorted(whole.splitlines(), key=lambda line: line[0].isdigit())) + "\n"
    with pytest.raises(KeysError) as refused:
        parsed(spoil(whole), "ここ")
    assert "ここ" in str(refused.value)
    assert not any(line.split(" ")[1][:12] in str(refused.value) for line in whole.splitlines())


def test_a_crash_while_writing_leaves_the_old_file(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = made_keys()
    write_keys(settings, before)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeysError, match="No space"):
        write_keys(settings, with_new_key(before))
    assert read_keys(settings) == before


def test_fingerprints_tell_keys_apart_and_nothing_of_them() -> None:
    keys = with_new_key(made_keys())
    prints = fingerprints(keys)
    assert list(prints) == ["hash", "audit", "1", "2"] and len(set(prints.values())) == 4
    assert prints == fingerprints(parsed(written(keys), "x"))
    assert fingerprint(keys) != fingerprint(without_old_keys(keys))
    text = written(keys)
    assert not any(part in text for mark in prints.values() for part in (mark, mark.replace("-", "")))


def test_hashes_are_keyed_and_of_one_purpose() -> None:
    keys, others = made_keys(), made_keys()
    assert keys.hashed("email", "a@example.org") == keys.hashed("email", "a@example.org")
    assert (
        len(
            {
                keys.hashed("email", "a"),
                keys.hashed("token", "a"),
                keys.hashed("email", "b"),
                others.hashed("email", "a"),
            }
        )
        == 4
    )
