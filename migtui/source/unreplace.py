"""Takes ``replaces`` out of a squash's file, and entries that a list of dependencies has twice."""

import ast

from migtui.core.edits import references
from migtui.core.migration import MigrationKey
from migtui.errors import RewriteError
from migtui.source.entries import remove_entry
from migtui.source.parse import parse
from migtui.source.read import read_migration
from migtui.source.splice import SourceFile, Splice


def drop_replaces(content: bytes, key: MigrationKey) -> bytes:
    """The file of a squash as that of a plain migration; every other byte as it was.

    Raises:
        RewriteError: ``replaces`` is not a plain assignment in its class.
    """
    before = read_migration(content, key)
    source = SourceFile(content)
    found = [
        node
        for node in class_body(content)
        if isinstance(node, ast.Assign | ast.AnnAssign) and _name(node) == "replaces"
    ]
    if len(found) == 1:
        start, end = source.span(found[0])
        if source.indent(start) is not None and not source.text[end : source.line_end(end)].strip():
            after = source.spliced([_whole_lines(source, start, end)])
            read = read_migration(after, key)
            is_same = references(read.dependencies) == references(before.dependencies)
            if not read.replaces and is_same and read.error == before.error:
                return after
    raise RewriteError(
        f"The `replaces` of {key} can't be taken out safely.", help="Take it out by hand."
    )


def _whole_lines(source: SourceFile, start: int, end: int) -> Splice:
    """A statement with its lines and one empty line behind it, or else before it."""
    first, last = source.line_start(start), min(source.line_end(end) + 1, len(source.text))
    after = source.text[last : source.line_end(last) + 1]
    if after and not after.strip():
        return Splice(first, last + len(after), "")
    return Splice(first, last, "")


def drop_repeated(content: bytes) -> bytes:
    """The file without the entries of its dependencies that stand there before already."""
    source = SourceFile(content)
    splices = []
    for node in class_body(content):
        if _name(node) in ("dependencies", "run_before") and isinstance(
            node, ast.Assign | ast.AnnAssign
        ):
            container = node.value
            if not isinstance(container, ast.List | ast.Tuple):
                continue
            seen: set[str] = set()
            for index, entry in enumerate(container.elts):
                text = ast.dump(entry)
                if text in seen:
                    splices.append(remove_entry(source, container, index))
                seen.add(text)
    return source.spliced(splices) if splices else content


def class_body(content: bytes) -> list[ast.stmt]:
    """The statements of a file's class ``Migration``."""
    return [
        node
        for outer in parse(content)[0].body
        if isinstance(outer, ast.ClassDef) and outer.name == "Migration"
        for node in outer.body
    ]


def _name(node: ast.stmt) -> str:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case _:
            return ""
