"""Work on rows against what another branch does to their model: fields, constraints, rows."""

from migtui.core import effects
from migtui.core.data_rules.clash import Clash
from migtui.core.effects import (
    CONSTRAINT,
    FIELD,
    OPTION,
    STATE,
    Changes,
    Creates,
    Destroys,
    Renames,
    Resource,
    Strays,
    Touches,
)
from migtui.core.expressions import Call, Constant, Expression
from migtui.core.fields import TEXTS, Definition
from migtui.core.reach import ModelReach
from migtui.core.walk import Event

HARMLESS = frozenset({
    "verbose_name", "help_text", "choices", "validators", "blank", "db_index", "db_comment",
    "editable", "db_tablespace", "error_messages", "auto_created", "serialize", "upload_to",
    "storage", "limit_choices_to", "to",
})  # fmt: skip
"""Arguments of a field whose change does not matter to code that reads or writes rows."""


def on_same_model(reach: ModelReach, other: Event) -> Clash | None:
    """Why work on a model's rows does not commute with what is done to that model, if so.

    Args:
        reach: Of the work on rows.
        other: An effect of the other branch on the same model.
    """
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
    if isinstance(call, Call) and (call.name == "GeneratedField" or call.keyword("db_default")):
        return None
    if reach.by_sql and not (facts.default is None and facts.null):
        return Clash("makes a column that SQL has no value for", rows_first=not facts.null)
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
