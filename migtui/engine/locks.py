"""One migration at a time on a database: a lock that other machines see, and that dies with us.

PostgreSQL: an advisory lock of a session of our own (manual, 13.3.5). MySQL and MariaDB:
``GET_LOCK`` on a connection of our own. SQLite: ``flock`` on a file beside the database, as
``filelock`` takes it. Each is given back by the system when its holder dies.
"""

import fcntl
import hashlib
import json
import os
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from migtui.engine.connecting import (
    RefusedError,
    ask,
    connect,
    new_connection,
)
from migtui.engine.database_protocol import LockOrder
from migtui.engine.places import sqlite_file
from migtui.engine.untyped import Connection

NAME = "migtui migrations"
KEY = int.from_bytes(hashlib.sha256(NAME.encode()).digest()[:8], "big")
SUFFIX = ".migtui-lock"
# Seconds between two looks at a lock that somebody else holds.
PAUSE = 0.25
# Seconds after which the holder is told again.
REMIND = 30.0
# A week: servers end connections that say nothing for long.
PATIENCE = 604_800

POOLED = (
    "{!r} is reached through a pooler that gives each transaction another connection, so the lock "
    "does not hold: make sure yourself that nobody else migrates, or point HOST and PORT at the "
    "server itself."
)
NO_LOCK = "migtui knows no lock for {}, so others may migrate {!r} at the same time."
LOST = "The lock of {!r} was lost meanwhile: others may have migrated at the same time."

Tell: TypeAlias = Callable[[str], None]


@contextmanager
def migration_lock(alias: str, order: LockOrder, tell: Tell, *, name: str = "") -> Iterator[None]:
    """Hold the lock of a database.

    Args:
        alias: The database.
        order: What for, and how long to wait.
        tell: Called with who holds it while that is waited for, and with what makes the lock weak.
        name: Of another database of the same server; empty for the configured one.

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
            yield
            return
        _acquire(lock, alias, order, tell)
        try:
            weakness = lock.weakness()
            if weakness:
                tell(weakness)
            yield
        finally:
            if not lock.release():
                tell(LOST.format(alias))
    finally:
        connection.close()


def _lock(connection: Connection, purpose: str) -> "_Lock | None":
    holder = f"{purpose} on {socket.gethostname()}"
    if connection.vendor == "postgresql":
        return _PostgresqlLock(connection, holder)
    if connection.vendor == "mysql":
        return _MysqlLock(connection)
    if connection.vendor == "sqlite":
        file = sqlite_file(connection)
        return _MemoryLock() if file is None else _FileLock(file, holder)
    return None


def _acquire(lock: "_Lock", alias: str, order: LockOrder, tell: Tell) -> None:
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


class _Lock(ABC):
    @abstractmethod
    def try_to_acquire(self) -> bool:
        """Take the lock where it is free."""

    @abstractmethod
    def holder(self) -> str:
        """Who holds it, since when."""

    @abstractmethod
    def release(self) -> bool:
        """Give it back; False where it was not held any more."""

    def weakness(self) -> str:
        """Why the lock may not hold others off; empty where it does."""
        return ""


class _MemoryLock(_Lock):
    """Of a database that nobody else sees."""

    def try_to_acquire(self) -> bool:
        return True

    def holder(self) -> str:
        return ""

    def release(self) -> bool:
        return True


class _PostgresqlLock(_Lock):
    def __init__(self, connection: Connection, holder: str) -> None:
        self._connection = connection
        self._key = KEY - (1 << 64) if KEY >> 63 else KEY
        # PostgreSQL cuts names of applications at 63 bytes; the host is the end of it.
        ask(connection, "SELECT set_config('application_name', %s, false)", holder[:63])
        if connection.pg_version >= 140000:  # noqa: PLR2004 - where this setting begins
            ask(connection, "SELECT set_config('idle_session_timeout', '0', false)")

    def try_to_acquire(self) -> bool:
        return bool(ask(self._connection, "SELECT pg_try_advisory_lock(%s)", self._key))

    def holder(self) -> str:
        with self._connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT a.application_name, a.usename, a.pid, a.client_addr::text, a.state_change
                FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
                WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND l.classid::bigint = %s AND l.objid::bigint = %s
                """,
                [KEY >> 32, KEY & 0xFFFFFFFF],
            )
            row = cursor.fetchone()
        if row is None:
            return "somebody who has just given it back"
        name, user, pid, address, since = row
        who = f"{name or 'somebody'} ({user or 'a user that is not told'}, backend {pid}"
        return f"{who}, from {address or 'the server itself'}){_since(since)}"

    def release(self) -> bool:
        with suppress(RefusedError):
            return bool(ask(self._connection, "SELECT pg_advisory_unlock(%s)", self._key))
        return False

    def weakness(self) -> str:
        """A pooler shows when a second connection is in a transaction while the first one asks."""
        alias = self._connection.alias
        own = ask(self._connection, "SELECT pg_backend_pid()")
        other = connect(new_connection(alias))
        try:
            other.set_autocommit(False)
            taken = ask(other, "SELECT pg_backend_pid()")
            if taken == own or ask(self._connection, "SELECT pg_backend_pid()") != own:
                return POOLED.format(alias)
        finally:
            with suppress(Exception):
                other.rollback()
            other.close()
        return ""


class _MysqlLock(_Lock):
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        database = str(connection.settings_dict["NAME"])
        name = f"migtui:{database}"
        # GET_LOCK takes 64 characters, and locks are the server's, not the database's.
        digest = hashlib.sha256(database.encode()).hexdigest()
        self._name = name if len(name.encode()) <= 64 else f"migtui:{digest[:50]}"  # noqa: PLR2004
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION wait_timeout = %s", [PATIENCE])

    def try_to_acquire(self) -> bool:
        return ask(self._connection, "SELECT GET_LOCK(%s, 0)", self._name) == 1

    def holder(self) -> str:
        number = ask(self._connection, "SELECT IS_USED_LOCK(%s)", self._name)
        if number is None:
            return "somebody who has just given it back"
        with self._connection.cursor() as cursor:
            cursor.execute(
                "SELECT user, host, time FROM information_schema.processlist WHERE id = %s",
                [number],
            )
            row = cursor.fetchone()
        if row is None:
            return f"connection {number}, which this user may not see more of"
        user, host, seconds = row
        since = datetime.fromtimestamp(time.time() - int(seconds or 0), UTC)
        return f"connection {number} of {user} from {host}{_since(since)}"

    def release(self) -> bool:
        with suppress(RefusedError):
            return ask(self._connection, "SELECT RELEASE_LOCK(%s)", self._name) == 1
        return False


class _FileLock(_Lock):
    """The file is removed by whoever holds it, so a lock counts on the file that is there now."""

    def __init__(self, database: Path, holder: str) -> None:
        self._path = database.with_name(f"{database.name}{SUFFIX}")
        self._holder = holder
        self._descriptor = -1

    def try_to_acquire(self) -> bool:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        except OSError as error:
            raise RefusedError(
                f"The lock {self._path} can't be made: {error.strerror}.",
                "The directory of the database must be writable.",
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self._is_there(descriptor):
                with suppress(OSError):  # for other people's messages only
                    os.ftruncate(descriptor, 0)
                    os.write(descriptor, self._side_text().encode())
                self._descriptor = descriptor
                return True
        except BlockingIOError:
            pass
        os.close(descriptor)
        return False

    def _is_there(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        except FileNotFoundError:
            return False

    def _side_text(self) -> str:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        return json.dumps({"holder": self._holder, "since": since})

    def holder(self) -> str:
        try:
            found = json.loads(self._path.read_bytes())
            return f"{found['holder']}{_since(datetime.fromisoformat(found['since']))}"
        except (OSError, ValueError, LookupError, TypeError):
            return "a process that is not known"

    def release(self) -> bool:
        held = self._is_there(self._descriptor)
        if held:
            with suppress(OSError):
                self._path.unlink()
        os.close(self._descriptor)
        return held


def _since(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return f" since {moment.astimezone(UTC).strftime('%Y-%m-%d %H:%M:%S UTC')}"
