"""What operations on one field do."""

from collections.abc import Iterator

from migtui.core.effects import (
    DATABASE,
    FIELD,
    STATE,
    Changes,
    Creates,
    Destroys,
    Effect,
    Lacks,
    Needs,
    Renames,
    Resource,
)
from migtui.core.expressions import Call, Constant, Expression
from migtui.core.fields import Definition, FieldFacts
from migtui.core.footprint import (
    Context,
    column,
    footprint,
    model_resource,
    needs_model,
    option,
    relation,
)
from migtui.core.migration import Operation

NON_DATABASE = frozenset({
    "blank", "choices", "editable", "error_messages", "help_text", "limit_choices_to",
    "on_delete", "related_name", "related_query_name", "validators", "verbose_name", "upload_to",
    "storage", "auto_now", "auto_now_add",
})  # fmt: skip
"""Arguments that make no difference to a column: Django's ``Field.non_db_attrs`` and kin."""


def creates_field(
    model: str, name: str, definition: Definition, context: Context, planes: tuple[str, ...]
) -> Iterator[Effect]:
    """A field comes to be, with its column or its table, and needs what it points to."""
    facts = definition.facts
    for plane in planes:
        for target in sorted(facts.refers(plane, model)):
            if target.model != model:
                yield Needs(target)
        yield Creates(
            Resource(plane, model, FIELD, name),
            definition,
            facts.refers(plane, model),
            strict=plane == DATABASE,
        )
    if DATABASE in planes:
        yield from takes_names(model, name, facts, context)


def takes_names(model: str, name: str, facts: FieldFacts, context: Context) -> Iterator[Effect]:
    """A field takes its column's name or its table's."""
    for taken in sorted(facts.columns(name)):
        yield Creates(column(model, taken))
    table = many_table(model, name, facts, context)
    if table is not None:
        yield Creates(relation(table))


def frees_names(
    model: str, name: str, facts: FieldFacts | None, context: Context
) -> Iterator[Effect]:
    """A field gives back its column's name or its table's."""
    columns = facts.columns(name) if facts else {name, f"{name}_id"}
    for freed in sorted(columns):
        yield Destroys(column(model, freed), strict=False)
    table = many_table(model, name, facts, context) if facts else None
    if table is not None:
        yield Destroys(relation(table), strict=False)


def many_table(model: str, name: str, facts: FieldFacts, context: Context) -> str | None:
    """The table of a many-to-many field; None where it has none of its own."""
    return facts.relation_table(context.world.table(model) or model.replace(".", "_"), name)


def is_same_column(before: Expression, after: Expression) -> bool:
    """Whether two definitions of a field make one column, as far as the database cares."""
    if not isinstance(before, Call) or not isinstance(after, Call) or before.path != after.path:
        return False
    one, two = dict(before.keywords), dict(after.keywords)
    changed = {key for key in one | two if one.get(key) != two.get(key)}
    return changed <= NON_DATABASE and before.arguments == after.arguments


def _fills_rows(facts: FieldFacts) -> bool:
    """Whether a new column is more than an empty one, which SQLite makes a new table for."""
    return not facts.is_many and (not facts.null or facts.unique or facts.default is not None)


def _type(facts: FieldFacts) -> str:
    return facts.expression.path if isinstance(facts.expression, Call) else ""


def definition_of(operation: Operation, model: str, context: Context) -> Definition:
    """The definition in AddField and AlterField."""
    preserve = operation.argument("preserve_default")
    keeps = preserve is None or preserve == Constant(value=True)
    return context.definition(operation.argument("field"), model, preserve_default=keeps)


@footprint(
    "AddField",
    source='AddField("Post", "author", models.ForeignKey("Author", models.CASCADE))',
    effects="""
        needs blog.post
        needs blog.author
        creates blog.post.author
    """,
)
def add_field(operation: Operation, context: Context) -> Iterator[Effect]:
    """The field; no model above or below may have one of that name."""
    model = context.model(operation)
    name = context.name(operation)
    planes = context.planes(model)
    yield from needs_model(model, planes)
    definition = definition_of(operation, model, context)
    if _fills_rows(definition.facts):
        yield from context.remakes(model)
    for other in sorted(context.family(model)):
        yield Lacks(Resource(STATE, other, FIELD, name))
    yield from creates_field(model, name, definition, context, planes)


@footprint(
    "RemoveField",
    source='RemoveField("Post", "author")',
    effects="""
        needs blog.post
        destroys blog.post.author
    """,
)
def remove_field(operation: Operation, context: Context) -> Iterator[Effect]:
    """The field goes; nothing may refer to it."""
    model = context.model(operation)
    name = context.name(operation)
    planes = context.planes(model)
    facts = context.known_field(model, name)
    yield from needs_model(model, planes)
    if facts is None or facts.unique or (facts.target is not None and not facts.is_many):
        yield from context.remakes(model)
    for plane in planes:
        yield Destroys(Resource(plane, model, FIELD, name))
    if DATABASE in planes:
        yield from frees_names(model, name, facts, context)


@footprint(
    "AlterField",
    source='AlterField("Post", "title", models.CharField(max_length=200))',
    effects="""
        needs blog.post
        needs blog.post.title
        changes blog.post.title
    """,
)
def alter_field(operation: Operation, context: Context) -> Iterator[Effect]:
    """The field's whole definition, not only what differs from the one before."""
    model = context.model(operation)
    name = context.name(operation)
    planes = context.planes(model)
    definition = definition_of(operation, model, context)
    facts = definition.facts
    before = context.known_field(model, name)
    for plane in planes:
        yield Needs(model_resource(plane, model))
        yield Needs(Resource(plane, model, FIELD, name))
    if before is None or not is_same_column(before.expression, definition.expression):
        yield from context.remakes(model)
    for plane in planes:
        refers = facts.refers(plane, model)
        for target in sorted(refers):
            if target.model != model:
                yield Needs(target)
        yield Changes(Resource(plane, model, FIELD, name), definition, refers)
    if facts.unique and (before is None or _type(before) != _type(facts)):
        for other in context.pointing(model):
            yield from context.remakes(other)
    if DATABASE in planes and before is not None and before.columns(name) != facts.columns(name):
        yield from frees_names(model, name, before, context)
        yield from takes_names(model, name, facts, context)


@footprint(
    "RenameField",
    source='RenameField("Post", "title", "headline")',
    effects="""
        needs blog.post
        renames blog.post.title to blog.post.headline
    """,
)
def rename_field(operation: Operation, context: Context) -> Iterator[Effect]:
    """The field, its column unless it has a name of its own, and a many-to-many field's table."""
    model = context.model(operation)
    old, new = context.name(operation, "old_name"), context.name(operation, "new_name")
    planes = context.planes(model)
    facts = context.known_field(model, old)
    yield from needs_model(model, planes)
    for other in sorted(context.family(model)):
        yield Lacks(Resource(STATE, other, FIELD, new))
    yield from _stale(model, old, new, context)
    for plane in planes:
        yield Renames(Resource(plane, model, FIELD, old), Resource(plane, model, FIELD, new))
    if facts is not None and facts.target is not None and not facts.is_many and old != new:
        yield from context.remakes(model)
    if DATABASE in planes and old != new:
        yield from frees_names(model, old, facts, context)
        if facts is not None:
            yield from takes_names(model, new, facts, context)
        else:
            yield Creates(column(model, new))


def _stale(model: str, old: str, new: str, context: Context) -> Iterator[Effect]:
    """Options in which Django leaves the old name: the order of rows, and attributes of relations.

    ``ProjectState.rename_field`` follows a field's own name in sets of fields, and no more.
    """
    ordering = option(STATE, model, "order_with_respect_to")
    value = context.world.value(ordering)
    if isinstance(value, Constant) and str(value.value).lower() == old != new:
        yield Lacks(ordering)
    for name in ("unique_together", "index_together"):
        together = context.world.value(option(STATE, model, name))
        named = together if isinstance(together, frozenset) else ()
        is_own = context.known_field(model, f"{old}_id") is not None
        if not is_own and any(f"{old}_id" in fields for fields in named):
            yield Lacks(option(STATE, model, name))
