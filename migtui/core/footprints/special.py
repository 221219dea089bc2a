"""What the operations that hold others, or code, do."""

from collections.abc import Hashable, Iterator
from typing import TypeAlias

from migtui.core.effects import (
    CONSTRAINT,
    DATABASE,
    FIELD,
    INDEX,
    STATE,
    Changes,
    Creates,
    Destroys,
    Effect,
    Hides,
    Needs,
    Renames,
    Resource,
    Strays,
    Touches,
)
from migtui.core.footprint import Context, effects_of, footprint
from migtui.core.footprints.data import effects_of_reach
from migtui.core.migration import Operation

KEPT = frozenset({FIELD, INDEX, CONSTRAINT})
"""What a table has that Django believes to be there."""
_Change: TypeAlias = tuple[str, tuple[Hashable, ...] | None]
"""A model and what becomes of it; None where SQL does it."""


@footprint(
    "SeparateDatabaseAndState",
    source='SeparateDatabaseAndState(state_operations=[RemoveField("Post", "author")])',
    effects="""
        needs blog.post
        destroys blog.post.author
    """,
)
def separate_database_and_state(operation: Operation, context: Context) -> Iterator[Effect]:
    """Each list on its own plane."""
    changed: set[_Change] = set()
    for nested in operation.database_operations:
        for effect in effects_of(nested, context):
            if isinstance(effect, Strays):
                changed |= _changed(effect)
            elif isinstance(effect, Touches | Hides) or (
                effect.resource.plane == DATABASE
                or (nested.type == "RunPython" and isinstance(effect, Needs))
            ):
                yield effect
                changed |= _changed(effect)
    believed: set[_Change] = set()
    for nested in operation.state_operations:
        for effect in state_effects(nested, context):
            yield effect
            believed |= _changed(effect)
    lacking = _fields(believed - changed, Creates) | _fields(changed - believed, Destroys)
    exceeding = _fields(changed - believed, Creates) | _fields(believed - changed, Destroys)
    renamed = _fields(changed ^ believed, Renames)
    for model in sorted(_unlike(changed, believed)):
        yield Strays(
            Resource(DATABASE, model, "model"),
            lacks=model in lacking | renamed,
            exceeds=model in exceeding | renamed,
        )


def _fields(changes: set[_Change], kind: type) -> set[str]:
    """The models of which a field is made, taken or renamed on one side alone."""
    return {
        model
        for model, change in changes
        if change and change[0] == FIELD and change[2] == kind.__name__
    }


def _unlike(changed: set[_Change], believed: set[_Change]) -> set[str]:
    """The models of which Django is told something else than what becomes of their tables.

    What SQL does to a table is taken for what Django is told of the same model.
    """
    by_sql = {model for model, change in changed if change is None}
    told = {model for model, _ in believed}
    return {model for model, _ in changed ^ believed if not (model in by_sql and model in told)}


def state_effects(operation: Operation, context: Context) -> Iterator[Effect]:
    """What an operation does where it changes nothing but what Django believes."""
    if operation.type in ("RunPython", "RunSQL") and not operation.state_operations:
        return
    for effect in effects_of(operation, context):
        if isinstance(effect, Hides) or (
            not isinstance(effect, Touches) and effect.resource.plane == STATE
        ):
            yield effect


def _changed(effect: Effect) -> set[_Change]:
    """The model whose fields, indexes or constraints an effect changes, and how."""
    if isinstance(effect, Strays):
        return {(effect.resource.model, None)}
    if not isinstance(effect, Creates | Changes | Renames | Destroys):
        return set()
    resource = effect.resource
    if resource.kind not in KEPT or not resource.model:
        return set()
    value = effect.to.name if isinstance(effect, Renames) else getattr(effect, "value", None)
    change: tuple[Hashable, ...] = (resource.kind, resource.name, type(effect).__name__, value)
    return {(resource.model, change)}


@footprint(
    "RunPython",
    source="RunPython(migrations.RunPython.noop)",
    effects="",
)
def run_python(operation: Operation, context: Context) -> Iterator[Effect]:
    """What its code was seen to touch."""
    if context.is_history:
        return
    if operation.reach is not None:
        yield from effects_of_reach(operation.reach, context)
    elif operation.functions[:1] and operation.functions[0].name == "noop":
        return
    else:
        yield Hides("calls code that could not be read")


@footprint(
    "RunSQL",
    source='RunSQL("", state_operations=[RemoveField("Post", "author")])',
    effects="""
        needs blog.post
        destroys blog.post.author
    """,
)
def run_sql(operation: Operation, context: Context) -> Iterator[Effect]:
    """What its statements name, and its operations on the state."""
    believed: set[_Change] = set()
    for nested in operation.state_operations:
        for effect in state_effects(nested, context):
            yield effect
            believed |= _changed(effect)
    if context.is_history:
        return
    if operation.reach is None:
        yield Hides("runs SQL that could not be read")
        return
    for effect in effects_of_reach(operation.reach, context):
        if not isinstance(effect, Strays) or _unlike(_changed(effect), believed):
            yield effect
