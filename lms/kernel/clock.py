"""The only place that reads the time.

Everything else is handed an instant: views take `lms.web.guard.request_time()`, jobs take the instant they
were claimed at, rules take an argument. Tests and the sample call centre travel with `travel`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_offset: timedelta = timedelta()


def now() -> datetime:
    """Return the present instant: aware, UTC, to the microsecond."""
    return datetime.now(UTC) + _offset  # noqa: TID251 - the one place where time is read


def set_travel(to: datetime | None) -> None:
    """Move this process's clock so that it reads `to` now and goes on from there; None goes back to the present.

    Raises ValueError when `to` is naive.
    """
    global _offset
    if to is None:
        _offset = timedelta()
        return
    if to.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    _offset = to - datetime.now(UTC)  # noqa: TID251 - the one place where time is read


@contextmanager
def travel(to: datetime) -> Iterator[None]:
    """Let the block run at `to`, then come back to where the clock was."""
    global _offset
    before = _offset
    set_travel(to)
    try:
        yield
    finally:
        _offset = before
