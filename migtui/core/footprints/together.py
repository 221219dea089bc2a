"""What the operations on ``unique_together``, ``index_together`` and the order of rows do."""

from collections.abc import Iterator

from migtui.core.effects import DATABASE, FIELD, STATE, Changes, Effect, Needs, Resource
from migtui.core.expressions import Collection, Constant, Expression, as_string
from migtui.core.footprint import Context, footprint, model_resource, needs_model, option, placed
from migtui.core.lookups import UnseenError
from migtui.core.migration import Operation


def read_together(value: Expression | None) -> frozenset[tuple[str, ...]]:
    """A set of tuples of field names, also where one tuple is written without the set.

    Raises:
        UnseenError: It can't be read.
    """
    match value:
        case None | Constant(None):
            return frozenset()
        case Collection(items=items) if items and all(as_string(item) for item in items):
            return frozenset({tuple((as_string(item) or "").lower() for item in items)})
        case Collection(items=items):
            return frozenset().union(*(read_together(item) for item in items))
        case _:
            raise UnseenError("has a set of fields that only running it would tell")


def sets_together(
    model: str, name: str, value: Expression | None, planes: tuple[str, ...]
) -> Iterator[Effect]:
    """The whole set, not only what differs from the one before."""
    together = read_together(value)
    fields = sorted({field for entry in together for field in entry})
    for plane in planes:
        for field in fields:
            yield Needs(Resource(plane, model, FIELD, field))
    refers = frozenset(Resource(STATE, model, FIELD, field) for field in fields)
    yield from placed(planes, Changes(option(STATE, model, name), together, refers))


@footprint(
    "AlterUniqueTogether",
    source='AlterUniqueTogether("Post", {("title", "slug")})',
    effects="""
        needs blog.post
        needs blog.post.slug
        needs blog.post.title
        changes blog.post:option:unique_together
    """,
)
def alter_unique_together(operation: Operation, context: Context) -> Iterator[Effect]:
    """The option as a whole."""
    yield from _alter_together(operation, context, "unique_together")


@footprint(
    "AlterIndexTogether",
    source='AlterIndexTogether("Post", {("title", "slug")})',
    effects="""
        needs blog.post
        needs blog.post.slug
        needs blog.post.title
        changes blog.post:option:index_together
    """,
)
def alter_index_together(operation: Operation, context: Context) -> Iterator[Effect]:
    """The option as a whole."""
    yield from _alter_together(operation, context, "index_together")


def _alter_together(operation: Operation, context: Context, name: str) -> Iterator[Effect]:
    model = context.model(operation, "name")
    planes = context.planes(model)
    yield from needs_model(model, planes)
    known = context.world.cell(option(STATE, model, name))
    for entry in sorted(known.refers if known else ()):  # their constraints are looked for
        for plane in planes:
            yield Needs(entry.on(plane))
    yield from sets_together(model, name, operation.argument(name), planes)


@footprint(
    "AlterOrderWithRespectTo",
    source='AlterOrderWithRespectTo("Post", "author")',
    effects="""
        needs blog.post
        needs blog.post.author
        changes blog.post:option:order_with_respect_to
    """,
)
def alter_order_with_respect_to(operation: Operation, context: Context) -> Iterator[Effect]:
    """The option; the database has a column ``_order`` or none."""
    model = context.model(operation, "name")
    planes = context.planes(model)
    name = "order_with_respect_to"
    value = operation.argument(name)
    field = as_string(value)
    if field is None and value not in (None, Constant(None)):
        raise UnseenError("has a field that only running it would tell")
    yield from context.remakes(model)
    for plane in planes:
        yield Needs(model_resource(plane, model))
        if field:
            yield Needs(Resource(plane, model, FIELD, field.lower()))
    refers = frozenset({Resource(STATE, model, FIELD, field.lower())} if field else ())
    yield Changes(option(STATE, model, name), value, refers)
    if DATABASE in planes:
        yield Changes(option(DATABASE, model, name), Constant(value=bool(field)))
