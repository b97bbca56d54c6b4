"""Counting attempts to log in: when a wait comes, how long it is, and what takes it away."""

from datetime import UTC, datetime, timedelta

import pytest

from matcher.model.login_attempt import LoginAttempt
from matcher.services.login_attempts import MustWait, network_subject, with_attempt, without_attempt
from matcher.storage.keys import made_keys

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
NONE = LoginAttempt(subject=b"s")


def attempts(*minutes: float, record: LoginAttempt = NONE, most: int = 5) -> LoginAttempt:
    for minute in minutes:
        record = with_attempt(record, NOON + timedelta(minutes=minute), most)
    return record


def wait(record: LoginAttempt) -> float:
    """Minutes from the last attempt."""
    assert record.wait_until is not None
    return (record.wait_until - record.failed_at[-1]).total_seconds() / 60


def test_four_do_not_wait_and_the_fifth_does():
    assert attempts(0, 1, 2, 3).wait_until is None
    assert wait(attempts(0, 1, 2, 3, 4)) == 1


def test_the_window_slides():
    assert attempts(0, 4, 8, 12, 15).wait_until is None  # the first is 15 minutes old
    assert wait(attempts(0, 4, 8, 12, 14.9)) == 1
    assert wait(attempts(0, 13, 14, 16, 17, 18)) == 1  # five within 15 minutes, across any border


def test_each_wait_is_longer_up_to_an_hour():
    record, waits, minute = attempts(0, 0, 0, 0), [], 0.0
    for _ in range(9):
        record = attempts(minute, record=record)
        waits.append(wait(record))
        minute += waits[-1]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_after_a_day_of_quiet_all_is_as_if_new():
    record = attempts(0, 0, 0, 0, 0, 1, 3)
    assert record.waits == 3
    assert attempts(24 * 60, record=record).waits == 4
    assert attempts(24 * 60 + 4, record=record).waits == 0


def test_what_proved_right_leaves_what_failed_before():
    before = attempts(0, 1)
    after = without_attempt(attempts(2, record=before), NOON + timedelta(minutes=2))
    assert after == before
    waiting = attempts(0, 1, 2, 3, 4)
    back = without_attempt(waiting, waiting.failed_at[-1])
    assert (back.waits, back.wait_until, len(back.failed_at)) == (0, None, 4)
    assert wait(attempts(5, record=back)) == 1  # a fifth failure waits


def test_what_proved_right_does_not_undo_the_wait_of_a_later_failure():
    record = attempts(0, 1, 2, 3, 4)
    back = without_attempt(record, NOON)
    assert (back.waits, back.wait_until) == (record.waits, record.wait_until)


def test_an_attempt_that_is_not_counted_takes_nothing_back():
    record = attempts(0, 1)
    assert without_attempt(record, NOON + timedelta(hours=1)) == record
    assert without_attempt(NONE, NOON) == NONE


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("not an address", "192.0.2.1", False),
    ],
)
def test_networks_are_told_apart(one, other, same):
    keys = made_keys()
    assert (network_subject(keys, one) == network_subject(keys, other)) is same


@pytest.mark.parametrize(("seconds", "minutes"), [(1, 1), (60, 1), (61, 2), (3600, 60)])
def test_the_wait_is_told_in_minutes(seconds, minutes):
    assert f"約{minutes}分" in str(MustWait(NOON + timedelta(seconds=seconds), NOON))
