"""What the screen of databases asks; everything here blocks and is called in threads."""

from pathlib import Path

from migtui.core.backups import Manifest
from migtui.core.halfway import Halfway
from migtui.core.migration import MigrationKey
from migtui.core.runs import RunOutcome
from migtui.engine.client import Engine
from migtui.engine.protocol.base import Report
from migtui.services import backups as services
from migtui.services import database_check, halfway, rollback
from migtui.services.applied import read_applied
from migtui.services.project import Project
from migtui.services.rollback_refs import ref_names
from migtui.services.rollback_targets import Target
from migtui.tui.documents.database import DatabaseView

LOCK_TIMEOUT = 10.0
"""Seconds that the screen waits while somebody else migrates."""


class DatabaseSession:
    """The databases of an open project.

    Args:
        project: As Django sees it.
        engine: Which is running.
        aliases: Of every database, ``default`` first.
    """

    def __init__(self, project: Project, engine: Engine, aliases: tuple[str, ...]) -> None:
        self._project = project
        self._engine = engine
        self.aliases = aliases

    @property
    def title(self) -> str:
        """What the screen is about."""
        return str(self._project.root)

    def view(self, alias: str) -> DatabaseView:
        """What a database has applied, and what is wrong with that."""
        state = read_applied(self._project, self._engine, alias)
        return DatabaseView(state, database_check.check_state(self._project, self._engine, state))

    def find_halfway(self, alias: str, key: MigrationKey, report: Report) -> Halfway:
        """Where a migration has stopped on a database, and the SQL that leads out."""
        return halfway.find_halfway(self._engine, key, alias, report)

    def plan_rollback(self, alias: str, target: Target) -> rollback.Rollback:
        """The way back to a target."""
        return rollback.prepare_rollback(self._project, self._engine, target, alias=alias)

    def ref_names(self) -> tuple[str, ...]:
        """Branches and tags, to be completed."""
        return ref_names(self._project)

    def inspect_rollback(self, planned: rollback.Rollback) -> rollback.Rollback:
        """A rollback with its SQL and with what it destroys, rows counted."""
        return rollback.inspect(self._project, self._engine, planned, counts=True, with_sql=True)

    def run_rollback(self, planned: rollback.Rollback, report: Report) -> RunOutcome:
        """Roll back as planned, after a backup."""
        return rollback.run_rollback(
            self._project, self._engine, planned, lock_timeout=LOCK_TIMEOUT, progress=report
        )

    def back_up(self, alias: str, report: Report) -> Path:
        """Make a backup; its directory."""
        path, _ = services.back_up(
            self._project, self._engine, alias=alias, lock_timeout=LOCK_TIMEOUT, progress=report
        )
        return path

    def backups(self) -> tuple[str, tuple[Manifest, ...]]:
        """Where backups are, and which."""
        place, manifests, _ = services.list_backups(self._project)
        return str(place), manifests

    def prepare_restore(self, name: str) -> services.Restoration:
        """A restore to be confirmed."""
        return services.prepare_restore(self._project, self._engine, name)

    def restore(self, restoration: services.Restoration, report: Report) -> tuple[str, ...]:
        """Restore; what could not be compared."""
        return services.restore(
            self._engine, restoration, lock_timeout=LOCK_TIMEOUT, progress=report
        )
