"""Collapsing: work-in-progress migrations become one, for a branch that nobody else has.

No database knows the old ones once it is rolled back, so that nothing is replaced: they go, and
one stands for them.
"""

import shlex
from collections.abc import Collection, Sequence
from dataclasses import replace

from migtui.core.changes import ChangeSet, Create
from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.squash import find_range
from migtui.core.squash_finish import plan_removal
from migtui.core.squash_plan import Collapse, SquashChoice, SquashPlan, Unapplied
from migtui.engine.client import Engine
from migtui.engine.protocol.base import OverlayFile, Report
from migtui.engine.protocol.project import AppliedMigrations, ProjectFacts
from migtui.errors import ResolutionError
from migtui.services.consult import installed
from migtui.services.finish import removal_changes
from migtui.services.lock_files import lock_changes
from migtui.services.new_squash import command_words
from migtui.services.project import Project
from migtui.services.roll_back_first import remarks
from migtui.services.squash import plan_squash
from migtui.source.unreplace import drop_replaces


def plan_range(
    project: Project,
    engine: Engine,
    facts: ProjectFacts,
    choice: SquashChoice,
    *,
    collapses: bool,
    applied: Sequence[AppliedMigrations],
    progress: Report | None = None,
) -> Collapse:
    """What is proved of a range and what is written: the same unless it is collapsed.

    Args:
        project: The project, as Django has its apps.
        engine: Django.
        facts: Its versions and apps.
        choice: What is wanted.
        collapses: Whether the old files go at once.
        applied: What databases have applied.
        progress: Called as the answer gets on.

    Raises:
        UsageError: There is no such range.
        ResolutionError: It can't be squashed; or others have what is to be collapsed.
        EngineError: Django can't load the migrations.
        RewriteError: A file can't be edited safely.
        StaleFileError: A file is not what it was when the project was read.
    """
    if collapses:
        return _plan_collapse(project, engine, facts, choice, applied=applied, progress=progress)
    plan = plan_squash(project, engine, facts, choice, applied=applied, progress=progress)
    return Collapse(plan, plan)


def _plan_collapse(
    project: Project,
    engine: Engine,
    facts: ProjectFacts,
    choice: SquashChoice,
    *,
    applied: Sequence[AppliedMigrations],
    progress: Report | None,
) -> Collapse:
    project.require_apps([choice.app_label])
    graph = installed(project.graph, facts)
    keys = find_range(graph, choice.app_label, choice.start, choice.end)
    require_unpublished(project, keys)
    unapplied = find_unapplied(keys, applied)
    found = collapse_range(
        project, engine, facts, choice, keys, applied=without(applied, keys), progress=progress
    )
    plan = replace(found.plan, remarks=(*found.plan.remarks, *remarks(unapplied)))
    return Collapse(found.squash, plan, unapplied)


def collapse_range(
    project: Project,
    engine: Engine,
    facts: ProjectFacts,
    choice: SquashChoice,
    keys: Sequence[MigrationKey],
    *,
    applied: Sequence[AppliedMigrations],
    overlay: tuple[OverlayFile, ...] = (),
    progress: Report | None = None,
) -> Collapse:
    """What collapsing migrations would change that nobody else has and no database has applied.

    Args:
        project: The project, as Django has its apps.
        engine: Django.
        facts: Its versions and apps.
        choice: What is wanted; its range is ``keys``.
        keys: The migrations, in order.
        applied: What databases have applied besides.
        overlay: What the project has that is not written yet.
        progress: Called as the answer gets on.

    Raises:
        ResolutionError: It can't be squashed.
        EngineError: Django can't load the migrations.
        RewriteError: A file can't be edited safely.
    """
    choice = replace(choice, start=keys[0], name=choice.name or _suffix(keys))
    squash = plan_squash(
        project, engine, facts, choice, applied=applied, overlay=overlay, progress=progress
    )
    return Collapse(squash, _collapsed(project, squash))


def _suffix(keys: Sequence[MigrationKey]) -> str:
    """What follows the first one's number: what follows the last one's, or that it is collapsed."""
    suffix = keys[-1].name.partition("_")[2] or keys[-1].name
    number = keys[0].name.partition("_")[0]
    taken = {key.name for key in keys}
    return f"{suffix}_collapsed" if f"{number}_{suffix}" in taken else suffix


def require_unpublished(project: Project, keys: Sequence[MigrationKey]) -> None:
    """Make sure that the default branch has none of these.

    Raises:
        ResolutionError: It has, or that can't be told.
    """
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
            help="Squash instead of collapsing, or choose a range that it does not have.",
        )


def find_unapplied(
    keys: Collection[MigrationKey], applied: Sequence[AppliedMigrations]
) -> tuple[Unapplied, ...]:
    """What has to be rolled back before these migrations can go.

    Raises:
        ResolutionError: What a database has applied can't be told.
    """
    found = []
    for entry in applied:
        if entry.error:
            raise ResolutionError(
                f"What {entry.alias} has applied can't be told: {entry.error}.",
                help="Name the databases to ask with --database.",
            )
        rows = {MigrationKey(*row) for row in entry.rows}
        if those := tuple(key for key in keys if key in rows):
            found.append(Unapplied(entry.alias, those))
    return tuple(found)


def without(
    applied: Sequence[AppliedMigrations], keys: Collection[MigrationKey]
) -> tuple[AppliedMigrations, ...]:
    """What databases have applied once these are rolled back."""
    gone = {(key.app_label, key.name) for key in keys}
    return tuple(
        replace(entry, rows=tuple(row for row in entry.rows if tuple(row) not in gone))
        for entry in applied
    )


def _collapsed(project: Project, squash: SquashPlan) -> SquashPlan:
    """The plan with the old files gone, and the new one as a plain migration."""
    if squash.changes is None or squash.graph is None:
        return squash
    create = next(change for change in squash.changes.changes if isinstance(change, Create))
    removal = plan_removal(squash.graph, squash.key)
    changes, after = removal_changes(project, removal)
    migrations = dict(after.migrations)
    migrations[squash.key] = replace(squash.graph.migrations[squash.key], replaces=())
    graph = MigrationGraph.of(migrations.values(), after.swappable)
    app_label = squash.key.app_label
    content = drop_replaces(create.content, squash.key)
    first, last = squash.replaces[0], squash.replaces[-1]
    suffix = squash.choice.name
    name = None if suffix == _suffix(squash.replaces) else suffix
    words = command_words(replace(squash.choice, start=first, end=last, name=name))
    return replace(
        squash,
        changes=ChangeSet(
            f"{app_label}: collapse {first.name} to {last.name}",
            (
                Create(create.path, content),
                *changes,
                *lock_changes(project, graph, [app_label]),
            ),
            shlex.join(["migtui", "squash", *words, "--collapse"]),
        ),
        graph=graph,
    )
