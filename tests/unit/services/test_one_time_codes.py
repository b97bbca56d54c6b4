"""One-time codes: which are taken, and which are not taken again."""

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from matcher.services.one_time_codes import STEP, app_address, made_secret, step_of

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()  # of RFC 6238, appendix B
NOW = datetime(2026, 12, 1, 3, 0, 10, tzinfo=UTC)
TODAY = int(NOW.timestamp()) // STEP


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_the_codes_are_those_of_the_rfc(seconds, code):
    assert step_of(RFC_SECRET, code, datetime.fromtimestamp(seconds, UTC), after=0) == seconds // STEP


@pytest.mark.parametrize(("away", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_may_be_one_step_off(away, taken):
    code = pyotp.TOTP(RFC_SECRET).generate_otp(TODAY + away)
    assert step_of(RFC_SECRET, code, NOW, after=0) == (TODAY + away if taken else None)


def test_a_step_that_was_taken_and_those_before_it_are_not_taken_again():
    codes = [pyotp.TOTP(RFC_SECRET).generate_otp(TODAY + away) for away in (-1, 0, 1)]
    assert [step_of(RFC_SECRET, code, NOW, after=TODAY) for code in codes] == [None, None, TODAY + 1]


def test_blanks_and_full_width_figures_are_understood():
    code = pyotp.TOTP(RFC_SECRET).generate_otp(TODAY)
    spaced = f"{code[:3]} {code[3:]}".translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert step_of(RFC_SECRET, spaced, NOW, after=0) == TODAY


@pytest.mark.parametrize("typed", ["", "000", "abcdef", "１２", "\ud800", "🌸"])
def test_what_is_no_code_is_taken_for_none(typed):
    assert step_of(RFC_SECRET, typed, NOW, after=0) is None


def test_no_code_is_right_without_a_secret(monkeypatch):
    monkeypatch.setattr("matcher.services.one_time_codes.made_secret", lambda: RFC_SECRET)
    assert step_of("", pyotp.TOTP(RFC_SECRET).generate_otp(TODAY), NOW, after=0) is None


def test_the_address_for_the_app_holds_the_secret_and_whose_it_is():
    secret = made_secret()
    address = urlsplit(app_address(secret, "hanako@example.jp"))
    assert (address.scheme, address.netloc, address.path) == ("otpauth", "totp", "/deban:hanako%40example.jp")
    assert parse_qs(address.query)["secret"] == [secret]
    assert len(base64.b32decode(secret)) == 20
