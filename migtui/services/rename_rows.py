"""Databases follow an order that renamed what they have applied."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from migtui.core.database_problems import rename_sql, ways_to_follow
from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.engine.client import Engine
from migtui.engine.protocol.base import Report
from migtui.engine.protocol.migrate import RenameRows
from migtui.engine.protocol.project import AppliedMigrations
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
        missing: What has to be applied before: Django refuses every migrate of a database that
            has a migration applied before one that it depends on.
    """

    alias: str
    renames: Mapping[MigrationKey, MigrationKey]
    is_local: bool
    missing: tuple[MigrationKey, ...] = ()

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

    @property
    def first(self) -> tuple[str, ...]:
        """What has to be run before anything else there, with a sentence that says why."""
        if not self.missing:
            return ()
        commands = (
            f"    migtui migrate {key.app_label} {key.name} --database {self.alias}"
            for key in self.missing
        )
        return ("What now comes before is applied there first, and by its name:", *commands)

    @property
    def ways(self) -> tuple[str, ...]:
        """The choices, in sentences."""
        return ways_to_follow(self.alias, is_local=self.is_local, first=self.first, sql=self.sql)


def find_stranded(
    engine: Engine,
    applied: Iterable[AppliedMigrations],
    renames: Mapping[MigrationKey, MigrationKey],
    graph: MigrationGraph,
) -> tuple[Stranded, ...]:
    """The databases that have applied what was renamed.

    Args:
        engine: The project's.
        applied: What each database has applied.
        renames: Old and new names.
        graph: The migrations as they will be.

    Raises:
        EngineError: Django could not be asked.
    """
    local = {item.alias for item in engine.start().databases if item.is_local}
    found = []
    for database in applied:
        rows = {MigrationKey(*row) for row in database.rows}
        concerned = {old: new for old, new in renames.items() if old in rows}
        if concerned:
            has = rows | {*concerned.values()}
            missing = {
                key
                for new in concerned.values()
                for key in graph.parents[new]
                if key not in has and key in graph.nodes
            }
            is_local = database.alias in local
            found.append(Stranded(database.alias, concerned, is_local, tuple(sorted(missing))))
    return tuple(found)


def about_shims(renamed: Iterable[MigrationKey], graph: MigrationGraph) -> tuple[str, ...]:
    """What others have to know of migrations that replace what they were called before.

    Django's ``migrate`` plans nothing for a leaf that counts as applied, nor what it depends on
    (``MigrationExecutor.migration_plan``): a database without that has to be told.

    Args:
        renamed: Their new names.
        graph: The migrations as they will be.
    """
    found = []
    for key in sorted(renamed):
        parents = [parent for parent in graph.parents[key] if parent.app_label == key.app_label]
        before = " ".join(f"`migtui migrate {p.app_label} {p.name}`" for p in sorted(parents))
        found.append(
            f"A database elsewhere that has applied what {key.name} was called, and not what it "
            f"depends on now, needs {before} before any other migrate, which would pass that over."
        )
    names = ", ".join(key.name for key in sorted(renamed))
    found.append(
        f"Once every database has recorded {names}, `migtui squash APP --finish` takes `replaces` "
        "out again. No row may be renamed besides: a database that knows the new name alone would "
        "apply it once more."
    )
    return tuple(found)


def follow(engine: Engine, stranded: Stranded, progress: Report | None = None) -> str:
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
