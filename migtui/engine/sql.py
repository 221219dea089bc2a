"""The SQL of migrations for the configured vendor, without running any of it."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration as DjangoMigration
from django.db.migrations.operations import RunPython
from django.db.migrations.state import ProjectState

from migtui.core.sql import MigrationSql, SqlScript, Statement
from migtui.engine.editor import Origin, recording_editor
from migtui.engine.loading import install_overlay, new_loader
from migtui.engine.offline import disconnected, reading, version_of
from migtui.engine.origins import NESTED, find_origins, function_source
from migtui.engine.overlay import Tree
from migtui.engine.protocol import Progress, WriteSql
from migtui.engine.startup import headline
from migtui.engine.table_facts import TablesBefore
from migtui.engine.untyped import Connection, Migration, Operation, SchemaEditor, State

Key: TypeAlias = tuple[str, str]
Report: TypeAlias = Callable[[Progress], None]

# Migrations between two reports of progress.
STRIDE = 50
OWN_METHOD = "{} is not Django's own; what it does besides its operations is not shown."


class _UnwritableError(Exception):
    """The targets can't be written in this order."""


def write_sql(request: WriteSql, report: Report) -> SqlScript:
    """What the targets would execute; what can't be told is the error of its migration."""
    tree = install_overlay(request.overlay)
    database = reading(request.alias)
    connection = disconnected(request.alias, database)
    writer = _Writer(connection, database, tree, backwards=request.backwards)
    written: list[MigrationSql] = []
    try:
        written.extend(_write_targets(request, writer, report))
        message = _after(written[-1]) if written else ""
    except _UnwritableError as error:
        message = str(error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a migration is any code
        message = headline(error)
    written += [
        MigrationSql(app_label, name, request.backwards, atomic=False, statements=(), error=message)
        for app_label, name in request.targets[len(written) :]
    ]
    return SqlScript(connection.vendor, version_of(connection), tuple(written))


def _after(failed: MigrationSql) -> str:
    return f"Not written, as {failed.app_label}.{failed.migration} failed."


def _write_targets(request: WriteSql, writer: "_Writer", report: Report) -> Iterator[MigrationSql]:
    targets = request.targets[::-1] if request.backwards else request.targets
    loader = _load(targets)
    plan = _plan(loader.graph, targets)
    state = ProjectState(real_apps=loader.unmigrated_apps)
    states = {}
    for done, key in enumerate(plan):
        migration = loader.graph.nodes[key]
        if done % STRIDE == 0 or key in targets:
            report(Progress(done, len(plan), ".".join(key)))
        if key not in targets:
            state = migration.mutate_state(state, preserve=False)
            continue
        state.apps  # noqa: B018 - rendered whole once, Django then keeps it up to date in parts
        if request.backwards:
            states[key] = state
            state = migration.mutate_state(state)
        else:
            sql, state = writer.write(migration, state)
            yield sql
            if sql.error:
                return
    for key in request.targets if request.backwards else ():
        yield writer.write(loader.graph.nodes[key], states[key])[0]


def _load(targets: Sequence[Key]) -> MigrationLoader:
    """The loader; one without replacements where a target is replaced by a squash."""
    loader = new_loader()
    loader.build_graph()
    if not all(key in loader.graph.nodes for key in targets):
        loader = new_loader(replace_migrations=False)
        loader.build_graph()
    return loader


def _plan(graph: Any, targets: Sequence[Key]) -> list[Key]:  # noqa: ANN401 - Django's graph
    """The targets in this order, each after those of its ancestors that have not run yet."""
    plan: dict[Key, None] = {}
    for key in targets:
        if key in plan:
            raise _UnwritableError(f"{'.'.join(key)} would have to run earlier in this order.")
        plan.update(dict.fromkeys(graph.forwards_plan(key)))
    return list(plan)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes single migrations for one connection, in one direction."""

    connection: Connection
    database: Connection | None
    tree: Tree
    backwards: bool

    def write(self, migration: Migration, state: State) -> tuple[MigrationSql, State]:
        """The SQL of a migration, from the state before it, and the state after it.

        Backwards the state before it is meant in the order of the files as well, as Django does.
        """
        editor = recording_editor(self.connection, self.database)
        tables = TablesBefore(self.connection)
        method = "unapply" if self.backwards else "apply"
        notes: tuple[Statement, ...] = ()
        error = ""
        if getattr(type(migration), method) is not getattr(DjangoMigration, method):
            notes = (Statement("", "", note=OWN_METHOD.format(f"Migration.{method}")),)
        try:
            self._record_operations(migration, tables)
            with editor:
                state = getattr(migration, method)(state, editor)
        except (Exception, SystemExit) as raised:  # noqa: BLE001 - operations are any code
            error = headline(raised)
        sql = MigrationSql(
            app_label=migration.app_label,
            migration=migration.name,
            backwards=self.backwards,
            atomic=bool(migration.atomic and self.connection.features.can_rollback_ddl),
            statements=(*notes, *editor.statements),
            error=error,
            tables=tables.facts,
        )
        return sql, state

    def _record_operations(self, migration: Migration, tables: TablesBefore) -> None:
        """Have the operations say who they are, and run no Python."""
        module = sys.modules[type(migration).__module__]
        source = self.tree.read(str(module.__file__))
        origins = find_origins(source, migration.operations)
        pending = list(migration.operations)
        while pending:
            operation = pending.pop()
            self._record_operation(operation, origins[id(operation)], tables)
            for name in NESTED:
                pending += getattr(operation, name, None) or ()

    def _record_operation(self, operation: Operation, origin: Origin, tables: TablesBefore) -> None:
        method = "database_backwards" if self.backwards else "database_forwards"
        original = getattr(operation, method)

        if isinstance(operation, RunPython):
            function = operation.reverse_code if self.backwards else operation.code
        else:
            function = None if operation.reduces_to_sql else original

        def record(
            app_label: str, editor: SchemaEditor, from_state: State, to_state: State
        ) -> None:
            with editor.on_behalf_of(origin):
                if function is not None:
                    editor.note(function_source(function))
                else:  # also a RunPython that can't be reversed: it says so itself
                    recorded = len(editor.statements)
                    original(app_label, editor, from_state, to_state)
                    tables.see(from_state, editor.statements[recorded:])

        setattr(operation, method, record)
