"""What migtui and its engine say to each other about databases that are to be changed.

It is apart from ``protocol`` because these are the only requests that write to a configured
database; each of them is answered by what was done and, where it ends early, by a ``Trouble``.
"""

from dataclasses import dataclass
from typing import Any

from migtui.core.runs import RunOutcome
from migtui.engine.protocol import Progress, Request


@dataclass(frozen=True, slots=True)
class Said(Progress):
    """A piece of text on the way to an answer.

    Attributes:
        is_output: Whether Django's own command printed it; else it is migtui that says something.
    """

    is_output: bool = False


@dataclass(frozen=True, slots=True)
class PendingMigrations:
    """What a database has still to apply.

    Attributes:
        alias: The database.
        count: How many migrations; 0 where that can't be told.
        has_history: Whether anything was ever applied.
        error: Why it can't be told.
    """

    alias: str
    count: int
    has_history: bool
    error: str = ""


@dataclass(frozen=True, slots=True)
class CountPending(Request[PendingMigrations]):
    """How many migrations has this database still to apply? Reads only."""

    alias: str = "default"


@dataclass(frozen=True, slots=True)
class LockOrder:
    """How the lock of a database is taken.

    Attributes:
        purpose: What it is for, as others read it: ``migtui migrate``.
        seconds: How long to wait for another holder.
    """

    purpose: str
    seconds: float


@dataclass(frozen=True, slots=True)
class HoldLock(Request[RunOutcome]):
    """Wait until nobody migrates this database, and take and give back its lock."""

    alias: str
    lock: LockOrder


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
    """

    alias: str
    arguments: tuple[str, ...]
    verbosity: int
    lock: LockOrder | None
    ddl_lock_timeout: float | None = None
    ddl_attempts: int = 1
    statement_timeout: float | None = None


DATABASE_MESSAGES: tuple[type[Any], ...] = (
    Said,
    CountPending,
    PendingMigrations,
    HoldLock,
    RunMigrate,
    RunOutcome,
)
