"""What a database has applied, migration by migration: when, and by which file."""

from collections.abc import Iterator, Sequence

from migtui.core.applied import AppliedMigration, Standing
from migtui.core.database_problems import LostRow
from migtui.core.migration import MigrationKey
from migtui.services.applied import Applied
from migtui.services.project import Project


def list_applied(
    project: Project, state: Applied, lost: Sequence[LostRow]
) -> tuple[AppliedMigration, ...]:
    """Every migration of the files and of the database, by app, then name.

    Args:
        project: The project.
        state: What the database has applied.
        lost: Its rows that no file stands for.
    """
    return tuple(sorted(_listed(project, state, lost), key=lambda item: item.key))


def _listed(
    project: Project, state: Applied, lost: Sequence[LostRow]
) -> Iterator[AppliedMigration]:
    times = {MigrationKey(row.app_label, row.name): row.applied for row in state.history.rows}
    replaced: dict[MigrationKey, MigrationKey] = {}
    known = set()
    for item in state.history.migrations:
        key = MigrationKey(item.app_label, item.name)
        known.add(key)
        replaced |= {MigrationKey(*other): key for other in item.replaces}
        standing = Standing.APPLIED if item.is_applied else Standing.PENDING
        time = times.get(key, "") if item.is_applied else ""
        yield AppliedMigration(key, standing, time, _path(project, state, key))
    for row in lost:
        known.add(row.key)
        standing = Standing.LOST if row.is_installed else Standing.FOREIGN
        yield AppliedMigration(row.key, standing, times[row.key], "", row.commit, row.renamed_to)
    for key in times.keys() - known:
        has_file = (key.app_label, key.name) in state.history.files
        path = _path(project, state, key) if has_file else ""
        yield AppliedMigration(key, Standing.REPLACED, times[key], path, now=replaced.get(key))


def _path(project: Project, state: Applied, key: MigrationKey) -> str:
    path = state.directories[key.app_label] / f"{key.name}.py"
    return str(path.relative_to(project.root) if path.is_relative_to(project.root) else path)
