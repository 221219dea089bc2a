"""An SQLite database as a file: copied while nobody writes, read back, and written over.

It is apart from the servers' copies because nothing but the standard library does it.
"""

import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from migtui.engine.connecting import RefusedError
from migtui.engine.copies import Applied, Copy, Progress, Rows
from migtui.engine.dumping import file_facts, sync

# Pages of SQLite between two reports, bytes of a file, and bytes that are read at once.
PAGES = 4096
STRIDE = 16 << 20
CHUNK = 1 << 20
# Seconds that an SQLite database may be locked by others.
PATIENCE = 60


def open_sqlite(path: Path, options: str = "mode=rw") -> sqlite3.Connection:
    """A connection to a file that is there; read-only where that is all that is allowed."""
    if options == "mode=rw" and not os.access(path, os.W_OK):
        options = "mode=ro"
    uri = f"{path.resolve().as_uri()}?{options}"
    return sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)


VERIFIED = ("PRAGMA quick_check of the copy", "rows counted in the copy", "SHA-256 of the copy")


def copy_sqlite(source: Path, target: Path, progress: Progress) -> Copy:
    """Copy a database to a new file, and read it back.

    Raises:
        RefusedError: It can't be copied, or is damaged.
        OSError: The disk said no.
    """
    try:
        copy_file(source, target, progress)
        # None of these holds the interpreter's lock, and each takes about as long as the copying.
        with ThreadPoolExecutor(2) as others, closing(open_sqlite(target, "immutable=1")) as copy:
            facts, synced = others.submit(file_facts, target), others.submit(sync, target)
            copy.execute(f"PRAGMA mmap_size = {target.stat().st_size}")
            (answer,) = copy.execute("PRAGMA quick_check(1)").fetchone()
            if answer != "ok":
                raise RefusedError(
                    f"The copy of {source} is damaged: {answer}.",
                    "The database itself is, where the disk is not: "
                    "https://sqlite.org/recovery.html.",
                )
            rows, applied = read_sqlite(copy)
            synced.result()
            size, digest = facts.result()
    except sqlite3.Error as error:
        raise RefusedError(f"{source} can't be copied: {error}.") from error
    version = sqlite3.sqlite_version
    return Copy(target.name, size, digest, "", version, applied, rows, VERIFIED)


def copy_file(source: Path, target: Path, progress: Progress) -> None:
    """Copy a database to a new file, as it is at one moment.

    Nobody writes meanwhile (https://sqlite.org/backup.html, "shared lock"), but with a write-ahead
    log, where others go on and SQLite's backup API does it.

    Raises:
        sqlite3.Error: It can't be done.
        OSError: The file can't be written.
    """
    # A process that closes a file loses its locks on it, SQLite's as well: this one is closed last.
    with (
        source.open("rb") as file,
        closing(open_sqlite(source)) as reading,
        open(target, "xb", opener=_private) as copy,
        _reading(reading),
    ):
        (mode,) = reading.execute("PRAGMA journal_mode").fetchone()
        if mode != "wal":
            _copy_bytes(file, copy, progress)
            return
        with closing(sqlite3.connect(target, isolation_level=None)) as writing:
            # Nobody opens the copy before it is whole.
            writing.execute("PRAGMA journal_mode = OFF")
            writing.execute("PRAGMA synchronous = OFF")
            _copy_pages(reading, writing, progress)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextmanager
def _reading(database: sqlite3.Connection) -> Iterator[None]:
    """A transaction that reads: what others write is not seen, nor begins a copy anew."""
    database.execute("BEGIN")
    database.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    yield
    database.execute("ROLLBACK")


def _copy_bytes(source: BinaryIO, target: BinaryIO, progress: Progress) -> None:
    """Within the system where it can, which shares the blocks on some file systems."""
    total, done = os.fstat(source.fileno()).st_size, 0
    with suppress(AttributeError, OSError):  # not of this system, or not between these two files
        while done < total:
            copied = os.copy_file_range(source.fileno(), target.fileno(), STRIDE, done, done)
            if not copied:
                break
            done += copied
            progress(done, total)
    source.seek(done)
    target.seek(done)
    while chunk := source.read(CHUNK):
        target.write(chunk)
        done += len(chunk)
        progress(done, total)


def overwrite(source: Path, target: Path, progress: Progress) -> None:
    """Copy all pages of a copy over a database, in one transaction of both.

    Raises:
        sqlite3.Error: It can't be done; the target is as it was.
    """
    with (
        closing(open_sqlite(source, "immutable=1")) as reading,
        closing(sqlite3.connect(target, timeout=PATIENCE, isolation_level=None)) as writing,
        _reading(reading),
    ):
        _copy_pages(reading, writing, progress)


def _copy_pages(source: sqlite3.Connection, target: sqlite3.Connection, progress: Progress) -> None:
    size = int(source.execute("PRAGMA page_size").fetchone()[0])
    waited = 0

    def step(status: int, remaining: int, total: int) -> None:
        nonlocal waited
        waited = waited + 1 if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) else 0
        if waited > PATIENCE * 4:  # Python waits for a quarter of a second each time
            raise sqlite3.OperationalError("the database is locked by somebody else")
        progress((total - remaining) * size, total * size)

    source.backup(target, pages=PAGES, progress=step)


def read_sqlite(database: sqlite3.Connection) -> tuple[Rows, Applied]:
    """The number of rows of every table, and the rows of ``django_migrations``."""
    found = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
        "ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    )
    rows: Rows = {}
    for (table,) in found.fetchall():
        quoted = str(table).replace('"', '""')
        rows[table] = database.execute(f'SELECT COUNT(*) FROM "{quoted}"').fetchone()[0]  # noqa: S608 - quoted
    if "django_migrations" not in rows:
        return rows, ()
    applied = database.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
    return rows, tuple((str(app_label), str(name)) for app_label, name in applied)
