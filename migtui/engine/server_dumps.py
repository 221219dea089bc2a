"""Copies of the databases of servers, by the vendors' own programs: each as of one moment."""

import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from django.db import DatabaseError

from migtui.engine.connecting import RefusedError, ask, connect, new_connection
from migtui.engine.copies import (
    Applied,
    Copy,
    Progress,
    Rows,
    applied_rows,
    count_rows,
    list_tables,
)
from migtui.engine.dumping import (
    Written,
    dump,
    file_facts,
    find_program,
    mysql_options,
    postgresql_arguments,
    program_environment,
    require_version,
    sync,
)
from migtui.engine.startup import headline
from migtui.engine.untyped import Connection

# Seconds that pg_dump may wait for a table.
PATIENCE = 60
COMPLETE = b"-- Dump completed"
# What a dump of MySQL's says of a table, alone on a line; its transaction has begun by then.
BEGUN = b"\nCREATE TABLE "
TABLE = re.compile(rb"\nCREATE TABLE (?:IF NOT EXISTS )?`((?:[^`]|``)+)`")
LONGEST = 512
READ_BACK = "the file was read back and has the SHA-256 of what the program wrote"


def dump_postgresql(connection: Connection, directory: Path, progress: Progress) -> Copy:
    """Dump with ``pg_dump -Fc``, and count the rows of the same snapshot meanwhile.

    Raises:
        RefusedError: It can't be done.
        OSError: The disk said no.
    """
    path = directory / "database.dump"
    version = str(ask(connection, "SHOW server_version")).split()[0]
    program, said = find_program("pg_dump")
    require_version(said, connection.pg_version // 10000, version)
    lister, _ = find_program("pg_restore")
    reading = _reading(connection.alias, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    snapshot = ask(reading, "SELECT pg_export_snapshot()")
    with _meanwhile() as begin:
        counted = begin(reading)
        written = dump(
            [
                program,
                "--format=custom",
                "--no-password",
                f"--lock-wait-timeout={PATIENCE * 1000}",
                f"--snapshot={snapshot}",
                *postgresql_arguments(connection),
            ],
            program_environment(connection),
            path,
            lambda _, size: progress(size, 0),
        )
        rows, applied = counted.result()
    _read_back(path, written, [lister, "--list", str(path)])
    verified = ("pg_restore reads its table of contents", "rows counted in the same snapshot")
    return Copy(
        path.name,
        written.size,
        written.sha256,
        said,
        version,
        applied,
        rows,
        (*verified, READ_BACK),
    )


def dump_mysql(connection: Connection, directory: Path, progress: Progress) -> Copy:
    """Dump with ``mysqldump --single-transaction``, and count the rows just before and after.

    A transaction can't be shared: two of ours begin on either side of the program's, and where they
    agree on a table, the dump has that many rows.

    Raises:
        RefusedError: It can't be done.
        OSError: The disk said no.
    """
    path = directory / "database.sql"
    version = str(ask(connection, "SELECT VERSION()"))
    program, said = find_program(*mysql_programs(version, "dump"))
    events = "SELECT COUNT(*) FROM information_schema.events WHERE event_schema = DATABASE()"
    with _meanwhile() as begin, mysql_options(connection, directory) as (options, name):
        before = begin(_consistent(connection.alias))
        after: Future[tuple[Rows, Applied]] | None = None
        missing = {name.replace("`", "``").encode() for name in list_tables(connection)}
        rest = b""

        def watch(chunk: bytes, size: int) -> None:
            nonlocal after, rest
            text = rest + chunk
            if BEGUN in text:
                missing.difference_update(TABLE.findall(text))
                after = after or begin(_consistent(connection.alias))
            rest = text[-LONGEST:]
            progress(size, 0)

        written = dump(
            [
                program,
                options,
                "--single-transaction",
                "--quick",
                "--routines",
                "--triggers",
                *(["--events"] if ask(connection, events) else []),
                "--hex-blob",
                "--no-tablespaces",
                "--default-character-set=utf8mb4",
                "--",
                name,
            ],
            program_environment(),
            path,
            watch,
        )
        if COMPLETE not in written.tail:
            raise RefusedError(
                f"{Path(program).name} ended without saying that the dump is complete."
            )
        if missing:
            names = ", ".join(sorted(name.decode("utf-8", "replace") for name in missing))
            raise RefusedError(
                f"{said} left out {names}.", "Put the programs of the server's version on the PATH."
            )
        rows, applied = before.result()
        try:
            later, _ = after.result() if after else before.result()
        except RefusedError:  # a table was changed meanwhile
            later = {}
    _read_back(path, written)
    verified = (f"every table is in it, and {COMPLETE.decode()!r} at its end", READ_BACK)
    known: Rows = {name: n if later.get(name) == n else None for name, n in rows.items()}
    return Copy(path.name, written.size, written.sha256, said, version, applied, known, verified)


def mysql_programs(version: str, kind: str) -> tuple[str, ...]:
    """Names of the vendor's programs, the likelier first: ``dump``, or the client for ``""``."""
    names = (f"mysql{kind}", f"mariadb-{kind}" if kind else "mariadb")
    return names[::-1] if "mariadb" in version.lower() else names


def _consistent(alias: str) -> Connection:
    level = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"
    return _reading(alias, level, "START TRANSACTION WITH CONSISTENT SNAPSHOT")


def _reading(alias: str, *statements: str) -> Connection:
    """Another connection, in a transaction that sees one moment."""
    connection = connect(new_connection(alias))
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
    return connection


@contextmanager
def _meanwhile() -> Iterator[Callable[[Connection], Future[tuple[Rows, Applied]]]]:
    """Counts rows in another thread.

    Where something fails, nobody waits for it: it ends with this process.
    """
    executor = ThreadPoolExecutor(1)
    connections: list[Connection] = []

    def begin(connection: Connection) -> Future[tuple[Rows, Applied]]:
        connection.inc_thread_sharing()
        connections.append(connection)
        return executor.submit(_count, connection)

    try:
        yield begin
        for connection in connections:
            connection.close()
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _count(connection: Connection) -> tuple[Rows, Applied]:
    try:
        tables = list_tables(connection)
        return count_rows(connection, tables), applied_rows(connection, tables)
    except DatabaseError as error:
        raise RefusedError(
            f"The rows of {connection.alias!r} can't be counted: {headline(error)}.",
            "Look whether this user may read every table.",
        ) from error


def _read_back(path: Path, written: Written, *programs: Sequence[str]) -> None:
    """Make sure that a file is on the disk, and what was written.

    Raises:
        RefusedError: It is not, or a program can't read it.
        OSError: The disk said no.
    """
    with ThreadPoolExecutor(2) as others:
        facts, synced = others.submit(file_facts, path), others.submit(sync, path)
        for command in programs:
            read = subprocess.run(command, capture_output=True, check=False)
            if read.returncode or not read.stdout.strip():
                raise RefusedError(f"The dump can't be read by {Path(command[0]).name}.")
        synced.result()
        if facts.result() != (written.size, written.sha256):
            raise RefusedError(
                f"What {path.parent.parent} holds is not what was written there.",
                "Look at that disk, and give another place with --directory.",
            )
