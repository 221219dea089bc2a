"""Edits what a migration file depends on, in place: every other byte stays as it was."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from migtui.core.edits import MigrationEdit, references
from migtui.core.migration import Migration, MigrationKey
from migtui.errors import RewriteError
from migtui.source.entries import add_entry, remove_entry, replace_string
from migtui.source.lists import Item, Items, attribute_of
from migtui.source.names import Module, Place
from migtui.source.parse import parse
from migtui.source.read import as_dependency, find_migration_class, read_migration
from migtui.source.splice import SourceFile, Splice

HEADS = ("initial", "replaces", "atomic", "run_before")
"""What Django's writer puts before ``dependencies``."""


def rewrite(content: bytes, edit: MigrationEdit) -> bytes:
    """The file with the edit made.

    Args:
        content: The file's bytes.
        edit: What changes.

    Raises:
        RewriteError: What has to change is written in a form that can't be edited safely, or the
            file would not say afterwards what it should.
    """
    before = read_migration(content, edit.migration)
    try:
        _require_read(before)
        source = SourceFile(content)
        after = source.spliced(_Editor(source, content, edit, before).splices())
        _require_done(after, edit, before)
    except RewriteError as error:
        raise RewriteError(
            f"{edit.migration} can't be edited safely: {error.message}",
            help=_by_hand(edit),
        ) from error
    return after


def _by_hand(edit: MigrationEdit) -> str:
    wanted = []
    if edit.new_parent is not None:
        wanted.append(f"let it depend on {edit.new_parent}")
    wanted += [f"write {new.name} for {old.name}" for old, new in sorted(edit.renamed.items())]
    return f"By hand: {', '.join(wanted)}."


def _require_read(before: Migration) -> None:
    """The file could be parsed; newer syntax elsewhere in it does no harm."""
    if before.error is not None and not before.error.newer_python:
        raise RewriteError(before.error.message)


def _require_done(after: bytes, edit: MigrationEdit, before: Migration) -> None:
    """The new bytes say what they should."""
    found = read_migration(after, edit.new_key)
    if (
        found.error != before.error
        or references(found.dependencies) != edit.dependencies_after(before)
        or references(found.run_before) != edit.references_after(before.run_before)
        or references(found.replaces) != edit.references_after(before.replaces)
    ):
        raise RewriteError("edited, it would not say what it should.")


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a list of keys: its key, the place in the file, the literal of its name."""

    key: MigrationKey
    item: Item


class _Editor:
    """Finds the splices of one edit."""

    def __init__(
        self, source: SourceFile, content: bytes, edit: MigrationEdit, before: Migration
    ) -> None:
        parsed = parse(content)[0]
        self.source = source
        self.edit = edit
        self.before = before
        self.tree = ast.Module(body=parsed.body, type_ignores=[])
        self.module = Module(parsed.body, parsed.text)
        self.containers = {
            id(element): (node, index)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.List | ast.Tuple)
            for index, element in enumerate(node.elts)
        }
        found = find_migration_class(self.module)
        if found is None:
            raise RewriteError("its class Migration is not in the file.")
        self.node = found

    def splices(self) -> set[Splice]:
        """Every change; two ways to one place give one."""
        found: set[Splice] = set()
        needs_parent = self.edit.new_parent is not None
        if needs_parent and len(self._readings("dependencies")) > 1:
            raise RewriteError("its dependencies depend on a condition.")
        for name in ("dependencies", "run_before", "replaces"):
            for entry in self._entries(name):
                new = self.edit.renamed.get(entry.key)
                if name == "dependencies" and self._makes_room(entry.key):
                    if needs_parent and self.edit.new_parent is not None:
                        found |= self._rename(entry, self.edit.new_parent.name)
                        needs_parent = False
                    else:
                        found.add(self._remove(entry))
                elif new is not None:
                    found |= self._rename(entry, new.name)
        if needs_parent:
            found.update(self._add())
        return found

    def _makes_room(self, key: MigrationKey) -> bool:
        return self.edit.parent is not None and key.app_label == self.edit.migration.app_label

    def _readings(self, name: str) -> list[Items]:
        return attribute_of(self.module, self.node, name)

    def _entries(self, name: str) -> Iterator[_Entry]:
        """The entries of a list whose keys are known, each place in the file once."""
        seen: set[int] = set()
        for items in self._readings(name):
            for item in items:
                key = None if item.is_spread else as_dependency(item.evaluate(), 1, "").key
                if key is not None and id(item.node) not in seen:
                    seen.add(id(item.node))
                    yield _Entry(key, item)

    def _rename(self, entry: _Entry, name: str) -> set[Splice]:
        """The splice of the literal that an entry takes its name from."""
        if name == entry.key.name:
            return set()
        pair = self._followed(entry.item.node, entry.item.place)
        if isinstance(pair.node, ast.Tuple | ast.List):
            literal = self._followed(pair.node.elts[1], pair.place).node
            if isinstance(literal, ast.Constant):
                return {replace_string(self.source, literal, entry.key.name, name)}
        raise RewriteError(f"{entry.key.name} is not a string on line {entry.item.node.lineno}.")

    def _followed(self, node: ast.expr, place: Place) -> Item:
        """What a name stands for that is used in this one place alone; else the node itself."""
        if not isinstance(node, ast.Name):
            return Item(node, place)
        uses = [
            other.lineno
            for other in ast.walk(self.tree)
            if isinstance(other, ast.Name)
            and other.id == node.id
            and isinstance(other.ctx, ast.Load)
        ]
        if len(uses) > 1:
            places = ", ".join(map(str, sorted(uses)))
            raise RewriteError(f"{node.id} is used in more than one place (lines {places}).")
        found = place.follow(node)
        if [binding.node for binding in place.bindings(node.id)] != [found.node]:
            raise RewriteError(f"{node.id} is not a plain value.")
        return found

    def _remove(self, entry: _Entry) -> Splice:
        container, index = self._container(entry.item.node)
        if index == 0:
            raise RewriteError("the dependencies on its own app stand in several lists.")
        return remove_entry(self.source, container, index)

    def _container(self, node: ast.expr) -> tuple[ast.List | ast.Tuple, int]:
        try:
            return self.containers[id(node)]
        except KeyError:
            raise RewriteError(f"line {node.lineno} is not an entry of a list.") from None

    # A parent for a migration that has none in its app

    def _add(self) -> list[Splice]:
        parent = self.edit.new_parent
        if parent is None:
            return []
        quote = self._quote()
        entry = f"({_quoted(parent.app_label, quote)}, {_quoted(parent.name, quote)})"
        readings = self._readings("dependencies")
        if not readings:
            return [self._insert_dependencies(entry)]
        bindings = self.module.inside(self.node).bindings("dependencies")
        items = [item for items in readings for item in items]
        if items:
            container, _ = self._container(items[-1].node)
        elif len(bindings) == 1 and isinstance(bindings[0].node, ast.List | ast.Tuple):
            container = bindings[0].node
        else:
            raise RewriteError("its dependencies are not a plain list.")
        return add_entry(self.source, container, entry, self._indent())

    def _insert_dependencies(self, entry: str) -> Splice:
        """A list of dependencies where the class has none, where Django's writer puts it."""
        if self.before.has_unknown_dependencies:
            raise RewriteError("its class may inherit dependencies.")
        indent = self._indent()
        text = f"{indent}dependencies = [\n{indent}{indent}{entry},\n{indent}]\n"
        following = [node for node in self.node.body if not _is_head(node)]
        if following:
            at = self._first_line_of(following[0])
            return Splice(at, at, f"{text}\n")
        at = self.source.line_end(self.source.span(self.node.body[-1])[1])
        return Splice(at, at, f"\n\n{text.rstrip()}")

    def _first_line_of(self, node: ast.stmt) -> int:
        """Where a statement's first line starts, comments above it included."""
        at = self.source.line_start(self.source.span(node)[0])
        while at > 0:
            above = self.source.line_start(at - 1)
            if not self.source.text[above:at].lstrip().startswith("#"):
                break
            at = above
        return at

    def _indent(self) -> str:
        """The indentation of the class's body."""
        indent = self.source.indent(self.source.span(self.node.body[0])[0])
        if not indent:
            raise RewriteError("its class stands on one line.")
        return indent

    def _quote(self) -> str:
        """The quotes that the class is written with."""
        for node in ast.walk(self.node):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                start, end = self.source.span(node)
                quote = self.source.text[end - 1 : end]
                if not self.source.text.startswith(quote * 3, start) and quote in "'\"":
                    return quote
        return '"'


def _quoted(text: str, quote: str) -> str:
    plain = f"{quote}{text}{quote}"
    return plain if text.isprintable() and quote not in text and "\\" not in text else repr(text)


def _is_head(node: ast.stmt) -> bool:
    """Whether a statement stands before the dependencies: a docstring, or one of ``HEADS``."""
    match node:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name in HEADS
        case _:
            return False
