"""Questions about a configured database: which one it is, and what it has applied."""

from dataclasses import dataclass

from migtui.core.backups import Place
from migtui.core.halfway import Halfway
from migtui.core.runs import Trouble
from migtui.engine.protocol.base import Request
from migtui.engine.protocol.orders import TryOrders


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
