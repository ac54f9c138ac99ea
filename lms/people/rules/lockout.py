"""Too many wrong passwords lock a name for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

MOST_FAILURES: Final = 5
WINDOW: Final = timedelta(minutes=15)


@dataclass(frozen=True)
class LockState:
    """Whether a name may be tried now.

    tries_left     tries before it locks, 0 when it is locked
    locked_until   None when it isn't locked
    """

    tries_left: int
    locked_until: datetime | None = None


def lock_state(failures: Sequence[datetime], now: datetime) -> LockState:
    """Tell how a name stands after these failures: the fifth within 15 minutes locks it for 15 minutes.

    failures   instants of failed tries since the last success, in any order; tries while locked aren't among them
    """
    recent = sorted(failure for failure in failures if now - WINDOW < failure <= now)
    if len(recent) < MOST_FAILURES:
        return LockState(MOST_FAILURES - len(recent))
    return LockState(0, recent[-1] + WINDOW)
