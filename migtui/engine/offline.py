"""Connections that SQL is written with: of any vendor, and never to a database.

One stands in for the configured one, so that no statement can reach a developer's database. What
the backends ask a server for - version, modes, names - is answered from what is known.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from copy import deepcopy
from typing import Any, Self

from django.conf import settings
from django.db import connections
from django.db.utils import ConnectionHandler, load_backend

from migtui.core.ddl.catalogue import Catalogue, Dialect
from migtui.engine.answers import answer
from migtui.engine.applied import limit_connecting
from migtui.engine.drivers import offer_pymysql, why_not_loaded
from migtui.engine.introspection import Knowledge, answer_from
from migtui.engine.quoting import raw_connection
from migtui.engine.raw_sql import fill, guarded_splitting
from migtui.engine.server import Server, chosen_server, parse_server
from migtui.engine.untyped import Connection

_ENGINES = {
    "sqlite": "django.db.backends.sqlite3",
    "postgresql": "django.db.backends.postgresql",
    "mysql": "django.db.backends.mysql",
    "mariadb": "django.db.backends.mysql",
}
UNANSWERED = "Asks the database, where nobody can answer; no rows are taken for the answer: {}"
DEPENDS = "what it does may depend on what the database answers"
_TRANSACTIONS = re.compile(r"\s*(?:SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT)\b", re.IGNORECASE)
ASKED = 200
"""Characters of a question that are shown."""
_MYSQL_DATA = "SELECT VERSION(), @@sql_mode, @@default_storage_engine, @@lower_case_table_names"


class UnwritableError(Exception):
    """SQL can't be written for this vendor here; says what is missing."""


class Cursor:
    """Takes every statement; answers the few questions that a catalogue can answer.

    Args:
        knowledge: What is known of the database.
        take: Called with a statement and its parameters; True where it was taken for one that
            would change the database.
        remark: Called with a sentence about a question that can't be answered.
        nothing: What the driver gives where there are no more rows.
    """

    rowcount = 0
    description = None
    connection = None

    def __init__(
        self,
        knowledge: Knowledge,
        take: Callable[[Any, Any], bool],
        remark: Callable[[str], None],
        nothing: Sequence[Any],
    ) -> None:
        self._knowledge = knowledge
        self._take = take
        self._remark = remark
        self._nothing = nothing
        self._rows: list[tuple[Any, ...]] = []

    def execute(self, sql: Any, params: Any = None) -> Self:  # noqa: ANN401 - of any driver
        """Take a statement."""
        self._rows = []
        if not self._take(sql, params):
            rows = answer(self._knowledge, str(sql), list(params or ()))
            if rows is None and not _TRANSACTIONS.match(str(sql)):
                self._remark(UNANSWERED.format(" ".join(str(sql).split())[:ASKED]))
            self._rows = rows or []
        return self

    def executemany(self, sql: Any, rows: Any) -> Self:  # noqa: ANN401 - of any driver
        """Take a statement once for each row."""
        for row in rows:
            self.execute(sql, row)
        return self

    def callproc(self, *_: object) -> None:
        """Do nothing."""

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""
        return self._rows.pop(0) if self._rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows."""
        rows, self._rows = self._rows, []
        return rows

    def fetchmany(self, *_: object) -> Sequence[Any]:
        """All rows."""
        return self.fetchall() or self._nothing

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.fetchall())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""

    def close(self) -> None:
        """Nothing to close."""


def offline_connection(
    alias: str, vendor: str, versions: Mapping[str, str]
) -> tuple[Connection, Server]:
    """A connection that takes the configured one's place, and what server it stands for.

    Args:
        alias: The configured one's.
        vendor: Another vendor than the configured one; empty for that.
        versions: By vendor, of servers that nobody can ask.

    Raises:
        UnwritableError: The backend can't be imported, or is not one of these vendors'.
    """
    connection, is_configured = _connection(alias, vendor)
    live = None
    if connection.vendor != "sqlite" and is_configured:
        live = _ask_server(alias, connection.vendor)
    dialect, server = chosen_server(connection, vendor, versions, live)
    knowledge = Knowledge(Catalogue(dialect, server.numbers))
    _disconnect(connection, server, knowledge)
    if not hasattr(settings, "POSTGIS_VERSION"):
        settings.POSTGIS_VERSION = (3, 5, 0)  # PostGIS' backend asks nobody where this is set
    return connection, server


def start_anew(connection: Connection) -> Knowledge:
    """Have a connection know of an empty database, and of nothing else."""
    catalogue = connection.introspection.knowledge.catalogue
    knowledge = Knowledge(Catalogue(catalogue.dialect, catalogue.version))
    answer_from(connection, knowledge)
    return knowledge


def _connection(alias: str, vendor: str) -> tuple[Connection, bool]:
    """A connection of its own, and whether it is as the settings have it."""
    if vendor and vendor not in _ENGINES:
        known = ", ".join(_ENGINES)
        raise UnwritableError(f"There is no SQL for {vendor!r} here. Known are {known}.")
    engine = connections.settings[alias]["ENGINE"]
    try:
        is_another = bool(vendor) and _is_another(engine, vendor)
        if is_another:
            found = _other_vendor({"ENGINE": _ENGINES[vendor], "NAME": "migtui"}, alias)
        else:
            configured = connections[alias]
            found = type(configured)(deepcopy(configured.settings_dict), alias)
    except (Exception, SystemExit) as error:
        names = [name for name, known in _ENGINES.items() if known == engine]
        name = vendor or (names[0] if names else "")
        raise UnwritableError(why_not_loaded(error, name, _family(name))) from error
    if found.vendor not in _ENGINES:
        known = ", ".join(_ENGINES)
        message = f"There is no SQL without a server for {found.vendor}; use --vendor: {known}."
        raise UnwritableError(message)
    return found, not is_another


def _is_another(engine: str, vendor: str) -> bool:
    """Whether a backend is of another vendor; Django's own need no driver to tell."""
    if engine.startswith("django.db.backends."):
        return engine != _ENGINES[vendor]
    wrapper = load_backend(engine).DatabaseWrapper
    return bool(wrapper.vendor != _family(vendor))


def _other_vendor(given: dict[str, Any], alias: str) -> Connection:
    if given["ENGINE"] == _ENGINES["mysql"]:
        offer_pymysql()
    return ConnectionHandler({alias: given, "default": given})[alias]


def _family(vendor: str) -> str:
    return "mysql" if vendor == "mariadb" else vendor


def _disconnect(connection: Connection, server: Server, knowledge: Knowledge) -> None:
    """Have a connection answer from what is known, and reach nothing."""
    answer_from(connection, knowledge)
    real_cursor = connection.cursor
    connection.recorder = None

    def take(sql: Any, params: Any) -> bool:  # noqa: ANN401 - of any driver
        return connection.recorder is not None and bool(connection.recorder.take(sql, params))

    def remark(text: str) -> None:
        if connection.recorder is not None:
            connection.recorder.note(text, unknown=DEPENDS)

    def cursor(*_args: object, **_kwargs: object) -> Any:  # noqa: ANN401 - one of two kinds
        is_recording = connection.recorder is not None and connection.recorder.is_executing
        if connection.vendor == "sqlite" and not is_recording:
            return real_cursor()  # in memory: the backend asks the library what it can do
        nothing = connection.features.empty_fetchmany_value
        return Cursor(connection.introspection.knowledge, take, remark, nothing)

    if connection.vendor == "sqlite":
        connection.settings_dict["NAME"] = ":memory:"
        connection.settings_dict["OPTIONS"] = {}
    else:
        connection.ensure_connection = connection.connect = connection.close = lambda: None
        connection.connection = raw_connection(connection)
    connection.cursor = cursor
    connection.ops.prepare_sql_script = guarded_splitting(connection)
    if connection.vendor == "postgresql":
        connection.__dict__["pg_version"] = server.pg_version
        quote = connection.connection.quote
        connection.ops.compose_sql = lambda sql, params: fill(sql, params, quote, "postgresql")
    elif connection.vendor == "mysql":
        connection.__dict__["mysql_server_data"] = server.mysql_data
    connections[connection.alias] = connection


def _ask_server(alias: str, vendor: str) -> Server | None:
    """The server that the settings name, if it answers; nothing but its version is asked."""
    configured = connections[alias]
    with suppress(Exception, SystemExit):
        connection = type(configured)(deepcopy(configured.settings_dict), alias)
        limit_connecting(connection)
        connection.ensure_connection()
        try:
            if vendor == "postgresql":
                major, minor = divmod(connection.pg_version, 10000)
                return parse_server("postgresql", f"{major}.{minor}", "the server")
            with connection.cursor() as cursor:
                cursor.execute(_MYSQL_DATA)
                version, modes, engine, folds = cursor.fetchone()
            dialect: Dialect = "mariadb" if "mariadb" in version.lower() else "mysql"
            return parse_server(
                dialect, version, "the server", modes=modes, engine=engine, folds=bool(folds)
            )
        finally:
            with suppress(Exception):
                connection.close()
    return None


def sqlite_version() -> str:
    """Of the library that the interpreter has."""
    with closing(sqlite3.connect(":memory:")):
        return sqlite3.sqlite_version
