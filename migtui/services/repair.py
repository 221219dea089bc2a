"""Mends a graph that Django cannot load, as far as it is known what was meant."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from migtui.core.changes import Change, ChangeSet
from migtui.core.edits import MigrationEdit
from migtui.core.graph import MigrationGraph
from migtui.core.journal import Entry
from migtui.core.migration import MigrationKey
from migtui.core.problems import Problem
from migtui.engine.client import Engine
from migtui.engine.protocol.base import OverlayFile
from migtui.engine.protocol.project import LoadGraph
from migtui.errors import MigtuiError, ResolutionError, RewriteError
from migtui.services.edit_files import EditedFiles, edit_files, package_of
from migtui.services.lock_files import lock_changes, new_lock_files
from migtui.services.project import Project
from migtui.source.files import DISK, Overlaid
from migtui.storage import transaction
from migtui.storage.journal import journal_directory

CONFLICT = "migtui.E001"
NUMBER = re.compile(r"\d+_")


@dataclass(frozen=True, slots=True)
class Repair:
    """What can be mended.

    Attributes:
        changes: What is written; without any, there is nothing that could be mended.
        done: What that mends, one sentence each.
        left: The errors that stay; conflicts are not among them.
        conflicts: The apps with several leaves, once it is written.
    """

    changes: ChangeSet
    done: tuple[str, ...]
    left: tuple[Problem, ...]
    conflicts: tuple[str, ...]


def plan_repair(project: Project, *, with_new_lock_files: bool = False) -> Repair:
    """What can be mended; nothing is written.

    Both sides of an unfinished merge are kept, in files of their own. A dependency on a file that
    was renamed follows it, where git's history tells so, or one migration of the app differs from
    the missing one in its number alone. Lock files get the leaves that the graph has.

    Args:
        project: The project.
        with_new_lock_files: Whether apps without a ``max_migration.txt`` get one.

    Raises:
        StaleFileError: A file is not what it was when the project was read.
    """
    done = [*_of_the_merge(project)]
    edited, sentences = _follow_renames(project)
    done += sentences
    locks: list[Change] = [*lock_changes(project, edited.graph, edited.graph.app_labels)]
    done += [f"{change.path} names the leaf that the graph has." for change in locks]
    if with_new_lock_files:
        created = new_lock_files(project, edited.graph)
        done += [f"{change.path} is new." for change in created]
        locks += created
    changes = ChangeSet("repair", project.onto_disk([*edited.changes, *locks]), "migtui repair")
    left = [
        problem
        for problem in _mended(project, edited.graph, changes).problems()
        if problem.severity == "error" and problem.code != CONFLICT
    ]
    return Repair(changes, tuple(done), tuple(left), edited.graph.conflicting_apps)


def _mended(project: Project, graph: MigrationGraph, changes: ChangeSet) -> Project:
    """The project as it will be."""
    contents = {project.root / path: content for path, content in changes.files_after().items()}
    files = Overlaid(DISK, contents)
    return Project(
        project.root, project.config, project.layout, graph.migrations.values(), files=files
    )


def _of_the_merge(project: Project) -> Iterator[str]:
    """What becomes of the files that git could not put together."""
    unfinished = project.unfinished
    if unfinished is None:
        return
    for twin in unfinished.twins:
        yield (
            f"{twin.path} is that of {twin.kept_by}; that of {twin.renamed_of} is kept as "
            f"{twin.new_path}."
        )
    twins = {twin.path for twin in unfinished.twins} | {t.new_path for t in unfinished.twins}
    for migration in unfinished.marked:
        laid_over = project.root / migration.path in unfinished.contents
        if laid_over and migration.path not in twins:
            yield f"{migration.path} is what one side made of it: the other changed its layout."


def _follow_renames(project: Project) -> tuple[EditedFiles, list[str]]:
    """Dependencies on files that were renamed, re-pointed one after another."""
    edited = EditedFiles((), project.graph)
    missing = {
        entry.dependency.key
        for entry in project.graph.missing
        if entry.dependency.key is not None and project.graph.migrations[entry.migration].writable
    }
    if not missing:
        return edited, []
    renamed: dict[MigrationKey, MigrationKey] = {}
    done: list[str] = []
    known = _renames_in_git(project, missing)
    for key in sorted(missing):
        found = known.get(key) or _renumbered(project.graph, key)
        if found is None:
            continue
        candidate = _edited(project, {**renamed, key: found})
        if candidate is None or candidate.graph.cycles != project.graph.cycles:
            continue
        renamed[key], edited = found, candidate
        how = "git renamed it" if key in known else "it has the same name with another number"
        done.append(f"Dependencies on {key} are on {found.name} now: {how}.")
    return edited, done


def _edited(project: Project, renamed: Mapping[MigrationKey, MigrationKey]) -> EditedFiles | None:
    naming = frozenset().union(*(project.graph.named_by.get(key, frozenset()) for key in renamed))
    try:
        return edit_files(project, [MigrationEdit(key, renamed=renamed) for key in sorted(naming)])
    except RewriteError:
        return None


def _renumbered(graph: MigrationGraph, missing: MigrationKey) -> MigrationKey | None:
    """The only migration of the app that differs from a missing one in its number alone."""
    words = NUMBER.sub("", missing.name, count=1)
    needing = {entry.migration for entry in graph.missing if entry.dependency.key == missing}
    later = frozenset().union(*(graph.descendants(graph.active(key)) for key in needing))
    found = [
        key
        for key in graph.nodes - later
        if key.app_label == missing.app_label
        and key.name != words
        and NUMBER.sub("", key.name, count=1) == words
    ]
    return found[0] if len(found) == 1 and words != missing.name else None


def _renames_in_git(
    project: Project, missing: set[MigrationKey]
) -> Mapping[MigrationKey, MigrationKey]:
    from migtui.vcs.renames import renamed_files  # noqa: PLC0415 - git where it is needed
    from migtui.vcs.repository import open_repository  # noqa: PLC0415

    repository = open_repository(project.root, base=project.config.base)
    if repository is None:
        return {}
    directories: dict[str, str] = {}
    for app_label in {key.app_label for key in missing}:
        package = package_of(project, app_label)
        path = repository.path(package.directory) if package is not None else None
        if path is not None:
            directories[app_label] = path
    renames = renamed_files(repository, tuple(directories.values()))
    found: dict[MigrationKey, MigrationKey] = {}
    for key in missing & {key for key in missing if key.app_label in directories}:
        new = renames.get(f"{directories[key.app_label]}/{key.name}.py")
        other = MigrationKey(key.app_label, Path(new).stem) if new else None
        if other is not None and other in project.graph.migrations:
            found[key] = other
    return found


def django_says(project: Project, repair: Repair, engine: Engine) -> str:
    """Why Django does not load the project as it will be; empty where it does.

    Raises:
        EngineError: Django could not be asked.
    """
    overlay = tuple(
        OverlayFile(str(project.root / path), content)
        for path, content in repair.changes.files_after().items()
    )
    return engine.ask(LoadGraph(overlay)).error


def write_repair(project: Project, repair: Repair) -> Entry:
    """Write what can be mended, and read it again; what went wrong is taken back.

    Raises:
        ResolutionError: The files are not as they were to be; they are as before again.
        StorageError: It can't be written; the files are as before.
    """
    directory = journal_directory(project.root)
    entry = transaction.apply(project.root, directory, repair.changes)
    try:
        problems = project.reload().problems()
    except MigtuiError as error:
        transaction.undo(project.root, directory)
        raise ResolutionError(f"It could not be read again: {error.message}") from error
    left = {problem.message for problem in repair.left}
    new = [
        problem.message
        for problem in problems
        if problem.severity == "error" and problem.code != CONFLICT and problem.message not in left
    ]
    if new:
        transaction.undo(project.root, directory)
        raise ResolutionError(f"It did not mend what it should have, and was taken back: {new[0]}")
    return entry
