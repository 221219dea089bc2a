"""What migtui and its engine say to each other: dataclasses that both ends import.

A message is one line of JSON, made and read by ``codec`` after the annotations here; what is not
declared in this module can't cross. A question is answered by any number of ``Progress``, then
its reply or ``Failed``, then ``Ended``; ``Stale`` asks for a new engine instead.
"""

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from migtui.core.migration import MigrationKey
from migtui.core.sql import RowCount, SqlScript
from migtui.core.squash_plan import SquashDraft, SquashProof
from migtui.core.verdict import Evidence

ReplyT = TypeVar("ReplyT")


@dataclass(frozen=True, slots=True)
class Request(Generic[ReplyT]):
    """A question; ``ReplyT`` is the type of its answer."""


@dataclass(frozen=True, slots=True)
class OverlayFile:
    """A file as it would be: absolute path, content, None where it would not be there."""

    path: str
    content: bytes | None


@dataclass(frozen=True, slots=True)
class AppFacts:
    """An installed app.

    Attributes:
        label: Its label.
        name: Its dotted path.
        path: Its directory, absolute.
        migrations_module: Dotted path of its migrations package; None where it has none.
        migrations_path: Directory of that package, absolute; None where it is not there.
    """

    label: str
    name: str
    path: str
    migrations_module: str | None
    migrations_path: str | None


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """A database alias of the settings.

    Attributes:
        alias: Its name.
        vendor: None where its backend can't be loaded.
        error: Why it can't.
        is_local: Whether its server, if it has one, is on this machine.
    """

    alias: str
    vendor: str | None
    error: str = ""
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What Django says about the project.

    Attributes:
        django_version: ``5.2.1``.
        python_version: ``3.11.7``.
        settings: The settings module in use.
        apps: Every installed app.
        databases: Every alias.
        swappable: App label by setting, ``{"AUTH_USER_MODEL": "accounts"}``.
    """

    django_version: str
    python_version: str
    settings: str
    apps: tuple[AppFacts, ...]
    databases: tuple[DatabaseFacts, ...]
    swappable: dict[str, str]


@dataclass(frozen=True, slots=True)
class DescribeProject(Request[ProjectFacts]):
    """Which apps, databases and versions are there?"""


@dataclass(frozen=True, slots=True)
class LoadedMigration:
    """A migration as Django loaded it; keys are ``(app_label, name)``, symbolic ones resolved."""

    app_label: str
    name: str
    path: str
    parents: tuple[tuple[str, str], ...]
    replaces: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LoadedGraph:
    """What Django's loader makes of the files.

    Attributes:
        migrations: Those in its graph on an empty database, so none that a squash replaces; what
            could be loaded where there is an error. Sorted.
        leaves: The names of each app's leaves, sorted.
        error: What Django raised, empty where it loads.
        traceback: Of that error.
    """

    migrations: tuple[LoadedMigration, ...]
    leaves: dict[str, tuple[str, ...]]
    error: str = ""
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class LoadGraph(Request[LoadedGraph]):
    """How does Django's loader see the migrations, with these files as an overlay?"""

    overlay: tuple[OverlayFile, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelChanges:
    """What ``makemigrations`` would write.

    Attributes:
        operations: Descriptions by app label; empty where models and migrations agree.
        error: Why that can't be told, empty where it can.
    """

    operations: dict[str, tuple[str, ...]]
    error: str = ""


@dataclass(frozen=True, slots=True)
class DetectModelChanges(Request[ModelChanges]):
    """Do models and migrations agree, with these files as an overlay?

    Where apps still have several leaves, Django's state of all leaves is used.
    """

    overlay: tuple[OverlayFile, ...] = ()


@dataclass(frozen=True, slots=True)
class AppliedMigrations:
    """The rows of ``django_migrations`` of one database; ``error`` says why there are none."""

    alias: str
    rows: tuple[tuple[str, str], ...]
    error: str = ""


@dataclass(frozen=True, slots=True)
class ReadApplied(Request[AppliedMigrations]):
    """What has this database applied? Reads only, and never creates the database."""

    alias: str = "default"


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
    """

    targets: tuple[tuple[str, str], ...] = ()
    backwards: bool = False
    alias: str = "default"
    overlay: tuple[OverlayFile, ...] = ()
    vendor: str = ""
    server_versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowCounts:
    """How many rows tables have, in the order in which they were asked for."""

    counts: tuple[RowCount, ...]


@dataclass(frozen=True, slots=True)
class CountRows(Request[RowCounts]):
    """How many rows do these tables have? Reads only, and never creates the database."""

    tables: tuple[str, ...]
    alias: str = "default"


@dataclass(frozen=True, slots=True)
class ReplayOrders(Request[Evidence]):
    """What do these orders of branches make of Django's state?

    Attributes:
        migrations: Those of every branch; all else that they depend on runs before them.
        orders: Orders of leaves.
        overlay: Files as they would be.
    """

    migrations: tuple[MigrationKey, ...]
    orders: tuple[tuple[MigrationKey, ...], ...]
    overlay: tuple[OverlayFile, ...] = ()


@dataclass(frozen=True, slots=True)
class TryOrders(Request[Evidence]):
    """What do these orders of branches make of a database? One is made for it, and dropped.

    Attributes:
        migrations: As in ``ReplayOrders``.
        orders: As in ``ReplayOrders``.
        vendor: ``sqlite``, in memory, or that of a server.
        alias: The configured database whose backend, and whose server, is used; its content is
            never touched. Empty where another server is meant, or plain SQLite.
        uri: Of a PostgreSQL server: ``postgresql://user:password@host:port``.
        run_python: Whether functions of RunPython are run; else they are left out.
        python_seconds: How long each of them may take.
        overlay: Files as they would be.
    """

    migrations: tuple[MigrationKey, ...]
    orders: tuple[tuple[MigrationKey, ...], ...]
    vendor: str = "sqlite"
    alias: str = ""
    uri: str = ""
    run_python: bool = False
    python_seconds: float = 10.0
    overlay: tuple[OverlayFile, ...] = ()


@dataclass(frozen=True, slots=True)
class GatheredEvidence:
    """Several answers."""

    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class GatherEvidence(Request[GatheredEvidence]):
    """What do orders make of Django's state, and of a database?

    Both questions at once: loading the migrations is most of the work.
    """

    trial: TryOrders


@dataclass(frozen=True, slots=True)
class DraftSquash(Request[SquashDraft]):
    """What would a squash of these migrations hold?

    Attributes:
        app_label: Their app.
        migrations: Their names.
        optimize: Whether Django's optimizer is let at them.
        elide: Those whose RunPython and RunSQL are left out, as if they were elidable.
        keep: Those whose RunPython and RunSQL stay, though they are elidable.
        cuts: Those up to which the gain of a squash is wanted.
        overlay: Files as they would be, on top of the project.
    """

    app_label: str
    migrations: tuple[str, ...]
    optimize: bool = True
    elide: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    cuts: tuple[str, ...] = ()
    overlay: tuple[OverlayFile, ...] = ()


@dataclass(frozen=True, slots=True)
class ProveSquash(Request[SquashProof]):
    """Does the squash in this overlay do what the migrations do that it replaces?

    Attributes:
        app_label: Its app.
        name: Its name.
        overlay: The file of the squash, then others that would change with it.
        server: Where databases are made; what it says of orders does not matter.
        elides: Whether rows may differ, as data migrations are left out.
    """

    app_label: str
    name: str
    overlay: tuple[OverlayFile, ...]
    server: TryOrders
    elides: bool = False


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop answering the question with this number."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """The interpreter can't run an engine: no Django, or too old."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Something of the project, or of migtui, raised.

    Attributes:
        message: The exception on one line.
        traceback: Of it.
    """

    message: str
    traceback: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an answer is: ``done`` of ``total`` steps, the present one in words."""

    done: int
    total: int
    text: str


@dataclass(frozen=True, slots=True)
class Stale:
    """Source files of the project changed since the engine loaded them: start another."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The process that was to answer is gone; its status as ``os.waitstatus_to_exitcode`` says."""

    status: int


MESSAGES: tuple[type[Any], ...] = (
    DescribeProject,
    LoadGraph,
    DetectModelChanges,
    ReadApplied,
    WriteSql,
    CountRows,
    RowCounts,
    ReplayOrders,
    TryOrders,
    GatherEvidence,
    DraftSquash,
    ProveSquash,
    ProjectFacts,
    LoadedGraph,
    ModelChanges,
    AppliedMigrations,
    SqlScript,
    Evidence,
    GatheredEvidence,
    SquashDraft,
    SquashProof,
    Cancel,
    Unfit,
    Failed,
    Progress,
    Stale,
    Ended,
)
