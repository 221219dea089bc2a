"""Connections that SQL can be written with: one that never connects, one that only reads.

The first stands in for the configured one, so that no statement can reach a developer's database.
The second is asked for the names of constraints, where the database is at hand.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any, Self

from django.db import connections

from migtui.engine.applied import limit_connecting
from migtui.engine.untyped import Connection

# What SQL is written for where no server says its version.
POSTGRESQL = 180000


class NoCursor:
    """A cursor on an empty database: takes every statement, finds nothing."""

    rowcount = 0
    description = None
    connection = None

    def execute(self, sql: object, params: object = None) -> None:
        """Do nothing."""

    executemany = callproc = execute

    def fetchone(self) -> None:
        """No row."""

    def fetchall(self) -> list[Any]:
        """No rows."""
        return []

    fetchmany = fetchall

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""


def copy_connection(alias: str, **changes: object) -> Connection:
    """Another connection like the configured one, with some settings changed; not open yet."""
    configured = connections[alias]
    settings = deepcopy(configured.settings_dict) | changes
    return type(configured)(settings, alias)


def disconnected(alias: str, database: Connection | None) -> Connection:
    """A connection that takes the place of the configured one and never reaches a database.

    Args:
        alias: The configured one's.
        database: The database that it stands for, where that can be asked for its version.
    """
    vendor = connections[alias].vendor
    if vendor == "sqlite":
        connection = copy_connection(alias, NAME=":memory:")
    else:
        connection = copy_connection(alias)
        connection.ensure_connection = connection.connect = lambda: None
        connection.cursor = lambda *_args, **_kwargs: NoCursor()
        if vendor == "postgresql":
            version = database.pg_version if database is not None else POSTGRESQL
            connection.__dict__["pg_version"] = version
    connections[alias] = connection
    return connection


def reading(alias: str) -> Connection | None:
    """An open connection to the configured database that only reads; None where there is none."""
    configured: Connection = connections[alias]
    connection = copy_connection(alias)
    limit_connecting(connection)
    options = connection.settings_dict["OPTIONS"]
    if configured.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        if configured.Database.connect is not sqlite3.connect or not path.is_file():
            return None
        connection.settings_dict["NAME"] = f"{path.resolve().as_uri()}?mode=ro"
        options.pop("init_command", None)
    elif configured.vendor == "postgresql":
        read_only = "-c default_transaction_read_only=on"
        options["options"] = f"{options.get('options', '')} {read_only}".strip()
    else:
        return None
    with suppress(Exception):
        connection.ensure_connection()
        return connection
    return None


def version_of(connection: Connection) -> str | None:
    """The version of the server that SQL is written for; None where none is assumed."""
    if connection.vendor not in ("sqlite", "postgresql"):
        return None
    return ".".join(map(str, connection.get_database_version()))
