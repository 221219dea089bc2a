"""Copies of a database, one function for each vendor: consistent while others go on writing."""

from contextlib import suppress
from pathlib import Path

from migtui.engine.connecting import RefusedError, ask
from migtui.engine.copies import Copy, Progress
from migtui.engine.places import sqlite_file
from migtui.engine.server_dumps import dump_mysql, dump_postgresql
from migtui.engine.sqlite_files import copy_sqlite
from migtui.engine.untyped import Connection


def copy_database(connection: Connection, directory: Path, progress: Progress) -> Copy:
    """Copy a database into an empty directory.

    Args:
        connection: The database, of our own.
        directory: Where.
        progress: Called now and then.

    Raises:
        RefusedError: It can't be done; the message says why.
        OSError: The disk said no.
    """
    if connection.vendor == "sqlite":
        return copy_sqlite(require_file(connection), directory / "database.sqlite3", progress)
    dumps = {"postgresql": dump_postgresql, "mysql": dump_mysql}
    if connection.vendor not in dumps:
        raise RefusedError(
            f"migtui makes no backups of {connection.vendor}.",
            "Make one with the vendor's own program.",
        )
    return dumps[connection.vendor](connection, directory, progress)


def database_size(connection: Connection) -> int | None:
    """The bytes that a database takes; None where it doesn't say."""
    with suppress(RefusedError, OSError):
        if connection.vendor == "sqlite":
            file = require_file(connection)
            return sum(p.stat().st_size for p in (file, Path(f"{file}-wal")) if p.exists())
        if connection.vendor == "postgresql":
            return _number(ask(connection, "SELECT pg_database_size(current_database())"))
        if connection.vendor == "mysql":
            sql = "SELECT SUM(data_length + index_length) FROM information_schema.tables"
            return _number(ask(connection, f"{sql} WHERE table_schema = DATABASE()"))
    return None


def _number(value: object) -> int | None:
    return None if value is None else int(str(value))


def require_file(connection: Connection) -> Path:
    """The file of an SQLite database.

    Raises:
        RefusedError: It is in memory, not plain SQLite, or not there.
    """
    file = sqlite_file(connection)
    if file is None:
        raise RefusedError(f"{connection.alias!r} is not a file of plain SQLite.")
    if not file.is_file():
        raise RefusedError(
            f"The database {connection.alias!r} does not exist: there is no {file}.",
            "`migtui migrate` makes it.",
        )
    return file
