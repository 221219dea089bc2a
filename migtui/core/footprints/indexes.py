"""What operations on indexes do."""

from collections.abc import Iterator

from migtui.core.effects import (
    DATABASE,
    FIELD,
    INDEX,
    OPTION,
    STATE,
    Changes,
    Creates,
    Destroys,
    Effect,
    Needs,
    Renames,
    Resource,
)
from migtui.core.expressions import Call, Expression, as_string
from migtui.core.footprint import Context, footprint, model_resource, option, placed, relation
from migtui.core.footprints.together import read_together
from migtui.core.lookups import UnseenError, fields_in
from migtui.core.migration import Operation


def creates_index(
    model: str, index: Expression | None, planes: tuple[str, ...]
) -> Iterator[Effect]:
    """An index comes to be, over fields that are there."""
    name = name_in(index)
    fields = sorted(fields_in(index))
    for plane in planes:
        for field in fields:
            yield Needs(Resource(plane, model, FIELD, field))
    refers = frozenset(Resource(STATE, model, FIELD, field) for field in fields)
    yield from placed(planes, Creates(Resource(STATE, model, INDEX, name), index, refers))
    if DATABASE in planes:
        yield Creates(relation(name.lower()))


def name_in(expression: Expression | None) -> str:
    """The name of an index or a constraint.

    Raises:
        UnseenError: It can't be read.
    """
    name = as_string(expression.keyword("name")) if isinstance(expression, Call) else None
    if name is None:
        raise UnseenError("has a name that only running it would tell")
    return name


@footprint(
    "AddIndex",
    "AddIndexConcurrently",
    source='AddIndex("Post", models.Index(fields=["-title"], name="post_title"))',
    effects="""
        needs blog.post
        needs blog.post.title
        creates blog.post:index:post_title
    """,
)
def add_index(operation: Operation, context: Context) -> Iterator[Effect]:
    """The index; its name is one of the schema's, which tables and indexes share."""
    model = context.model(operation)
    planes = context.planes(model)
    for plane in planes:
        yield Needs(model_resource(plane, model))
    yield from creates_index(model, operation.argument("index"), planes)


@footprint(
    "RemoveIndex",
    "RemoveIndexConcurrently",
    source='RemoveIndex("Post", "post_title")',
    effects="""
        needs blog.post
        destroys blog.post:index:post_title
    """,
)
def remove_index(operation: Operation, context: Context) -> Iterator[Effect]:
    """The index and its name."""
    model = context.model(operation)
    name = context.text(operation)
    planes = context.planes(model)
    for plane in planes:
        yield Needs(model_resource(plane, model))
    for plane in planes:
        yield Destroys(Resource(plane, model, INDEX, name))
    if DATABASE in planes:
        yield Destroys(relation(name.lower()), strict=False)


@footprint(
    "RenameIndex",
    source='RenameIndex("Post", new_name="b", old_name="a")',
    effects="""
        needs blog.post
        renames blog.post:index:a to blog.post:index:b
    """,
)
def rename_index(operation: Operation, context: Context) -> Iterator[Effect]:
    """The index's name; one that was in ``index_together`` leaves it."""
    model = context.model(operation)
    new = context.text(operation, "new_name")
    planes = context.planes(model)
    for plane in planes:
        yield Needs(model_resource(plane, model))
    old = operation.string("old_name")
    if old is not None:
        known = context.world.cell(Resource(STATE, model, INDEX, old))
        for entry in sorted(known.refers if known else ()):
            yield Needs(entry)
        for plane in planes:
            yield Renames(Resource(plane, model, INDEX, old), Resource(plane, model, INDEX, new))
        if DATABASE in planes and old != new:
            yield Destroys(relation(old.lower()), strict=False)
            yield Creates(relation(new.lower()))
        return
    (fields,) = read_together(operation.argument("old_fields")) or ((),)
    if not fields:
        raise UnseenError("names no index")
    together = context.world.value(option(STATE, model, "index_together"))
    left = together - {fields} if isinstance(together, frozenset) else ("without", fields)
    refers = frozenset(Resource(STATE, model, FIELD, field) for field in fields)
    for plane in planes:
        for field in sorted(fields):
            yield Needs(Resource(plane, model, FIELD, field))
    yield from placed(planes, Changes(Resource(STATE, model, OPTION, "index_together"), left))
    index = Creates(Resource(STATE, model, INDEX, new), ("index", fields), refers)
    yield from placed(planes, index)
    if DATABASE in planes:
        yield Creates(relation(new.lower()))
