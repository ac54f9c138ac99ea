"""Taking turns: units of work and group writers of several processes go to a SQLite database one after the other.

A writer that finds SQLite locked sleeps and tries again, a tenth of a second at a time in the end; between two busy
processes one may go without for seconds. At a file lock the system wakes whoever waits as soon as it is free.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine


@contextmanager
def turn(engine: Engine) -> Iterator[None]:
    """Wait until nobody else who takes turns writes here, and keep them waiting; PostgreSQL needs none of it.

    The lock goes with the process that holds it, however that ends.
    """
    if engine.dialect.name != "sqlite" or not engine.url.database or engine.url.database == ":memory:":
        yield
        return
    with Path(f"{engine.url.database}-turn").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
