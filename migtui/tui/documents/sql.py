"""An SqlScript as the SQL panes show it: which migration and operation each statement is of."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import TYPE_CHECKING

from migtui.core.sql import MigrationSql, SqlScript, Statement
from migtui.tui.documents.highlight import highlight
from migtui.tui.documents.lines import Line, line, plain_lines

if TYPE_CHECKING:
    from migtui.core.hazards.judge import Judgement, Judgements

WIDTH = 72
"""Columns of what is said of a statement."""
_LANGUAGES = {"postgresql": "postgresql", "mysql": "mysql"}


def sql_lines(script: SqlScript, judgements: "Judgements | None" = None) -> tuple[Line, ...]:
    """What would be executed, migration by migration, with what is known of each statement."""
    language = _LANGUAGES.get(script.vendor, "sql")
    version = f" {script.server_version}" if script.server_version else ""
    found = [line(f"-- for {script.vendor}{version}", "comment")]
    if judgements is not None:
        found.append(_summary(judgements))
    for number, migration in enumerate(script.migrations):
        judged = judgements[number] if judgements is not None else ()
        found += [Line(), *_migration(migration, judged, language, script.vendor)]
    return tuple(found)


def _migration(
    migration: MigrationSql, judged: "Sequence[Judgement]", language: str, vendor: str
) -> Iterator[Line]:
    direction = "unapply " if migration.backwards else ""
    together = "in one transaction" if migration.atomic else "not in one transaction"
    name = f"{direction}{migration.app_label}.{migration.migration}"
    yield line(f"{name} · {together}", kind="heading")
    previous: object = None
    for statement, judgement in zip_longest(migration.statements, judged):
        place = (statement.operation, statement.line)
        if place != previous:
            where = f" (line {statement.line})" if statement.line else ""
            yield line(f"-- {statement.operation}{where}", "comment")
            previous = place
        if judgement is not None:
            yield from _known(judgement, vendor)
        yield from _statement(statement, language)
    if not migration.statements and not migration.error:
        yield line("-- no SQL", "comment")
    if migration.error:
        yield from plain_lines(f"✗ the rest is not known: {migration.error}", "error")


def _summary(judgements: "Judgements") -> Line:
    from migtui.reports.hazards import summary_of  # noqa: PLC0415 - the screen is painted before

    total = summary_of(judgements)
    return line(f"-- {total.text}", total.style)


def _known(judgement: "Judgement", vendor: str) -> Iterator[Line]:
    from migtui.reports.hazards import hazard_lines  # noqa: PLC0415 - the screen is painted before

    for entry in hazard_lines(judgement, vendor):
        # Comments, so that what is copied can be run; as wide as a small terminal.
        text = entry.text.lstrip()
        lead = entry.text[: -len(text)]
        for part in wrap(text, WIDTH, initial_indent=lead, subsequent_indent="    "):
            yield line(f"-- {part}", entry.style)


def _statement(statement: Statement, language: str) -> Iterator[Line]:
    if statement.note:
        for entry in plain_lines(statement.note, "comment"):
            yield Line((("comment", "-- "), *entry.spans))
    if statement.sql:
        *lines, last = highlight(statement.sql, language)
        yield from map(Line, lines)
        yield Line(last if statement.sql.rstrip().endswith(";") else (*last, ("", ";")))
