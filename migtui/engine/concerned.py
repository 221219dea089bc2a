"""Which models a scratch database needs: those that branches are about, and what these refer to."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from django.db.migrations.operations import RunPython, RunSQL
from django.db.migrations.state import ProjectState
from django.db.migrations.utils import resolve_relation

from migtui.engine.orders import Branches, walk_operations
from migtui.engine.untyped import Field, Model, Operation, State

ModelKey: TypeAlias = tuple[str, str]

# What operations call the models that they are about.
NAMES = ("model_name", "name", "old_name", "new_name")


def concerned_state(branches: Branches, reached: Sequence[State]) -> State:
    """The part of the state at the fork that the branches are about.

    Args:
        branches: The branches.
        reached: States that they reach.
    """
    fork = branches.fork
    migrations = {id(m): m for plan in branches.plans.values() for m in plan}
    pending = {
        key
        for app_label, operation in walk_operations(list(migrations.values()))
        for key in mentioned_models(app_label, operation, fork)
    }
    found: set[ModelKey] = set()
    while pending:
        key = pending.pop()
        found.add(key)
        for state in (fork, *reached):
            if key in state.models:
                pending |= set(_references(key, state.models[key])) - found
    state = ProjectState(real_apps=fork.real_apps)
    for key, model in fork.models.items():
        if key in found:
            state.add_model(model.clone())
    return state


def mentioned_models(app_label: str, operation: Operation, fork: State) -> Iterator[ModelKey]:
    """The models that an operation names; of one that names none all of its app."""
    if isinstance(operation, RunPython):
        return
    if isinstance(operation, RunSQL):
        text = repr(operation.sql).lower()
        yield from (key for key, model in fork.models.items() if _table(key, model) in text)
        return
    names = [getattr(operation, attribute, None) for attribute in NAMES]
    if any(names):
        yield from ((app_label, name.lower()) for name in names if isinstance(name, str))
    else:  # a custom one, that may do anything
        yield from (key for key in fork.models if key[0] == app_label)


def _table(key: ModelKey, model: Model) -> str:
    return str(model.options.get("db_table") or "_".join(key)).strip('"').lower()


def _references(key: ModelKey, model: Model) -> Iterator[ModelKey]:
    for field in model.fields.values():
        yield from field_references(key, field)
    for base in model.bases:
        if isinstance(base, str):
            yield relation_key(base, key)


def field_references(key: ModelKey, field: Field) -> Iterable[ModelKey]:
    """The models that a field of a model refers to."""
    relation = getattr(field, "remote_field", None)
    if relation is not None:
        for model in (relation.model, getattr(relation, "through", None)):
            if model is not None:
                yield relation_key(model, key)


def relation_key(model: str | Model, owner: ModelKey) -> ModelKey:
    """The model that is meant by its name, or by itself."""
    app_label, name = resolve_relation(model, *owner)
    return str(app_label), str(name)
