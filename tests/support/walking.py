"""Walks over the migrations of an empty database, so that two programs see the same."""

import copy
import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

Step: TypeAlias = tuple[tuple[str, str], Any]
"""The name of a migration, and itself as it was loaded; its operations are not to be used up."""

NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
"""What every clock says: a default may ask it."""

_RUNNING: list[object] = []
"""Functions of RunPython that are running: rows want identifiers of their own."""


def freeze() -> None:
    """Have clocks and random identifiers answer the same in both programs."""
    from django.utils import timezone

    timezone.now = lambda: NOW
    random = uuid.uuid4
    uuid.uuid4 = lambda: random() if _RUNNING else uuid.UUID(int=1)


def is_running() -> bool:
    """Whether a function of RunPython is running."""
    return bool(_RUNNING)


def plan() -> tuple[Any, list[Step]]:
    """The first state of a fresh database, and the migrations that it gets, in order."""
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    loader = MigrationLoader(None, ignore_no_migrations=True)
    keys: dict[tuple[str, str], None] = {}
    for leaf in loader.graph.leaf_nodes():
        keys.update(dict.fromkeys(loader.graph.forwards_plan(leaf)))
    state = ProjectState(real_apps=loader.unmigrated_apps)
    return state, [(key, loader.graph.nodes[key]) for key in keys]


def again(migration: Any) -> Any:  # noqa: ANN401 - Django has no types
    """A migration as it was loaded, whatever is done with this one."""
    copied = copy.copy(migration)
    copied.operations = copy.deepcopy(migration.operations)
    return copied


def walk(migration: Any) -> Iterator[Any]:  # noqa: ANN401 - Django has no types
    """The operations of a migration, nested ones too."""
    pending = list(migration.operations)
    while pending:
        operation = pending.pop()
        yield operation
        for name in ("database_operations", "state_operations"):
            pending += getattr(operation, name, None) or ()


def leave_out(migration: Any) -> None:  # noqa: ANN401 - Django has no types
    """Have nothing recorded of what a migration's RunPython does."""
    from django.db.migrations.operations import RunPython

    for operation in walk(migration):
        if isinstance(operation, RunPython):
            operation.code = _silent(operation.code)
            if operation.reverse_code is not None:
                operation.reverse_code = _silent(operation.reverse_code)


def _silent(function: Callable[..., Any]) -> Callable[..., Any]:
    def silent(*arguments: Any) -> Any:  # noqa: ANN401
        _RUNNING.append(function)
        try:
            return function(*arguments)
        finally:
            _RUNNING.pop()

    return silent


def rendered_anew(state: Any) -> Any:  # noqa: ANN401 - Django has no types
    """The same models, rendered as by a ``migrate`` that begins here.

    In what order Django finds the relations of a model depends on what it has reloaded before.
    And the models of a clone ask the registry of the original for their relations, which goes on.
    """
    from django.db.migrations.state import ProjectState

    models = {name: model.clone() for name, model in state.models.items()}
    state = ProjectState(models, real_apps=state.real_apps)
    state.apps  # noqa: B018 - as Django's executor does
    return state


def walked(
    state: Any,  # noqa: ANN401 - Django has no types
    steps: Sequence[Step],
    apply: Callable[[Any, Any], tuple[Any, Any]],
    *,
    each: bool,
) -> Iterator[tuple[tuple[str, str], Any, Any, Any]]:
    """Apply migrations one after another.

    Yields:
        The name of each, itself as it was loaded, the models before it, and what ``apply`` gave
        beside the models after it.
    """
    state = state.clone()
    for key, migration in steps:
        if each:
            state = rendered_anew(state)
        state.apps  # noqa: B018 - rendered as Django's executor does
        before = state.clone()
        given, state = apply(again(migration), state)
        yield key, again(migration), before, given
