"""What the statements of a migration's file are about, looked at one by one."""

import ast
from collections.abc import Sequence

from migtui.core.migration import MigrationKey
from migtui.errors import RewriteError
from migtui.source.carry import Import


def written_operation(
    body: Sequence[ast.stmt], key: MigrationKey, index: int, count: int, kind: str
) -> ast.expr:
    """An operation of a file whose list of them is one literal.

    Raises:
        RewriteError: It is not, or another operation stands there.
    """
    lists = [
        statement.value
        for node in body
        if isinstance(node, ast.ClassDef) and node.name == "Migration"
        for statement in node.body
        if isinstance(statement, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id == "operations" for t in statement.targets)
    ]
    if len(lists) == 1 and isinstance(lists[0], ast.List | ast.Tuple):
        entries = lists[0].elts
        if len(entries) == count and isinstance(entries[index], ast.Call):
            found = entries[index]
            function = found.func if isinstance(found, ast.Call) else found
            if kind in (getattr(function, "id", ""), getattr(function, "attr", "")):
                return found
    raise RewriteError(
        f"The operations of {key} are not one plain list.", help=f"Write them so in {key.name}."
    )


def is_migration(node: ast.stmt) -> bool:
    """Whether a statement is the class that Django looks for."""
    return isinstance(node, ast.ClassDef) and node.name == "Migration"


def is_dunder(name: str) -> bool:
    """Whether a name is one of Python's own."""
    return name.startswith("__") and name.endswith("__")


def are_submodules(known: object, entry: Import) -> bool:
    """Whether both import parts of one package by its own name."""
    is_plain = isinstance(known, Import) and not known.name and not known.alias
    return is_plain and not entry.name and not entry.alias


def changed_in(node: ast.stmt) -> set[str]:
    """The names whose values a statement changes in place: ``X[1] = 2``, ``X.update(...)``."""
    found = set()
    for inner in ast.walk(node):
        match inner:
            case (
                ast.Subscript(ctx=ast.Store() | ast.Del())
                | ast.Attribute(ctx=ast.Store() | ast.Del())
            ):
                found.add(_root(inner))
            case ast.Expr(value=ast.Call(func=function, args=arguments)):
                found.update(map(_root, (function, *arguments)))
            case _:
                pass
    return found - {""}


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
