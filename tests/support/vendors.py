"""A project on each vendor's database, and a way to ask that database besides Django."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.support.databases import (
    MYSQL_DRIVER,
    mysql_connection,
    mysql_database,
    postgresql_database,
)
from tests.support.projects import SQLITE, write_project

VENDORS = ("sqlite", "postgresql", "mysql")


@dataclass(frozen=True, slots=True)
class Site:
    """A project with a database.

    Attributes:
        root: The project's directory.
        vendor: Of its database.
        entry: Its entry of ``DATABASES``; empty for SQLite.
    """

    root: Path
    vendor: str
    entry: Mapping[str, object]

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """A connection of the driver, each statement a transaction of its own."""
        if self.vendor == "sqlite":
            with closing(
                sqlite3.connect(self.root / "db.sqlite3", isolation_level=None)
            ) as database:
                yield database
        elif self.vendor == "postgresql":
            given = {name: str(self.entry[name]) for name in ("HOST", "PORT", "USER", "PASSWORD")}
            with psycopg.connect(
                host=given["HOST"],
                port=given["PORT"] or None,
                user=given["USER"],
                password=given["PASSWORD"] or None,
                dbname=str(self.entry["NAME"]),
                autocommit=True,
            ) as postgresql:
                yield postgresql
        else:
            with mysql_connection(self.entry, database=str(self.entry["NAME"])) as mysql:
                yield mysql

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self.connection() as connection, closing(connection.cursor()) as cursor:
            cursor.execute(sql)
            return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

    def applied(self, app_label: str = "blog") -> list[str]:
        """The names of an app's applied migrations, in order."""
        rows = self.ask("SELECT app, name FROM django_migrations ORDER BY id")
        return [name for app, name in rows if app == app_label]


@contextmanager
def site(
    root: Path, vendor: str, files: Mapping[str, str | bytes], *, apps: tuple[str, ...] = ("blog",)
) -> Iterator[Site]:
    """A project on an empty database of a vendor, which is dropped at the end."""
    if vendor == "sqlite":
        yield Site(write_project(root, apps, files, database=SQLITE), vendor, {})
        return
    database = postgresql_database if vendor == "postgresql" else mysql_database
    with database() as entry:
        write_project(root, apps, files, database=repr(entry))
        if vendor == "mysql":
            settings = root / "settings.py"
            settings.write_text(MYSQL_DRIVER + settings.read_text())
        yield Site(root, vendor, entry)


def picture(made: Site) -> dict[str, object]:
    """All that is in a database, to be compared: the schema, and every row of every table."""
    if made.vendor == "sqlite":
        schema = made.ask("SELECT type, name, sql FROM sqlite_master ORDER BY name")
        tables = [name for kind, name, _ in schema if kind == "table"]
    elif made.vendor == "postgresql":
        schema = made.ask(
            "SELECT table_schema || '.' || table_name, column_name, data_type, column_default, "
            "is_nullable, is_identity FROM information_schema.columns WHERE table_schema NOT IN "
            "('information_schema', 'pg_catalog') ORDER BY 1, 2"
        )
        schema += made.ask("SELECT indexdef FROM pg_indexes WHERE schemaname !~ '^pg_' ORDER BY 1")
        schema += made.ask(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace ORDER BY 1"
        )
        schema += made.ask(
            "SELECT schemaname, sequencename, last_value FROM pg_sequences ORDER BY 1, 2"
        )
        tables = sorted({str(row[0]) for row in schema if "." in str(row[0]) and len(row) > 3})
    else:
        tables = [str(name) for (name,) in made.ask("SHOW TABLES")]
        schema = [row for name in tables for row in made.ask(f"SHOW CREATE TABLE `{name}`")]
    every = "SELECT * FROM "
    rows = {name: sorted(map(repr, made.ask(every + name))) for name in tables}
    return {"schema": schema, "rows": rows}
