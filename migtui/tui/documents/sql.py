"""An SqlScript as the SQL panes show it: which migration and operation each statement is of."""

from collections.abc import Iterator

from migtui.core.sql import MigrationSql, SqlScript, Statement
from migtui.tui.documents.highlight import highlight
from migtui.tui.documents.lines import Line, line, plain_lines

_LANGUAGES = {"postgresql": "postgresql", "mysql": "mysql"}


def sql_lines(script: SqlScript) -> tuple[Line, ...]:
    """What would be executed, migration by migration."""
    language = _LANGUAGES.get(script.vendor, "sql")
    version = f" {script.server_version}" if script.server_version else ""
    found = [line(f"-- for {script.vendor}{version}", "comment")]
    for migration in script.migrations:
        found += [Line(), *_migration(migration, language)]
    return tuple(found)


def _migration(migration: MigrationSql, language: str) -> Iterator[Line]:
    direction = "unapply " if migration.backwards else ""
    together = "in one transaction" if migration.atomic else "not in one transaction"
    name = f"{direction}{migration.app_label}.{migration.migration}"
    yield line(f"{name} · {together}", kind="heading")
    previous: object = None
    for statement in migration.statements:
        place = (statement.operation, statement.line)
        if place != previous:
            where = f" (line {statement.line})" if statement.line else ""
            yield line(f"-- {statement.operation}{where}", "comment")
            previous = place
        yield from _statement(statement, language)
    if not migration.statements and not migration.error:
        yield line("-- no SQL", "comment")
    if migration.error:
        yield from plain_lines(f"✗ the rest is not known: {migration.error}", "error")


def _statement(statement: Statement, language: str) -> Iterator[Line]:
    if statement.note:
        for entry in plain_lines(statement.note, "comment"):
            yield Line((("comment", "-- "), *entry.spans))
    if statement.sql:
        *lines, last = highlight(statement.sql, language)
        yield from map(Line, lines)
        yield Line(last if statement.sql.rstrip().endswith(";") else (*last, ("", ";")))
