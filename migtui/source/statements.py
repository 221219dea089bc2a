"""Reads SQL of PostgreSQL, MySQL and SQLite: what each statement does to which table or name.

sqlglot takes statements apart; the few that it hands back whole are told by their first words.
What is neither is noted as unread.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import replace

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from migtui.core.reach import Reach, SqlUse, Unread
from migtui.source.first_words import read_first_words
from migtui.source.row_statements import read_rows
from migtui.source.sql_functions import FUNCTIONS
from migtui.source.table_statements import read_table_statement

DIALECTS = ("postgres", "mysql", "sqlite")
_FUNCTION = re.compile(
    r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\b.*?"
    r"(?P<quote>\$\w*\$|')(?P<body>.*?)(?P=quote)",
    re.IGNORECASE | re.DOTALL,
)
_IN_SQL = re.compile(r"\bLANGUAGE\s+'?sql\b", re.IGNORECASE)
THERE = frozenset({"", "public", "main", "pg_catalog", "information_schema"})
"""Schemas that need not be made."""
SHOWN = 60
"""So much of a statement is quoted where it can't be read."""


def read_statements(text: str) -> Reach:
    """What SQL does.

    Args:
        text: One or more statements, with placeholders of the database's driver or without.
    """
    found: list[SqlUse] = []
    unread: list[Unread] = []
    for statement in split(text):
        try:
            found += _read(statement)
        except _UnreadError as error:
            unread.append(Unread(str(error)))
        except (AttributeError, KeyError, TypeError):  # a tree of another shape than expected
            unread.append(Unread(f"runs SQL that could not be read: {statement[:SHOWN]}"))
    return Reach(sql=tuple(dict.fromkeys(found)), unread=tuple(dict.fromkeys(unread)))


class _UnreadError(Exception):
    """A statement can't be read."""


def split(text: str) -> Iterator[str]:
    """The statements of a text, without comments and closing semicolons."""
    token = re.compile(
        r"""(?P<comment>--[^\n]*|/\*.*?\*/|^\#[^\n]*)|(?P<dollar>\$\w*\$)|'(?:[^'\\]|''|\\.)*'"""
        r"""|"[^"]*"|`[^`]*`|(?P<end>;)|.""",
        re.DOTALL | re.MULTILINE,
    )
    parts: list[str] = []
    position = 0
    while position < len(text):
        match = token.match(text, position)
        if match is None:  # an open quote: the rest is one statement
            parts.append(text[position:])
            break
        position = match.end()
        if match["comment"]:
            parts.append(" ")
        elif match["end"]:
            yield from _whole(parts)
            parts = []
        elif match["dollar"]:
            closing = text.find(match["dollar"], position)
            end = len(text) if closing < 0 else closing + len(match["dollar"])
            parts.append(text[match.start() : end])
            position = end
        else:
            parts.append(match[0])
    yield from _whole(parts)


def _whole(parts: list[str]) -> Iterator[str]:
    statement = "".join(parts).strip()
    if statement:
        yield statement


def _read(statement: str) -> list[SqlUse]:
    told = read_table_statement(statement)
    if told is None:
        told = read_first_words(statement)
    if told is not None:
        return [*told, *_of_body(statement)]
    tree = _parse(re.sub(r"%%", "%", re.sub(r"%s|%\(\w+\)s", "NULL", statement)))
    if tree is None:
        raise _UnreadError(f"runs SQL that could not be parsed: {statement[:SHOWN]}")
    functions = {node.name.lower() for node in tree.find_all(exp.Anonymous)} - FUNCTIONS
    if functions and not isinstance(tree, exp.Create):
        raise _UnreadError(f"calls the SQL function {min(functions)}, which was not read")
    schemas = {table.db.lower() for table in tree.find_all(exp.Table)} - THERE
    needed = [SqlUse("needs-object", name=f"schema {name}") for name in sorted(schemas)]
    return [*needed, *_statement(tree, statement)]


def _of_body(statement: str) -> Iterator[SqlUse]:
    """What a function in SQL names: its body is checked when it is made, that of others is not."""
    match = _FUNCTION.match(statement)
    if match is None or _IN_SQL.search(statement) is None:
        return
    found = read_statements(match["body"])
    if found.unread:
        raise _UnreadError(f"makes a function that {found.unread[0].why}")
    for table in dict.fromkeys(use.table for use in found.sql if use.table):
        yield SqlUse("depends", table, frozenset("*"))


def _parse(statement: str) -> exp.Expression | None:
    """A statement's tree in the first dialect that understands all of it."""
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    for dialect in DIALECTS:
        try:
            tree = sqlglot.parse_one(statement, read=dialect)
        except (SqlglotError, RecursionError):
            continue
        if isinstance(tree, exp.Expression) and not isinstance(tree, exp.Command):
            return tree
    return None


def _statement(tree: exp.Expression, text: str) -> Iterator[SqlUse]:
    match tree:
        case exp.Create():
            yield from _create(tree, text)
        case exp.Drop():
            yield from _drop(tree)
        case exp.Alter():
            for action in tree.args.get("actions") or [None]:
                yield from _alter(tree, action, text)
        case exp.TruncateTable():
            for table in tree.find_all(exp.Table):
                yield SqlUse("delete", table.name)
        case exp.Insert() | exp.Update() | exp.Delete() | exp.Query():
            yield from read_rows(tree)
        case _:
            raise _UnreadError(f"runs SQL that could not be read: {text[:SHOWN]}")


def _create(tree: exp.Create, text: str) -> Iterator[SqlUse]:
    kind = (tree.args.get("kind") or "").upper()
    strict = not (tree.args.get("exists") or tree.args.get("replace"))
    definition = " ".join(text.split())
    match kind:
        case "TABLE":
            table = tree.this.find(exp.Table)
            if tree.find(exp.TemporaryProperty) is not None:
                raise _UnreadError("makes a temporary table")
            if tree.expression is not None or tree.find(exp.LikeProperty) is not None:
                raise _UnreadError("makes a table after the columns of another")
            yield SqlUse("create-table", table.name, strict=strict, definition=definition)
            for other in tree.find_all(exp.Table):
                if other.name != table.name:
                    yield SqlUse("read", other.name, frozenset("*"))
        case "INDEX":
            index = tree.this
            table = index.args.get("table")
            columns = frozenset(column.name for column in index.find_all(exp.Column))
            is_portable = not re.search(r"CONCURRENTLY|\bUSING\b|::", text, re.IGNORECASE)
            yield SqlUse(
                "create-index",
                table.name,
                columns,
                index.name,
                strict=strict,
                sqlite=is_portable,
                definition=definition,
            )
            if tree.args.get("unique"):
                yield SqlUse(
                    "add-constraint",
                    table.name,
                    columns,
                    f"index {index.name}",
                    strict=strict,
                    sqlite=is_portable,
                    definition=definition,
                )
        case "VIEW":
            view = tree.this.find(exp.Table)
            yield SqlUse(
                "create-object", name=f"view {view.name}", strict=strict, definition=definition
            )
            for use in read_rows(tree.expression):
                yield replace(use, action="depends")
        case "FUNCTION" | "PROCEDURE" | "SEQUENCE" | "SCHEMA":
            name = tree.this.find(exp.Table)
            yield SqlUse(
                "create-object",
                name=f"{kind.lower()} {name.name if name else ''}",
                strict=strict,
                definition=definition,
            )
        case _:
            raise _UnreadError(f"runs SQL that could not be read: {text[:SHOWN]}")


def _drop(tree: exp.Drop) -> Iterator[SqlUse]:
    kind = (tree.args.get("kind") or "").upper()
    strict = not tree.args.get("exists")
    for name in _dropped(tree):
        match kind:
            case "TABLE":
                yield SqlUse("drop-table", name, strict=strict)
            case "VIEW" | "MATERIALIZED VIEW":
                yield SqlUse("drop-object", name=f"view {name}", strict=strict)
            case "INDEX":
                yield SqlUse("drop-index", name=name, strict=strict)
            case _:
                raise _UnreadError(f"drops a {kind.lower()}")


def _dropped(tree: exp.Drop) -> list[str]:
    """The names of what is dropped."""
    names = [table.name for table in tree.args.get("tables") or []]
    if not all(names) or not names:
        raise _UnreadError("drops something whose name could not be read")
    return names


def _alter(tree: exp.Alter, action: exp.Expression | None, text: str) -> Iterator[SqlUse]:
    table = tree.this.name
    kind = (tree.args.get("kind") or "").upper()
    definition = " ".join(action.sql().split()) if action is not None else " ".join(text.split())
    if kind not in ("TABLE", ""):
        raise _UnreadError(f"alters a {kind.lower()}")
    match action:
        case exp.ColumnDef():
            yield SqlUse(
                "add-column",
                table,
                name=action.name,
                definition=definition,
                strict=not action.args.get("exists"),
            )
        case exp.Drop():
            dropped = (action.args.get("kind") or "COLUMN").upper()
            strict = not action.args.get("exists")
            verb = "drop-column" if dropped == "COLUMN" else "drop-constraint"
            for name in _dropped(action):
                yield SqlUse(verb, table, name=name, strict=strict, sqlite=dropped == "COLUMN")
        case exp.RenameColumn():
            yield SqlUse("rename-column", table, name=action.this.name, to=action.args["to"].name)
        case exp.AlterColumn():
            yield SqlUse(
                "alter-column",
                table,
                frozenset({action.name}),
                action.name,
                sqlite=False,
                definition=definition,
            )
        case exp.AlterRename():
            yield SqlUse("rename-table", table, to=action.this.name)
        case exp.AddConstraint():
            names = [entry.name for entry in action.expressions]
            columns = frozenset(column.name for column in action.find_all(exp.Identifier))
            yield SqlUse(
                "add-constraint",
                table,
                columns - set(names) or frozenset("*"),
                names[0] if names else "",
                sqlite=False,
                definition=definition,
            )
        case _:
            yield SqlUse("alter-table", table, frozenset("*"), definition=definition)
