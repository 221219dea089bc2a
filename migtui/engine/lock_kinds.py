"""The locks of all vendors but PostgreSQL: the system takes them back when their holder dies."""

import fcntl
import hashlib
import json
import os
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from migtui.engine.connecting import RefusedError, ask
from migtui.engine.untyped import Connection

SUFFIX = ".migtui-lock"
# A week: servers end connections that say nothing for long.
PATIENCE = 604_800


class Lock(ABC):
    """A lock that others see.

    Attributes:
        is_pooled: Whether a pooler gives each transaction another session of the server.
    """

    is_pooled = False

    @abstractmethod
    def try_to_acquire(self) -> bool:
        """Take the lock where it is free."""

    @abstractmethod
    def holder(self) -> str:
        """Who holds it, since when."""

    @abstractmethod
    def release(self) -> bool:
        """Give it back; False where it was not held any more."""


class MemoryLock(Lock):
    """Of a database that nobody else sees."""

    def try_to_acquire(self) -> bool:
        """Take the lock where it is free."""
        return True

    def holder(self) -> str:
        """Who holds it, since when."""
        return ""

    def release(self) -> bool:
        """Give it back; False where it was not held any more."""
        return True


class MysqlLock(Lock):
    """``GET_LOCK`` on a connection of its own (MySQL's manual, 14.14).

    Args:
        connection: Kept for the lock alone.
    """

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
        """Take the lock where it is free."""
        return ask(self._connection, "SELECT GET_LOCK(%s, 0)", self._name) == 1

    def holder(self) -> str:
        """Who holds it, since when."""
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
        return f"connection {number} of {user} from {host}{since_text(since)}"

    def release(self) -> bool:
        """Give it back; False where it was not held any more."""
        with suppress(RefusedError):
            return ask(self._connection, "SELECT RELEASE_LOCK(%s)", self._name) == 1
        return False


class FileLock(Lock):
    """``flock`` on a file beside an SQLite database, as ``filelock`` takes it.

    The file is removed by whoever holds it, so a lock counts on the file that is there now.

    Args:
        database: The database's file.
        holder: Who takes the lock, for other people's messages.
    """

    def __init__(self, database: Path, holder: str) -> None:
        self._path = database.with_name(f"{database.name}{SUFFIX}")
        self._holder = holder
        self._descriptor = -1

    def try_to_acquire(self) -> bool:
        """Take the lock where it is free."""
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
        """Who holds it, since when."""
        try:
            found = json.loads(self._path.read_bytes())
            return f"{found['holder']}{since_text(datetime.fromisoformat(found['since']))}"
        except (OSError, ValueError, LookupError, TypeError):
            return "a process that is not known"

    def release(self) -> bool:
        """Give it back; False where it was not held any more."""
        held = self._is_there(self._descriptor)
        if held:
            with suppress(OSError):
                self._path.unlink()
        os.close(self._descriptor)
        return held


def since_text(moment: datetime | None) -> str:
    """Since when somebody holds a lock, to follow who it is; empty where that is not known."""
    if moment is None:
        return ""
    return f" since {moment.astimezone(UTC).strftime('%Y-%m-%d %H:%M:%S UTC')}"
