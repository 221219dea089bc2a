"""Reads statements about rows and about the upkeep of tables: INSERT to VACUUM."""

from collections.abc import Callable, Iterator
from itertools import pairwise

from migtui.core.statements.change import Change
from migtui.core.statements.columns import names_in
from migtui.core.statements.cursor import OPENING, Cursor, parts, text_of
from migtui.core.statements.tokens import UnreadError

FUNCTIONS = ("setval", "nextval", "pg_get_serial_sequence", "set_config", "coalesce", "max", "min",
             "count", "greatest", "exists", "cast", "in", "values", "and", "or", "on",
             "from", "where")  # fmt: skip
"""Functions, and words that a parenthesis may follow, that lock no table but those read."""
_WIDE = ("SCHEMA", "DATABASE", "SYSTEM")
"""What REINDEX may be about instead of a table or an index."""
MAINTENANCE = ("VACUUM", "CLUSTER", "REINDEX", "REFRESH", "ANALYZE", "OPTIMIZE")
_MAINTENANCE_WORDS = ("FULL", "VERBOSE", "ANALYZE", "TABLE", "INDEX", "CONCURRENTLY", "VIEW",
                      "MATERIALIZED", "FREEZE", "USING", "WITH", "NO", "DATA", "SCHEMA",
                      "DATABASE", "SYSTEM", "LOCAL")  # fmt: skip


def _insert(cursor: Cursor) -> Iterator[Change]:
    cursor.accept("IGNORE")
    if cursor.accept("OR"):
        cursor.take()
    cursor.accept("INTO")
    table = cursor.name()
    names = names_in(cursor.within(cursor.group())) if cursor.sees_group() else ()
    values: tuple[str, ...] = ()
    source = ""
    if cursor.sees("WITH"):
        values = ("WITH",)
    elif cursor.accept("SELECT"):
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
    names = cursor.names()
    cascades = any(token.is_word("CASCADE") for token in cursor.rest())
    flags = frozenset({"cascade"}) if cascades else frozenset[str]()
    for name in names:
        yield Change("truncate", name, flags=flags)


def _lock(cursor: Cursor) -> Iterator[Change]:
    if cursor.accept("TABLES"):
        raise UnreadError("locks tables for the session")
    cursor.accept("TABLE")
    cursor.accept("ONLY")
    names = cursor.names()
    mode = cursor.accept("IN") and text_of(cursor.until("MODE")).upper()
    for name in names:
        yield Change("lock", name, to=mode or "ACCESS EXCLUSIVE")


def read_maintenance(cursor: Cursor) -> Iterator[Change]:
    """What a statement does that begins with one of ``MAINTENANCE``."""
    words = cursor.rest()
    upper = [token.text.upper() for token in words]
    end = upper.index("USING") if "USING" in upper else len(words)
    names = [token for token in words[1:end] if not token.is_word(*_MAINTENANCE_WORDS)]
    names = [token for token in names if token.is_name]
    table = names[-1].text if names else ""
    flags = {"concurrently"} & {word.lower() for word in upper}
    kind = f"{upper[0]} FULL" if "FULL" in upper[:4] else upper[0]
    index = ""
    if upper[0] == "REINDEX" and "INDEX" in upper:
        kind, index, table = "REINDEX INDEX", table, ""
    wide = [word for word in upper[:-1] if word in _WIDE]
    if upper[0] == "REINDEX" and wide:
        kind, table = f"REINDEX {wide[0]}", ""
    yield Change("maintain", table, kind, to=index, flags=frozenset(flags))


def _select(cursor: Cursor) -> Iterator[Change]:
    """Reads rows, unless it calls a function of which that is not known."""
    for token, after in pairwise(cursor.rest()):
        is_call = after == OPENING and token.is_name
        if is_call and token.text.lower() not in FUNCTIONS:
            raise UnreadError(f"calls {token.text[:40]}")
        if token.is_word("INTO"):
            raise UnreadError("selects into a table")
    yield Change("read")


ROW_READERS: dict[str, Callable[[Cursor], Iterator[Change]]] = {
    "INSERT": _insert,
    "REPLACE": _insert,
    "UPDATE": _update,
    "DELETE": _delete,
    "TRUNCATE": _truncate,
    "LOCK": _lock,
    "SELECT": _select,
}
"""By the first word of a statement."""
