"""An SqlScript as the SQL panes show it: which migration and operation each statement is of."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from migtui.core.sql import MISSING, PYTHON, MigrationSql, SqlScript, Statement
from migtui.tui.documents.highlight import highlight
from migtui.tui.documents.lines import Line, line, plain_lines

if TYPE_CHECKING:
    from migtui.core.hazards.judge import Judgement, Judgements

_HANG = "--     "
"""How further lines of a comment begin."""
_LONGEST = 50_000
"""Characters of a statement that are shown; a line of millions can't be scrolled."""
_MOST = 5_000
"""Statements that are shown."""
_LANGUAGES = {"postgresql": "postgresql", "mysql": "mysql"}


def sql_lines(
    script: SqlScript, judgements: "Judgements | None" = None, *, formatted: bool = False
) -> tuple[Line, ...]:
    """What would be executed, migration by migration, with what is known of each statement.

    Args:
        script: The statements.
        judgements: What is known of them.
        formatted: Whether statements are laid out over several lines.
    """
    if formatted:
        script = _laid_out(script)
    language = _LANGUAGES.get(script.vendor, "sql")
    version = f" {script.server_version}" if script.server_version else ""
    found = [_comment(script.note or f"for {script.vendor}{version}", "comment")]
    if judgements is not None:
        found.append(_summary(script, judgements))
    room = _MOST
    for number, migration in enumerate(script.migrations):
        judged = judgements[number] if judgements is not None else ()
        found += [Line(), _heading(migration)]
        if supposed := script.supposed(number):
            found.append(_comment(supposed, "warning"))
        shown = replace(migration, statements=migration.statements[:room])
        found += _statements(shown, judged[:room], language, script.vendor)
        found += _left_out(migration, judged, room)
        found += _end(migration)
        room -= len(shown.statements)
    return tuple(found)


def _laid_out(script: SqlScript) -> SqlScript:
    from migtui.reports.sql_layout import laid_out  # noqa: PLC0415 - the screen is painted before

    return laid_out(script)


def _left_out(migration: MigrationSql, judged: "Sequence[Judgement]", room: int) -> Iterator[Line]:
    """How many statements are not shown, and what is known of them."""
    count = len(migration.statements) - room
    if count <= 0:
        return
    loud = sum(bool(item.hazards or item.why) for item in judged[room:])
    about = f" ({loud:,} with hazards or not judged)" if loud else ""
    yield _comment(f"… {count:,} more{about}: save the SQL, or print it, to have them", "warning")
    for statement in migration.statements[room:]:
        if statement.error:
            yield from _broken(f"✗ {MISSING}: {statement.error}")


def _comment(text: str, style: str) -> Line:
    return line(f"-- {text}", style, hang=_HANG)


def _heading(migration: MigrationSql) -> Line:
    direction = "unapply " if migration.backwards else ""
    together = "in one transaction" if migration.atomic else "not in one transaction"
    name = f"{direction}{migration.app_label}.{migration.migration}"
    return line(f"{name} · {together}", kind="heading")


def _statements(
    migration: MigrationSql, judged: "Sequence[Judgement]", language: str, vendor: str
) -> Iterator[Line]:
    if migration.atomic and migration.statements:
        yield line("BEGIN;", "keyword")
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


def _end(migration: MigrationSql) -> Iterator[Line]:
    if not migration.statements and not migration.error:
        yield line("-- no SQL", "comment")
    if migration.error:
        yield from _broken(f"✗ the rest is not known: {migration.error}")
    if migration.atomic and migration.statements and migration.errors:
        yield line("ROLLBACK; -- as statements are missing", "keyword")
    elif migration.atomic and migration.statements:
        yield line("COMMIT;", "keyword")


def _broken(text: str) -> Iterator[Line]:
    """What failed, as comments, however many lines it has."""
    for entry in plain_lines(text):
        yield _comment(entry.text, "error")


def _summary(script: SqlScript, judgements: "Judgements") -> Line:
    from migtui.reports.hazards import summary_of  # noqa: PLC0415 - the screen is painted before

    total = summary_of(script, judgements)
    return _comment(total.text, total.style)


def _known(judgement: "Judgement", vendor: str) -> Iterator[Line]:
    from migtui.reports.hazards import hazard_lines  # noqa: PLC0415 - the screen is painted before

    for entry in hazard_lines(judgement, vendor):
        yield _comment(entry.text, entry.style)  # so that what is copied can be run


def _statement(statement: Statement, language: str) -> Iterator[Line]:
    if statement.error:
        yield from _broken(f"✗ {MISSING}: {statement.error}")
    is_code = statement.unknown == PYTHON or "\n" in statement.note
    if statement.note and not is_code:
        yield _comment(statement.note, "comment")
    elif statement.note:
        for entry in plain_lines(statement.note, "comment"):
            yield Line((("comment", "-- "), *entry.spans))
    if statement.sql:
        shown = statement.sql[:_LONGEST]
        *lines, last = highlight(shown, language)
        if len(statement.sql) > _LONGEST:
            yield from map(Line, (*lines, last))
            rest = f"{len(statement.sql) - _LONGEST:,} more characters"
            yield line(f"-- … {rest}: save the SQL, or print it, to have them", "warning")
            return
        yield from map(Line, lines)
        yield Line(last if statement.sql.rstrip().endswith(";") else (*last, ("", ";")))
