import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from migtui.engine.sqlite_files import copy_sqlite

ROWS = 5000
MOVE = """
import random, sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
while True:
    database.execute("BEGIN IMMEDIATE")
    for change in (-7, 7) * 50:
        row = random.randint(1, int(sys.argv[2]))
        database.execute(
            "UPDATE account SET balance = balance + ?, note = hex(randomblob(?)) WHERE id = ?",
            (change, random.randint(10, 400), row),
        )
    database.execute("COMMIT")
    print(flush=True)
"""
"""Moves money about, and with it most pages; what there is in all stays the same."""


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_copy_is_of_one_moment_while_others_write(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "accounts.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute(f"PRAGMA journal_mode = {mode}")
        database.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, balance INT, note TEXT)")
        rows = ((100, "x" * 300) for _ in range(ROWS))
        database.execute("BEGIN")
        database.executemany("INSERT INTO account (balance, note) VALUES (?, ?)", rows)
        database.execute("COMMIT")
    with subprocess.Popen(
        [sys.executable, "-c", MOVE, str(path), str(ROWS)], stdout=subprocess.PIPE
    ) as moving:
        assert moving.stdout is not None
        for number in range(3):
            moving.stdout.readline()
            copy = copy_sqlite(path, tmp_path / f"{number}.sqlite3", lambda _done, _total: None)
            assert copy.rows == {"account": ROWS}
            with closing(sqlite3.connect(tmp_path / f"{number}.sqlite3")) as database:
                total = database.execute("SELECT SUM(balance) FROM account").fetchone()
                assert total == (100 * ROWS,)
                assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        moving.kill()
