"""Reads what is made, altered and dropped besides tables and indexes: types, views, policies."""

from collections.abc import Iterator

from migtui.core.statements.change import Change
from migtui.core.statements.cursor import Cursor, text_of
from migtui.core.statements.tokens import Token, UnreadError

OBJECTS = ("FUNCTION", "PROCEDURE", "VIEW", "MATERIALIZED", "TYPE", "EXTENSION", "SEQUENCE",
           "SCHEMA", "COLLATION", "DOMAIN", "AGGREGATE", "OPERATOR", "TEXT", "CAST", "ROLE",
           "USER", "EVENT")  # fmt: skip
"""What can be made and dropped without a lock on tables that are there."""
ALTERED = ("FUNCTION", "PROCEDURE", "EXTENSION", "SEQUENCE", "COLLATION", "AGGREGATE", "TEXT",
           "ROLE", "USER", "EVENT")  # fmt: skip
"""Those whose change concerns no table; that of a domain or a type may."""
_NONDETERMINISTIC = ("deterministic = false", "deterministic = 'false'")


def read_policy(cursor: Cursor) -> Change:
    """A policy of row level security that comes, changes or goes: its table is locked for it.

    Raises:
        UnreadError: It does not say of which table.
    """
    cursor.accept("IF", "EXISTS")
    cursor.name()
    if not cursor.accept("ON"):
        raise UnreadError("has a policy of no table")
    return Change("table-option", cursor.name(), "POLICY")


def _kind(cursor: Cursor, word: str) -> str:
    return "materialized view" if cursor.accept("VIEW") else word.lower()


def create_object(cursor: Cursor, word: str) -> Change:
    """What is made, one of ``OBJECTS``, after its word."""
    kind = _kind(cursor, word)
    cursor.accept("CONCURRENTLY")
    cursor.accept("IF", "NOT", "EXISTS")
    first = cursor.peek()
    names = (cursor.name(),) if first is not None and first.is_name else ()
    odd = kind == "collation" and any(
        word in text_of(cursor.ahead()).lower() for word in _NONDETERMINISTIC
    )
    flags = {"nondeterministic"} if odd else set[str]()
    if kind == "materialized view" and not _is_empty(cursor.ahead()):
        flags.add("runs-query")
    return Change("object", name=kind, names=names, flags=frozenset(flags))


def _is_empty(tokens: tuple[Token, ...]) -> bool:
    return [token.text.upper() for token in tokens[-3:]] == ["WITH", "NO", "DATA"]


def drop_object(cursor: Cursor, word: str) -> Change:
    """What is dropped, one of ``OBJECTS``, after its word."""
    kind = _kind(cursor, word)
    cursor.accept("IF", "EXISTS")
    first = cursor.peek()
    names = cursor.names() if first is not None and first.is_name else ()
    cascades = any(token.is_word("CASCADE") for token in cursor.rest())
    flags = frozenset({"cascade"}) if cascades else frozenset[str]()
    return Change("drop-object", name=kind, names=names, flags=flags)


def alter_object(cursor: Cursor, word: str) -> Change:
    """What is altered, one of ``ALTERED``, after its word."""
    cursor.accept("IF", "EXISTS")
    first = cursor.peek()
    names = (cursor.name(),) if first is not None and first.is_name else ()
    to = cursor.name() if cursor.accept("RENAME", "TO") else ""
    source = cursor.name() if cursor.accept("OWNED", "BY") else ""
    return Change("object", name=word.lower(), to=to, names=names, source=source)


def read_comment(cursor: Cursor) -> Iterator[Change]:
    """A remark on something, after its first word."""
    cursor.accept("ON")
    if cursor.accept("TABLE"):
        yield Change("table-option", cursor.name(), "COMMENT")
    elif cursor.accept("COLUMN"):
        yield Change("table-option", cursor.name().rpartition(".")[0], "COMMENT")
    else:
        yield Change("object")
