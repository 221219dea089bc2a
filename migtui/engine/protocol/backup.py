"""Requests that copy a configured database to a file, and back."""

from dataclasses import dataclass

from migtui.core.backups import Manifest, Origin
from migtui.core.runs import Trouble
from migtui.engine.protocol.base import Request
from migtui.engine.protocol.lock import LockOrder


@dataclass(frozen=True, slots=True)
class BackupOrder:
    """Where a backup goes, and what it is called.

    Attributes:
        directory: Absolute; of all backups.
        id: Name of the new one.
        created: As in ``Manifest``.
        origin: As in ``Manifest``.
    """

    directory: str
    id: str
    created: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class BackupOutcome:
    """A backup that was made.

    Attributes:
        manifest: What it is; None where there is none.
        trouble: Why there is none.
    """

    manifest: Manifest | None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class MakeBackup(Request[BackupOutcome]):
    """Copy a database to a verified file, while its lock is held."""

    alias: str
    lock: LockOrder
    backup: BackupOrder


@dataclass(frozen=True, slots=True)
class RestoreOutcome:
    """What was put back.

    Attributes:
        trouble: Why it was not, or what is not as it was.
        notes: What could not be compared.
    """

    trouble: Trouble | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RestoreBackup(Request[RestoreOutcome]):
    """Put a backup in the place of all that is in a database, while its lock is held.

    Attributes:
        alias: The database.
        name: Another name than the settings have; made where it is not there. Empty for none.
        lock: How the lock is taken.
        path: Of the copy, which was verified.
        manifest: Of the backup.
    """

    alias: str
    name: str
    lock: LockOrder
    path: str
    manifest: Manifest
