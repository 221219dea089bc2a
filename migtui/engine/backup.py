"""A backup: a verified copy of a database and its manifest, there whole or not at all.

Everything is written into a directory with another name, which is renamed when the copy was read
back and the manifest is on the disk.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from migtui.core.backups import MANIFEST, Manifest, manifest_text
from migtui.engine.connecting import RefusedError, connect, new_connection
from migtui.engine.copying import copy_database, database_size, require_file
from migtui.engine.dumping import sync
from migtui.engine.locks import migration_lock
from migtui.engine.places import place_of
from migtui.engine.protocol.backup import BackupOrder, BackupOutcome, MakeBackup
from migtui.engine.protocol.base import Progress, Report, Said

PARTIAL = ".partial-"
# A dump is smaller than its database, by how much is not known: less room than this is too little.
LEAST = 20
# Bytes between two reports.
STRIDE = 8 << 20


def make_backup(request: MakeBackup, report: Report) -> BackupOutcome:
    """Make a backup while the lock is held."""
    try:
        connection = new_connection(request.alias)
        if connection.vendor == "sqlite":
            require_file(connection)
        with migration_lock(request.alias, request.lock, lambda text: report(Said(0, 0, text))):
            return BackupOutcome(write_backup(request.alias, request.backup, report))
    except RefusedError as refused:
        return BackupOutcome(None, refused.trouble)


def write_backup(alias: str, order: BackupOrder, report: Report) -> Manifest:
    """Make a backup; whoever calls holds the lock.

    Raises:
        RefusedError: It can't be made; nothing of it is left.
    """
    connection = new_connection(alias)
    if connection.vendor == "sqlite":
        require_file(connection)
    else:
        connect(connection)
    directory = Path(order.directory)
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _partial(directory, order.id) as partial:
            size = database_size(connection)
            _require_room(directory, size, exact=connection.vendor == "sqlite")
            manifest = _copy(alias, order, partial, size, report)
            sync(partial)
            partial.rename(directory / order.id)
            sync(directory)
    except OSError as error:
        raise RefusedError(
            f"The backup can't be written to {directory}: {error.strerror or error}.",
            "Nothing was changed. Give another place with --directory, or make room.",
        ) from error
    finally:
        connection.close()
    report(Said(0, 0, f"Backup {order.id}: {manifest.size:,} bytes, verified."))
    return manifest


def _copy(
    alias: str, order: BackupOrder, partial: Path, size: int | None, report: Report
) -> Manifest:
    connection = new_connection(alias)
    if connection.vendor != "sqlite":
        connect(connection)
    shown = 0

    def progress(done: int, total: int) -> None:
        nonlocal shown
        if done >= shown + STRIDE:
            shown = done
            report(Progress(done, total, f"Copying {alias}: {done >> 20} MB"))

    try:
        copy = copy_database(connection, partial, progress)
        manifest = Manifest(
            id=order.id,
            created=order.created,
            alias=alias,
            place=place_of(connection),
            origin=order.origin,
            server_version=copy.server_version,
            program=copy.program,
            applied=copy.applied,
            rows=copy.rows,
            file=copy.file,
            size=copy.size,
            sha256=copy.sha256,
            verified=copy.verified,
            database_size=size,
        )
    finally:
        connection.close()
    descriptor = os.open(partial / MANIFEST, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(manifest_text(manifest))
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _require_room(directory: Path, size: int | None, *, exact: bool) -> None:
    free = shutil.disk_usage(directory).free
    if size is not None and free < (size if exact else size // LEAST):
        raise RefusedError(
            f"There is no room for the backup: {free >> 20} MB are free in {directory}, and the "
            f"database takes {size >> 20} MB.",
            "Give another place with --directory, or make room. Nothing was changed.",
        )


@contextmanager
def _partial(directory: Path, name: str) -> Iterator[Path]:
    """A directory to write into, held by a lock that ends with this process.

    What others left who were killed is removed first; what somebody holds is being written.
    """
    path = directory / f"{PARTIAL}{name}"
    held = -1
    try:
        with _opened(directory) as descriptor:
            with suppress(OSError):  # a file system without locks: nothing is removed either
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            for other in directory.glob(f"{PARTIAL}*"):
                _remove_left_over(other)
            path.mkdir(mode=0o700)
            held = os.open(path, os.O_RDONLY)
            with suppress(OSError):
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield path
    finally:
        if held >= 0:
            shutil.rmtree(path, ignore_errors=True)
            os.close(held)


def _remove_left_over(path: Path) -> None:
    with suppress(OSError), _opened(path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _opened(directory: Path) -> Iterator[int]:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
