"""Reads what a table consists of: columns with all that is written beside them, and constraints."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from migtui.core.ddl.catalogue import Constraint, ConstraintKind, Index
from migtui.core.ddl.tokens import Group, Node, Reader, Token, flatten, name_of, split_commas

_SERIAL = {"SERIAL", "BIGSERIAL", "SMALLSERIAL", "SERIAL4", "SERIAL8", "SERIAL2"}
# What ends the type of a column.
_AFTER_TYPE = {
    *("NOT", "NULL", "DEFAULT", "PRIMARY", "UNIQUE", "CHECK", "CONSTRAINT", "REFERENCES"),
    *("GENERATED", "AUTO_INCREMENT", "AUTOINCREMENT", "COLLATE", "COMMENT", "AS", "KEY"),
}
_INDEX_WORDS = {"INDEX", "KEY", "FULLTEXT", "SPATIAL"}
_CONSTRAINT_WORDS = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE"}


@dataclass(slots=True)
class Column:
    """A column as it is defined.

    Attributes:
        name: Its name.
        type: As written, in lower case.
        constraints: Those that are written beside it; without a name where they are given none.
        has_sequence: Whether PostgreSQL makes a sequence for it.
    """

    name: str
    type: str = ""
    constraints: list[Constraint] = field(default_factory=list)
    has_sequence: bool = False


def read_definition(part: Sequence[Node], columns: Iterable[str], *, folds: bool) -> object:
    """A part of a CREATE TABLE, or what stands behind ADD: a column, a constraint or an index.

    Args:
        part: The tokens.
        columns: Those that the table is known to have.
        folds: Whether names that are not quoted are meant in lower case.

    Returns:
        A ``Column``, a ``Constraint``, an ``Index``, or None where it is something else.
    """
    reader = Reader(part, folds=folds)
    first = part[0] if part else None
    if not isinstance(first, Token):
        return None
    if first.upper in _CONSTRAINT_WORDS:
        return read_constraint(reader, columns)
    second = part[1] if len(part) > 1 else None
    if first.upper in _INDEX_WORDS and _is_index(first, part, second):
        return _read_inline_index(reader)
    if first.upper == "LIKE":
        return None
    return read_column(reader, columns)


def _is_index(first: Token, part: Sequence[Node], second: Node | None) -> bool:
    """Whether this is an index and no column that happens to be called ``key``."""
    if first.upper in ("FULLTEXT", "SPATIAL"):
        return True
    return isinstance(second, list) or (len(part) > 2 and isinstance(part[2], list | Token))  # noqa: PLR2004 - KEY name (columns)


def read_constraint(reader: Reader, columns: Iterable[str]) -> Constraint | None:
    """A constraint, its name given or not."""
    name = ""
    if reader.accept("CONSTRAINT") and not _begins_constraint(reader.node):
        name = reader.name()
    kind: ConstraintKind
    if reader.accept("PRIMARY", "KEY"):
        kind = "primary"
    elif reader.accept("UNIQUE"):
        kind = "unique"
        if reader.accept_any("KEY", "INDEX") and not isinstance(reader.node, list):
            name = reader.name() or name
        elif isinstance(reader.node, Token) and reader.node.kind == "name":
            name = reader.name()
        reader.accept("NULLS", "NOT", "DISTINCT")
        reader.accept("NULLS", "DISTINCT")
    elif reader.accept("CHECK"):
        known = [*columns]
        return Constraint(name, "check", mentioned(reader.group() or [], known, reader.folds))
    elif reader.accept("FOREIGN", "KEY"):
        if not isinstance(reader.node, list):
            name = name or reader.name()
        of = column_names(reader.group() or [], folds=reader.folds)
        return Constraint(name, "foreign", [c for c in of if c], target=_target(reader))
    elif reader.accept("EXCLUDE"):
        while reader.node is not None and not isinstance(reader.node, list):
            reader.skip()
        of = column_names(reader.group() or [], folds=reader.folds)
        return Constraint(name, "exclude", [c for c in of if c])
    else:
        return None
    of = column_names(reader.group() or [], folds=reader.folds)
    return Constraint(name, kind, [c for c in of if c])


def _begins_constraint(node: Node | None) -> bool:
    return isinstance(node, Token) and node.upper in _CONSTRAINT_WORDS - {"CONSTRAINT"}


def _target(reader: Reader) -> tuple[str, str] | None:
    if not reader.accept("REFERENCES"):
        return None
    table = reader.name()
    of = column_names(reader.group() or [], folds=reader.folds)
    return table, (of[0] or "") if of else ""


def _read_inline_index(reader: Reader) -> Index | None:
    method = (reader.accept_any("FULLTEXT", "SPATIAL") or "btree").lower()
    reader.accept_any("INDEX", "KEY")
    reader.accept("IF", "NOT", "EXISTS")
    name = "" if isinstance(reader.node, list) else reader.name()
    if reader.accept("USING"):
        reader.skip()
    group = reader.group()
    if group is None:
        return None
    return Index(name, column_names(group, folds=reader.folds), method=method)


def read_column(reader: Reader, columns: Iterable[str]) -> Column | None:
    """A column and all that is written beside it."""
    name = reader.name()
    if not name:
        return None
    column = Column(name, " ".join(_type(reader)))
    head = column.type.upper()
    column.has_sequence = head.split("(")[0].strip() in _SERIAL
    known = [*columns, name]
    given = ""
    while reader.node is not None:
        if reader.accept("CONSTRAINT"):
            given = reader.name()
        elif reader.accept("PRIMARY", "KEY"):
            column.constraints.append(Constraint(given, "primary", [name]))
            given = ""
        elif reader.accept("UNIQUE"):
            reader.accept("KEY")
            column.constraints.append(Constraint(given, "unique", [name]))
            given = ""
        elif reader.accept("CHECK"):
            of = mentioned(reader.group() or [], known, reader.folds)
            column.constraints.append(Constraint(given, "check", of, is_column_check=not given))
            given = ""
        elif isinstance(reader.node, Token) and reader.node.upper == "REFERENCES":
            column.constraints.append(Constraint(given, "foreign", [name], target=_target(reader)))
            given = ""
        else:
            if reader.accept("AS", "IDENTITY"):
                column.has_sequence = True
                continue
            reader.skip()
    return column


def _type(reader: Reader) -> Iterator[str]:
    while (node := reader.node) is not None:
        if isinstance(node, list):
            yield f"({', '.join(token.value for token in flatten(node))})"
        elif node.upper in _AFTER_TYPE:
            return
        else:
            yield node.value.lower()
        reader.skip()


def column_names(group: Group, *, folds: bool) -> list[str | None]:
    """The columns of an index or a key; None for an expression."""
    return [_column(part, folds=folds) for part in split_commas(group)]


def _column(part: Group, *, folds: bool) -> str | None:
    first = part[0]
    if isinstance(first, list):
        return None
    second = part[1] if len(part) > 1 else None
    is_call = isinstance(second, list) and first.kind == "word" and not _is_length(second)
    if first.kind not in ("name", "word") or is_call:
        return None
    return name_of(first, folds=folds)


def _is_length(group: Group) -> bool:
    """Whether this is the length of a prefix: ``title(20)``."""
    return len(group) == 1 and isinstance(group[0], Token) and group[0].value.isdecimal()


def mentioned(nodes: Sequence[Node], columns: Iterable[str], folds: bool) -> list[str]:  # noqa: FBT001 - as everywhere here
    """The columns that an expression names, in the order in which it does."""
    known = set(columns)
    found = [
        name_of(token, folds=folds) for token in flatten(nodes) if token.kind in ("name", "word")
    ]
    return list(dict.fromkeys(name for name in found if name in known))
