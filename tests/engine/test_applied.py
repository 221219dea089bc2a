import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from migtui.engine.protocol.project import AppliedMigrations, ReadApplied
from tests.engine.conftest import Server
from tests.support.engines import engine_for
from tests.support.projects import SQLITE, migration, write_project

TABLE = """\
    CREATE TABLE django_migrations (id integer PRIMARY KEY, app text, name text, applied datetime);
    INSERT INTO django_migrations (app, name, applied) VALUES
        ('shop', '0001_initial', '2026-01-01'), ('blog', '0001_initial', '2026-01-02');
"""
ROWS = (("shop", "0001_initial"), ("blog", "0001_initial"))


def read(root: Path, database: str = SQLITE, *, settings: str = "") -> AppliedMigrations:
    write_project(
        root, ["blog"], {"blog/migrations/0001_initial.py": migration()}, database=database
    )
    with (root / "settings.py").open("a") as file:
        file.write(settings)
    with engine_for(root) as engine:
        return engine.ask(ReadApplied())


def test_rows_are_given_oldest_first(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database:
        database.executescript(TABLE)

    assert read(tmp_path) == AppliedMigrations("default", ROWS)


def test_a_database_that_is_not_there_has_applied_nothing_and_is_not_made(tmp_path: Path) -> None:
    assert read(tmp_path) == AppliedMigrations("default", ())
    assert not (tmp_path / "db.sqlite3").exists()


@pytest.mark.parametrize("name", [":memory:", "file:memory?mode=memory&cache=shared"])
def test_a_database_in_memory_has_applied_nothing(tmp_path: Path, name: str) -> None:
    database = f'{{"ENGINE": "django.db.backends.sqlite3", "NAME": "{name}"}}'

    assert read(tmp_path, database) == AppliedMigrations("default", ())


def test_a_database_without_the_table_has_applied_nothing(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database:
        database.execute("CREATE TABLE something (id integer)")
    before = (tmp_path / "db.sqlite3").read_bytes()

    assert read(tmp_path) == AppliedMigrations("default", ())
    assert (tmp_path / "db.sqlite3").read_bytes() == before


def test_what_the_project_does_to_new_connections_is_not_done(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database:
        database.executescript(TABLE)
    before = (tmp_path / "db.sqlite3").read_bytes()
    receiver = (
        "\nfrom django.db.backends.signals import connection_created\n"
        "def write(connection, **kwargs):\n"
        "    connection.cursor().execute('CREATE TABLE made (id integer)')\n"
        "connection_created.connect(write, weak=False)\n"
    )

    assert read(tmp_path, settings=receiver).rows == ROWS
    assert (tmp_path / "db.sqlite3").read_bytes() == before


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "db.sqlite3").write_bytes(b"not a database at all" * 100)

    assert read(tmp_path) == AppliedMigrations(
        "default", (), "DatabaseError: file is not a database"
    )


def test_a_server_that_is_down_is_said(tmp_path: Path) -> None:
    database = (
        '{"ENGINE": "django.db.backends.postgresql", "NAME": "x", "HOST": "127.0.0.1", "PORT": 1}'
    )
    answer = read(tmp_path, database)

    assert answer.rows == ()
    assert "OperationalError" in answer.error
    assert "Connection refused" in answer.error


def test_an_alias_that_is_not_there_is_said(tmp_path: Path) -> None:
    write_project(tmp_path, ["blog"])
    with engine_for(tmp_path) as engine:
        answer = engine.ask(ReadApplied("nowhere"))

    assert answer.error == "ConnectionDoesNotExist: The connection 'nowhere' doesn't exist."


def test_a_server_is_only_read(tmp_path: Path, postgresql: Server) -> None:
    empty = read(tmp_path / "empty", postgresql.django)
    postgresql.execute("CREATE TABLE django_migrations (id serial, app text, name text)")
    postgresql.execute("INSERT INTO django_migrations (app, name) VALUES ('blog', '0001_initial')")

    assert empty == AppliedMigrations("default", ())
    assert read(tmp_path / "full", postgresql.django).rows == (("blog", "0001_initial"),)
