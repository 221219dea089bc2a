"""What is known of the tables while statements are replayed: which are new, what columns are."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from migtui.core.sql import ColumnFacts, TableFacts
from migtui.core.statements.change import Change, Column

REMAKE = "new__"
"""What Django's SQLite editor puts before the name of a table that is to take another's place."""


@dataclass(slots=True)
class Schema:
    """The tables that statements run on; ``apply`` keeps it in step with them.

    Attributes:
        vendor: ``postgresql``, ``mysql`` or ``sqlite``.
        is_mariadb: Of the vendor ``mysql``, whether it is MariaDB.
        version: Of the server: ``(15, 2)``; empty where it is not known.
        new: Tables that statements before have made: they have no rows that were there before.
        tables: Columns by name of each table of which they are known.
        constraints: What each constraint that is known by name asks for, by table and name.
        indexes: The table of each index that is known by name.
        replaced: Tables that were new, and whose place another is about to take.
        added: Columns, with their tables, that statements before have added.
        defaults: Columns, with their tables, that statements before have given a default.
        leftovers: Default partitions that statements before have made, by their tables.
    """

    vendor: str
    is_mariadb: bool = False
    version: tuple[int, ...] = ()
    new: set[str] = field(default_factory=set)
    tables: dict[str, dict[str, Column]] = field(default_factory=dict)
    constraints: dict[tuple[str, str], Change] = field(default_factory=dict)
    indexes: dict[str, str] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    added: set[tuple[str, str]] = field(default_factory=set)
    defaults: set[tuple[str, str]] = field(default_factory=set)
    leftovers: dict[str, str] = field(default_factory=dict)

    def learn(self, facts: Iterable[TableFacts]) -> None:
        """Take what Django knows of tables at this point."""
        for table in facts:
            self.tables[table.name] = {
                column.name: _known_column(column) for column in table.columns
            }
            self.indexes.update(dict.fromkeys(table.indexes, table.name))

    def since(self, *version: int) -> bool:
        """Whether the server is of this version or newer; the newest where it is not known."""
        return not self.version or self.version >= version

    def column(self, table: str, name: str) -> Column | None:
        """A column, as far as it is known."""
        return self.tables.get(table, {}).get(name)

    def table_of(self, change: Change) -> str:
        """The table that a change is about, also where only an index is named."""
        return change.table or self.indexes.get(change.name, "")

    def referenced(self, table: str) -> tuple[str, ...]:
        """The tables that foreign keys of a table point to, as far as they are known."""
        found = [column.references for column in self.tables.get(table, {}).values()]
        found += [
            change.references for (owner, _), change in self.constraints.items() if owner == table
        ]
        return tuple(sorted({name for name in found if name and name != table}))

    def referring(self, table: str) -> tuple[str, ...]:
        """The tables whose foreign keys point to a table, as far as they are known."""
        return tuple(
            sorted(name for name in self.tables if table in self.referenced(name) and name != table)
        )

    def apply(self, change: Change) -> None:
        """Follow a change."""
        table = change.table
        match change.kind:
            case "create-table":
                if "if-not-exists" not in change.flags:
                    self.new.add(table)
                self.tables[table] = {column.name: column for column in change.columns}
                if "default" in change.flags:
                    self.leftovers[change.source] = table
            case "drop-table":
                self._forget(table)
            case "rename-table":
                self._rename_table(table, change.to)
            case "create-index":
                self.indexes[change.name] = table
            case "drop-index":
                self.indexes.pop(change.name, None)
            case "rename-index":
                self.indexes[change.to] = self.indexes.pop(change.name, table)
            case "drop-constraint":
                self.constraints.pop((table, change.name), None)
            case "validate-constraint":
                found = self.constraints.get((table, change.name))
                if found is not None:
                    valid = replace(found, flags=found.flags - {"not-valid"})
                    self.constraints[table, change.name] = valid
            case kind if kind.startswith("add-") and kind != "add-column":
                self.constraints[table, change.name] = change
            case _:
                self._apply_to_column(change)

    def _forget(self, table: str) -> None:
        if table in self.new and f"{REMAKE}{table}" in self.new:
            self.replaced.add(table)
        self.new.discard(table)
        self.tables.pop(table, None)
        self.indexes = {name: owner for name, owner in self.indexes.items() if owner != table}
        self.constraints = {
            key: found for key, found in self.constraints.items() if key[0] != table
        }

    def _rename_table(self, table: str, to: str) -> None:
        if table in self.new:
            self.new.discard(table)
            # A table that takes another's place has that one's rows.
            if not table.startswith(REMAKE) or to in self.replaced:
                self.new.add(to)
        if table in self.tables:
            self.tables[to] = self.tables.pop(table)
        self.indexes = {
            name: to if owner == table else owner for name, owner in self.indexes.items()
        }
        self.constraints = {
            (to if owner == table else owner, name): found
            for (owner, name), found in self.constraints.items()
        }

    def _apply_to_column(self, change: Change) -> None:
        if change.kind == "add-column":
            self.added.add((change.table, change.name))
        elif change.kind == "set-default":
            self.defaults.add((change.table, change.name))
        columns = self.tables.get(change.table)
        if columns is None:
            return
        known = columns.get(change.name)
        if change.column is not None:
            columns[change.name] = change.column
        elif change.kind == "drop-column":
            columns.pop(change.name, None)
        elif known is None:
            return
        elif change.kind == "rename-column":
            columns[change.to] = replace(columns.pop(change.name), name=change.to)
        elif change.kind == "alter-type":
            columns[change.name] = replace(known, type=change.to, collation=change.references)
        elif change.kind in ("set-not-null", "drop-not-null"):
            columns[change.name] = replace(known, null=change.kind == "drop-not-null")
        elif change.kind in ("set-default", "drop-default"):
            columns[change.name] = replace(known, default=change.expression)


def _known_column(column: ColumnFacts) -> Column:
    # Django's type of a key on MySQL says how it is generated as well.
    kind = column.type.removesuffix(" auto_increment")
    target = column.references
    foreign = Change("add-foreign-key", names=(column.name,), references=target)
    return Column(
        column.name,
        kind,
        null=column.null,
        constraints=(foreign,) if target else (),
        generated="identity" if kind != column.type else "",
    )
