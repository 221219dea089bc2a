"""Finishing a squash: the files that it replaces go, once every database has it."""

import shlex
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from migtui.core.changes import Change, ChangeSet, Delete, Rewrite
from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.squash import Progress, Standing, standing
from migtui.core.squash_finish import (
    FinishPlan,
    Listing,
    Removal,
    find_squash,
    plan_removal,
    read_listing,
)
from migtui.engine.client import Engine
from migtui.engine.protocol.project import AppliedMigrations, ProjectFacts
from migtui.errors import ResolutionError, UsageError
from migtui.services.consult import installed
from migtui.services.edit_files import edit_files, read_current
from migtui.services.lock_files import lock_changes
from migtui.services.notices import find_mentions
from migtui.services.project import Project
from migtui.services.write_verified import Written, write_changes
from migtui.source.unreplace import drop_repeated, drop_replaces


def plan_finish(
    project: Project,
    facts: ProjectFacts,
    app_label: str,
    name: MigrationKey | None,
    *,
    applied: Sequence[AppliedMigrations],
    files: Sequence[Path] = (),
) -> FinishPlan:
    """What finishing a squash would change; nothing is written.

    Args:
        project: The project, as Django has its apps.
        facts: Its apps.
        app_label: The app.
        name: The squash; None for the only one.
        applied: What databases have applied, of those that are asked.
        files: What other databases have applied, as ``read_listing`` takes it.

    Raises:
        UsageError: A file can't be read, or no squash is meant.
        ResolutionError: A file that would have to change can't be.
        RewriteError: A file can't be edited safely.
    """
    project.require_apps([app_label])
    graph = installed(project.graph, facts)
    squash = find_squash(graph, app_label, name)
    removal = plan_removal(graph, squash)
    standings = (
        *(_of_database(entry, removal) for entry in applied),
        *(_of_file(path, removal, graph.app_labels) for path in files),
    )
    refusals = tuple(_refusal(entry, squash) for entry in standings if not entry.is_ready)
    plan = FinishPlan(
        removal, standings, refusals, prunable=tuple(_prunable(removal, applied, standings))
    )
    if refusals:
        return plan
    changes, after = _changes(project, removal)
    mentions = find_mentions(project, removal.deleted, ChangeSet("", tuple(changes)).files_after())
    return replace(
        plan,
        changes=ChangeSet(
            f"{app_label}: finish {squash.name}",
            (*changes, *lock_changes(project, after, [app_label])),
            shlex.join(["migtui", "squash", app_label, "--finish", squash.name]),
        ),
        mentions=tuple(f"{entry.path}:{entry.line}: {entry.text}" for entry in mentions),
    )


def write_finish(project: Project, plan: FinishPlan, engine: Engine) -> Written:
    """Verify, write, and verify what was written; what does not verify is taken back.

    Raises:
        ResolutionError: It can't be finished, or did not verify; the files are as before.
        StorageError: It can't be written; the files are as before.
        EngineError: Django could not be asked; nothing was written.
    """
    if plan.changes is None:
        raise ResolutionError(" ".join(plan.refusals))
    return write_changes(project, plan.removal.squash.app_label, plan.changes, engine)


def _of_database(applied: AppliedMigrations, removal: Removal) -> Standing:
    if applied.error:
        return Standing(applied.alias, Progress.UNKNOWN, error=applied.error)
    rows = {MigrationKey(*row) for row in applied.rows}
    return standing(applied.alias, removal.squash, removal.replaced, rows)


def _of_file(path: Path, removal: Removal, known: Collection[str]) -> Standing:
    try:
        listing = read_listing(path.read_text(encoding="utf-8", errors="replace"), known)
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}.") from error
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}", help=error.help) from error
    return _of_listing(str(path), listing, removal)


def _of_listing(name: str, listing: Listing, removal: Removal) -> Standing:
    squash = removal.squash
    if squash.app_label not in listing.app_labels:
        error = f"it does not tell of {squash.app_label}"
        return Standing(name, Progress.UNKNOWN, error=error)
    if squash in listing.unrecorded:
        return Standing(name, Progress.WHOLE)
    return standing(name, squash, removal.replaced, listing.applied)


def _refusal(entry: Standing, squash: MigrationKey) -> str:
    match entry.progress:
        case Progress.UNKNOWN:
            return f"What {entry.database} has applied can't be told: {entry.error}."
        case Progress.WHOLE:
            return f"{entry.database} has not recorded {squash.name}: run `migrate` there first."
        case _:
            names = ", ".join(key.name for key in entry.missing)
            return (
                f"{entry.database} has applied a part of what {squash.name} replaces, {names} are "
                "missing: run `migrate` there first."
            )


def _prunable(
    removal: Removal, applied: Sequence[AppliedMigrations], standings: Sequence[Standing]
) -> list[tuple[str, tuple[str, ...]]]:
    """The records of migrations that will have no file, by database."""
    ready = {entry.database for entry in standings if entry.progress is Progress.SQUASH}
    gone = {*removal.replaced, *removal.deleted}
    found = []
    for entry in applied:
        names = [name for app, name in entry.rows if MigrationKey(app, name) in gone]
        if names and entry.alias in ready:
            found.append((entry.alias, tuple(names)))
    return found


def removal_changes(project: Project, removal: Removal) -> tuple[list[Change], MigrationGraph]:
    """The changes of the files that go or name one that goes, and the graph that they leave.

    Raises:
        RewriteError: A file can't be edited safely.
        StaleFileError: A file is not what it was when the project was read.
    """
    edited = edit_files(project, removal.edits)
    changes: list[Change] = [
        replace(change, content=drop_repeated(change.content))
        if isinstance(change, Rewrite)
        else change
        for change in edited.changes
    ]
    migrations = dict(edited.graph.migrations)
    for key in removal.deleted:
        content = read_current(project, project.graph.migrations[key])
        changes.append(Delete(migrations.pop(key).path, content))
    return changes, MigrationGraph.of(migrations.values(), project.graph.swappable)


def _changes(project: Project, removal: Removal) -> tuple[list[Change], MigrationGraph]:
    """The changes of migration files, and the graph that they leave."""
    changes, graph = removal_changes(project, removal)
    migrations = dict(graph.migrations)
    squash = migrations[removal.squash]
    content = read_current(project, squash)
    after = drop_replaces(content, removal.squash)
    migrations[removal.squash] = replace(squash, replaces=())
    return (
        [Rewrite(squash.path, content, after), *changes],
        MigrationGraph.of(migrations.values(), graph.swappable),
    )
