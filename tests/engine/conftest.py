"""A PostgreSQL for the tests here, one server a run, and a project with an engine that runs."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from tests.support.branches import Blog, workshop
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


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Blog]:
    root = tmp_path_factory.mktemp("blog")
    with workshop(root) as engine:
        yield root, engine


@pytest.fixture
def postgresql(database: Server) -> Server:
    """Emptied for each test."""
    database.execute("DROP SCHEMA public CASCADE")
    database.execute("CREATE SCHEMA public")
    return database
