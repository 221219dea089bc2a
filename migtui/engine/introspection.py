"""Answers what Django asks a database about its schema, from a catalogue.

The shapes are those of the ``introspection`` of Django's backends, which differ from one vendor to
another in what counts as an index and in what order names come.
"""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from django.db.models import Index as DjangoIndex

from migtui.core.ddl.catalogue import Catalogue, Constraint, Index, Table
from migtui.engine.untyped import Connection

Info: TypeAlias = dict[str, Any]
"""What Django knows of a constraint or an index."""


class UnknownTableError(BaseException):
    """A table is asked about whose history was not replayed; no ``except Exception`` hides it.

    Args:
        table: Its name; empty where it is about extensions or collations.
    """

    def __init__(self, table: str) -> None:
        super().__init__(table)
        self.table = table


class Knowledge:
    """A catalogue, and of how much of the database it tells.

    Args:
        catalogue: What is known.

    Attributes:
        known: Tables whose history was replayed; the empty name stands for what is no table's.
        is_whole: Whether everything was replayed: what is not there now is nowhere.
        predicted: Names chosen by the server that were handed out.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.known: set[str] = set()
        self.is_whole = False
        self.predicted: set[str] = set()

    def table(self, name: str) -> Table | None:
        """A table, None where there is none.

        Raises:
            UnknownTableError: Its history was not replayed.
        """
        found = self.catalogue.tables.get(name)
        if found is not None or self.is_whole or name in self.known:
            return found
        raise UnknownTableError(name)

    def require(self) -> Catalogue:
        """The catalogue, once extensions and collations are known.

        Raises:
            UnknownTableError: They are not.
        """
        if not self.is_whole and "" not in self.known:
            raise UnknownTableError("")
        return self.catalogue

    def hand_out(self, entry: Constraint | Index) -> None:
        """Remember that a name was told that the server chose."""
        if entry.is_predicted:
            self.predicted.add(entry.name)


def answer_from(connection: Connection, knowledge: Knowledge) -> None:
    """Have a connection's introspection ask a catalogue instead of a database."""
    answers = type("Introspection", (_Answers, connection.introspection_class), {})
    connection.introspection = answers(connection)
    connection.introspection.knowledge = knowledge


class _Answers:
    """Mixed into a vendor's introspection; ``cursor`` is never used."""

    knowledge: Knowledge
    connection: Connection

    def get_constraints(self, _cursor: object, table_name: str) -> dict[str, Info]:
        """Constraints and indexes by name, as the vendor's own method has them."""
        table = self.knowledge.table(table_name)
        if table is None:
            return {}
        dialect = self.knowledge.catalogue.dialect
        entries: list[Constraint | Index] = [*table.constraints.values(), *table.indexes.values()]
        for entry in entries:
            self.knowledge.hand_out(entry)
        if dialect == "postgresql":
            return dict(_postgresql(table))
        if dialect == "sqlite":
            return dict(_sqlite(table))
        return _mysql(table)

    def get_sequences(
        self, _cursor: object, table_name: str, _table_fields: Sequence[object] = ()
    ) -> list[dict[str, str]]:
        """The sequences of a table's columns."""
        table = self.knowledge.table(table_name)
        if table is None or self.knowledge.catalogue.dialect != "postgresql":
            return []
        self.knowledge.predicted.update(table.sequences)
        return [
            {"name": name, "table": table_name, "column": column}
            for name, column in table.sequences.items()
        ]

    def get_relations(self, _cursor: object, table_name: str) -> dict[str, tuple[str, str]]:
        """Columns that refer to other tables: the other column and its table."""
        table = self.knowledge.table(table_name)
        found = table.constraints.values() if table is not None else ()
        return {
            entry.columns[0]: (entry.target[1], entry.target[0])
            for entry in found
            if entry.target is not None
        }

    def get_table_list(self, _cursor: object) -> list[Any]:
        """All tables."""
        from django.db.backends.base.introspection import TableInfo

        return [TableInfo(name, "t") for name in self.knowledge.require().tables]

    def get_table_description(self, _cursor: object, table_name: str) -> list[Any]:
        """The columns of a table, by name alone."""
        from django.db.backends.base.introspection import FieldInfo

        table = self.knowledge.table(table_name)
        unknown = [None] * (len(FieldInfo._fields) - 1)
        return [FieldInfo(name, *unknown) for name in table.columns] if table is not None else []

    def get_primary_key_columns(self, _cursor: object, table_name: str) -> list[str] | None:
        """The columns of the primary key."""
        table = self.knowledge.table(table_name)
        found = table.constraints.values() if table is not None else ()
        return next((entry.columns for entry in found if entry.kind == "primary"), None)

    def get_primary_key_column(self, _cursor: object, table_name: str) -> str | None:
        """The first of them."""
        columns = self.get_primary_key_columns(_cursor, table_name)
        return columns[0] if columns else None

    def get_storage_engine(self, _cursor: object, table_name: str) -> str:
        """MySQL's storage engine of a table; the server's default where it is not said.

        An engine is named by RunSQL only, so a table that is not known has the default one.
        """
        table = self.knowledge.catalogue.tables.get(table_name)
        engine = table.engine if table is not None else ""
        default = self.connection.features._mysql_storage_engine  # noqa: SLF001 - as Django itself
        return engine or str(default)


def _info(columns: Sequence[str | None], **facts: object) -> Info:
    return {
        "columns": list(columns),
        "primary_key": False,
        "unique": False,
        "foreign_key": None,
        "check": False,
        "index": False,
        "type": None,
        "definition": None,
        "options": None,
        **facts,
    }


def _constraint(entry: Constraint) -> Info:
    return _info(
        entry.columns,
        primary_key=entry.kind == "primary",
        unique=entry.kind in ("primary", "unique"),
        foreign_key=entry.target,
        check=entry.kind == "check",
    )


def _postgresql(table: Table) -> Iterator[tuple[str, Info]]:
    """Constraints first, then indexes; the server gives each sorted by name."""
    for name in sorted(table.constraints, key=str.encode):
        yield name, _constraint(table.constraints[name])
    for name in sorted(set(table.indexes) - set(table.constraints), key=str.encode):
        index = table.indexes[name]
        # '_btree' is how django.contrib.postgres tells its BTreeIndex from a plain one.
        is_basic = index.method == "btree" and not name.endswith("_btree") and not index.has_options
        columns = index.columns if index.columns != [None] else []
        kind = DjangoIndex.suffix if is_basic else index.method
        yield name, _info(columns, unique=index.unique, index=True, type=kind, orders=[])


def _sqlite(table: Table) -> Iterator[tuple[str, Info]]:
    """Constraints as the table's own SQL has them; only indexes that have SQL count as such."""
    for name, constraint in table.constraints.items():
        if constraint.kind in ("unique", "check"):
            yield name, _constraint(constraint)
    for name, index in table.indexes.items():
        yield (
            name,
            _info(index.columns, unique=index.unique, index=True, type=DjangoIndex.suffix),
        )
    for name, constraint in table.constraints.items():
        if constraint.kind == "primary":
            yield name, {**_constraint(constraint), "unique": False}


def _mysql(table: Table) -> dict[str, Info]:
    """Keys and foreign keys, then checks, then indexes; a foreign key and its index are one."""
    found: dict[str, Info] = {}
    keys = [c for c in table.constraints.values() if c.kind in ("primary", "foreign")]
    unique = [index for index in table.indexes.values() if index.unique]
    for constraint in keys:
        found[constraint.name] = _constraint(constraint)
    for index in unique:
        found[index.name] = _info(index.columns, unique=True)
    unnamed = 0
    columns = list(table.columns)
    checks = [c for c in table.constraints.values() if c.kind == "check"]
    for check in sorted(checks, key=lambda entry: _position(entry, columns)):
        name = check.name
        if set(check.columns) == {name}:  # Django tells these apart by numbers
            unnamed += 1
            name = f"__unnamed_constraint_{unnamed}__"
        found[name] = _constraint(check)
    for constraint in keys:
        if constraint.kind == "primary":
            found[constraint.name].update(index=True, type=DjangoIndex.suffix)
    for index in sorted(table.indexes.values(), key=lambda entry: not entry.unique):
        info = found.setdefault(index.name, _info(index.columns, unique=index.unique))
        kind = DjangoIndex.suffix if index.method == "btree" else index.method
        info.update(index=True, type=kind)
    return found


def _position(check: Constraint, columns: Sequence[str]) -> tuple[bool, int]:
    """MariaDB keeps checks of columns before those of the table."""
    first = check.columns[0] if check.columns else ""
    at = columns.index(first) if first in columns else 0
    return (not check.is_column_check, at)
