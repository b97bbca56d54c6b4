"""Passwords: which are refused and why, how they are hashed, and whether one is right."""

import re
import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from matcher.errors import DebanError

SHORTEST, LONGEST = 10, 200  # characters
_LEAST_DIFFERENT = 5  # different characters
_SHORTEST_RUN = 3  # neighbours in a row of keys or letters, from which they count as a run
HASHER = PasswordHasher()  # the second of RFC 9106's two recommended settings, as argon2-cffi follows them

# Words that lead the public lists of leaked passwords, and those that come to mind in this work. With figures and signs
# around them, or digits for letters, they are guessed first.
_COMMON = frozenset(
    "abc admin administrator angel apple asdf baseball basketball changeme computer deban doraemon dragon elizabeth "
    "football freedom fukushi guest hanako hello iloveyou internet japan jonathan letmein liverpool login love lovely "
    "manager manchester master michael michelle monkey monster nihon nippon office pass passwd password pokemon "
    "princess qwerty root sakura samurai secret security service shadow shakaifukushi shakyo start starwars summer "
    "sunshine superman suzuki system takahashi tanaka taro test tokyo user watanabe welcome winter yamada zaq".split()
)
_MOST_LEFT = 2  # letters beside them that still make no password of one's own
_ROWS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    *("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    *("1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "qazwsxedcrfvtgbyhnujm"),
    *("147258369", "741852963", "789456123"),
)
_DISGUISES = str.maketrans("013457@$!", "oieastasi")


class PasswordRefused(DebanError):
    """A password that others would guess; the sentence says why."""


def normalised_password(password: str) -> str:
    """A password as it is hashed: full-width and half-width characters are the same (NFKC)."""
    return unicodedata.normalize("NFKC", password).encode(errors="replace").decode()


def check_password(password: str, email: str) -> None:
    """Whether a password may be taken.

    Args:
        email: the owner's address, normalised.

    Raises:
        PasswordRefused: it is too short or long, the address, or among those that are guessed first.
    """
    plain = normalised_password(password)
    if len(plain) < SHORTEST:
        raise PasswordRefused(f"パスワードが短すぎます。{SHORTEST}文字以上にしてください。")
    if len(plain) > LONGEST:
        raise PasswordRefused(f"パスワードが長すぎます。{LONGEST}文字までにしてください。")
    folded = plain.casefold().strip()
    if folded in (email.casefold(), email.casefold().partition("@")[0]):
        raise PasswordRefused("メールアドレスと同じパスワードは使えません。別のものにしてください。")
    if folded.isdecimal():
        raise PasswordRefused("数字だけのパスワードは、誕生日や電話番号から当てられます。文字もまぜてください。")
    if len(set(folded)) < _LEAST_DIFFERENT:
        raise PasswordRefused("同じ文字のくり返しは、すぐに当てられます。いくつかの言葉をつなげてみてください。")
    if _is_common(folded):
        raise PasswordRefused(
            "多くの人が使っているパスワードに近いので、当てられやすいです。関係のない言葉をいくつかつなげてみてください。"
        )


def _is_common(folded: str) -> bool:
    """Whether next to nothing is left when common words, runs of neighbouring keys, figures and signs are taken out."""
    trimmed = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)  # the year behind it is no disguise
    variants = (folded, folded.translate(_DISGUISES), trimmed.translate(_DISGUISES))
    return any(len(_left(variant)) <= _MOST_LEFT for variant in variants)


def _left(text: str) -> str:
    for word in sorted(_COMMON, key=len, reverse=True):
        text = text.replace(word, " ")
    return re.sub(r"[\W\d_]", "", _without_runs(text))


def _without_runs(text: str) -> str:
    kept, start = [], 0
    while start < len(text):
        end = start + 1
        while end < len(text) and any(text[start : end + 1] in row for row in _both_ways()):
            end += 1
        kept.append(" " if end - start >= _SHORTEST_RUN else text[start])
        start = end if end - start >= _SHORTEST_RUN else start + 1
    return "".join(kept)


@cache
def _both_ways() -> tuple[str, ...]:
    return (*_ROWS, *(row[::-1] for row in _ROWS))


def hash_of(password: str) -> str:
    """The hash that is kept (argon2id, with its parameters and salt)."""
    return HASHER.hash(normalised_password(password))


def is_right(kept: str, password: str) -> bool:
    """Whether the password is the one. An empty hash is asked of a stand-in, so that it takes as long and is never right."""
    stand_in = _stand_in(HASHER)
    try:
        return HASHER.verify(kept or stand_in, normalised_password(password)[: LONGEST + 1]) and bool(kept)
    except (Argon2Error, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether it was hashed by other parameters than today's."""
    return HASHER.check_needs_rehash(kept)


@cache
def _stand_in(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_urlsafe(32))
