"""Copies of a database, one function for each vendor: consistent while others go on writing."""

import hashlib
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from django.db import DatabaseError

from migtui.engine.connecting import RefusedError, ask, connect, new_connection
from migtui.engine.dumping import (
    dump,
    find_program,
    mysql_options,
    postgresql_environment,
    require_version,
)
from migtui.engine.places import sqlite_file
from migtui.engine.untyped import Connection

# Pages of SQLite between two reports.
PAGES = 4096
# Seconds that an SQLite database may be locked by others, and pg_dump may wait for a table.
PATIENCE = 60
COMPLETE = b"-- Dump completed"

Rows: TypeAlias = dict[str, int | None]
Progress: TypeAlias = Callable[[int, int], None]
"""Called with the bytes that are done, and those in all, 0 where that is not known."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was made and verified, as in ``Manifest``."""

    file: str
    size: int
    sha256: str
    program: str
    server_version: str
    applied: tuple[tuple[str, str], ...]
    rows: Rows


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
    copiers = {"sqlite": _copy_sqlite, "postgresql": _copy_postgresql, "mysql": _copy_mysql}
    copier = copiers.get(connection.vendor)
    if copier is None:
        raise RefusedError(
            f"migtui makes no backups of {connection.vendor}.",
            "Make one with the vendor's own program.",
        )
    return copier(connection, directory, progress)


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


def count_rows(connection: Connection, tables: list[str]) -> Rows:
    """The number of rows of each of these tables."""
    quote = connection.ops.quote_name
    rows: Rows = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT COUNT(*) FROM {quote(table)}")  # noqa: S608 - quoted
            rows[table] = int(cursor.fetchone()[0])
    return rows


def applied_rows(connection: Connection, tables: list[str]) -> tuple[tuple[str, str], ...]:
    """The rows of ``django_migrations``, oldest first."""
    if "django_migrations" not in tables:
        return ()
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        return tuple((str(app_label), str(name)) for app_label, name in cursor.fetchall())


def table_names(connection: Connection) -> list[str]:
    """The tables that Django sees in the database, sorted."""
    with connection.cursor() as cursor:
        return sorted(
            entry.name
            for entry in connection.introspection.get_table_list(cursor)
            if entry.type in ("t", "p")
        )


def file_facts(path: Path) -> tuple[int, str]:
    """Bytes and SHA-256 of a file."""
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


# SQLite


def _copy_sqlite(connection: Connection, directory: Path, progress: Progress) -> Copy:
    source, target = require_file(connection), directory / "database.sqlite3"
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with (
            closing(open_sqlite(source)) as read,
            closing(sqlite3.connect(target, isolation_level=None)) as write,
        ):
            # Nobody opens the copy before it is whole.
            write.execute("PRAGMA journal_mode = OFF")
            write.execute("PRAGMA synchronous = OFF")
            copy_pages(read, write, progress)
        with target.open("rb") as file:
            os.fsync(file.fileno())
        # Both take about as long as the copying, and neither holds the interpreter's lock.
        with (
            ThreadPoolExecutor(1) as hashing,
            closing(open_sqlite(target, "immutable=1")) as copy,
        ):
            facts = hashing.submit(file_facts, target)
            copy.execute(f"PRAGMA mmap_size = {target.stat().st_size}")
            require_sound(copy, f"The copy of {source}")
            rows, applied = read_sqlite(copy)
            size, digest = facts.result()
    except sqlite3.Error as error:
        raise RefusedError(f"{source} can't be copied: {error}.") from error
    return Copy(target.name, size, digest, "", sqlite3.sqlite_version, applied, rows)


def open_sqlite(path: Path, options: str = "mode=rw") -> sqlite3.Connection:
    """A connection to a file that is there; read-only where that is all that is allowed."""
    if options == "mode=rw" and not os.access(path, os.W_OK):
        options = "mode=ro"
    uri = f"{path.resolve().as_uri()}?{options}"
    return sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)


def copy_pages(source: sqlite3.Connection, target: sqlite3.Connection, progress: Progress) -> None:
    """Copy all pages of a database over another, in one transaction of both.

    Raises:
        sqlite3.Error: It can't be done; the target is as it was, unless it has no journal.
    """
    size = int(source.execute("PRAGMA page_size").fetchone()[0])
    waited = 0

    def step(status: int, remaining: int, total: int) -> None:
        nonlocal waited
        waited = waited + 1 if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) else 0
        if waited > PATIENCE * 4:  # Python waits for a quarter of a second each time
            raise sqlite3.OperationalError("the database is locked by somebody else")
        progress((total - remaining) * size, total * size)

    # While a transaction reads, nothing that others write begins the copy anew.
    source.execute("BEGIN")
    source.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    source.backup(target, pages=PAGES, progress=step)
    source.execute("ROLLBACK")


def require_sound(database: sqlite3.Connection, what: str) -> None:
    """Make sure that a database is not damaged.

    Raises:
        RefusedError: It is.
    """
    (answer,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    if answer != "ok":
        raise RefusedError(
            f"{what} is damaged: {answer}.",
            "The database itself is, where the disk is not: https://sqlite.org/recovery.html.",
        )


def read_sqlite(database: sqlite3.Connection) -> tuple[Rows, tuple[tuple[str, str], ...]]:
    """The number of rows of every table, and the rows of ``django_migrations``."""
    found = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
        "ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    )
    rows: Rows = {}
    for (table,) in found.fetchall():
        quoted = str(table).replace('"', '""')
        rows[table] = database.execute(f'SELECT COUNT(*) FROM "{quoted}"').fetchone()[0]  # noqa: S608 - quoted
    if "django_migrations" not in rows:
        return rows, ()
    applied = database.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
    return rows, tuple((str(app_label), str(name)) for app_label, name in applied)


# PostgreSQL


def _copy_postgresql(connection: Connection, directory: Path, progress: Progress) -> Copy:
    path = directory / "database.dump"
    version = str(ask(connection, "SHOW server_version")).split()[0]
    program, said = find_program("pg_dump")
    require_version(said, connection.pg_version // 10000, version)
    lister, _ = find_program("pg_restore")
    with _snapshot(connection.alias) as (reading, snapshot):
        written = dump(
            [
                program,
                "--format=custom",
                "--no-password",
                f"--lock-wait-timeout={PATIENCE * 1000}",
                f"--snapshot={snapshot}",
            ],
            postgresql_environment(connection),
            path,
            lambda size: progress(size, 0),
        )
        tables = table_names(reading)
        rows, applied = count_rows(reading, tables), applied_rows(reading, tables)
    listing = subprocess.run([lister, "--list", str(path)], capture_output=True, check=False)
    if listing.returncode or not listing.stdout.strip():
        raise RefusedError("The dump can't be read by pg_restore.")
    return Copy(path.name, written.size, written.sha256, said, version, applied, rows)


@contextmanager
def _snapshot(alias: str) -> Iterator[tuple[Connection, str]]:
    """A transaction that sees what pg_dump will see, and the snapshot's name."""
    connection = connect(new_connection(alias))
    try:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield connection, str(ask(connection, "SELECT pg_export_snapshot()"))
    finally:
        connection.close()


# MySQL and MariaDB


def _copy_mysql(connection: Connection, directory: Path, progress: Progress) -> Copy:
    path = directory / "database.sql"
    version = str(ask(connection, "SELECT VERSION()"))
    program, said = find_program(*mysql_programs(version, "dump"))
    tables = table_names(connection)
    before = count_rows(connection, tables)
    applied = applied_rows(connection, tables)
    with mysql_options(connection, directory) as (options, name):
        written = dump(
            [
                program,
                options,
                "--single-transaction",
                "--quick",
                "--routines",
                "--triggers",
                "--hex-blob",
                "--no-tablespaces",
                "--default-character-set=utf8mb4",
                "--",
                name,
            ],
            {**os.environ, "LC_ALL": "C"},
            path,
            lambda size: progress(size, 0),
        )
    if COMPLETE not in written.tail:
        raise RefusedError(f"{Path(program).name} ended without saying that the dump is complete.")
    try:
        after = count_rows(connection, table_names(connection))
    except DatabaseError:  # a table went away meanwhile
        after = {}
    rows: Rows = {
        name: count if after.get(name) == count else None for name, count in before.items()
    }
    return Copy(path.name, written.size, written.sha256, said, version, applied, rows)


def mysql_programs(version: str, kind: str) -> tuple[str, ...]:
    """Names of the vendor's programs, the likelier first: ``dump``, or the client for ``""``."""
    names = (f"mysql{kind}", f"mariadb-{kind}" if kind else "mariadb")
    return names[::-1] if "mariadb" in version.lower() else names
