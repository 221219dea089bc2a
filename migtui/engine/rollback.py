"""Unapplies migrations one after another under the lock, and says before what that destroys."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunPython, RunSQL

from migtui.core.rollback import Blocker, RollbackStep, Stored
from migtui.core.runs import RunOutcome, Trouble
from migtui.core.table_changes import breaks, destroyed, returned
from migtui.engine.backup import write_backup
from migtui.engine.connecting import (
    RefusedError,
    connect,
    new_connection,
    require_writable,
    rights_help,
)
from migtui.engine.copying import require_file
from migtui.engine.loading import install_overlay
from migtui.engine.locks import migration_lock
from migtui.engine.origins import find_origins
from migtui.engine.overlay import Tree
from migtui.engine.protocol.base import Report, Said
from migtui.engine.protocol.rollback import InspectRollback, RollbackDetails, RunRollback
from migtui.engine.startup import headline, trace
from migtui.engine.table_shapes import code_tables, database_operations, table_changes
from migtui.engine.untyped import Connection, Migration, Operation, State
from migtui.engine.watching import Watch, cause_of

Key: TypeAlias = tuple[str, str]


def inspect_rollback(request: InspectRollback, report: Report) -> RollbackDetails:
    """What each step does, destroys and breaks. Reads only."""
    del report
    tree = install_overlay(request.overlay)
    connection = new_connection(request.alias)
    try:
        executor = MigrationExecutor(connection)
        migrations = _plan(executor, request.keys, request.alias)
        can_roll_back = connection.features.can_rollback_ddl
        steps = tuple(_step(entry, tree, can_roll_back=can_roll_back) for entry in migrations)
        details = RollbackDetails(steps)
        if not any(step.blockers for step in steps):
            details = _with_changes(details, executor, migrations, request)
    except RefusedError as refused:
        return RollbackDetails(trouble=refused.trouble)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a migration is any code
        trouble = Trouble(f"Django can't plan it: {headline(error)}", detail=trace(error))
        return RollbackDetails(trouble=trouble)
    finally:
        connection.close()
    return details


def _with_changes(
    details: RollbackDetails,
    executor: MigrationExecutor,
    migrations: Sequence[Migration],
    request: InspectRollback,
) -> RollbackDetails:
    """The details with what becomes of the tables, or why that can't be told."""
    connection = executor.connection
    loader = executor.loader
    going = {(migration.app_label, migration.name) for migration in migrations}
    stay = [key for key in loader.applied_migrations if key in loader.graph.nodes]
    try:
        state = loader.project_state([key for key in stay if key not in going])
        changes = table_changes(state, migrations, connection)
        broken = breaks(changes, code_tables(changes, connection))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - as above
        return replace(details, unknown=headline(error))
    gone = destroyed(changes)
    if request.counts:
        gone = tuple(_counted(connection, item) for item in gone)
    return replace(details, destroyed=gone, returned=returned(changes), breaks=broken)


def _plan(executor: MigrationExecutor, keys: Sequence[Key], alias: str) -> list[Migration]:
    """The migrations of a plan, which must be applied, with all that is built upon them.

    Raises:
        RefusedError: They are not, or something would be left that is built upon them.
    """
    loader = executor.loader
    wanted = set(keys)
    for key in keys:
        if key not in loader.graph.nodes or key not in loader.applied_migrations:
            raise RefusedError(
                f"{'.'.join(key)} is not applied to {alias!r} any more.",
                "Somebody else changed the database: make the plan again.",
            )
        for above in loader.graph.backwards_plan(key):
            if above in loader.applied_migrations and above not in wanted:
                raise RefusedError(
                    f"{'.'.join(above)} is built upon {'.'.join(key)}, and was applied meanwhile.",
                    "Make the plan again.",
                )
    return [loader.graph.nodes[key] for key in keys]


def _step(migration: Migration, tree: Tree, *, can_roll_back: bool) -> RollbackStep:
    operations = [*database_operations(migration.operations)]
    path = str(sys.modules[type(migration).__module__].__file__)
    origins = find_origins(tree.read(path), migration.operations)
    blockers = tuple(
        Blocker(
            type(operation).__name__,
            str(operation.describe()),
            path,
            origins[id(operation)].line,
            _advice(operation),
        )
        for operation in operations
        if not operation.reversible
    )
    notes = [
        f"{type(operation).__name__} runs its reverse code; what that does is not told"
        for operation in operations
        if isinstance(operation, RunPython | RunSQL) and operation.reversible and _works(operation)
    ]
    return RollbackStep(
        app_label=str(migration.app_label),
        migration=str(migration.name),
        atomic=bool(migration.atomic and can_roll_back),
        blockers=blockers,
        notes=tuple(dict.fromkeys(notes)),
        runs_code=bool(notes),
    )


def _works(operation: Operation) -> bool:
    """Whether there is anything to run backwards."""
    if isinstance(operation, RunPython):
        return operation.reverse_code is not RunPython.noop
    return operation.reverse_sql not in (RunSQL.noop, [], ())


def _advice(operation: Operation) -> str:
    """What would make an operation go back."""
    if not isinstance(operation, RunPython | RunSQL):
        return f"Its class says so: reversible in {type(operation).__module__}."
    name = type(operation).__name__
    word = "reverse_code" if isinstance(operation, RunPython) else "reverse_sql"
    if operation.elidable:
        return (
            f"It is elidable, so nothing depends on what it did: {word}=migrations.{name}.noop "
            "leaves that as it is."
        )
    return (
        f"Give it {word}: what takes back its effect, or migrations.{name}.noop where that may "
        "stay."
    )


def _counted(connection: Connection, item: Stored) -> Stored:
    quote = connection.ops.quote_name
    what = quote(item.column) if item.column else "*"
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT({what}) FROM {quote(item.table)}")  # noqa: S608 - quoted
            return replace(item, count=int(cursor.fetchone()[0]))
    except Exception:  # noqa: BLE001 - not known, then
        return item


class _Executor(MigrationExecutor):  # type: ignore[misc]  # Django has no types
    """Django's, but that a migration and its row go together where the database can do that.

    Django deletes the row after the transaction, so that whatever ends it between the two leaves a
    migration that counts as applied and is not.
    """

    def unapply_migration(
        self,
        state: State,
        migration: Migration,
        fake: bool = False,  # noqa: FBT001, FBT002 - as Django has it
    ) -> State:
        """Unapply a migration; ``fake`` is never asked for here."""
        self.progress_callback("unapply_start", migration, fake)
        is_whole = migration.atomic and self.connection.features.can_rollback_ddl
        with self.connection.schema_editor(atomic=migration.atomic) as editor:
            state = migration.unapply(state, editor)
            if is_whole:
                self._forget(migration)
        if not is_whole:
            self._forget(migration)
        self.progress_callback("unapply_success", migration, fake)
        return state

    def _forget(self, migration: Migration) -> None:
        """Delete the rows of a migration and of those that it replaces."""
        for app_label, name in (*migration.replaces, (migration.app_label, migration.name)):
            self.recorder.record_unapplied(app_label, name)


def run_rollback(request: RunRollback, report: Report) -> RunOutcome:
    """Unapply; ends at the first failure and says how far it got."""

    def tell(text: str) -> None:
        report(Said(0, 0, text))

    try:
        connection = new_connection(request.alias)
        if connection.vendor == "sqlite":
            require_file(connection)
        with migration_lock(request.alias, request.lock, tell):
            require_writable(connection)
            connection.close()
            backup = ""
            if request.backup is not None:
                backup = write_backup(request.alias, request.backup, report).id
            return replace(_run(request, report), backup=backup)
    except RefusedError as refused:
        return RunOutcome(request.alias, 1, trouble=refused.trouble)


def _run(request: RunRollback, report: Report) -> RunOutcome:
    install_overlay(request.overlay)
    connection = connect(connections[request.alias])
    watch = Watch(connection)
    total = len(request.keys)

    def progress(action: str, migration: Migration | None = None, fake: bool = False) -> None:  # noqa: FBT001, FBT002 - as the executor calls it
        watch.progress(action, migration, fake)
        if action == "unapply_start" and migration is not None:
            name = f"{migration.app_label}.{migration.name}"
            report(Said(0, 0, f"Unapplying {name} ({len(watch.unapplied) + 1} of {total})"))

    trouble = None
    try:
        executor = _Executor(connection, progress)
        migrations = _plan(executor, request.keys, request.alias)
        with watch.statements():
            _unapply(request, executor, migrations)
    except RefusedError as refused:
        trouble = refused.trouble
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a migration is any code
        failed = watch.failed
        at = f"{failed.app_label}.{failed.migration}" if failed else "what Django does around it"
        cause = cause_of(error)
        help_text = rights_help(cause)
        trouble = Trouble(f"Unapplying {at} failed: {headline(cause)}", help_text, trace(error))
    return RunOutcome(
        request.alias,
        code=int(trouble is not None),
        unapplied=tuple(watch.unapplied),
        failed=watch.failed if trouble else None,
        trouble=trouble,
    )


def _unapply(
    request: RunRollback, executor: MigrationExecutor, migrations: Sequence[Migration]
) -> None:
    """As Django's migrate does it, with its signals: they rename content types, for one."""
    alias = request.alias
    plan = [(migration, True) for migration in migrations]
    graph = executor.loader.graph
    applied = [key for key in executor.loader.applied_migrations if key in graph.nodes]
    before = executor.loader.project_state(applied).apps
    emit_pre_migrate_signal(0, False, alias, apps=before, plan=plan)  # noqa: FBT003 - as Django has it
    state = executor.migrate([], plan=plan)
    state.clear_delayed_apps_cache()
    emit_post_migrate_signal(0, False, alias, apps=state.apps, plan=plan)  # noqa: FBT003
