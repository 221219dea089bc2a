"""Puts a backup in the place of all that is in a database, and looks whether it is as it was.

SQLite and PostgreSQL do it in one transaction: the database is as before or as in the backup,
whatever happens. MySQL and MariaDB have no such transactions: there an interrupted restore is
restored again.
"""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from migtui.core.backups import Manifest
from migtui.engine.connecting import (
    RefusedError,
    connect,
    new_connection,
    require_writable,
)
from migtui.engine.copies import Progress as Copied
from migtui.engine.copies import applied_rows, count_rows, list_tables, quoted
from migtui.engine.locks import migration_lock
from migtui.engine.places import sqlite_file
from migtui.engine.protocol.backup import RestoreBackup, RestoreOutcome
from migtui.engine.protocol.base import Progress, Report, Said
from migtui.engine.server_restores import AS_BEFORE, restore_mysql, restore_postgresql
from migtui.engine.sqlite_files import open_sqlite, overwrite, read_sqlite
from migtui.engine.startup import headline
from migtui.engine.untyped import Connection


def restore_backup(request: RestoreBackup, report: Report) -> RestoreOutcome:
    """Restore, and compare what is there with the manifest."""
    restorers = {"sqlite": _sqlite, "postgresql": restore_postgresql, "mysql": restore_mysql}
    try:
        connection = new_connection(request.alias, request.name)
        vendor = request.manifest.place.vendor
        _require_vendor(connection, vendor)
        if request.name:
            _make(connection)
        with migration_lock(
            request.alias, request.lock, lambda text: report(Said(0, 0, text)), name=request.name
        ):
            require_writable(connection)
            restorers[vendor](request, connection, report)
            connection.close()
            return _compare(request.manifest, connection)
    except RefusedError as refused:
        return RestoreOutcome(refused.trouble)


def _require_vendor(connection: Connection, vendor: str) -> None:
    if connection.vendor != vendor:
        raise RefusedError(
            f"The backup is of {vendor}, and {connection.alias!r} is {connection.vendor}.",
            "Choose a database of the same vendor with --database.",
        )


def _make(connection: Connection) -> None:
    """Make a database that is not there."""
    if connection.vendor == "sqlite":
        return
    with suppress(RefusedError):
        connect(connection)
        return
    name = quoted(connection, str(connection.settings_dict["NAME"]))
    try:
        with connection._nodb_cursor() as cursor:  # noqa: SLF001 - no public way
            cursor.execute(f"CREATE DATABASE {name}")
    except Exception as error:
        raise RefusedError(
            f"The database {name} can't be made: {headline(error)}.", AS_BEFORE
        ) from error


def _sqlite(request: RestoreBackup, connection: Connection, report: Report) -> None:
    file = sqlite_file(connection)
    if file is None:
        raise RefusedError(f"{request.alias!r} is not a file of plain SQLite.", AS_BEFORE)
    try:
        overwrite(Path(request.path), file, _steps(request, report))
    except sqlite3.Error as error:
        raise RefusedError(f"{file} can't be restored: {error}.", AS_BEFORE) from error


def _steps(request: RestoreBackup, report: Report) -> Copied:
    def step(done: int, total: int) -> None:
        report(Progress(done, total, f"Restoring {request.alias}: {done >> 20} MB"))

    return step


def _compare(manifest: Manifest, connection: Connection) -> RestoreOutcome:
    """Whether the tables, their rows and what is applied are as the manifest has them."""
    if connection.vendor == "sqlite":
        file = sqlite_file(connection)
        assert file is not None  # noqa: S101 - it was just restored
        with closing(open_sqlite(file)) as database:
            rows, applied = read_sqlite(database)
    else:
        connect(connection)
        tables = list_tables(connection)
        rows, applied = count_rows(connection, tables), applied_rows(connection, tables)
        connection.close()
    wrong = sorted(
        table
        for table in {*rows, *manifest.rows}
        if table not in rows
        or table not in manifest.rows
        or (manifest.rows[table] is not None and manifest.rows[table] != rows[table])
    )
    unknown = sorted(table for table, count in manifest.rows.items() if count is None)
    trouble = None
    if wrong or applied != manifest.applied:
        what = f"the rows of {', '.join(wrong)}" if wrong else "what is applied"
        trouble = RefusedError(
            f"It was restored, but {what} is not as the manifest says.",
            "Look whether somebody writes to the database; then restore again.",
        ).trouble
    notes = (f"Not compared, as they changed during the backup: {', '.join(unknown)}.",)
    return RestoreOutcome(trouble, notes if unknown else ())
