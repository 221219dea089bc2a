"""Whether what SQL means by its name alone may go, or come, with what another branch changes.

A column takes its indexes and constraints along when it goes, a table its sequences too; altering
one may drop and make some. Their names do not tell whose they are.
"""

from migtui.core.data_rules.clash import Clash
from migtui.core.effects import (
    DATABASE,
    FIELD,
    INDEX,
    MODEL,
    OBJECT,
    OPTION,
    ByName,
    Changes,
    Creates,
    Destroys,
    Effect,
    Renames,
    Resource,
)
from migtui.core.expressions import Call
from migtui.core.fields import Definition
from migtui.core.walk import Event

TAKEN = Clash("may take it along")
ALTERED = Clash("may drop it, or make one of this name")
MOVED = Clash("works on the table under its other name")
KEYED = Clash("alters a key, with whatever refers to it")
KEYS = frozenset({"unique_together", "index_together", "db_table"})
"""Options behind which there are indexes and constraints, whose names may change with them."""


def _is_key(against: Effect) -> bool:
    """Whether a field is altered that columns of other tables are altered with."""
    if not isinstance(against, Changes) or not isinstance(against.value, Definition):
        return False
    call = against.value.expression
    return isinstance(call, Call) and call.keyword("primary_key") is not None


def by_name(event: Event, other: Event) -> Clash | None:
    """Why something that is meant by its name does not commute with an effect, if so.

    Args:
        event: What is meant by its name.
        other: The effect of another branch.
    """
    effect, against = event.effect, other.effect
    if not isinstance(effect, ByName) or not isinstance(
        against, Creates | Destroys | Changes | Renames
    ):
        return None
    if effect.resource.kind == MODEL:
        return KEYED if _is_key(against) else None
    if against.resource.plane != DATABASE or (effect.resource.model and event.model != other.model):
        return None
    if effect.resource.kind == OPTION:
        return MOVED
    match against:
        case Destroys(Resource(kind=kind)) if kind in (FIELD, MODEL):
            return TAKEN if effect.strict else None
        case Destroys(Resource(kind=kind, name=name)) if kind == INDEX:
            return TAKEN if name.lower() == effect.resource.name.lower() else None
        case Changes(Resource(kind=kind, name=name)) if kind == FIELD or (
            kind == OPTION and name in KEYS
        ):
            return None if effect.resource.kind == OBJECT else ALTERED
        case _:
            return None
