"""What a database refuses and ProjectState lets pass, one small rule for each operation.

Django's states take an AlterField of a field that is not there, or a second CreateModel of one
model, and nothing is raised before a table is touched. What stands in ``state_operations`` touches
none, so only the operations of a migration itself are looked at.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.migrations import operations
from django.db.migrations.utils import resolve_relation

from migtui.engine.untyped import Field, Operation, State

Rule = Callable[[str, Operation, State], None]


class AlreadyThereError(Exception):
    """What an operation creates is there before it."""


class NotThereError(Exception):
    """What an operation names is not there."""


def refuse(app_label: str, operation: Operation, state: State) -> None:
    """Raise where the database could not do what an operation of Django's asks for.

    Args:
        app_label: Of the migration.
        operation: Any; one that is not Django's is left to speak for itself.
        state: Before the operation.
    """
    if not type(operation).__module__.startswith("django."):
        return
    for kind in type(operation).__mro__:
        if kind in _RULES:
            _RULES[kind](app_label, operation, state)
            return


def _fields(app_label: str, model_name: str, state: State) -> dict[str, Any]:
    model = state.models.get((app_label, model_name))
    if model is None:
        raise NotThereError(f"there is no model {app_label}.{model_name}")
    found: dict[str, Any] = model.fields
    return found


def _require(app_label: str, model_name: str, names: Iterable[str], state: State) -> None:
    fields = _fields(app_label, model_name, state)
    for name in names:
        # Django takes the name of a foreign key's column as well.
        if name not in fields and name.removesuffix("_id") not in fields and name != "_order":
            raise FieldDoesNotExist(f"{app_label}.{model_name} has no field {name!r}")


def _require_target(owner: tuple[str, str], field: Field, state: State) -> None:
    """A relation leads to a model that is there, as far as the app's models are known."""
    relation = getattr(field, "remote_field", None)
    if relation is None:
        return
    target = resolve_relation(relation.model, *owner)
    is_known = any(app_label == target[0] for app_label, _ in state.models)
    if is_known and target not in state.models and target != owner:
        raise NotThereError(f"there is no model {'.'.join(target)}")


def _create_model(app_label: str, operation: Operation, state: State) -> None:
    owner = (app_label, operation.name_lower)
    if owner in state.models:
        raise AlreadyThereError(f"there is a model {app_label}.{operation.name_lower} already")
    for _, field in operation.fields:
        _require_target(owner, field, state)


def _rename_model(app_label: str, operation: Operation, state: State) -> None:
    _fields(app_label, operation.old_name_lower, state)
    is_taken = (app_label, operation.new_name_lower) in state.models
    if is_taken and operation.new_name_lower != operation.old_name_lower:
        raise AlreadyThereError(f"there is a model {app_label}.{operation.new_name_lower} already")


def _add_field(app_label: str, operation: Operation, state: State) -> None:
    model = operation.model_name_lower
    if operation.name in _fields(app_label, model, state):
        raise AlreadyThereError(f"{app_label}.{model} has a field {operation.name!r} already")
    _require_target((app_label, model), operation.field, state)


def _alter_field(app_label: str, operation: Operation, state: State) -> None:
    _require(app_label, operation.model_name_lower, [operation.name], state)
    _require_target((app_label, operation.model_name_lower), operation.field, state)


def _rename_field(app_label: str, operation: Operation, state: State) -> None:
    model = operation.model_name_lower
    _require(app_label, model, [operation.old_name], state)
    is_taken = operation.new_name in _fields(app_label, model, state)
    if is_taken and operation.new_name != operation.old_name:
        raise AlreadyThereError(f"{app_label}.{model} has a field {operation.new_name!r} already")


def _names(app_label: str, operation: Operation, state: State, option: str) -> list[str]:
    _fields(app_label, operation.model_name_lower, state)
    model = state.models[app_label, operation.model_name_lower]
    return [entry.name for entry in model.options.get(option, ())]


def _add_to(option: str, attribute: str) -> Rule:
    def rule(app_label: str, operation: Operation, state: State) -> None:
        added = getattr(operation, attribute)
        if added.name in _names(app_label, operation, state, option):
            raise AlreadyThereError(f"{added.name!r} is there already")
        named = [name.removeprefix("-") for name in getattr(added, "fields", ())]
        _require(app_label, operation.model_name_lower, named, state)

    return rule


def _remove_from(option: str) -> Rule:
    def rule(app_label: str, operation: Operation, state: State) -> None:
        if operation.name not in _names(app_label, operation, state, option):
            raise NotThereError(f"there is no {operation.name!r}")

    return rule


def _alter_together(app_label: str, operation: Operation, state: State) -> None:
    named = [name for group in operation.option_value or () for name in group]
    _require(app_label, operation.name_lower, named, state)


_RULES: dict[type[Any], Rule] = {
    operations.CreateModel: _create_model,
    operations.RenameModel: _rename_model,
    operations.AddField: _add_field,
    operations.AlterField: _alter_field,
    operations.RenameField: _rename_field,
    operations.AddIndex: _add_to("indexes", "index"),
    operations.RemoveIndex: _remove_from("indexes"),
    operations.AddConstraint: _add_to("constraints", "constraint"),
    operations.RemoveConstraint: _remove_from("constraints"),
    operations.AlterUniqueTogether: _alter_together,
    operations.AlterIndexTogether: _alter_together,
}
