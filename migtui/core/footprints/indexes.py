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
from migtui.core.footprint import (
    Context,
    footprint,
    needs_model,
    option,
    placed,
    relation,
)
from migtui.core.footprints.named import adds, removes
from migtui.core.footprints.together import read_together
from migtui.core.lookups import UnseenError
from migtui.core.migration import Operation


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
    yield from adds(INDEX, operation, context)


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
    yield from removes(INDEX, operation, context)


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
    yield from needs_model(model, planes)
    old = operation.string("old_name")
    if old is not None:
        known = context.world.cell(Resource(STATE, model, INDEX, old))
        for entry in sorted(known.refers if known else ()):
            for plane in planes:
                yield Needs(entry.on(plane))
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
