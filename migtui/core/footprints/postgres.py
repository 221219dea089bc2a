"""What operations of ``django.contrib.postgres`` do, besides indexes and constraints."""

from collections.abc import Iterator

from migtui.core.effects import (
    CONSTRAINT,
    DATABASE,
    OBJECT,
    STATE,
    Changes,
    Creates,
    Destroys,
    Effect,
    Needs,
    Resource,
)
from migtui.core.footprint import Context, footprint, model_resource
from migtui.core.migration import Operation

EXTENSIONS = {
    "BloomExtension": "bloom",
    "BtreeGinExtension": "btree_gin",
    "BtreeGistExtension": "btree_gist",
    "CITextExtension": "citext",
    "CryptoExtension": "pgcrypto",
    "HStoreExtension": "hstore",
    "TrigramExtension": "pg_trgm",
    "UnaccentExtension": "unaccent",
}


@footprint(
    "CreateExtension",
    *EXTENSIONS,
    source='CreateExtension("hstore")',
    effects="creates object:extension hstore",
)
def create_extension(operation: Operation, context: Context) -> Iterator[Effect]:
    """The extension, unless it is there."""
    name = EXTENSIONS.get(operation.type) or context.text(operation)
    yield Creates(Resource(DATABASE, "", OBJECT, f"extension {name}"), strict=False)


@footprint(
    "CreateCollation",
    source='CreateCollation("german", "de-u-ks-level2")',
    effects="creates object:collation german",
)
def create_collation(operation: Operation, context: Context) -> Iterator[Effect]:
    """The collation."""
    name = context.text(operation)
    yield Creates(
        Resource(DATABASE, "", OBJECT, f"collation {name}"),
        tuple(sorted((key, value) for key, value in operation.arguments)),
    )


@footprint(
    "RemoveCollation",
    source='RemoveCollation("german", "de-u-ks-level2")',
    effects="destroys object:collation german",
)
def remove_collation(operation: Operation, context: Context) -> Iterator[Effect]:
    """The collation."""
    yield Destroys(Resource(DATABASE, "", OBJECT, f"collation {context.text(operation)}"))


@footprint(
    "ValidateConstraint",
    source='ValidateConstraint("Post", "some")',
    effects="""
        needs blog.post
        needs blog.post:constraint:some
    """,
)
def validate_constraint(operation: Operation, context: Context) -> Iterator[Effect]:
    """The constraint holds for the rows that were there before it, too."""
    model = context.model(operation)
    name = context.text(operation)
    for plane in (STATE, DATABASE):
        yield Needs(model_resource(plane, model))
        yield Needs(Resource(plane, model, CONSTRAINT, name))
    valid = Resource(DATABASE, model, CONSTRAINT, f"{name} is valid")
    yield Changes(valid, value=True)
