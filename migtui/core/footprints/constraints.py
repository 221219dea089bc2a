"""What operations on constraints do."""

from collections.abc import Iterator

from migtui.core.effects import (
    CONSTRAINT,
    DATABASE,
    FIELD,
    STATE,
    Changes,
    Creates,
    Destroys,
    Effect,
    Needs,
    Resource,
)
from migtui.core.expressions import Call, Expression
from migtui.core.footprint import Context, footprint, model_resource, placed, relation
from migtui.core.footprints.indexes import name_in
from migtui.core.lookups import fields_in
from migtui.core.migration import Operation


def creates_constraint(
    model: str, constraint: Expression | None, planes: tuple[str, ...]
) -> Iterator[Effect]:
    """A constraint comes to be, over fields that are there."""
    name = name_in(constraint)
    fields = sorted(fields_in(constraint))
    for plane in planes:
        for field in fields:
            yield Needs(Resource(plane, model, FIELD, field))
    refers = frozenset(Resource(STATE, model, FIELD, field) for field in fields)
    yield from placed(planes, Creates(Resource(STATE, model, CONSTRAINT, name), constraint, refers))
    if DATABASE in planes and not _is_check(constraint):
        yield Creates(relation(name.lower()))


def _is_check(constraint: Expression | None) -> bool:
    return isinstance(constraint, Call) and constraint.name == "CheckConstraint"


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
    model = context.model(operation)
    planes = context.planes(model)
    for plane in planes:
        yield Needs(model_resource(plane, model))
    yield from context.remakes(model)
    yield from creates_constraint(model, operation.argument("constraint"), planes)


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
    model = context.model(operation)
    name = context.text(operation)
    planes = context.planes(model)
    for plane in planes:
        yield Needs(model_resource(plane, model))
    yield from context.remakes(model)
    for plane in planes:
        yield Destroys(Resource(plane, model, CONSTRAINT, name))
    if DATABASE in planes:
        yield Destroys(relation(name.lower()), strict=False)


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
