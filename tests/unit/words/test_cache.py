import pytest

from matcher.words import cache


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DEBAN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_it_is_made_once(own_folder):
    made = []
    for _ in range(3):
        assert cache.remembered("thing-1", lambda: made.append(1) or "value") == "value"
    assert made == [1]
    assert own_folder.stat().st_mode & 0o077 == 0


def test_a_new_one_replaces_the_old(own_folder):
    cache.remembered("thing-1", lambda: 1)
    assert cache.remembered("thing-2", lambda: 2) == 2
    assert [p.name for p in own_folder.iterdir()] == ["thing-2.pickle"]


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x80\x05K"])
def test_a_damaged_one_is_made_anew(own_folder, content):
    own_folder.mkdir()
    (own_folder / "thing-1.pickle").write_bytes(content)
    assert cache.remembered("thing-1", lambda: "value") == "value"


def test_nowhere_to_write_costs_only_time(own_folder):
    own_folder.write_text("a file, no folder")
    assert cache.remembered("thing-1", lambda: "value") == "value"


def test_the_digest_knows_every_file(tmp_path):
    path = tmp_path / "a.ini"
    path.write_text("one")
    before = cache.digest([path])
    assert cache.digest([path]) == before
    path.write_text("two")
    assert cache.digest([path]) != before
