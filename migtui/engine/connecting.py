"""Connections of our own to a configured database, and what must be so before it is changed."""

import os
from copy import deepcopy

from django.db import DatabaseError, connections
from django.db.utils import ConnectionHandler

from migtui.core.runs import Trouble
from migtui.engine.applied import limit_connecting
from migtui.engine.places import sqlite_file
from migtui.engine.startup import headline
from migtui.engine.untyped import Connection

DENIED = (1044, 1142, 1143, 1227, 1370)
"""Numbers of MySQL's errors about rights."""


class RefusedError(Exception):
    """Something is not done, and the database is as it was.

    Args:
        message: What was found, one sentence.
        help: What to do about it.
    """

    def __init__(self, message: str, help: str = "") -> None:  # noqa: A002 - as MigtuiError has it
        super().__init__(message)
        self.message = message
        self.help = help

    @property
    def trouble(self) -> Trouble:
        """The same to be sent."""
        return Trouble(self.message, self.help)


def new_connection(alias: str, name: str = "") -> Connection:
    """Another connection to a configured database, not connected yet; the project's is left alone.

    Args:
        alias: The database.
        name: Of another database of the same server; empty for the configured one.

    Raises:
        RefusedError: There is no such database in the settings, or no backend for it.
    """
    if alias not in connections.settings:
        known = ", ".join(connections.settings)
        raise RefusedError(f"The settings have no database {alias!r}.", f"They have {known}.")
    settings = {**deepcopy(connections.settings[alias]), "ATOMIC_REQUESTS": False}
    if name:
        settings["NAME"] = name
    try:
        # A handler wants a default, used or not.
        connection = ConnectionHandler({"default": {}, alias: settings})[alias]
        limit_connecting(connection)
    except Exception as error:
        raise unreachable(alias, error) from error
    return connection


def connect(connection: Connection) -> Connection:
    """The same connection, connected, each statement a transaction of its own.

    Raises:
        RefusedError: There is no such database, or its server does not let us in.
    """
    try:
        connection.ensure_connection()
        connection.set_autocommit(True)
    except Exception as error:
        raise unreachable(connection.alias, error) from error
    return connection


def unreachable(alias: str, error: BaseException) -> RefusedError:
    """What to say of a database that can't be connected to."""
    return RefusedError(
        f"The database {alias!r} can't be reached: {headline(error)}.",
        rights_help(error)
        or "Look whether its server runs, and whether NAME, USER and HOST in DATABASES are right.",
    )


def rights_help(error: BaseException) -> str:
    """What to do where a server refuses a user's rights; empty where it is something else.

    PostgreSQL manual, appendix A: insufficient_privilege; MySQL's reference of server errors:
    ER_DBACCESS_DENIED_ERROR and what is like it.
    """
    cause = error.__cause__ or error
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    number = cause.args[0] if cause.args else None
    if state == "42501" or number in DENIED:
        return (
            "USER of this database in DATABASES has not the rights: have its owner GRANT them, or "
            "name a user that has them."
        )
    return ""


def require_writable(connection: Connection) -> None:
    """Make sure that a database takes writes at all.

    Raises:
        RefusedError: It is a read replica, a read-only file, or a server that is read-only.
    """
    reason = ""
    if connection.vendor == "sqlite":
        file = sqlite_file(connection)
        place = file if file is None or file.exists() else file.parent
        if place is not None and not os.access(place, os.W_OK):
            reason = f"{place} can't be written"
    elif connection.vendor == "postgresql":
        if ask(connection, "SELECT pg_is_in_recovery()"):
            reason = "it is a read replica (pg_is_in_recovery)"
        elif ask(connection, "SHOW default_transaction_read_only") == "on":
            reason = "it is read-only (default_transaction_read_only)"
    elif connection.vendor == "mysql" and ask(connection, "SELECT @@global.read_only"):
        reason = "its server is read-only (read_only), as replicas are"
    if reason:
        raise RefusedError(
            f"Nothing can be changed in {connection.alias!r}: {reason}.",
            "Choose the primary with --database.",
        )


def ask(connection: Connection, sql: str, *parameters: object) -> object:
    """The first value that a query answers; None where there is no row.

    Raises:
        RefusedError: The database can't answer.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            row = cursor.fetchone()
    except DatabaseError as error:
        raise unreachable(connection.alias, error) from error
    return row[0] if row else None
