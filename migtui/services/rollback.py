"""Rolling back: planned, looked at closely, run."""

from dataclasses import dataclass, replace
from pathlib import Path

from migtui.core.describe import describe
from migtui.core.migration import MigrationKey
from migtui.core.rollback import (
    Blocker,
    RollbackPlan,
    RollbackStep,
    steps_for,
)
from migtui.core.runs import RunOutcome
from migtui.engine.client import Engine
from migtui.engine.protocol.base import OverlayFile, Report
from migtui.engine.protocol.rollback import InspectRollback, RunRollback
from migtui.engine.protocol.sql import WriteSql
from migtui.errors import DatabaseError, EngineError
from migtui.services.applied import Applied, Lost, read_applied
from migtui.services.backups import backup_directory, backup_order, rotate
from migtui.services.databases import UNLIMITED, as_error, lock_order
from migtui.services.judging import count_rows, judge_sql
from migtui.services.project import Project
from migtui.services.rollback_targets import Target, find_unwanted
from migtui.source.operations import read_operations

OTHER_WAYS = (
    "Nothing was done. `migtui restore` brings back a backup from before them; where the tables "
    "are as they should be already, `migtui migrate APP MIGRATION --fake` changes what counts as "
    "applied and nothing else."
)
"""What is left where a migration can't be unapplied."""


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
        UsageError: A name is short for several.
        DatabaseError: It can't be asked, what is asked for is not applied, a file is nowhere.
        GitError: A ref was given and git can't tell.
        EngineError: Django could not be asked.
    """
    state = read_applied(project, engine, alias)
    unwanted = find_unwanted(project, state, target)
    keys = steps_for(state.parents, state.applied, unwanted.keys)
    _require_known(state, keys)
    by_key = {lost.key: lost for lost in state.lost}
    taken = [by_key[key] for key in keys if key in by_key]
    read = {entry.key: _as_read(entry) for entry in taken}
    # What is built upon a file from git may need the others, so all of them are laid over.
    lost = tuple(entry for entry in state.lost if entry.content is not None) if taken else ()
    place = state.history.place
    plan = RollbackPlan(
        alias=alias,
        place=str(place) if place else alias,
        steps=tuple(
            RollbackStep(key.app_label, key.name, atomic=False, notes=read.get(key, ()))
            for key in keys
        ),
        sources=tuple((str(entry.key), entry.commit) for entry in taken),
        notes=unwanted.notes,
    )
    return Rollback(plan, alias, keys, lost, state.history.is_local, unwanted.checkout)


def _as_read(lost: Lost) -> tuple[str, ...]:
    """What a file from git does, as far as reading tells, which runs none of it."""
    operations = read_operations(lost.content or b"", with_code=False)
    return tuple(f"as its file reads: {describe(operation)}" for operation in operations)


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
    progress: Report | None = None,
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
