"""Reads what RunPython and RunSQL touch, without running them."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from migtui.core.expressions import Collection, Constant, Expression, Reference, as_string
from migtui.core.reach import Access, Reach, SqlUse, Unread, Use
from migtui.source.helpers import Imports
from migtui.source.interpreter import Interpreter


def read_function(
    body: Sequence[ast.stmt], function: ast.expr, imports: Imports | None = None
) -> Reach:
    """What a function that ``RunPython`` calls touches.

    Args:
        body: The statements of its file.
        function: The argument of ``RunPython``: a name, a lambda, a call of ``partial``.
        imports: Where functions of other files are found.
    """
    interpreter = Interpreter(body, imports)
    try:
        interpreter.run(function)
    except RecursionError:
        return Reach(unread=(Unread("is too deep to follow"),))
    executed = Collection("list", tuple(map(Constant, interpreter.statements)))
    sql = read_sql(executed) if interpreter.statements else Reach()
    unread = [*interpreter.unread, *sql.unread]
    return Reach(
        uses=frozenset(interpreter.uses),
        sql=sql.sql,
        unread=tuple(sorted(unread, key=lambda entry: (entry.line, entry.why))),
        is_ordered=interpreter.is_ordered,
    )


def read_sql(argument: Expression | None) -> Reach:
    """What the statements of ``RunSQL`` touch.

    Args:
        argument: Its ``sql``: text, or a list of texts and of pairs of text and parameters.
    """
    # A parser of a quarter of a second, which most projects never need.
    from migtui.source.statements import read_statements  # noqa: PLC0415

    found: list[SqlUse] = []
    unread: list[Unread] = []
    for text in _texts(argument):
        if text is None:
            unread.append(Unread("runs SQL that only running it would tell"))
        elif text.strip():
            reach = read_statements(text)
            found += reach.sql
            unread += reach.unread
    return Reach(sql=tuple(found), unread=tuple(unread))


def _texts(argument: Expression | None) -> Iterator[str | None]:
    """The statements of an argument, None for what can't be known."""
    match argument:
        case Constant(value=str() as text):
            yield text
        case Reference(path) if path.endswith(".noop"):
            return
        case Collection(kind="list" | "tuple", items=items):
            for item in items:
                if isinstance(item, Collection) and item.items:
                    yield as_string(item.items[0])
                else:
                    yield as_string(item)
        case _:
            yield None


VOUCH = re.compile(r"#\s*migtui:\s*touches\s+(?P<labels>[\w.,\s]+)$", re.IGNORECASE)
"""A comment above an operation or a function: ``# migtui: touches blog.post, blog.tag``."""


def read_vouch(lines: Sequence[str], line: int) -> Reach | None:
    """What the developer says that an operation or a function touches.

    Args:
        lines: Of the file.
        line: Of its first line, counted from 1; the comments right above it are looked at.

    Returns:
        Each model with everything that can be done to it; nothing for ``touches nothing``; None
        where there is no such comment.
    """
    number = line - 2
    while 0 <= number < len(lines) and lines[number].lstrip().startswith("#"):
        match = VOUCH.search(lines[number].strip())
        if match is not None:
            return vouched(label for label in re.split(r"[,\s]+", match["labels"]) if label)
        number -= 1
    return None


def vouched(labels: Iterable[str]) -> Reach:
    """What the developer says: anything may be done to these models, and nothing to others."""
    return Reach(frozenset(_anything(label.lower() for label in labels)), vouched=True)


def _anything(labels: Iterable[str]) -> Iterator[Use]:
    for label in labels:
        if "." in label:
            for access in (Access.EVERY, Access.CREATE, Access.DELETE):
                yield Use(label, (), access)
            yield Use(label, ("*",), Access.WRITE)
