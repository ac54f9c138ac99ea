"""Views that hundreds of people open within the same minute: an exam begins, an exam ends.

Each costs tens of milliseconds of one processor. Were all of them at work at once, each would go as slowly as the
last, whoever holds the database's turn would share the processor with all who wait for it, and what is short - an
answer to be saved, the clock of a page - would stand in line behind them.
"""

import threading
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from lms.kernel.db import reading

AT_ONCE: Final = 3  # views at work in one process
Given = ParamSpec("Given")
Answer = TypeVar("Answer")
_places = threading.BoundedSemaphore(AT_ONCE)


def crowded(view: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Let few of the marked views work at once; the others wait here, holding no connection to the database."""

    @wraps(view)
    def wait_and_work(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        if not _places.acquire(blocking=False):
            reading().rollback()
            _places.acquire()
        try:
            return view(*args, **kwargs)
        finally:
            _places.release()

    return wait_and_work
