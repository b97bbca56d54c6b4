"""One-time codes (確認コード) of an app on the owner's phone: TOTP, RFC 6238, six figures every 30 seconds."""

import hmac
import unicodedata
from datetime import datetime

import pyotp

ISSUER = "deban"  # shown by the app beside the code
STEP = 30  # seconds
DRIFT = 1  # steps that the phone's clock may be off, either way


def made_secret() -> str:
    """A new secret (160 bits, base32)."""
    return pyotp.random_base32()


def app_address(secret: str, email: str) -> str:
    """The `otpauth://` address that an app reads from a QR code."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=email, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime, after: int) -> int | None:
    """The time step that the code is of, None where it is of none that counts.

    Args:
        secret: an empty one is asked of a stand-in, so that it takes as long; no code is right for it.
        code: as typed; full-width figures and blanks are understood.
        after: the last step whose code was taken; it and those before it are not taken again.
    """
    typed = "".join(unicodedata.normalize("NFKC", code).split()).encode(errors="replace")
    codes = pyotp.TOTP(secret or made_secret(), interval=STEP)
    today = int(now.timestamp()) // STEP
    found = None
    for step in range(today - DRIFT, today + DRIFT + 1):
        if hmac.compare_digest(codes.generate_otp(step).encode(), typed) and step > after:
            found = step
    return found if secret else None
