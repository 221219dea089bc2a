"""What code and SQL that were read do to rows and tables."""

from collections.abc import Iterator
from dataclasses import replace

from migtui.core.effects import (
    FIELD,
    STATE,
    Effect,
    Hides,
    Needs,
    Resource,
    Touches,
)
from migtui.core.expressions import Collection, Expression, as_string
from migtui.core.fields import FieldFacts
from migtui.core.footprint import Context, model_resource, needs_model, option
from migtui.core.footprints.sql import effects_of_sql
from migtui.core.lookups import fields_in
from migtui.core.reach import ANY_APP, Access, ModelReach, Reach, Use

PRIMARY_KEYS = frozenset({"pk", "id"})
ANY = "*"
CHANGES = frozenset({Access.WRITE, Access.CREATE, Access.DELETE})

MOST_STEPS = 4
"""So many relations are followed one by one."""


def effects_of_reach(reach: Reach, context: Context) -> Iterator[Effect]:
    """The rows that are touched, the models and fields that have to be there, the tables changed.

    Args:
        reach: As read.
        context: Where; paths over relations are followed in its world.
    """
    for unread in reach.unread:
        yield Hides(unread.why)
    found: dict[str, ModelReach] = {}
    named: set[str] = set()
    hidden: set[Hides] = set()
    for use in sorted(reach.uses, key=lambda use: (use.model, use.path, use.access)):
        if use.access is Access.NAMED:
            named.add(context.label(use.model))
        elif use.access is Access.SURVEY:
            yield from _surveys(use.model, context)
        else:
            hidden |= set(_follow(use, context, found))
    _cascade(found, context)
    yield from sorted(hidden, key=lambda entry: entry.why)
    for model in sorted(named - found.keys()):
        yield Needs(model_resource(STATE, model))
    for model in sorted(found):
        yield from _touches(model, replace(found[model], is_ordered=reach.is_ordered), context)
    for statement in reach.sql:
        yield from effects_of_sql(statement, context)


def _surveys(app_label: str, context: Context) -> Iterator[Effect]:
    """The models of an app are looked through."""
    if app_label == ANY_APP:
        yield Touches(model_resource(STATE, ANY_APP), ModelReach(surveyed=True))
        return
    models = [name for name in context.world.models(STATE) if name.startswith(f"{app_label}.")]
    if not models:
        yield Hides(f"looks through the models of {app_label}, which are not known")
    for model in sorted(models):
        yield Touches(model_resource(STATE, model), ModelReach(surveyed=True))


def _cascade(found: dict[str, ModelReach], context: Context) -> None:
    """Rows that point to deleted rows are looked for, and go or are changed as well."""
    stack = [model for model, reach in found.items() if reach.deletes]
    seen = set(stack)
    while stack:
        model = stack.pop()
        for owner, field in context.world.pointing(model):
            facts = context.known_field(owner, field)
            goes = facts is None or facts.on_delete in (None, "CASCADE")
            if facts is not None and facts.is_many:
                _note(found, owner, writes=field)
            elif goes:
                _note(found, owner, deletes=True)
                if owner not in seen:
                    seen.add(owner)
                    stack.append(owner)
            else:
                _note(found, owner, writes=field if facts and facts.null else "")


def _touches(model: str, reach: ModelReach, context: Context) -> Iterator[Effect]:
    yield Touches(model_resource(STATE, model), reach)
    for ancestor in sorted(context.ancestors(model)):
        yield Touches(model_resource(STATE, ancestor), reach)
    ordering = fields_in(_plain(context.world.value(option(STATE, model, "ordering"))))
    yield from needs_model(model, context.planes(model))
    names = (reach.fields | ordering) - {ANY}
    # The column of a relation that only another branch makes.
    names |= {name.removesuffix("_id") for name in names if name.endswith("_id")}
    for name in sorted(names):
        for owner in _owners(model, name, context):
            for plane in context.planes(owner):
                yield Needs(Resource(plane, owner, FIELD, name))


def _owners(model: str, name: str, context: Context) -> Iterator[str]:
    """The models, itself and those above it, that have or had a field which code calls so.

    A name that no field ever had is that of an annotation.
    """
    family = (model, *sorted(context.ancestors(model)))
    seen = [
        owner for owner in family if context.world.has_seen(Resource(STATE, owner, FIELD, name))
    ]
    yield from seen or ([] if context.world.knows(model) else [model])


def _plain(ordering: object) -> Expression | None:
    """The names of fields in an option ``ordering``."""
    match ordering:
        case Collection(items=items):
            return Collection("list", tuple(item for item in items if as_string(item)))
        case _:
            return None


def _follow(use: Use, context: Context, found: dict[str, ModelReach]) -> Iterator[Hides]:
    """Note what a use touches on every model on its way; say what stopped it."""
    model = context.label(use.model)
    path = use.path
    is_field = use.access in (Access.READ, Access.WRITE)
    # The last name of a path to a field is no relation to be followed.
    while len(path) > (1 if is_field else 0):
        name = _field_name(path[0], model, context)
        target = step(model, path[0], context)
        if target is None:
            if name in PRIMARY_KEYS or _known(model, name, context) is not None:
                # A lookup or a transform of a field, or a method of its value.
                _note(found, model, reads=name, writes=name if use.access in CHANGES else "")
                return
            if path[0] in _managers(model, context):
                path = path[1:]
                continue
            _note(found, model, reads=name)
            if context.world.knows(model):
                is_read = is_field and use.access is Access.READ
                if is_read and not _was_backwards(model, path[0].lower(), context):
                    break  # the name of an annotation
                unknown = "which is not known"
            else:
                unknown = "and what that points to is not known"
            resource = Resource(STATE, model, FIELD, name)
            yield Hides(f"follows {model}.{name}, {unknown}", resource)
            return
        _note(found, model, reads=name)
        for field in _way_back(model, name, target, context):
            _note(found, target, reads=field)
        model, path = target, path[1:]
    if use.access is Access.EVERY and len(use.path) > MOST_STEPS:
        yield Hides(f"follows more than {MOST_STEPS} relations from {use.model}")
        return
    name = _field_name(path[0], model, context) if path else ""
    if is_field and step(model, name, context) is None and _was_backwards(model, name, context):
        resource = Resource(STATE, model, FIELD, name)
        yield Hides(f"follows {model}.{name}, which is not known", resource)
    _note_end(found, model, name, use.access, context)


def _note_end(
    found: dict[str, ModelReach], model: str, name: str, access: Access, context: Context
) -> None:
    """Note what is done at the end of a path, to a field of a model or to its rows."""
    match access:
        case Access.READ:
            _note(found, model, reads=name)
            target = step(model, name, context)
            if target is not None:
                _note(found, target)
                for field in _way_back(model, name, target, context):
                    _note(found, target, reads=field)
        case Access.WRITE:
            _note(found, model, writes=name)
            target = step(model, name, context)
            if target is not None:
                for field in _way_back(model, name, target, context):
                    _note(found, target, writes=field)
        case Access.ROWS:
            _note(found, model, queried=True)
        case Access.CREATE:
            _note(found, model, creates=True, queried=True)
        case Access.DELETE:
            _note(found, model, deletes=True, queried=True)
        case Access.EVERY:
            _note(found, model, every=True, queried=True)


def _managers(model: str, context: Context) -> frozenset[str]:
    """The names of a model's own managers."""
    managers = context.world.value(option(STATE, model, "managers"))
    entries = managers.items if isinstance(managers, Collection) else ()
    names = (as_string(entry.items[0]) for entry in entries if isinstance(entry, Collection))
    return frozenset(name for name in names if name is not None)


def _note(
    found: dict[str, ModelReach],
    model: str,
    *,
    reads: str = "",
    writes: str = "",
    creates: bool = False,
    deletes: bool = False,
    every: bool = False,
    queried: bool = False,
) -> None:
    before = found.get(model, ModelReach())
    found[model] = replace(
        before,
        reads=before.reads | ({reads} if reads else frozenset()),
        writes=before.writes | ({writes} if writes else frozenset()),
        creates=before.creates or creates,
        deletes=before.deletes or deletes,
        every=before.every or every,
        queried=before.queried or queried,
    )


def _field_name(name: str, model: str, context: Context) -> str:
    """A field's name for its column's: ``author`` for ``author_id``."""
    name = name.lower()
    short = name.removesuffix("_id")
    if short != name and context.known_field(model, name) is None:
        facts = context.known_field(model, short)
        if facts is not None and facts.target is not None:
            return short
    return name


def step(model: str, name: str, context: Context) -> str | None:
    """The model that a relation leads to, forwards or backwards; None where it is none."""
    name = name.lower()
    facts = _known(model, name, context)
    if facts is not None:
        return facts.target and context.world.current(facts.target)
    return _backwards(model, name, context)


def _known(model: str, name: str, context: Context) -> FieldFacts | None:
    """A field of a model or of one above it."""
    for owner in (model, *sorted(context.ancestors(model))):
        facts = context.known_field(owner, name)
        if facts is not None:
            return facts
    return None


def _backwards(model: str, name: str, context: Context) -> str | None:
    """The model whose relation is called so on the side of its target."""
    for owner, field in context.world.pointing(model):
        if name in _reverse_names(owner, field, context):
            return owner
    return None


def _was_backwards(model: str, name: str, context: Context) -> bool:
    """Whether a relation was called so at the fork, on the side of its target."""
    origin = context.world.origin(model_resource(STATE, model))
    at_fork = replace(context, world=context.world.fork)
    return isinstance(origin, Resource) and _backwards(origin.model, name, at_fork) is not None


def _way_back(model: str, name: str, other: str, context: Context) -> Iterator[str]:
    """The fields of another model by which a model is followed back under a name."""
    for owner, field in context.world.pointing(model):
        if owner == other and name in _reverse_names(owner, field, context):
            yield field


def _reverse_names(owner: str, field: str, context: Context) -> frozenset[str]:
    """What a relation is called on the side of its target."""
    facts = context.known_field(owner, field)
    return frozenset() if facts is None else facts.reverse_names(owner)
