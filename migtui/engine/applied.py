"""Which migrations a database has applied; reads only."""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from migtui.engine.protocol.project import AppliedMigrations, ReadApplied
from migtui.engine.startup import headline
from migtui.engine.untyped import Connection

# Seconds until a server that does not answer counts as down; drivers would wait for minutes.
CONNECT_TIMEOUT = 5
TIMEOUT_OPTIONS = {"postgresql": "connect_timeout", "mysql": "connect_timeout"}


def read_applied(request: ReadApplied) -> AppliedMigrations:
    """The rows of ``django_migrations``, oldest first."""
    try:
        connection = connections[request.alias]
        rows = _rows(connection)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - backends and routers are any code
        return AppliedMigrations(request.alias, (), headline(error))
    return AppliedMigrations(request.alias, tuple((str(app), str(name)) for app, name in rows))


def _rows(connection: Connection) -> list[tuple[str, str]]:
    if connection.vendor == "sqlite" and connection.Database.connect is sqlite3.connect:
        return _sqlite_rows(str(connection.get_connection_params()["database"]))
    limit_connecting(connection)
    recorder = MigrationRecorder(connection)
    if not recorder.has_table():
        return []
    return list(recorder.migration_qs.order_by("id").values_list("app", "name"))


def limit_connecting(connection: Connection) -> None:
    """Have connecting to a server that is down fail soon, unless the settings say when."""
    option = TIMEOUT_OPTIONS.get(connection.vendor)
    if option is not None:
        options = connection.settings_dict.setdefault("OPTIONS", {})
        options.setdefault(option, CONNECT_TIMEOUT)
        # A pool waits longer, and nothing is shared with the process that this one comes from.
        options.pop("pool", None)


def _sqlite_rows(name: str) -> list[tuple[str, str]]:
    """The rows in a file, by the driver alone.

    Django would create a missing file, and what the project does to each new connection (a journal
    mode, an ``init_command``) may write.
    """
    path = Path(name)
    if name == ":memory:" or (not name.startswith("file:") and not path.is_file()):
        return []
    uri = name if name.startswith("file:") else f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=CONNECT_TIMEOUT)) as database:
        tables = database.execute(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'django_migrations'"
        )
        if tables.fetchone() is None:
            return []
        return database.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
