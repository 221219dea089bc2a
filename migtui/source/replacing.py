"""Has a migration say that it replaces one: itself, as it was called before it was renamed."""

import ast

from migtui.core.migration import MigrationKey
from migtui.errors import RewriteError
from migtui.source.read import read_migration
from migtui.source.splice import SourceFile, Splice
from migtui.source.unreplace import class_body


def add_replaces(content: bytes, key: MigrationKey, old: MigrationKey) -> bytes:
    """The file with ``replaces``, first in its class as Django's writer has it.

    A database that has applied the old name then counts as having applied the new one, and
    ``migrate`` records it (``MigrationLoader.build_graph``, ``check_replacements``).

    Args:
        content: The file's bytes.
        key: The migration.
        old: What it was called.

    Raises:
        RewriteError: It replaces others already, or its class can't be edited safely.
    """
    if read_migration(content, key).replaces:
        raise RewriteError(
            f"{old} replaces others, so it can't be replaced itself.",
            help="Finish that squash first, or rename the rows of databases: --update-db.",
        )
    source = SourceFile(content)
    body = [node for node in class_body(content) if not _is_docstring(node)]
    if body:
        first = source.span(body[0])[0]
        indent = source.indent(first)
        if indent:
            at = source.line_start(first)
            entry = f"({_quoted(old.app_label)}, {_quoted(old.name)})"
            text = f"{indent}replaces = [{entry}]\n\n"
            after = source.spliced([Splice(at, at, text)])
            if [entry.key for entry in read_migration(after, key).replaces] == [old]:
                return after
    raise RewriteError(f"{old} can't be given `replaces` safely.", help="Add it by hand.")


def _is_docstring(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
        case _:
            return False


def _quoted(text: str) -> str:
    return (
        f'"{text}"' if text.isprintable() and '"' not in text and "\\" not in text else repr(text)
    )
