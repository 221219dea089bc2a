"""Two SqlScripts compared, statement by statement, as the SQL panes show it."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from migtui.core.sql import SqlScript
from migtui.tui.documents.lines import Line, line

_CONTEXT = 3
_KINDS = {" ": "", "-": "removed", "+": "added"}


def difference_lines(
    first: SqlScript, first_title: str, second: SqlScript, second_title: str
) -> tuple[Line, ...]:
    """What the second executes and the first doesn't, and the other way round.

    Args:
        first: The one compared with.
        first_title: What it is.
        second: The one of interest.
        second_title: What that is.
    """
    found = [
        line(f"- {first_title}", kind="removed"),
        line(f"+ {second_title}", kind="added"),
    ]
    old, new = list(_statements(first)), list(_statements(second))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        found.append(line("⋯", "comment"))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                found += (_line(" ", text) for text in new[j1:j2])
            else:
                found += (_line("-", text) for text in old[i1:i2])
                found += (_line("+", text) for text in new[j1:j2])
    if old == new:
        found.append(line("✓ They execute the same statements in the same order.", "good"))
    for script, title in ((first, first_title), (second, second_title)):
        errors = [entry.error for entry in script.migrations if entry.error]
        found += (line(f"✗ of {title} the rest is not known: {text}", "error") for text in errors)
    return tuple(found)


def _statements(script: SqlScript) -> Iterator[str]:
    """One text a statement, with the migrations that it has to be told apart by left out."""
    for migration in script.migrations:
        for statement in migration.statements:
            if statement.sql:
                yield statement.sql
            elif statement.note:
                yield f"-- {statement.operation}: {statement.note.splitlines()[0]}"


def _line(sign: str, text: str) -> Line:
    spans = line(text).spans
    return Line((("sign" if sign != " " else "", f"{sign} "), *spans), kind=_KINDS[sign])
