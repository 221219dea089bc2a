"""The tables before and after migrations, as Django has them, and as models use them.

What SeparateDatabaseAndState does to the state alone counts for nothing here: it is the database
that is asked about.
"""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from django.apps import apps
from django.db.migrations.operations import (
    AddField,
    CreateModel,
    DeleteModel,
    RemoveField,
    RenameField,
    RenameModel,
)
from django.db.models import AutoField, UniqueConstraint
from django.db.models.fields import NOT_PROVIDED
from django.db.models.options import normalize_together

from migtui.core.table_changes import (
    ColumnChange,
    ColumnShape,
    RuleShape,
    TableChange,
    TableShape,
)
from migtui.engine.concerned import mentioned_models
from migtui.engine.states import write_value
from migtui.engine.untyped import Connection, Field, Migration, Model, Operation, State

Key: TypeAlias = tuple[str, ...]
"""Of a model: app label and name; of a table of links, the field's name besides."""

AUTOMATIC = " auto_increment"


def table_changes(
    state: State, migrations: Sequence[Migration], connection: Connection
) -> tuple[TableChange, ...]:
    """What becomes of tables when migrations are unapplied.

    Args:
        state: Without the migrations.
        migrations: In the order in which they are unapplied.
        connection: Whose vendor's types are meant.
    """
    names = _Names()
    then_state, now_state = _states(state, migrations, names)
    now, then = _tables(now_state, connection), _tables(then_state, connection)
    found = []
    for key, shape in now.items():
        before = names.model(key)
        other = None if before is None else then.pop(before, None)
        if other is None:
            found.append(TableChange(shape, None))
        elif other != shape:
            found.append(TableChange(shape, other, tuple(_columns(key, shape, other, names))))
    found += [TableChange(None, shape) for shape in then.values()]
    return tuple(found)


def code_tables(changes: Sequence[TableChange], connection: Connection) -> tuple[TableShape, ...]:
    """How the models of the working tree use the tables that change."""
    wanted = {change.now.name for change in changes if change.now is not None}
    return tuple(
        _shape(model, connection)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.db_table in wanted and not model._meta.proxy  # noqa: SLF001 - Django documents this name
    )


def _states(state: State, migrations: Sequence[Migration], names: "_Names") -> tuple[State, State]:
    """The state without the migrations and with what they do to the database."""
    real, then = state, state.clone()
    now = state.clone()
    for migration in reversed(migrations):
        app_label = str(migration.app_label)
        for operation in migration.operations:
            for part in database_operations([operation]):
                for key in mentioned_models(app_label, part, real):
                    if key in real.models and key not in now.models:
                        # Only the state has it so far; its table was there before.
                        now.add_model(real.models[key].clone())
                        then.add_model(real.models[key].clone())
                names.follow(app_label, part)
                part.state_forwards(app_label, now)
            operation.state_forwards(app_label, real)
    return then, now


def database_operations(operations: Sequence[Operation]) -> Iterator[Operation]:
    """The operations that touch the database, those of SeparateDatabaseAndState one by one."""
    for operation in operations:
        nested = getattr(operation, "database_operations", None)
        if nested is None:
            yield operation
        else:
            yield from database_operations(nested)


class _Names:
    """What models and fields were called before operations that make and rename them."""

    def __init__(self) -> None:
        self._models: dict[Key, Key | None] = {}
        self._fields: dict[Key, str | None] = {}

    def model(self, key: Key) -> Key | None:
        """Its key before; None where it was not there."""
        owner = self._models.get(key[:2], key[:2])
        if len(key) == 2 or owner is None:  # noqa: PLR2004 - app label and name
            return owner
        field = self.field(key[:2], key[2])
        return None if field is None else (*owner, field)

    def field(self, model: Key, name: str) -> str | None:
        """Its name before; None where it was not there."""
        return self._fields.get((*model, name), name)

    def follow(self, app_label: str, operation: Operation) -> None:
        """Take an operation into account."""
        match operation:
            case CreateModel() | DeleteModel():
                key = (app_label, operation.name_lower)
                self._fields = {k: v for k, v in self._fields.items() if k[:2] != key}
                self._models[key] = None
            case RenameModel():
                old = (app_label, operation.old_name_lower)
                new = (app_label, operation.new_name_lower)
                self._models[new] = self._models.pop(old, old)
                self._fields = {
                    (*new, k[2]) if k[:2] == old else k: v for k, v in self._fields.items()
                }
            case AddField() | RemoveField():
                self._fields[app_label, operation.model_name_lower, operation.name_lower] = None
            case RenameField():
                model = (app_label, operation.model_name_lower)
                old_name = operation.old_name_lower
                before = self._fields.pop((*model, old_name), old_name)
                self._fields[*model, operation.new_name_lower] = before


def _tables(state: State, connection: Connection) -> dict[Key, TableShape]:
    return {
        _key(model): _shape(model, connection)
        for model in state.apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy  # noqa: SLF001 - Django documents this name
    }


def _key(model: Model) -> Key:
    options = model._meta  # noqa: SLF001 - Django documents this name
    owner = options.auto_created
    if not owner:
        return options.app_label, options.model_name
    links = owner._meta.local_many_to_many  # noqa: SLF001
    name = next(field.name for field in links if field.remote_field.through is model)
    return owner._meta.app_label, owner._meta.model_name, name.lower()  # noqa: SLF001


def _shape(model: Model, connection: Connection) -> TableShape:
    options = model._meta  # noqa: SLF001 - Django documents this name
    fields = options.local_concrete_fields
    columns = tuple(_column(field, connection) for field in fields)
    return TableShape(
        str(options.db_table), ".".join(_key(model)), columns, tuple(_rules(options, fields))
    )


def _column(field: Field, connection: Connection) -> ColumnShape:
    try:
        kind = str(field.db_type(connection) or "").lower().removesuffix(AUTOMATIC)
    except Exception:  # noqa: BLE001 - a field is any code; its type is then not known
        kind = ""
    is_filled = (
        field.null
        or isinstance(field, AutoField)
        or getattr(field, "db_default", NOT_PROVIDED) is not NOT_PROVIDED
        or getattr(field, "generated", False)
    )
    return ColumnShape(
        name=str(field.column),
        field=str(field.name),
        type=kind,
        null=bool(field.null),
        is_filled=bool(is_filled),
        has_value=_has_value(field, connection),
    )


def _has_value(field: Field, connection: Connection) -> bool:
    """Whether rows that are there get a value; as the schema editor's ``effective_default``.

    It is not called: a default may be any code. MySQL makes values up (manual, 13.6).
    """
    is_moment = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    is_text = field.blank and field.empty_strings_allowed
    return bool(field.has_default() or is_text or is_moment or connection.vendor == "mysql")


def _rules(options: Any, fields: Sequence[Field]) -> Iterator[RuleShape]:  # noqa: ANN401 - Django's
    columns = {field.name: str(field.column) for field in fields}
    for field in fields:
        if field.unique and not field.primary_key:
            yield RuleShape("", "unique", (columns[field.name],), is_unique=True)
    for names in normalize_together(options.unique_together):
        yield RuleShape(
            "", "unique_together", tuple(columns.get(name, name) for name in names), is_unique=True
        )
    for constraint in options.constraints:
        names = getattr(constraint, "fields", ())
        yield RuleShape(
            str(constraint.name),
            write_value(constraint),
            tuple(columns.get(name, name) for name in names),
            is_unique=isinstance(constraint, UniqueConstraint),
        )


def _columns(key: Key, now: TableShape, then: TableShape, names: _Names) -> Iterator[ColumnChange]:
    is_link = len(key) > 2  # noqa: PLR2004 - a field's name besides
    left = list(then.columns)
    for place, column in enumerate(now.columns):
        before = column.field.lower() if is_link else names.field(key, column.field.lower())
        # The columns of a table of links are called after the models.
        other = next(
            (
                entry
                for number, entry in enumerate(then.columns)
                if (number == place if is_link else entry.field.lower() == before)
            ),
            None,
        )
        if other is not None:
            left.remove(other)
        yield column, other
    yield from ((None, column) for column in left)
