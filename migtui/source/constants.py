"""Arithmetic and formatting of constants, within bounds that no file can blow up."""

import ast
import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

from migtui.core.expressions import Collection, Constant, Expression

MAX_TEXT = 1_000_000
"""Longest string, in characters, that is worked out."""
MAX_BITS = 4096
"""Longest integer that is worked out."""
WIDE = re.compile(r"\d{5}|\*")
"""A width in a format that may ask for a very long string."""

NUMERIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.LShift: operator.lshift,
    ast.Mod: operator.mod,
    ast.Mult: operator.mul,
    ast.Pow: operator.pow,
    ast.RShift: operator.rshift,
    ast.Sub: operator.sub,
}
UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Invert: operator.invert,
    ast.Not: operator.not_,
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
METHODS = frozenset({"capitalize", "format", "join", "lower", "replace", "strip", "title", "upper"})


def short(text: str) -> Constant | None:
    """The text as a constant, None where it is too long to be worth it."""
    return Constant(text) if len(text) <= MAX_TEXT else None


def formatted(text: str, values: Expression) -> Constant | None:
    """``text % values``, None where that is not known."""
    known = _known(values.items if isinstance(values, Collection) else (values,))
    if known is None or WIDE.search(text):
        return None
    try:
        return short(text % tuple(known))
    except (TypeError, ValueError):
        return None


def method(
    owner: Expression,
    name: str,
    arguments: Sequence[Expression],
    keywords: Sequence[tuple[str, Expression]],
) -> Constant | None:
    """What a method of a literal string gives, None where that is not known."""
    text = owner.value if isinstance(owner, Constant) else None
    if not isinstance(text, str) or name not in METHODS or WIDE.search(text):
        return None
    known = _known([*arguments, *(value for _, value in keywords)])
    if known is None:
        return None
    named = {key: known.pop() for key, _ in reversed(keywords)}
    try:
        return short(getattr(text, name)(*known, **named))
    except (LookupError, TypeError, ValueError, AttributeError):
        return None


def _known(values: Sequence[Expression]) -> list[Any] | None:
    """The values of constants and of lists of constants, None where one is neither."""
    found: list[Any] = []
    for value in values:
        match value:
            case Constant(constant):
                found.append(constant)
            case Collection(items=items) if (inner := _known(items)) is not None:
                found.append(inner)
            case _:
                return None
    return found


def arithmetic(kind: ast.operator, left: Constant, right: Constant) -> Constant | None:
    """The result of an operator on two constants, None where that is not known."""
    first, second = left.value, right.value
    match kind, first, second:
        case ast.Add(), str(), str():
            return short(first + second)
        case ast.Add(), bytes(), bytes():
            return Constant(first + second)
        case ast.Mult(), str(), int() if len(first) * second <= MAX_TEXT:
            return Constant(first * second)
        case _, (int() | float()), (int() | float()) if type(kind) in NUMERIC:
            return _number_of(NUMERIC[type(kind)], first, second)
        case _:
            return None


def _number_of(function: Callable[[Any, Any], Any], first: float, second: float) -> Constant | None:
    grows = function in (operator.pow, operator.lshift)
    if grows and isinstance(first, int) and max(first.bit_length(), 1) * second > MAX_BITS:
        return None
    try:
        return _number(function(first, second))
    except (ArithmeticError, TypeError, ValueError):
        return None


def negated(kind: ast.unaryop, value: Constant) -> Constant | None:
    """The result of a sign or negation of a constant, None where that is not known."""
    try:
        return _number(UNARY[type(kind)](value.value))
    except TypeError:
        return None


def _number(value: object) -> Constant | None:
    match value:
        case bool() | float() | complex():
            return Constant(value)
        case int() if value.bit_length() <= MAX_BITS:
            return Constant(value)
        case _:
            return None
