"""Work on rows against what another branch does to relations that point to them."""

from migtui.core import effects
from migtui.core.data_rules.clash import Clash
from migtui.core.effects import (
    FIELD,
    STATE,
    Changes,
    Creates,
    Destroys,
    Renames,
    Resource,
    Touches,
)
from migtui.core.fields import Definition
from migtui.core.reach import ModelReach
from migtui.core.walk import UNKNOWN, Event
from migtui.core.world import World


def makes_relation(rows: Event, other: Event) -> bool:
    """Whether a relation of another model has, at its target, a name that may be looked up."""
    match rows.effect, other.effect:
        case (
            Touches(resource, reach),
            Creates(Resource(effects.STATE, owner, effects.FIELD), Definition() as definition),
        ):
            names = definition.facts.reverse_names(owner)
            is_read = reach.every or bool(names & reach.reads)
            return definition.target == resource.model and is_read
        case (
            Touches(resource, ModelReach(every=True)),
            Changes() | Destroys() | Renames(),
        ):
            return isinstance(other.before, Definition) and other.before.target == resource.model
        case _:
            return False


def moves_relations(rows: Event, other: Event, before: World) -> bool:
    """Whether a model goes, or is renamed, whose relations may be looked up at their target."""
    match rows.effect, other.effect, other.origin:
        case (
            Touches(resource, ModelReach(every=True)),
            Destroys(Resource(effects.STATE, _, effects.MODEL))
            | Renames(Resource(effects.STATE, _, effects.MODEL)),
            Resource() as origin,
        ):
            return resource.model in before.targets(origin.model)
        case _:
            return False


def on_relation(rows: Event, other: Event) -> Clash | None:
    """Rows that are deleted, and relations of other models that say what then happens."""
    effect = other.effect
    if not isinstance(effect, Creates | Changes | Destroys) or not isinstance(rows.model, Resource):
        return None
    if effect.resource.plane != STATE or effect.resource.kind != FIELD:
        return None
    definitions = [other.before]
    if not isinstance(effect, Destroys):
        definitions.append(effect.value)
    for definition in definitions:
        if not isinstance(definition, Definition):
            continue
        if definition.facts.target == rows.model.model:
            if isinstance(effect, Creates) and definition.facts.default is None:
                return None
            return Clash("changes what happens to rows that point to deleted ones")
    unknown = other.before is UNKNOWN and not isinstance(effect, Creates)
    return Clash("changes what may point to deleted rows") if unknown else None
