"""Copies operations from one migration file to another, with the imports that they need."""

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from migtui.core.migration import MigrationKey, Operation
from migtui.errors import RewriteError
from migtui.source.parse import parse


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """A name that a file imports.

    Attributes:
        module: Dotted, with leading dots where it is relative.
        name: What is imported from it; empty for ``import module``.
        alias: What the file calls it; empty where that is its own name.
    """

    module: str
    name: str = ""
    alias: str = ""

    @property
    def bound(self) -> str:
        """The name that the file has for it."""
        return self.alias or self.name or self.module.partition(".")[0]


@dataclass(frozen=True, slots=True)
class CarriedOperation:
    """An operation's source, and what its file has to import."""

    source: str
    imports: frozenset[Import]


def carry(content: bytes, key: MigrationKey, operation: Operation) -> CarriedOperation:
    """An operation as another file can have it.

    Args:
        content: The bytes of the file that has it.
        key: Whose file it is.
        operation: As read from the file.

    Raises:
        RewriteError: It uses what its file defines itself, or is no expression by itself.
    """
    known: dict[str, set[Import]] = {}
    for entry in read_imports(parse(content)[0].body):
        known.setdefault(entry.bound, set()).add(entry)
    try:
        tree = ast.parse(operation.source, mode="eval")
    except SyntaxError:
        raise _not_carried(key, operation, "it does not stand in the list of operations") from None
    inner = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    used: set[Import] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name) or node.id in inner or hasattr(builtins, node.id):
            continue
        if node.id not in known:
            raise _not_carried(key, operation, f"it uses {node.id}, which that file defines")
        used |= known[node.id]
    return CarriedOperation(operation.source, frozenset(used))


def render_imports(imports: Iterable[Import]) -> str:
    """The lines of an import block, in the order in which Django's writer has them.

    Raises:
        RewriteError: Two of them give one name to different things.
    """
    entries = sorted(set(imports))
    meanings: dict[str, Import] = {}
    for entry in entries:
        is_plain = not entry.name and not entry.alias
        other = meanings.setdefault(entry.bound, entry)
        if other != entry and not (is_plain and not other.name and not other.alias):
            raise RewriteError(
                f"{entry.bound} means different things in the files that operations come from."
            )
    plain = [f"import {_called(entry.module, entry)}" for entry in entries if not entry.name]
    modules = dict.fromkeys(entry.module for entry in entries if entry.name)
    named = [
        f"from {module} import "
        + ", ".join(_called(e.name, e) for e in entries if e.name and e.module == module)
        for module in modules
    ]
    return "\n".join([*plain, *named])


def _called(name: str, entry: Import) -> str:
    return f"{name} as {entry.alias}" if entry.alias else name


def read_imports(body: Iterable[ast.stmt]) -> Iterator[Import]:
    """What a module's own statements import."""
    for node in body:
        match node:
            case ast.Import(names=names):
                for entry in names:
                    yield Import(entry.name, alias=entry.asname or "")
            case ast.ImportFrom(module=module, names=names, level=level):
                for entry in names:
                    yield Import("." * level + (module or ""), entry.name, entry.asname or "")
            case _:
                pass


def _not_carried(key: MigrationKey, operation: Operation, why: str) -> RewriteError:
    return RewriteError(
        f"{operation.type} in {key} can't be copied into the merge: {why}.",
        help="Order the branches so that it runs last, or write the merge by hand.",
    )
