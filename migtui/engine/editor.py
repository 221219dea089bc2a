"""A schema editor that writes down what it would execute, and for which operation."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Self

from migtui.core.ddl.statements import execute
from migtui.core.sql import Statement
from migtui.engine.raw_sql import fill
from migtui.engine.startup import headline
from migtui.engine.untyped import Connection, Field, SchemaEditor

PREDICTED = "Predicted: {} is named by the server; a database may have another name there."
DEFAULT = "The default of {} is computed when this runs; NULL stands for it here. ({})"
ASKABLE = "{}; migtui sql --run-python asks a database in memory, migrated from zero"
ANSWERED = (
    "Predicted: the default of {} asks the database; the value here is what one migrated from zero "
    "answers, and yours may hold another."
)
COMPUTED = "The default of {} is computed when this runs; the value here is an example."
TOO_LONG = "Too long to be followed: what it does to tables is not known below."
# Characters of a statement that is followed for what it does to tables.
LONGEST = 2_000_000

_READS = re.compile(
    r"\s*(?:SELECT|SHOW|PRAGMA|WITH|EXPLAIN|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT)\b",
    re.IGNORECASE,
)
_STEADY = (list, dict, tuple, set, str, bool, int, float, bytes)


@dataclass(frozen=True, slots=True)
class Origin:
    """The operation that statements come from: its class, and its line counted from 1."""

    operation: str = ""
    line: int | None = None


def recording_editor(connection: Connection) -> SchemaEditor:
    """A schema editor of the connection's backend that executes nothing.

    Statements are taken from its cursor, below all that a backend adds to them.

    Args:
        connection: One that never reaches a database.
    """
    bases = (_Recording, connection.SchemaEditorClass, _executing())
    editor_class = type("RecordingEditor", bases, {})
    return editor_class(connection)


@cache
def _executing() -> type:
    """What stands below a backend's own ``execute``: beside that, editors only ask something."""
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

    class Executing(BaseDatabaseSchemaEditor):  # type: ignore[misc]  # Django has no types
        is_executing: bool

        def execute(self, sql: object, params: Any = ()) -> Any:  # noqa: ANN401 - as Django's
            before, self.is_executing = self.is_executing, True
            try:
                return super().execute(sql, params)
            finally:
                self.is_executing = before

    return Executing


class _Recording:
    """Mixed into the backend's schema editor."""

    connection: Connection
    deferred_sql: list[Any]
    quote_name: Any
    quote_value: Any

    def __init__(self, connection: Connection) -> None:
        backends: Any = super()
        backends.__init__(connection, collect_sql=False, atomic=False)
        self.statements: list[Statement] = []
        self.is_executing = False
        self._origin = Origin()
        self._running = Origin()
        self._origins: dict[int, tuple[object, Origin]] = {}
        self._computed: dict[str, str] = {}
        self._answered: set[str] = set()
        self.ask: Callable[[Callable[[], object]], object] | None = None
        self._depth = 0

    def __enter__(self) -> Self:
        backends: Any = super()
        backends.__enter__()
        self.connection.recorder = self
        # Whoever asks must take it for atomic, else a transaction would be opened.
        self.atomic_migration = True
        return self

    def __exit__(self, *raised: object) -> None:
        self.atomic_migration = False
        backends: Any = super()
        try:
            backends.__exit__(*raised)
        finally:
            self.connection.recorder = None

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

    def note(self, text: str, *, error: str = "", unknown: str = "") -> None:
        """Record that the present operation does something that is no SQL.

        Args:
            text: What it is.
            error: Why the rest of what it does is missing.
            unknown: Why it can't be told what it executes, as the end of a sentence.
        """
        origin = self._origin
        self.statements.append(
            Statement("", origin.operation, origin.line, text, error=error, unknown=unknown)
        )

    def execute(self, sql: object, params: Any = ()) -> Any:  # noqa: ANN401 - as Django's
        """Execute as the backend does, up to its cursor."""
        backends: Any = super()
        running = self._running
        if not self._depth:
            _, self._running = self._origins.get(id(sql), (sql, self._origin))
        self._depth += 1
        try:
            return backends.execute(sql, params)
        finally:
            self._depth -= 1
            self._running = running

    def take(self, sql: object, params: Any) -> bool:  # noqa: ANN401 - as drivers take them
        """Record a statement that the cursor was given; False where it only asks something."""
        text = str(sql)
        if not self.is_executing and _READS.match(text):
            return False
        if params is not None:
            text = fill(text, params, self._quote, self.connection.vendor)
        origin = self._running if self.is_executing else self._origin
        self.statements.append(
            Statement(text, origin.operation, origin.line, " ".join(self._notes(text)))
        )
        if len(text) <= LONGEST:
            with suppress(Exception):  # what is not understood changes nothing that is known
                execute(self.connection.introspection.knowledge.catalogue, text)
        return True

    def _quote(self, value: object) -> str:
        raw = self.connection.connection
        if self.connection.vendor == "sqlite":
            return str(self.quote_value(value))
        return str(raw.quote(value))

    def _notes(self, text: str) -> Iterator[str]:
        predicted = self.connection.introspection.knowledge.predicted
        names = sorted(name for name in predicted if self.quote_name(name) in text)
        if names:
            yield PREDICTED.format(", ".join(names))
        for quoted, column in self._computed.items():
            if quoted in text and self.quote_name(column) in text:
                yield COMPUTED.format(column)
        if len(text) > LONGEST:
            yield TOO_LONG

    def _effective_default(self, field: Field) -> object:
        """The value that existing rows get; NULL, with a note, where only a database knows it."""
        backends: Any = super()
        evaluate = partial(backends._effective_default, field)  # noqa: SLF001 - its own
        recorded = len(self.statements)
        value, failure = None, ""
        try:
            value = evaluate()
        except Exception as error:  # noqa: BLE001 - a default may be a function that queries
            failure = headline(error)
        is_asking = bool(failure) or len(self.statements) > recorded
        if is_asking and self.ask is not None:
            try:
                value = self.ask(evaluate)
            except Exception as error:  # noqa: BLE001 - as above
                failure = headline(error)
            else:
                del self.statements[recorded:]
                self._answered.add(field.column)
                self._note_once(ANSWERED.format(field.column))
                return value
        if failure:
            reason = failure if self.ask is not None else ASKABLE.format(failure)
            self._note_once(DEFAULT.format(field.column, reason))
        return value

    def _note_once(self, text: str) -> None:
        if all(statement.note != text for statement in self.statements):
            self.note(text)

    def effective_default(self, field: Field) -> object:
        """The same as the driver takes it."""
        backends: Any = super()
        value: object = backends.effective_default(field)
        default = field.default if field.has_default() else None
        is_clock = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
        is_known = value is None or field.column in self._answered
        if not is_known and (is_clock or (callable(default) and default not in _STEADY)):
            with suppress(Exception):  # only for the remark
                self._computed[self._quote(value)] = str(field.column)
        return value
