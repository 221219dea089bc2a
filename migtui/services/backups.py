"""Backups of a project's databases: made, listed, dropped in time, and restored."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from migtui.core.backups import Manifest, Origin, backup_name, to_drop
from migtui.engine.client import Engine
from migtui.engine.protocol.backup import BackupOrder, MakeBackup, RestoreBackup
from migtui.engine.protocol.base import Report
from migtui.engine.protocol.history import DatabasePlace, FindDatabase
from migtui.errors import DatabaseError
from migtui.services.databases import (
    DEFAULT,
    UNLIMITED,
    as_error,
    lock_order,
    require_database,
)
from migtui.services.project import Project
from migtui.storage import backups as storage


@dataclass(frozen=True, slots=True)
class Restoration:
    """A restore that is to be confirmed.

    Attributes:
        path: Directory of the backup.
        copy: Of the database, which is whole.
        manifest: Of the backup.
        alias: Whose server and user it is restored with.
        name: Another database's name; empty for that of the settings.
        target: Which database it is.
        is_own: Whether that is the database that the backup is of.
    """

    path: Path
    copy: Path
    manifest: Manifest
    alias: str
    name: str
    target: DatabasePlace
    is_own: bool

    @property
    def overwrites(self) -> bool:
        """Whether there is something that goes."""
        return self.target.tables > 0


def backup_directory(project: Project, directory: str | None) -> Path:
    """Where backups lie: the place given, else beside the journal."""
    if directory is not None:
        return Path(directory).expanduser().resolve()
    return storage.backup_directory(project.root)


def backup_order(
    project: Project, engine: Engine, alias: str, directory: str | None = None
) -> BackupOrder:
    """What a new backup is called, and where it goes. Django may still be starting.

    Raises:
        NotFoundError: There is no such database.
        StorageError: The place can't be made.
        EngineError: Django could not be asked.
    """
    from migtui.vcs.repository import open_repository  # noqa: PLC0415 - git is rarely asked

    repository = open_repository(project.root)
    require_database(engine, alias)
    place = backup_directory(project, directory)
    storage.open_directory(place)
    now = datetime.now(UTC)
    return BackupOrder(
        directory=str(place),
        id=backup_name(alias, now.strftime("%Y%m%d-%H%M%S"), secrets.token_hex(2)),
        created=now.isoformat(timespec="seconds"),
        origin=Origin(
            project=str(project.root),
            settings=engine.start().settings,
            git_sha=repository.head if repository else None,
            git_branch=repository.branch if repository else None,
        ),
    )


def back_up(
    project: Project,
    engine: Engine,
    *,
    alias: str = DEFAULT,
    directory: str | None = None,
    lock_timeout: float,
    progress: Report | None = None,
) -> tuple[Path, Manifest]:
    """Make a backup; returns its directory and manifest. Older ones are dropped as configured.

    Raises:
        NotFoundError: There is no such database.
        DatabaseError: It can't be made; nothing of it is left.
        StorageError: The place can't be made.
        EngineError: Django could not be asked.
    """
    order = backup_order(project, engine, alias, directory)
    request = MakeBackup(alias, lock_order("backup", lock_timeout), order)
    outcome = engine.ask(request, progress, UNLIMITED)
    if outcome.manifest is None:
        raise as_error(alias, outcome.trouble)
    rotate(project, Path(order.directory), outcome.manifest.id)
    return Path(order.directory) / order.id, outcome.manifest


def rotate(project: Project, directory: Path, newest: str) -> None:
    """Drop the backups of the same database that are too many."""
    manifests, _ = storage.read_backups(directory)
    made = next((manifest for manifest in manifests if manifest.id == newest), None)
    if made is not None:
        for manifest in to_drop(manifests, made, project.config.keep_backups):
            storage.drop(directory, manifest)


def list_backups(
    project: Project, directory: str | None = None
) -> tuple[Path, tuple[Manifest, ...], tuple[str, ...]]:
    """The directory of backups, those in it, oldest first, and manifests that can't be read."""
    place = backup_directory(project, directory)
    return place, *storage.read_backups(place)


def prepare_restore(
    project: Project,
    engine: Engine,
    name: str,
    *,
    alias: str | None = None,
    into: str = "",
    directory: str | None = None,
) -> Restoration:
    """Find a backup, make sure that it is whole, and look at where it would go.

    Args:
        project: The project.
        engine: Its engine.
        name: The backup's, its beginning, or the path of its directory.
        alias: The database; None for the manifest's.
        into: Another database of the same server, or another file.
        directory: Where backups are, if elsewhere.

    Raises:
        NotFoundError: There is no such backup or database.
        StorageError: The backup is not whole.
        DatabaseError: The database can't be reached, or is of another vendor.
        EngineError: Django could not be asked.
    """
    path, manifest = storage.find_backup(backup_directory(project, directory), name)
    copy = storage.require_whole(path, manifest)
    chosen = alias or manifest.alias
    require_database(engine, chosen)
    if into and manifest.place.vendor == "sqlite":
        into = str(Path(into).expanduser().resolve())
    target = engine.ask(FindDatabase(chosen, into))
    if target.place is None or (target.trouble is not None and not into):
        raise as_error(chosen, target.trouble)
    if target.place.vendor != manifest.place.vendor:
        raise DatabaseError(
            f"The backup {manifest.id} is of {manifest.place.vendor}, and the database {chosen!r} "
            f"is of {target.place.vendor}.",
            help="Choose a database of the same vendor with --database.",
        )
    return Restoration(
        path, copy, manifest, chosen, into, target, is_own=target.place == manifest.place
    )


def restore(
    engine: Engine,
    restoration: Restoration,
    *,
    lock_timeout: float,
    progress: Report | None = None,
) -> tuple[str, ...]:
    """Restore what was confirmed; returns what could not be compared afterwards.

    Raises:
        DatabaseError: It was not restored, or is not as the manifest says; the message tells.
        EngineError: Django could not be asked.
    """
    outcome = engine.ask(
        RestoreBackup(
            restoration.alias,
            restoration.name,
            lock_order("restore", lock_timeout),
            str(restoration.copy),
            restoration.manifest,
        ),
        progress,
        UNLIMITED,
    )
    if outcome.trouble is not None:
        raise as_error(restoration.alias, outcome.trouble)
    return outcome.notes
