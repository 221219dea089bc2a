"""Where in its file an operation stands, and the source of what it runs."""

import ast
import functools
import inspect
import textwrap
from collections.abc import Iterator, Sequence

from django.db.migrations.operations import RunPython, SeparateDatabaseAndState

from migtui.engine.editor import Origin
from migtui.engine.untyped import Operation

NESTED = ("database_operations", "state_operations")


def find_origins(source: bytes, operations: Sequence[Operation]) -> dict[int, Origin]:
    """The origin of each operation, nested ones too, by ``id``.

    Args:
        source: Of the migration's file.
        operations: Of the migration as it was loaded. Where the file builds the list in another
            way than as one literal, the lines are not known.
    """
    return dict(_pair(_operations_list(source), operations))


def _pair(
    literal: ast.expr | None, operations: Sequence[Operation]
) -> Iterator[tuple[int, Origin]]:
    entries: Sequence[ast.expr | None] = [None] * len(operations)
    if isinstance(literal, ast.List | ast.Tuple) and len(literal.elts) == len(operations):
        entries = literal.elts
    for entry, operation in zip(entries, operations, strict=True):
        yield id(operation), Origin(type(operation).__name__, entry.lineno if entry else None)
        arguments = _arguments(entry, operation)
        for name in NESTED:
            yield from _pair(arguments.get(name), getattr(operation, name, None) or ())


def _arguments(entry: ast.expr | None, operation: Operation) -> dict[str | None, ast.expr]:
    """The arguments of an operation's call by name."""
    if not isinstance(entry, ast.Call):
        return {}
    found: dict[str | None, ast.expr] = {word.arg: word.value for word in entry.keywords}
    if isinstance(operation, SeparateDatabaseAndState):
        found.update(zip(NESTED, entry.args, strict=False))
    return found


def _operations_list(source: bytes) -> ast.expr | None:
    """The value of ``operations`` in the class body; None where there are several, or none."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and node.name == "Migration":
            found = [
                statement.value
                for statement in node.body
                if isinstance(statement, ast.Assign)
                and any(isinstance(t, ast.Name) and t.id == "operations" for t in statement.targets)
            ]
            return found[0] if len(found) == 1 else None
    return None


def function_source(function: object) -> str:
    """The source of a function that a migration runs, or its name where there is none."""
    if function is RunPython.noop:
        return "RunPython.noop"
    while isinstance(function, functools.partial):
        function = function.func
    try:
        return textwrap.dedent(inspect.getsource(inspect.unwrap(function)))  # type: ignore[arg-type]  # any callable
    except (OSError, TypeError):
        return repr(function)
