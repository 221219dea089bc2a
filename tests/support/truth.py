"""What Django really makes of two branches: both orders, on real databases, from one fork.

Operations are sources; the same text is read by migtui and run by Django.
"""

import contextlib
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings
from django.contrib.postgres import operations as postgres_operations
from django.db import connections, migrations, router, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.state import ProjectState

from migtui.core.conflict import Branch, Conflict
from migtui.core.judge import judge
from migtui.core.migration import MigrationKey, Operation
from migtui.core.signatures import PARAMETERS
from migtui.core.verdict import Kind, Verdict
from migtui.source.operations import read_operations

if TYPE_CHECKING:  # a generic class for mypy alone
    from django.db.models import Field

APP = "blog"
FORK = MigrationKey(APP, "0001_initial")
HEADER = """\
import uuid
from django.conf import settings
from django.contrib.postgres import operations as postgres_operations
from django.contrib.postgres import operations as postgres
from django.db import migrations, models
from django.db.migrations import {names}
{more}
from django.db.models import Q, F

"""


POSTGRES = {
    name
    for name in PARAMETERS
    if hasattr(postgres_operations, name) and not hasattr(migrations, name)
}
NAMES = sorted(name for name in PARAMETERS if hasattr(migrations, name))
"""The operations of this Django."""


def source(
    operations: Sequence[str], functions: str = "", names: Sequence[str] = NAMES, more: str = ""
) -> bytes:
    """A migration file with these operations, written without ``migrations.``.

    Args:
        operations: Sources.
        functions: Put before the class.
        names: The operations to import from Django.
        more: Further imports.
    """
    listed = ",\n".join(f"        {operation}" for operation in operations)
    header = HEADER.format(names=", ".join(names), more=more)
    text = f"{header}\n{functions}\n\nclass Migration(migrations.Migration):\n"
    return f"{text}    operations = [\n{listed}\n    ]\n".encode()


class Router:
    """Sends queries to the database that is being tried."""

    alias = "default"

    def db_for_read(self, model: object, **hints: object) -> str:
        del model, hints
        return self.alias

    db_for_write = db_for_read


ROUTER = Router()


def set_up(databases: Mapping[str, Mapping[str, object]]) -> None:
    """Configure Django in this process, once."""
    if not settings.configured:
        settings.configure(
            DATABASES={"default": dict(next(iter(databases.values())))},
            INSTALLED_APPS=[],
            DEFAULT_AUTO_FIELD="django.db.models.AutoField",
            USE_TZ=True,
        )
        django.setup()
    router.routers = [ROUTER]
    for alias, entry in databases.items():
        defaults: dict[str, object] = dict.fromkeys(("USER", "PASSWORD", "HOST", "PORT"), "")
        defaults |= {"TIME_ZONE": None, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
        defaults |= {"AUTOCOMMIT": True, "ATOMIC_REQUESTS": False, "OPTIONS": {}, "TEST": {}}
        connections.settings[alias] = {**defaults, **entry}


@functools.cache
def _compiled(operations: tuple[str, ...], functions: str) -> CodeType:
    return compile(source(operations, functions), "<migration>", "exec")


def load(operations: Sequence[str], functions: str = "") -> list[Any]:
    """Django's own operations, from the same source."""
    namespace: dict[str, Any] = {"__name__": "blog.migrations.0002_test"}
    exec(_compiled(tuple(operations), functions), namespace)  # noqa: S102 - our own text
    return list(namespace["Migration"].operations)


@dataclass(frozen=True)
class Outcome:
    """The end of an order: its error, or the state and the schema with its rows."""

    error: str = ""
    state: object = None
    schema: object = None

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Outcome)
            and (self.error, self.state, self.schema) == (other.error, other.state, other.schema)
        )  # fmt: skip

    __hash__ = None  # type: ignore[assignment]


class Truth:
    """A database at the fork, on which branches are tried.

    Args:
        alias: The connection.
        base: Operations that make the fork.
        functions: Functions that operations of the branches may call.
    """

    def __init__(self, alias: str, base: Sequence[str], functions: str = "") -> None:
        self.connection = connections[alias]
        self.functions = functions
        state = ProjectState()
        self._apply(base, ProjectState(), state)
        self.state = fresh(state)

    @property
    def is_sqlite(self) -> bool:
        return bool(self.connection.vendor == "sqlite")

    def _apply(self, operations: Sequence[str], before: ProjectState, state: ProjectState) -> None:
        """Run operations.

        Args:
            operations: Sources.
            before: The state where they begin. It stays as it is, so that many may begin there:
                rendering its models takes longest.
            state: The same, of its own fields; in the end as the operations leave it.
        """
        ROUTER.alias = self.connection.alias
        with self.connection.schema_editor(atomic=True) as editor:
            for operation in load(operations, self.functions):
                operation.state_forwards(APP, state)
                operation.database_forwards(APP, editor, before, state)
                before = state.clone()
        if not self.is_sqlite and self.connection.in_atomic_block:
            with self.connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    @contextlib.contextmanager
    def _undone(self) -> Iterator[None]:
        """Everything done within is taken back."""
        if self.is_sqlite:
            self.connection.ensure_connection()
            raw = self.connection.connection
            kept = raw.serialize()
            try:
                yield
            finally:
                if raw.in_transaction:
                    raw.rollback()
                raw.deserialize(kept)
                # On SQLite a schema editor that failed leaves its transaction to the process.
                self.connection.in_atomic_block = self.connection.needs_rollback = False
                self.connection.savepoint_ids = []
                self.connection.atomic_blocks = []
        else:
            with transaction.atomic(using=self.connection.alias):
                yield
                transaction.set_rollback(True, using=self.connection.alias)

    def runs(self, branch: Sequence[str]) -> bool:
        """Whether a branch runs from the fork at all."""
        with self._undone():
            return not self._second(branch, self.state).error

    def orders(self, branches: Sequence[Sequence[str]]) -> dict[tuple[int, int], Outcome]:
        """What becomes of every order of two of these branches, by their positions."""
        found: dict[tuple[int, int], Outcome] = {}
        for one in range(len(branches)):
            found.update(self.orders_from(one, branches))
        return found

    def orders_from(
        self, one: int, branches: Sequence[Sequence[str]], others: Sequence[int] | None = None
    ) -> dict[tuple[int, int], Outcome]:
        """What becomes of the orders that begin with one of the branches."""
        found: dict[tuple[int, int], Outcome] = {}
        with self._undone():
            state = fresh(self.state)
            self._apply(branches[one], self.state, state)
            state = fresh(state)  # what was rendered for it, it may have changed
            for other in range(len(branches)) if others is None else others:
                if other != one:
                    with self._undone():
                        found[one, other] = self._second(branches[other], state)
        return found

    def _second(self, operations: Sequence[str], before: ProjectState) -> Outcome:
        state = fresh(before)
        try:
            with (
                transaction.atomic(using=self.connection.alias)
                if not self.is_sqlite
                else (contextlib.nullcontext())
            ):
                self._apply(operations, before, state)
                return Outcome("", describe_state(state), self._schema())
        except Exception as error:  # noqa: BLE001 - any failure of Django's is the answer
            return Outcome(f"{type(error).__name__}: {error}")

    def _schema(self) -> object:
        """What the database has: tables, columns, indexes, constraints, rows."""
        with self.connection.cursor() as cursor:
            tables = sorted(self.connection.introspection.table_names(cursor))
            schema = _sqlite_schema(cursor) if self.is_sqlite else _postgresql_schema(cursor)
            rows = {table: self._rows(cursor, table) for table in tables}
        return schema, rows

    def _rows(self, cursor: CursorWrapper, table: str) -> list[str]:
        table = self.connection.ops.quote_name(table)
        cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - a table of our own
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        for row in rows:
            row.pop("id", None)  # a sequence of PostgreSQL goes on when its transaction is undone
        return sorted(repr(sorted(row.items())) for row in rows)


def _postgresql_schema(cursor: CursorWrapper) -> object:
    """Columns, constraints and indexes as PostgreSQL's catalogue words them."""
    found = []
    for query in (
        """SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                  a.attidentity, pg_get_expr(d.adbin, d.adrelid), obj_description(c.oid)
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
           LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
           WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
           AND a.attnum > 0 AND NOT a.attisdropped""",
        """SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid), c.convalidated
           FROM pg_constraint c WHERE c.connamespace = 'public'::regnamespace""",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    ):
        cursor.execute(query)
        found.append(sorted(nameless(repr(row)) for row in cursor.fetchall()))
    return found


def _sqlite_schema(cursor: CursorWrapper) -> object:
    """Every table and index: what its statement says, without the order of columns.

    SQLite stores every whole number alike; Django writes the wider type when it next gets to it.
    """
    cursor.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    rows = [(*map(nameless, row),) for row in cursor.fetchall()]
    return sorted(
        (kind, name, table, sorted(_parts(sql.replace("bigint", "integer"))))
        if kind == "table"
        else (kind, name, table, [sql])
        for kind, name, table, sql in rows
        if not name.startswith("sqlite_")
    )


@functools.cache
def _parts(sql: str) -> tuple[str, ...]:
    """The entries of a CREATE TABLE: columns and constraints."""
    inner = sql[sql.index("(") + 1 : sql.rindex(")")]
    parts, depth, quote, start = [], 0, "", 0
    for index, character in enumerate(inner):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "," and depth == 0:
            parts.append(inner[start:index].strip())
            start = index + 1
        else:
            depth += {"(": 1, ")": -1}.get(character, 0)
    return (*parts, inner[start:].strip())


AUTOMATIC = re.compile(r"\b\w+(_[0-9a-f]{8}(_\w+)?|_pkey|_id_seq|_key)\b")
"""Names that Django makes, with a hash of what the table was called then."""


def nameless(text: str) -> str:
    """SQL without the names that Django makes up and finds again by looking."""
    return AUTOMATIC.sub("automatic", text)


def fresh(state: ProjectState) -> ProjectState:
    """A copy of a state that shares no field: renaming a field changes others in place."""
    copy = ProjectState()
    for model in state.models.values():
        clone = model.clone()
        clone.fields = {name: field.clone() for name, field in model.fields.items()}
        copy.add_model(clone)
    return copy


def describe_state(state: ProjectState) -> object:
    """A state in comparable form, without the order of fields. It has to render."""
    assert state.apps is not None
    found = {}
    for key, model in state.models.items():
        fields = {name: repr(_deconstructed(field)) for name, field in model.fields.items()}
        options = {
            name: sorted(map(tuple, value)) if name.endswith("_together") else _comparable(value)
            for name, value in model.options.items()
            if value not in ([], (), set())
        }
        found[key] = (
            fields,
            options,
            repr(model.bases),
            [(n, _comparable(m)) for n, m in model.managers],
        )
    return found


def _deconstructed(field: "Field[Any, Any]") -> object:
    _, path, arguments, keywords = field.deconstruct()
    return (
        path,
        [_comparable(entry) for entry in arguments],
        {name: _comparable(value) for name, value in sorted(keywords.items())},
    )


def _comparable(value: object) -> str:
    deconstruct = getattr(value, "deconstruct", None)
    if deconstruct is not None:
        return repr(deconstruct())
    if isinstance(value, set | frozenset):
        return repr(sorted(map(repr, map(list, value))))
    if isinstance(value, list | tuple):
        return repr(sorted(map(_comparable, value)))
    return repr(value)


def real_kind(first: Outcome, second: Outcome) -> Kind:
    """The kind that two outcomes amount to."""
    if first.error and second.error:
        return Kind.COLLIDING
    if first.error or second.error:
        return Kind.ORDERED
    return Kind.INDEPENDENT if first == second else Kind.DIVERGENT


def read(operations: Sequence[str], functions: str = "") -> tuple[Operation, ...]:
    """migtui's reading of the same source."""
    return _read(tuple(operations), functions)


@functools.cache
def _read(operations: tuple[str, ...], functions: str) -> tuple[Operation, ...]:
    names = sorted(PARAMETERS.keys() - POSTGRES)
    more = f"from django.contrib.postgres.operations import {', '.join(sorted(POSTGRES))}"
    return read_operations(source(operations, functions, names, more))


def verdict(branches: Sequence[tuple[Operation, ...]], base: tuple[Operation, ...] = ()) -> Verdict:
    """migtui's verdict on branches of one migration each."""
    keys = [MigrationKey(APP, f"0002_{chr(97 + index)}") for index in range(len(branches))]
    conflict = Conflict(APP, tuple(Branch(key, (key,)) for key in keys), (FORK,))
    return judge(conflict, dict(zip(keys, branches, strict=True)), [(FORK, base)] if base else [])
