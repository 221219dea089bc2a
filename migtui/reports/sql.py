"""The SQL of migrations as text, in the form that ``sqlmigrate`` gives it."""

from collections.abc import Iterator

from migtui.core.safe_text import safe_text
from migtui.core.sql import MigrationSql, SqlScript, Statement
from migtui.reports.paint import Paint


def sql_text(script: SqlScript, *, paint: Paint) -> str:
    """Each migration's statements, with what is no SQL as comments."""
    return "\n".join(
        line for migration in script.migrations for line in _migration(migration, paint)
    )


def _migration(migration: MigrationSql, paint: Paint) -> Iterator[str]:
    direction = ", backwards" if migration.backwards else ""
    yield from _comment(f"{migration.app_label}.{migration.migration}{direction}", paint, "heading")
    if migration.atomic:
        yield "BEGIN;"
    operation: tuple[str, int | None] | None = None
    for statement in migration.statements:
        if operation != (statement.operation, statement.line):
            operation = (statement.operation, statement.line)
            yield from _comment(_title(statement), paint)
        if statement.note:
            yield from _comment(statement.note, paint)
        if statement.sql:
            sql = safe_text(statement.sql)
            yield sql if sql.rstrip().endswith(";") else f"{sql};"
    if migration.error:
        yield from _comment(f"The list ends here: {migration.error}", paint, "error")
    elif migration.atomic:
        yield "COMMIT;"
    yield ""


def _title(statement: Statement) -> str:
    return statement.operation + (f", line {statement.line}" if statement.line else "")


def _comment(text: str, paint: Paint, style: str = "dim") -> Iterator[str]:
    for line in safe_text(text).split("\n"):
        yield paint(style, f"-- {line}".rstrip())
