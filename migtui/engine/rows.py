"""How many rows tables have: counted where that is cheap, else as estimated; reads only."""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from copy import deepcopy
from pathlib import Path

from django.db import connections

from migtui.core.sql import RowCount
from migtui.engine.applied import CONNECT_TIMEOUT, limit_connecting
from migtui.engine.protocol.sql import CountRows, RowCounts
from migtui.engine.startup import headline
from migtui.engine.untyped import Connection

COUNTED = 100_000
"""Rows up to which, as the server estimates them, they are counted."""
SECONDS = 5
"""How long a count may take."""
STEPS = 100_000
"""Of SQLite's, between two looks at the clock."""


def count_rows(request: CountRows) -> RowCounts:
    """The rows of each table; those of a table that is not there yet are None."""
    try:
        connection = connections[request.alias]
        if connection.vendor == "sqlite" and connection.Database.connect is sqlite3.connect:
            path = str(connection.get_connection_params()["database"])
            return RowCounts(tuple(_in_file(path, request.tables)))
        return RowCounts(tuple(_on_server(request.alias, request.tables)))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - backends are any code
        message = headline(error)
        return RowCounts(tuple(RowCount(name, None, error=message) for name in request.tables))


def _in_file(name: str, tables: Iterable[str]) -> Iterator[RowCount]:
    path = Path(name)
    if name == ":memory:" or (not name.startswith("file:") and not path.is_file()):
        yield from (RowCount(table, None) for table in tables)
        return
    uri = name if name.startswith("file:") else f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=CONNECT_TIMEOUT)) as database:
        for table in tables:
            there = database.execute(
                "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", [table]
            ).fetchone()
            if there is None:
                yield RowCount(table, None)
                continue
            database.set_progress_handler(_alarm(time.monotonic() + SECONDS), STEPS)
            quoted = table.replace('"', '""')
            try:
                (count,) = database.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()  # noqa: S608 - quoted
                yield RowCount(table, int(count))
            except sqlite3.OperationalError as error:
                yield RowCount(table, None, error=f"{error} after {SECONDS} seconds")


def _alarm(end: float) -> Callable[[], bool]:
    """Says that it is enough, from a moment on."""
    return lambda: time.monotonic() > end


def _on_server(alias: str, tables: Iterable[str]) -> Iterator[RowCount]:
    configured = connections[alias]
    connection: Connection = type(configured)(deepcopy(configured.settings_dict), alias)
    limit_connecting(connection)
    try:
        with connection.cursor() as cursor:
            for statement in _PREPARING.get(connection.vendor, ()):
                cursor.execute(statement)
        for table in tables:
            try:
                yield _of_table(connection, table)
            except Exception as error:  # noqa: BLE001 - of any driver
                yield RowCount(table, None, error=headline(error))
    finally:
        connection.close()


_PREPARING = {
    "postgresql": (
        "SET default_transaction_read_only = on",
        f"SET statement_timeout = '{SECONDS}s'",
        f"SET lock_timeout = '{SECONDS}s'",
    ),
    "mysql": ("SET SESSION TRANSACTION READ ONLY",),
}
_ESTIMATING = {
    "postgresql": "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)",
    "mysql": (
        "SELECT table_rows FROM information_schema.tables WHERE table_schema = database() AND "
        "table_name = %s"
    ),
}


def _of_table(connection: Connection, table: str) -> RowCount:
    quoted = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        name = quoted if connection.vendor == "postgresql" else table
        cursor.execute(_ESTIMATING[connection.vendor], [name])
        found = cursor.fetchone()
        if found is None:
            return RowCount(table, None)
        estimate = int(found[0] if found[0] is not None else -1)
        if estimate > COUNTED:
            return RowCount(table, estimate, is_estimate=True)
        # A table that nobody has analysed yet has no estimate; counting it has a limit of time.
        cursor.execute(f"SELECT count(*) FROM {quoted}")  # noqa: S608 - quoted by the backend
        return RowCount(table, int(cursor.fetchone()[0]))
