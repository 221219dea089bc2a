"""One migration at a time on a database: a lock that other machines see, and that dies with us.

PostgreSQL: an advisory lock, see ``postgresql_lock``. MySQL and MariaDB:
``GET_LOCK`` on a connection of our own. SQLite: ``flock`` on a file beside the database, as
``filelock`` takes it. Each is given back by the system when its holder dies.
"""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from migtui.engine.connecting import RefusedError, connect, new_connection
from migtui.engine.lock_kinds import FileLock, Lock, MemoryLock, MysqlLock
from migtui.engine.places import sqlite_file
from migtui.engine.postgresql_lock import PostgresqlLock
from migtui.engine.protocol.lock import LockOrder
from migtui.engine.untyped import Connection

# Seconds between two looks at a lock that somebody else holds.
PAUSE = 0.25
# Seconds after which the holder is told again.
REMIND = 30.0
POOLED = (
    "{!r} is reached through a pooler that gives each transaction another session. The lock is "
    "held by a transaction that stays open meanwhile: where the pooler ends idle ones, point HOST "
    "and PORT at the server itself."
)
NO_LOCK = "migtui knows no lock for {}, so others may migrate {!r} at the same time."
LOST = "The lock of {!r} was lost meanwhile: others may have migrated at the same time."

Tell: TypeAlias = Callable[[str], None]


@contextmanager
def migration_lock(alias: str, order: LockOrder, tell: Tell, *, name: str = "") -> Iterator[bool]:
    """Hold the lock of a database.

    Args:
        alias: The database.
        order: What for, and how long to wait.
        tell: Called with who holds it while that is waited for, and with what makes the lock weak.
        name: Of another database of the same server; empty for the configured one.

    Yields:
        Whether a pooler gives each transaction another session, where settings of one are lost.

    Raises:
        RefusedError: Somebody else held it all the time, or the database can't be reached.
    """
    connection = new_connection(alias, name)
    try:
        if connection.vendor != "sqlite":  # which would make a file that is not there
            connect(connection)
        lock = _lock(connection, order.purpose)
        if lock is None:
            tell(NO_LOCK.format(connection.vendor, alias))
            yield False
            return
        _acquire(lock, alias, order, tell)
        try:
            if lock.is_pooled:
                tell(POOLED.format(alias))
            yield lock.is_pooled
        finally:
            if not lock.release():
                tell(LOST.format(alias))
    finally:
        connection.close()


def _lock(connection: Connection, purpose: str) -> Lock | None:
    holder = f"{purpose} on {socket.gethostname()}"
    if connection.vendor == "postgresql":
        return PostgresqlLock(connection, holder)
    if connection.vendor == "mysql":
        return MysqlLock(connection)
    if connection.vendor == "sqlite":
        file = sqlite_file(connection)
        return MemoryLock() if file is None else FileLock(file, holder)
    return None


def _acquire(lock: Lock, alias: str, order: LockOrder, tell: Tell) -> None:
    begin = time.monotonic()
    told_at: float | None = None
    while not lock.try_to_acquire():
        now = time.monotonic()
        holder = lock.holder()
        if now - begin >= order.seconds:
            raise RefusedError(
                f"Somebody else is migrating {alias!r}, after {order.seconds:g} s still: {holder}.",
                "Wait until that is done, or give --lock-timeout more seconds.",
            )
        if told_at is None or now - told_at >= REMIND:
            told_at = now
            tell(f"Waiting for the lock of {alias!r}, which is held by {holder}.")
        time.sleep(min(PAUSE, max(0.01, begin + order.seconds - now)))
