"""Replays migrations for what they leave in a database, without one.

Most of a project's history says nothing about the tables that are asked about. So only what
touches their models, and the models that these refer to, is carried out, on a state of those.
Where that can't be told - an operation of the project's own, a table that no model has - all is.
"""

import copy
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

from django.db.migrations.operations import (
    CreateModel,
    RenameModel,
    RunPython,
    RunSQL,
    SeparateDatabaseAndState,
)
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.operations.models import IndexOperation, ModelOperation
from django.db.migrations.state import ProjectState

from migtui.engine.concerned import ModelKey, field_references, relation_key
from migtui.engine.editor import recording_editor
from migtui.engine.introspection import Knowledge
from migtui.engine.untyped import Connection, Migration, Operation, State

Keys: TypeAlias = frozenset[ModelKey]

_NESTED = ("database_operations", "state_operations")
_POSTGRES = "django.contrib.postgres.operations"
_ABOUT_MODELS = ("ValidateConstraint",)


class Replay:
    """Carries migrations out one by one on what is known of a database.

    Args:
        connection: Never reaches a database.
        knowledge: Is changed.
        keys: Models to follow; None for all of them.
        real_apps: Apps without migrations.
    """

    def __init__(
        self,
        connection: Connection,
        knowledge: Knowledge,
        keys: Keys | None,
        real_apps: Any,  # noqa: ANN401 - as Django has them
    ) -> None:
        self._connection = connection
        self._knowledge = knowledge
        self._keys = keys
        self._state = ProjectState(real_apps=real_apps)
        knowledge.is_whole = keys is None

    def advance(self, migration: Migration, *, execute: bool = True) -> None:
        """Carry a migration out, or only follow what it makes of the models."""
        wanted = [
            operation
            for operation in migration.operations
            if _concerns(migration.app_label, operation, self._keys)
        ]
        if not wanted:
            return
        editor = recording_editor(self._connection)
        self._connection.in_atomic_block = False
        with editor:
            for operation in fresh(wanted):
                before = self._state.clone()
                # What fails here fails there as well, and is told when it is written.
                with suppress(Exception):
                    operation.state_forwards(migration.app_label, self._state)
                    if execute and _is_sql(operation):
                        operation.database_forwards(
                            migration.app_label, editor, before, self._state
                        )


def fresh(operations: Sequence[Operation]) -> list[Operation]:
    """Operations as they were loaded, whatever is done with these.

    ``ProjectState.rename_field`` changes fields that it shares with the operations they come from.
    """
    try:
        return copy.deepcopy(list(operations))
    except Exception:  # noqa: BLE001 - operations are any code
        return list(operations)


def _is_sql(operation: Operation) -> bool:
    return bool(operation.reduces_to_sql) and not isinstance(operation, RunPython)


def closure(migrations: Sequence[Migration], start: Iterable[ModelKey]) -> Keys | None:
    """Models, what they were called, and all that they refer to at any time.

    Args:
        migrations: The history.
        start: The models.

    Returns:
        None where an operation may do anything.
    """
    edges: dict[ModelKey, set[ModelKey]] = {}
    for migration in migrations:
        for operation in migration.operations:
            if _touched(migration.app_label, operation) is None:
                return None
            for source, target in _edges(migration.app_label, operation):
                edges.setdefault(source, set()).add(target)
    found: set[ModelKey] = set()
    pending = set(start)
    while pending:
        key = pending.pop()
        found.add(key)
        pending |= edges.get(key, set()) - found
    return frozenset(found)


def models_about(migration: Migration) -> Iterator[ModelKey]:
    """The models that a migration's operations are about, as far as that can be told."""
    for operation in migration.operations:
        yield from _touched(migration.app_label, operation) or ()


def models_of(state: State, table: str) -> Iterator[ModelKey]:
    """The models whose table this is; for one that Django makes itself, the model that has it."""
    for model in state.apps.get_models(include_auto_created=True):
        options = model._meta  # noqa: SLF001 - Django documents this name
        if options.db_table == table:
            owner = (options.auto_created or model)._meta  # noqa: SLF001 - as above
            yield owner.app_label, owner.model_name


def _concerns(app_label: str, operation: Operation, keys: Keys | None) -> bool:
    if keys is None:
        return True
    touched = _touched(app_label, operation)
    return (
        touched is None
        or isinstance(operation, RunSQL)
        or bool(touched & keys)
        or (_is_of_server(operation))
    )


def _is_of_server(operation: Operation) -> bool:
    """Whether it is about extensions or collations."""
    return any(kind.__module__ == _POSTGRES for kind in type(operation).__mro__) and not isinstance(
        operation, IndexOperation
    )


def _touched(app_label: str, operation: Operation) -> set[ModelKey] | None:
    """The models that an operation is about; None where that can't be told."""
    if isinstance(operation, RunPython | RunSQL) or not operation.reduces_to_sql:
        return set()
    if isinstance(operation, SeparateDatabaseAndState):
        found: set[ModelKey] = set()
        for name in _NESTED:
            for entry in getattr(operation, name):
                touched = _touched(app_label, entry)
                if touched is None:
                    return None
                found |= touched
        return found
    if isinstance(operation, RenameModel):
        return {(app_label, operation.old_name_lower), (app_label, operation.new_name_lower)}
    if isinstance(operation, ModelOperation):
        return {(app_label, operation.name_lower)}
    if isinstance(operation, FieldOperation | IndexOperation):
        return {(app_label, operation.model_name.lower())}
    if type(operation).__name__ in _ABOUT_MODELS and _is_of_server(operation):
        return {(app_label, operation.model_name.lower())}
    return set() if _is_of_server(operation) else None


def _edges(app_label: str, operation: Operation) -> Iterator[tuple[ModelKey, ModelKey]]:
    for name in _NESTED:
        for entry in getattr(operation, name, None) or ():
            yield from _edges(app_label, entry)
    if isinstance(operation, RenameModel):
        old = (app_label, operation.old_name_lower)
        new = (app_label, operation.new_name_lower)
        yield from ((old, new), (new, old))
    elif isinstance(operation, CreateModel):
        key = (app_label, operation.name_lower)
        for _, field in operation.fields:
            yield from ((key, target) for target in field_references(key, field))
        for base in operation.bases:
            if isinstance(base, str):
                yield key, relation_key(base, key)
    elif isinstance(operation, FieldOperation) and getattr(operation, "field", None) is not None:
        key = (app_label, operation.model_name_lower)
        yield from ((key, target) for target in field_references(key, operation.field))
