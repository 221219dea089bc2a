"""Values that a developer types in: checked to be plain expressions, and never run here."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from migtui.core.migration import Operation
from migtui.core.signatures import parameters
from migtui.core.values import CONSTRAINT, FIELD, INDEX, MANAGERS, NAMES, OPTIONS, TEXT, Slot
from migtui.errors import UsageError
from migtui.source.carry import Import

MODELS = Import("django.db", "models")
"""Known in every file, imported where it is not yet."""
_PLAIN = (
    ast.Attribute,
    ast.Call,
    ast.Constant,
    ast.Dict,
    ast.List,
    ast.Name,
    ast.Set,
    ast.Tuple,
    ast.keyword,
    ast.Load,
    ast.UnaryOp,
    ast.USub,
    ast.Invert,
    ast.BinOp,
    ast.BitAnd,
    ast.BitOr,
)
"""What definitions of fields, options, indexes and constraints are made of; ``~``, ``&`` and ``|``
join conditions."""
_WANTED = {
    FIELD: "a field, such as models.CharField(max_length=80)",
    INDEX: "an index with the same name",
    CONSTRAINT: "a constraint with the same name",
    NAMES: "a set of tuples of field names",
    OPTIONS: 'a dict of options, such as {"ordering": ["title"]}',
    MANAGERS: "a list of pairs of a name and a manager",
    TEXT: "a string or None",
}


@dataclass(frozen=True, slots=True)
class TypedValue:
    """A value as files can have it: its source on one line, and what has to be imported."""

    source: str
    imports: frozenset[Import]


def check_value(text: str, slot: Slot, known: Iterable[Import]) -> TypedValue:
    """A value that was typed in, once it is clear that it is one.

    Args:
        text: Python source of an expression.
        slot: Where it is to go.
        known: What the branches' files import: the names that it may use.

    Raises:
        UsageError: It is no expression, does more than say a value, uses a name that is not known,
            or is not what the place wants.
    """
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else "it can't be parsed"
        raise UsageError(
            f"{_shortened(text)} is no Python expression: {reason}.", help=_wanted(slot)
        ) from None
    for part in ast.walk(node):
        if not isinstance(part, _PLAIN) or (isinstance(part, ast.keyword) and part.arg is None):
            what = type(part).__name__
            raise UsageError(
                f"{_shortened(text)} does more than say a value: {what} is not possible there.",
                help=_wanted(slot),
            )
    if not _fits(node, slot):
        raise UsageError(f"{_shortened(text)} is not {_WANTED[slot.kind]}.", help=_wanted(slot))
    return TypedValue(ast.unparse(node), frozenset(_imports(node, text, known)))


def written_value(operation: Operation, argument: str) -> str:
    """The argument of an operation as its file has it, on one line; empty where that can't be told.

    Args:
        operation: As read.
        argument: Its name.
    """
    try:
        node = ast.parse(operation.source, mode="eval").body
    except (SyntaxError, ValueError):
        return ""
    if not isinstance(node, ast.Call):
        return ""
    found = dict(zip(parameters(operation.path), node.args, strict=False))
    found |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    return ast.unparse(found[argument]) if argument in found else ""


def _imports(node: ast.expr, text: str, known: Iterable[Import]) -> Iterator[Import]:
    meanings: dict[str, set[Import]] = {MODELS.bound: {MODELS}}
    for entry in known:
        meanings.setdefault(entry.bound, set()).add(entry)
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id != "set":
            if part.id not in meanings:
                raise UsageError(
                    f"{_shortened(text)} uses {part.id}, which no file of the branches imports.",
                    help=f"Known are {', '.join(sorted(meanings))}.",
                )
            yield from meanings[part.id]


def _fits(node: ast.expr, slot: Slot) -> bool:
    match slot.kind:
        case "field":
            return isinstance(node, ast.Call) and _name(node.func)[:1].isupper()
        case "index" | "constraint":
            names = [word.value for word in getattr(node, "keywords", ()) if word.arg == "name"]
            same = [n for n in names if isinstance(n, ast.Constant) and n.value == slot.name]
            return isinstance(node, ast.Call) and len(same) == 1
        case "names":
            return _is_empty_set(node) or all(
                isinstance(entry, ast.Tuple | ast.List) and all(map(_is_text, entry.elts))
                for entry in _elements(node)
            )
        case "options":
            return isinstance(node, ast.Dict) and all(map(_is_text, node.keys))
        case "managers":
            return isinstance(node, ast.List) and all(
                isinstance(entry, ast.Tuple)
                and [type(part) for part in entry.elts] == [ast.Constant, ast.Call]
                for entry in node.elts
            )
        case _:
            return _is_text(node) or (isinstance(node, ast.Constant) and node.value is None)


def _elements(node: ast.expr) -> list[ast.expr]:
    """The entries of a display; of anything else itself, which is no tuple of names."""
    return node.elts if isinstance(node, ast.Set | ast.List | ast.Tuple) else [ast.Constant(None)]


def _is_empty_set(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and _name(node.func) == "set" and not node.args


def _is_text(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _wanted(slot: Slot) -> str:
    return f"Wanted is {_WANTED[slot.kind]}."


def _shortened(text: str) -> str:
    most = 60
    return repr(text if len(text) <= most else f"{text[:most]}…")
