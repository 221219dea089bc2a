"""Which server SQL is written for, and how that is known."""

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from migtui.core.ddl.catalogue import Dialect
from migtui.engine.untyped import Connection

NEWEST: dict[Dialect, str] = {"postgresql": "18.0", "mysql": "8.4.0", "mariadb": "11.8.0"}
"""What is assumed where nobody says: the newest releases with long support that Django supports."""

# What MySQL and MariaDB come with; Django's SQL depends on none of the modes.
_MODES = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"


@dataclass(frozen=True, slots=True)
class Server:
    """A server.

    Attributes:
        dialect: Whose.
        version: ``15.4``, ``10.11.6``.
        source: How that is known: ``the server``, ``[tool.migtui]``, or empty where it is assumed.
        modes: MySQL's ``sql_mode``.
        engine: MySQL's default storage engine.
        folds: Whether MySQL's names of tables are in lower case.
    """

    dialect: Dialect
    version: str
    source: str = ""
    modes: str = _MODES
    engine: str = "InnoDB"
    folds: bool = False

    @property
    def numbers(self) -> tuple[int, ...]:
        """The version as numbers."""
        return tuple(int(part) for part in re.findall(r"\d+", self.version)[:3])

    @property
    def label(self) -> str:
        """The version as the server itself gives it."""
        return f"{self.version}-MariaDB" if self.dialect == "mariadb" else self.version

    @property
    def pg_version(self) -> int:
        """The version as PostgreSQL's library has it: 150004."""
        major, minor, *_ = (*self.numbers, 0, 0)
        return major * 10000 + minor

    @property
    def mysql_data(self) -> dict[str, object]:
        """What Django asks a MySQL for when it connects."""
        version = ".".join(map(str, (*self.numbers, 0, 0)[:3]))
        return {
            "version": f"{version}-MariaDB" if self.dialect == "mariadb" else version,
            "sql_mode": self.modes,
            "default_storage_engine": self.engine,
            "sql_auto_is_null": False,
            "lower_case_table_names": self.folds,
            "has_zoneinfo_database": True,
        }

    @property
    def note(self) -> str:
        """For which server this is, and how that is known: one sentence."""
        name = {"postgresql": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB"}
        if self.dialect == "sqlite":
            return f"For SQLite {self.version}, the library of this Python."
        how = {
            "the server": "as the server says",
            "[tool.migtui]": "as server_versions in [tool.migtui] says",
        }.get(self.source, "assumed: no server was asked, and server_versions doesn't name one")
        return f"For {name[self.dialect]} {self.version}, {how}."


def parse_server(
    dialect: Dialect,
    version: str,
    source: str,
    *,
    modes: str = _MODES,
    engine: str = "InnoDB",
    folds: bool = False,
) -> Server:
    """A server of a version as it is written: ``15``, ``10.11.6-MariaDB-log``."""
    found = re.search(r"\d+(?:\.\d+){0,2}", version.removeprefix("5.5.5-"))
    return Server(
        dialect, found[0] if found else version, source, modes=modes, engine=engine, folds=folds
    )


def chosen_server(
    connection: Connection, vendor: str, versions: Mapping[str, str], live: Server | None
) -> tuple[Dialect, Server]:
    """The dialect to write, and the server that it is written for.

    Args:
        connection: Of the vendor.
        vendor: Asked for; empty where none was.
        versions: By vendor, as configured.
        live: What the configured server said, None where none was asked or it did not answer.
    """
    if connection.vendor == "sqlite":
        return "sqlite", Server("sqlite", sqlite3.sqlite_version)
    if live is not None and vendor in ("", live.dialect):
        return live.dialect, live
    dialect: Dialect = connection.vendor
    if connection.vendor == "mysql" and (
        vendor == "mariadb" or (not vendor and "mariadb" in versions and "mysql" not in versions)
    ):
        dialect = "mariadb"
    configured = versions.get(dialect)
    if configured is not None:
        return dialect, parse_server(dialect, configured, "[tool.migtui]")
    return dialect, Server(dialect, NEWEST[dialect])
