"""A backup's inside: every table as lines of JSON, whichever database it came from or goes to.

The same archive moves an installation from SQLite to PostgreSQL and back. Rows keep their identifiers, so that the
ledger's hashes still hold afterwards.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from io import TextIOWrapper
from itertools import islice
from typing import IO, Any
from uuid import UUID
from zipfile import ZipFile

from sqlalchemy import JSON, Column, Connection, Table, TypeDecorator, func, insert, null, select, text

from lms.kernel.db import Base

BATCH = 500  # rows inserted by one statement
LEFT_OUT = frozenset({"server_session", "sessions"})  # whoever was signed in signs in again


def tables() -> list[Table]:
    """Return the tables a backup holds, referred-to ones first."""
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def dump_tables(connection: Connection, archive: ZipFile) -> dict[str, int]:
    """Write every table into the archive; return how many rows each has. The connection holds one snapshot."""
    counts = {}
    for table in tables():
        rows = connection.execution_options(yield_per=BATCH).execute(select(table)).mappings()
        with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as member:
            counts[table.name] = _write_lines(member, (encode(table, dict(row)) for row in rows))
    return counts


def _write_lines(member: IO[bytes], rows: Iterable[Mapping[str, Any]]) -> int:
    count = 0
    for row in rows:
        member.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        count += 1
    return count


def load_tables(connection: Connection, archive: ZipFile) -> dict[str, int]:
    """Insert every row of the archive into empty tables; return how many each got.

    Raises KeyError for a table that the archive lacks, sqlalchemy.exc.IntegrityError for rows that don't fit.
    """
    counts = {}
    with _guards_lifted(connection):
        for table in tables():
            with archive.open(f"tables/{table.name}.jsonl") as member:
                rows = (decode(table, json.loads(line)) for line in TextIOWrapper(member, encoding="utf-8"))
                counts[table.name] = _insert(connection, table, rows)
    _advance_counters(connection)
    return counts


@contextmanager
def _guards_lifted(connection: Connection) -> Iterator[None]:
    """Let rows in as they are: triggers that keep what is finished from changing would refuse parts of it.

    All in the caller's transaction: whatever happens, the guards stand again after it.
    """
    if connection.dialect.name == "postgresql":
        _switch_guards(connection, "DISABLE")
        yield
        _switch_guards(connection, "ENABLE")
        return
    guards = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).tuples().all()
    for name, _sql in guards:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _name, sql in guards:
        connection.exec_driver_sql(sql)


def _switch_guards(connection: Connection, verb: str) -> None:
    for table in tables():
        connection.exec_driver_sql(f"ALTER TABLE {table.name} {verb} TRIGGER USER")


def _insert(connection: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> int:
    own = [column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    ordered: Iterator[dict[str, Any]] = iter(parents_first(list(rows), own)) if own else rows
    count = 0
    while batch := list(islice(ordered, BATCH)):
        connection.execute(insert(table), batch)
        count += len(batch)
    return count


def parents_first(rows: list[dict[str, Any]], own: list[Column[Any]]) -> list[dict[str, Any]]:
    """Return the rows of a table that refers to itself so that a row comes after those it refers to.

    own   the columns that refer to the same table's `id`
    """
    by_id = {row["id"]: row for row in rows}
    placed: dict[Any, dict[str, Any]] = {}
    for row in rows:
        chain = [row]
        while chain:
            before = [by_id[chain[-1][column.name]] for column in own if chain[-1][column.name] in by_id]
            waiting = [each for each in before if each["id"] not in placed and each not in chain]
            if waiting:
                chain.append(waiting[0])
            else:
                done = chain.pop()
                placed.setdefault(done["id"], done)
    return list(placed.values())


def _advance_counters(connection: Connection) -> None:
    """Let PostgreSQL's own counters go on after the numbers that were brought in."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables():
        counted = table.autoincrement_column
        if counted is not None and counted.type.python_type is int:
            sequence = func.pg_get_serial_sequence(table.name, counted.name)
            highest = func.coalesce(select(func.max(counted)).scalar_subquery(), 0) + 1
            connection.execute(select(func.setval(sequence, highest, False)))


def encode(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as JSON can hold it."""
    return {column.name: _encode(row[column.name]) for column in table.columns}


def decode(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as the table takes it. Raises KeyError when a column is missing, ValueError for broken values."""
    return {column.name: _decode(column, row[column.name]) for column in table.columns}


def _encode(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _decode(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, JSON):
        return null() if value is None else value
    if value is None:
        return None
    plain = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    kind = plain.python_type
    if kind in (datetime, date, time):
        return kind.fromisoformat(value)
    if kind is UUID:
        return UUID(value)
    return base64.b64decode(value) if kind is bytes else value
