"""Questions about SQL and the tables that it is about."""

from dataclasses import dataclass, field

from migtui.core.sql import RowCount, SqlScript
from migtui.engine.protocol.base import OverlayFile, Request


@dataclass(frozen=True, slots=True)
class WriteSql(Request[SqlScript]):
    """What would these migrations execute?

    Attributes:
        targets: ``(app_label, name)`` in the order in which they would run; their state is that
            of all their ancestors and of the targets before.
        backwards: The SQL that unapplies them; the targets are then given last applied first.
        alias: The database whose backend writes it.
        overlay: Files as they would be.
        vendor: Another one than that of the database; empty for that.
        server_versions: By vendor, of servers that can't be asked.
        run_python: Whether functions of RunPython may run on a database in memory, migrated from
            zero, where a default asks for rows.
    """

    targets: tuple[tuple[str, str], ...] = ()
    backwards: bool = False
    alias: str = "default"
    overlay: tuple[OverlayFile, ...] = ()
    vendor: str = ""
    server_versions: dict[str, str] = field(default_factory=dict)
    run_python: bool = False


@dataclass(frozen=True, slots=True)
class RowCounts:
    """How many rows tables have, in the order in which they were asked for."""

    counts: tuple[RowCount, ...]


@dataclass(frozen=True, slots=True)
class CountRows(Request[RowCounts]):
    """How many rows do these tables have? Reads only, and never creates the database."""

    tables: tuple[str, ...]
    alias: str = "default"
