"""The SQL of migrations for any vendor, without a server and without running any of it."""

import copy
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.db.migrations.migration import Migration as DjangoMigration
from django.db.migrations.operations import RenameField, RunPython
from django.db.migrations.state import ProjectState

from migtui.core.sql import MigrationSql, SqlScript, Statement
from migtui.engine.editor import Origin, recording_editor
from migtui.engine.introspection import Knowledge, UnknownTableError
from migtui.engine.loading import install_overlay
from migtui.engine.name_history import Keys, Replay, closure, fresh, models_about, models_of
from migtui.engine.offline import UnwritableError, offline_connection, start_anew
from migtui.engine.origins import NESTED, find_origins, function_source
from migtui.engine.overlay import Tree
from migtui.engine.position import UnreachableError, load_plan
from migtui.engine.protocol import Progress, WriteSql
from migtui.engine.startup import headline, place_of
from migtui.engine.table_facts import TablesBefore
from migtui.engine.untyped import Connection, Migration, Operation, SchemaEditor, State

Key: TypeAlias = tuple[str, str]
Report: TypeAlias = Callable[[Progress], None]

# Migrations between two reports of progress.
STRIDE = 50
# Tables that are asked about one by one, before all of them are followed.
ENOUGH = 1
OWN_METHOD = "{} is not Django's own; what it does besides its operations is not shown."


def write_sql(request: WriteSql, report: Report) -> SqlScript:
    """What the targets would execute; what can't be told is the error of its migration."""
    tree = install_overlay(request.overlay)
    try:
        connection, server = offline_connection(
            request.alias, request.vendor, request.server_versions
        )
    except UnwritableError as error:
        vendor = request.vendor or "unknown"
        return SqlScript(vendor, None, _unwritten(request, 0, str(error)))
    written: list[MigrationSql] = []
    try:
        _Script(request, connection, tree, report).write(written)
        message = _after(written[-1]) if written else ""
    except UnreachableError as error:
        message = str(error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a migration is any code
        message = headline(error) + place_of(error)
    written += _unwritten(request, len(written), message)
    return SqlScript(connection.vendor, server.label, tuple(written), note=server.note)


def _unwritten(request: WriteSql, done: int, message: str) -> tuple[MigrationSql, ...]:
    return tuple(
        MigrationSql(app_label, name, request.backwards, atomic=False, statements=(), error=message)
        for app_label, name in request.targets[done:]
    )


def _after(failed: MigrationSql) -> str:
    return f"Not written, as {failed.app_label}.{failed.migration} failed."


class _Script:
    """Writes what a request asks for, and begins anew where the history of a table is wanted."""

    def __init__(
        self, request: WriteSql, connection: Connection, tree: Tree, report: Report
    ) -> None:
        self._request = request
        self._connection = connection
        self._report = report
        targets = request.targets[::-1] if request.backwards else request.targets
        self._targets = frozenset(targets)
        loader, plan = load_plan(targets, backwards=request.backwards)
        self._plan = [loader.graph.nodes[key] for key in plan]
        self._has_renames = any(
            isinstance(operation, RenameField) for m in self._plan for operation in m.operations
        )
        self._real_apps = loader.unmigrated_apps
        self._writer = Writer(connection, tree)
        self._models: set[Key] = set()
        self._tables: set[str] = set()
        self._is_whole = False

    def write(self, written: list[MigrationSql]) -> None:
        """Add the migrations' statements, up to the first that fails."""
        while True:
            try:
                written.extend(self._attempt())
            except UnknownTableError as unknown:
                self._learn(unknown.table)
                written.clear()
            else:
                return

    def _learn(self, table: str) -> None:
        """Follow the models of a table next time, and those that the targets are about.

        All of them where a table is no model's, and where that was not enough: each time means
        going through the history once more.
        """
        models = {key for state in self._writer.states for key in models_of(state, table)}
        if table in self._tables or len(self._tables) > ENOUGH or (table and not models):
            self._is_whole = True
        self._tables.add(table)
        targets = (m for m in self._plan if (m.app_label, m.name) in self._targets)
        self._models |= models | {key for m in targets for key in models_about(m)}

    def _replay(self) -> Replay | None:
        """What follows the history for the tables that are asked about; None where none is yet."""
        knowledge = start_anew(self._connection)
        first = self._plan[0] if self._plan else None
        begins = first is not None and (first.app_label, first.name) in self._targets
        knowledge.is_whole = begins and not self._request.backwards
        if not self._tables:
            return None
        keys: Keys | None = None if self._is_whole else closure(self._plan, self._models)
        knowledge.known |= self._tables
        return Replay(self._connection, knowledge, keys, self._real_apps)

    @staticmethod
    def _again(loaded: Migration) -> Migration:
        """A migration as it was loaded, for one attempt."""
        migration = copy.copy(loaded)
        migration.operations = fresh(loaded.operations)
        return migration

    def _attempt(self) -> Iterator[MigrationSql]:
        replay = self._replay()
        state = ProjectState(real_apps=self._real_apps)
        backwards = self._request.backwards
        states: dict[Key, State] = {}
        migrations: dict[Key, Migration] = {}
        for done, loaded in enumerate(self._plan):
            key = (loaded.app_label, loaded.name)
            is_target = key in self._targets
            migration = self._again(loaded) if is_target or self._has_renames else loaded
            if done % STRIDE == 0 or is_target:
                self._report(Progress(done, len(self._plan), ".".join(key)))
            if replay is not None:
                replay.advance(loaded, execute=backwards or not is_target)
            if not is_target:
                state = migration.mutate_state(state, preserve=False)
                continue
            state.apps  # noqa: B018 - rendered whole once, Django then keeps it up to date in parts
            if backwards:
                migrations[key] = migration
                states[key] = state
                state = migration.mutate_state(state)
            else:
                sql, state = self._writer.write(migration, state, backwards=False)
                yield sql
                if sql.error:
                    return
        for done, key in enumerate(self._request.targets if backwards else (), start=1):
            sql, _ = self._writer.write(migrations[key], states[key], backwards=True)
            yield sql
            if sql.error:
                self._go_on_below(self._request.targets[:done])

    def _go_on_below(self, keys: Sequence[Key]) -> None:
        """Know the database as it is without these, one of which can't be unapplied.

        Whoever wants what is below has to take that one back by hand.
        """
        replay = self._replay()
        if replay is not None:
            for migration in self._plan:
                if (migration.app_label, migration.name) not in keys:
                    replay.advance(migration)


@dataclass(slots=True)
class Writer:
    """Writes single migrations for one connection.

    Attributes:
        connection: Never reaches a database.
        tree: Where the sources of the migrations are.
        states: The models before and after what is being written.
    """

    connection: Connection
    tree: Tree
    states: list[State] = field(default_factory=list)
    _wrapped: dict[int, Operation] = field(default_factory=dict)
    _backwards: bool = False
    _running: Origin | None = None

    @property
    def knowledge(self) -> Knowledge:
        """What is known of the database at present."""
        found: Knowledge = self.connection.introspection.knowledge
        return found

    def write(
        self, migration: Migration, state: State, *, backwards: bool
    ) -> tuple[MigrationSql, State]:
        """The SQL of a migration, from the state before it, and the state after it.

        Backwards the state before it is meant in the order of the files as well, as Django does.

        Raises:
            UnknownTableError: A table is asked about that is not known.
        """
        editor = recording_editor(self.connection)
        tables = TablesBefore(self.connection)
        method = "unapply" if backwards else "apply"
        notes: tuple[Statement, ...] = ()
        error = ""
        if getattr(type(migration), method) is not getattr(DjangoMigration, method):
            notes = (Statement("", "", note=OWN_METHOD.format(f"Migration.{method}")),)
        self._backwards = backwards
        self._running = None
        # A backend may have its own mind, as that of django-pg-zero-downtime-migrations has.
        wanted = self.connection.SchemaEditorClass(self.connection, atomic=migration.atomic)
        atomic = bool(wanted.atomic_migration)
        self.states = [state.clone(), state]
        try:
            self._record_operations(migration, tables)
            self.connection.in_atomic_block = atomic
            with editor:
                state = getattr(migration, method)(state, editor)
        except (Exception, SystemExit) as raised:  # noqa: BLE001 - operations are any code
            error = headline(raised) + self._where(raised)
        finally:
            self.connection.in_atomic_block = False
        sql = MigrationSql(
            app_label=migration.app_label,
            migration=migration.name,
            backwards=backwards,
            atomic=atomic,
            statements=(*notes, *editor.statements),
            error=error,
            tables=tables.facts,
        )
        return sql, state

    def _where(self, raised: BaseException) -> str:
        """Where an operation raised: its line, and that of the project's own code in it."""
        origin = self._running
        if origin is None:
            return ""
        line = f", line {origin.line}" if origin.line else ""
        return f" ({origin.operation}{line}){place_of(raised)}"

    def _record_operations(self, migration: Migration, tables: TablesBefore) -> None:
        """Have the operations say who they are, and run no Python."""
        module = sys.modules[type(migration).__module__]
        source = self.tree.read(str(module.__file__))
        origins = find_origins(source, migration.operations)
        pending = list(migration.operations)
        while pending:
            operation = pending.pop()
            if id(operation) not in self._wrapped:
                self._wrapped[id(operation)] = operation
                for method in ("database_forwards", "database_backwards"):
                    self._record_operation(operation, method, origins[id(operation)], tables)
            for name in NESTED:
                pending += getattr(operation, name, None) or ()

    def _record_operation(
        self, operation: Operation, method: str, origin: Origin, tables: TablesBefore
    ) -> None:
        original = getattr(operation, method)
        backwards = method == "database_backwards"
        function: Any
        if isinstance(operation, RunPython):
            function = operation.reverse_code if backwards else operation.code
        else:
            function = None if operation.reduces_to_sql else original

        def record(
            app_label: str, editor: SchemaEditor, from_state: State, to_state: State
        ) -> None:
            self._running = origin
            with editor.on_behalf_of(origin):
                if function is not None and hasattr(editor, "note"):
                    editor.note(function_source(function))
                else:  # also a RunPython that can't be reversed: it says so itself
                    recorded = len(editor.statements)
                    original(app_label, editor, from_state, to_state)
                    tables.see(from_state, editor.statements[recorded:])
            self._running = None

        setattr(operation, method, record)
