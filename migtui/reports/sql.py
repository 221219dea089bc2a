"""The SQL of migrations as text, in the form that ``sqlmigrate`` gives it."""

from collections.abc import Iterator, Sequence

from migtui.core.hazards.judge import Judgement, Judgements
from migtui.core.safe_text import safe_text
from migtui.core.sql import MISSING, MigrationSql, RowCount, SqlScript, Statement
from migtui.reports.hazards import hazard_lines, rows_lines, summary_of
from migtui.reports.paint import Paint
from migtui.reports.sql_layout import laid_out


def sql_text(
    script: SqlScript,
    judgements: Judgements | None = None,
    *,
    paint: Paint,
    rows: Sequence[RowCount] = (),
    notes: Sequence[str] = (),
    formatted: bool = False,
) -> str:
    """Each migration's statements, with what is known of them and what is no SQL as comments.

    Args:
        script: The SQL.
        judgements: Of each statement of each migration; None where they are not wanted.
        paint: Colours.
        rows: How many rows the tables concerned have, where somebody asked.
        notes: What could not be asked.
        formatted: Whether statements are laid out over several lines.
    """
    if formatted:
        script = laid_out(script)
    said = (*filter(None, [script.note]), *notes, *rows_lines(rows))
    lines = [line for text in said for line in _comment(text, paint)]
    for number, migration in enumerate(script.migrations):
        judged = judgements[number] if judgements is not None else None
        lines += _comment(_name(migration), paint, "heading")
        if supposed := script.supposed(number):
            lines += _comment(supposed, paint, "warning")
        lines += _statements(migration, judged, script.vendor, paint)
    if judgements is not None:
        total = summary_of(script, judgements)
        lines += [*_comment(total.text, paint, _STYLES.get(total.style, "dim")), ""]
    return "\n".join(lines)


def _statements(
    migration: MigrationSql,
    judged: Sequence[Judgement] | None,
    vendor: str,
    paint: Paint,
) -> Iterator[str]:
    if migration.atomic:
        yield "BEGIN;"
    operation: tuple[str, int | None] | None = None
    for number, statement in enumerate(migration.statements):
        if operation != (statement.operation, statement.line):
            operation = (statement.operation, statement.line)
            yield from _comment(_title(statement), paint)
        if statement.error:
            yield from _comment(f"{MISSING}: {statement.error}", paint, "error")
        if statement.note:
            yield from _comment(statement.note, paint)
        for entry in hazard_lines(judged[number], vendor) if judged is not None else ():
            yield from _comment(entry.text, paint, _STYLES.get(entry.style, "dim"))
        if statement.sql:
            sql = safe_text(statement.sql)
            yield sql if sql.rstrip().endswith(";") else f"{sql};"
    if migration.error:
        yield from _comment(f"The list ends here: {migration.error}", paint, "error")
    if migration.atomic:
        yield "ROLLBACK; -- as statements are missing" if migration.errors else "COMMIT;"
    yield ""


_STYLES = {"warning": "warning"}


def _name(migration: MigrationSql) -> str:
    direction = ", backwards" if migration.backwards else ""
    return f"{migration.app_label}.{migration.migration}{direction}"


def _title(statement: Statement) -> str:
    return statement.operation + (f", line {statement.line}" if statement.line else "")


def _comment(text: str, paint: Paint, style: str = "dim") -> Iterator[str]:
    for line in safe_text(text).split("\n"):
        yield paint(style, f"-- {line}".rstrip())
