"""Restores of PostgreSQL, MySQL and MariaDB, by the clients of the servers."""

import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.db import DatabaseError

from migtui.engine.connecting import (
    RefusedError,
    connect,
)
from migtui.engine.copies import quoted
from migtui.engine.dumping import (
    CHUNK,
    find_program,
    mysql_options,
    postgresql_arguments,
    program_environment,
    require_success,
    require_version,
)
from migtui.engine.places import place_of
from migtui.engine.protocol.backup import RestoreBackup
from migtui.engine.protocol.base import Progress, Report
from migtui.engine.server_dumps import PATIENCE, mysql_programs
from migtui.engine.startup import headline
from migtui.engine.untyped import Connection

# All that is in a PostgreSQL database and belongs neither to an extension nor to PostgreSQL itself:
# first what watches over the others, then whole schemas, then what is in the schema that every
# database has, but for what goes with its table.
_CLEAR = """
    WITH found(rank, classid, objid) AS (
        SELECT 1, 'pg_event_trigger'::regclass, oid FROM pg_event_trigger
        UNION ALL SELECT 2, 'pg_publication'::regclass, oid FROM pg_publication
        UNION ALL SELECT 3, 'pg_namespace'::regclass, oid FROM pg_namespace
            WHERE nspname NOT IN ('public', 'information_schema') AND nspname !~ '^pg_'
        UNION ALL SELECT CASE classid WHEN 'pg_class'::regclass THEN 4 ELSE 5 END, classid, objid
            FROM pg_depend WHERE refclassid = 'pg_namespace'::regclass
            AND refobjid = to_regnamespace('public') AND deptype = 'n'
            AND classid NOT IN ('pg_extension'::regclass, 'pg_default_acl'::regclass)
        UNION ALL SELECT 6, 'pg_cast'::regclass, oid FROM pg_cast WHERE oid >= 16384
        UNION ALL SELECT 7, 'pg_foreign_server'::regclass, oid FROM pg_foreign_server
        UNION ALL SELECT 8, 'pg_foreign_data_wrapper'::regclass, oid FROM pg_foreign_data_wrapper
    )
    SELECT * FROM (
        SELECT format('DROP %s IF EXISTS %s CASCADE', CASE o.type
            WHEN 'statistics object' THEN 'STATISTICS' WHEN 'foreign-data wrapper' THEN
            'FOREIGN DATA WRAPPER' ELSE upper(o.type) END, o.identity)
        FROM found f, pg_identify_object(f.classid, f.objid, 0) o
        WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = f.classid
            AND d.objid = f.objid AND d.refobjid <> f.objid AND d.deptype IN ('e', 'i'))
        ORDER BY f.rank
    ) AS dropped
    UNION ALL
    SELECT format('SELECT pg_catalog.lo_unlink(%s)', l.oid) FROM pg_largeobject_metadata l
"""
_CLEAR_MYSQL = """
    SELECT routine_type, routine_name FROM information_schema.routines
    WHERE routine_schema = DATABASE()
    UNION ALL SELECT 'EVENT', event_name FROM information_schema.events
    WHERE event_schema = DATABASE()
"""
AS_BEFORE = "Nothing was changed in the database."
LOST = "connection to server was lost"
ALL_OR_NOTHING = (
    "All of it was restored, or nothing: `migtui check` with --database tells where the database "
    "stands. The same restore can be run again, the backup is whole."
)
AGAIN = "The database may be half restored: restore it again, the backup is whole."


def restore_postgresql(request: RestoreBackup, connection: Connection, report: Report) -> None:
    """Replace all that is in a PostgreSQL database, in one transaction.

    Raises:
        RefusedError: It can't be done; whether anything was changed.
    """
    connect(connection)
    with connection.cursor() as cursor:
        cursor.execute(_CLEAR)
        clearing = [str(sql) for (sql,) in cursor.fetchall()]
    version = connection.pg_version // 10000
    environment, where = program_environment(connection), postgresql_arguments(connection)
    is_same = place_of(connection) == request.manifest.place
    connection.close()
    reader, said = find_program("pg_restore")
    require_version(said, version, str(version))
    client, said = find_program("psql")
    require_version(said, version, str(version))
    with tempfile.NamedTemporaryFile("w", suffix=".list") as listing:
        listing.write(_listing(reader, request.path))
        listing.flush()
        _pour(
            [
                reader,
                "--single-transaction",
                "--file=-",
                f"--use-list={listing.name}",
                *([] if is_same else ["--no-owner", "--no-privileges"]),
                request.path,
            ],
            [client, *where, "--no-psqlrc", "--no-password", "--quiet", "--set=ON_ERROR_STOP=1"],
            [f"BEGIN; SET LOCAL lock_timeout = '{PATIENCE}s'", *clearing],
            environment,
            _sizes(request, report),
        )


def _listing(reader: str, path: str) -> str:
    """What is restored: all but the comments on extensions, which only their owner may write."""
    listed = subprocess.run([reader, "--list", path], capture_output=True, check=False)
    if listed.returncode:
        raise RefusedError(f"{path} can't be read by pg_restore.", AS_BEFORE)
    lines = listed.stdout.decode("utf-8", "surrogateescape").splitlines()
    return "\n".join(line for line in lines if " COMMENT - EXTENSION " not in line)


def _sizes(request: RestoreBackup, report: Report) -> Callable[[int], None]:
    return lambda size: report(Progress(size, 0, f"Restoring {request.alias}: {size >> 20} MB"))


def _pour(
    source: Sequence[str],
    client: Sequence[str],
    before: Iterable[str],
    environment: Mapping[str, str],
    progress: Callable[[int], None],
) -> None:
    """Have a client execute some statements, then all that a program writes.

    What the program writes ends with its COMMIT: where it fails, the client never sees one.
    """
    with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as said:
        with (
            subprocess.Popen(
                client, env=environment, stdin=subprocess.PIPE, stdout=errors, stderr=errors
            ) as sink,
            subprocess.Popen(
                source,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
            ) as pump,
        ):
            assert pump.stdout is not None  # noqa: S101 - as it was asked for
            begin = "".join(f"{sql};\n" for sql in before).encode()
            _feed(sink, pump.stdout, progress, begin)
            pump.stdout.close()
            code = sink.wait()
        _require(code, client[0], errors)
        _require(pump.returncode, source[0], said)


def _require(code: int, program: str, errors: IO[bytes]) -> None:
    try:
        require_success(code, program, errors)
    except RefusedError as refused:
        # It may have been lost just after the COMMIT was on its way.
        state = ALL_OR_NOTHING if LOST in f"{refused.message}\n{refused.help}" else AS_BEFORE
        raise RefusedError(refused.message, f"{state}\n{refused.help}") from None


def restore_mysql(request: RestoreBackup, connection: Connection, report: Report) -> None:
    """Empty a database of MySQL or MariaDB, whose DDL no transaction holds, then fill it.

    Raises:
        RefusedError: It can't be done; whether anything was changed.
    """
    connect(connection)
    version = ".".join(map(str, connection.mysql_version))
    is_mariadb = "mariadb" if connection.mysql_is_mariadb else ""
    client, _ = find_program(*mysql_programs(f"{version} {is_mariadb}", ""))
    progress = _sizes(request, report)
    with (
        tempfile.TemporaryDirectory() as directory,
        mysql_options(connection, Path(directory)) as (options, name),
        tempfile.TemporaryFile() as errors,
        Path(request.path).open("rb") as dump,
    ):
        command = [client, options, "--default-character-set=utf8mb4", f"--database={name}"]
        _clear_mysql(connection)
        with subprocess.Popen(
            command,
            env=program_environment(),
            stdin=subprocess.PIPE,
            stdout=errors,
            stderr=errors,
        ) as sink:
            _feed(sink, dump, progress)
            code = sink.wait()
        try:
            require_success(code, client, errors)
        except RefusedError as refused:
            raise RefusedError(refused.message, f"{AGAIN}\n{refused.help}") from None


def _clear_mysql(connection: Connection) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET SESSION lock_wait_timeout = {PATIENCE}")
            cursor.execute("SET SESSION foreign_key_checks = 0")
            cursor.execute("SHOW FULL TABLES")
            for name, kind in cursor.fetchall():
                cursor.execute(
                    f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} {quoted(connection, name)}"
                )
            cursor.execute(_CLEAR_MYSQL)
            for kind, name in cursor.fetchall():
                cursor.execute(f"DROP {kind} {quoted(connection, name)}")
    except DatabaseError as error:
        raise RefusedError(f"The database can't be emptied: {headline(error)}.", AGAIN) from error


def _feed(
    sink: "subprocess.Popen[bytes]",
    source: IO[bytes],
    progress: Callable[[int], None],
    begin: bytes = b"",
) -> None:
    """Give a client all that there is to read; where it has ended, its exit code says why."""
    assert sink.stdin is not None  # noqa: S101 - as it was asked for
    size = 0
    with suppress(BrokenPipeError):
        sink.stdin.write(begin)
        while chunk := source.read(CHUNK):
            sink.stdin.write(chunk)
            size += len(chunk)
            progress(size)
    with suppress(BrokenPipeError):
        sink.stdin.close()
