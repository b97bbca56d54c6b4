"""Attempts to log in: each counts until it proves right, and too many in a short time have to wait, longer each time.

Counting comes before the password is looked at, in a transaction of its own: attempts at the same time cannot slip
through between the look and the count.
"""

import ipaddress
from datetime import datetime, timedelta

from sqlalchemy import all_, delete, literal, text

from matcher.errors import DebanError
from matcher.model.login_attempt import LoginAttempt
from matcher.permissions import Action
from matcher.services.service import service
from matcher.storage.keys import Keys
from matcher.storage.schema import table_of
from matcher.storage.work import Stored, Work

WINDOW = timedelta(minutes=15)
MOST_BY_EMAIL = 5  # attempts within WINDOW
MOST_BY_NETWORK = 20  # an office shares one network address
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
FORGOTTEN = timedelta(days=1)  # without an attempt; the next wait is short again


class MustWait(DebanError):
    """Too many attempts failed; `until` is when the next one is taken."""

    def __init__(self, until: datetime, now: datetime) -> None:
        minutes = max(1, -(-int((until - now).total_seconds()) // 60))
        super().__init__(
            "続けてログインできなかったので、しばらく受け付けを止めています。"
            f"約{minutes}分たってから、もう一度お試しください。"
        )
        self.until = until


def email_subject(keys: Keys, email: str) -> bytes:
    """The keyed hash under which an e-mail address is counted; `email` is normalised."""
    return keys.hashed("attempt_email", email)


def network_subject(keys: Keys, source: str) -> bytes:
    """The keyed hash under which a network address is counted; of IPv6 the network, since one machine has many addresses."""
    try:
        address = ipaddress.ip_address(source)
        counted = str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)
    except ValueError:
        counted = source
    return keys.hashed("attempt_network", counted)


def with_attempt(record: LoginAttempt, now: datetime, most: int) -> LoginAttempt:
    """The count with one more attempt, and the wait that follows unless it proves right."""
    calm = not record.failed_at or now - record.failed_at[-1] > FORGOTTEN
    recent = (*(at for at in record.failed_at if now - at < WINDOW), now)
    waits = 0 if calm else record.waits
    if waits or len(recent) >= most:
        waits += 1
    until = now + min(FIRST_WAIT * 2 ** min(waits - 1, 10), LONGEST_WAIT) if waits else None
    return record.model_copy(update={"failed_at": recent, "waits": waits, "wait_until": until})


def without_attempt(record: LoginAttempt, at: datetime) -> LoginAttempt:
    """The count without an attempt that proved right; what failed before it stays."""
    kept = list(record.failed_at)
    if at in kept:
        kept.remove(at)
    last = at == record.failed_at[-1] if record.failed_at else False
    waits = max(0, record.waits - 1) if last else record.waits
    until = None if last else record.wait_until
    return record.model_copy(update={"failed_at": tuple(kept), "waits": waits, "wait_until": until})


@service(Action.LOG_IN, noted=False)
def count_attempt(work: Work, subject: bytes, most: int) -> None:
    """Count an attempt before it is looked at.

    Raises:
        MustWait: the subject has to wait; this attempt is not counted.
    """
    found = _locked(work, subject)
    record = found.record if found else LoginAttempt(subject=subject)
    if record.wait_until is not None and work.now < record.wait_until:
        raise MustWait(record.wait_until, work.now)
    counted = with_attempt(record, work.now, most)
    if found:
        work.change(counted, found.version)
    else:
        work.add(counted)


@service(Action.LOG_IN, noted=False)
def take_back_attempt(work: Work, subject: bytes, at: datetime) -> None:
    """An attempt proved right: it counts no more. Other attempts of the subject stay counted."""
    found = _locked(work, subject)
    if found:
        work.change(without_attempt(found.record, at), found.version)


@service(Action.LOG_IN, noted=False)
def forget_attempts_of(work: Work, subject: bytes) -> None:
    """The subject proved who it is: nothing is counted against it any more."""
    work.remove(LoginAttempt, subject)


@service(Action.KEEP, noted=False)
def forget_old_attempts(work: Work) -> int:
    """Remove counts that say nothing any more; how many. They are of nobody, so nothing is noted."""
    table = table_of(LoginAttempt)
    old = literal(work.now - FORGOTTEN) > all_(table.c.failed_at)
    return work.db.execute(delete(table).where(work.ours(table), old)).rowcount


def _locked(work: Work, subject: bytes) -> Stored[LoginAttempt] | None:
    """The subject's row; whoever asks for the same meanwhile waits, whether it is there or not."""
    place = f"{work.council}/login_attempt/{subject.hex()}"
    work.db.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:place, 0))"), {"place": place})
    return work.find(LoginAttempt, subject)
