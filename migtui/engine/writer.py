"""Writes the SQL of one migration: each operation is asked on its own, and may fail on its own."""

import copy
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.migration import Migration as DjangoMigration
from django.db.migrations.operations import RunPython
from django.db.migrations.operations.base import Operation as DjangoOperation

from migtui.core.sql import PYTHON, MigrationSql, Statement
from migtui.engine.editor import Origin, recording_editor
from migtui.engine.fresh_database import FreshDatabase
from migtui.engine.introspection import Knowledge
from migtui.engine.origins import NESTED, find_origins, function_source
from migtui.engine.overlay import Tree
from migtui.engine.startup import headline, place_of
from migtui.engine.table_facts import TablesBefore
from migtui.engine.untyped import Connection, Migration, Operation, SchemaEditor, State

OWN_METHOD = "{} is not Django's own; what it does besides its operations is not shown."
SUPPOSED = "What follows is written as though it had done what it declares."
LEFT_OUT = "What follows is written as though it were not there."
BY_HAND = (
    "Django unapplies nothing of this migration; what follows is written as though this had been "
    "taken back by hand."
)


@dataclass(slots=True)
class Writer:
    """Writes single migrations for one connection.

    Attributes:
        connection: Never reaches a database.
        tree: Where the sources of the migrations are.
        fresh: Answers what defaults ask a database for; None where nobody does.
        states: The models before and after what is being written.
    """

    connection: Connection
    tree: Tree
    fresh: FreshDatabase | None = None
    states: list[State] = field(default_factory=list)
    _wrapped: dict[int, tuple[Operation, Origin]] = field(default_factory=dict)
    _failed: dict[int, str] = field(default_factory=dict)
    _running: list[int] = field(default_factory=list)
    _tables: TablesBefore = field(init=False)

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
        An operation that raises keeps neither the others nor what it makes of the state back.

        Raises:
            UnknownTableError: A table is asked about that is not known.
        """
        editor = recording_editor(self.connection)
        if self.fresh is not None:
            editor.ask = partial(self._ask, self.fresh, migration, backwards)
        self._tables = TablesBefore(self.connection)
        method = "unapply" if backwards else "apply"
        notes: tuple[Statement, ...] = ()
        error = ""
        if getattr(type(migration), method) is not getattr(DjangoMigration, method):
            note = OWN_METHOD.format(f"Migration.{method}")
            notes = (Statement("", "", note=note, unknown=PYTHON),)
        # A backend may have its own mind, as that of django-pg-zero-downtime-migrations has.
        wanted = self.connection.SchemaEditorClass(self.connection, atomic=migration.atomic)
        atomic = bool(wanted.atomic_migration)
        self.states = [state.clone(), state]
        try:
            self.record_operations(migration)
            if backwards:
                migration = self._unasked(migration)
            self.connection.in_atomic_block = atomic
            with editor:
                state = getattr(migration, method)(state, editor)
        except (Exception, SystemExit) as raised:  # noqa: BLE001 - a migration is any code
            error = headline(raised) + place_of(raised)
            state = self.states[0]
            if not backwards:
                state = migration.mutate_state(state)
        finally:
            self.connection.in_atomic_block = False
        sql = MigrationSql(
            app_label=migration.app_label,
            migration=migration.name,
            backwards=backwards,
            atomic=atomic,
            statements=(*notes, *editor.statements),
            error=error,
            tables=self._tables.facts,
        )
        return sql, state

    def record_operations(self, migration: Migration) -> None:
        """Have the operations say who they are, fail on their own, and run no Python."""
        module = sys.modules[type(migration).__module__]
        source = self.tree.read(str(module.__file__))
        origins = find_origins(source, migration.operations)
        pending = list(migration.operations)
        while pending:
            operation = pending.pop()
            if id(operation) not in self._wrapped:
                origin = origins[id(operation)]
                self._wrapped[id(operation)] = (operation, origin)
                self._record_state(operation, origin)
                for method in ("database_forwards", "database_backwards"):
                    self._record_operation(operation, method, origin)
            for name in NESTED:
                pending += getattr(operation, name, None) or ()

    def _ask(
        self,
        fresh: FreshDatabase,
        migration: Migration,
        backwards: bool,  # noqa: FBT001 - of a partial
        question: Callable[[], object],
    ) -> object:
        """What a function returns before the operation that is running; backwards, after it."""
        (place,) = (at for at, o in enumerate(migration.operations) if id(o) in self._running)
        key = (migration.app_label, migration.name)
        return fresh.ask(key, place + backwards, question)

    def _unasked(self, migration: Migration) -> Migration:
        """A migration that Django does not refuse as a whole where some of it can't be reversed."""
        found = copy.copy(migration)
        found.operations = [
            operation
            if operation.reversible
            else _Unasked(operation, migration, self._wrapped[id(operation)][1])
            for operation in migration.operations
        ]
        return found

    def _record_state(self, operation: Operation, origin: Origin) -> None:
        original = operation.state_forwards

        def state_forwards(app_label: str, state: State) -> None:
            self._failed.pop(id(operation), None)
            try:
                original(app_label, state)
            except (Exception, SystemExit) as raised:  # noqa: BLE001 - operations are any code
                self._failed[id(operation)] = _failure(raised, origin)

        operation.state_forwards = state_forwards

    def _record_operation(self, operation: Operation, method: str, origin: Origin) -> None:
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
            with editor.on_behalf_of(origin):
                if self._has_failed(operation, editor):
                    return
                if function is not None:
                    unknown = "" if function is RunPython.noop else PYTHON
                    editor.note(function_source(function), unknown=unknown)
                    return
                # Also a RunPython that can't be reversed: it says so itself.
                recorded = len(editor.statements)
                self._running.append(id(operation))
                try:
                    original(app_label, editor, from_state, to_state)
                except (Exception, SystemExit) as raised:  # noqa: BLE001 - operations are any code
                    editor.note(SUPPOSED, error=_failure(raised, origin))
                finally:
                    self._running.pop()
                self._tables.see(from_state, editor.statements[recorded:])

        setattr(operation, method, record)

    def _has_failed(self, operation: Operation, editor: SchemaEditor) -> bool:
        """Whether an operation has failed to change the state; those within it are told, too."""
        for nested in getattr(operation, "state_operations", None) or ():
            self._has_failed(nested, editor)
        error = self._failed.pop(id(operation), "")
        if error:
            editor.note(LEFT_OUT, error=error)
        return bool(error)


class _Unasked(DjangoOperation):  # type: ignore[misc]  # Django has no types
    """Stands for an operation that can't be reversed: Django would write none of the others.

    Args:
        operation: It.
        migration: Whose it is.
        origin: Where it is.
    """

    reversible = True

    def __init__(self, operation: Operation, migration: Migration, origin: Origin) -> None:
        self.atomic = operation.atomic
        self.state_forwards = operation.state_forwards
        self._origin = origin
        # As Django says it.
        message = f"Operation {operation} in {migration} is not reversible"
        self._error = _failure(IrreversibleError(message), origin)

    def database_backwards(
        self, app_label: str, schema_editor: SchemaEditor, from_state: State, to_state: State
    ) -> None:
        """Note that the operation can't be reversed, in the place of its SQL."""
        del app_label, from_state, to_state
        with schema_editor.on_behalf_of(self._origin):
            schema_editor.note(BY_HAND, error=self._error)


def _failure(raised: BaseException, origin: Origin) -> str:
    """What an operation raised, and where: its line, and that of the project's own code in it."""
    line = f", line {origin.line}" if origin.line else ""
    return f"{headline(raised)} ({origin.operation}{line}){place_of(raised)}"
