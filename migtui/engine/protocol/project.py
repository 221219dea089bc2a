"""Questions about the project as Django loads it: apps, graph, models, what is applied."""

from dataclasses import dataclass

from migtui.engine.protocol.base import OverlayFile, Request


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
        swappable: Model by setting, ``{"AUTH_USER_MODEL": "accounts.User"}``.
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
