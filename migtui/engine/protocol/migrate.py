"""Requests that migrate a configured database, or have it know migrations by other names."""

from dataclasses import dataclass

from migtui.core.runs import RunOutcome, Trouble
from migtui.engine.protocol.backup import BackupOrder
from migtui.engine.protocol.base import Request
from migtui.engine.protocol.lock import LockOrder


@dataclass(frozen=True, slots=True)
class RunMigrate(Request[RunOutcome]):
    """Run Django's ``migrate`` on one database while its lock is held.

    Attributes:
        alias: The database.
        arguments: Of the command, without ``--database``.
        verbosity: Django's.
        lock: None where nothing is written: ``--plan``, ``--check``.
        ddl_lock_timeout: Seconds that a statement may wait for a lock of PostgreSQL's.
        ddl_attempts: How often a migration is tried that had to wait for longer.
        statement_timeout: Seconds that a statement may take on PostgreSQL.
        backup: A backup to make before; None for none.
    """

    alias: str
    arguments: tuple[str, ...]
    verbosity: int
    lock: LockOrder | None
    ddl_lock_timeout: float | None = None
    ddl_attempts: int = 1
    statement_timeout: float | None = None
    backup: BackupOrder | None = None


@dataclass(frozen=True, slots=True)
class RenamedRows:
    """Rows that have got another name.

    Attributes:
        count: How many.
        trouble: Why none has.
    """

    count: int
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class RenameRows(Request[RenamedRows]):
    """Have a database know applied migrations by other names; when they were applied stays.

    Attributes:
        alias: The database.
        renames: App label, old name, new name.
        lock: How the lock is taken.
    """

    alias: str
    renames: tuple[tuple[str, str, str], ...]
    lock: LockOrder
