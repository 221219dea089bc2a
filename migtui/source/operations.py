"""The operations of a migration file as values."""

import ast
from collections.abc import Iterable
from dataclasses import replace

from migtui.core.expressions import Reference, source_of
from migtui.core.migration import UNREADABLE, Function, Operation
from migtui.core.reach import Reach
from migtui.core.signatures import is_djangos, parameters
from migtui.source.bindings import Binding, Kind
from migtui.source.data_migration import read_function, read_sql, read_vouch, vouched
from migtui.source.helpers import Imports
from migtui.source.lists import Item, Items, attribute_of, items_of
from migtui.source.names import Module, Place
from migtui.source.parse import ParsedFile, parse
from migtui.source.read import find_migration_class

NESTED = ("database_operations", "state_operations")
FUNCTIONS = ("code", "reverse_code")


def read_operations(
    content: bytes, imports: Imports | None = None, *, with_code: bool = True
) -> tuple[Operation, ...]:
    """The operations of a migration file, in the order of the file.

    What only running the file would tell (a loop, a helper's call, a spread of something unknown,
    an entry under a condition) is an operation of type ``Unreadable`` with its source. Of a file
    with conflict markers, the operations of both sides are read.

    Args:
        content: Of the file.
        imports: Where functions that it imports are found; they are not followed without it.
        with_code: Whether RunPython's functions and RunSQL's statements are read, too.
    """
    reader = _Reader(imports, with_code=with_code)
    found: dict[tuple[str, int], Operation] = {}
    for reading in parse(content):
        for operation in reader.read(reading):
            found.setdefault((operation.source, operation.line), operation)
    return tuple(found.values())


def with_vouch(operations: Iterable[Operation], labels: Iterable[str]) -> tuple[Operation, ...]:
    """Operations as the developer says: those whose code can't be seen touch these models alone."""
    reach = vouched(labels)
    return tuple(_with_reach(operation, reach) for operation in operations)


def _with_reach(operation: Operation, reach: Reach) -> Operation:
    """The operation, and those that it holds, on the developer's word."""
    if operation.type == "SeparateDatabaseAndState" and operation.is_django:
        nested = tuple(_with_reach(inner, reach) for inner in operation.database_operations)
        return replace(operation, database_operations=nested)
    is_seen = operation.is_django and operation.type not in ("RunPython", "RunSQL")
    return operation if is_seen else replace(operation, reach=reach)


class _Reader:
    """Reads the operations of one file."""

    def __init__(self, imports: Imports | None, *, with_code: bool) -> None:
        self.imports = imports
        self.with_code = with_code

    def read(self, parsed: ParsedFile) -> list[Operation]:
        """The operations of the migration in a file."""
        module = Module(parsed.body, parsed.text)
        cls = find_migration_class(module)
        return [] if cls is None else self._operations(attribute_of(module, cls, "operations"))

    def _operations(self, lists: list[Items]) -> list[Operation]:
        """The operations of a list that may be any of these."""
        always = frozenset.intersection(*map(frozenset, lists)) if lists else frozenset()
        found = dict.fromkeys(item for items in lists for item in items)
        return [
            self._operation(item) if item in always else self._unreadable(item) for item in found
        ]

    def _operation(self, item: Item) -> Operation:
        """One entry of a list."""
        if item.is_spread:
            return self._unreadable(item)
        item = item.place.follow(item.node)
        if not isinstance(item.node, ast.Call):
            return self._unreadable(item)
        try:
            return self._call(item, item.node)
        except RecursionError:
            return self._unreadable(item)

    def _unreadable(self, item: Item) -> Operation:
        """An entry that only running it would tell."""
        line, end_line = item.node.lineno, item.node.end_lineno
        return Operation(
            UNREADABLE,
            line=line,
            end_line=end_line or line,
            source=item.source,
            reach=self._vouch(item),
        )

    def _vouch(self, item: Item) -> Reach | None:
        """What a comment above an entry says."""
        return read_vouch(item.place.module.lines, item.node.lineno) if self.with_code else None

    def _call(self, item: Item, node: ast.Call) -> Operation:
        """An entry that is a call: of a class, as its capital letter says."""
        place = item.place
        path = place.dotted(node.func) or ""
        name = path.rpartition(".")[2]
        arguments = _arguments(node, parameters(path))
        if not name[:1].isupper() or arguments is None:
            return self._unreadable(item)
        nested = {
            key: tuple(self._operations(items_of(place, arguments.pop(key))))
            for key in NESTED
            if key in arguments
        }
        is_known = is_djangos(path)
        functions = [arguments[key] for key in FUNCTIONS if key in arguments and is_known]
        return Operation(
            type=name,
            path=path if "." in path else "",
            arguments=tuple((key, place.evaluate(value)) for key, value in arguments.items()),
            line=node.lineno,
            end_line=node.end_lineno or node.lineno,
            source=item.source,
            functions=tuple(_function(value, place) for value in functions),
            database_operations=nested.get("database_operations", ()),
            state_operations=nested.get("state_operations", ()),
            reach=self._reach(name, node, arguments, place) if is_known else self._vouch(item),
        )

    def _reach(
        self, name: str, node: ast.Call, arguments: dict[str, ast.expr], place: Place
    ) -> Reach | None:
        """What code or SQL touches, as the developer says or as it was read."""
        if not self.with_code:
            return None
        vouch = read_vouch(place.module.lines, node.lineno)
        if vouch is not None:
            return vouch
        if name == "RunSQL":
            sql = arguments.get("sql")
            return read_sql(None if sql is None else place.evaluate(sql))
        if name != "RunPython" or "code" not in arguments:
            return None
        item = place.follow(arguments["code"])
        for binding in item.place.bindings(item.node.id) if isinstance(item.node, ast.Name) else ():
            if isinstance(binding.node, ast.FunctionDef):
                vouch = read_vouch(item.place.module.lines, first_line(binding.node)) or vouch
        return vouch or read_function(item.place.module.body, item.node, self.imports)


def first_line(node: ast.FunctionDef) -> int:
    """Where a function begins, its decorators included; counted from 1."""
    return min(node.lineno, *(decorator.lineno for decorator in node.decorator_list), node.lineno)


def _arguments(node: ast.Call, names: tuple[str, ...]) -> dict[str, ast.expr] | None:
    """The arguments of a call by name, else by index; None where a spread hides which."""
    if any(isinstance(argument, ast.Starred) for argument in node.args):
        return None
    positional = {str(index): argument for index, argument in enumerate(node.args)}
    bound = dict(zip([*names, *positional][: len(node.args)], node.args, strict=False))
    named = {keyword.arg or "**": keyword.value for keyword in node.keywords}
    return (bound if len(names) >= len(node.args) else positional) | named


def _function(node: ast.expr, place: Place) -> Function:
    """A function by name, with its source where the file has it."""
    item = place.follow(node)
    if isinstance(item.node, ast.Lambda):
        return Function("lambda", item.source, item.node.lineno)
    if isinstance(item.node, ast.Name):
        match item.place.bindings(item.node.id):
            case [*_, Binding(Kind.FUNCTION, node=ast.FunctionDef() as definition)]:
                source = place.module.source(definition)
                return Function(definition.name, source, definition.lineno)
            case _:
                pass
    value = item.evaluate()
    path = value.path if isinstance(value, Reference) else source_of(value)
    return Function("noop" if path.endswith("RunPython.noop") else path)
