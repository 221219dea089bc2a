"""Whether work on rows commutes with what another branch does to the same model.

Each rule looks at what one operation does to a model's rows, as far as it was read, and at one
effect of another branch's operation. That a field or model has to be there is not said here: the
walk sees it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migtui.core import effects
from migtui.core.effects import (
    CONSTRAINT,
    FIELD,
    OBJECT,
    OPTION,
    STATE,
    Changes,
    Creates,
    Destroys,
    Needs,
    Renames,
    Resource,
    Strays,
    Touches,
)
from migtui.core.expressions import Call, Constant, Expression
from migtui.core.fields import TEXTS, Definition
from migtui.core.reach import ANY_APP, ModelReach
from migtui.core.row_pairs import RowWork, keep_apart
from migtui.core.walk import UNKNOWN, Event
from migtui.core.world import Origin, World

HARMLESS = frozenset({
    "verbose_name", "help_text", "choices", "validators", "blank", "db_index", "db_comment",
    "editable", "db_tablespace", "error_messages", "auto_created", "serialize", "upload_to",
    "storage", "limit_choices_to", "to",
})  # fmt: skip
"""Arguments of a field whose change does not matter to code that reads or writes rows."""
ORDERINGS = frozenset({"ordering", "default_manager_name", "base_manager_name", "managers",
                       "default_related_name", "order_with_respect_to"})  # fmt: skip
"""Options that decide which rows a query sees, and in what order."""
PERMISSIONS = frozenset({"permissions", "default_permissions", "verbose_name", "proxy"})
"""Options that decide which permissions a model has, and what they are called."""
FIRING = ("trigger ", "function ", "procedure ", "rule ")
"""How the names of what runs when rows change begin."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Why work on rows does not commute with an effect.

    Attributes:
        why: Half a sentence about the effect: ``makes a column that new rows have no value for``.
        rows_first: Whether it is known that it runs if the work on rows comes first; else it is
            not known what the order makes of it.
    """

    why: str
    rows_first: bool = False


@dataclass(frozen=True, slots=True)
class Identities:
    """Which models may be the same.

    Attributes:
        before: The world at the fork.
        swappable: The model, or only the app, that a setting points to.
    """

    before: World
    swappable: Mapping[str, str]

    def may_be_same(self, one: Origin | None, other: Origin | None) -> bool:
        """Whether two identities may be one model."""
        if not isinstance(one, Resource) or not isinstance(other, Resource):
            return one == other and one is not None
        if one.model == other.model:
            return True
        return self._may_be(one.model, other.model) or self._may_be(other.model, one.model)

    def _may_be(self, vague: str, model: str) -> bool:
        if vague.startswith("settings."):
            app_label = self.swappable.get(vague.removeprefix("settings."), "")
            if model.startswith("table:"):
                return not app_label or model.startswith(f"table:{app_label}_")
            return not app_label or model.startswith(f"{app_label}.")
        if vague.startswith("table:") and not model.startswith(("table:", "settings.")):
            table = self.before.table(model)
            return table is None or table == vague.removeprefix("table:")
        return False


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
        found = None if _are_apart(rows, other, worlds) else _on_same_model(reach, other)
        if found is not None:
            return found
    if _makes_relation(rows, other) or _moves_relations(rows, other, identities.before):
        return Clash("makes a relation of a name that is used")
    return _on_relation(rows, other) if reach.deletes else None


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


def _on_same_model(reach: ModelReach, other: Event) -> Clash | None:
    match other.effect:
        case Touches(reach=theirs):
            if theirs.surveyed:
                return None
            if reach.changes_rows or theirs.changes_rows:
                return Clash("touches rows of it as well")
        case Strays(lacks=True):
            return Clash("makes Django believe in columns that the table has not")
        case Strays(exceeds=True) if reach.creates:
            return Clash("leaves columns that Django does not fill")
        case Creates(Resource(effects.STATE, _, effects.FIELD), Definition() as definition):
            return _added(reach, definition)
        case Creates(Resource(effects.DATABASE, _, effects.FIELD), str()) if reach.creates:
            return Clash("makes a column that new rows may need a value for")
        case Changes(Resource(effects.STATE, _, effects.FIELD), Definition() as definition):
            return _altered(reach, other, definition)
        case Changes(Resource(effects.DATABASE, _, effects.FIELD, name), str()):
            if reach.creates or reach.is_vague or name.removesuffix(" by SQL") in reach.fields:
                return Clash("changes a column of it")
        case Destroys(Resource(effects.STATE, _, effects.FIELD)) | Renames(
            Resource(effects.STATE, _, effects.FIELD)
        ):
            if reach.is_vague:
                return Clash("takes away the name of a field that may be used")
        case Creates() | Changes() | Destroys():
            return _ruled(reach, other.effect)
        case _:
            pass
    return None


def _added(reach: ModelReach, definition: Definition) -> Clash | None:
    """A field that one branch adds and rows that the other adds."""
    facts = definition.facts
    call = facts.expression
    if reach.every:
        return Clash("makes a field that may be among those that are read")
    if facts.is_many or not (reach.creates or (facts.unique and reach.deletes)):
        return None
    if facts.unique and facts.default is not None:
        return Clash("adds a unique field with a default, which only fits so many rows")
    if isinstance(call, Call) and call.name == "GeneratedField":
        return None
    if isinstance(facts.default, Constant) and definition.preserve_default:
        return None
    if facts.default is None and facts.null:
        return None
    if facts.default is None or isinstance(facts.default, Constant):
        if isinstance(call, Call) and call.name in TEXTS:
            return Clash("fills a new field otherwise than a new row would")
        return Clash("makes a column that new rows have no value for", rows_first=True)
    return Clash("fills a new field with a default that is computed, once for all rows or for each")


def _altered(reach: ModelReach, other: Event, definition: Definition) -> Clash | None:
    """A field that one branch alters and rows that the other works on."""
    name = other.origin.name if isinstance(other.origin, Resource) else ""
    if not (reach.is_vague or reach.creates or name in reach.fields):
        return None
    if isinstance(other.before, Definition) and not _matters(other.before, definition):
        return None
    return Clash("alters a field that is used or filled")


def _matters(before: Definition, after: Definition) -> bool:
    """Whether two definitions differ in what code on rows could notice."""
    one, two = before.expression, after.expression
    if not isinstance(one, Call) or not isinstance(two, Call) or one.path != two.path:
        return True
    first, second = dict(one.keywords), dict(two.keywords)
    if before.preserve_default != after.preserve_default and "default" in first | second:
        return True
    changed = {key for key in first | second if first.get(key) != second.get(key)}
    if "max_length" in changed and not _shrinks(first.get("max_length"), second.get("max_length")):
        changed -= {"max_length"}
    return bool(changed - HARMLESS) or one.arguments != two.arguments


def _shrinks(before: Expression | None, after: Expression | None) -> bool:
    match before, after:
        case Constant(value=int() as old), Constant(value=int() as new):
            return new < old
        case _:
            return True


def _ruled(reach: ModelReach, effect: Creates | Changes | Destroys) -> Clash | None:
    """Constraints and options that one branch sets and rows that the other works on."""
    resource = effect.resource
    if resource.kind == CONSTRAINT or (
        resource.kind == OPTION and resource.name == "unique_together" and resource.plane == STATE
    ):
        if not (
            reach.writes or reach.creates if isinstance(effect, Destroys) else reach.changes_rows
        ):
            return None
        fields = (
            frozenset() if isinstance(effect, Destroys) else
            frozenset(entry.name for entry in effect.refers if entry.kind == FIELD)
        )  # fmt: skip
        spared = fields and not (reach.writes & fields) and not reach.is_vague
        if spared and not reach.creates and not reach.deletes:
            return None
        return Clash("changes what rows are allowed")
    return None


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


def _makes_relation(rows: Event, other: Event) -> bool:
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


def _moves_relations(rows: Event, other: Event, before: World) -> bool:
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


def _on_relation(rows: Event, other: Event) -> Clash | None:
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


def hidden_targets(one: Event, other: Event, identities: Identities) -> Iterator[Clash]:
    """A model that goes, and one that is only named by a setting and may be the same."""
    match one.effect, other.effect:
        case Needs(Resource(effects.STATE, model, effects.MODEL)), (
            Destroys(Resource(effects.STATE, _, effects.MODEL))
            | Renames(Resource(effects.STATE, _, effects.MODEL))
        ) if model.startswith("settings."):
            if identities.may_be_same(one.model, other.model):
                yield Clash("takes away the name of a model that a setting may point to")
        case _:
            return
