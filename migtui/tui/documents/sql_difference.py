"""Two SqlScripts compared, as the SQL panes show it."""

from migtui.core.sql import SqlScript
from migtui.core.sql_comparison import Compared, compare
from migtui.tui.documents.lines import Line, line

_SIGNS = {"kept": " ", "removed": "-", "added": "+"}


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
    hunks = compare(first, second)
    for hunk in hunks:
        found += (line("⋯", "comment"), *map(_line, hunk))
    if not hunks:
        found.append(line("✓ They execute the same statements in the same order.", "good"))
    for script, title in ((first, first_title), (second, second_title)):
        errors = [error for entry in script.migrations for error in entry.errors]
        found += (line(f"✗ of {title} statements are missing: {text}", "error") for text in errors)
    return tuple(found)


def _line(entry: Compared) -> Line:
    sign = _SIGNS[entry.change]
    spans = line(entry.text).spans
    kind = "" if entry.change == "kept" else entry.change
    return Line((("sign" if kind else "", f"{sign} "), *spans), kind=kind)
