"""The SQL of migrations, statement by statement, as values."""

from dataclasses import dataclass

DEFAULT = "default"
"""The alias of the database that Django uses where none is named."""
VENDORS = ("sqlite", "postgresql", "mysql", "mariadb")
"""The vendors that SQL is written for."""
PYTHON = "it is Python"
"""What is unknown of a statement that runs Python."""
MISSING = "Statements are missing here"
"""What is said where an operation failed."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One entry of what a migration does to a database.

    Attributes:
        sql: What would be executed, without a comment and without a semicolon added or removed;
            empty where there is only a note.
        operation: The class of the operation that it comes from.
        line: Of that operation in the migration's file, counted from 1; None where unknown.
        note: What stands where there is no SQL: a RunPython's source, or why it can't be told.
        error: Why what else the operation executes here is missing; empty where nothing is.
        unknown: Why it can't be told what else is executed here, though nothing failed, as the end
            of a sentence: ``it is Python``; empty where all is told.
    """

    sql: str
    operation: str
    line: int | None = None
    note: str = ""
    error: str = ""
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column as Django knows it.

    Attributes:
        name: Its name.
        type: The vendor's type in lower case; empty where it is not known.
        null: Whether it may be NULL.
        references: The table of its foreign key, empty where it has none.
    """

    name: str
    type: str
    null: bool
    references: str = ""


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table as Django knows it: its columns, and the indexes whose names the models give."""

    name: str
    columns: tuple[ColumnFacts, ...]
    indexes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MigrationSql:
    """The statements of one migration in one direction.

    Attributes:
        app_label: The app.
        migration: The migration's name.
        backwards: Whether this unapplies it.
        atomic: Whether the vendor wraps it in one transaction.
        statements: In order.
        error: Why the list ends early, empty where it does not.
        tables: Those that the statements name, each as it was before the first that does.
    """

    app_label: str
    migration: str
    backwards: bool
    atomic: bool
    statements: tuple[Statement, ...]
    error: str = ""
    tables: tuple[TableFacts, ...] = ()

    @property
    def errors(self) -> tuple[str, ...]:
        """Why statements are missing; empty where the list is complete."""
        found = (*(statement.error for statement in self.statements), self.error)
        return tuple(filter(None, found))


@dataclass(frozen=True, slots=True)
class SqlScript:
    """The SQL of several migrations in the order in which they would run.

    Attributes:
        vendor: As Django calls it: ``sqlite``, ``postgresql`` or ``mysql``, for MariaDB too.
        server_version: What the SQL was made for; None where the vendor's SQL does not depend
            on it or it is not known.
        migrations: In the order in which they run.
        note: For which server it is and how that is known, one sentence; empty where it is
            written for none.
    """

    vendor: str
    server_version: str | None
    migrations: tuple[MigrationSql, ...]
    note: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether every statement is there."""
        return not any(migration.errors for migration in self.migrations)

    def supposed(self, number: int) -> str:
        """On what a migration's statements rest where one before it failed; else empty.

        Args:
            number: The migration's, counted from 0.
        """
        before = (item for item in self.migrations[:number] if item.errors)
        failed = next(before, None)
        migration = self.migrations[number]
        if failed is None or not migration.statements:
            return ""
        return f"Written as though {failed.app_label}.{failed.migration} had not failed."


@dataclass(frozen=True, slots=True)
class RowCount:
    """How many rows a table has.

    Attributes:
        table: Its name.
        rows: None where that can't be told.
        is_estimate: Whether it is the server's estimate, not counted.
        error: Why it can't be told; empty where the table is not there yet.
    """

    table: str
    rows: int | None
    is_estimate: bool = False
    error: str = ""
