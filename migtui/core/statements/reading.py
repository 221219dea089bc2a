"""Reads statements: what each of them asks a database for.

Django's own statements are all read. What is not known by its first words is unread, and said so:
nothing is concluded from it.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress

from migtui.core.statements.alter_table import read_alter_table, read_renaming
from migtui.core.statements.change import Change
from migtui.core.statements.columns import (
    begins_constraint,
    label_of,
    names_in,
    names_mentioned,
    read_column,
    read_constraint,
)
from migtui.core.statements.cursor import Cursor
from migtui.core.statements.objects import (
    ALTERED,
    OBJECTS,
    alter_object,
    create_object,
    drop_object,
    read_comment,
    read_policy,
)
from migtui.core.statements.rows import MAINTENANCE, ROW_READERS, read_maintenance
from migtui.core.statements.tokens import Kind, Token, UnreadError, statements

LONGEST = 500_000
"""Characters of a text that is judged; what is longer loads data, and is not worth the wait."""
SESSION = ("SET", "RESET", "PRAGMA", "BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT",
           "RELEASE", "END", "ABORT", "USE", "SHOW", "DISCARD", "GRANT", "REVOKE",
           "NOTIFY")  # fmt: skip


def read_sql(sql: str, vendor: str) -> tuple[Change, ...]:
    """What a text of one or more statements does.

    Raises:
        UnreadError: Not all of it could be read.
    """
    if len(sql) > LONGEST:
        raise UnreadError(f"has {len(sql):,} characters, more than are read")
    if "/*!" in sql:
        raise UnreadError("has a comment that some servers execute")
    try:
        found = tuple(
            change
            for tokens in statements(sql, vendor)
            for change in _statement(Cursor(_ended(tokens), vendor))
        )
    except RecursionError:
        raise UnreadError("is nested too deeply") from None
    for change in found:
        columns = (*change.columns, *((change.column,) if change.column else ()))
        whys = [change.name if change.kind == "unread" else "", *(c.unread for c in columns)]
        if why := next(filter(None, whys), ""):
            raise UnreadError(why)
    return found


def _ended(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    if tokens[-1].kind is Kind.OPEN:
        what = "a quote or a comment" if tokens[-1].text else "a block"
        raise UnreadError(f"has {what} that does not end")
    return tokens


def read_definitions(sql: str, vendor: str) -> Iterator[Change]:
    """What a text does to what tables consist of, as far as it can be read."""
    for tokens in statements(sql, vendor):
        if tokens[0].is_word(*_DEFINING):
            with suppress(UnreadError, RecursionError):
                yield from _statement(Cursor(tokens, vendor))


def _statement(cursor: Cursor) -> Iterator[Change]:
    first = cursor.peek()
    word = first.text.upper() if first is not None and first.kind is Kind.WORD else ""
    reader = _READERS.get(word)
    if word in SESSION:
        yield Change("session", name=" ".join(token.text.upper() for token in cursor.ahead()[:3]))
    elif word in MAINTENANCE:
        yield from read_maintenance(cursor)
    elif reader is not None:
        cursor.take()
        yield from reader(cursor)
    else:
        raise UnreadError(f"begins with {first.text[:40] if first else 'nothing'}")


def _create(cursor: Cursor) -> Iterator[Change]:
    flags: set[str] = set()
    if cursor.accept("OR", "REPLACE"):
        flags.add("if-not-exists")
    kind = ""
    while word := cursor.accept_any(
        "TEMP", "TEMPORARY", "GLOBAL", "LOCAL", "UNLOGGED", "UNIQUE", "FULLTEXT", "SPATIAL",
        "CONSTRAINT", "TRUSTED", "RECURSIVE", "VIRTUAL", "DEFINER", "ALGORITHM",
    ):  # fmt: skip
        flags.add("temporary" if word == "TEMP" else word.lower())
        kind = word
    if cursor.accept("TABLE"):
        yield from _create_table(cursor, flags)
    elif cursor.accept("INDEX"):
        yield _create_index(cursor, kind.lower() if kind in ("FULLTEXT", "SPATIAL") else "", flags)
    elif cursor.accept("TRIGGER"):
        cursor.until("ON")
        cursor.take()
        yield Change("trigger", cursor.name())
    elif cursor.accept("POLICY"):
        yield read_policy(cursor)
    elif word := cursor.accept_any(*OBJECTS):
        yield create_object(cursor, word)
    else:
        raise UnreadError("creates something that is not known")


def _create_table(cursor: Cursor, flags: set[str]) -> Iterator[Change]:
    if cursor.accept("IF", "NOT", "EXISTS"):
        flags.add("if-not-exists")
    table = cursor.name()
    if cursor.accept("PARTITION", "OF"):
        source = cursor.name()
        if cursor.accept("DEFAULT"):
            flags.add("default")
        yield Change("create-table", table, source=source, flags=frozenset(flags))
        return
    if not cursor.sees_group():
        raise UnreadError(f"makes the table {table} from something else")
    columns, constraints, likes = [], [], False
    for part in cursor.within(cursor.group()):
        if begins_constraint(part):
            constraints.append(read_constraint(part, table))
        elif part.sees("LIKE"):
            likes = True
        else:
            columns.append(read_column(part))
    options = cursor.rest()
    targets = [column.references for column in columns]
    targets += [constraint.references for constraint in constraints]
    yield Change(
        "create-table",
        table,
        to=_engine(options),
        columns=tuple(columns),
        constraints=tuple(constraints),
        names=tuple(dict.fromkeys(filter(None, targets))),
        flags=frozenset(flags),
    )
    if likes:
        yield Change("unread", table, f"makes the table {table} like another one")
    if any(token.is_word("SELECT", "INHERITS") for token in options):
        yield Change("unread", table, f"makes the table {table} from something else")


def _engine(options: tuple[Token, ...]) -> str:
    """MySQL's storage engine, among the options of a table."""
    at = next((n for n, token in enumerate(options) if token.is_word("ENGINE")), len(options))
    return next((token.text for token in options[at + 1 :] if token.is_name), "")


def _create_index(cursor: Cursor, method: str, flags: set[str]) -> Change:
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
        method = cursor.name().lower()
    keys = cursor.group()
    parts = cursor.within(keys)
    if cursor.accept("USING"):
        method = cursor.name().lower()
    if cursor.accept("INCLUDE"):
        parts += cursor.within(cursor.group())
    options = cursor.rest()
    if any(token.is_word("WITH") for token in options):
        flags.add("has-options")
    return Change(
        "create-index",
        table,
        name,
        names=names_in(parts),
        values=tuple(map(label_of, parts)),
        mentions=names_mentioned(cursor, (*keys, *options)),
        method=method,
        flags=frozenset(flags),
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
    elif cursor.accept("POLICY"):
        yield read_policy(cursor)
    elif word := cursor.accept_any(*OBJECTS, "DATABASE"):
        yield drop_object(cursor, word)
    else:
        raise UnreadError("drops something that is not known")


def _alter(cursor: Cursor) -> Iterator[Change]:
    if cursor.accept("TABLE"):
        yield from read_alter_table(cursor)
    elif cursor.accept("INDEX"):
        cursor.accept("IF", "EXISTS")
        name = cursor.name()
        if not cursor.accept("RENAME", "TO"):
            raise UnreadError(f"alters the index {name}")
        yield Change("rename-index", "", name, to=cursor.name())
    elif cursor.accept("TYPE"):
        name = cursor.name()
        if not cursor.accept("ADD", "VALUE"):
            raise UnreadError(f"alters the type {name}")
        cursor.accept("IF", "NOT", "EXISTS")
        value = cursor.peek()
        yield Change("object", name="ADD VALUE", values=(value.text,) if value else ())
    elif cursor.accept("POLICY"):
        yield read_policy(cursor)
    elif word := cursor.accept_any(*ALTERED):
        yield alter_object(cursor, word)
    else:
        raise UnreadError("alters something that is not known")


def _with(cursor: Cursor) -> Iterator[Change]:
    """The statements in the parentheses, which may write as well, and the one behind them."""
    cursor.accept("RECURSIVE")
    while True:
        cursor.name()
        if cursor.sees_group():
            cursor.group()
        if not cursor.accept("AS"):
            raise UnreadError("has a WITH that is not known")
        cursor.accept("NOT")
        cursor.accept("MATERIALIZED")
        yield from _statement(Cursor(cursor.group(), cursor.vendor))
        if not cursor.symbol(","):
            break
    yield from _statement(Cursor(cursor.rest(), cursor.vendor))


def _insert(cursor: Cursor) -> Iterator[Change]:
    """What an INSERT does, and where its rows come from a WITH, what that does besides."""
    yield from ROW_READERS["INSERT"](cursor)
    if cursor.accept("WITH"):
        yield from _with(cursor)


def _rename(cursor: Cursor) -> Iterator[Change]:
    if not cursor.accept_any("TABLE", "TABLES"):
        raise UnreadError("renames something that is not known")
    for part in cursor.parts():
        renamed = read_renaming("rename-table", part)
        yield Change("rename-table", renamed.name, to=renamed.to)


_READERS: dict[str, Callable[[Cursor], Iterator[Change]]] = {
    "CREATE": _create,
    "DROP": _drop,
    "ALTER": _alter,
    "RENAME": _rename,
    "COMMENT": read_comment,
    "WITH": _with,
    **ROW_READERS,
    "INSERT": _insert,
    "REPLACE": _insert,
}
_DEFINING = ("CREATE", "DROP", "ALTER", "RENAME")
