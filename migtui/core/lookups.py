"""The fields that an expression of a migration names: in ``Q``, ``F``, lookups and field lists."""

from collections.abc import Iterator

from migtui.core.expressions import Call, Collection, Constant, Dictionary, Expression, Unreadable

LITERALS = frozenset({"Value", "RawSQL"})
"""Their strings are no names of fields."""
QUOTED = frozenset({"name", "opclasses", "violation_error_message", "violation_error_code",
                    "db_tablespace", "function", "template", "output_field", "index_type",
                    "config", "separator", "mode"})  # fmt: skip
"""Keyword arguments whose strings are no names of fields."""


class UnseenError(Exception):
    """An argument hides what the operation touches."""


def fields_in(expression: Expression | None) -> frozenset[str]:
    """The fields that an index, a constraint, a condition or a list of names speaks of.

    Args:
        expression: ``Index(fields=["title"], condition=Q(draft=False))``, say.

    Returns:
        Names in lower case, without the minus of a descending order and without lookups.

    Raises:
        UnseenError: A part that could hold names can't be read.
    """
    return frozenset(name.lower() for name in _names(expression) if name not in {"", "*"})


def _names(expression: Expression | None) -> Iterator[str]:
    match expression:
        case Constant(value=str() as text):
            yield _field(text)
        case Call() if expression.name in LITERALS:
            if expression.name == "RawSQL":
                raise UnseenError("holds raw SQL")
        case Call() if not expression.path.startswith("operator.") and expression.name.islower():
            raise UnseenError(f"calls {expression.path}, which only running it would tell")
        case Call():
            yield from _names_in_call(expression)
        case Collection(items=items):
            # A tuple of a string and anything but a string is a lookup: ("stock__gt", 0).
            if _is_lookup(items):
                yield from _names(items[0])
                yield from _names_in_value(items[1])
            else:
                for item in items:
                    yield from _names(item)
        case Unreadable(text):
            raise UnseenError(f"holds {text!r}, which only running it would tell")
        case Dictionary():
            for _, value in expression.items:
                yield from _names(value)
        case _:
            pass


def _names_in_call(call: Call) -> Iterator[str]:
    if call.name == "Q":
        for argument in call.arguments:
            if isinstance(argument, Collection) and len(argument.items) == 2:  # noqa: PLR2004 - lookup and value
                yield from _names(argument.items[0])
                yield from _names_in_value(argument.items[1])
            else:
                yield from _names(argument)
        for key, value in call.keywords:
            if key == "**":
                raise UnseenError("holds a condition that only running it would tell")
            if not key.startswith("_"):
                yield _field(key)
                yield from _names_in_value(value)
        return
    for argument in call.arguments:
        yield from _names(argument)
    for key, value in call.keywords:
        if key == "**":
            raise UnseenError("holds arguments that only running it would tell")
        if key not in QUOTED:
            yield from _names(value)


def _names_in_value(value: Expression) -> Iterator[str]:
    """Names in the right side of a lookup, where a string is only a string."""
    match value:
        case Call() | Unreadable():
            yield from _names(value)
        case Collection(items=items):
            for item in items:
                yield from _names_in_value(item)
        case _:
            pass


def _is_lookup(items: tuple[Expression, ...]) -> bool:
    return (
        len(items) == 2  # noqa: PLR2004 - lookup and value
        and isinstance(items[0], Constant)
        and isinstance(items[0].value, str)
        and "__" in items[0].value
    )


def _field(text: str) -> str:
    return text.removeprefix("-").removeprefix("+").partition("__")[0]
