"""Edits of migrations as changes of the project's files, and the graph that results."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from migtui.core.changes import Change, Rename, Rewrite, sha256
from migtui.core.edits import MigrationEdit, changes_text
from migtui.core.graph import MigrationGraph
from migtui.core.migration import Migration, MigrationKey
from migtui.core.operation_edits import OperationEdit
from migtui.errors import StaleFileError
from migtui.services.project import Project
from migtui.source.carry import Import
from migtui.source.edit_operations import edit_operations
from migtui.source.layout import MigrationPackage, follow_references
from migtui.source.read import read_migration
from migtui.source.replacing import add_replaces
from migtui.source.rewrite import rewrite
from migtui.source.written import as_written


@dataclass(frozen=True, slots=True)
class EditedFiles:
    """What edits amount to.

    Attributes:
        changes: One for each edit.
        graph: The migrations as they will be, read from the new contents.
    """

    changes: tuple[Change, ...]
    graph: MigrationGraph


def edit_files(
    project: Project,
    edits: Iterable[MigrationEdit],
    operation_edits: Iterable[OperationEdit] = (),
    imports: Collection[Import] = (),
    *,
    replaces_old: bool = False,
) -> EditedFiles:
    """Make the edits, in memory.

    Args:
        project: The project.
        edits: One for each file that changes in its name or in what it depends on.
        operation_edits: Of any of its migrations.
        imports: What new expressions in them need to have imported.
        replaces_old: Whether what is renamed says that it replaces what it was called.

    Raises:
        RewriteError: A file can't be edited safely.
        StaleFileError: A file is not what it was when the project was read.
    """
    migrations = dict(project.graph.migrations)
    changes: list[Change] = []
    after: list[Migration] = []
    operations: dict[MigrationKey, list[OperationEdit]] = {}
    for entry in operation_edits:
        operations.setdefault(entry.migration, []).append(entry)
    edits = list(edits)
    named = {edit.migration for edit in edits}
    edits += [MigrationEdit(key) for key in sorted(operations) if key not in named]
    for edit in edits:
        old = migrations.pop(edit.migration)
        before = read_current(project, old)
        package = package_of(project, edit.migration.app_label)
        content = before
        if edit.migration in operations:
            content = edit_operations(content, edit.migration, operations[edit.migration], imports)
        if changes_text(edit, old):
            content = rewrite(content, as_written(edit, package))
        if replaces_old and edit.new_key != edit.migration:
            content = add_replaces(content, edit.new_key, edit.migration)
        path = sibling(old.path, f"{edit.new_key.name}.py")
        if path == old.path:
            changes.append(Rewrite(path, before, content))
        else:
            changes.append(Rename(old.path, path, before, content))
        new = read_migration(content, edit.new_key, path, writable=old.writable)
        after.append(_with_told(followed(new, package), old, before, package))
    migrations |= {migration.key: migration for migration in after}
    return EditedFiles(
        tuple(changes), MigrationGraph.of(migrations.values(), project.graph.swappable)
    )


def read_current(project: Project, migration: Migration) -> bytes:
    """A migration's content, which must be what it was when the project was read.

    Raises:
        StaleFileError: It is not.
    """
    content = project.read(migration.path)
    if sha256(content) != migration.sha256:
        raise StaleFileError(
            f"{migration.path} has changed since it was read.", help="Look at the conflict again."
        )
    return content


def sibling(path: str, name: str) -> str:
    """The path of a file beside another one."""
    return str(PurePosixPath(path).with_name(name))


def package_of(project: Project, app_label: str) -> MigrationPackage | None:
    """The package of an app's migrations."""
    return next((p for p in project.layout.packages if p.app_label == app_label), None)


def followed(migration: Migration, package: MigrationPackage | None) -> Migration:
    """A migration as read, with the labels of its package's files replaced by what they mean."""
    return migration if package is None else follow_references(migration, package.references)


def _with_told(
    new: Migration, old: Migration, before: bytes, package: MigrationPackage | None
) -> Migration:
    """The edited migration with the dependencies that Django told of it before."""
    if old.has_unknown_dependencies or not new.has_unknown_dependencies:
        return new
    read = followed(read_migration(before, old.key), package)
    known = {entry.key for entry in read.dependencies}
    told = [entry for entry in old.dependencies if entry.key not in known]
    kept = [entry for entry in new.dependencies if not entry.is_unknown]
    return replace(new, dependencies=(*kept, *told))
