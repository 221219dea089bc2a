"""Requests about unapplying migrations of a configured database."""

from dataclasses import dataclass

from migtui.core.rollback import Break, RollbackStep, Stored
from migtui.core.runs import RunOutcome, Trouble
from migtui.engine.protocol.backup import BackupOrder
from migtui.engine.protocol.base import OverlayFile, Request
from migtui.engine.protocol.lock import LockOrder


@dataclass(frozen=True, slots=True)
class RollbackDetails:
    """What steps of a rollback do.

    Attributes:
        steps: In the order asked for.
        destroyed: What goes.
        returned: What comes back empty.
        breaks: What models find gone; None where that can't be told, or a step is blocked.
        unknown: Why it can't be told.
        trouble: Why nothing can be told.
    """

    steps: tuple[RollbackStep, ...] = ()
    destroyed: tuple[Stored, ...] = ()
    returned: tuple[Stored, ...] = ()
    breaks: tuple[Break, ...] | None = None
    unknown: str = ""
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class InspectRollback(Request[RollbackDetails]):
    """What would unapplying these migrations do? Loads the overlay's files; reads the database.

    Attributes:
        alias: The database.
        keys: App label and name, in the order in which they would be unapplied.
        overlay: Files that are not in the working tree.
        counts: Whether rows and values are counted.
    """

    alias: str
    keys: tuple[tuple[str, str], ...]
    overlay: tuple[OverlayFile, ...] = ()
    counts: bool = False


@dataclass(frozen=True, slots=True)
class RunRollback(Request[RunOutcome]):
    """Unapply migrations while the lock is held; the overlay's files are run.

    Attributes:
        alias: The database.
        keys: App label and name, in the order in which they are unapplied.
        lock: How the lock is taken.
        overlay: Files that are not in the working tree.
        backup: A backup to make before; None for none.
    """

    alias: str
    keys: tuple[tuple[str, str], ...]
    lock: LockOrder
    overlay: tuple[OverlayFile, ...] = ()
    backup: BackupOrder | None = None
