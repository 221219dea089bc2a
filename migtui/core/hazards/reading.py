"""Reads SQL of PostgreSQL, MySQL, MariaDB and SQLite: what each statement asks for.

Django's own statements are all read. What is not known by its first words is unread, and said so:
nothing is concluded from it.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

from migtui.core.hazards.alter_table import read_alter_table
from migtui.core.hazards.change import Change
from migtui.core.hazards.columns import (
    CONSTRAINTS,
    KEYS,
    names_in,
    read_column,
    read_constraint,
)
from migtui.core.hazards.cursor import Cursor, parts, text_of
from migtui.core.hazards.tokens import Kind, Token, UnreadError, statements

SESSION = ("SET", "RESET", "PRAGMA", "BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT",
           "RELEASE", "END", "USE", "SHOW", "DISCARD", "GRANT", "REVOKE", "NOTIFY")  # fmt: skip
OBJECTS = ("FUNCTION", "PROCEDURE", "VIEW", "MATERIALIZED", "TYPE", "EXTENSION", "SEQUENCE",
           "SCHEMA", "COLLATION", "DOMAIN", "AGGREGATE", "OPERATOR", "TEXT", "CAST", "ROLE",
           "USER", "EVENT")  # fmt: skip
"""What can be made and dropped without a lock on tables that are there."""
ALTERED = ("FUNCTION", "PROCEDURE", "EXTENSION", "SEQUENCE", "COLLATION", "AGGREGATE", "TEXT",
           "ROLE", "USER", "EVENT")  # fmt: skip
"""Those whose change concerns no table; that of a domain or a type may."""
FUNCTIONS = ("setval", "nextval", "pg_get_serial_sequence", "set_config", "coalesce", "max", "min",
             "count", "greatest", "exists", "cast", "in", "values", "and", "or", "on",
             "from", "where")  # fmt: skip
"""Functions, and words that a parenthesis may follow, that lock no table but those read."""
MAINTENANCE = ("VACUUM", "CLUSTER", "REINDEX", "REFRESH", "ANALYZE", "OPTIMIZE")


def read_sql(sql: str, vendor: str) -> tuple[Change, ...]:
    """What a text of one or more statements does.

    Raises:
        UnreadError: Not all of it could be read.
    """
    return tuple(
        change for tokens in statements(sql, vendor) for change in _statement(Cursor(tokens))
    )


def _statement(cursor: Cursor) -> Iterator[Change]:
    first = cursor.peek()
    word = first.text.upper() if first is not None and first.kind is Kind.WORD else ""
    reader = _READERS.get(word)
    if word in SESSION:
        yield Change("session")
    elif word in MAINTENANCE:
        yield from _maintenance(cursor)
    elif reader is not None:
        cursor.take()
        yield from reader(cursor)
    else:
        raise UnreadError(f"begins with {first.text[:40] if first else 'nothing'}")


def _create(cursor: Cursor) -> Iterator[Change]:
    flags: set[str] = set()
    if cursor.accept("OR", "REPLACE"):
        flags.add("if-not-exists")
    while word := cursor.accept_any(
        "TEMP", "TEMPORARY", "GLOBAL", "LOCAL", "UNLOGGED", "UNIQUE", "FULLTEXT", "SPATIAL",
        "CONSTRAINT", "TRUSTED", "RECURSIVE", "VIRTUAL", "DEFINER", "ALGORITHM",
    ):  # fmt: skip
        flags.add("temporary" if word == "TEMP" else word.lower())
    if cursor.accept("TABLE"):
        yield _create_table(cursor, flags)
    elif cursor.accept("INDEX"):
        yield _create_index(cursor, flags)
    elif cursor.accept("TRIGGER"):
        cursor.until("ON")
        cursor.take()
        yield Change("trigger", cursor.name())
    elif cursor.accept_any(*OBJECTS):
        yield Change("object", name=text_of(cursor.rest()[:1]))
    else:
        raise UnreadError("creates something that is not known")


def _create_table(cursor: Cursor, flags: set[str]) -> Change:
    if cursor.accept("IF", "NOT", "EXISTS"):
        flags.add("if-not-exists")
    table = cursor.name()
    columns, references = [], []
    opening = cursor.peek()
    if opening != Token(Kind.SYMBOL, "(") or cursor.sees("AS"):
        raise UnreadError(f"makes the table {table} from something else")
    for part in parts(cursor.group()):
        inner = Cursor(part)
        if any(inner.sees(word) for word in (*CONSTRAINTS, *KEYS)):
            references.append(read_constraint(inner, table).references)
        elif inner.sees("LIKE"):
            raise UnreadError(f"makes the table {table} like another one")
        elif not inner.is_done:
            columns.append(read_column(inner))
            references.append(columns[-1].references)
    if any(token.is_word("SELECT", "PARTITION") for token in cursor.rest()):
        raise UnreadError(f"makes the table {table} from something else")
    names = tuple(dict.fromkeys(filter(None, references)))
    return Change(
        "create-table", table, columns=tuple(columns), names=names, flags=frozenset(flags)
    )


def _create_index(cursor: Cursor, flags: set[str]) -> Change:
    if cursor.accept("CONCURRENTLY"):
        flags.add("concurrently")
    if cursor.accept("IF", "NOT", "EXISTS"):
        flags.add("if-not-exists")
    name = "" if cursor.sees("ON") else cursor.name()
    cursor.until("ON")
    if not cursor.accept("ON"):
        raise UnreadError("makes an index on no table")
    cursor.accept("ONLY")
    table = cursor.name()
    if cursor.accept("USING"):
        cursor.name()
    return Change(
        "create-index", table, name, names=names_in(cursor.group()), flags=frozenset(flags)
    )


def _drop(cursor: Cursor) -> Iterator[Change]:
    cursor.accept("TEMPORARY")
    if cursor.accept("TABLE"):
        cursor.accept("IF", "EXISTS")
        for name in cursor.names():
            yield Change("drop-table", name)
    elif cursor.accept("INDEX"):
        flags = {"concurrently"} if cursor.accept("CONCURRENTLY") else set[str]()
        cursor.accept("IF", "EXISTS")
        names = cursor.names()
        table = cursor.name() if cursor.accept("ON") else ""
        for name in names:
            yield Change("drop-index", table, name, flags=frozenset(flags))
    elif cursor.accept("TRIGGER"):
        cursor.accept("IF", "EXISTS")
        cursor.name()
        table = cursor.name() if cursor.accept("ON") else ""
        yield Change("trigger", table, flags=frozenset({"dropped"}))
    elif word := cursor.accept_any(*OBJECTS, "DATABASE"):
        cascades = any(token.is_word("CASCADE") for token in cursor.rest())
        flags = {"cascade"} if cascades else set[str]()
        yield Change("drop-object", name=word.lower(), flags=frozenset(flags))
    else:
        raise UnreadError("drops something that is not known")


def _alter(cursor: Cursor) -> Iterator[Change]:
    if cursor.accept("TABLE"):
        yield from read_alter_table(cursor)
    elif cursor.accept("INDEX"):
        cursor.accept("IF", "EXISTS")
        name = cursor.name()
        if cursor.accept("RENAME", "TO"):
            yield Change("rename-index", "", name, to=cursor.name())
        else:
            raise UnreadError(f"alters the index {name}")
    elif cursor.accept("TYPE"):
        name = cursor.name()
        if not cursor.accept("ADD", "VALUE"):
            raise UnreadError(f"alters the type {name}")
        yield Change("object", name="ADD VALUE")
    elif cursor.accept_any(*ALTERED):
        yield Change("object")
    else:
        raise UnreadError("alters something that is not known")


def _rename(cursor: Cursor) -> Iterator[Change]:
    if not cursor.accept_any("TABLE", "TABLES"):
        raise UnreadError("renames something that is not known")
    for part in parts(cursor.rest()):
        inner = Cursor(part)
        name = inner.name()
        if not inner.accept("TO"):
            raise UnreadError("renames without a new name")
        yield Change("rename-table", name, to=inner.name())


def _insert(cursor: Cursor) -> Iterator[Change]:
    cursor.accept("IGNORE")
    if cursor.accept("OR"):
        cursor.take()
    cursor.accept("INTO")
    table = cursor.name()
    names = names_in(cursor.group()) if cursor.peek() == Token(Kind.SYMBOL, "(") else ()
    values: tuple[str, ...] = ()
    source = ""
    if cursor.accept("SELECT"):
        values = tuple(text_of(part) for part in parts(cursor.until("FROM")))
        if cursor.accept("FROM") and not cursor.is_done:
            after = cursor.peek(1)
            source = cursor.name() if after is None else ""
    yield Change("insert", table, names=names, values=values, source=source)


def _update(cursor: Cursor) -> Iterator[Change]:
    cursor.accept("ONLY")
    table = cursor.name()
    cursor.until("WHERE")
    yield Change("update", table, expression=text_of(cursor.rest()[1:]))


def _delete(cursor: Cursor) -> Iterator[Change]:
    if not cursor.accept("FROM"):
        raise UnreadError("deletes from several tables")
    cursor.accept("ONLY")
    table = cursor.name()
    cursor.until("WHERE")
    yield Change("delete", table, expression=text_of(cursor.rest()[1:]))


def _truncate(cursor: Cursor) -> Iterator[Change]:
    cursor.accept("TABLE")
    cursor.accept("ONLY")
    for name in cursor.names():
        yield Change("truncate", name)


def _lock(cursor: Cursor) -> Iterator[Change]:
    if cursor.accept("TABLES"):
        raise UnreadError("locks tables for the session")
    cursor.accept("TABLE")
    cursor.accept("ONLY")
    names = cursor.names()
    mode = cursor.accept("IN") and text_of(cursor.until("MODE")).upper()
    for name in names:
        yield Change("lock", name, to=mode or "ACCESS EXCLUSIVE")


def _maintenance(cursor: Cursor) -> Iterator[Change]:
    words = cursor.rest()
    upper = [token.text.upper() for token in words]
    end = upper.index("USING") if "USING" in upper else len(words)
    names = [token for token in words[1:end] if not token.is_word(*_MAINTENANCE_WORDS)]
    names = [token for token in names if token.kind in (Kind.NAME, Kind.WORD)]
    table = names[-1].text if names else ""
    flags = {"concurrently"} & {word.lower() for word in upper}
    kind = f"{upper[0]} FULL" if "FULL" in upper[:4] else upper[0]
    if "INDEX" in upper[1:2]:
        kind, table = "REINDEX INDEX", ""
    yield Change("maintain", table, kind, flags=frozenset(flags))


_MAINTENANCE_WORDS = ("FULL", "VERBOSE", "ANALYZE", "TABLE", "INDEX", "CONCURRENTLY", "VIEW",
                      "MATERIALIZED", "FREEZE", "USING", "WITH", "NO", "DATA", "SCHEMA",
                      "DATABASE", "LOCAL")  # fmt: skip


def _comment(cursor: Cursor) -> Iterator[Change]:
    cursor.accept("ON")
    if cursor.accept("TABLE"):
        yield Change("table-option", cursor.name(), "COMMENT")
    elif cursor.accept("COLUMN"):
        first = [cursor.take()]
        while cursor.symbol("."):
            first.append(cursor.take())
        table = first[-2].text if len(first) > 1 else ""
        yield Change("table-option", table, "COMMENT")
    else:
        yield Change("object")


def _select(cursor: Cursor) -> Iterator[Change]:
    """Reads rows, unless it calls a function of which that is not known."""
    tokens = cursor.rest()
    for token, after in pairwise(tokens):
        is_call = after == Token(Kind.SYMBOL, "(") and token.kind in (Kind.WORD, Kind.NAME)
        if is_call and token.text.lower() not in FUNCTIONS:
            raise UnreadError(f"calls {token.text[:40]}")
        if token.is_word("INTO"):
            raise UnreadError("selects into a table")
    yield Change("read")


_READERS: dict[str, Callable[[Cursor], Iterator[Change]]] = {
    "CREATE": _create,
    "DROP": _drop,
    "ALTER": _alter,
    "RENAME": _rename,
    "INSERT": _insert,
    "REPLACE": _insert,
    "UPDATE": _update,
    "DELETE": _delete,
    "TRUNCATE": _truncate,
    "LOCK": _lock,
    "COMMENT": _comment,
    "SELECT": _select,
}
