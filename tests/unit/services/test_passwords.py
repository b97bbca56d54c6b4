"""Which passwords are refused, and why."""

import pytest

from matcher.services import passwords
from matcher.services.passwords import PasswordRefused, check_password, hash_of, is_outdated, is_right

EMAIL = "hanako.kawai@example.jp"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("みどり12345", "短すぎ"),
        ("x" * 9, "短すぎ"),
        ("ab1cd2ef3-" * 21, "長すぎ"),
        (EMAIL, "メールアドレスと同じ"),
        (EMAIL.upper(), "メールアドレスと同じ"),
        ("ｈａｎａｋｏ．ｋａｗａｉ", "メールアドレスと同じ"),
        ("1985120412", "数字だけ"),
        ("１９８５１２０４１２", "数字だけ"),
        ("aaaaaaaaaaaa", "くり返し"),
        ("abababababab", "くり返し"),
        ("password123", "多くの人"),
        ("Password2024!", "多くの人"),
        ("P@ssw0rd1234", "多くの人"),
        ("qwertyuiop12", "多くの人"),
        ("poiuytrewq", "多くの人"),
        ("1qaz2wsx3edc", "多くの人"),
        ("q1w2e3r4t5y6", "多くの人"),
        ("abcdefghij", "多くの人"),
        ("iloveyou12345", "多くの人"),
        ("sakurasakura", "多くの人"),
        ("Welcome-2026", "多くの人"),
        ("admin-shakyo", "多くの人"),
        ("basketball-1", "多くの人"),
        ("123456789a", "多くの人"),
        ("starwars-123", "多くの人"),
        ("asobi-ni-iku", ""),
        ("みどりのはたけにみずをやる", ""),
        ("correct horse battery", ""),
        ("sakuranoki-no-shita", ""),
        ("Tg7#kq92Lmzd", ""),
    ],
)
def test_a_password_is_refused_with_the_reason_or_taken(password, why):
    if not why:
        check_password(password, EMAIL)
        return
    with pytest.raises(PasswordRefused) as refused:
        check_password(password, EMAIL)
    assert why in str(refused.value)
    assert password not in str(refused.value)


def test_full_width_typing_is_the_same_password():
    kept = hash_of("ｍｉｄｏｒｉ－ｎｏ－ｈａｔａｋｅ")
    assert is_right(kept, "midori-no-hatake")
    assert not is_right(kept, "midori-no-hatake ")


def test_no_password_is_right_for_no_hash_and_a_broken_hash():
    for kept in ("", "broken", "$argon2id$v=19$m=8,t=1,p=1$broken"):
        assert not is_right(kept, "")
        assert not is_right(kept, "midori-no-hatake")


def test_without_a_hash_one_is_verified_all_the_same(monkeypatch):
    asked = []

    class Counting(passwords.PasswordHasher):
        def verify(self, kept, password):
            asked.append(kept)
            return super().verify(kept, password)

    monkeypatch.setattr(passwords, "HASHER", Counting())
    is_right("", "midori-no-hatake")
    assert len(asked) == 1 and asked[0].startswith("$argon2id$")


def test_a_hash_by_other_parameters_is_outdated():
    assert not is_outdated(hash_of("midori-no-hatake"))
    assert is_outdated(passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("midori-no-hatake"))
