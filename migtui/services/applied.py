"""What a database has applied, with the files that are not in the working tree any more."""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from migtui.core.migration import Migration, MigrationKey
from migtui.engine.client import Engine
from migtui.engine.protocol.history import DatabaseHistory, ReadHistory
from migtui.errors import StorageError
from migtui.services.databases import as_error, require_database
from migtui.services.project import Project
from migtui.source.read import read_migration
from migtui.storage.journal import journal_directory, read_history, read_object


@dataclass(frozen=True, slots=True)
class Lost:
    """A migration that is applied and has no file.

    Attributes:
        key: Its name.
        path: Where its file was, absolute; None where its app is not installed.
        commit: The commit that still has it; empty where it is the journal, or nowhere.
        content: As it was there; None where it is nowhere.
        migration: What was read of that.
    """

    key: MigrationKey
    path: Path | None = None
    commit: str = ""
    content: bytes | None = None
    migration: Migration | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """What a database has applied.

    Attributes:
        history: As Django sees it.
        directories: Of each installed app's migrations.
        lost: What has no file, in the order in which it was applied.
    """

    history: DatabaseHistory
    directories: Mapping[str, Path]
    lost: tuple[Lost, ...]

    @property
    def parents(self) -> dict[MigrationKey, set[MigrationKey]]:
        """What each migration depends on; lost ones as their file says."""
        found = {
            MigrationKey(item.app_label, item.name): {MigrationKey(*key) for key in item.parents}
            for item in self.history.migrations
        }
        for lost in self.lost:
            if lost.migration is not None:
                keys = (entry.key for entry in lost.migration.dependencies)
                found[lost.key] = {key for key in keys if key is not None}
        return found

    @property
    def applied(self) -> set[MigrationKey]:
        """What counts as applied; of what is lost, what was found."""
        found = {
            MigrationKey(item.app_label, item.name)
            for item in self.history.migrations
            if item.is_applied
        }
        return found | {lost.key for lost in self.lost if lost.migration is not None}

    @property
    def known(self) -> set[MigrationKey]:
        """What has a row or counts as applied, whatever stands for it."""
        rows = {MigrationKey(row.app_label, row.name) for row in self.history.rows}
        return self.applied | rows


def read_applied(project: Project, engine: Engine, alias: str) -> Applied:
    """What a database has applied. Nothing is written, and no code of another commit is run.

    Raises:
        NotFoundError: There is no such database in the settings.
        DatabaseError: It can't be asked.
        EngineError: Django could not be asked.
    """
    require_database(engine, alias)
    history = engine.ask(ReadHistory(alias))
    if history.trouble is not None:
        raise as_error(alias, history.trouble)
    directories = {
        app.label: Path(app.migrations_path)
        for app in engine.start().apps
        if app.migrations_path is not None
    }
    return Applied(history, directories, tuple(_find(project, history, directories)))


def _find(
    project: Project, history: DatabaseHistory, directories: Mapping[str, Path]
) -> Iterable[Lost]:
    files = set(history.files)
    replaced = {key for item in history.migrations for key in item.replaces}
    keys = [
        MigrationKey(row.app_label, row.name)
        for row in history.rows
        if (row.app_label, row.name) not in files | replaced
    ]
    places = {
        key: directories[key.app_label] / f"{key.name}.py"
        for key in keys
        if key.app_label in directories and key.name.isidentifier() | key.name[:1].isdigit()
    }
    found = _from_journal(project, places) | _from_git(project, places) if places else {}
    for key in keys:
        path = places.get(key)
        commit, content = found.get(key, ("", None))
        migration = None if content is None else read_migration(content, key)
        yield Lost(key, path, commit, content, migration)


def _from_journal(
    project: Project, places: Mapping[MigrationKey, Path]
) -> dict[MigrationKey, tuple[str, bytes]]:
    """The files that migtui itself renamed, removed, or wrote and took back."""
    directory = journal_directory(project.root)
    paths = {os.path.relpath(path, project.root): key for key, path in places.items()}
    found = {}
    for entry in read_history(directory).entries:
        for file in entry.files:
            key = paths.get(file.path)
            digest = file.before or file.after
            if key is not None and digest is not None:
                with suppress(StorageError):
                    found[key] = ("", read_object(directory, digest))
    return found


def _from_git(
    project: Project, places: Mapping[MigrationKey, Path]
) -> dict[MigrationKey, tuple[str, bytes]]:
    from migtui.vcs.lost import find_lost  # noqa: PLC0415 - git is rarely asked
    from migtui.vcs.repository import open_repository  # noqa: PLC0415

    repository = open_repository(project.root, base=project.config.base)
    if repository is None:
        return {}
    paths = {key: repository.path(path) for key, path in places.items()}
    found = find_lost(repository, {path for path in paths.values() if path is not None})
    return {
        key: (found[path].commit, found[path].content)
        for key, path in paths.items()
        if path is not None and path in found
    }
