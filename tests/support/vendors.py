"""A project on each vendor's database, and a way to ask that database besides Django."""

import os
import shutil
import sqlite3
import subprocess
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


def copy_of(filled: Path, root: Path) -> Site:
    """A copy of a project with its SQLite database, to be changed by one test."""
    shutil.copytree(filled, root, ignore=shutil.ignore_patterns("__pycache__"))
    return Site(root, "sqlite", {})


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
        yield site_on(root, vendor, entry, files, apps=apps)


def site_on(
    root: Path,
    vendor: str,
    entry: Mapping[str, object],
    files: Mapping[str, str | bytes],
    *,
    apps: tuple[str, ...] = ("blog",),
) -> Site:
    """A project on a database of a server that is there."""
    write_project(root, apps, files, database=repr(entry))
    if vendor == "mysql":
        settings = root / "settings.py"
        settings.write_text(MYSQL_DRIVER + settings.read_text())
    return Site(root, vendor, entry)


def picture(made: Site) -> dict[str, object]:
    """All that is in a database, to be compared: the schema, and every row of every table.

    The schema of a server's is what the vendor's own program writes of it: views, triggers,
    routines, sequences, extensions, owners and rights as well.
    """
    if made.vendor == "sqlite":
        schema: list[Any] = made.ask("SELECT type, name, sql FROM sqlite_master ORDER BY name")
        schema += made.ask("PRAGMA user_version") + made.ask("PRAGMA application_id")
        quoted = "'\"' || replace(name, '\"', '\"\"') || '\"'"
        tables = made.ask(f"SELECT {quoted} FROM sqlite_master WHERE type = 'table'")  # noqa: S608
    elif made.vendor == "postgresql":
        schema = _written(made, "pg_dump", *server_arguments(made, "--schema-only"))
        tables = made.ask(
            # The rest of a sequence's row is the server's own business.
            "SELECT format(CASE c.relkind WHEN 'S' THEN '(SELECT last_value, is_called FROM %I.%I) "
            "AS found' ELSE '%I.%I' END, n.nspname, c.relname) FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm', 'S') "
            "AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
        )
    else:
        program = shutil.which("mariadb-dump") or "mysqldump"
        words = ("--no-data", "--routines", "--triggers", "--events", "--skip-dump-date")
        schema = _written(made, program, *server_arguments(made, *words))
        names = [str(name).replace("`", "``") for (name,) in made.ask("SHOW TABLES")]
        tables = [(f"`{name}`",) for name in names]
    every = "SELECT * FROM "
    rows = {str(name): sorted(map(repr, made.ask(every + name))) for (name,) in tables}
    return {"schema": schema, "rows": rows}


def server_arguments(made: Site, *words: str) -> list[str]:
    """The arguments with which a vendor's program reaches a site's database."""
    given = {name: str(made.entry[name]) for name in ("HOST", "PORT", "USER", "NAME")}
    user = "username" if made.vendor == "postgresql" else "user"
    at = [f"--host={given['HOST']}", f"--{user}={given['USER']}"]
    port = [f"--port={given['PORT']}"] if given["PORT"] else []
    return [*at, *port, *words, given["NAME"]]


def passwords(made: Site) -> dict[str, str]:
    """The environment in which a vendor's program has a site's password."""
    password = str(made.entry.get("PASSWORD") or "")
    return {"PGPASSWORD": password, "MYSQL_PWD": password} if password else {}


def _written(made: Site, *command: str) -> list[str]:
    env = {**os.environ, **passwords(made)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    # A key that pg_dump makes up each time.
    return [line for line in done.stdout.splitlines() if "restrict " not in line]
