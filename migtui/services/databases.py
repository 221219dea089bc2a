"""What everything that changes a database has in common: its name, its lock, its failures."""

import os
from collections.abc import Sequence

from migtui.core.runs import Trouble
from migtui.engine.client import Engine
from migtui.engine.protocol.lock import LockOrder
from migtui.engine.protocol.project import AppliedMigrations
from migtui.errors import DatabaseError, NotFoundError

DEFAULT = "default"
UNLIMITED = 604_800.0
"""Seconds: what a migration may take. A week, as waiting takes a number."""


def require_database(engine: Engine, alias: str) -> None:
    """Make sure that the settings have a database.

    Raises:
        NotFoundError: They haven't.
        EngineError: Django could not be asked.
    """
    aliases = [database.alias for database in engine.start().databases]
    if alias not in aliases:
        raise NotFoundError(
            f"The settings have no database {alias!r}.", help=f"They have {', '.join(aliases)}."
        )


def chosen_databases(
    applied: Sequence[AppliedMigrations], aliases: Sequence[str] | None
) -> list[AppliedMigrations]:
    """The databases that are asked: those that were named, else all.

    Raises:
        NotFoundError: There is none of that name.
    """
    known = {entry.alias: entry for entry in applied}
    for alias in aliases or ():
        if alias not in known:
            raise NotFoundError(
                f"The settings have no database {alias!r}.", help=f"There are: {', '.join(known)}."
            )
    return [known[alias] for alias in aliases] if aliases else list(applied)


def lock_order(purpose: str, seconds: float) -> LockOrder:
    """How a command of migtui's takes the lock."""
    return LockOrder(f"migtui {purpose}, process {os.getpid()}", seconds)


def as_error(alias: str, trouble: Trouble | None) -> DatabaseError:
    """What went wrong with a database, to be raised."""
    if trouble is None:
        return DatabaseError(f"{alias}: the engine did not say why.")
    return DatabaseError(f"{alias}: {trouble.message}", help=trouble.help, detail=trouble.detail)
