"""Two scripts of SQL compared, as text and as JSON."""

from collections.abc import Iterator, Sequence

from migtui.core.safe_text import safe_text
from migtui.core.sql import SqlScript
from migtui.core.sql_comparison import Compared, compare
from migtui.reports.document import Document
from migtui.reports.paint import Paint

_SIGNS = {"kept": (" ", ""), "removed": ("-", "error"), "added": ("+", "good")}


def comparison_text(
    first: SqlScript, first_title: str, second: SqlScript, second_title: str, *, paint: Paint
) -> str:
    """A diff of what the two execute, one statement after another.

    Args:
        first: The one compared with.
        first_title: What it is.
        second: The one that was asked for.
        second_title: What that is.
        paint: Colours.
    """
    lines = [paint("dim", f"-- {safe_text(second.note)}")] if second.note else []
    lines += [paint("error", f"--- {safe_text(first_title)}")]
    lines += [paint("good", f"+++ {safe_text(second_title)}")]
    hunks = compare(first, second)
    for hunk in hunks:
        lines += ["@@", *(text for entry in hunk for text in _lines(entry, paint))]
    if not hunks:
        lines.append("They execute the same statements in the same order.")
    for script, title in ((first, first_title), (second, second_title)):
        for error in (error for entry in script.migrations for error in entry.errors):
            said = safe_text(f"Of {title} statements are missing: {error}")
            lines.append(paint("error", said))
    return "\n".join([*lines, ""])


def _lines(entry: Compared, paint: Paint) -> Iterator[str]:
    sign, style = _SIGNS[entry.change]
    for text in safe_text(entry.text).split("\n"):
        yield paint(style, f"{sign}{text}")


def comparison_json(first: SqlScript, order: Sequence[str], second: SqlScript) -> Document:
    """What the second executes and the first doesn't, and the other way round.

    Args:
        first: The one compared with.
        order: The leaves that it is of.
        second: The one that was asked for.
    """
    changes = [
        {
            "change": entry.change,
            "app_label": entry.migration.app_label,
            "migration": entry.migration.migration,
            "sql": entry.statement.sql,
            "operation": entry.statement.operation,
            "line": entry.statement.line,
            "note": entry.statement.note or None,
        }
        for hunk in compare(first, second)
        for entry in hunk
        if entry.change != "kept"
    ]
    errors = [error for entry in first.migrations for error in entry.errors]
    return {"order": list(order), "changes": changes, "error": errors[0] if errors else None}
