"""What the operations that hold others, or code, do."""

from collections.abc import Iterator

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
    changed: set[str] = set()
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
    believed: set[str] = set()
    for nested in operation.state_operations:
        for effect in state_effects(nested, context):
            yield effect
            believed |= _changed(effect)
    for model in sorted(changed ^ believed):
        yield Strays(Resource(DATABASE, model, "model"))


def state_effects(operation: Operation, context: Context) -> Iterator[Effect]:
    """What an operation does where it changes nothing but what Django believes."""
    if operation.type in ("RunPython", "RunSQL") and not operation.state_operations:
        return
    for effect in effects_of(operation, context):
        if isinstance(effect, Hides) or (
            not isinstance(effect, Touches) and effect.resource.plane == STATE
        ):
            yield effect


def _changed(effect: Effect) -> set[str]:
    """The model whose fields, indexes or constraints an effect changes."""
    if not isinstance(effect, Creates | Changes | Renames | Destroys | Strays):
        return set()
    is_kept = effect.resource.kind in KEPT or isinstance(effect, Strays)
    return {effect.resource.model} if is_kept and effect.resource.model else set()


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
    for nested in operation.state_operations:
        yield from state_effects(nested, context)
    if context.is_history:
        return
    if operation.reach is None:
        yield Hides("runs SQL that could not be read")
        return
    believed = bool(operation.state_operations)
    for effect in effects_of_reach(operation.reach, context):
        if not (believed and isinstance(effect, Strays)):
            yield effect
