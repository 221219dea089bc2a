"""How many rows tables have."""

import sqlite3
from contextlib import closing
from pathlib import Path

from migtui.core.sql import RowCount
from migtui.engine.protocol.sql import CountRows
from tests.engine.conftest import Server
from tests.support.engines import engine_for
from tests.support.projects import write_project


def count(root: Path, *tables: str) -> tuple[RowCount, ...]:
    with engine_for(root) as engine:
        return engine.ask(CountRows(tables)).counts


def test_of_sqlite_they_are_counted_and_no_file_is_made(tmp_path: Path) -> None:
    write_project(tmp_path, ["blog"])
    assert count(tmp_path, "a") == (RowCount("a", None),)
    assert not (tmp_path / "db.sqlite3").exists()
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database, database:
        database.execute('CREATE TABLE "a ""b" (id integer)')
        database.execute('INSERT INTO "a ""b" VALUES (1), (2)')
    assert count(tmp_path, 'a "b', "c") == (RowCount('a "b', 2), RowCount("c", None))


def test_of_postgresql_large_ones_are_estimated(tmp_path: Path, postgresql: Server) -> None:
    postgresql.execute("CREATE TABLE few (id integer)")
    postgresql.execute("INSERT INTO few VALUES (1), (2), (3)")
    postgresql.execute("CREATE TABLE many (id integer)")
    postgresql.execute("ANALYZE few")
    postgresql.execute("UPDATE pg_class SET reltuples = 1234567 WHERE relname = 'many'")
    write_project(tmp_path, ["blog"], database=postgresql.django)
    assert count(tmp_path, "few", "many", "none") == (
        RowCount("few", 3),
        RowCount("many", 1234567, is_estimate=True),
        RowCount("none", None),
    )


def test_a_server_that_is_down_is_an_error_of_each(tmp_path: Path) -> None:
    down = (
        '{"ENGINE": "django.db.backends.postgresql", "NAME": "x", "HOST": "127.0.0.1", "PORT": 1}'
    )
    write_project(tmp_path, ["blog"], database=down)
    (found,) = count(tmp_path, "a")
    assert found.rows is None
    assert "OperationalError" in found.error
