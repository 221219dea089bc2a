"""A PostgreSQL for the tests here: one server a run, empty at the beginning of each test."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from tests.support.databases import postgresql_database


@dataclass(frozen=True, slots=True)
class Server:
    """A database on a running server.

    Attributes:
        django: Source of an entry of ``DATABASES``.
        address: As psycopg takes it.
    """

    django: str
    address: str

    def execute(self, sql: str) -> list[tuple[object, ...]]:
        """Execute a statement; its rows, where it has any."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="session")
def database() -> Iterator[Server]:
    with postgresql_database() as entry:
        keys = {"NAME": "dbname", "HOST": "host", "PORT": "port", "USER": "user"}
        parts = {**{keys[key]: str(entry[key]) for key in keys}, "password": str(entry["PASSWORD"])}
        address = psycopg.conninfo.make_conninfo("", **{k: v for k, v in parts.items() if v})
        yield Server(repr(entry), address)


@pytest.fixture
def postgresql(database: Server) -> Server:
    database.execute("DROP SCHEMA public CASCADE")
    database.execute("CREATE SCHEMA public")
    return database
