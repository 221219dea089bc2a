"""Reads the definition of a column, and of a constraint, inside CREATE and ALTER TABLE."""

from collections.abc import Sequence
from dataclasses import replace

from migtui.core.hazards.change import Change, Column
from migtui.core.hazards.cursor import Cursor, parts, text_of
from migtui.core.hazards.tokens import Kind, Token, UnreadError

ENDS = (
    "NOT", "NULL", "DEFAULT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "CONSTRAINT",
    "GENERATED", "COLLATE", "AS", "AUTO_INCREMENT", "AUTOINCREMENT", "COMMENT", "ON", "FIRST",
    "AFTER", "INVISIBLE", "VISIBLE", "STORAGE", "COMPRESSION", "DEFERRABLE", "INITIALLY", "USING",
    "KEY", "VIRTUAL", "STORED", "PERSISTENT",
)  # fmt: skip
SERIALS = {"smallserial": "smallint", "serial": "integer", "bigserial": "bigint",
           "serial2": "smallint", "serial4": "integer", "serial8": "bigint"}  # fmt: skip
CONSTRAINTS = ("CONSTRAINT", "CHECK", "UNIQUE", "PRIMARY", "FOREIGN", "EXCLUDE")
KEYS = ("INDEX", "KEY", "FULLTEXT", "SPATIAL")
_OPEN = Token(Kind.SYMBOL, "(")


def read_column(cursor: Cursor) -> Column:
    """A name, a type and what else is said of a column, to the end of the cursor.

    Raises:
        UnreadError: It holds something that is not known.
    """
    name = cursor.name()
    kind = text_of(cursor.until(*ENDS)).lower()
    column = Column(name, SERIALS.get(kind, kind), generated="identity" if kind in SERIALS else "")
    if kind in SERIALS:
        column = replace(column, null=False)
    while not cursor.is_done:
        column = _attribute(cursor, column)
    return column


def _attribute(cursor: Cursor, column: Column) -> Column:
    if cursor.accept("NOT", "NULL"):
        return replace(column, null=False)
    if cursor.accept("NULL"):
        return column
    if cursor.accept("DEFAULT"):
        first = cursor.peek()
        value = (cursor.take(), *cursor.until(*ENDS)) if first else ()
        text = text_of(value)
        return replace(column, default="" if text.upper() == "NULL" else text)
    if cursor.accept("PRIMARY", "KEY"):
        cursor.accept_any("ASC", "DESC")
        return replace(column, is_primary=True, null=False)
    if cursor.accept("UNIQUE"):
        cursor.accept("KEY")
        return replace(column, is_unique=True)
    if cursor.accept("CHECK"):
        cursor.group()
        return replace(column, has_check=True)
    if cursor.accept("REFERENCES"):
        table = cursor.name()
        cursor.until(*(end for end in ENDS if end not in ("NULL", "ON", "DEFAULT")))
        return replace(column, references=table)
    if cursor.accept("CONSTRAINT"):
        cursor.name()
        return column
    if cursor.accept("COLLATE"):
        return replace(column, collation=cursor.name())
    return _uncommon(cursor, column)


def _uncommon(cursor: Cursor, column: Column) -> Column:
    if cursor.accept("GENERATED") or cursor.sees("AS"):
        cursor.accept("ALWAYS")
        cursor.accept("BY", "DEFAULT")
        cursor.accept("AS")
        if cursor.accept("IDENTITY"):
            if not cursor.is_done and cursor.peek() == _OPEN:
                cursor.group()
            return replace(column, generated="identity", null=False)
        cursor.group()
        how = cursor.accept_any("STORED", "PERSISTENT", "VIRTUAL")
        return replace(column, generated="virtual" if how in ("", "VIRTUAL") else "stored")
    if cursor.accept_any("AUTO_INCREMENT", "AUTOINCREMENT"):
        return replace(column, generated="identity")
    if cursor.accept_any("COMMENT", "STORAGE", "COMPRESSION"):
        cursor.take()
        return column
    if cursor.accept("FIRST"):
        return replace(column, place="FIRST")
    if cursor.accept("AFTER"):
        cursor.name()
        return replace(column, place="AFTER")
    if cursor.accept("INITIALLY") or cursor.accept("ON", "CONFLICT"):
        cursor.take()
        return column
    if cursor.accept("ON", "UPDATE"):
        cursor.until(*ENDS)
        return column
    if cursor.accept_any("INVISIBLE", "VISIBLE", "KEY", "DEFERRABLE"):
        return column
    if cursor.accept("NOT", "DEFERRABLE"):
        return column
    token = cursor.take()
    raise UnreadError(f"says {token.text[:40]} of the column {column.name}")


def read_constraint(cursor: Cursor, table: str) -> Change:
    """A constraint, or an index as MySQL writes it among them, to the end of the cursor.

    Raises:
        UnreadError: It is of no kind that is known.
    """
    name = ""
    if cursor.accept("CONSTRAINT") and not _starts_constraint(cursor):
        name = cursor.name()
    if cursor.accept("NOT", "NULL"):
        return Change("set-not-null", table, cursor.name(), flags=_flags(cursor.rest()))
    if cursor.accept("CHECK"):
        check = text_of(cursor.group())
        return Change("add-check", table, name, expression=check, flags=_flags(cursor.rest()))
    if cursor.accept("FOREIGN", "KEY"):
        return _foreign_key(cursor, table, name)
    if cursor.accept("EXCLUDE"):
        return Change("add-exclusion", table, name, flags=_flags(cursor.rest()))
    if cursor.accept("PRIMARY", "KEY"):
        return _keyed(cursor, "add-primary-key", table, name)
    if cursor.accept("UNIQUE"):
        cursor.accept_any("KEY", "INDEX")
        return _keyed(cursor, "add-unique", table, name)
    kind = cursor.accept_any(*KEYS)
    if kind:
        cursor.accept_any("INDEX", "KEY")
        index = _keyed(cursor, "create-index", table, name)
        special = {kind.lower()} & {"fulltext", "spatial"}
        return replace(index, flags=index.flags | special)
    raise UnreadError("adds a constraint of a kind that is not known")


def _starts_constraint(cursor: Cursor) -> bool:
    return any(
        cursor.sees(*words)
        for words in (("CHECK",), ("UNIQUE",), ("PRIMARY", "KEY"), ("FOREIGN", "KEY"))
    )


def _foreign_key(cursor: Cursor, table: str, name: str) -> Change:
    if cursor.peek() != _OPEN:
        name = cursor.name()
    columns = names_in(cursor.group())
    if not cursor.accept("REFERENCES"):
        raise UnreadError("has a foreign key without a table that it points to")
    target = cursor.name()
    return Change(
        "add-foreign-key",
        table,
        name,
        names=columns,
        references=target,
        flags=_flags(cursor.rest()),
    )


def _keyed(cursor: Cursor, kind: str, table: str, name: str) -> Change:
    if cursor.accept("USING", "INDEX"):
        index = cursor.name()
        return Change(kind, table, name, to=index, flags=frozenset({"using-index"}))
    cursor.accept("NULLS", "NOT", "DISTINCT")
    cursor.accept("NULLS", "DISTINCT")
    if cursor.peek() != _OPEN:
        name = cursor.name()
    if cursor.accept("USING"):
        cursor.name()
    return Change(kind, table, name, names=names_in(cursor.group()))


def names_in(tokens: Sequence[Token]) -> tuple[str, ...]:
    """The columns in a list that are plain names; what is an expression is left out."""
    found = []
    for part in parts(tokens):
        cursor = Cursor(part)
        try:
            found.append(cursor.name())
        except UnreadError:
            continue
    return tuple(found)


def _flags(tokens: Sequence[Token]) -> frozenset[str]:
    words = [token.text.upper() for token in tokens]
    return frozenset({"not-valid"}) if words[-2:] == ["NOT", "VALID"] else frozenset()
