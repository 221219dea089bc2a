"""The rules for work on rows, put together."""

from migtui.core import effects
from migtui.core.data_rules.clash import Clash
from migtui.core.data_rules.identities import Identities
from migtui.core.data_rules.relations import makes_relation, moves_relations, on_relation
from migtui.core.data_rules.same_model import on_same_model
from migtui.core.effects import (
    OBJECT,
    OPTION,
    STATE,
    Changes,
    Creates,
    Destroys,
    Renames,
    Resource,
    Touches,
)
from migtui.core.reach import ANY_APP
from migtui.core.row_pairs import RowWork, keep_apart
from migtui.core.walk import Event
from migtui.core.world import World

ORDERINGS = frozenset({"ordering", "default_manager_name", "base_manager_name", "managers",
                       "default_related_name", "order_with_respect_to"})  # fmt: skip
"""Options that decide which rows a query sees, and in what order."""
PERMISSIONS = frozenset({"permissions", "default_permissions", "verbose_name", "proxy"})
"""Options that decide which permissions a model has, and what they are called."""
FIRING = ("trigger ", "function ", "procedure ", "rule ")
"""How the names of what runs when rows change begin."""


def clash(
    rows: Event, other: Event, identities: Identities, worlds: tuple[World, World]
) -> Clash | None:
    """Why an operation on rows does not commute with an effect of another branch, if so.

    Args:
        rows: The operation on rows.
        other: The effect.
        identities: Which models may be the same.
        worlds: What is there once the branch of each has run alone.
    """
    if not isinstance(rows.effect, Touches):
        return None
    reach = rows.effect.reach
    if reach.surveyed:
        return Clash("changes what permissions are made for") if _is_surveyed(rows, other) else None
    if reach.changes_rows and _may_fire(other):
        return Clash("changes what a trigger may do when rows change")
    if identities.may_be_same(rows.model, other.model):
        if reach.queried and _changes_queries(other):
            return Clash("changes which rows a query finds, or in what order")
        found = None if _are_apart(rows, other, worlds) else on_same_model(reach, other)
        if found is not None:
            return found
    if makes_relation(rows, other) or moves_relations(rows, other, identities.before):
        return Clash("makes a relation of a name that is used")
    return on_relation(rows, other) if reach.deletes else None


def _are_apart(rows: Event, other: Event, worlds: tuple[World, World]) -> bool:
    """Whether both sides work on rows, and on different fields of them."""
    works = [
        RowWork(event.effect.resource.model, event.effect.reach, world)
        for event, world in zip((rows, other), worlds, strict=True)
        if isinstance(event.effect, Touches)
    ]
    return len(works) == 2 and rows.model == other.model and keep_apart(*works)  # noqa: PLR2004 - both


def _is_surveyed(rows: Event, other: Event) -> bool:
    """Whether an effect makes, takes or renames a model of an app, or what its permissions say."""
    match rows.effect, other.effect:
        case Touches(looked), (
            Creates(Resource(effects.STATE, model, effects.MODEL))
            | Destroys(Resource(effects.STATE, model, effects.MODEL))
            | Renames(Resource(effects.STATE, model, effects.MODEL))
        ):
            return looked.model == ANY_APP or (
                model.partition(".")[0] == looked.model.partition(".")[0]
            )
        case Touches(looked), Changes(Resource(effects.STATE, _, effects.OPTION, name), value):
            is_looked_at = looked.model == ANY_APP or rows.model == other.model
            return name in PERMISSIONS and value != other.before and is_looked_at
        case _:
            return False


def _may_fire(other: Event) -> bool:
    """Whether an effect is on a trigger whose table is not told, or on what triggers call."""
    effect = other.effect
    return (
        isinstance(effect, Creates | Changes | Destroys)
        and effect.resource.kind == OBJECT
        and effect.resource.name.startswith(FIRING)
    )


def _changes_queries(other: Event) -> bool:
    """Whether an effect decides which rows a query sees, or in what order."""
    effect = other.effect
    return (
        isinstance(effect, Changes)
        and effect.resource.kind == OPTION
        and effect.resource.plane == STATE
        and effect.resource.name in ORDERINGS
        and effect.value != other.before
    )
