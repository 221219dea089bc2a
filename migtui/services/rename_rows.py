"""Databases follow an order that renamed what they have applied."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from migtui.core.database_problems import rename_sql
from migtui.core.migration import MigrationKey
from migtui.engine.client import Engine
from migtui.engine.database_protocol import RenameRows
from migtui.engine.protocol import AppliedMigrations, Progress
from migtui.services.databases import UNLIMITED, lock_order

LOCK_TIMEOUT = 60.0
"""Seconds to wait while somebody migrates a database."""


@dataclass(frozen=True, slots=True)
class Stranded:
    """A database that has applied what was renamed.

    Attributes:
        alias: The database.
        renames: Old and new names, of what it has applied.
        is_local: Whether it is on this machine.
    """

    alias: str
    renames: Mapping[MigrationKey, MigrationKey]
    is_local: bool

    @property
    def sql(self) -> tuple[str, ...]:
        """The statements that have it follow, for somebody else to run.

        In an order in which no row is renamed twice: a new name may be another one's old name.
        """
        pending = dict(self.renames)
        ordered = []
        while pending:
            free = [old for old, new in pending.items() if new not in pending] or [*pending]
            ordered.append(rename_sql(free[0], pending.pop(free[0])))
        return tuple(ordered)


def find_stranded(
    engine: Engine,
    applied: Iterable[AppliedMigrations],
    renames: Mapping[MigrationKey, MigrationKey],
) -> tuple[Stranded, ...]:
    """The databases that have applied what was renamed.

    Args:
        engine: The project's.
        applied: What each database has applied.
        renames: Old and new names.

    Raises:
        EngineError: Django could not be asked.
    """
    local = {item.alias for item in engine.start().databases if item.is_local}
    found = []
    for database in applied:
        rows = {MigrationKey(*row) for row in database.rows}
        concerned = {old: new for old, new in renames.items() if old in rows}
        if concerned:
            found.append(Stranded(database.alias, concerned, database.alias in local))
    return tuple(found)


def follow(
    engine: Engine, stranded: Stranded, progress: Callable[[Progress], None] | None = None
) -> str:
    """Rename the rows of a database; returns why that failed, empty where it did not.

    Raises:
        EngineError: Django could not be asked.
    """
    renames = tuple((old.app_label, old.name, new.name) for old, new in stranded.renames.items())
    request = RenameRows(stranded.alias, renames, lock_order("resolve", LOCK_TIMEOUT))
    outcome = engine.ask(request, progress, UNLIMITED)
    if outcome.trouble is None:
        return ""
    return f"{outcome.trouble.message} {outcome.trouble.help}".strip()
