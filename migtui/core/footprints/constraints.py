"""What operations on constraints do."""

from collections.abc import Iterator

from migtui.core.effects import (
    CONSTRAINT,
    FIELD,
    STATE,
    Changes,
    Effect,
    Needs,
    Resource,
)
from migtui.core.footprint import Context, footprint, model_resource
from migtui.core.footprints.named import adds, removes
from migtui.core.lookups import fields_in
from migtui.core.migration import Operation


@footprint(
    "AddConstraint",
    "AddConstraintNotValid",
    source="""AddConstraint(
        "Post", models.CheckConstraint(condition=models.Q(stars__gt=0), name="some"))""",
    effects="""
        needs blog.post
        needs blog.post.stars
        creates blog.post:constraint:some
    """,
)
def add_constraint(operation: Operation, context: Context) -> Iterator[Effect]:
    """The constraint; that of a unique one is an index, whose name is one of the schema's."""
    yield from adds(CONSTRAINT, operation, context)


@footprint(
    "RemoveConstraint",
    source='RemoveConstraint("Post", "some")',
    effects="""
        needs blog.post
        destroys blog.post:constraint:some
    """,
)
def remove_constraint(operation: Operation, context: Context) -> Iterator[Effect]:
    """The constraint, and its name where that was an index's."""
    yield from removes(CONSTRAINT, operation, context)


@footprint(
    "AlterConstraint",
    source="""AlterConstraint(
        "Post", "some", models.CheckConstraint(condition=models.Q(stars__gt=0), name="some"))""",
    effects="""
        needs blog.post
        needs blog.post:constraint:some
        changes blog.post:constraint:some
    """,
)
def alter_constraint(operation: Operation, context: Context) -> Iterator[Effect]:
    """What Django knows of it; the database is left alone."""
    model = context.model(operation)
    resource = Resource(STATE, model, CONSTRAINT, context.text(operation))
    constraint = operation.argument("constraint")
    refers = frozenset(Resource(STATE, model, FIELD, field) for field in fields_in(constraint))
    yield Needs(model_resource(STATE, model))
    yield Needs(resource)
    yield Changes(resource, constraint, refers)
