"""Takes operations out of a migration file, or puts others in their place, byte for byte."""

import ast
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TypeAlias

from migtui.core.migration import MigrationKey, Operation
from migtui.core.operation_edits import (
    Argument,
    EmptySet,
    NewOperation,
    OperationEdit,
    Taken,
    TakenOptions,
    Written,
)
from migtui.core.signatures import parameters
from migtui.errors import RewriteError
from migtui.source.carry import Import, read_imports, render_imports
from migtui.source.entries import comma_after
from migtui.source.lists import Item, attribute_of
from migtui.source.names import Module
from migtui.source.operations import read_operations
from migtui.source.parse import parse
from migtui.source.read import find_migration_class
from migtui.source.splice import SourceFile, Splice

MODULE = "django.db.migrations"
Taking: TypeAlias = Callable[[Taken | TakenOptions], str]


def edit_operations(
    content: bytes,
    key: MigrationKey,
    edits: Sequence[OperationEdit],
    imports: Collection[Import] = (),
) -> bytes:
    """The file with these operations gone or replaced; every other byte as it was.

    Args:
        content: The file's bytes.
        key: Whose file it is.
        edits: Of this migration.
        imports: What the file has to have for expressions that are new in it.

    Raises:
        RewriteError: The operations are written in a form that can't be edited safely, or the
            file would not say afterwards what it should.
    """
    try:
        after = _Editor(content).edited(edits, imports)
        _require_done(read_operations(content), read_operations(after), edits)
    except RewriteError as error:
        wanted = "; ".join(map(_by_hand, edits))
        raise RewriteError(
            f"The operations of {key} can't be edited safely: {error.message}",
            help=f"By hand: {wanted}.",
        ) from error
    return after


def render_operation(
    new: NewOperation, take: Taking, prefix: str = "migrations.", indent: str = " " * 8
) -> str:
    """Source of an operation, its first line without the indentation.

    Args:
        new: The operation.
        take: Gives what it takes from the operation that it replaces.
        prefix: What the file writes before the class.
        indent: Of the lines.
    """
    inner = f"{indent}    "
    lines = [f"{inner}{name}={_argument(value, take)},\n" for name, value in new.arguments]
    return f"{prefix}{new.type}(\n{''.join(lines)}{indent})"


def _argument(value: Argument, take: Taking) -> str:
    match value:
        case Taken() | TakenOptions():
            return take(value)
        case Written(source):
            return source
        case EmptySet():
            return "set()"
        case _:
            return repr(value)


def _used(edits: Iterable[OperationEdit]) -> set[str]:
    """The names that new expressions use."""
    written = [
        value.source
        for edit in edits
        for new in edit.replacement
        for _, value in new.arguments
        if isinstance(value, Written)
    ]
    nodes = (node for source in written for node in ast.walk(ast.parse(source, mode="eval")))
    return {node.id for node in nodes if isinstance(node, ast.Name)} - {"set"}


def _require_done(
    before: Sequence[Operation], after: Sequence[Operation], edits: Sequence[OperationEdit]
) -> None:
    """The new operations stand where they should, and the others are as they were."""
    replaced = {edit.index: edit.replacement for edit in edits}
    expected = [
        entry
        for index, operation in enumerate(before)
        for entry in replaced.get(index, (operation,))
    ]
    is_done = len(expected) == len(after) and all(
        found.type == entry.type
        and (isinstance(entry, NewOperation) or found.source == entry.source)
        for found, entry in zip(after, expected, strict=True)
    )
    if not is_done:
        raise RewriteError("edited, it would not say what it should.")


def _by_hand(edit: OperationEdit) -> str:
    place = f"{edit.type} (number {edit.index + 1} of its operations)"
    if not edit.replacement:
        return f"take out {place}"
    return f"put {', '.join(new.type for new in edit.replacement)} in the place of {place}"


class _Editor:
    """Finds the splices of edits of one file."""

    def __init__(self, content: bytes) -> None:
        readings = parse(content)
        if len(readings) > 1 or readings[0].error is not None:
            raise RewriteError("it could not be read whole.")
        parsed = readings[0]
        self.source = SourceFile(content)
        self.tree = ast.Module(body=parsed.body, type_ignores=[])
        module = Module(parsed.body, parsed.text)
        cls = find_migration_class(module)
        lists = [] if cls is None else attribute_of(module, cls, "operations")
        if len(lists) != 1:
            raise RewriteError("its operations are not one plain list.")
        self.items = lists[0]

    def edited(self, edits: Sequence[OperationEdit], imports: Collection[Import]) -> bytes:
        replaced = {edit.index: edit.replacement for edit in edits if edit.replacement}
        dropped = {edit.index for edit in edits} - set(replaced)
        splices = [self._drop(self.items[index]) for index in dropped]
        splices += [self._replace(self.items[index], new) for index, new in replaced.items()]
        splices += self._import(_used(edits), imports)
        return self.source.spliced(splices)

    def _import(self, names: set[str], imports: Collection[Import]) -> Iterator[Splice]:
        """What has to be imported besides, behind the imports that are there."""
        own = set(read_imports(self.tree.body))
        missing = set()
        for name in sorted(names):
            meant = {entry for entry in imports if entry.bound == name}
            here = {entry for entry in own if entry.bound == name}
            if not here and len(meant) == 1:
                missing |= meant
            elif not here & meant:
                raise RewriteError(f"what {name} means in it can't be told.")
        if missing:
            statements = [n for n in self.tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
            end = self.source.line_end(self.source.span(statements[-1])[1])
            yield Splice(end, end, f"\n{render_imports(missing)}")

    def _container(self, node: ast.expr) -> ast.List | ast.Tuple:
        for container in ast.walk(self.tree):
            if isinstance(container, ast.List | ast.Tuple) and node in container.elts:
                return container
        raise RewriteError(f"line {node.lineno} is not an entry of a list.")

    def _drop(self, item: Item) -> Splice:
        """An entry and the comma behind it; with its lines, where nothing else is on them."""
        node = item.node
        container = self._container(node)
        start, end = self.source.span(node)
        comma = comma_after(self.source, container, end)
        if comma is not None:
            end = comma + 1
        line_end = self.source.line_end(end)
        rest = self.source.text[end:line_end]
        if self.source.indent(start) is not None and not rest.strip():
            last = min(line_end + 1, len(self.source.text))
            return Splice(self.source.line_start(start), last, "")
        return Splice(start, end + len(rest) - len(rest.lstrip()), "")

    def _replace(self, item: Item, new: Sequence[NewOperation]) -> Splice:
        node = item.place.follow(item.node).node
        if node is not item.node or not isinstance(node, ast.Call):
            raise RewriteError(f"line {item.node.lineno} is not a call.")
        start, end = self.source.span(node)
        indent = self.source.indent(start) or ""
        names = parameters(item.place.dotted(node.func) or "")
        old = dict(zip(names, node.args, strict=False))
        old |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        prefix = self._prefix(item, node)
        separator = f",\n{indent}" if self.source.indent(start) is not None else ", "
        return Splice(
            start,
            end,
            separator.join(
                render_operation(entry, self._taking(old), prefix, indent) for entry in new
            ),
        )

    def _prefix(self, item: Item, node: ast.Call) -> str:
        """What the file writes before the class of an operation of Django."""
        if item.place.dotted(ast.parse("migrations", mode="eval").body) == MODULE:
            return "migrations."
        if isinstance(node.func, ast.Attribute):
            found = item.place.dotted(node.func.value)
            if found is not None and found.startswith(MODULE):
                return f"{ast.unparse(node.func.value)}."
        raise RewriteError("it does not import django.db.migrations.")

    def _taking(self, old: dict[str, ast.expr]) -> Taking:
        """Gives what is taken from the arguments of the operation that goes, as it is written."""

        def take(value: Taken | TakenOptions) -> str:
            if isinstance(value, Taken):
                return self._text(_find(old, value.path))
            pairs = [f"{n!r}: {self._text(_find(old, ('options', n)))}" for n in value.names]
            return f"{{{', '.join(pairs)}}}"

        return take

    def _text(self, node: ast.expr) -> str:
        start, end = self.source.span(node)
        return self.source.text[start:end]


def _find(old: dict[str, ast.expr], path: tuple[str | int, ...]) -> ast.expr:
    """An expression in the arguments of an operation."""
    first, *rest = path
    node = old.get(str(first))
    for name in rest:
        node = None if node is None else _entry(node, name)
    if node is None:
        raise RewriteError(f"{'.'.join(map(str, path))} of an operation is not written out.")
    return node


def _entry(node: ast.expr, name: str | int) -> ast.expr | None:
    """The value of a key in a dict, or of a name in a list of pairs; an entry by its index."""
    match node:
        case ast.List(elts=elements) | ast.Tuple(elts=elements) if isinstance(name, int):
            is_plain = not any(isinstance(entry, ast.Starred) for entry in elements)
            return elements[name] if is_plain and name < len(elements) else None
        case ast.Dict(keys=keys, values=values):
            pairs = list(zip(keys, values, strict=True))
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            pairs = [(e.elts[0], e.elts[1]) for e in elements if isinstance(e, ast.Tuple | ast.List)
                     and len(e.elts) == 2]  # fmt: skip  # noqa: PLR2004 - a pair
        case _:
            return None
    return next(
        (value for key, value in pairs if isinstance(key, ast.Constant) and key.value == name), None
    )
