"""Too many wrong passwords."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.people.rules.lockout import LockState, lock_state

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def at(*minutes_ago: float) -> list[datetime]:
    return [NOON - MINUTE * minutes for minutes in minutes_ago]


@pytest.mark.parametrize(
    ("failures", "state"),
    [
        (at(), LockState(5)),
        (at(1), LockState(4)),
        (at(1, 2, 3, 4), LockState(1)),
        (at(1, 2, 3, 4, 5), LockState(0, NOON + 14 * MINUTE)),
        (at(10, 11, 12, 13, 14), LockState(0, NOON + 5 * MINUTE)),
        (at(1, 2, 3, 4, 15), LockState(1)),
        (at(1, 2, 3, 4, 14.99), LockState(0, NOON + 14 * MINUTE)),
        (at(-1), LockState(5)),
    ],
    ids=["none", "one", "four", "five", "five earlier", "the first a quarter of an hour ago", "just within", "to come"],
)
def test_five_failures_within_a_quarter_of_an_hour_lock_for_as_long(failures, state):
    assert lock_state(failures, NOON) == state


@pytest.mark.parametrize(
    ("later", "locked"), [(-SECOND, True), (timedelta(), False)], ids=["a second before", "at the instant"]
)
def test_a_lock_ends_a_quarter_of_an_hour_after_the_last_failure(later, locked):
    failures = [NOON] * 5
    assert bool(lock_state(failures, NOON + 15 * MINUTE + later).locked_until) is locked
