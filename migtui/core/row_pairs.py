"""Whether what two branches do to rows of one model commutes, by the fields that each names.

Apart from the rules about rows and models: here both sides are work on rows. Rows that only
change their values stay the same rows, so that it commutes where no field that one side sets is
read, filtered by or set by the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from migtui.core.effects import CONSTRAINT, FIELD, MODEL, OPTION, STATE, Resource
from migtui.core.expressions import Call, Collection, Constant
from migtui.core.fields import Definition
from migtui.core.lookups import UnseenError, fields_in
from migtui.core.reach import ModelReach
from migtui.core.world import World

PLAIN = ("django.db.models.", "django.contrib.postgres.", "modelcluster.fields.", "wagtail.")
"""Modules whose fields, when a row is saved, set nothing by themselves but ``auto_now``."""
SIZES = ("width_field", "height_field")
"""Arguments by which an ImageField sets other fields."""
KEYS = frozenset({"pk", "id"})


@dataclass(frozen=True, slots=True)
class RowWork:
    """What a branch does to the rows of a model.

    Attributes:
        model: Its label.
        reach: What is read and written.
        world: What is there once the branch has run alone.
    """

    model: str
    reach: ModelReach
    world: World


def keep_apart(one: RowWork, other: RowWork) -> bool:
    """Whether the two are known to end alike in both orders."""
    if one.model != other.model:
        return False
    works = (one, other)
    reaches = [work.reach for work in works]
    if any(reach.creates or reach.deletes or reach.is_vague for reach in reaches):
        return False
    if any(reach.is_ordered for reach in reaches):
        return False
    definitions = [known for known in map(_definitions, works) if known]
    if len(definitions) < len(works) or not all(
        _is_plain(entry) for known in definitions for entry in known.values()
    ):
        return False
    automatic = {
        name for known in definitions for name, entry in known.items() if _is_automatic(entry)
    }
    seen = [_seen(work) for work in works]
    written = [frozenset(map(_short, work.reach.writes)) for work in works]
    for mine, theirs in ((0, 1), (1, 0)):
        names = seen[theirs]
        if names is None or written[mine] & KEYS:
            return False
        if (written[mine] | (automatic if written[mine] else set())) & names:
            return False
        if written[mine] & written[theirs] or written[mine] & automatic:
            return False
    return not any(
        group & written[0] and group & written[1] for work in works for group in _groups(work)
    )


def _definitions(work: RowWork) -> dict[str, Definition] | None:
    """The model's fields by name; None where one of them was not read."""
    if not work.world.knows(work.model):
        return None
    found = {}
    for name, cell in work.world.children(Resource(STATE, work.model, MODEL), FIELD):
        if not isinstance(cell.value, Definition):
            return None
        found[_short(name)] = cell.value
    return found


def _is_plain(definition: Definition) -> bool:
    """Whether a field's column is its name, and saving a row does nothing unseen to it."""
    call, facts = definition.expression, definition.facts
    if not isinstance(call, Call):
        return facts.unique  # the primary key that a setting decides about
    if facts.fields or facts.db_column:
        return False
    return call.path.startswith(PLAIN) and not any(call.keyword(name) for name in SIZES)


def _is_automatic(definition: Definition) -> bool:
    """Whether saving a row sets the field."""
    call = definition.expression
    return isinstance(call, Call) and call.keyword("auto_now") not in (None, Constant(value=False))


def _seen(work: RowWork) -> frozenset[str] | None:
    """The fields by which rows are found, put in order or read; None where that is not known."""
    if _value(work, "managers") is not None:
        return None
    try:
        names = fields_in(_collection(work, "ordering")) | fields_in(
            _collection(work, "get_latest_by")
        )
    except UnseenError:
        return None
    return frozenset(map(_short, work.reach.reads | names))


def _collection(work: RowWork, name: str) -> Collection | Constant | None:
    value = _value(work, name)
    if value is None or isinstance(value, Collection | Constant):
        return value
    raise UnseenError(f"has an option {name} that only running it would tell")


def _value(work: RowWork, name: str) -> object:
    return work.world.value(Resource(STATE, work.model, OPTION, name))


def _groups(work: RowWork) -> Iterator[frozenset[str]]:
    """Fields whose values a constraint ties to each other."""
    model = Resource(STATE, work.model, MODEL)
    for kind in (CONSTRAINT, OPTION):
        for _, cell in work.world.children(model, kind):
            yield frozenset(_short(entry.name) for entry in cell.refers if entry.kind == FIELD)


def _short(name: str) -> str:
    """A relation's name for that of its column."""
    return name.lower().removesuffix("_id")
