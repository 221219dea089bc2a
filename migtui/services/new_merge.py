"""The merge migration of a conflict: its name and what it holds."""

from collections.abc import Sequence
from datetime import UTC, datetime

from migtui.core.conflict import Conflict
from migtui.core.linearise import require_mergeable
from migtui.core.migration import MigrationKey
from migtui.core.names import merge_name
from migtui.errors import UsageError
from migtui.services.edit_files import package_of, sibling
from migtui.services.new_file import NewFile, new_file
from migtui.services.project import Project
from migtui.source.carry import CarriedOperation
from migtui.source.render import render_merge
from migtui.source.written import written_label


def new_merge(
    project: Project,
    conflict: Conflict,
    *,
    suffix: str | None,
    header: bool,
    django_version: str | None,
    operations: Sequence[CarriedOperation] = (),
) -> NewFile:
    """What ``makemigrations --merge`` would write, as the project's formatter lays it out.

    Args:
        project: The project.
        conflict: Of one of its apps.
        suffix: What follows the number in the name, instead of the leaves' names.
        header: Whether a comment says when and by what the file was made.
        django_version: For the header; where it is not known, migtui stands there.
        operations: What it does, copied from the branches.

    Raises:
        RewriteError: The operations can't stand in one file.
        UsageError: The suffix can't be part of a module's name.
        ResolutionError: The branches can't be merged as they are.
    """
    if suffix is not None and not suffix.isidentifier():
        raise UsageError(
            f"{suffix!r} can't be the name of a migration.",
            help="Use letters, digits and underscores, no digit first; a number is put before it.",
        )
    require_mergeable(project.graph, conflict.leaves)
    now = datetime.now(UTC)
    beside = project.graph.migrations[conflict.leaves[0]].path
    name = merge_name(
        [leaf.name for leaf in conflict.leaves],
        {path.stem for path in (project.root / beside).parent.iterdir()} | _replaced(project),
        suffix=suffix,
        timestamp=now.astimezone().strftime("%Y%m%d_%H%M"),
    )
    label = written_label(package_of(project, conflict.app_label), conflict.app_label)
    rendered = render_merge(
        [MigrationKey(label, leaf.name) for leaf in conflict.leaves],
        header=header,
        django_version=django_version,
        now=now,
        operations=operations,
    )
    key = MigrationKey(conflict.app_label, name)
    return new_file(project, key, sibling(beside, f"{name}.py"), rendered)


def _replaced(project: Project) -> set[str]:
    """Names that squashes replace: databases may have applied them."""
    return {
        key.name
        for migration in project.graph.migrations.values()
        for key in migration.replaced_keys
    }
