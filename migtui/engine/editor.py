"""A schema editor that writes down what it would execute, and for which operation."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

from migtui.core.sql import Statement
from migtui.engine.constraints import derive_names
from migtui.engine.startup import headline
from migtui.engine.untyped import Connection, Field, Model, SchemaEditor

DERIVED = "The name {} follows from the migrations; a database may have another one."
UNKNOWN = "A {} on {} ({}) may be dropped and made again here; only a database knows its name."
DEFAULT = "The default of {} is computed when this runs; NULL stands for it here. ({})"
PLACEHOLDER = re.compile("%[s%]")
KINDS = ("unique", "index", "foreign_key", "check", "primary_key")


Conditions: TypeAlias = Any
"""What kind a constraint is, and names to leave out, as Django's schema editors say it."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The operation that statements come from: its class, and its line counted from 1."""

    operation: str = ""
    line: int | None = None


def recording_editor(connection: Connection, reading: Connection | None) -> SchemaEditor:
    """A schema editor of the connection's vendor that executes nothing.

    Args:
        connection: One that never reaches a database.
        reading: Another one that may be asked for the names of constraints.
    """
    editor_class = type("RecordingEditor", (_Recording, connection.SchemaEditorClass), {})
    return editor_class(connection, reading)


class _Recording:
    """Mixed into the vendor's schema editor."""

    connection: Connection
    deferred_sql: list[Any]
    quote_name: Any
    quote_value: Any

    def __init__(self, connection: Connection, reading: Connection | None) -> None:
        vendors: Any = super()
        vendors.__init__(connection, collect_sql=True, atomic=False)
        self.statements: list[Statement] = []
        self._reading = reading
        self._origin = Origin()
        self._origins: dict[int, tuple[object, Origin]] = {}
        self._derived: set[str] = set()

    def __enter__(self) -> Self:
        vendors: Any = super()
        vendors.__enter__()
        # Whoever asks must take it for atomic, else a transaction would be opened.
        self.atomic_migration = True
        return self

    def __exit__(self, *raised: object) -> None:
        self.atomic_migration = False
        vendors: Any = super()
        vendors.__exit__(*raised)

    @contextmanager
    def on_behalf_of(self, origin: Origin) -> Iterator[None]:
        """What is recorded meanwhile comes from there, and what is deferred to the end too."""
        before, self._origin = self._origin, origin
        try:
            yield
        finally:
            for sql in self.deferred_sql:
                self._origins.setdefault(id(sql), (sql, origin))
            self._origin = before

    def note(self, text: str) -> None:
        """Record that the present operation does something that is no SQL."""
        self.statements.append(Statement("", self._origin.operation, self._origin.line, text))

    def execute(self, sql: object, params: tuple[object, ...] | None = ()) -> None:
        """Record a statement with its parameters quoted into it."""
        text = str(sql)
        if params is not None:
            values = map(self.quote_value, params)
            # Not the operator %: SQLite takes a lone percent sign in a default.
            text = PLACEHOLDER.sub(lambda m: next(values) if m[0] == "%s" else "%", text)
        _, origin = self._origins.get(id(sql), (sql, self._origin))
        derived = sorted(name for name in self._derived if self.quote_name(name) in text)
        note = DERIVED.format(", ".join(derived)) if derived else ""
        self.statements.append(Statement(text, origin.operation, origin.line, note))

    def effective_default(self, field: Field) -> object:
        """The value that existing rows get; NULL, with a note, where only a database knows it."""
        vendors: Any = super()
        try:
            return vendors.effective_default(field)
        except Exception as error:  # noqa: BLE001 - a default may be a function that queries
            note = DEFAULT.format(field.column, headline(error))
            if all(statement.note != note for statement in self.statements):
                self.note(note)
            return None

    def _constraint_names(
        self, model: Model, column_names: list[str] | None = None, **conditions: Conditions
    ) -> list[str]:
        found = self._read_names(model, column_names, conditions)
        if not found:
            wanted = next((kind for kind in KINDS if conditions.get(kind)), KINDS[0])
            excluded = conditions.get("exclude") or ()
            derived = derive_names(self, model, column_names, wanted, excluded)
            if derived is None:
                columns = ", ".join(column_names or ())
                self.note(UNKNOWN.format(wanted.replace("_", " "), model._meta.db_table, columns))  # noqa: SLF001 - Django documents this name
            found = derived or []
            self._derived.update(found)
        return found

    def _read_names(
        self, model: Model, column_names: list[str] | None, conditions: dict[str, Conditions]
    ) -> list[str]:
        """The names that the database has, where there is one to ask."""
        if self._reading is None:
            return []
        vendors: Any = super()
        offline, self.connection = self.connection, self._reading
        try:
            with suppress(Exception):  # a table of another time, a server that goes away
                return list(vendors._constraint_names(model, column_names, **conditions))  # noqa: SLF001 - its own
        finally:
            self.connection = offline
        return []
