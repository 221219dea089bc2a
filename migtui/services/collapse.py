"""Collapsing: work-in-progress migrations become one, for a branch that nobody else has.

No database knows the old ones, so that nothing is replaced: they go, and one stands for them.
"""

import shlex
from collections.abc import Sequence
from dataclasses import replace

from migtui.core.changes import ChangeSet, Create
from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.squash import Progress, find_range
from migtui.core.squash_finish import plan_removal
from migtui.core.squash_plan import SquashChoice, SquashPlan
from migtui.engine.client import Engine
from migtui.engine.protocol import AppliedMigrations, ProjectFacts
from migtui.errors import ResolutionError
from migtui.services.finish import removal_changes
from migtui.services.lock_files import lock_changes
from migtui.services.project import Project
from migtui.services.squash import Report, installed, plan_squash
from migtui.source.unreplace import drop_replaces


def plan_collapse(
    project: Project,
    engine: Engine,
    facts: ProjectFacts,
    choice: SquashChoice,
    *,
    applied: Sequence[AppliedMigrations],
    progress: Report | None = None,
) -> tuple[SquashPlan, SquashPlan]:
    """What collapsing a range would change; nothing is written.

    Returns:
        The squash of the range, which is what can be proved, and the plan that is written.

    Raises:
        UsageError: There is no such range.
        ResolutionError: Somebody has them: the default branch, or a database.
        EngineError: Django can't load the migrations.
        RewriteError: A file can't be edited safely.
    """
    project.require_apps([choice.app_label])
    graph = installed(project.graph, facts)
    keys = find_range(graph, choice.app_label, choice.start, choice.end)
    _require_unpublished(project, keys)
    choice = replace(choice, start=keys[0], name=choice.name or _suffix(keys))
    squash = plan_squash(project, engine, facts, choice, applied=applied, progress=progress)
    _require_unapplied(graph, squash)
    if squash.changes is None or squash.graph is None:
        return squash, squash
    return squash, _collapsed(project, squash)


def _suffix(keys: Sequence[MigrationKey]) -> str:
    """What follows the first one's number: what follows the last one's, or that it is collapsed."""
    suffix = keys[-1].name.partition("_")[2] or keys[-1].name
    number = keys[0].name.partition("_")[0]
    taken = {key.name for key in keys}
    return f"{suffix}_collapsed" if f"{number}_{suffix}" in taken else suffix


def _require_unpublished(project: Project, keys: Sequence[MigrationKey]) -> None:
    from migtui.vcs.published import published_files  # noqa: PLC0415 - git where it is asked

    paths = {project.graph.migrations[key].path: key for key in keys}
    found = published_files(project.root, paths, project.config.base)
    if found is None:
        raise ResolutionError(
            "Whether these migrations are published can't be told: git knows no default branch.",
            help="Name it with `base` in [tool.migtui], or squash them: others may have them.",
        )
    if found:
        names = ", ".join(paths[path].name for path in sorted(found))
        raise ResolutionError(
            f"The default branch has {names}, so others may have applied it.",
            help="Squash instead, without --collapse.",
        )


def _require_unapplied(graph: MigrationGraph, squash: SquashPlan) -> None:
    first = squash.replaces[0]
    parents = [key for key in graph.parents[first] if key.app_label == first.app_label]
    target = parents[0].name if parents else "zero"
    for entry in squash.standings:
        if entry.progress is Progress.UNKNOWN:
            raise ResolutionError(
                f"What {entry.database} has applied can't be told: {entry.error}.",
                help="Name the databases to ask with --database.",
            )
        if entry.progress is not Progress.NONE:
            raise ResolutionError(
                f"The database {entry.database} has applied {_applied(squash, entry.missing)}.",
                help=f"Roll back there first: `migtui rollback {first.app_label} {target}`.",
            )


def _applied(squash: SquashPlan, missing: Sequence[MigrationKey]) -> str:
    return ", ".join(key.name for key in squash.replaces if key not in missing)


def _collapsed(project: Project, squash: SquashPlan) -> SquashPlan:
    """The plan with the old files gone, and the new one as a plain migration."""
    if squash.changes is None or squash.graph is None:
        raise ResolutionError("There is nothing to collapse.")
    create = next(change for change in squash.changes.changes if isinstance(change, Create))
    removal = plan_removal(squash.graph, squash.key)
    changes, after = removal_changes(project, removal)
    migrations = dict(after.migrations)
    migrations[squash.key] = replace(squash.graph.migrations[squash.key], replaces=())
    graph = MigrationGraph.of(migrations.values(), after.swappable)
    app_label = squash.key.app_label
    content = drop_replaces(create.content, squash.key)
    first, last = squash.replaces[0].name, squash.replaces[-1].name
    words = ["migtui", "squash", app_label, first, last, "--collapse"]
    return replace(
        squash,
        changes=ChangeSet(
            f"{app_label}: collapse {first} to {last}",
            (
                Create(create.path, content),
                *changes,
                *lock_changes(project, graph, [app_label]),
            ),
            shlex.join(words),
        ),
        graph=graph,
    )
