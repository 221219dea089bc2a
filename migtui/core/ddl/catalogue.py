"""Tables, constraints, indexes and sequences as a server keeps and names them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from migtui.core.ddl.names import LONGEST_NAME, clip, object_name, unused

Dialect: TypeAlias = Literal["sqlite", "postgresql", "mysql", "mariadb"]
ConstraintKind: TypeAlias = Literal["primary", "unique", "foreign", "check", "exclude"]


@dataclass(slots=True)
class Index:
    """An index that is no constraint's.

    Attributes:
        name: Its name.
        columns: None stands for an expression.
        label: What PostgreSQL calls them where it chooses the name.
        unique: Whether it is unique.
        method: ``btree``, ``gin``, ``fulltext`` and so on.
        has_options: Whether it has storage options.
        mentions: Columns in its expressions and its condition.
        is_implied: Whether MySQL made it for a foreign key, and drops it when another one will do.
        is_predicted: Whether the server chose the name.
    """

    name: str
    columns: list[str | None]
    label: str = ""
    unique: bool = False
    method: str = "btree"
    has_options: bool = False
    mentions: frozenset[str] = frozenset()
    is_implied: bool = False
    is_predicted: bool = False


@dataclass(slots=True)
class Constraint:
    """A constraint of a table.

    Attributes:
        name: Its name.
        kind: What it is.
        columns: For a check those that it mentions.
        target: The table and the column that a foreign key refers to.
        is_column_check: Whether MariaDB keeps it with a column, under that column's first name.
        is_predicted: Whether the server chose the name.
    """

    name: str
    kind: ConstraintKind
    columns: list[str]
    target: tuple[str, str] | None = None
    is_column_check: bool = False
    is_predicted: bool = False


@dataclass(slots=True)
class Table:
    """A table.

    Attributes:
        name: Its name.
        columns: Names, each with its type as written.
        constraints: By name, in the order in which they were made.
        indexes: By name, likewise.
        sequences: The column that each sequence feeds, by the name of the sequence.
        engine: MySQL's storage engine; empty for the server's default.
    """

    name: str
    columns: dict[str, str] = field(default_factory=dict)
    constraints: dict[str, Constraint] = field(default_factory=dict)
    indexes: dict[str, Index] = field(default_factory=dict)
    sequences: dict[str, str] = field(default_factory=dict)
    engine: str = ""

    def keyed(self) -> Iterator[list[str | None]]:
        """The columns of each index, those of constraints too."""
        for constraint in self.constraints.values():
            if constraint.kind in ("primary", "unique"):
                yield list(constraint.columns)
        for index in self.indexes.values():
            yield index.columns


@dataclass(slots=True)
class Catalogue:
    """All that a database holds.

    Attributes:
        dialect: Whose rules it follows.
        version: Of the server.
        tables: By name.
        extensions: PostgreSQL's.
        collations: Those that were made, by name: whether they are deterministic.
    """

    dialect: Dialect
    version: tuple[int, ...] = ()
    tables: dict[str, Table] = field(default_factory=dict)
    extensions: set[str] = field(default_factory=set)
    collations: dict[str, bool] = field(default_factory=dict)

    @property
    def is_mysql(self) -> bool:
        """Whether it is a MySQL or a MariaDB."""
        return self.dialect in ("mysql", "mariadb")

    @property
    def has_json_checks(self) -> bool:
        """Whether a column of type JSON has a check: MariaDB since 10.4.3."""
        return self.dialect == "mariadb" and (not self.version or self.version >= (10, 4, 3))

    def owner_of(self, index: str) -> Table | None:
        """The table that an index, or a constraint, of this name belongs to."""
        return next((t for t in self.tables.values() if index in t.indexes), None)

    def add_constraint(self, table: Table, constraint: Constraint) -> None:
        """Add a constraint; one without a name gets the server's."""
        given = constraint.name
        if not constraint.name or (self.is_mysql and constraint.kind == "primary"):
            constraint.is_predicted = not constraint.name
            constraint.name = self._constraint_name(table, constraint)
        constraint.name = self.cut(constraint.name)
        if self.is_mysql and constraint.kind == "unique":
            self.add_index(
                table,
                Index(
                    constraint.name,
                    list(constraint.columns),
                    unique=True,
                    is_predicted=constraint.is_predicted,
                ),
            )
            return
        table.constraints[constraint.name] = constraint
        if self.is_mysql and constraint.kind == "foreign":
            if not any(
                key[: len(constraint.columns)] == constraint.columns for key in table.keyed()
            ):
                index = Index(given, list(constraint.columns), is_implied=True)
                index.name = index.name or self._index_name(table, index)
                table.indexes[index.name] = index
        elif self.is_mysql and constraint.kind == "primary":
            self._drop_implied(table, list(constraint.columns))

    def add_index(self, table: Table, index: Index) -> None:
        """Add an index; MySQL then drops an implied one that it makes superfluous.

        (``foreign_key_prefix`` in MySQL's and MariaDB's sql_table.cc.)
        """
        if not index.name:
            index.is_predicted = True
            index.name = self._index_name(table, index)
        index.name = self.cut(index.name)
        if self.is_mysql:
            self._drop_implied(table, index.columns)
        table.indexes[index.name] = index

    @staticmethod
    def _drop_implied(table: Table, columns: list[str | None]) -> None:
        for other in list(table.indexes.values()):
            if other.is_implied and columns[: len(other.columns)] == other.columns:
                del table.indexes[other.name]

    def drop_constraint(self, table: Table, name: str) -> None:
        """Drop a constraint; MySQL calls an index one, and keeps that of a foreign key.

        MariaDB drops a column's check with ``MODIFY`` alone.
        """
        found = table.constraints.get(name)
        if found is not None and found.is_column_check:
            return
        if table.constraints.pop(name, None) is None:
            table.indexes.pop(name, None)

    def drop_table(self, name: str) -> None:
        """Drop a table, and the foreign keys that refer to it."""
        self.tables.pop(name, None)
        for table in self.tables.values():
            for constraint in list(table.constraints.values()):
                if constraint.target is not None and constraint.target[0] == name:
                    del table.constraints[constraint.name]

    def rename_table(self, old: str, new: str) -> None:
        """Rename a table; constraints, indexes and sequences keep their names.

        But for foreign keys that MySQL named after the table, which it renames along with it
        (MySQL's manual, RENAME TABLE).
        """
        table = self.tables.pop(old, None)
        if table is None:
            return
        table.name = new
        self.tables[new] = table
        for constraint in table.constraints.values() if self.is_mysql else ():
            if constraint.kind == "foreign" and constraint.name.startswith(f"{old}_ibfk_"):
                constraint.name = new + constraint.name.removeprefix(old)
        table.constraints = {entry.name: entry for entry in table.constraints.values()}
        for other in self.tables.values():
            for constraint in other.constraints.values():
                if constraint.target is not None and constraint.target[0] == old:
                    constraint.target = (new, constraint.target[1])

    def drop_column(self, table: Table, column: str) -> None:
        """Drop a column, and what the server drops along with it.

        PostgreSQL drops every constraint and index that has the column; MySQL takes the column out
        of its indexes, and drops those that have none left.
        """
        table.columns.pop(column, None)
        for constraint in list(table.constraints.values()):
            if column in constraint.columns:
                del table.constraints[constraint.name]
        for index in list(table.indexes.values()):
            if self.is_mysql:
                index.columns = [entry for entry in index.columns if entry != column]
                if not index.columns:
                    del table.indexes[index.name]
            elif column in index.columns or column in index.mentions:
                del table.indexes[index.name]
        table.sequences = {name: of for name, of in table.sequences.items() if of != column}
        for other in self.tables.values():
            for constraint in list(other.constraints.values()):
                if constraint.target == (table.name, column):
                    del other.constraints[constraint.name]

    def rename_column(self, table: Table, old: str, new: str) -> None:
        """Rename a column; nothing that it is part of is renamed."""
        table.columns = {new if name == old else name: of for name, of in table.columns.items()}
        for constraint in table.constraints.values():
            constraint.columns = [new if entry == old else entry for entry in constraint.columns]
        for index in table.indexes.values():
            index.columns = [new if entry == old else entry for entry in index.columns]
            index.mentions = frozenset(new if entry == old else entry for entry in index.mentions)
        table.sequences = {n: new if of == old else of for n, of in table.sequences.items()}
        for other in self.tables.values():
            for constraint in other.constraints.values():
                if constraint.target == (table.name, old):
                    constraint.target = (table.name, new)

    def add_sequence(self, table: Table, column: str) -> None:
        """Add the sequence of a serial or an identity column."""
        taken = {name for other in self.tables.values() for name in other.sequences}
        table.sequences[unused(object_name(table.name, column, "seq"), taken)] = column

    def cut(self, name: str) -> str:
        """A name as the server keeps it."""
        return clip(name, LONGEST_NAME) if self.dialect == "postgresql" else name

    def _constraint_name(self, table: Table, constraint: Constraint) -> str:
        """The server's name for a constraint that was given none."""
        columns = constraint.columns
        match self.dialect:
            case "postgresql":
                return self._postgresql_name(table, constraint)
            case "sqlite":
                number = len(table.constraints) + 1
                return "__primary__" if constraint.kind == "primary" else f"__unnamed_{number}__"
        if constraint.kind == "primary":
            return "PRIMARY"
        if constraint.kind == "unique":
            return unused(columns[0], table.indexes, separator="_", first=2)
        if constraint.kind == "foreign":
            return unused(f"{table.name}_ibfk_1", table.constraints, number=True)
        if self.dialect == "mysql":
            return unused(f"{table.name}_chk_1", table.constraints, number=True)
        if constraint.is_column_check:
            return columns[0]
        return unused("CONSTRAINT_1", table.constraints, number=True)

    def _postgresql_name(self, table: Table, constraint: Constraint) -> str:
        """``ChooseConstraintName`` and ``ChooseIndexName`` of PostgreSQL's sources."""
        columns = constraint.columns
        joined = "_".join(columns)
        taken = {name for other in self.tables.values() for name in other.constraints}
        taken |= {name for other in self.tables.values() for name in other.indexes}
        match constraint.kind:
            case "primary":
                name = object_name(table.name, "", "pkey")
            case "unique":
                name = object_name(table.name, joined, "key")
            case "foreign":
                name = object_name(table.name, joined, "fkey")
            case "check":
                one = columns[0] if len(columns) == 1 else ""
                name = object_name(table.name, one, "check")
            case _:
                name = object_name(table.name, joined, "excl")
        return unused(name, taken)

    def _index_name(self, table: Table, index: Index) -> str:
        if self.is_mysql:
            return unused(index.columns[0] or "functional_index", table.indexes, "_", first=2)
        taken = {name for other in self.tables.values() for name in other.indexes}
        return unused(object_name(table.name, index.label, "idx"), taken)
