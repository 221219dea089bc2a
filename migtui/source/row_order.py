"""Whether a function treats every row by itself, so that it can't matter which one it meets first.

A query without an order, or with ties in it, gives rows as the server happens to hold them, and
changing any field of a row may move it: PostgreSQL writes a changed row to another place.
"""

import ast
from collections.abc import Collection, Iterable, Iterator
from typing import TypeAlias

from migtui.source.queries import MANAGERS, METHODS, NAMES

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

NUMBERING = frozenset({"dict", "enumerate", "iter", "map", "next", "reduce", "zip"})
"""Functions of Python by which a row is told from those before it."""
REMEMBERING = frozenset({"popitem", "popleft", "pop", "setdefault", "insert", "index", "fromkeys"})
"""Methods of containers that do the same."""
PICKING = frozenset({"first", "last", "earliest", "latest"})
"""Methods of querysets that give one of several rows."""


def treats_rows_alone(function: Function, *, in_loop: bool = False) -> bool:
    """Whether nothing that a function writes depends on the order of rows.

    Args:
        function: Whatever is not known to be harmless in it counts as dependent.
        in_loop: Whether it is called for one row after another.
    """
    if in_loop:
        return not any(map(_writes, ast.walk(function)))
    return not any(map(_depends, ast.walk(function))) and all(
        _is_harmless(loop, function) for loop in ast.walk(function) if isinstance(loop, ast.For)
    )


def _depends(node: ast.AST) -> bool:
    """Whether a node numbers rows, picks some, or keeps something from one to the next."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in NUMBERING
        case ast.Call(func=ast.Attribute(value=ast.Name(id="itertools"))):
            return True
        case ast.Call(func=ast.Attribute(attr="distinct"), args=[_, *_]):
            return True
        case ast.Call(func=ast.Attribute(attr=name)):
            return name.removeprefix("a") in PICKING | REMEMBERING
        case ast.AugAssign(target=ast.Name()):
            return True
        case ast.Subscript(ctx=ast.Store() | ast.Del()):
            return True
    return isinstance(
        node, ast.While | ast.AsyncFor | ast.Global | ast.Nonlocal | ast.NamedExpr | ast.DictComp
    )


def _is_harmless(loop: ast.For, function: Function) -> bool:
    """Whether a loop changes nothing but the row that it is at, and forgets it afterwards."""
    inside = [node for statement in loop.body for node in ast.walk(statement)]
    row = loop.target.id if isinstance(loop.target, ast.Name) else ""
    kept = set(_kept(inside))
    around = set(_bound(ast.walk(function), but=set(ast.walk(loop))))
    return around.isdisjoint(_bound(inside)) and not any(
        isinstance(node, ast.For | ast.Break | ast.Return)
        or _is_other(node, row)
        or (isinstance(node, ast.Name) and node.id in kept and not _is_owner(node, inside))
        for node in inside
    )


def _bound(nodes: Iterable[ast.AST], but: Collection[ast.AST] = ()) -> Iterator[str]:
    """The names that are bound."""
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in but:
            yield node.id


def _kept(nodes: list[ast.AST]) -> Iterator[str]:
    """The names of lists to which a loop adds."""
    for node in nodes:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "extend")):
                yield name


def _is_owner(name: ast.Name, nodes: list[ast.AST]) -> bool:
    """Whether a name stands there only to be added to."""
    return any(
        isinstance(node, ast.Attribute) and node.value is name and node.attr in ("append", "extend")
        for node in nodes
    )


def _is_other(node: ast.AST, row: str) -> bool:
    """Whether something else than a loop's row is asked for or changed."""
    match node:
        case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
            return name != row
        case ast.Attribute(ctx=ast.Store() | ast.Del()):
            return True
        case ast.Attribute(attr=name) if name in MANAGERS:
            return True
        case ast.Call(func=ast.Name(id="setattr"), args=[ast.Name(id=name), *_]):
            return name != row
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="save" | "asave")):
            return name != row
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in METHODS | {"save", "asave"}
        case ast.Name(ctx=ast.Store(), id=name):
            return name == row
    return False


def _writes(node: ast.AST) -> bool:
    match node:
        case (
            ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del())
        ):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in NUMBERING | {"setattr"}
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in METHODS | REMEMBERING | NAMES | {"save", "asave", "append", "add"}
    return isinstance(node, ast.Global | ast.Nonlocal)
