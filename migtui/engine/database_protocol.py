"""What migtui and its engine say to each other about databases that are to be changed.

It is apart from ``protocol`` because these are the only requests that write to a configured
database; each of them is answered by what was done and, where it ends early, by a ``Trouble``.
"""

from dataclasses import dataclass
from typing import Any

from migtui.core.backups import Manifest, Origin, Place
from migtui.core.halfway import Halfway
from migtui.core.rollback import Break, RollbackStep, Stored
from migtui.core.runs import RunOutcome, Trouble
from migtui.engine.protocol import OverlayFile, Progress, Request, TryOrders


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
class DatabasePlace:
    """Which database an alias leads to.

    Attributes:
        place: The database; None where that can't be told.
        is_local: Whether its server is on this machine.
        is_there: Whether it exists.
        tables: How many tables it has.
        trouble: Why it can't be told.
    """

    place: Place | None
    is_local: bool = False
    is_there: bool = False
    tables: int = 0
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class FindDatabase(Request[DatabasePlace]):
    """Which database does an alias lead to?

    Attributes:
        alias: Whose server and user it is.
        name: Another name than the settings have; empty for that one.
    """

    alias: str
    name: str = ""


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


@dataclass(frozen=True, slots=True)
class KnownMigration:
    """A migration of Django's graph for one database; a squash that counts has replaced others.

    Attributes:
        app_label: Its app.
        name: Its name.
        parents: What it depends on: app label and name.
        replaces: What it squashes.
        is_applied: Whether Django counts it as applied.
    """

    app_label: str
    name: str
    parents: tuple[tuple[str, str], ...]
    replaces: tuple[tuple[str, str], ...]
    is_applied: bool


@dataclass(frozen=True, slots=True)
class AppliedRow:
    """A row of ``django_migrations``; ``applied`` is its time, as the database says it."""

    app_label: str
    name: str
    applied: str


@dataclass(frozen=True, slots=True)
class DatabaseHistory:
    """What a database has applied, against the files.

    Attributes:
        alias: The database.
        vendor: Of it.
        place: Which one that is; None where it can't be told.
        is_local: Whether its server is on this machine.
        migrations: Django's graph, sorted.
        files: The migrations that have a file, sorted: app label and name.
        rows: Of ``django_migrations``, oldest first.
        trouble: Why it can't be told.
    """

    alias: str
    vendor: str = ""
    place: Place | None = None
    is_local: bool = False
    migrations: tuple[KnownMigration, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    rows: tuple[AppliedRow, ...] = ()
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class ReadHistory(Request[DatabaseHistory]):
    """What has this database applied, and how does Django see it? Reads only."""

    alias: str


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


@dataclass(frozen=True, slots=True)
class FindHalfway(Request[Halfway]):
    """Where has this migration stopped on a database, and which SQL leads out? Reads only.

    Attributes:
        alias: The database.
        key: App label and name.
        server: Where scratch databases are made; what it says of orders does not matter.
    """

    alias: str
    key: tuple[str, str]
    server: TryOrders


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


DATABASE_MESSAGES: tuple[type[Any], ...] = (
    Said,
    MakeBackup,
    BackupOutcome,
    FindDatabase,
    DatabasePlace,
    RestoreBackup,
    RestoreOutcome,
    RenameRows,
    RenamedRows,
    ReadHistory,
    DatabaseHistory,
    InspectRollback,
    RollbackDetails,
    RunRollback,
    FindHalfway,
    Halfway,
    CountPending,
    PendingMigrations,
    HoldLock,
    RunMigrate,
    RunOutcome,
)
