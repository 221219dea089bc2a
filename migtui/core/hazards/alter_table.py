"""Reads ALTER TABLE: each of its actions is a change of its own."""

from collections.abc import Iterator, Sequence

from migtui.core.hazards.change import Change
from migtui.core.hazards.columns import CONSTRAINTS, KEYS, read_column, read_constraint
from migtui.core.hazards.cursor import Cursor, parts, text_of
from migtui.core.hazards.tokens import Token, UnreadError

OPTIONS = (
    "SET", "RESET", "OWNER", "CLUSTER", "ENABLE", "DISABLE", "REPLICA",
    "INHERIT", "NO", "FORCE", "ENGINE", "CONVERT", "COMMENT", "AUTO_INCREMENT", "ROW_FORMAT",
    "DEFAULT", "CHARACTER", "COLLATE", "ORDER", "STATS_PERSISTENT", "STATS_AUTO_RECALC",
)  # fmt: skip
IGNORED = ("ALGORITHM", "LOCK")
"""MySQL's wishes of how it is to be done: the server refuses what it can't do so."""


def read_alter_table(cursor: Cursor) -> Iterator[Change]:
    """The changes of an ALTER TABLE, after these two words.

    Raises:
        UnreadError: An action is not known.
    """
    cursor.accept("IF", "EXISTS")
    cursor.accept("ONLY")
    table = cursor.name()
    for part in parts(cursor.rest()):
        yield from _action(Cursor(part), table, part)


def _action(cursor: Cursor, table: str, tokens: Sequence[Token]) -> Iterator[Change]:
    if cursor.accept("ADD"):
        yield _add(cursor, table)
    elif cursor.accept("ALTER"):
        yield _alter(cursor, table)
    elif cursor.accept("DROP"):
        yield _drop(cursor, table)
    elif cursor.accept("RENAME"):
        yield _rename(cursor, table)
    elif cursor.accept("MODIFY"):
        cursor.accept("COLUMN")
        column = read_column(cursor)
        yield Change("modify-column", table, column.name, column=column)
    elif cursor.accept("CHANGE"):
        cursor.accept("COLUMN")
        name = cursor.name()
        column = read_column(cursor)
        if column.name != name:
            yield Change("rename-column", table, name, to=column.name)
        yield Change("modify-column", table, column.name, column=column)
    elif cursor.accept("VALIDATE", "CONSTRAINT"):
        yield Change("validate-constraint", table, cursor.name())
    elif cursor.accept_any(*IGNORED):
        return
    elif cursor.accept_any(*OPTIONS):
        yield Change("table-option", table, text_of(tokens).upper())
    else:
        raise UnreadError(f"alters a table by {text_of(tokens[:3])}")


def _add(cursor: Cursor, table: str) -> Change:
    if any(cursor.sees(word) for word in (*CONSTRAINTS, *KEYS)):
        return read_constraint(cursor, table)
    cursor.accept("COLUMN")
    flags = {"if-not-exists"} if cursor.accept("IF", "NOT", "EXISTS") else set[str]()
    column = read_column(cursor)
    return Change("add-column", table, column.name, column=column, flags=frozenset(flags))


def _alter(cursor: Cursor, table: str) -> Change:
    if cursor.accept("CONSTRAINT") or cursor.accept("INDEX"):
        return Change("table-option", table, "ALTER CONSTRAINT")
    cursor.accept("COLUMN")
    name = cursor.name()
    if cursor.accept("TYPE") or cursor.accept("SET", "DATA", "TYPE"):
        kind = text_of(cursor.until("COLLATE", "USING")).lower()
        collation = cursor.name() if cursor.accept("COLLATE") else ""
        using = text_of(cursor.rest()[1:])
        return Change("alter-type", table, name, to=kind, expression=using, references=collation)
    if cursor.accept("SET", "NOT", "NULL"):
        return Change("set-not-null", table, name)
    if cursor.accept("DROP", "NOT", "NULL"):
        return Change("drop-not-null", table, name)
    if cursor.accept("SET", "DEFAULT"):
        return Change("set-default", table, name, expression=text_of(cursor.rest()))
    if cursor.accept("DROP", "DEFAULT"):
        return Change("drop-default", table, name)
    for words in (("ADD", "GENERATED"), ("DROP", "IDENTITY"), ("SET", "GENERATED")):
        if cursor.accept(*words):
            return Change("set-generated", table, name)
    if cursor.accept("SET", "EXPRESSION"):
        return Change("table-option", table, "SET EXPRESSION")
    if cursor.accept_any("SET", "RESET", "DROP"):
        what = cursor.accept_any("STATISTICS", "STORAGE", "COMPRESSION", "EXPRESSION")
        return Change("table-option", table, f"COLUMN {what}")
    raise UnreadError(f"alters the column {name} in a way that is not known")


def _drop(cursor: Cursor, table: str) -> Change:
    kind = cursor.accept_any("CONSTRAINT", "CHECK", "INDEX", "KEY")
    if cursor.accept("FOREIGN", "KEY"):
        return Change("drop-constraint", table, cursor.name(), flags=frozenset({"on-table"}))
    if cursor.accept("PRIMARY", "KEY"):
        return Change("drop-constraint", table, "PRIMARY KEY")
    if not kind:
        cursor.accept("COLUMN")
    cursor.accept("IF", "EXISTS")
    name = cursor.name()
    if kind in ("INDEX", "KEY"):
        return Change("drop-index", table, name)
    return Change("drop-constraint" if kind else "drop-column", table, name)


def _rename(cursor: Cursor, table: str) -> Change:
    if cursor.accept("CONSTRAINT"):
        return _renamed("rename-constraint", cursor, table)
    if cursor.accept_any("INDEX", "KEY"):
        return _renamed("rename-index", cursor, table)
    if cursor.accept_any("TO", "AS"):
        return Change("rename-table", table, to=cursor.name())
    cursor.accept("COLUMN")
    return _renamed("rename-column", cursor, table)


def _renamed(kind: str, cursor: Cursor, table: str) -> Change:
    name = cursor.name()
    if not cursor.accept_any("TO"):
        raise UnreadError("renames without a new name")
    return Change(kind, table, name, to=cursor.name())
