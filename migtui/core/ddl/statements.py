"""Carries statements out on a catalogue. What changes no names is passed over."""

import re

from migtui.core.ddl.catalogue import Catalogue, Constraint, ConstraintKind, Index, Table
from migtui.core.statements.change import Change, Column
from migtui.core.statements.reading import read_definitions

_CONCERNS = re.compile(r"\b(?:CREATE|ALTER|DROP|RENAME)\b", re.IGNORECASE)
_KINDS: dict[str, ConstraintKind] = {
    "add-primary-key": "primary",
    "add-unique": "unique",
    "add-check": "check",
    "add-foreign-key": "foreign",
    "add-exclusion": "exclude",
}


def execute(catalogue: Catalogue, sql: str) -> None:
    """Change a catalogue as a server would be changed by these statements.

    Args:
        catalogue: What is there; changed in place.
        sql: Any number of statements, those of the driver's parameters filled in.
    """
    if _CONCERNS.search(sql) is None:
        return
    vendor = "mysql" if catalogue.is_mysql else catalogue.dialect
    for change in read_definitions(sql, vendor):
        _follow(catalogue, change)


def _follow(catalogue: Catalogue, change: Change) -> None:
    match change.kind:
        case "create-table":
            _create_table(catalogue, change)
        case "drop-table":
            catalogue.drop_table(change.table)
        case "rename-table":
            catalogue.rename_table(change.table or change.name, change.to)
        case "rename-index":
            tables = catalogue.tables
            for table in [tables[change.table]] if change.table in tables else tables.values():
                _rename_index(table, change)
                if not catalogue.is_mysql:  # whose indexes are a table's own
                    _rename_constraint(table, change)
        case "drop-index" if not change.table:
            owner = catalogue.owner_of(change.name)
            if owner is not None:
                owner.indexes.pop(change.name, None)
        case "object" | "drop-object":
            _follow_object(catalogue, change)
        case _:
            table_ = catalogue.tables.get(change.table)
            if table_ is not None:
                _alter(catalogue, table_, change)


def _create_table(catalogue: Catalogue, change: Change) -> None:
    if change.source or ("if-not-exists" in change.flags and change.table in catalogue.tables):
        return  # what a partition has is its parent's, under names that the server chooses
    table = Table(change.table, engine=change.to)
    catalogue.tables[table.name] = table
    for column in change.columns:
        table.columns[column.name] = column.type
    for column in change.columns:
        _add_column(catalogue, table, column)
    for constraint in change.constraints:
        _alter(catalogue, table, constraint)


def _add_column(catalogue: Catalogue, table: Table, column: Column) -> None:
    table.columns[column.name] = column.type
    is_mariadb = catalogue.dialect == "mariadb"
    if column.generated == "identity" and catalogue.dialect == "postgresql":
        catalogue.add_sequence(table, column.name)
    for change in column.constraints:
        constraint = _constraint(table, change)
        constraint.is_column_check = is_mariadb and change.kind == "add-check" and not change.name
        catalogue.add_constraint(table, constraint)
    if column.type.startswith("json") and catalogue.has_json_checks:
        check = Constraint("", "check", [column.name], is_column_check=True)
        catalogue.add_constraint(table, check)


def _constraint(table: Table, change: Change) -> Constraint:
    kind = _KINDS[change.kind]
    if kind == "check":
        columns = [name for name in change.mentions if name in table.columns]
    else:
        columns = [name for name in change.names if name]
    target = (change.references, change.to) if kind == "foreign" else None
    return Constraint(change.name, kind, columns, target=target)


def _alter(catalogue: Catalogue, table: Table, change: Change) -> None:
    name = change.name
    match change.kind:
        case "add-column" if change.column is not None:
            if "if-not-exists" not in change.flags or name not in table.columns:
                _add_column(catalogue, table, change.column)
        case "modify-column" if change.column is not None:
            _redefine(catalogue, table, change.column)
        case "drop-column":
            catalogue.drop_column(table, name)
        case "rename-column":
            catalogue.rename_column(table, name, change.to)
        case "alter-type":
            table.columns[name] = change.to
        case "set-generated" if change.to == "drop":
            table.sequences = {key: of for key, of in table.sequences.items() if of != name}
        case "set-generated" if change.to == "add":
            catalogue.add_sequence(table, name)
        case "drop-constraint" if name == "PRIMARY KEY":
            table.constraints.pop("PRIMARY", None)
        case "drop-constraint":
            catalogue.drop_constraint(table, name)
        case "rename-constraint":
            _rename_constraint(table, change)
        case "drop-index":
            table.indexes.pop(name, None)
        case "create-index":
            _create_index(catalogue, table, change)
        case "table-option" if change.to:
            table.engine = change.to
        case kind if kind in _KINDS:
            _add_constraint(catalogue, table, change)


def _add_constraint(catalogue: Catalogue, table: Table, change: Change) -> None:
    constraint = _constraint(table, change)
    if "using-index" in change.flags:
        # The index takes the constraint's name (PostgreSQL's ALTER TABLE, ADD table_constraint_…).
        index = table.indexes.pop(change.to, None)
        constraint.name = constraint.name or change.to
        constraint.columns = [name for name in index.columns if name] if index else []
    catalogue.add_constraint(table, constraint)


def _redefine(catalogue: Catalogue, table: Table, column: Column) -> None:
    """A column as it is from now on: a check that is not written again is gone in MariaDB."""
    for constraint in list(table.constraints.values()):
        if constraint.is_column_check and constraint.columns == [column.name]:
            del table.constraints[constraint.name]
    _add_column(catalogue, table, column)


def _create_index(catalogue: Catalogue, table: Table, change: Change) -> None:
    if "if-not-exists" in change.flags and catalogue.owner_of(change.name):
        return
    index = Index(
        change.name,
        [name or None for name in change.names],
        label="_".join(change.values),
        unique="unique" in change.flags,
        method=change.method or "btree",
        has_options="has-options" in change.flags,
        mentions=frozenset(name for name in change.mentions if name in table.columns),
    )
    catalogue.add_index(table, index)


def _rename_index(table: Table, change: Change) -> None:
    for index in table.indexes.values():
        if index.name == change.name:
            index.name, index.is_predicted, index.is_implied = change.to, False, False
    table.indexes = {index.name: index for index in table.indexes.values()}


def _rename_constraint(table: Table, change: Change) -> None:
    for constraint in table.constraints.values():
        if constraint.name == change.name:
            constraint.name, constraint.is_predicted = change.to, False
    table.constraints = {entry.name: entry for entry in table.constraints.values()}


def _follow_object(catalogue: Catalogue, change: Change) -> None:
    is_dropped = change.kind == "drop-object"
    match change.name:
        case "sequence":
            for name in change.names:
                _follow_sequence(catalogue, name, change)
        case "extension" if is_dropped:
            catalogue.extensions.difference_update(change.names)
        case "extension":
            catalogue.extensions.update(change.names)
        case "collation" if is_dropped:
            for name in change.names:
                catalogue.collations.pop(name, None)
        case "collation":
            is_even = "nondeterministic" not in change.flags
            catalogue.collations.update(dict.fromkeys(change.names, is_even))


def _follow_sequence(catalogue: Catalogue, name: str, change: Change) -> None:
    owner, _, column = change.source.rpartition(".")
    for table in catalogue.tables.values():
        if change.to:
            table.sequences = {
                change.to if key == name else key: of for key, of in table.sequences.items()
            }
        elif change.kind == "drop-object" or owner:
            table.sequences.pop(name, None)
    if owner in catalogue.tables:
        catalogue.tables[owner].sequences[name] = column
