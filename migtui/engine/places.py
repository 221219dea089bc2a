"""Which database a connection leads to, and on whose machine that is."""

import os
import sqlite3
from pathlib import Path

from migtui.core.backups import Place
from migtui.engine.untyped import Connection

# How libpq is told of a server besides by its host (PostgreSQL manual, 34.1.2 and 34.15), and
# where MySQL's option files take the place of the settings.
_ELSEWHERE = {"postgresql": ("service",), "mysql": ("read_default_file", "read_default_group")}
_ENVIRONMENT = {"postgresql": {"hostaddr": "PGHOSTADDR", "host": "PGHOST", "service": "PGSERVICE"}}


def sqlite_file(connection: Connection) -> Path | None:
    """The file of an SQLite database; None where it is in memory, or not plain SQLite."""
    if connection.vendor != "sqlite" or connection.Database.connect is not sqlite3.connect:
        return None
    name = str(connection.get_connection_params()["database"])
    if name == ":memory:" or "mode=memory" in name:
        return None
    return Path(name.removeprefix("file:").partition("?")[0]).resolve()


def place_of(connection: Connection) -> Place:
    """Which database a connection leads to."""
    if connection.vendor == "sqlite":
        file = sqlite_file(connection)
        return Place("sqlite", str(file or connection.settings_dict["NAME"]))
    settings = connection.settings_dict
    given = connection.get_connection_params()
    name = given.get("dbname") or given.get("database") or given.get("db") or settings["NAME"]
    port = given.get("port") or settings.get("PORT") or ""
    return Place(str(connection.vendor), str(name), host_of(connection), str(port))


def host_of(connection: Connection) -> str:
    """The server's host or socket, empty for the driver's default on this machine.

    Where something else than the settings names it, it is that: ``service=orders``. Of several
    names, one that is not of this machine counts.
    """
    options = connection.settings_dict.get("OPTIONS") or {}
    environment = _ENVIRONMENT.get(connection.vendor, {})
    named = [
        options.get("hostaddr") or os.environ.get(environment.get("hostaddr", "")),
        connection.settings_dict.get("HOST"),
        options.get("host"),
        options.get("unix_socket"),
    ]
    hosts = [str(host) for host in named if host]
    if not hosts:
        hosts = [
            f"{name}={options[name]}"
            for name in _ELSEWHERE.get(connection.vendor, ())
            if options.get(name)
        ]
    if not hosts:
        found = {name: os.environ.get(variable) for name, variable in environment.items()}
        hosts = [
            value if name == "host" else f"{name}={value}" for name, value in found.items() if value
        ]
    return next((host for host in hosts if not is_local_host(host)), hosts[0] if hosts else "")


def is_local(connection: Connection) -> bool:
    """Whether a database is known to be on this machine."""
    return is_local_host(host_of(connection))


def is_local_host(host: str) -> bool:
    """Whether a server's name, or the path of its socket, is of this machine."""
    return host in ("", "localhost", "127.0.0.1", "::1") or host.startswith(("/", "@"))
