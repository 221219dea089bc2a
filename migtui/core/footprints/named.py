"""What indexes and constraints have in common: a name, a model, and fields that they are over."""

from collections.abc import Iterator

from migtui.core.effects import (
    CONSTRAINT,
    DATABASE,
    FIELD,
    STATE,
    Creates,
    Destroys,
    Effect,
    Needs,
    Resource,
)
from migtui.core.expressions import Call, Expression, as_string
from migtui.core.footprint import Context, needs_model, placed, relation
from migtui.core.lookups import UnseenError, fields_in
from migtui.core.migration import Operation


def name_in(expression: Expression | None) -> str:
    """The name of an index or a constraint.

    Raises:
        UnseenError: It can't be read.
    """
    name = as_string(expression.keyword("name")) if isinstance(expression, Call) else None
    if name is None:
        raise UnseenError("has a name that only running it would tell")
    return name


def creates_named(
    kind: str, model: str, expression: Expression | None, planes: tuple[str, ...]
) -> Iterator[Effect]:
    """An index or a constraint comes to be, over fields that are there.

    All but a check are indexes in the database, whose names are among those of tables.

    Args:
        kind: ``INDEX`` or ``CONSTRAINT``.
        model: Whose it is.
        expression: Its definition.
        planes: Where it comes to be.
    """
    name = name_in(expression)
    fields = sorted(fields_in(expression))
    for plane in planes:
        for field in fields:
            yield Needs(Resource(plane, model, FIELD, field))
    refers = frozenset(Resource(STATE, model, FIELD, field) for field in fields)
    yield from placed(planes, Creates(Resource(STATE, model, kind, name), expression, refers))
    is_check = isinstance(expression, Call) and expression.name == "CheckConstraint"
    if DATABASE in planes and not is_check:
        yield Creates(relation(name.lower()))


def adds(kind: str, operation: Operation, context: Context) -> Iterator[Effect]:
    """The operation that adds an index or a constraint, which its argument ``kind`` defines."""
    model = context.model(operation)
    planes = context.planes(model)
    yield from needs_model(model, planes)
    if kind == CONSTRAINT:
        yield from context.remakes(model)
    yield from creates_named(kind, model, operation.argument(kind), planes)


def removes(kind: str, operation: Operation, context: Context) -> Iterator[Effect]:
    """The operation that removes an index or a constraint, and the name that an index had."""
    model = context.model(operation)
    name = context.text(operation)
    planes = context.planes(model)
    yield from needs_model(model, planes)
    if kind == CONSTRAINT:
        yield from context.remakes(model)
    for plane in planes:
        yield Destroys(Resource(plane, model, kind, name))
    if DATABASE in planes:
        yield Destroys(relation(name.lower()), strict=False)
