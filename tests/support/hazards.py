"""Runs the examples of hazards on real servers, and reads what they cost there."""

import sqlite3
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import Any

import psycopg
import pymysql

from migtui.core.hazards.impact import STRENGTH, Example, Impact, Lock, impact_of, together
from migtui.core.hazards.judge import Judgement, judge
from migtui.core.hazards.rule import RuleExample
from migtui.core.hazards.schema import Schema
from migtui.core.sql import ColumnFacts, MigrationSql, SqlScript, Statement, TableFacts
from migtui.core.statements.reading import read_sql

TABLES = """
    CREATE TABLE blog_author (id bigint PRIMARY KEY, name varchar(100));
    CREATE TABLE blog_post (
        id bigint PRIMARY KEY, title varchar(100) NOT NULL, body varchar(1000), views integer,
        price numeric(6, 2), data varchar(100), address varchar(40)
    );
    CREATE TABLE blog_comment (
        id bigint PRIMARY KEY, post_id bigint REFERENCES blog_post (id), body varchar(1000)
    );
    CREATE TABLE blog_book (
        id bigint NOT NULL, author_id bigint REFERENCES blog_author (id), post_id bigint
    );
    INSERT INTO blog_author VALUES (1, 'Ada');
    INSERT INTO blog_post VALUES (1, 'Title', 'Body', 1, 1.25, '{}', '10.0.0.0/8');
    INSERT INTO blog_comment VALUES (1, 1, 'Body');
    INSERT INTO blog_book VALUES (1, 1, 1);
"""
PARTED = """
    CREATE TABLE part (a integer) PARTITION BY RANGE (a);
    CREATE TABLE part_1 (a integer);
    INSERT INTO part_1 VALUES (1);
"""
POSTGRESQL = (
    TABLES
    + """
    ALTER TABLE blog_post ALTER COLUMN body TYPE text;
    ALTER TABLE blog_post ALTER COLUMN address TYPE cidr USING address::cidr;
"""
    + PARTED
)
MARIADB = (
    TABLES.replace("views integer", "views integer, place point NOT NULL").replace(
        "'Body', 1,", "'Body', 1, point(1, 1),"
    )
    + """
    ALTER TABLE blog_book ADD CONSTRAINT c CHECK (post_id > 0);
    ALTER TABLE blog_book ADD INDEX i (post_id);
    ALTER TABLE blog_comment DROP FOREIGN KEY blog_comment_ibfk_1;
    ALTER TABLE blog_comment ADD CONSTRAINT f FOREIGN KEY (post_id) REFERENCES blog_post (id);
"""
)
BEFORE = {"postgresql": POSTGRESQL, "mysql": MARIADB, "mariadb": MARIADB, "sqlite": TABLES}
TELLING = (
    "SELECT c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation "
    "WHERE l.pid = %s AND l.granted AND c.relkind = 'r' AND c.relnamespace = %s::regnamespace"
)


def told(example: Example, schema: Schema, before: str) -> Impact:
    """What the rules say of an example, after what was there before."""
    for change in read_sql(f"{before}; {example.before}", schema.vendor):
        schema.apply(change)
    schema.new.clear()
    found = []
    for change in read_sql(example.sql, schema.vendor):
        found.append(impact_of(change, schema))
        schema.apply(change)
    return together(found)


def facts_of(vendor: str) -> tuple[TableFacts, ...]:
    """The tables of the examples, as the engine tells of them."""
    if vendor not in BEFORE:
        return ()
    schema = Schema(vendor)
    for change in read_sql(BEFORE[vendor], vendor):
        schema.apply(change)
    return tuple(
        TableFacts(
            name,
            tuple(
                ColumnFacts(column.name, column.type, column.null, column.references)
                for column in columns.values()
            ),
        )
        for name, columns in schema.tables.items()
    )


def script_of(
    *statements: str, vendor: str = "postgresql", version: str | None = None, atomic: bool = True
) -> SqlScript:
    """One migration that runs these statements on the tables of the examples."""
    return SqlScript(
        vendor,
        version,
        (
            MigrationSql(
                "blog",
                "0002_x",
                backwards=False,
                atomic=atomic,
                statements=tuple(Statement(sql, "RunSQL", 9) for sql in statements),
                tables=facts_of(vendor),
            ),
        ),
    )


def judged(example: RuleExample) -> Judgement:
    """What is said of the last statement of an example."""
    is_mariadb = example.vendor == "mariadb"
    script = script_of(
        *filter(None, example.before.split("; ")),
        example.sql,
        vendor="mysql" if is_mariadb else example.vendor,
        version="11.0-MariaDB" if is_mariadb else None,
        atomic=example.is_atomic,
    )
    return judge(script)[0][-1]


class PostgresqlExamples:
    """A PostgreSQL that examples run on, each in a schema of its own."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connection = psycopg.connect(conninfo, autocommit=True)
        self._made = 0

    @property
    def version(self) -> tuple[int, ...]:
        """Of the server."""
        return (self._connection.info.server_version // 10000,)

    def close(self) -> None:
        """Leave the server."""
        self._connection.close()

    def observe(self, example: Example) -> Impact:
        """What an example costs: locks from pg_locks, rewrites by file, scans by their counter."""
        with self._schema() as name:
            self._run(POSTGRESQL)
            self._run(example.before)
            if "CONCURRENTLY" in example.sql:
                return self._while_it_waits(example.sql, name)
            with self._connection.transaction(force_rollback=True):
                tables = self._tables(name)
                files = {table: self._file(oid) for table, oid in tables.items()}
                scans = self._scans()
                self._run(example.sql)
                after = {table: self._file(oid) for table, oid in tables.items()}
                kept = [table for table in tables if after[table] is not None]
                now = self._scans()
                return Impact(
                    self._locks(tables),
                    any(after[table] != files[table] for table in kept),
                    any(now[tables[table]] > scans[tables[table]] for table in kept),
                )

    def value(self, *statements: str) -> object:
        """What the last of some statements answers, on tables of their own."""
        with self._schema():
            self._run(POSTGRESQL)
            for sql in statements[:-1]:
                self._run(sql)
            row = self._connection.execute(statements[-1].encode()).fetchone()
            return row[0] if row else None

    @contextmanager
    def _schema(self) -> Iterator[str]:
        self._made += 1
        name = f"example_{self._made}"
        self._run(f"CREATE SCHEMA {name}; SET search_path = {name}")
        try:
            yield name
        finally:
            self._run(f"DROP SCHEMA {name} CASCADE")

    def _run(self, sql: str) -> None:
        if sql.strip():
            self._connection.execute(sql.encode())

    def _tables(self, schema: str) -> dict[str, int]:
        found = self._connection.execute(
            "SELECT relname, oid FROM pg_class WHERE relkind IN ('r', 'p', 'm') AND relnamespace = "
            "%s::regnamespace",
            [schema],
        )
        return {str(name): int(oid) for name, oid in found}

    def _file(self, table: int) -> int | None:
        """The file of a table's rows; None where it has none: it is gone, or empty."""
        row = self._connection.execute(
            "SELECT pg_relation_filenode(oid) FROM pg_class WHERE oid = %s AND "
            "pg_relation_size(oid) > 0",
            [table],
        ).fetchone()
        return row[0] if row else None

    def _locks(self, tables: dict[str, int]) -> tuple[Lock, ...]:
        found = self._connection.execute(
            "SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND granted AND "
            "locktype = 'relation'"
        )
        names = {oid: name for name, oid in tables.items()}
        return _strongest((names[oid], mode) for oid, mode in found if oid in names)

    def _scans(self) -> dict[int, int]:
        """How often each table has been read whole, also in this transaction."""
        return {
            int(table): int(count)
            for table, count in self._connection.execute(
                "SELECT relid, coalesce(seq_scan, 0) FROM pg_stat_xact_user_tables"
            )
        }

    def _while_it_waits(self, sql: str, schema: str) -> Impact:
        """The locks of what can't run in a transaction, while another transaction is in its way."""
        with (
            psycopg.connect(self._conninfo) as other,
            psycopg.connect(self._conninfo, autocommit=True) as worker,
        ):
            other.execute(f"SET search_path = {schema}".encode())
            other.execute("INSERT INTO blog_post VALUES (2, 'x')")
            worker.execute(f"SET search_path = {schema}".encode())
            thread = threading.Thread(target=worker.execute, args=(sql.encode(),))
            thread.start()
            pid = worker.info.backend_pid
            while not self._waits(pid):
                pass
            found = self._connection.execute(TELLING, [pid, schema]).fetchall()
            other.rollback()
            thread.join()
        return Impact(_strongest(found), scans="CREATE" in sql)

    def _waits(self, pid: int) -> bool:
        row = self._connection.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted)", [pid]
        ).fetchone()
        return bool(row and row[0])


def _strongest(found: Iterable[tuple[Any, ...]]) -> tuple[Lock, ...]:
    modes: dict[str, str] = {}
    for table, mode in found:
        words = "".join(f" {letter}" if letter.isupper() else letter for letter in mode)
        name = words.strip().upper().removesuffix(" LOCK")
        modes[table] = max(modes.get(table, ""), name, key=STRENGTH.index)
    return tuple(
        Lock(table, mode) for table, mode in sorted(modes.items()) if mode != "ACCESS SHARE"
    )


class MariadbExamples:
    """A MariaDB that examples run on, in a database that is dropped at the end."""

    def __init__(self, server: Mapping[str, Any]) -> None:
        self._name = f"migtui_test_{uuid.uuid4().hex[:12]}"
        self._connection = pymysql.connect(
            host=server["HOST"],
            port=int(server["PORT"] or 3306),
            user=server["USER"],
            password=server["PASSWORD"],
            autocommit=True,
        )
        self._run(f"CREATE DATABASE {self._name}; USE {self._name}")

    @property
    def version(self) -> str:
        """Of the server, as it says it."""
        return str(self._connection.get_server_info())

    def close(self) -> None:
        """Drop the database."""
        self._run(f"DROP DATABASE {self._name}")
        self._connection.close()

    def observe(self, example: Example) -> str:
        """The best algorithm, with its weakest lock, that the server does not refuse."""
        self._reset()
        self._run(example.before)
        comma = "" if example.sql.startswith(("CREATE", "DROP")) else ","
        for method in ("INSTANT", "NOCOPY", "INPLACE", "COPY"):
            for lock in ("NONE", "SHARED", "EXCLUSIVE"):
                with suppress(pymysql.err.Error):
                    self._run(f"{example.sql}{comma} ALGORITHM={method}{comma} LOCK={lock}")
                    return f"{lock}, {method}"
        return "refused"

    def columns_after(self, *statements: str) -> list[str]:
        """The columns of ``blog_post`` after statements in a transaction that is rolled back."""
        self._reset()
        self._run("BEGIN")
        with suppress(pymysql.err.Error):
            for sql in statements:
                self._run(sql)
        self._run("ROLLBACK")
        with self._connection.cursor() as cursor:
            cursor.execute("SHOW COLUMNS FROM blog_post")
            return [row[0] for row in cursor.fetchall()]

    def _reset(self) -> None:
        self._run("SET foreign_key_checks = 0")
        for name in ("author", "book", "comment", "entry", "post"):
            self._run(f"DROP TABLE IF EXISTS blog_{name}")
        self._run(f"SET foreign_key_checks = 1; {MARIADB}")

    def _run(self, sql: str) -> None:
        with self._connection.cursor() as cursor:
            for statement in sql.split(";"):
                if statement.strip():
                    cursor.execute(statement)


def steps_of_sqlite(example: Example, rows: int) -> int:
    """How many steps SQLite takes for an example where the tables have this many rows."""
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(f"{TABLES}; {example.before}")
        connection.executemany(
            "INSERT INTO blog_post (id, title, views) VALUES (?, 'x', 1)",
            [(number,) for number in range(2, rows)],
        )
        connection.set_progress_handler(count, 1)
        connection.execute(example.sql)
    return steps
