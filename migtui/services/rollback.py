"""Rolling back: to a migration, to zero, to a git ref, or one side of a fork."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from migtui.core.migration import MigrationKey
from migtui.core.rollback import (
    Blocker,
    RollbackPlan,
    RollbackStep,
    after_migration,
    side_of_merge,
    steps_for,
)
from migtui.core.runs import RunOutcome
from migtui.engine.client import Engine
from migtui.engine.database_protocol import InspectRollback, RunRollback
from migtui.engine.protocol import OverlayFile, Progress, WriteSql
from migtui.errors import DatabaseError, EngineError, NotFoundError
from migtui.services.applied import Applied, Lost, read_applied
from migtui.services.backups import backup_directory, backup_order, rotate
from migtui.services.databases import UNLIMITED, as_error, lock_order
from migtui.services.hazards import count_rows, judge_sql
from migtui.services.project import Project

ZERO = "zero"
OTHER_WAYS = (
    "Nothing was done. `migtui restore` brings back a backup from before them; where the tables "
    "are as they should be already, `migtui migrate APP MIGRATION --fake` changes what counts as "
    "applied and nothing else."
)
"""What is left where a migration can't be unapplied."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a rollback leads to.

    Attributes:
        app_label: The app; empty where it is a ref.
        migration: What stays applied: a name, its beginning, or ``zero``; with ``side``, the last
            migration of the side that goes.
        side: Whether one side of a fork goes.
        ref: A branch, a tag, a commit; empty where it is a migration.
        unwanted: The migrations that go, where they are named one by one.
    """

    app_label: str = ""
    migration: str = ""
    side: bool = False
    ref: str = ""
    unwanted: frozenset[MigrationKey] = frozenset()


@dataclass(frozen=True, slots=True)
class Rollback:
    """A rollback that can be run.

    Attributes:
        plan: What is shown.
        alias: The database.
        keys: In the order in which they are unapplied.
        lost: Files to be taken from git; unapplying runs their code.
        is_local: Whether the database is on this machine.
        checkout: What to check out afterwards; empty where that is the present commit.
    """

    plan: RollbackPlan
    alias: str
    keys: tuple[MigrationKey, ...]
    lost: tuple[Lost, ...]
    is_local: bool
    checkout: str = ""

    @property
    def overlay(self) -> tuple[OverlayFile, ...]:
        """The files from git, as if they were in the working tree."""
        return tuple(
            OverlayFile(str(lost.path), lost.content)
            for lost in self.lost
            if lost.content is not None
        )


def prepare_rollback(
    project: Project,
    engine: Engine,
    target: Target,
    *,
    alias: str,
) -> Rollback:
    """What has to be unapplied, in which order. Runs no code of other commits.

    Args:
        project: The project.
        engine: Its engine.
        target: Where to.
        alias: The database.

    Raises:
        NotFoundError: No such database, app, migration or ref.
        DatabaseError: It can't be asked, what is asked for is not applied, a file is nowhere.
        GitError: A ref was given and git can't tell.
        EngineError: Django could not be asked.
    """
    state = read_applied(project, engine, alias)
    checkout = ""
    notes: list[str] = []
    unwanted: set[MigrationKey] | frozenset[MigrationKey]
    if target.unwanted:
        unwanted = target.unwanted
    elif target.ref:
        unwanted, checkout, notes = _not_in_ref(project, state, target.ref)
    else:
        unwanted = _after(state, target)
    keys = steps_for(state.parents, state.applied, unwanted)
    _require_known(state, keys)
    by_key = {lost.key: lost for lost in state.lost}
    taken = [by_key[key] for key in keys if key in by_key]
    # What is built upon a file from git may need the others, so all of them are laid over.
    lost = tuple(entry for entry in state.lost if entry.content is not None) if taken else ()
    place = state.history.place
    plan = RollbackPlan(
        alias=alias,
        place=str(place) if place else alias,
        steps=tuple(RollbackStep(key.app_label, key.name, atomic=False) for key in keys),
        sources=tuple((str(entry.key), entry.commit) for entry in taken),
        notes=tuple(notes),
    )
    return Rollback(plan, alias, keys, lost, state.history.is_local, checkout)


def _after(state: Applied, target: Target) -> set[MigrationKey]:
    app_label = target.app_label
    parents, applied = state.parents, state.applied
    names = sorted(key.name for key in parents if key.app_label == app_label)
    if not names:
        known = sorted({key.app_label for key in parents})
        raise NotFoundError(
            f"There is no app {app_label!r} with migrations.",
            help=f"There are: {', '.join(known)}.",
        )
    if target.migration == ZERO:
        return {key for key in applied if key.app_label == app_label}
    chosen = [name for name in names if name == target.migration] or [
        name for name in names if name.startswith(target.migration)
    ]
    if len(chosen) != 1:
        raise NotFoundError(
            f"{target.migration!r} is short for several of {app_label}: {', '.join(chosen)}."
            if chosen
            else f"{app_label} has no migration {target.migration!r}.",
            help="" if chosen else f"The last ones are: {', '.join(names[-8:])}.",
        )
    key = MigrationKey(app_label, chosen[0])
    if key not in applied:
        raise DatabaseError(
            f"{key} is not applied to {state.history.alias!r}, so there is no way back to it.",
            help="`migtui migrate` goes forward.",
        )
    return _side(parents, key) if target.side else after_migration(parents, key)


def _side(parents: dict[MigrationKey, set[MigrationKey]], key: MigrationKey) -> set[MigrationKey]:
    side = side_of_merge(parents, key)
    if any(not any(p.app_label == k.app_label for p in parents[k]) for k in side):
        raise DatabaseError(
            f"{key} is not on one side of a fork: all of {key.app_label} would go.",
            help="Without --side, what is named stays applied.",
        )
    return side


def _not_in_ref(
    project: Project, state: Applied, ref: str
) -> tuple[set[MigrationKey], str, list[str]]:
    """The applied migrations that a ref has not, what to check out then, and what is left alone."""
    from migtui.services.snapshots import open_snapshots  # noqa: PLC0415 - git is rarely asked

    with open_snapshots(project) as snapshots:
        sha = snapshots.repository.commit(ref)
        there = snapshots.of_tree(sha)
        if there.conflicts:
            labels = ", ".join(conflict.app_label for conflict in there.conflicts)
            raise DatabaseError(
                f"{ref} has several leaves in {labels}, so Django would not migrate there.",
                help="Choose a ref without a conflict, or name an app and a migration.",
            )
        known = set(there.graph.migrations)
        unwanted: set[MigrationKey] = set()
        foreign: set[str] = set()
        for key in state.applied:
            directory = state.directories.get(key.app_label)
            if directory is None or snapshots.repository.path(directory) is None:
                foreign.add(key.app_label)
            elif not (
                key in known or there.files.is_file(directory / f"{key.name}.py")
            ) and not _is_installed(directory):
                unwanted.add(key)
            elif _is_installed(directory):
                foreign.add(key.app_label)
        is_there = snapshots.repository.head == sha
    notes = []
    if foreign:
        names = ", ".join(sorted(foreign))
        notes.append(f"Left alone, as git does not have them (installed packages): {names}.")
    return unwanted, "" if is_there else ref, notes


def _is_installed(directory: Path) -> bool:
    return not {"site-packages", "dist-packages"}.isdisjoint(directory.parts)


def _require_known(state: Applied, keys: tuple[MigrationKey, ...]) -> None:
    """Make sure that nothing is applied to the same apps whose file is nowhere."""
    labels = {key.app_label for key in keys}
    nowhere = [
        str(lost.key)
        for lost in state.lost
        if lost.migration is None and lost.key.app_label in labels
    ]
    if nowhere:
        raise DatabaseError(
            f"Applied, but without a file in the working tree or in any commit: "
            f"{', '.join(nowhere)}.",
            help="What it made can't be told, so nothing is unapplied. Find the file, or say with "
            "`migtui check --database` what it was renamed to.",
        )


def inspect(
    project: Project, engine: Engine, rollback: Rollback, *, counts: bool, with_sql: bool
) -> Rollback:
    """Look closer: blockers, what goes, what breaks, the SQL. Runs the code of files from git.

    Args:
        project: The project.
        engine: Its engine.
        rollback: What was prepared, and consented to where files are taken from git.
        counts: Count rows and values.
        with_sql: Write the SQL as well, and judge it.

    Raises:
        DatabaseError: Django can't plan it.
        EngineError: Django could not be asked.
        ConfigError: ``[tool.migtui.ignore]`` names a code that there is not.
    """
    keys = tuple((key.app_label, key.name) for key in rollback.keys)
    details = engine.ask(
        InspectRollback(rollback.alias, keys, rollback.overlay, counts), timeout=UNLIMITED
    )
    if details.trouble is not None:
        raise as_error(rollback.alias, details.trouble)
    notes = rollback.plan.notes
    if details.unknown:
        notes += (f"What goes and what breaks can't be told: {details.unknown}",)
    plan = replace(
        rollback.plan,
        steps=tuple(_relative(step, project.root) for step in details.steps),
        destroyed=details.destroyed,
        returned=details.returned,
        breaks=details.breaks,
        notes=notes,
    )
    if with_sql:
        plan = _with_sql(project, engine, rollback, plan, counts=counts)
    return replace(rollback, plan=plan)


def _relative(step: RollbackStep, root: Path) -> RollbackStep:
    def path(blocker: Blocker) -> str:
        found = Path(blocker.path)
        return str(found.relative_to(root)) if found.is_relative_to(root) else blocker.path

    return replace(step, blockers=tuple(replace(item, path=path(item)) for item in step.blockers))


def _with_sql(
    project: Project, engine: Engine, rollback: Rollback, plan: RollbackPlan, *, counts: bool
) -> RollbackPlan:
    keys = tuple((key.app_label, key.name) for key in rollback.keys)
    versions = dict(project.config.server_versions)
    order = WriteSql(
        keys, backwards=True, alias=plan.alias, overlay=rollback.overlay, server_versions=versions
    )
    try:
        script = engine.ask(order, timeout=UNLIMITED)
    except EngineError as error:
        return replace(plan, notes=(*plan.notes, f"The SQL can't be told: {error.message}"))
    judged = judge_sql(project, script)
    return replace(
        plan,
        script=script,
        judgements=judged.judgements,
        rows=count_rows(engine, judged, alias=plan.alias) if counts else (),
        notes=(*plan.notes, *judged.notes),
    )


def run_rollback(
    project: Project,
    engine: Engine,
    rollback: Rollback,
    *,
    lock_timeout: float,
    backup: bool = True,
    directory: str | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> RunOutcome:
    """Unapply what was planned, and consented to; under the lock, after a backup.

    Args:
        project: The project.
        engine: Its engine.
        rollback: What was prepared.
        lock_timeout: Seconds to wait while somebody else migrates.
        backup: Make one before.
        directory: Where, if elsewhere.
        progress: Called as it gets on.

    Raises:
        DatabaseError: A step can't be unapplied; nothing was done.
        StorageError: The backup has no place; nothing was done.
        EngineError: Django could not be asked, or the process ended.
    """
    blockers = rollback.plan.blockers
    if blockers:
        raise DatabaseError(
            f"Not rolled back: {'; '.join(blockers)}.",
            help="\n".join((*dict.fromkeys(item.help for item in blockers.values()), OTHER_WAYS)),
        )
    request = RunRollback(
        alias=rollback.alias,
        keys=tuple((key.app_label, key.name) for key in rollback.keys),
        lock=lock_order("rollback", lock_timeout),
        overlay=rollback.overlay,
        backup=backup_order(project, engine, rollback.alias, directory) if backup else None,
    )
    outcome = engine.ask(request, progress, UNLIMITED)
    if outcome.backup:
        rotate(project, backup_directory(project, directory), outcome.backup)
    return outcome
