"""Unapplies migrations one after another under the lock, and says before what that destroys."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunPython, RunSQL

from migtui.core.rollback import Destroyed, RollbackStep
from migtui.core.runs import RunOutcome, Trouble
from migtui.engine.backup import write_backup
from migtui.engine.connecting import (
    RefusedError,
    connect,
    new_connection,
    require_writable,
)
from migtui.engine.copying import require_file
from migtui.engine.database_protocol import (
    InspectRollback,
    RollbackDetails,
    RunRollback,
    Said,
)
from migtui.engine.loading import install_overlay
from migtui.engine.locks import migration_lock
from migtui.engine.protocol import Progress
from migtui.engine.startup import headline, trace
from migtui.engine.untyped import Connection, Migration, Operation, State
from migtui.engine.watching import Watch

Report: TypeAlias = Callable[[Progress], None]
Key: TypeAlias = tuple[str, str]
FieldKey: TypeAlias = tuple[str, str, str]


def inspect_rollback(request: InspectRollback, report: Report) -> RollbackDetails:
    """What each step does and destroys. Reads only."""
    del report
    install_overlay(request.overlay)
    connection = new_connection(request.alias)
    try:
        executor = MigrationExecutor(connection)
        migrations = _plan(executor, request.keys, request.alias)
        destroyed = _destroyed(executor, migrations)
        if request.counts:
            destroyed = [_counted(connection, item) for item in destroyed]
    except RefusedError as refused:
        return RollbackDetails(trouble=refused.trouble)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a migration is any code
        trouble = Trouble(f"Django can't plan it: {headline(error)}", detail=trace(error))
        return RollbackDetails(trouble=trouble)
    finally:
        connection.close()
    can_roll_back = connection.features.can_rollback_ddl
    steps = tuple(_step(migration, can_roll_back=can_roll_back) for migration in migrations)
    return RollbackDetails(steps, tuple(destroyed))


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


def _step(migration: Migration, *, can_roll_back: bool) -> RollbackStep:
    operations = [*_flat(migration.operations)]
    blockers = [
        f"{type(operation).__name__} can't be reversed ({operation.describe()})"
        for operation in operations
        if not operation.reversible
    ]
    notes = [
        f"{type(operation).__name__} runs its reverse code, whose effect is not shown"
        for operation in operations
        if isinstance(operation, RunPython | RunSQL) and operation.reversible
    ]
    return RollbackStep(
        app_label=str(migration.app_label),
        migration=str(migration.name),
        atomic=bool(migration.atomic and can_roll_back),
        blockers=tuple(blockers),
        notes=tuple(dict.fromkeys(notes)),
    )


def _flat(operations: Sequence[Operation]) -> Iterator[Operation]:
    """The operations that touch the database, those of SeparateDatabaseAndState one by one."""
    for operation in operations:
        nested = getattr(operation, "database_operations", None)
        if nested is None:
            yield operation
        else:
            yield from _flat(nested)


def _destroyed(executor: MigrationExecutor, migrations: Sequence[Migration]) -> list[Destroyed]:
    """The tables and columns that the migrations made, as they are called now."""
    made = _Made()
    for migration in reversed(migrations):
        for operation in _flat(migration.operations):
            made.follow(str(migration.app_label), operation)
    graph = executor.loader.graph
    applied = [key for key in executor.loader.applied_migrations if key in graph.nodes]
    state = executor.loader.project_state(applied)
    return [*_tables(made, state), *_columns(made, state)]


class _Made:
    """What operations make, under the names that it has after them."""

    def __init__(self) -> None:
        self.models: set[Key] = set()
        self.fields: set[FieldKey] = set()

    def follow(self, app_label: str, operation: Operation) -> None:
        """Take an operation into account."""
        kind = type(operation).__name__
        name = str(getattr(operation, "name", "")).lower()
        model = str(getattr(operation, "model_name", "")).lower()
        if kind == "CreateModel":
            self.models.add((app_label, name))
        elif kind == "DeleteModel":
            self.models.discard((app_label, name))
            self.fields = {f for f in self.fields if f[:2] != (app_label, name)}
        elif kind == "RenameModel":
            self._rename_model(app_label, operation)
        elif kind == "AddField":
            self.fields.add((app_label, model, name))
        elif kind == "RemoveField":
            self.fields.discard((app_label, model, name))
        elif kind == "RenameField":
            old = (app_label, model, str(operation.old_name).lower())
            if old in self.fields:
                self.fields.remove(old)
                self.fields.add((app_label, model, str(operation.new_name).lower()))

    def _rename_model(self, app_label: str, operation: Operation) -> None:
        old, new = str(operation.old_name).lower(), str(operation.new_name).lower()
        if (app_label, old) in self.models:
            self.models.remove((app_label, old))
            self.models.add((app_label, new))
        self.fields = {
            (app_label, new, f[2]) if f[:2] == (app_label, old) else f for f in self.fields
        }


def _tables(made: _Made, state: State) -> Iterator[Destroyed]:
    for key in sorted(made.models):
        if key not in state.models:
            continue
        options = state.apps.get_model(*key)._meta  # noqa: SLF001 - Django documents this name
        if options.managed and not options.proxy:
            yield Destroyed("table", ".".join(key), str(options.db_table))
            for field in options.local_many_to_many:
                yield from _through(f"{'.'.join(key)}.{field.name}", field)


def _columns(made: _Made, state: State) -> Iterator[Destroyed]:
    for app_label, model, name in sorted(made.fields):
        if (app_label, model) in made.models or (app_label, model) not in state.models:
            continue
        options = state.apps.get_model(app_label, model)._meta  # noqa: SLF001
        fields = {field.name.lower(): field for field in options.get_fields()}
        field = fields.get(name)
        if field is None or not options.managed or options.proxy:
            continue
        if field.many_to_many:
            yield from _through(f"{app_label}.{model}.{name}", field)
        elif getattr(field, "column", None):
            yield Destroyed(
                "column", f"{app_label}.{model}.{name}", str(options.db_table), str(field.column)
            )


def _through(name: str, field: Any) -> Iterator[Destroyed]:  # noqa: ANN401 - Django's
    through = field.remote_field.through._meta  # noqa: SLF001 - Django documents this name
    if through.auto_created and through.managed:
        yield Destroyed("table", name, str(through.db_table))


def _counted(connection: Connection, item: Destroyed) -> Destroyed:
    quote = connection.ops.quote_name
    what = quote(item.column) if item.column else "*"
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT({what}) FROM {quote(item.table)}")  # noqa: S608 - quoted
            return replace(item, count=int(cursor.fetchone()[0]))
    except Exception:  # noqa: BLE001 - not known, then
        return item


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
        executor = MigrationExecutor(connection, progress)
        migrations = _plan(executor, request.keys, request.alias)
        with watch.statements():
            _unapply(request, executor, migrations)
    except RefusedError as refused:
        trouble = refused.trouble
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a migration is any code
        failed = watch.failed
        at = f"{failed.app_label}.{failed.migration}" if failed else "what Django does around it"
        trouble = Trouble(f"Unapplying {at} failed: {headline(error)}", detail=trace(error))
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
