"""Carries statements out on a catalogue. What changes no names is passed over."""

import re
from collections.abc import Callable

from migtui.core.ddl.catalogue import Catalogue, Constraint, Index, Table
from migtui.core.ddl.definitions import (
    Column,
    column_names,
    mentioned,
    read_column,
    read_definition,
)
from migtui.core.ddl.tokens import Group, Reader, Token, flatten, split_commas, statements_of

_CONCERNS = re.compile(r"\b(?:CREATE|ALTER|DROP|RENAME)\b", re.IGNORECASE)
_BASIC_METHODS = ("btree", "")


def execute(catalogue: Catalogue, sql: str) -> None:
    """Change a catalogue as a server would be changed by these statements.

    Args:
        catalogue: What is there; changed in place.
        sql: Any number of statements, those of the driver's parameters filled in.
    """
    if _CONCERNS.search(sql) is None:
        return
    for tokens in statements_of(sql):
        reader = Reader(tokens, folds=catalogue.dialect == "postgresql")
        for words, rule in _RULES:
            if reader.accept(*words):
                rule(catalogue, reader)
                break


def _create_table(catalogue: Catalogue, reader: Reader) -> None:
    if reader.accept("IF", "NOT", "EXISTS") and _peek_name(reader) in catalogue.tables:
        return
    table = Table(reader.name())
    parts = reader.group()
    if parts is None or not table.name:
        return
    catalogue.tables[table.name] = table
    definitions = split_commas(parts)
    names = [name for part in definitions if (name := _column_name(part, catalogue))]
    found = [read_definition(part, names, folds=reader.folds) for part in definitions]
    for entry in found:
        if isinstance(entry, Column):
            table.columns[entry.name] = entry.type
    for entry in found:
        _add(catalogue, table, entry)
    _read_engine(table, reader)


def _column_name(part: Group, catalogue: Catalogue) -> str:
    entry = read_definition(part, (), folds=catalogue.dialect == "postgresql")
    return entry.name if isinstance(entry, Column) else ""


def _peek_name(reader: Reader) -> str:
    return Reader(reader.rest, folds=reader.folds).name()


def _add(catalogue: Catalogue, table: Table, entry: object) -> None:
    match entry:
        case Column():
            table.columns[entry.name] = entry.type
            if entry.has_sequence and catalogue.dialect == "postgresql":
                catalogue.add_sequence(table, entry.name)
            for constraint in entry.constraints:
                constraint.is_column_check &= catalogue.dialect == "mariadb"
                catalogue.add_constraint(table, constraint)
            if entry.type.startswith("json") and catalogue.has_json_checks:
                check = Constraint("", "check", [entry.name], is_column_check=True)
                catalogue.add_constraint(table, check)
        case Constraint():
            catalogue.add_constraint(table, entry)
        case Index():
            catalogue.add_index(table, entry)


def _read_engine(table: Table, reader: Reader) -> None:
    while reader.node is not None:
        if reader.accept("ENGINE"):
            if isinstance(reader.node, Token) and reader.node.value == "=":
                reader.skip()
            table.engine = reader.name()
        else:
            reader.skip()


def _alter_table(catalogue: Catalogue, reader: Reader) -> None:
    reader.accept("IF", "EXISTS")
    reader.accept("ONLY")
    name = reader.name()
    for part in split_commas(reader.rest):
        table = catalogue.tables.get(name)
        if table is None:
            return
        action = Reader(part, folds=reader.folds)
        for words, rule in _ACTIONS:
            if action.accept(*words):
                rule(catalogue, table, action)
                break
        name = table.name


def _add_part(catalogue: Catalogue, table: Table, reader: Reader) -> None:
    reader.accept("COLUMN")
    reader.accept("IF", "NOT", "EXISTS")
    _add(catalogue, table, read_definition(reader.rest, table.columns, folds=reader.folds))


def _drop_part(catalogue: Catalogue, table: Table, reader: Reader) -> None:
    kind = reader.accept_any(
        "COLUMN", "CONSTRAINT", "FOREIGN", "INDEX", "KEY", "PRIMARY", "CHECK", "PARTITION"
    )
    reader.accept("KEY")
    reader.accept("IF", "EXISTS")
    if kind == "PRIMARY":
        table.constraints.pop("PRIMARY", None)
        return
    name = reader.name()
    if kind in ("COLUMN", ""):
        catalogue.drop_column(table, name)
    elif kind in ("INDEX", "KEY"):
        table.indexes.pop(name, None)
    elif kind != "PARTITION":
        catalogue.drop_constraint(table, name)


def _rename_part(catalogue: Catalogue, table: Table, reader: Reader) -> None:
    kind = reader.accept_any("COLUMN", "CONSTRAINT", "INDEX", "KEY", "TO", "AS")
    old = reader.name()
    if not reader.accept("TO"):
        catalogue.rename_table(table.name, old)
        return
    new = reader.name()
    if kind in ("INDEX", "KEY"):
        _rename_index(table, old, new)
    elif kind == "CONSTRAINT":
        _rename_constraint(table, old, new)
    else:
        catalogue.rename_column(table, old, new)


def _rename_index(table: Table, old: str, new: str) -> None:
    for index in table.indexes.values():
        if index.name == old:
            index.name, index.is_predicted, index.is_implied = new, False, False
    table.indexes = {index.name: index for index in table.indexes.values()}


def _rename_constraint(table: Table, old: str, new: str) -> None:
    for constraint in table.constraints.values():
        if constraint.name == old:
            constraint.name, constraint.is_predicted = new, False
    table.constraints = {entry.name: entry for entry in table.constraints.values()}


def _alter_column(catalogue: Catalogue, table: Table, reader: Reader) -> None:
    reader.accept("COLUMN")
    column = reader.name()
    if reader.accept("DROP", "IDENTITY"):
        table.sequences = {name: of for name, of in table.sequences.items() if of != column}
    elif reader.accept("ADD", "GENERATED"):
        catalogue.add_sequence(table, column)
    elif reader.accept("TYPE") or reader.accept("SET", "DATA", "TYPE"):
        table.columns[column] = " ".join(token.value for token in flatten(reader.rest)).lower()


def _modify(catalogue: Catalogue, table: Table, reader: Reader) -> None:
    reader.accept("COLUMN")
    reader.accept("IF", "EXISTS")
    _redefine(catalogue, table, reader)


def _change(catalogue: Catalogue, table: Table, reader: Reader) -> None:
    reader.accept("COLUMN")
    reader.accept("IF", "EXISTS")
    old = reader.name()
    catalogue.rename_column(table, old, _peek_name(reader))
    _redefine(catalogue, table, reader)


def _redefine(catalogue: Catalogue, table: Table, reader: Reader) -> None:
    """A column as it is from now on: a check that is not written again is gone in MariaDB."""
    column = read_column(reader, table.columns)
    if column is None:
        return
    for constraint in list(table.constraints.values()):
        if constraint.is_column_check and constraint.columns == [column.name]:
            del table.constraints[constraint.name]
    _add(catalogue, table, column)


def _set_engine(_: Catalogue, table: Table, reader: Reader) -> None:
    if isinstance(reader.node, Token) and reader.node.value == "=":
        reader.skip()
    table.engine = reader.name()


def _create_index(*, unique: bool = False, method: str = "") -> Callable[[Catalogue, Reader], None]:
    def rule(catalogue: Catalogue, reader: Reader) -> None:
        reader.accept("CONCURRENTLY")
        if reader.accept("IF", "NOT", "EXISTS") and catalogue.owner_of(_peek_name(reader)):
            return
        name = ""
        if not reader.accept("ON"):
            name = reader.name()
            reader.accept("ON")
        reader.accept("ONLY")
        table = catalogue.tables.get(reader.name())
        used = reader.name().lower() if reader.accept("USING") else method
        group = reader.group()
        if table is None or group is None:
            return
        columns = column_names(group, folds=reader.folds)
        if reader.accept("USING"):
            used = reader.name().lower()
        if reader.accept("INCLUDE"):
            columns += column_names(reader.group() or [], folds=reader.folds)
        nodes = [*group, *reader.rest]
        index = Index(
            name,
            columns,
            unique=unique,
            method=used if used not in _BASIC_METHODS else "btree",
            has_options=any(isinstance(n, Token) and n.upper == "WITH" for n in reader.rest),
            mentions=frozenset(mentioned(nodes, table.columns, reader.folds)),
        )
        catalogue.add_index(table, index)

    return rule


def _drop_index(catalogue: Catalogue, reader: Reader) -> None:
    reader.accept("CONCURRENTLY")
    reader.accept("IF", "EXISTS")
    for name in reader.names():
        given = reader.name() if reader.accept("ON") else ""
        table = catalogue.tables.get(given) if given else catalogue.owner_of(name)
        if table is not None:
            table.indexes.pop(name, None)


def _drop_table(catalogue: Catalogue, reader: Reader) -> None:
    reader.accept("IF", "EXISTS")
    for name in reader.names():
        catalogue.drop_table(name)


def _rename_tables(catalogue: Catalogue, reader: Reader) -> None:
    for part in split_commas(reader.rest):
        pair = Reader(part, folds=reader.folds)
        old = pair.name()
        if pair.accept("TO"):
            catalogue.rename_table(old, pair.name())


def _alter_index(catalogue: Catalogue, reader: Reader) -> None:
    reader.accept("IF", "EXISTS")
    old = reader.name()
    if not reader.accept("RENAME", "TO"):
        return
    new = reader.name()
    for table in catalogue.tables.values():
        _rename_index(table, old, new)
        _rename_constraint(table, old, new)


def _alter_sequence(catalogue: Catalogue, reader: Reader) -> None:
    reader.accept("IF", "EXISTS")
    old = reader.name()
    if reader.accept("RENAME", "TO"):
        new = reader.name()
        for table in catalogue.tables.values():
            table.sequences = {new if n == old else n: of for n, of in table.sequences.items()}
    elif reader.accept("OWNED", "BY"):
        owner, _, column = reader.name().rpartition(".")
        for table in catalogue.tables.values():
            table.sequences.pop(old, None)
        if owner in catalogue.tables:
            catalogue.tables[owner].sequences[old] = column


def _drop_sequence(catalogue: Catalogue, reader: Reader) -> None:
    reader.accept("IF", "EXISTS")
    for name in reader.names():
        for table in catalogue.tables.values():
            table.sequences.pop(name, None)


def _create_extension(catalogue: Catalogue, reader: Reader) -> None:
    reader.accept("IF", "NOT", "EXISTS")
    catalogue.extensions.add(reader.name())


def _drop_extension(catalogue: Catalogue, reader: Reader) -> None:
    reader.accept("IF", "EXISTS")
    catalogue.extensions.difference_update(reader.names())


def _create_collation(catalogue: Catalogue, reader: Reader) -> None:
    reader.accept("IF", "NOT", "EXISTS")
    name = reader.name()
    options = [token.value.lower() for token in flatten(reader.rest)]
    is_off = any(
        word == "deterministic" and options[at + 1 : at + 3] in (["=", "false"], ["=", "'false'"])
        for at, word in enumerate(options)
    )
    catalogue.collations[name] = not is_off


def _drop_collation(catalogue: Catalogue, reader: Reader) -> None:
    reader.accept("IF", "EXISTS")
    for name in reader.names():
        catalogue.collations.pop(name, None)


_RULES: tuple[tuple[tuple[str, ...], Callable[[Catalogue, Reader], None]], ...] = (
    (("CREATE", "TABLE"), _create_table),
    (("CREATE", "UNLOGGED", "TABLE"), _create_table),
    (("ALTER", "TABLE"), _alter_table),
    (("DROP", "TABLE"), _drop_table),
    (("RENAME", "TABLE"), _rename_tables),
    (("CREATE", "UNIQUE", "INDEX"), _create_index(unique=True)),
    (("CREATE", "FULLTEXT", "INDEX"), _create_index(method="fulltext")),
    (("CREATE", "SPATIAL", "INDEX"), _create_index(method="spatial")),
    (("CREATE", "INDEX"), _create_index()),
    (("DROP", "INDEX"), _drop_index),
    (("ALTER", "INDEX"), _alter_index),
    (("ALTER", "SEQUENCE"), _alter_sequence),
    (("DROP", "SEQUENCE"), _drop_sequence),
    (("CREATE", "EXTENSION"), _create_extension),
    (("DROP", "EXTENSION"), _drop_extension),
    (("CREATE", "COLLATION"), _create_collation),
    (("DROP", "COLLATION"), _drop_collation),
)
"""The rule for each beginning of a statement."""

_ACTIONS: tuple[tuple[tuple[str, ...], Callable[[Catalogue, Table, Reader], None]], ...] = (
    (("ADD",), _add_part),
    (("DROP",), _drop_part),
    (("RENAME",), _rename_part),
    (("ALTER",), _alter_column),
    (("MODIFY",), _modify),
    (("CHANGE",), _change),
    (("ENGINE",), _set_engine),
)
"""The rule for each beginning of what ALTER TABLE does."""
