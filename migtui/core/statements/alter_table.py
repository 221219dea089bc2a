"""Reads ALTER TABLE: each of its actions is a change of its own."""

from collections.abc import Iterator

from migtui.core.statements.change import Change
from migtui.core.statements.columns import begins_constraint, read_column, read_constraint
from migtui.core.statements.cursor import Cursor, text_of
from migtui.core.statements.tokens import UnreadError

OPTIONS = (
    "SET", "RESET", "OWNER", "CLUSTER", "ENABLE", "DISABLE", "REPLICA",
    "INHERIT", "NO", "FORCE", "ENGINE", "CONVERT", "COMMENT", "AUTO_INCREMENT", "ROW_FORMAT",
    "DEFAULT", "CHARACTER", "COLLATE", "ORDER", "STATS_PERSISTENT", "STATS_AUTO_RECALC",
)  # fmt: skip
PARTITIONING = (
    "PARTITION BY", "REMOVE PARTITIONING", "ADD PARTITION", "DROP PARTITION", "TRUNCATE PARTITION",
    "COALESCE PARTITION", "REORGANIZE PARTITION", "REBUILD PARTITION", "EXCHANGE PARTITION",
)  # fmt: skip
"""How MySQL's actions on partitions begin."""
IGNORED = ("ALGORITHM", "LOCK")
"""MySQL's wishes of how it is to be done: the server refuses what it can't do so."""


def read_alter_table(cursor: Cursor) -> Iterator[Change]:
    """The changes of an ALTER TABLE, after these two words; an action may be ``unread``.

    Raises:
        UnreadError: It does nothing.
    """
    cursor.accept("IF", "EXISTS")
    cursor.accept("ONLY")
    table = cursor.name()
    cursor.symbol("*")
    actions = cursor.parts()
    if not actions:
        raise UnreadError("ends where more was expected")
    for action in actions:
        try:
            for change in _action(action, table):
                yield change
                table = change.to if change.kind == "rename-table" else table
        except UnreadError as error:
            yield Change("unread", table, str(error))


def _action(cursor: Cursor, table: str) -> Iterator[Change]:
    whole = cursor.ahead()
    found = _partition(cursor, table) if cursor.vendor == "mysql" else None
    if found is not None:
        yield found
    elif cursor.accept("ADD"):
        yield from _add(cursor, table)
    elif cursor.accept("ALTER"):
        yield _alter(cursor, table)
    elif cursor.accept("DROP"):
        yield _drop(cursor, table)
    elif cursor.accept("RENAME"):
        yield _rename(cursor, table)
    elif cursor.accept("MODIFY"):
        cursor.accept("COLUMN")
        cursor.accept("IF", "EXISTS")
        column = read_column(cursor)
        yield Change("modify-column", table, column.name, column=column)
    elif cursor.accept("CHANGE"):
        cursor.accept("COLUMN")
        cursor.accept("IF", "EXISTS")
        name = cursor.name()
        column = read_column(cursor)
        if column.name != name:
            yield Change("rename-column", table, name, to=column.name)
        yield Change("modify-column", table, column.name, column=column)
    elif cursor.accept("VALIDATE", "CONSTRAINT"):
        yield Change("validate-constraint", table, cursor.name())
    elif cursor.accept("ATTACH", "PARTITION"):
        yield Change("attach-partition", table, cursor.name())
    elif cursor.accept("DETACH", "PARTITION"):
        name = cursor.name()
        flags = {"concurrently"} & {cursor.accept_any("CONCURRENTLY").lower()}
        yield Change("detach-partition", table, name, flags=frozenset(flags))
    elif cursor.accept_any(*IGNORED):
        return
    elif option := cursor.accept_any(*OPTIONS):
        cursor.symbol("=")
        engine = cursor.take().text if option == "ENGINE" else ""
        yield Change("table-option", table, text_of(whole).upper(), to=engine)
    else:
        raise UnreadError(f"alters a table by {text_of(whole[:3])}")


def _partition(cursor: Cursor, table: str) -> Change | None:
    """What MySQL is to do with partitions; None where it is about something else."""
    words = [token.text.upper() for token in cursor.ahead()]
    name = " ".join(words[:2])
    if name not in PARTITIONING:
        return None
    flags = {"by-values"} if name == "ADD PARTITION" and "VALUES" in words else set[str]()
    if "WITHOUT" in words:
        flags.add("not-valid")
    cursor.take()
    cursor.take()
    first = cursor.peek()
    to = cursor.name() if first is not None and first.is_name else ""
    return Change("partition", table, name, to=to, flags=frozenset(flags))


def _add(cursor: Cursor, table: str) -> Iterator[Change]:
    if begins_constraint(cursor):
        yield read_constraint(cursor, table)
        return
    cursor.accept("COLUMN")
    flags = frozenset({"if-not-exists"}) if cursor.accept("IF", "NOT", "EXISTS") else frozenset()
    if cursor.vendor == "mysql" and cursor.sees_group():  # ADD COLUMN (a integer, b integer)
        columns = [read_column(part) for part in cursor.within(cursor.group())]
    else:
        columns = [read_column(cursor)]
    for column in columns:
        yield Change("add-column", table, column.name, column=column, flags=flags)


def _alter(cursor: Cursor, table: str) -> Change:
    if cursor.accept_any("CONSTRAINT", "INDEX", "CHECK"):
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
            return Change("set-generated", table, name, to=words[0].lower())
    if cursor.accept("SET", "EXPRESSION"):
        return Change("table-option", table, "SET EXPRESSION")
    if cursor.accept_any("SET", "RESET", "DROP"):
        what = cursor.accept_any("STATISTICS", "STORAGE", "COMPRESSION", "EXPRESSION")
        return Change("table-option", table, f"COLUMN {what}")
    raise UnreadError(f"alters the column {name} in a way that is not known")


def _drop(cursor: Cursor, table: str) -> Change:
    if cursor.accept("PRIMARY", "KEY"):
        return Change("drop-constraint", table, "PRIMARY KEY")
    if cursor.accept("FOREIGN", "KEY"):
        cursor.accept("IF", "EXISTS")
        return Change("drop-constraint", table, cursor.name(), flags=frozenset({"on-table"}))
    kind = cursor.accept_any("CONSTRAINT", "CHECK", "INDEX", "KEY")
    if not kind:
        cursor.accept("COLUMN")
    cursor.accept("IF", "EXISTS")
    name = cursor.name()
    if kind in ("INDEX", "KEY"):
        return Change("drop-index", table, name)
    return Change("drop-constraint" if kind else "drop-column", table, name)


def _rename(cursor: Cursor, table: str) -> Change:
    if cursor.accept("CONSTRAINT"):
        return read_renaming("rename-constraint", cursor, table)
    if cursor.accept_any("INDEX", "KEY"):
        return read_renaming("rename-index", cursor, table)
    if cursor.accept_any("TO", "AS"):
        return Change("rename-table", table, to=cursor.name())
    if cursor.vendor == "mysql" and len(cursor.ahead()) == 1:
        return Change("rename-table", table, to=cursor.name())
    cursor.accept("COLUMN")
    return read_renaming("rename-column", cursor, table)


def read_renaming(kind: str, cursor: Cursor, table: str = "") -> Change:
    """A name, and what becomes of it.

    Raises:
        UnreadError: There is no new name.
    """
    name = cursor.name()
    if not cursor.accept("TO"):
        raise UnreadError("renames without a new name")
    return Change(kind, table, name, to=cursor.name())
