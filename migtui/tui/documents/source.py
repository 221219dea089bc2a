"""A migration's file as the Source pane shows it."""

from dataclasses import replace

from migtui.tui.documents.highlight import highlight
from migtui.tui.documents.lines import Line, numbered


def source_lines(content: bytes, marked: range = range(0)) -> tuple[Line, ...]:
    """A file's lines, coloured and numbered.

    Args:
        content: The file, decoded as UTF-8 as far as that goes.
        marked: Numbers of lines, counted from 1, that are what it is about.
    """
    text = content.decode("utf-8-sig", errors="replace")
    lines = numbered(highlight(text, "python"))
    return tuple(
        replace(entry, kind="marked") if number in marked else entry
        for number, entry in enumerate(lines, 1)
    )
