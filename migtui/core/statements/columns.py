"""Reads the definition of a column, and of a constraint, inside CREATE and ALTER TABLE."""

from collections.abc import Sequence
from dataclasses import replace

from migtui.core.statements.change import Change, Column
from migtui.core.statements.cursor import OPENING, Cursor, text_of
from migtui.core.statements.tokens import Kind, Token, UnreadError

ENDS = (
    "NOT", "NULL", "DEFAULT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "CONSTRAINT",
    "GENERATED", "COLLATE", "AS", "AUTO_INCREMENT", "AUTOINCREMENT", "COMMENT", "ON", "FIRST",
    "AFTER", "INVISIBLE", "VISIBLE", "STORAGE", "COMPRESSION", "DEFERRABLE", "INITIALLY", "USING",
    "KEY", "VIRTUAL", "STORED", "PERSISTENT", "SRID",
)  # fmt: skip
SERIALS = {"smallserial": "smallint", "serial": "integer", "bigserial": "bigint",
           "serial2": "smallint", "serial4": "integer", "serial8": "bigint"}  # fmt: skip
CONSTRAINTS = ("CONSTRAINT", "CHECK", "UNIQUE", "PRIMARY", "FOREIGN", "EXCLUDE")
KEYS = ("INDEX", "KEY", "FULLTEXT", "SPATIAL")
ACTIONS = (("CASCADE",), ("RESTRICT",), ("NO", "ACTION"), ("SET", "NULL"), ("SET", "DEFAULT"))


def begins_constraint(cursor: Cursor) -> bool:
    """Whether a constraint comes next, or an index, which MySQL writes among them."""
    return cursor.sees_any(*CONSTRAINTS) or (cursor.vendor == "mysql" and cursor.sees_any(*KEYS))


def read_column(cursor: Cursor) -> Column:
    """A name, a type and what else is said of a column, to the end of the cursor.

    What is not known of it is passed over, and said in ``unread``.

    Raises:
        UnreadError: It does not begin like a column.
    """
    name = cursor.name()
    kind = text_of(cursor.until(*ENDS)).lower()
    column = Column(name, SERIALS.get(kind, kind), generated="identity" if kind in SERIALS else "")
    if kind in SERIALS:
        column = replace(column, null=False)
    given = ""
    while not cursor.is_done:
        if cursor.accept("CONSTRAINT"):
            given = cursor.name()
            continue
        constraint = _constraint(cursor, name, given)
        if constraint is None:
            column = _attribute(cursor, column)
            continue
        given = ""
        null = column.null and constraint.kind != "add-primary-key"
        column = replace(column, constraints=(*column.constraints, constraint), null=null)
    return column


def _constraint(cursor: Cursor, column: str, name: str) -> Change | None:
    """A constraint that is written beside a column."""
    if cursor.accept("PRIMARY", "KEY"):
        cursor.accept_any("ASC", "DESC")
        _skip_storage(cursor)
        return Change("add-primary-key", name=name, names=(column,))
    if cursor.accept("UNIQUE"):
        cursor.accept("KEY")
        _skip_storage(cursor)
        return Change("add-unique", name=name, names=(column,))
    if cursor.accept("CHECK"):
        return _check(cursor, "", name)
    if cursor.accept("REFERENCES"):
        return _target(cursor, Change("add-foreign-key", name=name, names=(column,)))
    return None


def _skip_storage(cursor: Cursor) -> None:
    """How PostgreSQL is to keep the index of a constraint."""
    if cursor.accept("WITH"):
        cursor.group()
    if cursor.accept("USING", "INDEX", "TABLESPACE"):
        cursor.name()


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
    if cursor.accept("COLLATE"):
        return replace(column, collation=cursor.name())
    if cursor.accept("GENERATED") or cursor.sees("AS"):
        return _generated(cursor, column)
    if cursor.accept_any("AUTO_INCREMENT", "AUTOINCREMENT"):
        return replace(column, generated="identity")
    if cursor.accept("FIRST"):
        return replace(column, place="FIRST")
    if cursor.accept("AFTER"):
        cursor.name()
        return replace(column, place="AFTER")
    return _uncommon(cursor, column)


def _generated(cursor: Cursor, column: Column) -> Column:
    cursor.accept("ALWAYS")
    cursor.accept("BY", "DEFAULT")
    cursor.accept("AS")
    if cursor.accept("IDENTITY"):
        if cursor.sees_group():
            cursor.group()
        return replace(column, generated="identity", null=False)
    cursor.group()
    how = cursor.accept_any("STORED", "PERSISTENT", "VIRTUAL")
    return replace(column, generated="virtual" if how in ("", "VIRTUAL") else "stored")


def _uncommon(cursor: Cursor, column: Column) -> Column:
    """What changes neither what is kept nor what it costs."""
    words = ("COMMENT", "STORAGE", "COMPRESSION", "SRID", "INITIALLY")
    if cursor.accept_any(*words) or cursor.accept("ON", "CONFLICT"):
        cursor.take()
    elif cursor.accept("ON", "UPDATE"):
        cursor.until(*ENDS)
    elif not (
        cursor.accept_any("INVISIBLE", "VISIBLE", "KEY", "DEFERRABLE")
        or cursor.accept("NOT", "DEFERRABLE")
    ):
        why = f"says {text_of(cursor.ahead()[:1])[:40]} of the column {column.name}"
        if cursor.sees_group():
            cursor.group()
        else:
            cursor.take()
        return replace(column, unread=column.unread or why)
    return column


def read_constraint(cursor: Cursor, table: str) -> Change:
    """A constraint, or an index as MySQL writes it among them, to the end of the cursor.

    Raises:
        UnreadError: It is of no kind that is known.
    """
    name = ""
    if cursor.accept("CONSTRAINT") and not cursor.sees_any(*CONSTRAINTS):
        name = cursor.name()
    if cursor.accept("NOT", "NULL"):
        return Change("set-not-null", table, cursor.name(), flags=_flags(cursor.rest()))
    if cursor.accept("CHECK"):
        check = _check(cursor, table, name)
        return replace(check, flags=_flags(cursor.rest()))
    if cursor.accept("FOREIGN", "KEY"):
        return _foreign_key(cursor, table, name)
    if cursor.accept("EXCLUDE"):
        while not cursor.is_done and not cursor.sees_group():
            cursor.take()
        names = names_in(cursor.within(cursor.group()))
        return Change("add-exclusion", table, name, names=names, flags=_flags(cursor.rest()))
    if cursor.accept("PRIMARY", "KEY"):
        return _keyed(cursor, "add-primary-key", table, name)
    if cursor.accept("UNIQUE"):
        cursor.accept_any("KEY", "INDEX")
        return _keyed(cursor, "add-unique", table, name)
    kind = cursor.accept_any(*KEYS)
    if kind:
        cursor.accept_any("INDEX", "KEY")
        cursor.accept("IF", "NOT", "EXISTS")
        index = _keyed(cursor, "create-index", table, name)
        special = kind.lower() if kind in ("FULLTEXT", "SPATIAL") else ""
        return replace(index, method=special or index.method)
    raise UnreadError("adds a constraint of a kind that is not known")


def _check(cursor: Cursor, table: str, name: str) -> Change:
    group = cursor.group()
    found = names_mentioned(cursor, group)
    return Change("add-check", table, name, expression=text_of(group), mentions=found)


def _foreign_key(cursor: Cursor, table: str, name: str) -> Change:
    cursor.accept("IF", "NOT", "EXISTS")
    if not cursor.sees_group():
        index = cursor.name()
        name = name or index
    columns = names_in(cursor.within(cursor.group()))
    if not cursor.accept("REFERENCES"):
        raise UnreadError("has a foreign key without a table that it points to")
    found = _target(cursor, Change("add-foreign-key", table, name, names=columns))
    return replace(found, flags=_flags(cursor.rest()))


def _target(cursor: Cursor, foreign_key: Change) -> Change:
    """A foreign key with what stands behind REFERENCES."""
    table = cursor.name()
    columns = names_in(cursor.within(cursor.group())) if cursor.sees_group() else ()
    while cursor.accept("MATCH") or cursor.accept("ON", "DELETE") or cursor.accept("ON", "UPDATE"):
        if not any(cursor.accept(*words) for words in ACTIONS):
            cursor.take()
    return replace(foreign_key, references=table, to=columns[0] if columns else "")


def _keyed(cursor: Cursor, kind: str, table: str, name: str) -> Change:
    if cursor.accept("USING", "INDEX"):
        index = cursor.name()
        return Change(kind, table, name, to=index, flags=frozenset({"using-index"}))
    cursor.accept("NULLS", "NOT", "DISTINCT")
    cursor.accept("NULLS", "DISTINCT")
    if not cursor.sees_group() and not cursor.sees("USING"):
        name = cursor.name()
    method = cursor.name().lower() if cursor.accept("USING") else ""
    names = names_in(cursor.within(cursor.group()))
    return Change(kind, table, name, names=names, method=method)


def names_in(parts: Sequence[Cursor]) -> tuple[str, ...]:
    """The columns of a key or an index; empty for an expression."""
    return tuple(map(_name_in, parts))


def _name_in(part: Cursor) -> str:
    first = part.peek()
    if first is None or not first.is_name:
        return ""
    # MySQL's title(20) is a prefix of a column, lower(title) a function.
    length = part.peek(2)
    is_prefix = length is not None and length.kind is Kind.NUMBER and part.peek(3) == _CLOSING
    if first.kind is Kind.WORD and part.peek(1) == OPENING and not is_prefix:
        return ""
    return part.meant(first)


def label_of(part: Cursor) -> str:
    """What PostgreSQL calls a key in the name of an index (``FigureIndexColname``)."""
    if name := _name_in(part):
        return name
    ahead = part.ahead()
    first = next((n for n, token in enumerate(ahead) if token != OPENING), 0)
    is_call = ahead[first].is_name and ahead[first + 1 : first + 2] == (OPENING,)
    return part.meant(ahead[first]) if is_call else "expr"


def names_mentioned(cursor: Cursor, tokens: Sequence[Token]) -> tuple[str, ...]:
    """All that may be a name in an expression, in the order in which it is there."""
    return tuple(dict.fromkeys(cursor.meant(token) for token in tokens if token.is_name))


def _flags(tokens: Sequence[Token]) -> frozenset[str]:
    words = [token.text.upper() for token in tokens]
    return frozenset({"not-valid"}) if words[-2:] == ["NOT", "VALID"] else frozenset()


_CLOSING = Token(Kind.SYMBOL, ")")
