"""Scratch databases: made for one trial, dropped after it, and after a kill as well.

Their names, ``migtui_scratch_<pid>_<host>_<random>``, say whose they are: of which process on which
machine (the machine as a hash). Whatever bears the name of a process that is gone is left over.
A configured database is never connected to: its backend and server are used through a connection
of our own, with settings of its own.
"""

import os
import re
import secrets
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.db import connections, router
from django.db.utils import ConnectionHandler

from migtui.engine.applied import limit_connecting
from migtui.engine.orders import CannotTellError
from migtui.engine.protocol.orders import TryOrders
from migtui.engine.startup import headline
from migtui.engine.untyped import Connection

PREFIX = "migtui_scratch_"
NAME = re.compile(rf"{PREFIX}(?P<pid>\d+)_(?P<host>[0-9a-f]{{8}})_[0-9a-f]{{8}}")
ALIAS = "default"
# Seconds that tidying up after a kill may take.
PATIENCE = 30

LIST = {
    "postgresql": "SELECT datname FROM pg_database",
    "mysql": "SHOW DATABASES",
}


VERSION = {"postgresql": "SHOW server_version", "mysql": "SELECT VERSION()"}
NewDatabase: TypeAlias = Callable[[], AbstractContextManager[Connection]]
"""Makes a database; the context is a connection to it, and its end drops it."""


@dataclass(frozen=True, slots=True)
class Scratch:
    """Where scratch databases are made.

    Attributes:
        server: What it calls itself: ``SQLite 3.40.1``, ``MariaDB 10.11.14``.
        new_database: Makes one.
    """

    server: str
    new_database: NewDatabase


def host_mark() -> str:
    """This machine, as it stands in the names of scratch databases."""
    return sha256(socket.gethostname().encode()).hexdigest()[:8]


@contextmanager
def scratch_databases(request: TryOrders) -> Iterator[Scratch]:
    """Gives what makes new, empty databases.

    Raises:
        CannotTellError: There is no such server, or it makes no databases.
    """
    given = _settings(request)
    if request.vendor == "sqlite":
        yield Scratch(_sqlite_name(given), lambda: _memory(given))
        return
    try:
        server = _connection(given, "")
        name = _server_name(server)
        remove_left_over(server)
    except (Exception, SystemExit) as error:
        raise CannotTellError(f"no scratch database: {headline(error)}") from error
    with _tidied_up(server):
        yield Scratch(name, lambda: _database(given, server))


def _sqlite_name(given: dict[str, Any]) -> str:
    version = getattr(_connection(given, ":memory:").Database, "sqlite_version", "")
    return f"SQLite {version}".strip()


def _server_name(server: Connection) -> str:
    ((version,),) = _execute(server, VERSION[server.vendor])
    number = re.match(r"[\d.]*", str(version))
    name = "MySQL" if "mariadb" not in str(version).lower() else "MariaDB"
    if server.vendor == "postgresql":
        name = "PostgreSQL"
    return f"{name} {number[0] if number else ''}".strip()


def _settings(request: TryOrders) -> dict[str, Any]:
    if request.uri:
        return _settings_of(request.uri)
    configured = deepcopy(connections.settings[request.alias]) if request.alias else {}
    if request.vendor == "sqlite":
        return {"ENGINE": configured.get("ENGINE", "django.db.backends.sqlite3")}
    return {**configured, "ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 0}


def _settings_of(uri: str) -> dict[str, Any]:
    parts = urlsplit(uri)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": parts.hostname or query.pop("host", ""),
        "PORT": str(parts.port or ""),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "OPTIONS": query,
    }


def _connection(given: dict[str, Any], name: str) -> Connection:
    connection = ConnectionHandler({ALIAS: {**deepcopy(given), "NAME": name}})[ALIAS]
    limit_connecting(connection)
    return connection


def open_memory(backend: str) -> Connection:
    """An empty database in memory, by a backend of SQLite's; it ends with the connection."""
    return _connection({"ENGINE": backend}, ":memory:")


@contextmanager
def _memory(given: dict[str, Any]) -> Iterator[Connection]:
    connection = _connection(given, ":memory:")
    _confine(connection)
    try:
        connection.ensure_connection()
        yield connection
    finally:
        # Django keeps the connection to a database in memory.
        if connection.connection is not None:
            connection.connection.close()


@contextmanager
def _database(given: dict[str, Any], server: Connection) -> Iterator[Connection]:
    name = f"{PREFIX}{os.getpid()}_{host_mark()}_{secrets.token_hex(4)}"
    suffix = server.creation.sql_table_creation_suffix()
    _execute(server, f"CREATE DATABASE {server.ops.quote_name(name)} {suffix}")
    connection = _connection(given, name)
    _confine(connection)
    try:
        connection.ensure_connection()
        yield connection
    finally:
        connection.close()
        _drop(server, name)


def is_gone(connection: Connection) -> bool:
    """Whether the server is, rather than a transaction in which something failed."""
    if connection.connection is None:
        return True
    with suppress(Exception):
        connection.connection.rollback()
    return not connection.is_usable()


def _confine(connection: Connection) -> None:
    """Have every alias lead to this connection, whatever a migration or a router asks for."""
    private = dict.fromkeys(connections.settings, connection.settings_dict)
    private.setdefault(ALIAS, connection.settings_dict)
    connections.settings = private
    settings.DATABASES = private
    for alias in private:
        connections[alias] = connection
    router.routers = []


@contextmanager
def confined(connection: Connection) -> Iterator[None]:
    """Have every alias lead to this connection meanwhile."""
    before = {entry.alias: entry for entry in connections.all(initialized_only=True)}
    kept = connections.settings, settings.DATABASES
    routers = vars(router).get("routers")
    _confine(connection)
    try:
        yield
    finally:
        for alias in connections.settings:
            del connections[alias]
        connections.settings, settings.DATABASES = kept
        for alias, entry in before.items():
            connections[alias] = entry
        del router.routers
        if routers is not None:
            router.routers = routers


def _execute(server: Connection, sql: str) -> list[Any]:
    """Execute outside of any database; Django makes its test databases in the same way."""
    with server._nodb_cursor() as cursor:  # noqa: SLF001 - no public way
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []


def _drop(server: Connection, name: str) -> None:
    force = " WITH (FORCE)" if server.vendor == "postgresql" else ""
    _execute(server, f"DROP DATABASE IF EXISTS {server.ops.quote_name(name)}{force}")


def remove_left_over(server: Connection) -> None:
    """Drop the scratch databases of this machine whose process is gone.

    Raises:
        Exception: What the driver raises where the server can't be asked.
    """
    for (name,) in _execute(server, LIST[server.vendor]):
        found = NAME.fullmatch(str(name))
        if found and found["host"] == host_mark() and not _is_alive(int(found["pid"])):
            with suppress(Exception):  # somebody else's, or in use after all
                _drop(server, name)


def _is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be reaped (proc(5): Z) does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    try:
        status = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:  # not a Linux
        return True
    return status.rpartition(b")")[2].split()[0] not in (b"Z", b"X")


@contextmanager
def _tidied_up(server: Connection) -> Iterator[None]:
    """Leave a process behind that drops our databases should this one be killed.

    It is no part of the engine's group, which is killed as a whole, and it lives as long as the
    pipe, which ends with this process.
    """
    read, write = os.pipe()
    worker = os.getpid()
    janitor = os.fork()
    if janitor == 0:
        _wait_and_drop(server, worker, read)
    os.close(read)
    try:
        yield
    finally:
        os.close(write)
        os.waitpid(janitor, 0)


def _wait_and_drop(server: Connection, worker: int, read: int) -> None:
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        # Whoever waits for the end of the worker's output must not wait for this process.
        os.dup2(read, 3)
        os.closerange(4, os.sysconf("SC_OPEN_MAX"))
        empty = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(empty, descriptor)
        os.read(3, 1)
        signal.alarm(PATIENCE)
        own = re.compile(rf"{PREFIX}{worker}_{host_mark()}_[0-9a-f]{{8}}")
        for (name,) in _execute(server, LIST[server.vendor]):
            if own.fullmatch(str(name)):
                _drop(server, name)
    finally:
        os._exit(0)
